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
	"github.com/diet-project/diet/generate"
)

// ends are what the two sides of a cable are plugged into, as device and port.
func (w *world) ends(id string) (a, b []string) {
	w.Helper()
	side := func(name string) []string {
		var out []string
		list, _ := w.object("cables", id)[name+"_terminations"].([]any)
		for _, t := range list {
			port, _ := t.(map[string]any)["object"].(map[string]any)
			device, _ := port["device"].(map[string]any)
			out = append(out, fmt.Sprint(device["name"], " ", port["name"]))
		}
		return out
	}
	return side("a"), side("b")
}

// terminations are a side of a cable as NetBox takes it.
func (w *world) terminations(id, side string) []any {
	w.Helper()
	return pluggedIn(w.object("cables", id), side)
}

// pluggedIn is a side of a cable as NetBox takes it.
func pluggedIn(cable map[string]any, side string) []any {
	list, _ := cable[side+"_terminations"].([]any)
	out := make([]any, len(list))
	for i, t := range list {
		end, _ := t.(map[string]any)
		out[i] = map[string]any{"object_type": end["object_type"], "object_id": end["object_id"]}
	}
	return out
}

// turned is the body that swaps the sides of a cable, each with more plugged in.
func (w *world) turned(id string, moreA, moreB []any) string {
	w.Helper()
	body, err := json.Marshal(map[string]any{
		"a_terminations": append(w.terminations(id, "b"), moreA...), "b_terminations": append(w.terminations(id, "a"), moreB...),
	})
	if err != nil {
		w.Fatal(err)
	}
	return string(body)
}

// port is an interface of a device, as the end of a cable.
func (w *world) port(device, name string) map[string]any {
	w.Helper()
	for _, o := range w.server.Objects("interfaces") {
		if on, _ := o["device"].(map[string]any); on["name"] == device && o["name"] == name {
			return map[string]any{"object_type": "dcim.interface", "object_id": o["id"]}
		}
	}
	w.Fatalf("%s has no interface %s", device, name)
	return nil
}

// otherPorts is the small plan with its servers on other ports of the leaves.
func (w *world) otherPorts(servers int) *generate.Plan {
	w.Helper()
	text := strings.Replace(fmt.Sprintf(small, "one", servers), "zones: {server: {ports: 1-8}}", "zones: {server: {ports: 5-8}}", 1)
	plan, err := generate.Load("plan.yaml", []byte(text))
	if err != nil {
		w.Fatal(err)
	}
	return plan
}

const cable = "web/web[1]/lom.eth0~"

// TestTurnedCable moves an end of a cable that lies turned in NetBox: the server keeps
// its cable, and the side that was not moved is as a person left it.
func TestTurnedCable(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		by   func(w *world)
		a, b []string // the sides in the end
	}{
		"turned by a person": {
			func(w *world) { w.edit("cables", cable, w.turned(cable, nil, nil)) },
			[]string{"leaf-01 E1/5"}, []string{"web-001 lom-eth0"},
		},
		"turned, with a second plug at the server": {
			func(w *world) {
				w.edit("cables", cable, w.turned(cable, nil, []any{w.port("web-002", "spare")}))
			},
			[]string{"leaf-01 E1/5"}, []string{"web-001 lom-eth0", "web-002 spare"},
		},
		"turned and laid anew, then adopted": {
			func(w *world) {
				body := w.turned(cable, nil, nil)
				w.remove("cables", cable)
				w.make("cables", body)
				w.answer("exists", "adopt")
				w.apply(w.plan("one", 2))
			},
			[]string{"leaf-01 E1/5"}, []string{"web-001 lom-eth0"},
		},
		"not turned, with a second plug at the server": {
			func(w *world) {
				more, _ := json.Marshal(map[string]any{"a_terminations": append(w.terminations(cable, "a"), w.port("web-002", "spare"))})
				w.edit("cables", cable, string(more))
			},
			[]string{"web-001 lom-eth0", "web-002 spare"}, []string{"leaf-01 E1/5"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.plan("one", 2))
			w.make("interfaces", fmt.Sprintf(`{"device": %v, "name": "spare", "type": "25gbase-x-sfp28"}`, w.object("devices", "web/web[2]")["id"]))
			tt.by(w)
			plan := w.otherPorts(2)
			w.apply(plan)
			if a, b := w.ends(cable); !slices.Equal(a, tt.a) || !slices.Equal(b, tt.b) {
				t.Errorf("the cable joins %q and %q, want %q and %q", a, b, tt.a, tt.b)
			}
			w.law(plan)
		})
	}
}

// TestTurnedMeanwhile lets a person turn a cable between the comparison and the write:
// that is an edit like any other.
func TestTurnedMeanwhile(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.4", "4.6"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			w := setup(t, version)
			w.apply(w.plan("one", 2))
			plan := w.otherPorts(2)
			w.ahead(0, func() { w.edit("cables", cable, w.turned(cable, nil, nil)) })
			if _, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{}); err != nil {
				t.Fatal(err)
			}
			w.apply(plan)
			if a, b := w.ends(cable); !slices.Equal(a, []string{"leaf-01 E1/5"}) || !slices.Equal(b, []string{"web-001 lom-eth0"}) {
				t.Errorf("the cable joins %q and %q", a, b)
			}
			w.law(plan)
		})
	}
}

// make is a person's POST of an object of dcim; it returns its id.
func (w *world) make(endpoint, body string) float64 {
	w.Helper()
	return w.makeAt("dcim/"+endpoint, body)
}

// makeAt is a person's POST of an object; it returns its id.
func (w *world) makeAt(endpoint, body string) float64 {
	w.Helper()
	req := httptest.NewRequestWithContext(w.Context(), http.MethodPost, "/api/"+endpoint+"/", strings.NewReader(body))
	req.Header.Set("Authorization", "Token "+person)
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, req)
	var o struct{ ID float64 }
	if err := json.Unmarshal(rec.Body.Bytes(), &o); err != nil || o.ID == 0 {
		w.Fatalf("make %s %s: %d %s", endpoint, body, rec.Code, rec.Body)
	}
	return o.ID
}

// answer gives a team's own default for the changes of a class of which more is true.
func (w *world) answer(class, decision string, more ...string) {
	w.Helper()
	const rule = `# METADATA
# title: T
package team.%[1]s_%[2]s

# METADATA
# title: R
# custom:
#   id: %[1]s_%[2]s
#   severity: low
#   decision: %[2]s
#   message: the team's
defaults contains rego.metadata.rule().custom if {
	input.class == "%[1]s"
	%[3]s
}
`
	text := fmt.Appendf(nil, rule, class, decision, strings.Join(more, "\n"))
	w.policies = append(w.policies, teamFolder(w, text))
	w.open("mirror.db")
}

// swapped has a person plug the servers' first cables into each other's ports of a leaf,
// in a circle.
func (w *world) swapped(cables ...string) {
	w.Helper()
	w.swappedAt("", cables...)
}

// swappedAt is the same by way of an interface that has more.
func (w *world) swappedAt(more string, cables ...string) {
	w.Helper()
	spare := fmt.Sprintf(`{"object_type": "dcim.interface", "object_id": %v}`, w.make("interfaces",
		fmt.Sprintf(`{"device": %v, "name": "spare", "type": "25gbase-x-sfp28"%s}`, w.object("devices", "web/dc.leaf[1]")["id"], more)))
	was := make([][]any, len(cables))
	for i, c := range cables {
		was[i] = w.terminations(c, "b")
	}
	w.edit("cables", cables[0], `{"b_terminations": [`+spare+`]}`)
	for i := len(cables) - 1; i >= 0; i-- {
		body, _ := json.Marshal(map[string]any{"b_terminations": was[(i+1)%len(cables)]})
		w.edit("cables", cables[i], string(body))
	}
}

// TestCircles moves cables that wait for each other's ports: each stays the one it is.
func TestCircles(t *testing.T) {
	t.Parallel()
	for name, n := range map[string]int{"4.2": 2, "4.4": 3, "4.6": 3, "4.7": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, plan, cables, was := circle(t, name, n)
			result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
			if err != nil || len(result.Failed)+len(result.Created)+len(result.Deleted) > 0 || len(result.Updated) != n {
				t.Fatalf("%v, %+v", err, result)
			}
			w.unwound(cables, was)
			w.law(plan)
		})
	}
}

// circle is a NetBox where a person has swapped cables, with a plan that wants them back.
func circle(t *testing.T, version string, n int) (w *world, plan *generate.Plan, cables []string, was map[string]string) {
	t.Helper()
	w = setup(t, version)
	plan = w.plan("one", 6)
	w.apply(plan)
	was = map[string]string{}
	for i := range n {
		c := fmt.Sprintf("web/web[%d]/lom.eth0~", 2*i+1) // on the first leaf
		cables = append(cables, c)
		_, b := w.ends(c)
		was[c] = fmt.Sprint(w.object("cables", c)["id"], b)
	}
	w.answer("drift", "remediate")
	w.swapped(cables...)
	return w, plan, cables, was
}

// unwound asserts that cables are plugged in where they were, and nothing else is left.
func (w *world) unwound(cables []string, was map[string]string) {
	w.Helper()
	for _, c := range cables {
		if _, b := w.ends(c); fmt.Sprint(w.object("cables", c)["id"], b) != was[c] {
			w.Errorf("%s is %v in %q, want %s", c, w.object("cables", c)["id"], b, was[c])
		}
	}
	w.noParking()
}

// TestCirclesHalfDone stops such a run at each of its writes: the next one finishes it.
func TestCirclesHalfDone(t *testing.T) {
	t.Parallel()
	for n := range 5 {
		for _, committed := range []bool{false, true} {
			t.Run(fmt.Sprintf("write %d, committed %v", n, committed), func(t *testing.T) {
				t.Parallel()
				w, plan, cables, was := circle(t, []string{"4.6", "4.4"}[n%2], 2)
				w.stop(n, committed)
				_, _, _ = w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
				w.handler = w.server
				w.open([]string{"mirror.db", "another.db"}[n/2%2])
				w.apply(plan)
				w.unwound(cables, was)
				w.asksNothing(plan)
				w.law(plan)
			})
		}
	}
}
