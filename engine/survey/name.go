package survey

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/diet-project/diet/generate/natural"
)

// named is something that has a name.
type named struct {
	at   int // among those that were grouped
	name string
}

// group are things whose names differ in nothing but a number, or in everything.
type group struct {
	members []named
	numbers []int  // theirs; nil where the names have none in common
	pattern string // of their names, with {n}; "" where there is none
	stem    string // the names without the number
}

var digits = regexp.MustCompile(`[0-9]+`)

// habits say which of several runs of digits in names the number is: by how many there are.
type habits map[int]int

// skeletons sorts names by what they are without their digits.
func skeletons(list []named) map[string][]named {
	out := map[string][]named{}
	for _, x := range list {
		skeleton := digits.ReplaceAllString(x.name, "\x00")
		out[skeleton] = append(out[skeleton], x)
	}
	return out
}

// habitsOf learns from names that are alike which run of digits differs.
func habitsOf(lists map[string][]named) habits {
	votes := map[[2]int]int{}
	for _, list := range lists {
		for skeleton, alike := range skeletons(list) {
			if run := differing(alike); run >= 0 {
				votes[[2]int{strings.Count(skeleton, "\x00"), run}] += len(alike)
			}
		}
	}
	out, most := habits{1: 0}, map[int]int{}
	for k, n := range votes {
		if n > most[k[0]] || n == most[k[0]] && k[1] < out[k[0]] {
			out[k[0]], most[k[0]] = k[1], n
		}
	}
	return out
}

// differing is the one run of digits in which names with the same skeleton differ; -1 for
// none, -2 for several.
func differing(list []named) int {
	out := -1
	first := digits.FindAllString(list[0].name, -1)
	for _, x := range list[1:] {
		for i, run := range digits.FindAllString(x.name, -1) {
			switch {
			case run == first[i] || out == i:
			case out >= 0:
				return -2
			default:
				out = i
			}
		}
	}
	return out
}

// byNames groups things by their names.
func byNames(list []named, h habits) []group {
	buckets := skeletons(list)
	var out []group
	var odd []named
	for _, skeleton := range sortedKeys(buckets) {
		g := number(buckets[skeleton], h)
		if g.numbers == nil {
			odd = append(odd, g.members...)
			continue
		}
		out = append(out, g)
	}
	if len(odd) > 0 {
		slices.SortFunc(odd, func(a, b named) int { return cmp.Or(natural.Compare(a.name, b.name), a.at-b.at) })
		out = append(out, group{members: odd})
	}
	return out
}

// number finds the number in names that have their digits in the same places: the run that
// differs, if it is one, or that of a single name which differs in others.
func number(list []named, h habits) group {
	g := group{members: list}
	first := digits.FindAllStringIndex(list[0].name, -1)
	varying := differing(list)
	if run, ok := h[len(first)]; ok && varying == -1 {
		varying = run
	}
	if varying < 0 {
		return g
	}
	width, numbers := 20, make([]int, len(list))
	for i, x := range list {
		run := digits.FindAllString(x.name, -1)[varying]
		n, err := strconv.Atoi(run)
		if err != nil || n > 1_000_000 {
			return g
		}
		numbers[i], width = n, min(width, len(run))
	}
	for i, x := range list {
		if run := digits.FindAllString(x.name, -1)[varying]; fmt.Sprintf("%0*d", width, numbers[i]) != run {
			return g
		}
	}
	head, tail := list[0].name[:first[varying][0]], list[0].name[first[varying][1]:]
	g.numbers, g.stem = numbers, head+"\x00"+tail
	g.pattern = "{n}"
	if width > 1 {
		g.pattern = fmt.Sprintf("{n:%02d}", width)
	}
	if strings.ContainsAny(head+tail, "{}") {
		g.pattern = ""
		return g
	}
	g.pattern = head + g.pattern + tail
	return g
}

// ordinals gives each member of a group an ordinal from 1, and the pattern that makes their
// names of it. Where the numbers are too far apart for ordinals, or two have one number,
// they are counted in order, and there is no pattern. Gaps say whether ordinals may be
// missing.
func (g *group) ordinals(gaps bool) (ords []int, pattern string) {
	n := len(g.members)
	if g.numbers != nil && g.pattern != "" {
		low, high := slices.Min(g.numbers), slices.Max(g.numbers)
		add := 0
		if low == 0 {
			add = -1
		} else if low > n || !gaps {
			add = low - 1
		}
		distinct := len(slices.Compact(slices.Sorted(slices.Values(g.numbers)))) == n
		if distinct && (gaps && high-add <= 2*n+8 || high-low+1 == n && (gaps || low-add == 1)) {
			ords = make([]int, n)
			for i, x := range g.numbers {
				ords[i] = x - add
			}
			return ords, shifted(g.pattern, add)
		}
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return natural.Compare(g.members[a].name, g.members[b].name) })
	ords = make([]int, n)
	for i, at := range order {
		ords[at] = i + 1
	}
	return ords, ""
}

// shift is by how much the numbers of a group are more than ordinals up to n would be: names
// count from 0, from 1 or, where all of them are there, from anywhere.
func (g *group) shift(n int) int {
	low, high := slices.Min(g.numbers), slices.Max(g.numbers)
	switch {
	case low == 0:
		return -1
	case high > n && high-low+1 == n && len(g.numbers) == n:
		return low - 1
	}
	return 0
}

// within reports whether the numbers of a group are ordinals, each once.
func (g *group) within(at map[int]string) bool {
	seen := map[int]bool{}
	for _, n := range g.numbers {
		n -= g.shift(len(at))
		if seen[n] || at[n] == "" {
			return false
		}
		seen[n] = true
	}
	return true
}

// shown is how the names of a group look.
func (g *group) shown() string { return strings.ReplaceAll(g.stem, "\x00", "*") }

// nearest picks the one group of several whose names hold a word of an id.
func nearest(list []group, id string) (group, bool) {
	if len(list) == 1 {
		return list[0], true
	}
	best, found := -1, false
	for i, g := range list {
		if akin(g.stem, id) == 0 {
			continue
		}
		best, found = i, !found
		if !found {
			return group{}, false
		}
	}
	if !found {
		return group{}, false
	}
	return list[best], true
}

var word = regexp.MustCompile(`[A-Za-z]{2,}`)

// akin counts the words that a name and an id have in common.
func akin(name, id string) int {
	n := 0
	for _, a := range word.FindAllString(strings.ToLower(id), -1) {
		if strings.Contains(strings.ToLower(name), a) {
			n++
		}
	}
	return n
}

// shifted is a pattern whose numbers are so much more than the ordinals.
func shifted(pattern string, add int) string {
	if add == 0 {
		return pattern
	}
	return strings.Replace(pattern, "{n", fmt.Sprintf("{n%+d", add), 1)
}

var unfit = regexp.MustCompile(`[^A-Za-z0-9_]+`)

// keyOf is a key of a plan for a stem of names, without the words that all have.
func keyOf(stem string, without ...string) string {
	text := strings.ReplaceAll(stem, "\x00", "-")
	for _, w := range without {
		if w == "" {
			continue
		}
		if rest, ok := cutFold(text, w); ok {
			text = rest
		}
	}
	return strings.Trim(unfit.ReplaceAllString(text, "-"), "-_")
}

// cutFold cuts a word from the beginning of a text, whatever the case, if something follows.
func cutFold(text, word string) (string, bool) {
	if len(text) > len(word) && strings.EqualFold(text[:len(word)], word) && unfit.MatchString(text[len(word):len(word)+1]) {
		return text[len(word):], true
	}
	return text, false
}

// keys hands out keys, each once.
type keys map[string]bool

func (k keys) take(choices ...string) string {
	base := "class"
	for _, c := range choices {
		if c != "" {
			base = c
			break
		}
	}
	key := base
	for n := 2; k[strings.ToLower(key)]; n++ {
		key = fmt.Sprintf("%s-%d", base, n)
	}
	k[strings.ToLower(key)] = true
	return key
}

func sortedKeys[T any](m map[string]T) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(natural.Compare(a, b), strings.Compare(a, b)) })
	return out
}

// most is the text that most have; of several the first by order.
func most(list []string) string {
	n := map[string]int{}
	for _, s := range list {
		n[s]++
	}
	best := ""
	for _, s := range sortedKeys(n) {
		if best == "" || n[s] > n[best] {
			best = s
		}
	}
	return best
}
