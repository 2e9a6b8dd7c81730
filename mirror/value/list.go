package value

import "strings"

// List reads a JSON array as far as its elements, as [Split] reads an object; nil where
// the text is none.
func List(text string) []string {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "[") || !strings.HasSuffix(text, "]") {
		return nil
	}
	list, last := []string{}, len(text)-1
	for i := skipBlank(text, 1); i < last; {
		end := valueEnd(text, i)
		if end <= i || end > last {
			return nil
		}
		list = append(list, text[i:end])
		if i = skipBlank(text, end); i < last && text[i] == ',' {
			i = skipBlank(text, i+1)
		} else if i < last {
			return nil
		}
	}
	return list
}
