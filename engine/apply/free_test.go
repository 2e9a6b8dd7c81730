package apply_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/diet-project/diet/engine/change"
)

// bare is an attempt at an empty estate.
func bare(t *testing.T) *attempt {
	t.Helper()
	a := begin(t)
	a.estate = &estate{fake: newFake(), set: &change.Set{Plan: "p"}, known: map[string]int64{}}
	return a
}

// temporarily are the objects that some write gave a temporary value in a field.
func (a *attempt) temporarily() []string {
	var out []string
	for _, c := range a.calls {
		for _, object := range c.objects {
			if c.method == http.MethodPatch && a.count(a.set.Find(c.kind, object), committed) > 1 && !slices.Contains(out, object) {
				out = append(out, object)
			}
		}
	}
	slices.Sort(out)
	return out
}

// TestFrees has objects exchange what no two may have at once: who has to give it up
// for a moment does, and nobody else.
func TestFrees(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		build func(a *attempt)
		gives []string
	}{
		"a chain of names, and one that stays": {func(a *attempt) {
			for n, to := range []string{"b", "c", "d"} {
				a.alter("device", fmt.Sprintf("p/%d", n), change.Update, "apply", map[string]any{"name": string(rune('a' + n))}, "name", to)
			}
			a.alter("device", "p/x", change.Update, "apply", map[string]any{"name": "x"}, "description", "new")
		}, []string{"p/1", "p/2"}},
		"names of two sites": {func(a *attempt) {
			a.alter("device", "p/1", change.Update, "apply", map[string]any{"name": "a", "site": int64(1)}, "name", "b")
			a.alter("device", "p/2", change.Update, "apply", map[string]any{"name": "c", "site": int64(2)}, "name", "a")
		}, nil},
		"names that differ in case": {func(a *attempt) {
			a.alter("device", "p/1", change.Update, "apply", map[string]any{"name": "A"}, "name", "b")
			a.alter("device", "p/2", change.Update, "apply", map[string]any{"name": "c"}, "name", "a")
			a.alter("device", "p/3", change.Update, "apply", map[string]any{"name": "d"}, "name", "D")
		}, []string{"p/1"}},
		"asset tags": {func(a *attempt) {
			a.alter("device", "p/1", change.Update, "apply", map[string]any{"name": "a", "asset_tag": "1"}, "asset_tag", "2")
			a.alter("device", "p/2", change.Update, "apply", map[string]any{"name": "b", "asset_tag": "2"}, "asset_tag", "1")
		}, []string{"p/1", "p/2"}},
		"racks": {func(a *attempt) {
			a.alter("rack", "p/rack:a[1]", change.Update, "apply", map[string]any{"name": "a"}, "name", "b")
			a.alter("rack", "p/rack:b[1]", change.Update, "apply", map[string]any{"name": "b"}, "name", "a")
		}, []string{"p/rack:a[1]", "p/rack:b[1]"}},
		"ports": {func(a *attempt) {
			device := a.stands("device", "p/d", map[string]any{"name": "d"}).id
			a.alter("interface", "p/d/a", change.Update, "apply", map[string]any{"name": "a", "device": device}, "name", "b")
			a.alter("interface", "p/d/b", change.Update, "apply", map[string]any{"name": "b", "device": device}, "name", "a")
			other := a.stands("device", "p/e", map[string]any{"name": "e"}).id
			a.alter("interface", "p/e/a", change.Update, "apply", map[string]any{"name": "a", "device": other}, "name", "c")
		}, []string{"p/d/a", "p/d/b"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := bare(t)
			tt.build(a)
			a.twice = tt.gives
			a.run(settings{1, true})
			if a.err != nil || len(a.result.Failed) > 0 {
				t.Fatalf("%v, failed %+v", a.err, a.result.Failed)
			}
			if got := a.temporarily(); !slices.Equal(got, tt.gives) {
				t.Errorf("%q give up something for a moment, want %q", got, tt.gives)
			}
			if left, _ := a.remaining(); len(left.Changes) > 0 {
				t.Errorf("%d changes are left, the first %+v", len(left.Changes), left.Changes[0])
			}
		})
	}
}

// TestDoomedRackGivesItsNameUp makes a rack of the name of one that is deleted
// only when the devices are out of it.
func TestDoomedRackGivesItsNameUp(t *testing.T) {
	t.Parallel()
	a := bare(t)
	a.twice = []string{"p/rack:old[1]"}
	a.make("rack", "p/rack:new[1]", "name", "row-1")
	a.alter("rack", "p/rack:old[1]", change.Delete, "delete", map[string]any{"name": "row-1"})
	a.run(settings{1, true})
	if a.err != nil || len(a.result.Failed) > 0 || len(a.result.Deleted) != 1 || len(a.result.Created) != 1 {
		t.Errorf("%v, failed %+v, deleted %+v, created %+v", a.err, a.result.Failed, a.result.Deleted, a.result.Created)
	}
}
