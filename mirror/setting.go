package mirror

import (
	"fmt"
	"slices"
	"strings"
)

// errSetting is a setting in a query.
var errSetting = fmt.Errorf(
	"%w: PRAGMA sets something of SQLite, and is no query; pragma_table_info('device') and the like are tables", ErrReadOnly)

// sets reports whether one of the statements of a text is a PRAGMA: some set something for the
// whole process, and some of those take effect though they are only explained.
func sets(text string) bool {
	for begins := true; text != ""; {
		switch c := text[0]; {
		case c == ';':
			begins, text = true, text[1:]
		case strings.IndexByte(" \t\n\f\r", c) >= 0:
			text = text[1:]
		case strings.HasPrefix(text, "\ufeff"):
			text = text[len("\ufeff"):]
		case strings.HasPrefix(text, "--"):
			text = after(text, "\n")
		case strings.HasPrefix(text, "/*"):
			text = after(text[2:], "*/")
		case strings.IndexByte("'\"`", c) >= 0:
			begins, text = false, after(text[1:], string(c))
		case c == '[':
			begins, text = false, after(text, "]")
		default:
			word := text[:len(text)-len(strings.TrimLeft(text, letters))]
			if begins && strings.EqualFold(word, "PRAGMA") {
				return true
			}
			begins = begins && slices.Contains([]string{"EXPLAIN", "QUERY", "PLAN"}, strings.ToUpper(word))
			text = text[max(1, len(word)):]
		}
	}
	return false
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"

// after is what of a text comes behind its first end, "" where that is missing.
func after(text, end string) string {
	_, rest, _ := strings.Cut(text, end)
	return rest
}
