// Package plain shows texts that somebody else chose as they are, without letting them act, and counts
// with their nouns.
package plain

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line returns a text as one line for a terminal or a page. Whoever may edit an object in NetBox
// chooses its names and texts: a line end in one forges a line of diet's, an escape
// sequence rewrites what was printed before. Each control character becomes its picture,
// such as ␊ for a line end, and what turns the direction of writing its number.
func Line(text string) string {
	if Is(text) {
		return text
	}
	var out strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], string(utf8.RuneError)):
			fmt.Fprintf(&out, "<%02X>", text[i])
		case r < ' ':
			out.WriteRune('␀' + r)
		case r == '\u007f':
			out.WriteRune('␡')
		case hidden(r):
			fmt.Fprintf(&out, "<%U>", r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// Lines is [Line] for a text of several lines.
func Lines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = Line(lines[i])
	}
	return strings.Join(lines, "\n")
}

// Cell is a text as a cell of CSV: one that a spreadsheet would run as a formula stands behind an
// apostrophe.
func Cell(text string) string {
	if isFormula(strings.TrimLeft(text, "\t\n\f\r ")) {
		return "'" + text
	}
	return text
}

// isFormula reports whether a spreadsheet would run a text; a number with a sign is none.
func isFormula(text string) bool {
	if text == "" {
		return false
	}
	switch text[0] {
	case '=', '@':
		return true
	case '+', '-':
		return len(text) == 1 || strings.Trim(text[1:], "0123456789.") != ""
	}
	return false
}

// Is reports whether a text is as [Line] makes it.
func Is(text string) bool {
	return utf8.ValidString(text) && strings.IndexFunc(text, hidden) < 0
}

// hidden reports a character that a terminal acts on instead of showing it: controls, line
// and paragraph separators, and those that turn the direction of writing.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}

// Turns reports a character that turns the direction of writing of what stands behind it.
func Turns(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }

// JSON is a writer of JSON, or of lines of it, in which such a character stands as its escape: it says
// the same, and shows what it says.
func JSON(w io.Writer) io.Writer { return jsonWriter{w} }

type jsonWriter struct{ w io.Writer }

// Write is called with whole values.
func (j jsonWriter) Write(text []byte) (int, error) {
	if !bytes.ContainsFunc(text, Turns) {
		return j.w.Write(text)
	}
	var out bytes.Buffer
	for rest := text; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if Turns(r) {
			fmt.Fprintf(&out, `\u%04x`, r)
		} else {
			out.Write(rest[:size])
		}
		rest = rest[size:]
	}
	if _, err := j.w.Write(out.Bytes()); err != nil {
		return 0, err
	}
	return len(text), nil
}

// Count is a number with its noun, and what agrees with it: "1 cable is", "2 cables are".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
