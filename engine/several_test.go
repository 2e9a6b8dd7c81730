package engine_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/lease"
	"github.com/diet-project/diet/generate"
)

// severalPlans are three plans for sites of their own.
func (w *world) severalPlans(servers int) (plans []engine.Task) {
	w.Helper()
	for _, name := range []string{"one", "three", "two"} {
		plan := w.edited(fmt.Sprintf(small, "text", servers), "name: web}", "name: "+name+"}", "site: ams2", "site: "+name)
		plans = append(plans, engine.Task{Intent: plan})
	}
	return plans
}

// leases are the slugs of the leases that stand.
func (w *world) leases() (out string) {
	for _, o := range w.server.Objects("tags") {
		if slug := fmt.Sprint(o["slug"]); strings.HasPrefix(slug, lease.Prefix) {
			out += " " + strings.TrimPrefix(slug, lease.Prefix)
		}
	}
	return strings.TrimSpace(out)
}

// TestLeasesTogether applies several plans: all leases are held from ahead of the first
// write until after the last one, and given back.
func TestLeasesTogether(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.4", "4.6"} {
		w := setup(t, version)
		seen := map[string]bool{}
		next := w.handler
		w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodGet && r.Method != http.MethodOptions && !isLease(r) {
				seen[w.leases()] = true
			}
			next.ServeHTTP(rw, r)
		})
		plans := w.severalPlans(2)
		for i, a := range w.eng.ApplyAll(t.Context(), plans, engine.ApplyOptions{}) {
			if a.Err != nil || len(a.Result.Failed) > 0 || a.Result.Plan != plans[i].Intent.Info().Key {
				t.Errorf("%v, %+v", a.Err, a.Result)
			}
		}
		w.handler = next
		if len(seen) != 1 || !seen["one three two"] || w.leases() != "" {
			t.Errorf("while it wrote the leases were %v, and now %q", seen, w.leases())
		}
		for _, task := range plans {
			w.law(task.Intent)
		}
	}
}

// TestLeasesAllOrNone has another run hold the second of three plans, or one that has nothing
// to write: in the first case nothing is written at all.
func TestLeasesAllOrNone(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	for _, a := range w.eng.ApplyAll(t.Context(), w.severalPlans(2), engine.ApplyOptions{}) {
		if a.Err != nil {
			t.Fatal(a.Err)
		}
	}
	w.byHandJSON(http.MethodPost, "extras/tags", `{"name": "diet-lease-three", "slug": "diet-lease-three", "description": "x"}`)
	w.server.ResetRequests()
	grown := w.severalPlans(3)
	for _, a := range w.eng.ApplyAll(t.Context(), grown, engine.ApplyOptions{}) {
		if held := (*lease.HeldError)(nil); !errors.As(a.Err, &held) || held.Plan != "three" || a.Result != nil {
			t.Errorf("%v, %+v", a.Err, a.Result)
		}
	}
	if got := w.written(); len(got) > 0 || w.leases() != "three" {
		t.Errorf("written %q, and the leases are %q", got, w.leases())
	}
	if got := w.rows("SELECT count(*) FROM run"); got != "[[3]]" {
		t.Errorf("%s runs: those that came to nothing are none", got)
	}
	grown[1] = w.severalPlans(2)[1]
	for _, a := range w.eng.ApplyAll(t.Context(), grown, engine.ApplyOptions{}) {
		if a.Err != nil {
			t.Errorf("%s: %v", a.Preview.Plan, a.Err)
		}
	}
	w.law(grown[0].Intent)
	w.law(grown[2].Intent)
}

// TestOneOfSeveral has a plan fail: the others are written all the same.
func TestOneOfSeveral(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plans := w.severalPlans(2)
	bad := w.edited(fmt.Sprintf(small, "text", 2), "name: web}", "name: bad}", "zones: {server: {ports: 1-8}}", "zones: {server: {ports: 1}}")
	all := w.eng.ApplyAll(t.Context(), append([]engine.Task{{Intent: bad}}, plans...), engine.ApplyOptions{})
	if all[0].Err == nil {
		t.Error("the first one did not fail")
	}
	for _, a := range all[1:] {
		if a.Err != nil {
			t.Error(a.Err)
		}
	}
	for _, task := range plans {
		w.law(task.Intent)
	}
}

// TestLaterOfSeveral has a plan want a name that an earlier one of the same command gives up:
// it finds that, though it had nothing to write before.
func TestLaterOfSeveral(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	giver := func(servers int) *generate.Plan {
		return w.edited(fmt.Sprintf(small, "text", servers), "name: web}", "name: one}")
	}
	taker := w.edited(fmt.Sprintf(small, "text", 1), "name: web}", "name: two}", "row: {count", "lane: {count", "pool: row", "pool: lane",
		"role: leaf,", "role: leaf, name: \"sw-{n}\",", ofType, ofType+"      name: web-002\n")
	for _, servers := range []int{2, 1} {
		plans := []engine.Task{{Intent: giver(servers)}, {Intent: taker}}
		for _, a := range w.eng.ApplyAll(t.Context(), plans, engine.ApplyOptions{}) {
			if a.Err != nil || len(a.Result.Failed) > 0 {
				t.Fatal(a.Err, a.Result)
			}
		}
		for _, task := range plans {
			w.law(task.Intent)
		}
	}
	if name := w.object("devices", "two/web[1]")["name"]; name != "web-002" {
		t.Errorf("it is called %v", name)
	}
	if w.leases() != "" {
		t.Errorf("%q is left", w.leases())
	}
}

// TestAllOrNothingUnderTheLeases has somebody edit what one plan is about to change, while the
// leases are taken: nothing is written to any plan.
func TestAllOrNothingUnderTheLeases(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	for _, a := range w.eng.ApplyAll(t.Context(), w.severalPlans(2), engine.ApplyOptions{}) {
		if a.Err != nil {
			t.Fatal(a.Err)
		}
	}
	var plans []engine.Task
	for _, name := range []string{"one", "three", "two"} {
		plan := w.edited(fmt.Sprintf(small, "other", 2), "name: web}", "name: "+name+"}", "site: ams2", "site: "+name)
		plans = append(plans, engine.Task{Intent: plan})
	}
	next, edited := w.handler, false
	w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && isLease(r) && !edited {
			edited = true
			w.edit("devices", "two/web[1]", `{"custom_fields": {"diet_plan_id": "other"}}`)
		}
		next.ServeHTTP(rw, r)
	})
	w.server.ResetRequests()
	for _, a := range w.eng.ApplyAll(t.Context(), plans, engine.ApplyOptions{AllOrNothing: true}) {
		if !errors.Is(a.Err, engine.ErrHeld) {
			t.Errorf("%v", a.Err)
		}
	}
	for _, r := range w.written() {
		if r != "PATCH /api/dcim/devices/"+fmt.Sprint(w.object("devices", "two/web[1]")["id"])+"/" {
			t.Errorf("written: %s", r)
		}
	}
	if got := w.rows("SELECT count(*) FROM run WHERE status <> 'done'"); got != "[[0]]" || !edited || w.leases() != "" {
		t.Errorf("%s runs are left, the leases %q", got, w.leases())
	}
}
