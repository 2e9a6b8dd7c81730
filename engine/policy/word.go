package policy

import (
	"fmt"
	"slices"

	"github.com/agnivade/levenshtein"
)

// nearest returns the known word with the fewest letters to change, at most most
// of them, or "".
func nearest(word string, known []string, most int) string {
	best := ""
	for _, other := range slices.Sorted(slices.Values(known)) {
		if d := levenshtein.ComputeDistance(word, other); d <= most {
			best, most = other, d-1
		}
	}
	return best
}

// suggest asks for the nearest known word, where there is one.
func suggest(word string, known []string) string {
	if near := nearest(word, known, len(word)/3+1); near != "" {
		return fmt.Sprintf("; did you mean %s?", near)
	}
	return ""
}
