package engine_test

import (
	"slices"
	"testing"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
)

// TestPlansKnowTheFields holds the fields that plans may name to the registry of kinds.
func TestPlansKnowTheFields(t *testing.T) {
	t.Parallel()
	var want []string
	for _, k := range kinds.Standard().Owned() {
		for _, f := range k.Compared() {
			want = append(want, f.Name)
		}
	}
	slices.Sort(want)
	if want, got := slices.Compact(want), generate.OwnedFields(); !slices.Equal(got, want) {
		t.Errorf("plans may name %q, diet owns %q", got, want)
	}
}
