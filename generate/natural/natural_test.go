package natural_test

import (
	"cmp"
	"slices"
	"testing"

	"github.com/diet-project/diet/generate/natural"
)

// ordered lists texts as Compare puts them: numbers by value, whatever their length
// and zeros, and before all other characters.
var ordered = []string{
	"", "7", "be1", "be-02", "be-2", "be-10", "be-10a", "leaf[1]", "leaf[02]", "leaf[3]/1", "leaf[3]/1:2", "leaf[3]/21", "leaf[20]",
	"leaf[99999999999999999999]", "web", "wéb",
}

func TestCompare(t *testing.T) {
	t.Parallel()
	for i, a := range ordered {
		for j, b := range ordered {
			if got := natural.Compare(a, b); got != cmp.Compare(i, j) {
				t.Errorf("Compare(%q, %q) is %d", a, b, got)
			}
		}
	}
	got := slices.Clone(ordered)
	slices.Reverse(got)
	slices.SortFunc(got, natural.Compare)
	if !slices.Equal(got, ordered) {
		t.Errorf("sorted %q, want %q", got, ordered)
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{{"Leaf-1", "lEAF-1"}, {"É", "é"}, {"Ж", "ж"}} {
		if natural.Fold(pair[0]) != natural.Fold(pair[1]) {
			t.Errorf("%q and %q are two names", pair[0], pair[1])
		}
	}
	for _, pair := range [][2]string{{"e", "é"}, {"ß", "SS"}, {"a", "a "}} {
		if natural.Fold(pair[0]) == natural.Fold(pair[1]) {
			t.Errorf("%q and %q are one name", pair[0], pair[1])
		}
	}
}
