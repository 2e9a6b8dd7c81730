package engine_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/mirror"
)

// broken is a plan whose servers are cabled to lanes of broken-out ports, and whose leaves to
// those of a spine.
const broken = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: web}
spec:
  site: ams2
  interfaces: {profiles: true}
  catalog:
    deviceTypes:
      leaf: {manufacturer: acme, model: Leaf, u: 1, ports: {"E1/{1-4}": 400gbase-x-osfp}}
      spine: {manufacturer: acme, model: Spine, u: 1, ports: {"E1/{1-8}": 200gbase-x-qsfp56}}
      server: {manufacturer: acme, model: Server, u: 1}
  fabrics:
    dc:
      switches:
        leaf:
          role: leaf
          type: leaf
          count: 1
          zones:
            server: {ports: 1-2, breakout: 4x100}
            uplink: {ports: 3-4, breakout: 2x200, uplinkTo: spine/down}
        spine: {role: spine, type: spine, count: 2, zones: {down: {ports: 1-8}}}
  nodes:
    web:
      count: 6
      type: server
      nics: {x: {ports: [p0], type: 100gbase-x-qsfp28}}
      links: {data: {from: x, to: dc.leaf/server}}
  reconcile: {deletionPolicy: warn}
`

// breakouts are the cables of the sandbox with their profile and ends, sorted.
func (w *world) breakouts() []string {
	w.Helper()
	var out []string
	for _, o := range w.server.Objects("cables") {
		cf, _ := o["custom_fields"].(map[string]any)
		id := fmt.Sprint(cf["diet_object_id"])
		profile, _ := o["profile"].(map[string]any)
		a, b := w.ends(id)
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s: %s = %s %v", strings.TrimPrefix(id, "web/"),
			strings.Join(a, ", "), strings.Join(b, ", "), profile["value"])))
	}
	slices.Sort(out)
	return out
}

// TestBreakouts makes breakouts one cable each: on each release one apply, the law; growth, a
// server that goes, one that comes in its place, and the option switched off and on.
func TestBreakouts(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.5", "4.6", "4.7"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			w := setup(t, version)
			plan := w.edited(broken)
			w.apply(plan)
			w.law(plan)
			want := []string{
				"dc.leaf[1]/1~: leaf-01 E1/1 = web-001 x-p0, web-002 x-p0, web-003 x-p0, web-004 x-p0 breakout-1c4p-4c1p",
				"dc.leaf[1]/2~: leaf-01 E1/2 = web-005 x-p0, web-006 x-p0 breakout-1c4p-4c1p",
				"dc.leaf[1]/3~: leaf-01 E1/3 = spine-01 E1/1, spine-01 E1/2 breakout-1c2p-2c1p",
				"dc.leaf[1]/4~: leaf-01 E1/4 = spine-02 E1/1, spine-02 E1/2 breakout-1c2p-2c1p",
			}
			w.same("made", want)

			more := w.edited(broken, "count: 6", "count: 7")
			w.apply(more)
			w.law(more)
			grown := slices.Clone(want)
			grown[1] = "dc.leaf[1]/2~: leaf-01 E1/2 = web-005 x-p0, web-006 x-p0, web-007 x-p0 breakout-1c4p-4c1p"
			w.same("grown", grown)

			gone := w.edited(broken, "count: 6", "count: 6\n      skip: [2]", "deletionPolicy: warn", "deletionPolicy: delete")
			w.apply(gone)
			w.law(gone)
			less := slices.Clone(grown)
			less[0] = "dc.leaf[1]/1~: leaf-01 E1/1 = web-001 x-p0, web-003 x-p0, web-004 x-p0 breakout-1c4p-4c1p"
			w.same("one gone", less)

			back := w.edited(broken, "count: 6", "count: 7\n      skip: [2]", "deletionPolicy: warn", "deletionPolicy: delete")
			w.apply(back)
			w.law(back)
			less[0] = "dc.leaf[1]/1~: leaf-01 E1/1 = web-001 x-p0, web-008 x-p0, web-003 x-p0, web-004 x-p0 breakout-1c4p-4c1p"
			w.same("one in its place", less)
		})
	}
}

// TestBreakoutsSwitched turns the option on and off: the lanes' cables go without a question.
func TestBreakoutsSwitched(t *testing.T) {
	t.Parallel()
	for _, parents := range []string{"", "parents: true, "} {
		w := setup(t, "4.6")
		plain := w.edited(broken, "{profiles: true}", "{"+parents+"profiles: false}")
		w.apply(plain)
		w.law(plain)
		lanes := w.breakouts()
		if len(lanes) != 10 {
			t.Fatalf("%d cables: %v", len(lanes), lanes)
		}
		on := w.edited(broken, "{profiles: true}", "{"+parents+"profiles: true}")
		w.apply(on)
		w.law(on)
		if got := w.breakouts(); len(got) != 4 || !strings.HasSuffix(got[0], "breakout-1c4p-4c1p") {
			t.Errorf("with %q: %v", parents, got)
		}
		if port := w.object("interfaces", "web/dc.leaf[1]/1"); port["enabled"] != true {
			t.Errorf("with %q the port is off: %v", parents, port["enabled"])
		}
		w.apply(plain)
		w.law(plain)
		w.same("off again", lanes)
	}
}

// TestBreakoutsOfOlderNetBox: what NetBox has no profile for stays a cable a lane, and is told.
func TestBreakoutsOfOlderNetBox(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.4")
	plan := w.edited(broken)
	if _, err := w.eng.Sync(t.Context(), mirror.Options{}); err != nil {
		t.Fatal(err)
	}
	p, err := w.eng.Preview(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, f := range p.Findings {
		if f.ID == "breakout-by-lane" {
			told = append(told, f.Message)
		}
	}
	if len(told) != 2 || !strings.Contains(told[0], "came with NetBox 4.5") {
		t.Errorf("%q", told)
	}
	w.apply(plan)
	w.law(plan)
	if got := w.breakouts(); len(got) != 10 {
		t.Errorf("%v", got)
	}
}

// TestBreakoutPulled: a plug that a person pulls is drift, and one plugged elsewhere too.
func TestBreakoutPulled(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.edited(broken)
	w.apply(plan)
	id := "web/dc.leaf[1]/1~"
	all := w.terminations(id, "b")
	body := fmt.Sprintf(`{"b_terminations": [%s, %s, %s]}`, asJSON(t, all[0]), asJSON(t, all[2]), asJSON(t, all[3]))
	w.edit("cables", id, body)
	if _, err := w.eng.Sync(t.Context(), mirror.Options{}); err != nil {
		t.Fatal(err)
	}
	p, err := w.eng.Preview(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	c := p.Set().Find("cable", id)
	if c == nil || len(c.Fields) != 1 || c.Fields[0].Name != "b2" || c.Fields[0].Have != nil {
		t.Fatalf("%+v", c)
	}
	w.law(plan)
	auto := w.edited(broken, "deletionPolicy: warn", "deletionPolicy: warn, remediation: auto")
	w.apply(auto)
	w.law(auto)
	if got := w.breakouts()[0]; !strings.Contains(got, "web-001 x-p0, web-002 x-p0, web-003 x-p0, web-004") {
		t.Error(got)
	}
}

// TestBreakoutExchanged: whoever plugs in another port in the place of one that was pulled is asked
// about it, whatever number NetBox gives it.
func TestBreakoutExchanged(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.6", "4.7"} {
		w := setup(t, version)
		plan := w.edited(broken)
		w.apply(plan)
		id := "web/dc.leaf[1]/1~"
		all := w.terminations(id, "b")
		device := w.object("devices", "web/web[2]")["id"]
		hers := w.make("interfaces", fmt.Sprintf(`{"device": %v, "name": "hers", "type": "100gbase-x-qsfp28"}`, device))
		plug := fmt.Sprintf(`{"object_type": "dcim.interface", "object_id": %.0f}`, hers)
		list := []string{asJSON(t, all[0]), plug, asJSON(t, all[2]), asJSON(t, all[3])}
		if version == "4.7" { // earlier ones number it as one that stays
			list = []string{asJSON(t, all[0]), asJSON(t, all[2]), asJSON(t, all[3]), plug}
		}
		w.edit("cables", id, `{"b_terminations": [`+strings.Join(list, ", ")+`]}`)
		if _, err := w.eng.Sync(t.Context(), mirror.Options{}); err != nil {
			t.Fatal(err)
		}
		p, err := w.eng.Preview(t.Context(), plan)
		if err != nil {
			t.Fatal(err)
		}
		c := p.Set().Find("cable", id)
		if c == nil || len(c.Fields) != 1 || c.Fields[0].Name != "b2" || fmt.Sprint(c.Fields[0].Have) != fmt.Sprint(hers) {
			t.Fatalf("on %s: %+v", version, c)
		}
		w.law(plan)
	}
}

// TestBreakoutAheadOfHole: a plug comes in ahead of a lane that leads nowhere and of one that stays.
func TestBreakoutAheadOfHole(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.6", "4.7"} {
		w := setup(t, version)
		text := strings.Replace(broken, "deletionPolicy: warn", "deletionPolicy: delete", 1)
		w.apply(w.edited(text, "count: 6", "count: 4"))
		w.apply(w.edited(text, "count: 6", "count: 2\n      skip: [2, 3]"))
		w.law(w.edited(text, "count: 6", "count: 2\n      skip: [2, 3]"))
		all := w.edited(text, "count: 6", "count: 3\n      skip: [2, 3]")
		w.apply(all)
		w.law(all)
		w.unique()
		if got := w.breakouts()[0]; !strings.Contains(got, "= web-001 x-p0, web-005 x-p0, web-004 x-p0 breakout") {
			t.Errorf("on %s: %s", version, got)
		}
	}
}

// TestBreakoutAdopted takes over a breakout that a person made the same way.
func TestBreakoutAdopted(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.edited(broken)
	w.apply(plan)
	id := "web/dc.leaf[1]/1~"
	body := fmt.Sprintf(`{"profile": "breakout-1c4p-4c1p", "a_terminations": %s, "b_terminations": %s}`,
		asJSON(t, w.terminations(id, "a")), asJSON(t, w.terminations(id, "b")))
	w.remove("cables", id)
	w.make("cables", body)
	w.answer("exists", "adopt")
	w.apply(plan)
	w.law(plan)
	if got := w.breakouts(); len(got) != 4 || !strings.HasPrefix(got[0], "dc.leaf[1]/1~") {
		t.Error(got)
	}
}

func (w *world) same(when string, want []string) {
	w.Helper()
	if got := w.breakouts(); !slices.Equal(got, want) {
		w.Errorf("%s:\n%s\nwant\n%s", when, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestBreakoutInterrupted fails each write of a run that plugs a server in between others, and
// so pulls those for the moment: the next run, on an empty mirror, ends as planned.
func TestBreakoutInterrupted(t *testing.T) {
	t.Parallel()
	for _, committed := range []bool{false, true} {
		for n := range 7 {
			t.Run(fmt.Sprintf("write %d, committed %v", n, committed), func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.6")
				text := strings.Replace(strings.Replace(broken, "deletionPolicy: warn", "deletionPolicy: delete", 1), "count: 6", "count: 4", 1)
				w.apply(w.edited(text))
				w.apply(w.edited(text, "count: 4", "count: 3\n      skip: [2]"))
				plan := w.edited(text, "count: 4", "count: 4\n      skip: [2]")
				w.committed = committed
				w.fail.Store(int64(n))
				_, _, _ = w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
				w.fail.Store(-1)
				w.open("another.db")
				w.apply(plan)
				w.law(plan)
				w.unique()
				want := "dc.leaf[1]/1~: leaf-01 E1/1 = web-001 x-p0, web-005 x-p0, web-003 x-p0, web-004 x-p0 breakout-1c4p-4c1p"
				if got := w.breakouts()[0]; got != want {
					t.Error(got)
				}
			})
		}
	}
}
