package generate

import (
	"slices"

	"github.com/diet-project/diet/generate/natural"
)

// distance is the Levenshtein distance of two short words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		prev := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := prev
			if a[i] != b[j] {
				cost++
			}
			prev = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// Suggest is a hint that names the known word nearest to one that is not
// known, or lists the known words where none is near. It is "" without words.
func Suggest(word string, known []string) string {
	if len(known) == 0 {
		return ""
	}
	known = slices.Clone(known)
	slices.SortFunc(known, natural.Compare)
	best, at := "", 1+max(1, len(word)/2)
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
