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
	for rest := blank(text[1:]); rest != "}"; {
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
	n := textLength(s)
	if n < 0 {
		return "", "", "", false
	}
	key, s = unquote(s[:n]), blank(s[n:])
	if !strings.HasPrefix(s, ":") {
		return "", "", "", false
	}
	s = blank(s[1:])
	if n = valueLength(s); n <= 0 {
		return "", "", "", false
	}
	value, s = s[:n], blank(s[n:])
	switch {
	case strings.HasPrefix(s, ","):
		return key, value, blank(s[1:]), true
	case s == "}":
		return key, value, s, true
	}
	return "", "", "", false
}

func blank(s string) string {
	for len(s) > 0 && (s[0] == ' ' || s[0] == '\t' || s[0] == '\r' || s[0] == '\n') {
		s = s[1:]
	}
	return s
}

func unquote(quoted string) string {
	if !strings.Contains(quoted, `\`) {
		return quoted[1 : len(quoted)-1]
	}
	var s string
	_ = json.Unmarshal([]byte(quoted), &s)
	return s
}

// textLength is the length of the JSON text at the beginning of s, including quotes; -1
// if there is none.
func textLength(s string) int {
	if !strings.HasPrefix(s, `"`) {
		return -1
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// valueLength is the length of the JSON value at the beginning of s; -1 if it does not
// end.
func valueLength(s string) int {
	if strings.HasPrefix(s, `"`) {
		return textLength(s)
	}
	if !strings.HasPrefix(s, "{") && !strings.HasPrefix(s, "[") {
		return scalarLength(s)
	}
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"':
			n := textLength(s[i:])
			if n < 0 {
				return -1
			}
			i += n - 1
		}
	}
	return -1
}

// scalarLength is the length of a number, true, false or null at the beginning of s; -1 if it
// does not end.
func scalarLength(s string) int {
	for i := range len(s) {
		switch s[i] {
		case ',', '}', ']', ' ', '\t', '\r', '\n':
			return i
		}
	}
	return -1
}
