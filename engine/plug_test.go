package engine_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
)

// plug is a port of any kind, as the end of a cable.
func plug(objectType string, id any) map[string]any {
	return map[string]any{"object_type": objectType, "object_id": id}
}

// patchPorts has a person make ports of all kinds that take a cable of an interface.
func (w *world) patchPorts(version string) {
	w.Helper()
	panel := w.make("devices", fmt.Sprintf(`{"name": "panel", "site": 1, "device_type": %v, "role": %v}`,
		id(w.object("devices", "web/web[1]")["device_type"]), id(w.object("devices", "web/dc.leaf[1]")["role"])))
	rear := w.make("rear-ports", fmt.Sprintf(`{"device": %v, "name": "r1", "type": "lc"}`, panel))
	behind := fmt.Sprintf(`"rear_port": %v`, rear)
	if version >= "4.5" {
		behind = fmt.Sprintf(`"rear_ports": [{"position": 1, "rear_port": %v, "rear_port_position": 1}]`, rear)
	}
	w.make("front-ports", fmt.Sprintf(`{"device": %v, "name": "f1", "type": "lc", %s}`, panel, behind))
	w.make("interfaces", fmt.Sprintf(`{"device": %v, "name": "x", "type": "25gbase-x-sfp28"}`, panel))
	provider := w.makeAt("circuits/providers", `{"name": "telco", "slug": "telco"}`)
	kind := w.makeAt("circuits/circuit-types", `{"name": "dark fiber", "slug": "dark-fiber"}`)
	circuit := w.makeAt("circuits/circuits", fmt.Sprintf(`{"cid": "c-1", "provider": %v, "type": %v}`, provider, kind))
	w.makeAt("circuits/circuit-terminations",
		fmt.Sprintf(`{"circuit": %v, "term_side": "A", "termination_type": "dcim.site", "termination_id": 1}`, circuit))
}

// side is a side of a cable as a person writes it.
func side(name string, plugs ...any) string {
	body, _ := json.Marshal(map[string]any{name + "_terminations": plugs}) //nolint:errchkjson // plain values
	return string(body)
}

// cabled are NetBoxes of several releases with a plan of four servers, to go on from.
func cabled(t *testing.T) (at []*moment, plan *generate.Plan) {
	t.Helper()
	for _, version := range []string{"4.4", "4.6", "4.7"} {
		w := setup(t, version)
		plan = w.ported(4, "1-8")
		w.apply(plan)
		w.patchPorts(version)
		at = append(at, w.moment())
	}
	return at, plan
}

// TestPlugs has a person plug a cable of the plan into ports of other kinds, or into several
// at once, turned or not. By itself nothing is written; once that is to be remedied, one
// apply does it, and the cable stays the one it is.
func TestPlugs(t *testing.T) {
	t.Parallel()
	at, plan := cabled(t)
	n := 0
	for _, turned := range []bool{false, true} {
		for _, tt := range []struct {
			port   string
			beside bool // its own one stays plugged in
		}{
			{"dcim.frontport", false}, {"dcim.rearport", false}, {"circuits.circuittermination", false},
			{"dcim.interface", false}, {"dcim.interface", true},
		} {
			m := at[n%len(at)]
			n++
			t.Run(fmt.Sprintf("%s, turned %v, beside %v", tt.port, turned, tt.beside), func(t *testing.T) {
				t.Parallel()
				w := m.world(t, "mirror.db")
				was := w.object("cables", cable)["id"]
				a, b := w.ends(cable)
				leaf := "b"
				if turned {
					w.edit("cables", cable, w.turned(cable, nil, nil))
					a, b, leaf = b, a, "a"
				}
				plugs := []any{w.theirs(tt.port)}
				if tt.beside {
					plugs = append(plugs, w.terminations(cable, leaf)...)
				}
				w.edit("cables", cable, side(leaf, plugs...))
				sides := func() string { return fmt.Sprint(w.terminations(cable, "a"), w.terminations(cable, "b")) }
				edited := sides()
				w.apply(plan)
				if now := sides(); now != edited {
					t.Errorf("drift was written over: %s, was %s", now, edited)
				}
				w.law(plan)
				w.answer("drift", "remediate")
				result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
				if err != nil || len(result.Failed) > 0 || len(result.Updated) != 1 {
					t.Fatalf("%v, %+v", err, result)
				}
				w.joins(was, a, b)
				w.law(plan)
			})
		}
	}
}

// TestAdoptPlugs has a person lay a cable of the plan anew, whichever way round, with more
// plugged in or with an end elsewhere: what becomes the plan's joins its two ports, and is
// the cable that she laid.
func TestAdoptPlugs(t *testing.T) {
	t.Parallel()
	at, _ := cabled(t)
	n := 0
	for name, tt := range map[string]func(w *world, server, leaf any) (a, b []any){
		"a second plug at the leaf": func(w *world, s, l any) (a, b []any) { return []any{s}, []any{l, w.theirs("dcim.interface")} },
		"one at the server":         func(w *world, s, l any) (a, b []any) { return []any{w.theirs("dcim.interface"), s}, []any{l} },
		"the leaf's end in a panel": func(w *world, s, _ any) (a, b []any) { return []any{s}, []any{w.theirs("dcim.frontport")} },
		"the server's end in a circuit": func(w *world, _, l any) (a, b []any) {
			return []any{w.theirs("circuits.circuittermination")}, []any{l}
		},
	} {
		for _, turned := range []bool{false, true} {
			m := at[n%len(at)]
			n++
			t.Run(fmt.Sprint(name, ", turned ", turned), func(t *testing.T) {
				t.Parallel()
				w := m.world(t, "mirror.db")
				plan := w.planned(strings.Replace(fmt.Sprintf(small, "one", 4), "deletionPolicy: delete", "deletionPolicy: orphan", 1))
				a, b := tt(w, w.terminations(cable, "a")[0], w.terminations(cable, "b")[0])
				wantA, wantB := w.ends(cable)
				if turned {
					a, b, wantA, wantB = b, a, wantB, wantA
				}
				w.remove("cables", cable)
				body, _ := json.Marshal(map[string]any{"a_terminations": a, "b_terminations": b})
				hers := w.make("cables", string(body))
				w.apply(plan)
				w.law(plan)
				w.answers(plan, cable, "", "adopt")
				for range 2 { // as often as questions may follow from the first one
					w.answerAll(plan, cable)
				}
				w.apply(plan)
				w.joins(hers, wantA, wantB)
				w.law(plan)
			})
		}
	}
}

// joins asserts that the cable has an id and its two sides.
func (w *world) joins(id any, a, b []string) {
	w.Helper()
	if nowA, nowB := w.ends(cable); !slices.Equal(nowA, a) || !slices.Equal(nowB, b) || w.object("cables", cable)["id"] != id {
		w.Errorf("the cable %v joins %q and %q, want %v, %q and %q", w.object("cables", cable)["id"], nowA, nowB, id, a, b)
	}
}

// answerAll lets the plan win where fields of an object ask.
func (w *world) answerAll(plan *generate.Plan, object string) {
	w.Helper()
	w.sync()
	p, err := w.eng.Diff(w.Context(), plan)
	if err != nil {
		w.Fatal(err)
	}
	for i := range p.Changes {
		for _, f := range p.Changes[i].Fields {
			if p.Changes[i].Object == object && f.Verdict.Waits() {
				w.answers(plan, object, f.Name, "use_diet")
			}
		}
	}
}

// theirs is the port of a type that a person made.
func (w *world) theirs(objectType string) map[string]any {
	w.Helper()
	endpoint := map[string]string{
		"dcim.frontport": "front-ports", "dcim.rearport": "rear-ports",
		"circuits.circuittermination": "circuit-terminations", "dcim.interface": "interfaces",
	}[objectType]
	objects := w.server.Objects(endpoint)
	return plug(objectType, objects[len(objects)-1]["id"])
}

// ported is the small plan with more servers, whose leaves have these ports for them.
func (w *world) ported(servers int, ports string) *generate.Plan {
	w.Helper()
	return w.edited(fmt.Sprintf(small, "one", servers), "zones: {server: {ports: 1-8}}", "zones: {server: {ports: "+ports+"}}")
}

// TestSeveralPlugs has a cable hold several ports of a leaf on one side, some of which
// others of the plan want: they wait for it and take them in the same apply.
func TestSeveralPlugs(t *testing.T) {
	t.Parallel()
	const first, second, fifth = "web/web[1]/lom.eth0~", "web/web[2]/lom.eth0~", "web/web[5]/lom.eth0~"
	at, _ := cabled(t)
	n := 0
	for name, tt := range map[string]struct {
		by      func(w *world)
		servers int
	}{
		"a new cable wants one of them": {func(w *world) {
			w.plugInto(first, w.port("leaf-01", "E1/1"), w.port("leaf-01", "E1/5"))
		}, 5},
		"two that hold each other's": {func(w *world) {
			w.plugInto(second, w.port("leaf-01", "E1/8"))
			w.plugInto(first, w.port("leaf-01", "E1/2"), w.port("leaf-01", "E1/7"))
			w.plugInto(second, w.port("leaf-01", "E1/1"), w.port("leaf-01", "E1/8"))
		}, 4},
		"one that holds the other's, and its own": {func(w *world) {
			w.plugInto(second, w.port("leaf-01", "E1/8"))
			w.plugInto(first, w.port("leaf-01", "E1/1"), w.port("leaf-01", "E1/2"))
		}, 4},
	} {
		for _, turned := range []bool{false, true} {
			m := at[n%len(at)]
			n++
			t.Run(fmt.Sprint(name, ", turned ", turned), func(t *testing.T) {
				t.Parallel()
				w := m.world(t, "mirror.db")
				was := map[string]string{}
				for _, c := range []string{first, second} {
					if turned {
						w.edit("cables", c, w.turned(c, nil, nil))
					}
					a, b := w.ends(c)
					was[c] = fmt.Sprint(w.object("cables", c)["id"], a, b)
				}
				tt.by(w)
				plan := w.ported(tt.servers, "1-8")
				w.apply(plan)
				w.law(plan)
				w.answer("drift", "remediate")
				result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
				if err != nil || len(result.Failed)+len(result.Held)+len(result.Skipped) > 0 {
					t.Fatalf("%v, failed %+v held %+v skipped %+v", err, result.Failed, result.Held, result.Skipped)
				}
				for c, want := range was {
					if a, b := w.ends(c); fmt.Sprint(w.object("cables", c)["id"], a, b) != want {
						t.Errorf("%s is %v in %q and %q, want %s", c, w.object("cables", c)["id"], a, b, want)
					}
				}
				if tt.servers > 4 {
					w.object("cables", fifth)
				}
				w.noParking()
				w.law(plan)
			})
		}
	}
}

// plugInto has a person plug the leaf's side of a cable into these ports.
func (w *world) plugInto(c string, ports ...any) {
	w.Helper()
	name := "b"
	if a, _ := w.ends(c); strings.HasPrefix(a[0], "leaf") {
		name = "a"
	}
	w.edit("cables", c, side(name, ports...))
}

// noParking asserts that no temporary port is left.
func (w *world) noParking() {
	w.Helper()
	for _, o := range w.server.Objects("interfaces") {
		if strings.HasPrefix(fmt.Sprint(o["name"]), "~diet-") {
			w.Errorf("%v is left", o["name"])
		}
	}
}

// TestDeletePlug deletes a server into whose port somebody plugged a cable of another one,
// beside its own, or only there: NetBox unplugs it there, and that is nobody's edit. The port
// is diet's, or one that a person made.
func TestDeletePlug(t *testing.T) {
	t.Parallel()
	at, _ := cabled(t)
	ports := map[string]func(*world) []any{
		"diet's": func(w *world) []any { return []any{w.port("web-001", "lom-eth0"), w.port("web-004", "lom-eth0")} },
		"an interface": func(w *world) []any {
			return []any{w.port("web-001", "lom-eth0"), w.onServer("interfaces", "interface", "25gbase-x-sfp28")}
		},
		"only an interface": func(w *world) []any { return []any{w.onServer("interfaces", "interface", "25gbase-x-sfp28")} },
		"only a rear port":  func(w *world) []any { return []any{w.onServer("rear-ports", "rearport", "lc")} },
	}
	for n, m := range at {
		for name, port := range ports {
			t.Run(fmt.Sprint(n, " ", name), func(t *testing.T) {
				t.Parallel()
				w := m.world(t, "mirror.db")
				w.deletesPlugged(port(w))
			})
		}
	}
}

// onServer is a port that a person makes on the last server.
func (w *world) onServer(endpoint, model, kind string) map[string]any {
	w.Helper()
	body := fmt.Sprintf(`{"device": %v, "name": "x", "type": %q}`, w.object("devices", "web/web[4]")["id"], kind)
	return map[string]any{"object_type": "dcim." + model, "object_id": w.make(endpoint, body)}
}

func (w *world) deletesPlugged(plugs []any) {
	w.Helper()
	w.remove("cables", "web/web[4]/lom.eth0~")
	w.edit("cables", cable, side("a", plugs...))
	was := w.object("cables", cable)["id"]
	w.answer("drift", "remediate")
	plan := w.ported(3, "1-8")
	if len(plugs) == 1 || fmt.Sprint(plugs[1]) != fmt.Sprint(w.port("web-004", "lom-eth0")) {
		w.answers(plan, "web/web[4]", "", "force_delete")
	}
	w.apply(plan)
	if a, b := w.ends(cable); !slices.Equal(a, []string{"web-001 lom-eth0"}) || w.object("cables", cable)["id"] != was {
		w.Errorf("the cable joins %q and %q", a, b)
	}
	w.asksNothing(plan)
	w.law(plan)
}
