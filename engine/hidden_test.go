package engine_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror"
)

// hide hides objects of a list, as a constrained permission does, until it is undone.
func (w *world) hide(path string, hidden func(map[string]any) bool) (undo func()) {
	all := w.handler
	w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != path {
			all.ServeHTTP(rw, r)
			return
		}
		answer := httptest.NewRecorder()
		all.ServeHTTP(answer, r)
		var page map[string]any
		_ = json.Unmarshal(answer.Body.Bytes(), &page)
		rows, _ := page["results"].([]any)
		left := slices.DeleteFunc(rows, func(row any) bool { return hidden(row.(map[string]any)) })
		page["results"] = left
		if n, ok := page["count"].(float64); ok && len(left) < int(n) {
			page["count"] = len(left)
		}
		maps.Copy(rw.Header(), answer.Header())
		rw.Header().Del("Content-Length")
		rw.WriteHeader(answer.Code)
		_ = json.NewEncoder(rw).Encode(page)
	})
	return func() { w.handler = all }
}

// TestInvisibleIsNotAbsent hides what the plan's objects refer to: no copy is made, whether
// the mirror knew it or not, and the finding names what the token lacks.
func TestInvisibleIsNotAbsent(t *testing.T) {
	t.Parallel()
	all := func(map[string]any) bool { return true }
	for endpoint, kind := range map[string]string{"racks": "rack", "sites": "site", "device-roles": "device_role"} {
		for _, file := range []string{"mirror.db", "another.db"} {
			t.Run(kind+" "+file, func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.6")
				plan := w.plan("a", 2)
				w.apply(plan)
				before := len(w.server.Objects(endpoint))
				undo := w.hide("/api/dcim/"+endpoint+"/", all)
				w.open(file)
				if _, err := w.eng.Sync(t.Context(), mirror.Options{Full: true, Force: true}); err != nil {
					t.Fatal(err)
				}
				p, err := w.eng.Preview(t.Context(), plan)
				if err == nil {
					if !p.Waits() || !slices.ContainsFunc(p.Findings, func(f change.Notice) bool {
						return f.ID == engine.HiddenFinding && strings.Contains(f.Message, "view dcim."+strings.ReplaceAll(kind, "_", ""))
					}) {
						t.Errorf("findings %+v", p.Findings)
					}
					w.apply(plan)
				}
				if after := len(w.server.Objects(endpoint)); after != before {
					t.Errorf("%d %s, were %d", after, endpoint, before)
				}
				undo()
				w.apply(plan)
				w.law(plan)
				if after := len(w.server.Objects(endpoint)); after != before {
					t.Errorf("%d %s in the end, were %d", after, endpoint, before)
				}
			})
		}
	}
}

// TestLossWithoutAReason asks about a single object that went, and no change says why.
func TestLossWithoutAReason(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.plan("a", 3)
	w.apply(plan)
	id := w.object("devices", "web/web[2]")["id"]
	undo := w.hide("/api/dcim/devices/", func(row map[string]any) bool { return fmt.Sprint(row["id"]) == fmt.Sprint(id) })
	if _, err := w.eng.Sync(t.Context(), mirror.Options{Full: true}); err != nil {
		t.Fatal(err)
	}
	c := w.judged(plan, "device", "web/web[2]")
	if c.Class != change.Missing || !c.Verdict.Asks() || c.Blame == nil || c.Blame.Actor != change.ActorUnknown {
		t.Errorf("%s, %+v, by %+v", c.Class, c.Verdict, c.Blame)
	}
	w.apply(plan)
	undo()
	w.apply(plan)
	w.law(plan)
	if n := len(w.server.Objects("devices")); n != 5 {
		t.Errorf("%d devices", n)
	}
}

// TestAllIsHidden hides everything that the plan owns from a new mirror: nothing refers to
// it, and still no copy is made, as NetBox counts it.
func TestAllIsHidden(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.plan("a", 2)
	w.apply(plan)
	racks, devices := len(w.server.Objects("racks")), len(w.server.Objects("devices"))
	all := func(map[string]any) bool { return true }
	for _, endpoint := range []string{"racks", "devices", "interfaces", "cables", "cable-terminations"} {
		defer w.hide("/api/dcim/"+endpoint+"/", all)()
	}
	w.open("another.db")
	w.sync()
	p, err := w.eng.Preview(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	if !p.Waits() || !slices.ContainsFunc(p.Findings, func(f change.Notice) bool {
		return f.ID == engine.HiddenFinding && strings.Contains(f.Message, "view all dcim.rack")
	}) {
		t.Errorf("findings %+v", p.Findings)
	}
	w.apply(plan)
	if r, d := len(w.server.Objects("racks")), len(w.server.Objects("devices")); r != racks || d != devices {
		t.Errorf("%d racks and %d devices, were %d and %d", r, d, racks, devices)
	}
	meant, err := engine.New(t.Context(), engine.Config{
		URL: w.url, Token: w.token, Mirror: filepath.Join(w.dir, "meant.db"), PartialView: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = meant.Close() }()
	if _, err := meant.Sync(t.Context(), mirror.Options{}); err != nil {
		t.Fatal(err)
	}
	if p, err := meant.Preview(t.Context(), plan); err != nil || p.Set().Wrong() {
		t.Errorf("a part is meant to be seen: %v, findings %+v", err, p.Findings)
	}
}

// TestManyHaveHiddenParts hides the ports of many devices: that is one finding, and a few requests.
func TestManyHaveHiddenParts(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.plan("a", 5)
	w.apply(plan)
	for _, endpoint := range []string{"interfaces", "cables", "cable-terminations"} {
		defer w.hide("/api/dcim/"+endpoint+"/", func(map[string]any) bool { return true })()
	}
	w.open("another.db")
	w.sync()
	w.server.ResetRequests()
	p, err := w.eng.Preview(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	var told []change.Notice
	for _, f := range p.Findings {
		if f.ID == engine.HiddenFinding && strings.Contains(f.Message, "of kind interface in device") {
			told = append(told, f)
		}
	}
	if len(told) == 0 {
		t.Fatalf("findings %+v", p.Findings)
	}
	if len(told) != 1 || len(told[0].Objects) < 5 || !strings.Contains(told[0].Message, " more: it needs") {
		t.Errorf("findings %+v", told)
	}
	if n := len(w.server.Requests()); n > 12+len(told[0].Objects) {
		t.Errorf("%d requests", n)
	}
	if slices.ContainsFunc(p.Set().Changes, func(c change.Change) bool {
		return c.Kind == "interface" && c.Action == change.Create && c.Held == ""
	}) {
		t.Error("a port is made again")
	}
}
