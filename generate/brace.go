package generate

import (
	"fmt"
	"strconv"
	"strings"
)

// maxExpansion bounds the words that one text with braces may expand to.
const maxExpansion = 4096

// expandBraces expands the brace ranges of a text: be{0-7} is eight words,
// p{a,b} two. Several braces multiply, the last one fastest; a number keeps
// the width of the range's first one. It fails for braces that do not pair or nest, for ranges
// that descend, and for more than maxExpansion words.
func expandBraces(s string) ([]string, error) {
	words := []string{""}
	for s != "" {
		open := strings.IndexByte(s, '{')
		if end := strings.IndexByte(s, '}'); end >= 0 && (open < 0 || end < open) {
			return nil, fmt.Errorf("a closing } has no opening {")
		}
		if open < 0 {
			return appendEach(words, []string{s})
		}
		end := strings.IndexByte(s[open:], '}')
		if end < 0 {
			return nil, fmt.Errorf("an opening { is not closed")
		}
		choices, err := braceChoices(s[open+1 : open+end])
		if err != nil {
			return nil, err
		}
		for i := range choices {
			choices[i] = s[:open] + choices[i]
		}
		if words, err = appendEach(words, choices); err != nil {
			return nil, err
		}
		s = s[open+end+1:]
	}
	return words, nil
}

func appendEach(words, tails []string) ([]string, error) {
	if len(words)*len(tails) > maxExpansion {
		return nil, fmt.Errorf("the braces expand to more than %d words", maxExpansion)
	}
	out := make([]string, 0, len(words)*len(tails))
	for _, w := range words {
		for _, t := range tails {
			out = append(out, w+t)
		}
	}
	return out, nil
}

// braceChoices reads the text between braces: a comma list of words and ranges.
func braceChoices(s string) ([]string, error) {
	if strings.Contains(s, "{") {
		return nil, fmt.Errorf("braces cannot be nested")
	}
	var out []string
	for item := range strings.SplitSeq(s, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			return nil, fmt.Errorf("the braces {%s} are empty", s)
		}
		lo, hi, isRange := strings.Cut(item, "-")
		if !isRange || !isNumber(lo) || !isNumber(hi) {
			out = append(out, item)
			continue
		}
		a, errA := strconv.Atoi(lo)
		b, errB := strconv.Atoi(hi)
		if errA != nil || errB != nil || a > b || b-a >= maxExpansion {
			return nil, fmt.Errorf("the range {%s} descends or is longer than %d", item, maxExpansion)
		}
		for n := a; n <= b; n++ {
			out = append(out, fmt.Sprintf("%0*d", width(lo), n))
		}
	}
	return out, nil
}

// width is the width that a number keeps: that of one with leading zeros.
func width(number string) int {
	if len(number) > 1 && number[0] == '0' {
		return len(number)
	}
	return 1
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
