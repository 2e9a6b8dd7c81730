package engine_test

import (
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// wild is a NetBox that people work in, and a plan that changes.
type wild struct {
	*world
	random *rand.Rand
	did    []string
	n      int

	shrinks bool // the plan has fewer servers at times
}

// pick is one of some texts.
func (x *wild) pick(of ...string) string { return of[x.random.IntN(len(of))] }

// grown is a random variant of the plan.
func (x *wild) grown() *generate.Plan {
	x.Helper()
	text := strings.NewReplacer(
		"units: 48", "units: "+x.pick("48", "48", "46"),
		"location: hall-a", "location: "+x.pick("hall-a", "hall-a", "hall-b"),
		"fromU: 43", "fromU: "+x.pick("43", "41"),
		"count: 4\n", "count: "+x.pick("2", "3", "4", "6")+"\n",
		ofType, "      type: "+x.pick("server", "server", "tall", "flat", "shelf", "half", "strip")+"\n"+
			"      name: "+x.pick(`"web-{n:03}"`, `"srv-{n}"`, `"web-{index:03}"`)+"\n",
		inRow, "rack: {pool: row, per: "+x.pick("8", "3")+", fromU: "+x.pick("1", "2", "3", "11", "1.5", "1, face: rear")+"}",
		"      tall:", "      flat: {manufacturer: acme, model: Flat, u: 1, fullDepth: false}\n"+
			"      shelf: {manufacturer: acme, model: Shelf, u: 3, ports: {\"m{0-1}\": 1000base-t}}\n"+
			"      half: {manufacturer: acme, model: Half, u: 0.5, fullDepth: false}\n"+
			"      strip: {manufacturer: acme, model: Strip, u: 0}\n      tall:",
		"ports: 1-8", "ports: "+x.pick("1-8", "1-8", "3-8"),
	).Replace(halls)
	plan, err := generate.Load("plan.yaml", []byte(text))
	if err != nil {
		x.Fatalf("%v\n%s", err, text)
	}
	return plan
}

// does is what a person does by hand; NetBox may refuse it.
func (x *wild) does(method, path, body string) {
	x.Helper()
	req := httptest.NewRequestWithContext(x.Context(), method, "/api/"+path+"/", strings.NewReader(body))
	req.Header.Set("Authorization", "Token "+person)
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	x.server.ServeHTTP(rec, req)
	x.did = append(x.did, fmt.Sprint(method, " ", path, " ", body, " ", rec.Code))
}

// some is one of the objects of an endpoint, nil where there is none.
func (x *wild) some(endpoint string) map[string]any {
	all := x.server.Objects(endpoint)
	if len(all) == 0 {
		return nil
	}
	return all[x.random.IntN(len(all))]
}

// found is an object of each kind, at random.
type found struct{ device, rack, cable, port map[string]any }

// act has somebody do something.
func (x *wild) act() {
	x.Helper()
	x.n++
	o := found{x.some("devices"), x.some("racks"), x.some("cables"), x.some("interfaces")}
	if o.device == nil || o.rack == nil || o.cable == nil || o.port == nil {
		return
	}
	acts := []func(found){
		x.place, x.place, x.rename, x.describe, x.carry, x.renameRack, x.moveRack, x.unplug, x.scrap,
		x.edits, x.install, x.plug, x.replug, x.plugBeside, x.turn,
	}
	acts[x.random.IntN(len(acts))](o)
}

func at(endpoint string, o map[string]any) string {
	return fmt.Sprintf("dcim/%s/%v", endpoint, o["id"])
}

func (x *wild) unit() float64 { return 1 + float64(x.random.IntN(92))/2 }

func (x *wild) place(o found) {
	x.does("PATCH", at("devices", o.device), fmt.Sprintf(`{"position": %v, "face": %q}`, x.unit(), x.pick("front", "rear")))
}

func (x *wild) rename(o found) {
	x.does("PATCH", at("devices", o.device), fmt.Sprintf(`{"name": %q}`, x.pick("web-001", "srv-2", "hers", "WEB-002")))
}

func (x *wild) describe(o found) {
	x.does("PATCH", at("devices", o.device), fmt.Sprintf(`{"description": "hers %d"}`, x.n))
}

func (x *wild) carry(o found) {
	x.does("PATCH", at("devices", o.device), fmt.Sprintf(`{"rack": %v, "location": %v, "position": %v, "face": "front"}`,
		o.rack["id"], nested(o.rack["location"]), x.unit()))
}

func (x *wild) renameRack(o found) {
	x.does("PATCH", at("racks", o.rack), fmt.Sprintf(`{"name": %q}`, x.pick("row-02", "row-01", "hers")))
}

func (x *wild) moveRack(o found) {
	x.does("PATCH", at("racks", o.rack), fmt.Sprintf(`{"location": %v}`, nested(x.some("locations"))))
}

func (x *wild) unplug(o found) { x.does("DELETE", at("cables", o.cable), "") }

func (x *wild) scrap(o found) { x.does("DELETE", at("devices", o.device), "") }

func (x *wild) edits(o found) {
	x.does("PATCH", at("interfaces", o.port),
		x.pick(`{"mark_connected": true}`, `{"description": "hers"}`, `{"enabled": false}`, `{"name": "hers"}`))
}

func (x *wild) install(o found) {
	x.does("POST", "dcim/devices", fmt.Sprintf(
		`{"name": %q, "site": %v, "role": %v, "device_type": %v, "rack": %v, "location": %v, "position": %v, "face": %q}`,
		x.pick("srv-1", "web-005", "fw", "leaf-02"), nested(o.device["site"]), nested(o.device["role"]), nested(o.device["device_type"]),
		o.rack["id"], nested(o.rack["location"]), x.unit(), x.pick("front", "rear")))
}

func (x *wild) plug(o found) {
	x.does("POST", "dcim/cables", fmt.Sprintf(`{"a_terminations": %s, "b_terminations": %s}`,
		plugged(o.port["id"]), plugged(x.some("interfaces")["id"])))
}

func (x *wild) replug(o found) {
	x.does("PATCH", at("cables", o.cable), fmt.Sprintf(`{%q: %s}`, x.pick("a_terminations", "b_terminations"), plugged(o.port["id"])))
}

// plugBeside plugs a side of a cable into one more port.
func (x *wild) plugBeside(o found) {
	side := x.pick("a_terminations", "b_terminations")
	ends := []string{fmt.Sprintf(`{"object_type": "dcim.interface", "object_id": %v}`, o.port["id"])}
	for _, port := range ported(o.cable[side]) {
		ends = append(ends, fmt.Sprintf(`{"object_type": "dcim.interface", "object_id": %v}`, port))
	}
	x.does("PATCH", at("cables", o.cable), fmt.Sprintf(`{%q: [%s]}`, side, strings.Join(ends, ", ")))
}

// turn makes a cable again with its sides exchanged.
func (x *wild) turn(o found) {
	a, b := ported(o.cable["a_terminations"]), ported(o.cable["b_terminations"])
	if len(a) == 1 && len(b) == 1 {
		x.unplug(o)
		x.does("POST", "dcim/cables", fmt.Sprintf(`{"a_terminations": %s, "b_terminations": %s}`, plugged(b[0]), plugged(a[0])))
	}
}

func nested(v any) any {
	if o, ok := v.(map[string]any); ok && o["id"] != nil {
		return o["id"]
	}
	return "null"
}

// ported are the ports that a side of a cable is plugged into.
func ported(side any) (out []any) {
	ends, _ := side.([]any)
	for _, end := range ends {
		out = append(out, end.(map[string]any)["object_id"])
	}
	return out
}

func plugged(port any) string {
	return fmt.Sprintf(`[{"object_type": "dcim.interface", "object_id": %v}]`, port)
}

// nobodys are the objects that diet does not own.
func (x *wild) nobodys() map[string]string {
	out := map[string]string{}
	for _, endpoint := range []string{"racks", "devices", "cables"} {
		for _, o := range x.server.Objects(endpoint) {
			if custom, _ := o["custom_fields"].(map[string]any); custom["diet_object_id"] == nil {
				rack, _ := o["rack"].(map[string]any)
				out[fmt.Sprint(endpoint, " ", o["id"])] = fmt.Sprint(o["name"], rack["id"], o["position"],
					ported(o["a_terminations"]), ported(o["b_terminations"]))
			}
		}
	}
	return out
}

// wildSeeds are those to play: the same few in every run, unless more are asked for.
func wildSeeds(t *testing.T, few ...uint64) []uint64 {
	t.Helper()
	if n, err := strconv.ParseUint(os.Getenv("DIET_SEED"), 10, 64); err == nil {
		return []uint64{n}
	}
	n, err := strconv.Atoi(os.Getenv("DIET_EVERY"))
	if err != nil {
		return few
	}
	seeds := make([]uint64, n)
	for i := range seeds {
		seeds[i] = rand.Uint64()
	}
	return seeds
}

// newWild is an estate that a seed stands for, in a stream of its own, and mostly one of a team that has
// all put right.
func newWild(t *testing.T, seed, stream uint64) *wild {
	t.Helper()
	x := &wild{world: setup(t, []string{"4.2", "4.4", "4.6", "4.7"}[seed%4]), random: rand.New(rand.NewPCG(seed, stream))}
	x.apply(x.grown())
	if x.random.IntN(3) > 0 {
		x.answer("drift", "remediate")
		x.answer("conflict", "apply")
		x.answer("missing", "recreate")
	}
	return x
}

// TestWildEstates has people do things at random, and the plan change at random: whatever
// the preview says, the apply carries out without a failure, the law holds, and nothing that
// is not diet's changes. DIET_EVERY=n plays n random ones; DIET_SEED=n plays one again.
func TestWildEstates(t *testing.T) {
	t.Parallel()
	for _, seed := range wildSeeds(t, 1, 2, 3, 4, 5406766414916140529) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			x := newWild(t, seed, 0)
			for range 3 {
				for range x.random.IntN(6) {
					x.act()
				}
				plan := x.grown()
				x.carriesOut(x.part(plan))
				x.carriesOut(plan)
			}
		})
	}
}

// part is a plan narrowed at random.
func (x *wild) part(plan *generate.Plan) engine.Intent {
	some := func() (out []string) {
		for range x.random.IntN(3) {
			out = append(out, x.pick("rack", "device", "interface", "cable", "web", "dc.leaf", "rack:row", "web/dc.leaf[1]", "web/rack:row[1]"))
		}
		return out
	}
	part := engine.Narrowed{Intent: plan, Targets: some(), Excluded: some()}
	x.did = append(x.did, fmt.Sprintf("diet apply --target %v --exclude %v", part.Targets, part.Excluded))
	return part
}

// carriesOut applies a plan, and holds the law.
func (x *wild) carriesOut(plan engine.Intent) {
	x.Helper()
	was, referred := x.nobodys(), x.referring()
	result, p, err := x.eng.Apply(x.Context(), plan, engine.ApplyOptions{})
	if err != nil || len(result.Failed) > 0 {
		x.Fatalf("%v, result %+v\npeople did %s", err, result, strings.Join(x.did, "\n"))
	}
	x.reasons(p)
	if loose := x.loose(referred); len(loose) > 0 {
		x.Errorf("empty is %q\npeople did %s", loose, strings.Join(x.did, "\n"))
	}
	is := x.nobodys()
	for object, held := range was {
		if is[object] != held && !x.ours(object) {
			x.Errorf("%s was %s and is %s\npeople did %s", object, held, is[object], strings.Join(x.did, "\n"))
		}
	}
	x.law(plan)
	x.unique()
}

// reasons holds that whatever waits names what a person or a rule decides about, and not another
// thing that waits: so each reason is said once.
func (x *wild) reasons(p *engine.Preview) {
	x.Helper()
	set := p.Set()
	for i := range p.Changes {
		c := &p.Changes[i]
		on, waits := strings.CutPrefix(c.Held, "waits for ")
		if !waits {
			continue
		}
		on, _, _ = strings.Cut(on, ", which stays as it is")
		root := slices.IndexFunc(set.Changes, func(c change.Change) bool { return c.Object == on })
		if root < 0 || strings.HasPrefix(set.Changes[root].Held, "waits for ") || done(&set.Changes[root]) {
			x.Errorf("%s %s %s\npeople did %s", c.Kind, c.Object, c.Held, strings.Join(x.did, "\n"))
		}
	}
}

// done reports whether all of a change is made.
func done(c *change.Change) bool {
	return c.Acts() && !slices.ContainsFunc(c.Fields, func(f change.Field) bool { return c.PerField() && !f.Verdict.Acts() })
}

// ours reports whether diet owns an object now.
func (x *wild) ours(object string) bool {
	for _, endpoint := range []string{"racks", "devices", "cables"} {
		for _, o := range x.server.Objects(endpoint) {
			custom, _ := o["custom_fields"].(map[string]any)
			if fmt.Sprint(endpoint, " ", o["id"]) == object && custom["diet_object_id"] != nil {
				return true
			}
		}
	}
	return false
}
