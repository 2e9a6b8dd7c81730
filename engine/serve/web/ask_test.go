package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/serve/user"
)

// TestRollbackAsks answers what the preview of a rollback asks from its page, and makes it again; what it
// deletes is no drift.
func TestRollbackAsks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(strings.NewReplacer("count: 3", "count: 4", "deletionPolicy: delete", "deletionPolicy: warn").Replace(text))
	ann := w.member("ann", user.Resolver, user.Applier)
	id := ann.previewed()
	ann.post("/previews/" + id + "/apply").status(http.StatusOK)
	run := ann.arrive("/runs/")
	w.edit("devices", "web/web[4]", map[string]any{"comments": "hers"})
	w.sync()
	again := func() string {
		ann.get("/runs/" + run)
		ann.post("/runs/" + run + "/rollback").status(http.StatusOK)
		return ann.arrive("/previews/")
	}
	back := again()
	ann.sees("1 change waits", `href="/plans/web/questions?of=`+back+`"`, `Drift <span class="count">0</span>`)
	ann.get("/plans/web/questions").sees("Nothing waits for a person")
	ann.get("/plans/other/questions?of=" + back).status(http.StatusNotFound)
	ann.get("/plans/web/questions?of=pv-none").status(http.StatusNotFound)
	ann.get("/plans/web/questions?of="+back).status(http.StatusOK).sees("1 question waits", "hers", `name="of" value="`+back+`"`)
	ann.post("/plans/web/questions", append(ann.form("web/web[4]", "", "force_delete"), "of", back)...).status(http.StatusOK).
		sees("1 answer was written", "Preview "+back, "Make the preview again")
	back = again()
	ann.misses("change waits")
	ann.post("/previews/" + back + "/apply").status(http.StatusOK)
	ann.arrive("/runs/")
	if n := len(w.sandbox.Objects("devices")); n != 2+3 {
		t.Errorf("after the rollback there are %d devices", n)
	}
}
