package web_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/serve/user"
)

// previewed makes a preview and returns its id, once it is shown.
func (b *browser) previewed() string {
	b.Helper()
	b.get("/plans/web")
	b.post("/plans/web/preview").status(http.StatusOK)
	return b.arrive("/previews/")
}

// arrive waits for a job until it leads to a page, and returns what that is about.
func (b *browser) arrive(prefix string) string {
	b.Helper()
	job := b.at
	b.until(job, `<h1>`+map[string]string{"/previews/": "Preview pv-", "/runs/": "Run run-"}[prefix])
	if !strings.HasPrefix(b.at, prefix) {
		b.Fatalf("%s leads to %s", job, b.at)
	}
	return strings.TrimPrefix(b.at, prefix)
}

// gated is NetBox, which answers to what writes once nothing holds it.
func (w *world) gated() http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if until := w.gate.Load(); until != nil && r.Method != http.MethodGet {
			<-*until
		}
		w.sandbox.ServeHTTP(out, r)
	})
}

// TestTwice has two people apply the same preview: the second one is told that it is being applied,
// or was, and is led there.
func TestTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(strings.Replace(text, "count: 3", "count: 4", 1))
	ann, bob := w.member("ann", user.Applier), w.member("bob", user.Applier)
	id := ann.previewed()
	bob.get("/previews/" + id).sees("Apply exactly this")
	held := make(chan struct{})
	w.gate.Store(&held)
	ann.get("/previews/" + id).post("/previews/" + id + "/apply").sees("Applying web")
	bob.post("/previews/"+id+"/apply").sees("Preview "+id+" is being applied already, by job ", ", for ann")
	if bob.at != ann.at {
		t.Errorf("it leads to %s, not to %s", bob.at, ann.at)
	}
	bob.get("/previews/" + id)
	close(held)
	ann.arrive("/runs/")
	ann.until(ann.at, "badge good\">done")
	bob.post("/previews/"+id+"/apply").sees("Preview "+id+" was applied already", "Run run-").misses("stale")
	if bob.at != ann.at {
		t.Errorf("it leads to %s, not to %s", bob.at, ann.at)
	}
	for _, state := range []string{"cancelled", "discarded"} {
		bob.get("/jobs").misses(state)
	}
}

// TestStory goes from drift to resolved, previewed, applied and rolled back.
func TestStory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drift()
	ann := w.member("ann", user.Resolver, user.Applier)
	ann.get("/plans/web/questions").status(http.StatusOK).
		sees("1 question waits", "recreate", "db-primary", "keep NetBox's value", "maria", "Answer everything of a kind at once")
	ann.post("/plans/web/questions", "about0", "1", "object0", "web/web[3]/lom.eth0~", "answer0", "recreate",
		"about1", "1", "object1", "web/web[1]", "field1", "name", "answer1", "use_diet", "reason", "CHG-1").
		status(http.StatusOK).sees("2 answers were written", "stands", "ann", "CHG-1", "Not committed yet", "+ answer: recreate")
	ann.get("/plans/web/resolutions.patch").status(http.StatusOK).sees("--- /dev/null", "+++ b/resolutions.yaml", "who: ann")
	file, err := os.ReadFile(filepath.Join(w.dir, "resolutions.yaml"))
	if err != nil || strings.Count(string(file), "why: CHG-1") != 2 {
		t.Errorf("%v: %s", err, file)
	}
	ann.get("/plans/web").sees("cable create 1", "device update 1")

	id := ann.previewed()
	ann.sees("open", "1 cable to create", "1 device to update", "Apply exactly this")
	ann.post("/previews/" + id + "/apply").status(http.StatusOK)
	run := ann.arrive("/runs/")
	ann.sees("done", "by ann", "2 of 2 requests", "POST cable", "PATCH device", "Roll back")
	if name := w.object("devices", "web/web[1]")["name"]; name != "web-001" {
		t.Errorf("the server is called %v", name)
	}
	w.with(func(eng *engine.Engine) {
		_, rows, err := eng.Query(t.Context(), "SELECT DISTINCT message FROM object_change WHERE message GLOB '*by ann'", 0)
		if err != nil || len(rows) != 2 {
			t.Errorf("%v, the changelog says %v", err, rows)
		}
	})
	ann.get("/").sees("drift detected") // the description: nobody answered
	ann.get("/previews/"+id).sees("applied", run)
	ann.get("/previews").sees(id, "applied")
	ann.get("/runs").sees(run, "done")
	ann.get("/runs?plan=other").misses(run)
	ann.get("/jobs").sees("preview", "apply", "ann", "completed")

	ann.get("/runs/" + run)
	ann.post("/runs/" + run + "/rollback").status(http.StatusOK)
	back := ann.arrive("/previews/")
	ann.sees("to undo", run, "open")
	ann.post("/previews/" + back + "/apply").status(http.StatusOK)
	ann.arrive("/runs/")
	ann.sees("done")
	if n := len(w.sandbox.Objects("cables")); n != 5 {
		t.Errorf("after the rollback there are %d cables", n)
	}
}

// TestBulk answers everything of a class at once, until some day.
func TestBulk(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drift()
	b := w.browser()
	b.get("/plans/web/questions?fill=recommended").sees("checked")
	b.post("/plans/web/questions", "all", "acknowledge", "class", "drift", "kind", "device",
		"reason", "until the migration", "expires", "30d").
		status(http.StatusOK).sees("2 answers were written", "acknowledge", "joe")
	b.get("/").sees("accepted 2")
	b.get("/plans/web/drift?show=accepted").sees("db-primary")
}

// TestUnfit refuses answers without a reason, to nothing, and that do not fit, and writes none.
func TestUnfit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drift()
	b := w.browser()
	b.get("/plans/web/questions")
	page := b.last
	for _, tt := range []struct {
		name string
		form []string
		want string
	}{
		{"no reason", []string{"about0", "1", "object0", "web/web[1]", "field0", "name", "answer0", "use_diet"},
			"a reason is missing"},
		{"nothing chosen", []string{"about0", "1", "object0", "web/web[1]", "answer0", "", "reason", "x"}, "nothing was chosen"},
		{"unfit", []string{"about0", "1", "object0", "web/web[1]", "field0", "name", "answer0", "adopt", "reason", "x"},
			"does not fit"},
		{"past", []string{"about0", "1", "object0", "web/web[1]", "answer0", "use_diet", "reason", "x", "expires", "2020-01-01"},
			"a time to come"},
	} {
		b.last = page
		b.post("/plans/web/questions", tt.form...).status(http.StatusUnprocessableEntity).sees(tt.want, "Write the answers")
	}
	b.last = page
	b.post("/plans/web/questions", "about0", "1", "object0", "web/web[1]", "field0", "name", "answer0", "use_user", "reason", "as agreed",
		"expires", "yesterday").sees(`value="as agreed"`, `value="yesterday"`)
	if !regexp.MustCompile(`value="use_user" checked`).MatchString(b.last) {
		t.Error("the answer that was chosen is lost")
	}
	b.last = page
	b.post("/plans/web/questions", "all", "use_diet", "class", "drift", "field", "name", "reason", "").
		sees(`<option selected>name</option>`, `<option value="use_diet" selected>`)
	b.last = page
	b.post("/plans/web/questions", "about0", "1", "object0", "web/none", "answer0", "use_diet", "reason", "x").status(http.StatusNotFound)
	if _, err := os.Stat(filepath.Join(w.dir, "resolutions.yaml")); err == nil {
		t.Error("an answer was written")
	}
}

// wantsApproval is a policy under which one person approves each deletion of a server.
const wantsApproval = `package team.deletion

import rego.v1

# METADATA
# title: Somebody approves the deletion of servers
# custom:
#   id: NET020
#   severity: high
#   decision: ask
#   recommended: force_delete
#   approvals: 1
#   message: somebody must approve this deletion
guards contains rego.metadata.rule().custom if {
	input.class == "orphaned"
	input.kind == "device"
}
`

// TestApprove applies what wants an approval once somebody with the role gave it, who is named.
func TestApprove(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.team(wantsApproval) })
	w.write(strings.Replace(text, "count: 3", "count: 2", 1))
	pat, ada, ann := w.member("pat", user.Applier), w.member("ada", user.Approver), w.member("vera", user.Viewer)
	id := pat.previewed()
	pat.sees("Approvals: 0 of 1", "To approve takes the role approver", "disabled")
	pat.post("/previews/" + id + "/apply").status(http.StatusForbidden).sees("lacks 1 of 1 approval")
	pat.get("/previews/" + id).post("/previews/" + id + "/approve").status(http.StatusForbidden)
	ann.get("/previews/"+id).sees("To apply it takes the role applier", "Nothing would be written", "/previews/"+id+"/approved")
	ann.get("/previews/"+id+"/approved").sees("what becomes of it once it is approved", "1 device to delete", "with the approvals").
		misses("ada answered")
	for _, path := range []string{"/previews/" + id + "/apply", "/previews/" + id + "/approve", "/plans/web/preview", "/runs/run-1/rollback"} {
		ann.get("/previews/" + id).post(path).status(http.StatusForbidden)
	}
	ann.get("/plans/web/questions").sees("takes the role resolver")
	ann.post("/plans/web/questions", "all", "use_diet").status(http.StatusForbidden)

	ada.get("/previews/" + id).post("/previews/" + id + "/approve").status(http.StatusOK)
	ada.sees("You approved it", "Approvals: 1 of 1", "ada", "valid", "1 device to delete").
		misses("once it is approved", "Nothing would be written")
	ada.post("/previews/" + id + "/apply").status(http.StatusForbidden)

	with := w.members
	w.members = regexp.MustCompile(`(?m)^  ada:.*\n`).ReplaceAllString(with, "")
	w.join("ada", user.Viewer)
	pat.get("/previews/"+id).sees("Approvals: 0 of 1", "may not approve any more")
	pat.post("/previews/" + id + "/apply").status(http.StatusForbidden).
		sees("that of ada does not count: who gave it may not approve any more")
	w.members = with
	w.join("olga", user.Viewer)
	pat.get("/previews/" + id).post("/previews/" + id + "/apply").status(http.StatusOK)
	pat.arrive("/runs/")
	pat.sees("done", "by pat")
	if n := len(w.sandbox.Objects("devices")); n != 4 {
		t.Errorf("%d devices are left", n)
	}
}

// TestApproveAlone lets nobody approve where nobody logs in.
func TestApproveAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.team(wantsApproval) })
	w.write(strings.Replace(text, "count: 3", "count: 2", 1))
	b := w.browser()
	id := b.previewed()
	b.sees("nobody is logged in here").post("/previews/" + id + "/approve").status(http.StatusForbidden)
}

// team adds a policy.
func (w *world) team(policy string) {
	w.Helper()
	dir := filepath.Join(w.dir, "policies")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "team.rego"), []byte(policy), 0o600); err != nil {
		w.Fatal(err)
	}
	w.policies = []string{dir}
}

// TestStale refuses a preview that was applied, or that NetBox or the plan have left behind.
func TestStale(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(strings.Replace(text, "count: 3", "count: 4", 1))
	b := w.browser()
	id := b.previewed()
	w.edit("devices", "web/web[1]", map[string]any{"name": "hers"})
	b.post("/previews/" + id + "/apply").status(http.StatusOK)
	b.until(b.at, "is stale").sees("web/web[1] changed since", "Make a new preview")
	if n := len(w.sandbox.Objects("devices")); n != 5 {
		t.Errorf("there are %d devices", n)
	}
	id = b.previewed()
	w.write(strings.Replace(text, "count: 3", "count: 5", 1))
	b.get("/previews/"+id).sees("stale", "the plan").misses("Apply exactly this")
	b.post("/previews/" + id + "/apply").status(http.StatusConflict).sees("is stale")
	b.get("/previews/pv-00000000").status(http.StatusNotFound)
	b.get("/runs/run-00000000").status(http.StatusNotFound)
	b.get("/jobs/99999").status(http.StatusNotFound)
	b.get("/jobs/x").status(http.StatusNotFound)
	b.get("/").post("/plans/nope/preview").status(http.StatusNotFound)
	b.get("/").post("/previews/pv-00000000/apply").status(http.StatusNotFound)
	b.get("/").post("/previews/pv-00000000/approve").status(http.StatusForbidden)
	b.get("/").post("/runs/run-00000000/rollback").status(http.StatusNotFound)
}

var eventName = regexp.MustCompile(`(?m)^event: (\w+)$`)

// TestEvents tells of a job and of a run as they go on, and ends.
func TestEvents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(strings.Replace(text, "count: 3", "count: 4", 1))
	b := w.browser()
	b.get("/plans/web")
	b.post("/plans/web/preview").status(http.StatusOK)
	if !strings.HasPrefix(b.at, "/jobs/") {
		b.Skip("the preview was there at once")
	}
	told := w.events(b, b.at)
	if !strings.Contains(told, "Go on") || !strings.HasSuffix(told, "event: over\ndata: over\n\n") {
		t.Errorf("%s", told)
	}
	if names := eventName.FindAllString(told, -1); names[0] != "event: progress" {
		t.Errorf("%v", names)
	}
	id := strings.TrimPrefix(b.get(b.at).at, "/previews/")
	b.post("/previews/" + id + "/apply")
	w.events(b, b.at)
	b.get(b.at)
	if told := w.events(b, b.at); !strings.Contains(told, "requests done") || strings.Contains(told, token) {
		t.Errorf("%s", told)
	}
}

// events are those of a page, until they end.
func (w *world) events(b *browser, path string) string {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), http.MethodGet, w.pages.URL+path+"/events", nil)
	if err != nil {
		w.Fatal(err)
	}
	at := b.at
	b.send(req)
	b.at = at
	return b.last
}

// TestAway says that NetBox cannot be reached, keeps showing what is known, and recovers.
func TestAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drift()
	b := w.browser()
	there := w.base.URL
	w.set(func(cfg *engine.Config) { cfg.URL = "http://127.0.0.1:1" })
	b.get("/plans/web")
	b.post("/plans/web/preview").status(http.StatusOK)
	b.until(b.at, "no preview was made")
	for _, page := range []string{"/", "/plans/web"} {
		b.get(page).status(http.StatusOK).sees("NetBox is away: sync: ", ">error<", "as it was last read")
	}
	b.get("/").sees("db-primary")
	w.set(func(cfg *engine.Config) { cfg.URL = there })
	b.previewed()
	b.get("/").misses("NetBox is away", ">error<", "The last job failed")
}
