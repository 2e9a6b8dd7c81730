package report

import (
	"regexp"
	"strings"

	"github.com/diet-project/diet/engine/change"
)

var digits = regexp.MustCompile(`[0-9]+`)

// pattern is what texts have in common: a number in which they differ is {n}. ok is false
// where they differ in more.
func pattern(texts []string) (common string, ok bool) {
	first := digits.Split(texts[0], -1)
	numbers := digits.FindAllString(texts[0], -1)
	for _, text := range texts[1:] {
		other := digits.FindAllString(text, -1)
		if strings.Join(digits.Split(text, -1), "\x00") != strings.Join(first, "\x00") {
			return "", false
		}
		for i, n := range other {
			if numbers[i] != n {
				numbers[i] = "{n}"
			}
		}
	}
	for i, part := range first {
		common += part
		if i < len(numbers) {
			common += numbers[i]
		}
	}
	return common, true
}

// sidesOf are what a field of changes that are alike has and is to have, as far as that is
// one pattern.
func sidesOf(set *change.Set, cs []*change.Change, field string) (have, want string, ok bool) {
	haves, wants := make([]string, 0, len(cs)), make([]string, 0, len(cs))
	for _, c := range cs {
		for _, f := range c.Fields {
			if f.Name == field {
				haves, wants = append(haves, shown(set, c, field, f.Have)), append(wants, shown(set, c, field, f.Want))
			}
		}
	}
	have, alike := pattern(haves)
	want, ok = pattern(wants)
	return have, want, ok && alike
}
