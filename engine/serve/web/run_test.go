package web_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/engine/serve/user"
)

// TestNothingToDo shows the run of an apply that had nothing to do, with no link to the preview that it had
// not to store.
func TestNothingToDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.idle = true })
	run := ""
	w.with(func(eng *engine.Engine) {
		result, _, err := eng.Apply(t.Context(), w.load(), engine.ApplyOptions{})
		if err != nil {
			t.Fatal(err)
		}
		run = result.Run
	})
	w.browser().get("/runs/"+run).status(http.StatusOK).sees("It has sent nothing", "which is not stored").misses(`href="/previews/pv-`)
}

// TestAskedFor says who asked for a check.
func TestAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.idle = true })
	rita := w.member("rita", user.Resolver)
	rita.get("/plans/web").post("/plans/web/check").status(http.StatusOK)
	all, err := w.jobs.Jobs(t.Context(), 10)
	if err != nil || !slices.ContainsFunc(all, func(l job.Listed) bool { return l.Kind == job.KindCheck && l.User == "rita" }) {
		t.Errorf("got %+v, %v", all, err)
	}
}
