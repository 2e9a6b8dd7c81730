package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/generate"
)

// variants are plans with what is edited in them: of each list one text, the first as it is in the plan.
var variants = map[string]struct {
	text  string
	edits [][]string
}{
	"racks": {halls, [][]string{
		{"group: 2,", "group: 2, skip: [1],", "group: 3,"},
		{"count: 4\n", "count: 3\n", "count: 5\n", "count: 5\n      skip: [2]\n"},
		{ofType, "      type: tall\n"},
		{"count: 2, units", "count: 3, units"},
		{"zones: {server: {ports: 1-8}}", "zones: {server: {ports: 3-8}}"},
	}},
	"cards": {cards, [][]string{
		{
			`modules: {"Slot 1": lc-a}, zones: {server: {ports: "Ethernet1/{1-8}"}}`,
			`modules: {"Slot 1": lc-b}, zones: {server: {ports: "Ethernet1/{1-8}"}}`,
			`modules: {"Slot 2": lc-a}, zones: {server: {ports: "Ethernet2/{1-8}"}}`,
			`modules: {"Slot 1": lc-a, "Slot 2": lc-b}, zones: {server: {ports: "Ethernet2/{1-16}"}}`,
		},
		{"count: 3\n", "count: 2\n", "count: 4\n      skip: [2]\n"},
		{"links: {data:", "links: {bond:"},
	}},
	"LAGs": {pairs, [][]string{
		{"lags: true, ", ""},
		{", lag: mclag", ""},
		{"links: {data:", "links: {bond:"},
		{"count: 3\n", "count: 2\n", "count: 3\n      skip: [2]\n", "count: 4\n      skip: [1]\n"},
	}},
	"breakouts": {broken, [][]string{
		{"count: 6", "count: 4", "count: 4\n      skip: [3]", "count: 5\n      skip: [1]"},
		{"profiles: true", "profiles: false"},
		{"spine, count: 2", "spine, count: 1"},
	}},
}

// variant is a plan with random edits.
func (x *wild) variant(of string) *generate.Plan {
	x.Helper()
	v := variants[of]
	text := v.text[:strings.Index(v.text, "  reconcile:")] + "  reconcile: {deletionPolicy: delete, approveDeletionsAbove: 100}\n"
	for _, edit := range v.edits {
		text = strings.Replace(text, edit[0], x.pick(edit...), 1)
	}
	plan, err := generate.Load("plan.yaml", []byte(text))
	if err != nil {
		x.Fatalf("%v\n%s", err, text)
	}
	x.did = append(x.did, text)
	return plan
}

// TestWildReplacements undoes runs at random that retire switches and servers, swap line cards, give LAGs up, and
// break ports out otherwise: NetBox is as before, in one pass in which nothing is asked, and the plan of before
// wants nothing.
func TestWildReplacements(t *testing.T) {
	t.Parallel()
	for _, seed := range wildSeeds(t, 1, 2, 3, 4, 5, 6, 7, 8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			x := &wild{world: setup(t, []string{"4.2", "4.4", "4.6", "4.7"}[seed/4%4]), random: rand.New(rand.NewPCG(seed, 0))}
			of := []string{"racks", "cards", "LAGs", "breakouts"}[seed%4]
			before := x.variant(of)
			x.apply(before)
			was := x.estate()
			x.apply(x.variant(of))
			if x.lastRequests() == 0 || slices.Equal(x.estate(), was) {
				return
			}
			defer func() {
				if t.Failed() {
					t.Logf("plans of %s: %s", of, strings.Join(x.did, "\n"))
				}
			}()
			x.sparesNothing(before)
			x.sameEstate(was)
			x.apply(before)
			x.law(before)
			x.sameEstate(was)
		})
	}
}
