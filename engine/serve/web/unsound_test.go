package web_test

import (
	"net/http"
	"os"
	"testing"
)

// TestUnsound has every page of a plan that does not load say so, under the plan's head, and show it again
// by itself once it does; what was sent meanwhile comes to nothing.
func TestUnsound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drift()
	b := w.browser()
	sound, err := os.ReadFile(w.plan)
	if err != nil {
		t.Fatal(err)
	}
	pages := []string{"drift", "questions", "answers", "topology", "racks", "object?id=web/web%5B1%5D"}
	b.get("/plans/web").status(http.StatusOK)
	w.write("kind: [")
	for _, page := range pages {
		b.get("/plans/web/"+page).status(http.StatusConflict).
			sees("until the plan loads", "did not find expected", `<a href="/plans/web/topology"`, ">error<").
			misses("Nothing has been compared yet", "Something is wrong", "Nothing was done")
	}
	b.get("/plans/web").post("/plans/web/questions", "answer0", "use_user").status(http.StatusConflict).
		sees("Nothing was done", "until the plan loads")
	b.get("/plans/web").status(http.StatusOK).sees("did not find expected")
	w.write(string(sound))
	for _, page := range pages {
		b.get("/plans/web/" + page).misses("until the plan loads")
	}
}
