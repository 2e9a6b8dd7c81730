package value

import "strings"

// List reads a JSON array as far as its elements, as [Split] reads an object; nil where
// the text is none.
func List(text string) []string {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "[") || !strings.HasSuffix(text, "]") {
		return nil
	}
	list := []string{}
	rest := blank(text[1:])
	for rest != "]" {
		n := valueLength(rest)
		if n <= 0 {
			return nil
		}
		list = append(list, rest[:n])
		rest = blank(rest[n:])
		if strings.HasPrefix(rest, ",") {
			rest = blank(rest[1:])
		} else if rest != "]" {
			return nil
		}
	}
	return list
}
