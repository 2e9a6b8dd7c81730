package engine_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
)

// TestFlaps counts, of each field for itself, how often diet wrote over what a person wrote.
func TestFlaps(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	const remediated = "{remediation: {fields: {description: auto}}}"
	plan := w.planned(strings.Replace(fmt.Sprintf(small, "one", 3), "{deletionPolicy: delete}", remediated, 1))
	w.apply(plan)
	for round := range 3 {
		for n := 1; n <= 3-round; n++ { // each server is fought over once less than the one before
			w.edit("devices", fmt.Sprintf("web/web[%d]", n), `{"description": "hers"}`)
		}
		if round < 2 {
			w.apply(plan)
		}
	}
	w.edit("devices", "web/web[2]", `{"description": "hers"}`)
	w.edit("devices", "web/web[3]", `{"description": "hers"}`)
	p := w.preview(plan)
	for n, want := range map[int]int{1: 2, 2: 2, 3: 1} {
		c := p.Set().Find("device", fmt.Sprintf("web/web[%d]", n))
		if c == nil || len(c.Fields) != 1 || c.Fields[0].Flap == nil {
			t.Fatalf("web[%d]: %+v", n, c)
		}
		if f := c.Fields[0].Flap; f.Times != want || len(f.Writers) != 2 || !slices.Contains(f.Writers, "maria") {
			t.Errorf("web[%d]: %+v, want %d times", n, f, want)
		}
	}
}

// TestFlapsOfAPlace counts what people and diet wrote of a place in a rack as one: now the position, now the face.
func TestFlapsOfAPlace(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	const remediated = "{remediation: {default: auto}}"
	plan := w.planned(strings.Replace(fmt.Sprintf(small, "one", 3), "{deletionPolicy: delete}", remediated, 1))
	w.apply(plan)
	for _, edit := range []string{`{"position": 20}`, `{"face": "rear"}`} {
		w.edit("devices", "web/web[1]", edit)
		w.apply(plan)
		w.law(plan)
	}
	w.edit("devices", "web/web[1]", `{"position": 20}`)
	c := w.preview(plan).Set().Find("device", "web/web[1]")
	if c == nil || len(c.Fields) != 1 || c.Fields[0].Flap == nil || c.Fields[0].Flap.Times != 2 || c.Fields[0].Verdict.Rule != "DRF102" {
		t.Fatalf("%+v", c)
	}
	w.apply(plan)
	w.law(plan)
	if got := fmt.Sprint(w.object("devices", "web/web[1]")["position"]); got != "20" {
		t.Errorf("it stands in %s", got)
	}
}

// TestObjectFlaps has somebody delete again and again what a team has made again: diet stops, asks, and
// names who all did it. Each answer is to that deletion alone.
func TestObjectFlaps(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.edited(halls)
	w.apply(plan)
	w.answer("missing", "recreate")
	for range 2 {
		w.remove("devices", "web/web[4]")
		w.apply(plan)
		w.law(plan)
		w.object("devices", "web/web[4]")
	}
	w.remove("devices", "web/web[4]")
	w.remove("devices", "web/web[3]")
	w.apply(plan)
	w.law(plan)
	w.object("devices", "web/web[3]")
	c := w.preview(plan).Set().Find("device", "web/web[4]")
	if c == nil || c.Verdict.Rule != "MIS102" || c.Flap == nil || c.Flap.Times != 2 ||
		!slices.Contains(c.Flap.Writers, "maria") || len(c.Flap.Writers) != 2 || !strings.Contains(c.Verdict.Message, "maria") {
		t.Fatalf("%+v", c)
	}
	w.answers(plan, "web/web[4]", "", "recreate")
	w.apply(plan)
	w.law(plan)
	w.object("devices", "web/web[4]")
	w.remove("devices", "web/web[4]")
	w.apply(plan)
	w.law(plan)
	if v := w.verdictOn(w.preview(plan), "device", "web/web[4]", ""); v.Rule != "MIS102" || !v.Asks() {
		t.Errorf("the next deletion is decided %+v", v)
	}
}

// TestProductionIsNotMadeAgain has somebody delete in production what a team has made again.
func TestProductionIsNotMadeAgain(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.edited(halls, "metadata: {name: web}", "metadata: {name: web, labels: {environment: production}}")
	w.apply(plan)
	w.answer("missing", "recreate")
	w.remove("devices", "web/web[4]")
	w.remove("cables", "web/web[1]/lom.eth0~")
	w.apply(plan)
	w.law(plan)
	p := w.preview(plan)
	for object, kind := range map[string]string{"web/web[4]": "device", "web/web[1]/lom.eth0~": "cable"} {
		if v := w.verdictOn(p, kind, object, ""); v.Rule != "MIS101" || !v.Asks() {
			t.Errorf("%s is decided %+v", object, v)
		}
		w.answers(plan, object, "", "recreate")
	}
	w.apply(plan)
	w.law(plan)
	w.object("devices", "web/web[4]")
	w.object("cables", "web/web[1]/lom.eth0~")
}

// TestGoneWithoutATrace has somebody delete a server, again and again, under a token that may not read the
// changelog: nobody can tell how often, so whatever makes it again, a person is asked, each time.
func TestGoneWithoutATrace(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.hideChangelog()
	plan := w.edited(halls)
	w.apply(plan)
	w.answer("missing", "recreate")
	for range 2 {
		gone := w.object("devices", "web/web[4]")["id"]
		w.byHandJSON("DELETE", fmt.Sprintf("dcim/devices/%v/", gone), "")
		w.apply(plan)
		w.law(plan)
		if v := w.verdictOn(w.preview(plan), "device", "web/web[4]", ""); v.Rule != "MIS103" || !v.Asks() {
			t.Fatalf("it is decided %+v", v)
		}
		w.answers(plan, "web/web[4]", "", "recreate")
		w.apply(plan)
		w.law(plan)
		w.object("devices", "web/web[4]")
	}
}

// hideChangelog has the token not read the changelog.
func (w *world) hideChangelog() {
	hidden := w.handler
	w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/core/object-changes") {
			rw.WriteHeader(http.StatusForbidden)
			return
		}
		hidden.ServeHTTP(rw, r)
	})
}

// TestEditedWithoutATrace has somebody rename a server under a token that may not read the changelog, where
// the plan says that such edits are written over: nobody can tell how often diet did, so it does not, unless a
// person says so.
func TestEditedWithoutATrace(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.hideChangelog()
	plan := w.edited(halls, "approveDeletionsAbove: 100", "remediation: {default: auto}")
	w.apply(plan)
	w.edit("devices", "web/web[4]", `{"name": "hers"}`)
	w.apply(plan)
	w.law(plan)
	p := w.preview(plan)
	if v := w.verdictOn(p, "device", "web/web[4]", "name"); v.Rule != "DRF103" || v.Decision != change.DecisionAlert {
		t.Errorf("it is decided %+v", v)
	}
	if !slices.ContainsFunc(p.Conflicts, func(x engine.Conflict) bool {
		return x.Object == "web/web[4]" && x.Field == "name" && slices.Contains(x.Options, "use_diet")
	}) {
		t.Errorf("it is not told: %+v", p.Conflicts)
	}
	if name := w.object("devices", "web/web[4]")["name"]; name != "hers" {
		t.Errorf("it was written over, with %v", name)
	}
	w.answers(plan, "web/web[4]", "name", "use_diet")
	w.apply(plan)
	w.law(plan)
	if name := w.object("devices", "web/web[4]")["name"]; name != "web-004" {
		t.Errorf("it is called %v", name)
	}
	w.edit("devices", "web/web[4]", `{"name": "hers"}`)
	w.apply(plan)
	w.law(plan)
	if name := w.object("devices", "web/web[4]")["name"]; name != "hers" {
		t.Errorf("the same edit, made again, was written over by the answer to the first one, with %v", name)
	}
}
