package engine_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/sandbox"
)

// TestEditedMeanwhile lets a person edit a device between the comparison and the
// write: her value stands, the rest goes in, and the next preview asks.
func TestEditedMeanwhile(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		version string
		object  string
	}{
		"seen by NetBox, which compares If-Match":    {"4.6", "web/web[1]"},
		"seen by reading again ahead of a batch":     {"4.4", "web/web[3]"},
		"seen where there is no changelog message":   {"4.2", "web/web[3]"},
		"seen by NetBox, in one of the last batches": {"4.7", "web/web[3]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, tt.version)
			w.apply(w.plan("one", 3))
			plan := w.plan("two", 3)
			w.ahead(0, func() { w.edit("devices", tt.object, `{"description": "hers"}`) })
			result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if len(result.Failed) != 1 || result.Failed[0].Object != tt.object || !strings.Contains(result.Failed[0].Reason, "edited") {
				t.Errorf("failed %+v, want %s alone", result.Failed, tt.object)
			}
			if len(result.Updated) != 4 {
				t.Errorf("%d updated, want the other 4 devices", len(result.Updated))
			}
			if got := w.object("devices", tt.object)["description"]; got != "hers" {
				t.Errorf("description %v, want hers", got)
			}
			p, err := w.eng.Diff(t.Context(), plan)
			if err != nil {
				t.Fatal(err)
			}
			if c := p.Set().Find("device", tt.object); c == nil || c.Fields[0].Class != change.Conflict || c.Fields[0].Verdict.Acts() {
				t.Errorf("change %+v, want a conflict that does not act", c)
			}
			w.law(plan)
		})
	}
}

// TestOverwrittenUnseen changes a device past the changelog and last_updated, as SQL does,
// before a write of it: no sync and no If-Match sees that, so the values are compared.
func TestOverwrittenUnseen(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.4", "4.6", "4.7"} {
		for name, servers := range map[string]int{"update": 3, "deletion": 0} {
			t.Run(version+" "+name, func(t *testing.T) {
				t.Parallel()
				w := setup(t, version)
				w.apply(w.plan("one", 3))
				plan := w.plan("two", servers)
				id, _ := w.object("devices", "web/web[3]")["id"].(float64)
				w.server.Overwrite("devices", int64(id), "description", "hers")
				result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
				if err != nil {
					t.Fatal(err)
				}
				if len(result.Failed) != 1 || result.Failed[0].Object != "web/web[3]" || !strings.Contains(result.Failed[0].Reason, "edited") {
					t.Errorf("failed %+v, want web/web[3] alone", result.Failed)
				}
				if got := w.object("devices", "web/web[3]")["description"]; got != "hers" {
					t.Errorf("description %v, want hers", got)
				}
				w.law(plan)
			})
		}
	}
}

// TestPluggedUnseen plugs the end of a cable into another port as SQL does, before that
// cable is moved or deleted: it stays where she put it.
func TestPluggedUnseen(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.6", "4.7"} {
		for name, change := range map[string]func(w *world) *generate.Plan{
			"move":     func(w *world) *generate.Plan { return w.otherPorts(2) },
			"deletion": func(w *world) *generate.Plan { return w.plan("one", 1) },
		} {
			t.Run(version+" "+name, func(t *testing.T) {
				t.Parallel()
				w := setup(t, version)
				w.apply(w.plan("one", 2))
				const cable = "web/web[2]/lom.eth0~"
				plan := change(w)
				id := w.object("cables", cable)["id"]
				port, _ := w.port("leaf-01", "E1/8")["object_id"].(float64)
				for _, end := range w.server.Objects("cable-terminations") {
					if end["cable"] == id && end["cable_end"] == "B" {
						plug, _ := end["id"].(float64)
						w.server.Overwrite("cable-terminations", int64(plug), "termination_id", int64(port))
					}
				}
				_, before := w.ends(cable)
				if !slices.Equal(before, []string{"leaf-01 E1/8"}) {
					t.Fatalf("the cable ends in %v", before)
				}
				w.leavesPlugged(plan, cable, before)
			})
		}
	}
}

// leavesPlugged applies a plan, which fails for a cable that somebody has edited, and leaves its
// B side where it is.
func (w *world) leavesPlugged(plan *generate.Plan, cable string, before []string) {
	w.Helper()
	result, _, err := w.eng.Apply(w.Context(), plan, engine.ApplyOptions{})
	if err != nil {
		w.Fatal(err)
	}
	if !slices.ContainsFunc(result.Failed, func(f apply.Outcome) bool {
		return f.Object == cable && strings.Contains(f.Reason, "edited")
	}) {
		w.Errorf("failed %+v, want %s", result.Failed, cable)
	}
	if _, after := w.ends(cable); !slices.Equal(before, after) {
		w.Errorf("the cable ends in %v, want %v", after, before)
	}
}

// TestAlsoPluggedUnseen gives a side of a cable a second end as a bare INSERT does, before
// that cable is moved or deleted: both ends stay.
func TestAlsoPluggedUnseen(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.6", "4.7"} {
		for name, change := range map[string]func(w *world) *generate.Plan{
			"move":     func(w *world) *generate.Plan { return w.otherPorts(2) },
			"deletion": func(w *world) *generate.Plan { return w.plan("one", 1) },
		} {
			t.Run(version+" "+name, func(t *testing.T) {
				t.Parallel()
				w := setup(t, version)
				w.apply(w.plan("one", 2))
				const cable = "web/web[2]/lom.eth0~"
				end := func(device, port string) string {
					text, _ := json.Marshal([]any{w.port(device, port)})
					return string(text)
				}
				hers := w.make("cables", `{"a_terminations": `+end("leaf-01", "E1/8")+`, "b_terminations": `+end("leaf-01", "E1/7")+`}`)
				w.sync()
				plan := change(w)
				for _, plug := range w.server.Objects("cable-terminations") {
					if plug["cable"] == hers && plug["cable_end"] == "B" {
						n, _ := plug["id"].(float64)
						to, _ := w.object("cables", cable)["id"].(float64)
						w.server.Overwrite("cable-terminations", int64(n), "cable", int64(to))
					}
				}
				_, before := w.ends(cable)
				if len(before) != 2 {
					t.Fatalf("the cable ends in %v", before)
				}
				w.leavesPlugged(plan, cable, before)
			})
		}
	}
}

// TestTouchedMeanwhile saves a device without changing it: NetBox refuses the old
// version, and the write goes in under the new one.
func TestTouchedMeanwhile(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 3))
	plan := w.plan("two", 3)
	w.ahead(0, func() { w.edit("devices", "web/web[1]", `{"description": "one"}`) })
	w.server.ResetRequests()
	w.apply(plan)
	refused := 0
	for _, r := range w.server.Requests() {
		if r.Status == http.StatusPreconditionFailed {
			refused++
		}
	}
	if refused != 1 {
		t.Errorf("%d requests were refused with 412, want 1", refused)
	}
	if got := w.object("devices", "web/web[1]")["description"]; got != "two" {
		t.Errorf("description %v, want two", got)
	}
	w.law(plan)
}

// TestInterfacesGoWithTheirDevice tells of an interface as deleted only where its
// device is gone.
func TestInterfacesGoWithTheirDevice(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 2))
	plan := w.plan("one", 1)
	w.server.FailNext(sandbox.Fault{
		Method: http.MethodDelete, PathPrefix: "/api/dcim/devices/", Status: http.StatusConflict,
		Body: `{"detail": "Unable to delete object. 1 dependent objects were found: stack (1)"}`,
	})
	result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range result.Deleted {
		if o.Kind == "interface" {
			t.Errorf("interface %s is told as deleted, and its device stands", o.Object)
		}
	}
	w.apply(plan)
	w.law(plan)
}

// TestOurOwnDeletions takes what diet itself deleted, and what NetBox deleted along
// with it, for no person's: also by a mirror that has no journal of the run.
func TestOurOwnDeletions(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 3))
	w.apply(w.plan("one", 1))
	w.open("another.db")
	plan := w.plan("one", 3)
	if _, err := w.eng.Sync(t.Context(), mirror.Options{}); err != nil {
		t.Fatal(err)
	}
	p, err := w.eng.Diff(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range p.Changes {
		if c.Class == change.Missing {
			t.Errorf("%s %s is told as deleted by %+v", c.Kind, c.Object, c.Blame)
		}
	}
	w.apply(plan)
	w.law(plan)
}

// TestGatewayDropsBodies shrinks a plan behind a gateway that drops the bodies of DELETE
// requests: the objects are deleted one by one, and count as deleted by diet, here and
// elsewhere.
func TestGatewayDropsBodies(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.4", "4.6", "4.7"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			w := setup(t, version)
			w.apply(w.plan("one", 4))
			w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				passed := r.Clone(r.Context()) // net/http looks after the body of r by what r says of it
				if r.Method == http.MethodDelete {
					passed.Body, passed.ContentLength = http.NoBody, 0
				}
				w.server.ServeHTTP(rw, passed)
			})
			for servers, file := range []string{1: "mirror.db", 2: "mirror.db", 3: "another.db"} {
				if servers == 0 {
					continue
				}
				w.open(file)
				plan := w.plan("one", servers)
				w.apply(plan)
				w.law(plan)
				if got, want := len(w.server.Objects("devices")), servers+2; got != want {
					t.Errorf("%d devices, want %d", got, want)
				}
			}
		})
	}
}

// TestTheirDeletion deletes a device by a person's hand: one question, and what went
// along waits for its answer.
func TestTheirDeletion(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.plan("one", 3)
	w.apply(plan)
	w.remove("devices", "web/web[2]")
	if _, err := w.eng.Sync(t.Context(), mirror.Options{}); err != nil {
		t.Fatal(err)
	}
	p, err := w.eng.Diff(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	var questions []string
	for _, x := range p.Conflicts {
		if x.Type == engine.Gone && x.Field == "" {
			questions = append(questions, x.Object)
		}
	}
	if len(questions) != 1 || questions[0] != "web/web[2]" {
		t.Errorf("questions %q, want one, of the device", questions)
	}
	for _, port := range []string{"web/web[2]/lom.eth0", "web/web[2]/lom.eth1"} {
		if c := p.Set().Find("interface", port); c == nil || c.With != "web/web[2]" || c.Acts() {
			t.Errorf("%s: %+v, want it to go with its device", port, c)
		}
	}
	w.law(plan)
}

// TestEditedByTwo has another machine's run write last what a person edited while this one
// went on, or write it alone: any difference counts, whoever made it last.
func TestEditedByTwo(t *testing.T) {
	t.Parallel()
	for name, hers := range map[string]bool{"a person, then another run": true, "another run alone": false} {
		for _, version := range []string{"4.4", "4.6", "4.7"} {
			t.Run(name+", "+version, func(t *testing.T) {
				t.Parallel()
				w := setup(t, version)
				w.apply(w.plan("one", 3))
				object, body := "web/web[3]", `{"description": "theirs", "changelog_message": "diet run-9/1"}`
				w.ahead(0, func() {
					if hers {
						w.edit("devices", object, `{"description": "theirs"}`)
						body = `{"serial": "9", "changelog_message": "diet run-9/1"}`
					}
					req := httptest.NewRequestWithContext(t.Context(), http.MethodPatch,
						fmt.Sprintf("/api/dcim/devices/%v/", w.object("devices", object)["id"]), strings.NewReader(body))
					req.Header.Set("Authorization", "Token "+token)
					req.Header.Set("Content-Type", "application/json")
					w.server.ServeHTTP(httptest.NewRecorder(), req)
				})
				plan := w.plan("two", 3)
				result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
				if err != nil {
					t.Fatal(err)
				}
				if len(result.Failed) != 1 || result.Failed[0].Object != object || !strings.Contains(result.Failed[0].Reason, "edited") {
					t.Errorf("failed %+v, want %s alone", result.Failed, object)
				}
				if got := w.object("devices", object)["description"]; got != "theirs" {
					t.Errorf("description %v, want theirs", got)
				}
			})
		}
	}
}
