package main

import (
	"iter"
	"strings"
)

// statements splits a text at the semicolons that are not in a string, a quoted name or a
// comment. What follows the last one is a statement too.
func statements(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for text != "" {
			end, _ := statementEnd(text)
			statement := text[:end]
			text = strings.TrimPrefix(text[end:], ";")
			if strings.TrimSpace(statement) != "" && !yield(statement) {
				return
			}
		}
	}
}

// complete reports whether a text ends with a statement's semicolon.
func complete(text string) bool {
	for {
		end, found := statementEnd(text)
		if !found {
			return false
		}
		if text = text[end+1:]; strings.TrimSpace(text) == "" {
			return true
		}
	}
}

// quotes are what SQLite lets begin a text in which a semicolon means nothing, and what
// ends it.
var quotes = []struct{ begin, end string }{
	{"'", "'"}, {`"`, `"`}, {"`", "`"}, {"[", "]"}, {"--", "\n"}, {"/*", "*/"},
}

// statementEnd is where the semicolon of the first statement is, or the end of the text.
func statementEnd(text string) (at int, found bool) {
	for at < len(text) {
		if text[at] == ';' {
			return at, true
		}
		at += quoted(text[at:])
	}
	return len(text), false
}

// quoted is how much to skip: a quoted text, or one byte.
func quoted(text string) int {
	for _, q := range quotes {
		if !strings.HasPrefix(text, q.begin) {
			continue
		}
		_, rest, closed := strings.Cut(text[len(q.begin):], q.end)
		if !closed {
			return len(text)
		}
		return len(text) - len(rest)
	}
	return 1
}
