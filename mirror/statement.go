package mirror

import (
	"iter"
	"strings"
)

// Statements splits a text at the semicolons that are not in a string, a quoted name or a
// comment. What follows the last one is a statement too, unless it is comments alone.
func Statements(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for text != "" {
			end, _ := statementEnd(text)
			statement := text[:end]
			text = strings.TrimPrefix(text[end:], ";")
			if says(statement) && !yield(statement) {
				return
			}
		}
	}
}

// says reports whether there is something in a text but comments.
func says(text string) bool {
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		if !strings.HasPrefix(text, "--") && !strings.HasPrefix(text, "/*") {
			return true
		}
		text = text[quoted(text):]
	}
	return false
}

// Complete reports whether a text ends with a statement's semicolon.
func Complete(text string) bool {
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
