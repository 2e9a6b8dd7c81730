package report

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/diet-project/diet/engine/change"
)

var digits = regexp.MustCompile(`[0-9]+`)

// texts are what several changes say of one field: the same but for numbers.
type texts struct {
	parts   []string
	numbers [][]string // of each place, that of each change
}

// common takes texts apart. ok is false where they differ in more than numbers.
func common(all []string) (t texts, ok bool) {
	t.parts = digits.Split(all[0], -1)
	t.numbers = make([][]string, len(t.parts)-1)
	for _, text := range all {
		if !slices.Equal(digits.Split(text, -1), t.parts) {
			return t, false
		}
		for i, n := range digits.FindAllString(text, -1) {
			t.numbers[i] = append(t.numbers[i], n)
		}
	}
	return t, true
}

// join puts texts together again, with what word makes of the numbers of each place.
func (t texts) join(word func(numbers []string) string) string {
	out := t.parts[0]
	for i, numbers := range t.numbers {
		out += word(numbers) + t.parts[i+1]
	}
	return out
}

func constant(numbers []string) bool {
	return !slices.ContainsFunc(numbers, func(n string) bool { return n != numbers[0] })
}

// variables are the places in which texts differ: {n}, or {a}, {b} and so on where there are
// several. Places with the same numbers are one.
type variables struct{ columns [][]string }

func (v *variables) add(t texts) {
	for _, numbers := range t.numbers {
		if _, known := v.shift(numbers, false); !constant(numbers) && !known {
			v.columns = append(v.columns, numbers)
		}
	}
}

// shift is how numbers are called: by the variable that they are, or are always the same
// distance from.
func (v *variables) shift(numbers []string, distant bool) (name string, ok bool) {
	for i, column := range v.columns {
		by, always := distance(column, numbers)
		switch {
		case always && by == 0:
			return v.name(i, ""), true
		case always && distant && name == "":
			name, ok = v.name(i, fmt.Sprintf("%+d", by)), true
		}
	}
	return name, ok
}

func (v *variables) name(i int, shift string) string {
	if len(v.columns) == 1 {
		return "{n" + shift + "}"
	}
	return "{" + string(rune('a'+i%26)) + shift + "}"
}

// distance is how much greater numbers are than others; always is false where that differs.
func distance(from, to []string) (by int, always bool) {
	for i := range from {
		a, errA := strconv.Atoi(from[i])
		b, errB := strconv.Atoi(to[i])
		if errA != nil || errB != nil || i > 0 && b-a != by {
			return 0, false
		}
		by = b - a
	}
	return by, true
}

// sides are what several changes have and are to have, as one pattern that shows what
// changes. ok is false where there is none.
func sides(haves, wants []string) (have, want string, ok bool) {
	h, alike := common(haves)
	w, ok := common(wants)
	if !ok || !alike {
		return "", "", false
	}
	var v variables
	v.add(h)
	if len(v.columns) == 0 {
		v.add(w)
	}
	word := func(numbers []string) string {
		if constant(numbers) {
			return numbers[0]
		}
		name, known := v.shift(numbers, true)
		ok = ok && known
		return name
	}
	return h.join(word), w.join(word), ok
}

// sidesOf are what a field of changes has and is to have, by change.
func sidesOf(set *change.Set, cs []*change.Change, field string) (haves, wants []string) {
	for _, c := range cs {
		for _, f := range c.Fields {
			if f.Name == field {
				haves, wants = append(haves, shown(set, c, field, f.Have)), append(wants, shown(set, c, field, f.Want))
			}
		}
	}
	return haves, wants
}

// alike splits changes by what their numbers do in a field: how far each moves.
func alike(haves, wants []string) (groups [][]int) {
	at := map[string]int{}
	for i := range haves {
		key := digits.ReplaceAllString(haves[i], "0") + "\x00" + digits.ReplaceAllString(wants[i], "0")
		from, to := digits.FindAllString(haves[i], -1), digits.FindAllString(wants[i], -1)
		for j := range min(len(from), len(to)) {
			by, _ := distance(from[j:j+1], to[j:j+1])
			key += fmt.Sprint("\x00", by)
		}
		if _, known := at[key]; !known {
			at[key] = len(groups)
			groups = append(groups, nil)
		}
		groups[at[key]] = append(groups[at[key]], i)
	}
	return groups
}

// pick are some of a list.
func pick(list []string, at []int) []string {
	out := make([]string, len(at))
	for i, j := range at {
		out[i] = list[j]
	}
	return out
}

// line shows what a field of some of several changes has and is to have.
type line struct {
	text string
	of   []int // the changes, where it is not all of them
}

// lines show what a field of changes has and is to have: one where they follow one pattern, a
// few where they follow a few, else that of the first change alone.
func lines(haves, wants []string) []line {
	if have, want, ok := sides(haves, wants); ok {
		return []line{{text: have + " → " + want}}
	}
	first := []line{{text: haves[0] + " → " + wants[0], of: []int{0}}}
	groups := alike(haves, wants)
	if len(groups) > fewPatterns {
		return first
	}
	var out []line
	for _, g := range groups {
		have, want, ok := sides(pick(haves, g), pick(wants, g))
		if !ok {
			return first
		}
		out = append(out, line{have + " → " + want, g})
	}
	return out
}

// fewPatterns is how many patterns of one field are worth a line each.
const fewPatterns = 4
