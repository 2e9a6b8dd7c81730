package value

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Object is a JSON object whose values are not decoded yet.
type Object map[string]string

// Split reads a JSON object down to its keys; nil if the text is none. It does not check
// the values: SQLite and encoding/json wrote them. It takes a tenth of the time of
// [DecodeObject]; signatures of a million objects need that.
func Split(text string) Object {
	object := make(Object, 8)
	if !Members(text, func(key, value string) bool { object[key] = value; return true }) {
		return nil
	}
	return object
}

// Members calls visit for each key of a JSON object, with the text of its value, until
// that returns false. It reports false where the text is no object.
func Members(text string, visit func(key, value string) bool) bool {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "{") || !strings.HasSuffix(text, "}") {
		return false
	}
	for rest := text[skipBlank(text, 1):]; rest != "}"; {
		key, value, tail, ok := member(rest)
		if !ok {
			return false
		}
		if !visit(key, value) {
			return true
		}
		rest = tail
	}
	return true
}

// Find decodes the value of a key of a JSON object; nil where it is not there.
func Find(text, key string) any {
	var found any
	Members(text, func(k, value string) bool {
		if k == key {
			found = Scalar(value)
		}
		return k != key
	})
	return found
}

// ReadObject is [DecodeObject] for an object that diet or SQLite has written: its values are
// not checked, which takes a tenth of the time.
func ReadObject(text string) (map[string]any, error) {
	out := map[string]any{}
	if !Members(text, func(key, value string) bool { out[key] = Scalar(value); return true }) {
		return nil, fmt.Errorf("read value: not an object: %.60s", text)
	}
	return out, nil
}

// Pick returns the texts of the values of keys of a JSON object; "" for one that is not
// there.
func Pick(text string, keys ...string) []string {
	out := make([]string, len(keys))
	Members(text, func(key, value string) bool {
		if i := slices.Index(keys, key); i >= 0 {
			out[i] = value
		}
		return true
	})
	return out
}

// Compact is a JSON value without the blanks between its parts.
func Compact(text string) string {
	if !strings.ContainsAny(text, " \t\r\n") {
		return text
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case ' ', '\t', '\r', '\n':
		case '"':
			end := max(textEnd(text, i), i+1)
			out = append(out, text[i:end]...)
			i = end - 1
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

// Scalar decodes a value that is most often a scalar; nil for what is no JSON.
func Scalar(text string) any {
	switch {
	case text == "" || text == "null":
		return nil
	case text[0] == '"' && strings.IndexByte(text, '\\') < 0:
		return text[1 : len(text)-1]
	case text == "true":
		return true
	case text == "false":
		return false
	}
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return i
	}
	v, _ := Decode([]byte(text))
	return v
}

// AppendJSON is [Append] for a value that is still JSON text; "" is null.
func AppendJSON(buf []byte, text string) ([]byte, error) {
	switch text {
	case "", "null":
		return append(buf, 'n'), nil
	case "true":
		return append(buf, 't'), nil
	case "false":
		return append(buf, 'f'), nil
	}
	if text[0] == '"' && strings.IndexByte(text, '\\') < 0 {
		return appendText(append(buf, 's'), text[1:len(text)-1]), nil
	}
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return Append(buf, i), nil
	}
	v, err := Decode([]byte(text))
	if err != nil {
		return nil, err
	}
	return Append(buf, v), nil
}

// member cuts off one "key": value, and the comma after it. At the end of the object the
// tail is "}".
func member(s string) (key, value, tail string, ok bool) {
	end := textEnd(s, 0)
	if end < 0 {
		return "", "", "", false
	}
	key = unquote(s[:end])
	i := skipBlank(s, end)
	if i == len(s) || s[i] != ':' {
		return "", "", "", false
	}
	start := skipBlank(s, i+1)
	if end = valueEnd(s, start); end <= start {
		return "", "", "", false
	}
	value, i = s[start:end], skipBlank(s, end)
	switch {
	case i < len(s) && s[i] == ',':
		return key, value, s[skipBlank(s, i+1):], true
	case s[i:] == "}":
		return key, value, "}", true
	}
	return "", "", "", false
}

func unquote(quoted string) string {
	if !strings.Contains(quoted, `\`) {
		return quoted[1 : len(quoted)-1]
	}
	var s string
	_ = json.Unmarshal([]byte(quoted), &s)
	return s
}

// textEnd is the end of the JSON text that begins at i, behind its quote; -1 if there is none.
func textEnd(s string, i int) int {
	if i >= len(s) || s[i] != '"' {
		return -1
	}
	for i++; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// valueEnd is the end of the JSON value that begins at i; -1 if it does not end.
func valueEnd(s string, i int) int {
	if i >= len(s) {
		return -1
	}
	switch s[i] {
	case '"':
		return textEnd(s, i)
	case '{', '[':
		return nestedEnd(s, i)
	}
	for ; i < len(s); i++ {
		if parts[s[i]]&ending != 0 {
			return i
		}
	}
	return -1
}

// nestedEnd is the end of the JSON list or object that begins at i; -1 if it does not end.
func nestedEnd(s string, i int) int {
	depth := 0
	for i < len(s) {
		c := s[i]
		if parts[c]&structural == 0 {
			i++
			continue
		}
		switch c {
		case '"':
			if i = textEnd(s, i); i < 0 {
				return -1
			}
			continue
		case '{', '[':
			depth++
		default:
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return -1
}

// parts are what characters are in JSON, outside of a text.
var parts = [256]uint8{
	'"': structural, '{': structural, '[': structural, '}': structural | ending, ']': structural | ending,
	',': ending, ' ': ending, '\t': ending, '\r': ending, '\n': ending,
}

const (
	structural = 1 << iota // a text, list or object begins or ends
	ending                 // it ends a number, true, false or null
)
