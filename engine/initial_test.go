package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// live is the small plan whose status was edited, with edits as old, new.
func (w *world) live(edits ...string) *generate.Plan {
	w.Helper()
	text := strings.Replace(fmt.Sprintf(small, "one", 2), "  site: ams2\n", "  site: ams2\n  status: planned\n", 1)
	edited := strings.NewReplacer(edits...).Replace(text)
	if len(edits) > 0 && edited == text {
		w.Fatal("the plan is not edited")
	}
	return w.planned(edited)
}

// stands is the status of a device, or a cable, in NetBox.
func (w *world) stands(endpoint, object string) any {
	w.Helper()
	return w.object(endpoint, object)["status"].(map[string]any)["value"]
}

var goLive = []string{"status: planned", "status: active"}

// TestGoLive has the plan change a field that is only set at creation: NetBox follows, but
// for what a person changed, which stays and is told.
func TestGoLive(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.live())
	w.edit("devices", "web/web[2]", `{"status": "failed"}`)
	if p := w.stays(w.live()); len(p.Findings) != 0 || p.Waits() {
		t.Errorf("its drift is told: %+v", p.Findings)
	}
	plan := w.live(goLive...)
	p := w.stays(plan)
	for object, want := range map[string]any{"web/web[1]": "active", "web/web[2]": "failed", "web/dc.leaf[1]": "active"} {
		if got := w.stands("devices", object); got != want {
			t.Errorf("%s is %v, want %v", object, got, want)
		}
	}
	if got := w.stands("cables", "web/web[1]/lom.eth0~"); got != "connected" {
		t.Errorf("the cable is %v", got)
	}
	told := slices.ContainsFunc(p.Findings, func(n change.Notice) bool {
		return n.ID == "initial-kept" && n.Severity == change.Warning && slices.Equal(n.Objects, []string{"web/web[2]"}) &&
			strings.Contains(n.Message, "status") && strings.Contains(n.Message, "failed (maria)")
	})
	if !told || len(p.Findings) != 1 {
		t.Errorf("findings %+v", p.Findings)
	}
	w.edit("devices", "web/web[2]", `{"status": "active"}`)
	if p := w.stays(plan); len(p.Findings) != 0 {
		t.Errorf("once it is as the plan says: %+v", p.Findings)
	}
}

// TestInitialIsNoDrift leaves fields that are only set at creation out of the view drift,
// and out of what others wrote on an orphan.
func TestInitialIsNoDrift(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	comments := []string{"defaults: {", "defaults: {comments: made by a plan, "}
	w.apply(w.live(comments...))
	w.edit("devices", "web/web[1]", `{"comments": "hers"}`)
	w.sync()
	_, rows, err := w.eng.Query(t.Context(), `SELECT * FROM drift`, 0)
	if err != nil || len(rows) != 0 {
		t.Errorf("drift %v, %v", rows, err)
	}
	p, err := w.eng.Preview(t.Context(), w.live(append(comments, "count: 2\n", "count: 0\n")...))
	if err != nil {
		t.Fatal(err)
	}
	for object, want := range map[string]int{"web/web[1]": 1, "web/web[2]": 0} {
		if c := p.Set().Find("device", object); c == nil || len(c.Edited) != want {
			t.Errorf("%s: %+v", object, c)
		}
	}
}

// TestInitialOrOwned moves a field from one sort to the other, and back: its base is kept,
// and NetBox's record follows.
func TestInitialOrOwned(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	owned := []string{"{deletionPolicy: delete}", "{deletionPolicy: delete, initial: [serial]}"}
	w.apply(w.live())
	w.stays(w.live(owned...))
	w.edit("devices", "web/web[1]", `{"status": "failed"}`)
	p := w.stays(w.live(owned...))
	if c := p.Set().Find("device", "web/web[1]"); c == nil || len(c.Fields) != 1 || c.Fields[0].Class != change.Drift {
		t.Errorf("once it is owned, an edit is no drift: %+v", c)
	}
	if p := w.stays(w.live()); p.Waits() {
		t.Errorf("it waits: %+v", p.Conflicts)
	}
	if got := w.stands("devices", "web/web[1]"); got != "failed" {
		t.Errorf("it is %v", got)
	}
	w.stays(w.live("{deletionPolicy: delete}", "{deletionPolicy: delete, initial: []}"))
}

// TestAdoptKeepsInitial adopts a device: what is only set at creation keeps its value,
// unasked, also when the plan changes later.
func TestAdoptKeepsInitial(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.live())
	like := w.object("devices", "web/web[1]")
	id := func(field string) any { return like[field].(map[string]any)["id"] }
	w.post("dcim/devices", fmt.Sprintf(
		`{"name": "web-003", "site": %v, "device_type": %v, "role": %v, "status": "staged", "description": "one"}`,
		id("site"), id("device_type"), id("role")))
	three := []string{"count: 2\n", "count: 3\n"}
	plan := w.live(three...)
	w.answers(plan, "web/web[3]", "", "adopt")
	w.apply(plan)
	w.law(plan)
	p := w.stays(w.live(append(three, goLive...)...))
	if got := w.stands("devices", "web/web[3]"); got != "staged" || len(p.Findings) != 1 || p.Waits() {
		t.Errorf("it is %v; findings %+v", got, p.Findings)
	}
}

// TestGoLiveAfterTakeover changes the status of what an older diet applied, whose records
// do not say what that was: what it was the last to write follows.
func TestGoLiveAfterTakeover(t *testing.T) {
	t.Parallel()
	dumps, err := filepath.Glob(filepath.Join(takeoverDir, "*", "demo.json.gz"))
	if err != nil || len(dumps) == 0 {
		t.Fatalf("%d dumps, %v", len(dumps), err)
	}
	for _, path := range dumps {
		d := readDump(t, path)
		w := replay(t, d)
		w.edit("devices", "web96/web[1]", `{"status": "failed"}`)
		text, err := os.ReadFile(strings.TrimSuffix(path, ".json.gz") + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		plan := w.load("demo", strings.Replace(string(text), "  site: ams2\n", "  site: ams2\n  status: active\n", 1))
		w.apply(plan)
		w.law(plan)
		for object, want := range map[string]any{"web96/web[1]": "failed", "web96/web[2]": "active"} {
			if got := w.stands("devices", object); got != want {
				t.Errorf("%s: %s is %v, want %v", path, object, got, want)
			}
		}
	}
}

const uidOne = "metadata: {name: web, uid: one}"

// TestAnotherUID has two plans with one key: what is of the one is not of the other, which
// asks, and writes and deletes nothing.
func TestAnotherUID(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.live("metadata: {name: web}", uidOne))
	for _, uid := range []string{"", ", uid: two"} {
		p := w.stays(w.live(
			"metadata: {name: web}", "metadata: {name: web"+uid+"}", `description: "one"`, `description: "two"`, "count: 2\n", "count: 1\n"))
		x := conflict(p, "web/web[1]")
		const back = "if that is this plan, write uid: one into its metadata"
		if x == nil || !strings.HasSuffix(x.Verdict.Message, back) || conflict(p, "web/web[2]") == nil {
			t.Errorf("conflicts %+v", p.Conflicts)
		}
	}
	plan := w.live("metadata: {name: web}", uidOne, `description: "one"`, `description: "two"`)
	w.apply(plan)
	w.law(plan)
	if got := w.object("devices", "web/web[1]")["description"]; got != "two" {
		t.Errorf("its own plan is locked out: %v", got)
	}
}

// TestUIDComes gives a plan a uid: its objects get it, by writes of ownership alone.
func TestUIDComes(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.live())
	plan := w.live("metadata: {name: web}", uidOne)
	w.apply(plan)
	w.law(plan)
	for _, o := range w.server.Objects("interfaces") {
		record, _ := o["custom_fields"].(map[string]any)["diet_managed_fields"].(map[string]any)
		if record != nil && record["uid"] != "one" {
			t.Errorf("%v: %v", o["name"], record)
		}
	}
}
