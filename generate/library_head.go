package generate

import (
	"bytes"
	"strings"
)

// typeHead is what a type is called.
type typeHead struct{ slug, model string }

// headOf reads what a type calls itself, without the rest of the file. It reports false where
// that takes a parser: the file is not written as all of the library are.
func headOf(data []byte) (typeHead, bool) {
	found := map[string]string{}
	after := "" // the key that the line before gave
	for line := range strings.SplitSeq(string(data), "\n") {
		line = strings.TrimRight(line, "\r ")
		if line == "" || line[0] == '#' || line[0] == '-' || line == "..." {
			if after = ""; line == "---" && len(found) > 0 {
				return typeHead{}, false // another document
			}
			continue
		}
		if line[0] == ' ' || line[0] == '\t' {
			if after != "" {
				return typeHead{}, false // its value goes on
			}
			continue
		}
		key, rest, ok := strings.Cut(line, ":")
		if after = ""; !ok {
			return typeHead{}, false
		}
		switch key {
		case "model", "slug", "u_height", "manufacturer":
			if _, twice := found[key]; twice {
				return typeHead{}, false
			}
			if found[key], ok = plainText(rest); !ok {
				return typeHead{}, false
			}
			after = key
		}
	}
	_, tall := found["u_height"]
	_, made := found["manufacturer"]
	head := typeHead{found["slug"], found["model"]}
	return head, made && head.model != "" && (head.slug != "" || !tall)
}

// isRackType reports whether a file is a type of racks: no other has a form factor.
func isRackType(data []byte) bool {
	return bytes.HasPrefix(data, []byte("form_factor:")) || bytes.Contains(data, []byte("\nform_factor:"))
}

// plainText is a text that stands in one line, quoted or not.
func plainText(s string) (string, bool) {
	if s = strings.TrimSpace(s); s == "" {
		return "", false
	}
	if q := s[0]; q == '\'' || q == '"' {
		end := strings.IndexByte(s[1:], q)
		if end < 0 || strings.ContainsAny(s[1:1+end], "\\") {
			return "", false
		}
		rest := strings.TrimSpace(s[end+2:])
		return s[1 : 1+end], rest == "" || rest[0] == '#'
	}
	if i := strings.Index(s, " #"); i >= 0 {
		s = strings.TrimSpace(s[:i])
	}
	return s, !strings.ContainsRune("|>&*!{}[],%@`?#-", rune(s[0])) && !strings.Contains(s, ": ")
}
