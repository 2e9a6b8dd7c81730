package engine_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
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
	hidden := w.handler
	w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/core/object-changes") {
			rw.WriteHeader(http.StatusForbidden)
			return
		}
		hidden.ServeHTTP(rw, r)
	})
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
