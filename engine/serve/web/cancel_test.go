package web_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/engine/serve/user"
)

// TestCancel has somebody take back an apply that waits, which others cannot.
func TestCancel(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.idle, w.guarded = true, true })
	vera, alice := w.member("vera", user.Viewer, user.Resolver, user.Approver), w.member("alice", user.Applier)
	enqueue := func(args job.Args) string {
		t.Helper()
		id, err := w.jobs.Enqueue(t.Context(), args, 0)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("/jobs/%d", id)
	}
	path := enqueue(job.ApplyArgs{Plan: "web", User: "bob"})
	vera.get(path).sees("Waiting its turn").misses("/cancel")
	vera.get("/previews").post(path + "/cancel").status(http.StatusForbidden)
	alice.get(path).sees(`action="`+path+`/cancel"`).post(path+"/cancel").status(http.StatusOK).
		sees("cancelled by alice").misses("/cancel", "Waiting its turn")
	alice.get("/jobs").sees("cancelled by alice", "bob")
	alice.post(path + "/cancel").status(http.StatusConflict).sees("it has ended already")
	alice.get("/plans/web").sees("cancelled by alice")
	check := enqueue(job.CheckArgs{Plan: "web"})
	alice.get(check).misses("/cancel").post(check + "/cancel").status(http.StatusConflict).sees("only an apply")
}
