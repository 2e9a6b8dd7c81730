package generate

import "testing"

// TestMeaning: layout, comments, the order of keys and what is not stated are no part of what a
// plan means; everything else is.
func TestMeaning(t *testing.T) {
	t.Parallel()
	const head = "apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: web}\n"
	meaning := func(spec string) string {
		plan, err := Load("plan.yaml", []byte(head+spec))
		if err != nil {
			t.Fatal(err)
		}
		return plan.Info().Meaning
	}
	was := meaning("spec: {site: ams2, racks: {row: {count: 1, units: 48}}}\n")
	for _, same := range []string{
		"# ours\nspec:\n  site: ams2\n  racks:\n    row: {count: 1, units: 48} # one\n",
		"spec: {racks: {row: {units: 48, count: 1}}, site: \"ams2\"}\n",
		"spec: {site: ams2, racks: {row: {count: 1, units: 48}}, naming: null}\n",
	} {
		if meaning(same) != was {
			t.Errorf("another meaning: %s", same)
		}
	}
	for _, other := range []string{
		"spec: {site: ams3, racks: {row: {count: 1, units: 48}}}\n",
		"spec: {site: ams2, racks: {row: {count: 1, units: 47}}}\n",
		"spec: {site: ams2, racks: {rows: {count: 1, units: 48}}}\n",
		"spec: {site: ams2, racks: {row: {count: 1, units: 48}}, naming: {}}\n",
	} {
		if meaning(other) == was {
			t.Errorf("the same meaning: %s", other)
		}
	}
}
