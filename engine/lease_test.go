package engine_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/lease"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
)

// heldElsewhere makes the lease of a run on another machine.
func (w *world) heldElsewhere() {
	w.Helper()
	until := time.Now().Add(time.Duration(w.clock.Load()) + time.Hour).UTC().Format(time.RFC3339)
	holder := fmt.Sprintf(`{"run":"run-9","host":"there","until":%q}`, until)
	w.byHandJSON(http.MethodPost, "extras/tags",
		fmt.Sprintf(`{"name": "diet-lease-web", "slug": "diet-lease-web", "description": %q}`, holder))
}

// dropLease deletes the lease by hand.
func (w *world) dropLease() {
	w.Helper()
	for _, o := range w.server.Objects("tags") {
		if strings.HasPrefix(fmt.Sprint(o["slug"]), lease.Prefix) {
			w.byHandJSON(http.MethodDelete, fmt.Sprintf("extras/tags/%v", o["id"]), "")
		}
	}
}

// written are the writes that NetBox has received, but for those of the lease.
func (w *world) written() (out []string) {
	for _, r := range w.server.Requests() {
		if r.Method != http.MethodGet && r.Method != http.MethodOptions && !strings.HasPrefix(r.Path, "/api/extras/tags/") {
			out = append(out, r.Method+" "+r.Path)
		}
	}
	return out
}

// TestHeldElsewhere applies while a run on another machine works on the plan: nothing is
// written, and who works is named. What has nothing to write does not ask for the lease.
func TestHeldElsewhere(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.plan("one", 2)
	w.apply(plan)
	w.heldElsewhere()
	w.law(plan)
	if _, err := w.eng.Sync(t.Context(), mirror.Options{}); err != nil {
		t.Fatal(err)
	}
	w.status(plan, time.Hour, engine.StateReconciling)
	w.server.ResetRequests()
	result, _, err := w.eng.Apply(t.Context(), w.plan("two", 2), engine.ApplyOptions{})
	var held *lease.HeldError
	if !errors.As(err, &held) || result != nil || !strings.Contains(err.Error(), "run run-9 on there") {
		t.Errorf("%v, want who holds the plan", err)
	}
	if got := w.written(); len(got) > 0 {
		t.Errorf("written: %q", got)
	}
	if got := w.rows("SELECT status FROM run"); got != "[[done] [done]]" {
		t.Errorf("the runs are %s: one that came to nothing is none", got)
	}
	if _, _, err := w.eng.Apply(t.Context(), w.plan("two", 2), engine.ApplyOptions{NoLease: true}); err != nil {
		t.Error(err)
	}
	w.dropLease()
	w.law(w.plan("two", 2))
	w.status(w.plan("two", 2), time.Hour, engine.StateInSync)
}

// TestLostLease deletes the lease while a run works: it stops after the request in
// flight, and the next one finishes.
func TestLostLease(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 4} {
		w := setup(t, []string{"4.4", "4.6"}[n%3])
		w.parallel = 1 + n
		w.open("mirror.db")
		plan := w.plan("one", 6)
		w.ahead(n, func() { w.dropLease() })
		w.server.ResetRequests()
		result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
		if !errors.Is(err, lease.ErrLost) || result == nil {
			t.Fatalf("%v, want that the lease is gone", err)
		}
		if got := w.written(); len(got) > n+w.parallel {
			t.Errorf("%d writes, though the lease went ahead of the %dth: %q", len(got), n+1, got)
		}
		w.apply(plan)
		w.asksNothing(plan)
		w.law(plan)
		w.unique()
	}
}

// TestLeaseIsNowhere looks for the lease in what diet shows, before and after.
func TestLeaseIsNowhere(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.6"} {
		w := setup(t, version)
		plan := w.plan("one", 2)
		w.apply(plan)
		for _, held := range []bool{false, true} {
			if held {
				w.heldElsewhere()
			}
			if _, err := w.eng.Sync(t.Context(), mirror.Options{}); err != nil {
				t.Fatal(err)
			}
			got := w.rows(`SELECT kind, name FROM object WHERE kind = 'tag' UNION ALL SELECT kind, id FROM blame WHERE kind = 'tag'`)
			if got != "[]" {
				t.Errorf("%s: the views show %s", version, got)
			}
		}
		if n := len(w.server.Objects("tags")); n != 1 {
			t.Errorf("%d tags", n)
		}
	}
}

// TestReleaseLost loses the answer to the last request, which lets the plan go: it is let
// go, and the run went well.
func TestReleaseLost(t *testing.T) {
	t.Parallel()
	for _, committed := range []bool{false, true} {
		w, lost := setup(t, "4.6"), false
		w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodDelete || lost {
				w.server.ServeHTTP(rw, r)
				return
			}
			lost = true
			if committed {
				w.server.ServeHTTP(discard{http.Header{}}, r)
			}
			http.Error(rw, "<html>bad gateway</html>", http.StatusBadGateway)
		})
		result, _, err := w.eng.Apply(t.Context(), w.plan("one", 2), engine.ApplyOptions{})
		if err != nil || len(result.Findings) > 0 || len(w.server.Objects("tags")) > 0 {
			t.Errorf("%v, findings %+v, %d tags are left", err, result.Findings, len(w.server.Objects("tags")))
		}
	}
}

// TestStatusAfterApply asks for the status ahead of the next sync: whoever held a plan has
// let it go, and a plan that is held is.
func TestStatusAfterApply(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	leases := func(plans ...*generate.Plan) (left int) {
		t.Helper()
		all, err := w.eng.Status(t.Context(), plans, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range all {
			if s.Lease != nil {
				left++
			}
		}
		return left
	}
	plan := w.plan("one", 2)
	w.apply(plan)
	if n := leases(plan); n > 0 {
		t.Error("an apply leaves its lease in the mirror")
	}
	more, other := w.plan("two", 3), w.edited(fmt.Sprintf(small, "text", 2), "name: web}", "name: db}", "site: ams2", "site: fra")
	for _, a := range w.eng.ApplyAll(t.Context(), []engine.Task{{Intent: other}, {Intent: more}}, engine.ApplyOptions{}) {
		if a.Err != nil {
			t.Fatal(a.Err)
		}
	}
	if n := leases(more, other); n > 0 {
		t.Errorf("an apply of two plans leaves %d leases in the mirror", n)
	}
	w.apply(w.back(more))
	if p, err := w.eng.Diff(t.Context(), more); err != nil || p.Verdict.Rule != "RUN109" {
		t.Errorf("the mirror does not know that the plan is held: %+v, %v", p.Verdict, err)
	}
	approved := w.plan("three", 3)
	w.apply(approved)
	if n := leases(approved); n > 0 || len(w.server.Objects("tags")) > 0 {
		t.Errorf("%d leases, tags %v", n, w.server.Objects("tags"))
	}
	if got := w.rows("SELECT count(*) FROM tag"); got != "[[0]]" {
		t.Errorf("the mirror has %s tags", got)
	}
}
