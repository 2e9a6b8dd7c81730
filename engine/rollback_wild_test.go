package engine_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// alike are the plans of the runs that are undone: what they make and delete is as before too, but
// has another id in NetBox, so that these do neither.
func (x *wild) alike() *generate.Plan {
	x.Helper()
	text := strings.NewReplacer(
		"units: 48", "units: "+x.pick("48", "48", "46", "50"),
		", location: hall-a", ", location: hall-a"+x.pick("", `, name: "R{n}"`),
		ofType, "      type: "+x.pick("server", "tall")+"\n"+
			x.pick("", "      set: {description: \"d {n}\"}\n", "      set: {description: prod, comments: \"c {n}\", tags: [gold]}\n")+
			"      name: "+x.pick(`"web-{n:03}"`, `"srv-{n}"`)+"\n",
		inRow, "rack: {pool: row, per: "+x.pick("8", "2")+", fromU: "+x.pick("1", "2", "11", "1, face: rear")+"}",
		"ports: 1-8", "ports: "+x.pick("1-8", "3-8"),
		"  site: ams2", "  status: "+x.pick("planned", "active")+"\n  site: ams2",
	).Replace(halls)
	if x.shrinks {
		text = strings.Replace(text, "count: 4\n", "count: "+x.pick("4", "3")+"\n", 1)
	}
	plan, err := generate.Load("plan.yaml", []byte(text))
	if err != nil {
		x.Fatalf("%v\n%s", err, text)
	}
	x.did = append(x.did, text)
	return plan
}

// converges has a person write what a plan wants of some object, field by field.
func (x *wild) converges(plan *generate.Plan) {
	x.Helper()
	topo, err := x.eng.Generate(x.Context(), plan)
	if err != nil {
		x.Fatal(err)
	}
	objects := topo.Objects()
	for range 6 {
		o := objects[x.random.IntN(len(objects))]
		endpoint := o.Kind + "s"
		at := x.marked(endpoint, o.ID)
		for _, name := range []string{"name", "description", "status", "u_height", "position", "comments"} {
			if v, stated := o.Fields[name]; stated && at != nil && x.random.IntN(2) == 0 {
				x.does("PATCH", fmt.Sprintf("dcim/%s/%v", endpoint, at["id"]), fmt.Sprintf(`{%q: %s}`, name, x.seen(v)))
			}
		}
	}
}

// marked is the object with a diet id, nil for none.
func (x *wild) marked(endpoint, id string) map[string]any {
	for _, o := range x.server.Objects(endpoint) {
		if custom, _ := o["custom_fields"].(map[string]any); custom["diet_object_id"] == id {
			return o
		}
	}
	return nil
}

// writes has a person write on what there is.
func (x *wild) writes() {
	x.Helper()
	o := found{x.some("devices"), x.some("racks"), x.some("cables"), x.some("interfaces")}
	x.n++
	acts := []func(found){x.place, x.rename, x.describe, x.carry, x.renameRack, x.edits, x.replug, func(o found) {
		x.does("PATCH", at("devices", o.device), x.pick(`{"status": "active"}`, `{"description": ""}`, `{"serial": "hers"}`,
			`{"rack": null, "position": null}`))
	}, func(o found) {
		x.does("PATCH", at("racks", o.rack), x.pick(`{"u_height": 50}`, `{"u_height": 46}`, `{"description": "hers"}`, `{"status": "planned"}`))
	}, func(o found) {
		x.does("PATCH", at("cables", o.cable), x.pick(`{"label": "hers"}`, `{"status": "planned"}`))
	}}
	acts[x.random.IntN(len(acts))](o)
}

// TestWildRollbacks undoes runs at random, after people have written in NetBox at random ahead of the
// run, some of it just what the plan then wants, and since. A rollback changes a field only if the
// run wrote it and nobody has since, and to what it was; what it leaves otherwise than it was, its
// preview names. DIET_EVERY=n plays n random ones; DIET_SEED=n plays one again.
func TestWildRollbacks(t *testing.T) {
	t.Parallel()
	for _, seed := range wildSeeds(t, 1, 2, 11607687875045384530, 13840088226009226488) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			undoesRun(t, seed, false)
		})
	}
}

// TestWildRollbacksOfDeletions is the same of runs that make and delete servers, whatever people have
// written on those, moved and plugged elsewhere.
func TestWildRollbacksOfDeletions(t *testing.T) {
	t.Parallel()
	for _, seed := range wildSeeds(t, 1, 2, 3, 10221168841986043373) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			undoesRun(t, seed, true)
		})
	}
}

func undoesRun(t *testing.T, seed uint64, shrinks bool) {
	t.Helper()
	version := []string{"4.2", "4.4", "4.6", "4.7"}[seed%4]
	x := &wild{world: setup(t, version), random: rand.New(rand.NewPCG(seed, 0)), shrinks: shrinks}
	before := x.alike()
	x.apply(before)
	if x.random.IntN(2) > 0 {
		x.answer("drift", "remediate")
		x.answer("conflict", "apply")
	}
	plan := x.alike()
	for range x.random.IntN(6) {
		x.writes()
	}
	x.sync()
	x.converges(plan)
	if shrinks {
		x.approvesAll(plan)
	}
	was := x.fieldsOf()
	x.apply(plan)
	ran := x.fieldsOf()
	for range x.random.IntN(4) {
		x.writes()
	}
	x.undoes(before, [3]map[string]map[string]string{was, ran, x.fieldsOf()})
}

// undoes rolls the newest run back, and holds that against NetBox ahead of the run, after it, and now.
func (x *wild) undoes(plan *generate.Plan, then [3]map[string]map[string]string) {
	x.Helper()
	if x.lastRequests() == 0 {
		return
	}
	back := x.back(plan)
	result, p, err := x.eng.Apply(x.Context(), back, engine.ApplyOptions{})
	if err != nil || len(result.Failed) > 0 {
		x.Fatalf("%v, failed %+v %+v\npeople did %s", err, result.Failed, result.Errors, strings.Join(x.did, "\n"))
	}
	is := x.fieldsOf()
	for _, object := range slices.Sorted(maps.Keys(is)) {
		was, ran, now := then[0][object], then[1][object], then[2][object]
		if was == nil || now == nil {
			// A port of its type stays, nobody's.
			if id := is[object]["cf.diet_object_id"]; id != "" && !bears(then[0], id) && !told(p, object, id, "") {
				x.Errorf("%s is there: %v", object, is[object])
			}
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(is[object])) {
			v := is[object][name]
			back := v == was[name] || strings.HasSuffix(name, "_terminations") && identified(is, v) == identified(then[0], was[name])
			switch {
			case strings.HasPrefix(name, "cf.diet_"), back && was[name] != ran[name] && ran[name] == now[name]:
			case v != now[name] && ran[name] != now[name]:
				x.Errorf("%s %s was %s, the run left %s, somebody made it %s, and the rollback wrote %s",
					object, name, was[name], ran[name], now[name], v)
			case v != now[name]:
				x.Errorf("%s %s was %s, the run left %s, then it was %s, and the rollback made it %s", object, name, was[name], ran[name], now[name], v)
			case v == now[name] && ran[name] == now[name] && !back && !told(p, object, is[object]["cf.diet_object_id"], "") &&
				!waits(p, object, name):
				x.Errorf("%s %s was %s, and stays %s, untold: %+v", object, name, was[name], v, p.Findings)
			}
		}
	}
	x.again(p, then, is)
	if x.law(back); x.Failed() {
		x.Errorf("people did %s", strings.Join(x.did, "\n"))
	}
}

// identified are the ports of an end by their diet ids, where they have some: what was made again has another id
// in NetBox.
func identified(objects map[string]map[string]string, ports string) string {
	list := strings.Fields(ports)
	for i, port := range list {
		list[i] = cmp.Or(objects["interfaces "+port]["cf.diet_object_id"], port)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// waits reports whether a preview shows a field of an object that stays as it is.
func waits(p *engine.Preview, object, field string) bool {
	at := slices.IndexFunc(p.Changes, func(c change.Change) bool { return fmt.Sprint(c.Kind, "s ", c.NetBoxID) == object })
	return at >= 0 && slices.ContainsFunc(p.Changes[at].Fields, func(f change.Field) bool { return f.Name == field && !f.Verdict.Acts() })
}

// bears reports whether one of some objects has a diet id, as JSON.
func bears(objects map[string]map[string]string, id string) bool {
	for _, fields := range objects {
		if fields["cf.diet_object_id"] == id {
			return true
		}
	}
	return false
}

// again holds what was deleted and is made again against what it was; its parts and plugs have other ids.
func (x *wild) again(p *engine.Preview, then [3]map[string]map[string]string, is map[string]map[string]string) {
	x.Helper()
	now := map[string]map[string]string{}
	for object, fields := range is {
		if then[0][object] == nil {
			now[fields["cf.diet_object_id"]] = fields
		}
	}
	for object, was := range then[0] {
		id := was["cf.diet_object_id"]
		ran, since := then[1][object], then[2][object]
		if ran == nil && now[id] == nil && id != "" && !told(p, object, id, "") {
			x.Errorf("%s %s is not there again", object, id)
		}
		if since != nil && is[object] == nil {
			x.Errorf("%s %s is gone", object, id)
		}
		for name, v := range was {
			if ref := name == "device" || strings.HasSuffix(name, "_terminations"); now[id] != nil && !ref && now[id][name] != v &&
				!strings.HasPrefix(name, "cf.diet_") && !told(p, object, id, "") {
				x.Errorf("%s %s %s was %s and is %s again", object, id, name, v, now[id][name])
			}
		}
	}
	for object, since := range then[2] {
		for name, v := range since {
			if is[object] == nil && then[1][object] != nil && then[1][object][name] != v {
				x.Errorf("%s %s was touched (%s) and is gone", object, since["cf.diet_object_id"], name)
			}
		}
	}
}

// lastRequests is how many requests the newest run sent.
func (x *wild) lastRequests() int {
	x.Helper()
	runs, err := x.eng.Runs(x.Context(), "", 1)
	if err != nil || len(runs) != 1 {
		x.Fatal(runs, err)
	}
	return runs[0].Requests
}

// told reports whether a preview names an object in a finding or as one that waits or, with a field, as
// one in which the edit of a person is written over.
func told(p *engine.Preview, object, id, field string) bool {
	at := slices.IndexFunc(p.Changes, func(c change.Change) bool { return fmt.Sprint(c.Kind, "s ", c.NetBoxID) == object })
	if field == "" {
		return at >= 0 && !p.Changes[at].Acts() ||
			slices.ContainsFunc(p.Findings, func(n change.Notice) bool { return strings.Contains(n.Message, strings.Trim(id, `"`)) })
	}
	return at >= 0 && slices.ContainsFunc(p.Changes[at].Fields, func(f change.Field) bool {
		return f.Name == field && f.Blame != nil && f.Blame.User == "maria"
	})
}
