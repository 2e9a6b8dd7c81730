package value

// deepest is how far lists and objects may be inside each other, as for encoding/json.
const deepest = 10000

// Valid reports whether a text is one JSON value, as json.Valid does in several times the
// time.
func Valid(text string) bool {
	end := validValue(text, skipBlank(text, 0), 0)
	return end >= 0 && skipBlank(text, end) == len(text)
}

// skipBlank is the place of the first character from i on that is no blank.
func skipBlank(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\n' || s[i] == '\r' || s[i] == '\t') {
		i++
	}
	return i
}

// validValue is the end of the value that begins at i; -1 if there is none.
func validValue(s string, i, depth int) int {
	if i >= len(s) {
		return -1
	}
	switch c := s[i]; c {
	case '"':
		return validText(s, i)
	case '{', '[':
		if depth == deepest {
			return -1
		}
		return validEntries(s, i, depth+1, c == '{')
	case 't':
		return validWord(s, i, "true")
	case 'f':
		return validWord(s, i, "false")
	case 'n':
		return validWord(s, i, "null")
	}
	return validNumber(s, i)
}

func validWord(s string, i int, word string) int {
	if end := i + len(word); end <= len(s) && s[i:end] == word {
		return end
	}
	return -1
}

// validEntries is the end of the list that begins at i, or of the object.
func validEntries(s string, i, depth int, object bool) int {
	closing := byte(']')
	if object {
		closing = '}'
	}
	if i = skipBlank(s, i+1); i < len(s) && s[i] == closing {
		return i + 1
	}
	for {
		if object {
			if i = validKey(s, i); i < 0 {
				return -1
			}
		}
		if i = validValue(s, i, depth); i < 0 {
			return -1
		}
		if i = skipBlank(s, i); i >= len(s) {
			return -1
		}
		switch s[i] {
		case ',':
			i = skipBlank(s, i+1)
		case closing:
			return i + 1
		default:
			return -1
		}
	}
}

// validKey is where the value of the key at i begins.
func validKey(s string, i int) int {
	if i >= len(s) || s[i] != '"' {
		return -1
	}
	if i = validText(s, i); i < 0 {
		return -1
	}
	if i = skipBlank(s, i); i >= len(s) || s[i] != ':' {
		return -1
	}
	return skipBlank(s, i+1)
}

// validText is the end of the text that begins at i, behind its quote.
func validText(s string, i int) int {
	for i++; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		if c == '"' {
			return i + 1
		}
		if c < ' ' {
			return -1
		}
		if i = validEscape(s, i+1); i < 0 {
			return -1
		}
	}
	return -1
}

// validEscape is the place of the last character of an escape whose second one is at i.
func validEscape(s string, i int) int {
	if i >= len(s) {
		return -1
	}
	switch s[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i
	case 'u':
		for range 4 {
			if i++; i >= len(s) || !isHex(s[i]) {
				return -1
			}
		}
		return i
	}
	return -1
}

func isHex(c byte) bool { return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// validNumber is the end of the number that begins at i.
func validNumber(s string, i int) int {
	if s[i] == '-' {
		i++
	}
	if i < len(s) && s[i] == '0' {
		i++
	} else if i = digits(s, i); i < 0 {
		return -1
	}
	if i < len(s) && s[i] == '.' {
		if i = digits(s, i+1); i < 0 {
			return -1
		}
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		if i++; i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		i = digits(s, i)
	}
	return i
}

// digits is the end of the digits at i, of which there must be one.
func digits(s string, i int) int {
	start := i
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	if i == start {
		return -1
	}
	return i
}
