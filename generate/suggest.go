package generate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/generate/natural"
)

// distance is in how many letters two short words differ: one is another one, missing, too many, or has
// changed places with the next.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, last, row = last, row, before
		row[0] = i + 1
		for j := range len(b) {
			cost := last[j]
			if a[i] != b[j] {
				cost++
			}
			row[j+1] = min(cost, row[j]+1, last[j+1]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}

// mostApart is in how many letters a word may differ from the one that it is meant for.
func mostApart(word string) int { return max(1, (len(word)+1)/3) }

// Meant says in brackets which of the known words another one may be meant for: one that begins with it, or
// is near; "" for none.
func Meant(word string, known []string) string {
	for _, k := range known {
		if len(word) > 1 && strings.HasPrefix(k, word) {
			return DidYouMean(k)
		}
	}
	near, found := strings.CutPrefix(Suggest(word, known), "did you mean ")
	if !found || len(word) < 2 {
		return ""
	}
	return DidYouMean(strings.TrimSuffix(near, "?"))
}

// DidYouMean asks in brackets, behind a word that is not known, whether another one was meant; "" for none.
func DidYouMean(word string) string {
	if word == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", word)
}

// Suggest is a hint that names the known word nearest to one that is not
// known, or lists the known words where none is near. It is "" without words.
func Suggest(word string, known []string) string {
	if len(known) == 0 {
		return ""
	}
	known = slices.Clone(known)
	slices.SortFunc(known, natural.Compare)
	best, at := "", 1+mostApart(word)
	if len(word) <= 64 && len(known) <= 1000 {
		for _, k := range known {
			if d := distance(word, k); d < at {
				best, at = k, d
			}
		}
	}
	if best != "" {
		return "did you mean " + best + "?"
	}
	return "known: " + listWords(known, 12)
}

// Nearest is the known word that differs from one in the fewest letters, and in no more than most; "" for
// none, or where several are as near.
func Nearest(word string, known []string, most int) string {
	best, at, also := "", most+1, false
	for _, k := range known {
		switch d := distance(word, k); {
		case d < at:
			best, at, also = k, d, false
		case d == at && k != best:
			also = true
		}
	}
	if also || at > most {
		return ""
	}
	return best
}

// near is Suggest, for as long as there are few findings.
func (fs *findings) near(word string, known []string) string {
	if len(fs.list) >= manyFindings {
		return ""
	}
	return Suggest(word, known)
}

// manyFindings is how many findings get suggestions: they cost time.
const manyFindings = 500

// nearKey is near over the keys of a map.
func nearKey[T any](fs *findings, word string, m map[string]T) string {
	if len(fs.list) >= manyFindings {
		return ""
	}
	return Suggest(word, sortedKeys(m))
}

// listWords joins words with commas, the first n of them.
func listWords(words []string, n int) string {
	out := ""
	for i, w := range words {
		if i == n {
			return out + ", …"
		}
		if i > 0 {
			out += ", "
		}
		out += w
	}
	return out
}
