package engine_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
)

// TestHalfDone stops a run at each of its writes in turn, while units and names are
// given up for a moment: the next run, with the same mirror or a new one, finishes it
// and asks nobody.
func TestHalfDone(t *testing.T) {
	t.Parallel()
	up := func(w *world) *generate.Plan {
		return w.edited(halls, inRow, "rack: {pool: row, per: 8, fromU: 2}")
	}
	names := func(w *world) *generate.Plan {
		return w.edited(halls, "leaf: {role: leaf,", "leaf: {name: \"web-{n:03}\", role: leaf,", ofType, ofType+"      name: \"leaf-{n:02}\"\n")
	}
	refresh := func(w *world) *generate.Plan { return w.edited(halls, ofType, "      type: tall\n") }
	from := map[string]*moment{}
	for _, version := range []string{"4.4", "4.6"} {
		w := setup(t, version)
		w.apply(w.edited(halls))
		from[version] = w.moment()
	}
	for name, plan := range map[string]func(*world) *generate.Plan{"units": up, "names": names, "types": refresh} {
		for n := range 5 {
			for _, committed := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, write %d, committed %v", name, n, committed), func(t *testing.T) {
					t.Parallel()
					w := from[[]string{"4.6", "4.4"}[n%2]].world(t, "mirror.db")
					w.stop(n, committed)
					_, _, _ = w.eng.Apply(t.Context(), plan(w), engine.ApplyOptions{})
					w.handler = w.server
					if n%3 != 0 {
						w.open("another.db")
					}
					w.apply(plan(w))
					w.asksNothing(plan(w))
					w.law(plan(w))
					w.unique()
				})
			}
		}
	}
}

// stop has NetBox answer nothing any more from the nth write on, which it may commit.
func (w *world) stop(n int, committed bool) {
	w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodOptions {
			w.server.ServeHTTP(rw, r)
			return
		}
		if n--; n >= 0 {
			w.server.ServeHTTP(rw, r)
			return
		}
		if n == -1 && committed {
			w.server.ServeHTTP(discard{http.Header{}}, r)
		}
		http.Error(rw, "<html>bad gateway</html>", http.StatusBadGateway)
	})
}

// discard is an answer that gets lost.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

// asksNothing asserts that nothing waits for a person.
func (w *world) asksNothing(plan *generate.Plan) {
	w.Helper()
	p, err := w.eng.Diff(w.Context(), plan)
	if err != nil {
		w.Fatal(err)
	}
	if p.Waits() || len(p.Conflicts) > 0 {
		w.Errorf("a person is asked: %+v", p.Conflicts)
	}
}

// TestRecreatedDeviceGetsItsCables makes a device again that a person deleted: its
// cables, which NetBox left dangling, are plugged in by the same run.
func TestRecreatedDeviceGetsItsCables(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.plan("one", 2)
	w.apply(plan)
	w.remove("devices", "web/web[1]")
	w.answer("missing", "recreate")
	w.apply(plan)
	if a, b := w.ends(cable); len(a) != 1 || a[0] != "web-001 lom-eth0" || len(b) != 1 {
		t.Errorf("the cable joins %q and %q", a, b)
	}
	w.asksNothing(plan)
	w.law(plan)
}

// TestPersonBetween has a person name a device while it has a temporary name: hers is
// a conflict as any other, and is not overwritten.
func TestPersonBetween(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.edited(halls))
	plan := w.edited(halls, inRow, "rack: {pool: row, per: 8, fromU: 2}")
	w.stop(1, false) // the units are given up
	_, _, _ = w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
	w.handler = w.server
	w.edit("devices", "web/web[2]", `{"position": 30}`)
	result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
	if err != nil || len(result.Failed) > 0 {
		t.Fatalf("%v, failed %+v", err, result.Failed)
	}
	w.expectPlaces(map[string]string{
		"web-001": "row-01 hall-a U2", "web-002": "row-01 hall-a U30",
		"web-003": "row-01 hall-a U4", "web-004": "row-01 hall-a U5",
	})
	w.law(plan)
}
