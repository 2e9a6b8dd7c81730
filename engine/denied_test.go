package engine_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// busy is a NetBox in which everything happens at once, and the plan that is to be applied.
func busy(t *testing.T) (*world, *generate.Plan) {
	t.Helper()
	w := setup(t, "4.6")
	w.apply(w.planned(fmt.Sprintf(small, "one", 5)))
	w.edit("devices", "web/web[1]", `{"description": "hers"}`)
	w.edit("devices", "web/web[2]", `{"name": "hers"}`)
	w.edit("interfaces", "web/web[4]/lom.eth0", `{"type": "other"}`)
	w.remove("interfaces", "web/web[4]/lom.eth1")
	w.remove("devices", "web/web[3]")
	w.edit("racks", "web/rack:row[1]", `{"description": "hers"}`)
	w.put("db-001", "web/rack:row[1]", 20)
	w.put("hers-too", "web/rack:row[1]", 21)
	plan := w.edited(fmt.Sprintf(small, "two", 4), "  reconcile:", `    db:
      count: 4
      type: box
      rack: {pool: row, per: 32, fromU: 20}
      nics: {lom: {ports: [eth0], type: 25gbase-x-sfp28}}
      links: {data: {from: lom, to: dc.leaf/server, spread: alternate}}
  reconcile:`, "    deviceTypes:", "    deviceTypes:\n      box: {manufacturer: acme, model: Box, u: 1, ports: {\"m{0-1}\": 1000base-t}}")
	return w, plan
}

// bold has a team decide that everything is done.
const bold = `package team.bold

# METADATA
# title: Everything is done
# custom:
#   id: BOLD001
#   severity: low
#   decision: skip
defaults contains object.union(rego.metadata.rule().custom, {"decision": decision, "message": "at once"}) if {
	decision := {
		"drift": "remediate", "conflict": "apply", "missing": "recreate", "exists": "adopt", "orphaned": "%s",
	}[input.class]
}

# METADATA
# title: Nothing of these is done
# custom:
#   id: BOLD002
#   severity: high
#   decision: deny
guards contains object.union(rego.metadata.rule().custom, {"decision": decision, "message": "not today"}) if {
	some decision, ofs in _kept
	[input.kind, input.class] in ofs
}

_kept := %s
`

// kept are those of what a preview is about that guards keep: kind and class, by decision.
type kept map[[2]string]string

// rule is what the guards read.
func (k kept) rule() string {
	by := map[string][]string{"deny": {}, "ask": {}, "skip": {}}
	for of, decision := range k {
		by[decision] = append(by[decision], fmt.Sprintf("[%q, %q]", of[0], of[1]))
	}
	var parts []string
	for decision, ofs := range by {
		slices.Sort(ofs)
		parts = append(parts, fmt.Sprintf("%q: {[\"rack\", \"identity\"], %s}", decision, strings.Join(ofs, ", ")))
	}
	slices.Sort(parts)
	return "{" + strings.Join(parts, ", ") + "}"
}

// looks is what of an object a run may write, by field; nested objects by their ids.
func looks(o map[string]any) map[string]any {
	out := map[string]any{}
	for _, f := range []string{
		"name", "label", "description", "site", "location", "rack", "position", "face", "role", "device_type", "status", "type", "tags",
		"custom_fields", "u_height", "device", "enabled", "serial",
	} {
		switch v := o[f].(type) {
		case map[string]any:
			out[f] = v["id"]
			if f == "custom_fields" {
				out[f] = fmt.Sprint(v)
			}
		default:
			out[f] = fmt.Sprint(v)
		}
	}
	out["a"], out["b"] = fmt.Sprint(ported(o["a_terminations"])), fmt.Sprint(ported(o["b_terminations"]))
	return out
}

// all are the objects of the owned kinds, by kind and NetBox id, and how often each diet id
// is there.
func (w *world) all() (objects map[string]map[string]any, ids map[string]int) {
	objects, ids = map[string]map[string]any{}, map[string]int{}
	for _, endpoint := range []string{"racks", "devices", "interfaces", "cables"} {
		for _, o := range w.server.Objects(endpoint) {
			objects[fmt.Sprint(w.kindOf(endpoint), " ", o["id"])] = looks(o)
			custom, _ := o["custom_fields"].(map[string]any)
			ids[fmt.Sprint(w.kindOf(endpoint), " ", custom["diet_object_id"])]++
		}
	}
	return objects, ids
}

// TestWhatIsKeptIsNotSent has guards deny, ask and skip at random, about all kinds and classes
// of a run in which everything happens: nothing of what they are about is written, nor of
// what is held, and the law holds. DIET_EVERY=n plays n random ones; DIET_SEED=n plays one again.
func TestWhatIsKeptIsNotSent(t *testing.T) {
	t.Parallel()
	w, plan := busy(t)
	w.policies = []string{teamFolder(w, fmt.Appendf(nil, bold, "delete", kept{}.rule()))}
	w.open("mirror.db")
	p := w.preview(plan)
	of := map[[2]string]bool{}
	for i := range p.Changes {
		c := &p.Changes[i]
		of[[2]string{c.Kind, string(c.Class)}] = true
		for _, f := range c.Fields {
			if c.PerField() {
				of[[2]string{c.Kind, string(f.Class)}] = true
			}
		}
	}
	matters := make([][2]string, 0, len(of))
	for m := range of {
		matters = append(matters, m)
	}
	slices.SortFunc(matters, func(a, b [2]string) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	now := w.moment()
	for _, seed := range wildSeeds(t) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 1))
			guards := kept{}
			for range 1 + random.IntN(3) {
				guards[matters[random.IntN(len(matters))]] = []string{"deny", "ask", "skip"}[random.IntN(3)]
			}
			fork := now.world(t, "mirror.db")
			fork.policies = []string{teamFolder(fork, fmt.Appendf(nil, bold, []string{"delete", "orphan"}[random.IntN(2)], guards.rule()))}
			fork.open("mirror.db")
			fork.keeps(plan, guards)
		})
	}
}

// keeps applies a plan, and holds that nothing is written of what guards keep.
func (w *world) keeps(plan *generate.Plan, guards kept) {
	w.Helper()
	was, had := w.all()
	result, p, err := w.eng.Apply(w.Context(), plan, engine.ApplyOptions{})
	if err != nil || len(result.Failed) > 0 {
		w.Fatalf("guards %v: %v, failed %+v", guards, err, result.Failed)
	}
	is, has := w.all()
	for i := range p.Changes {
		c := &p.Changes[i]
		object, id := fmt.Sprint(c.Kind, " ", c.NetBoxID), fmt.Sprint(c.Kind, " ", c.Object)
		switch whole := guards[[2]string{c.Kind, string(c.Class)}] != "" && c.Class != change.Finding; {
		case was[object] == nil && has[id] > had[id] && (whole || c.Waits() || c.Held != ""):
			w.Errorf("guards %v: %s was made; verdict %+v, held %q", guards, id, c.Verdict, c.Held)
		case was[object] == nil:
		case whole || c.Verdict.Waits() || c.Held != "":
			if !reflect.DeepEqual(was[object], is[object]) {
				w.Errorf("guards %v: %s (%s %s) was\n%v and is\n%v; verdict %+v, held %q",
					guards, id, c.Class, c.Action, was[object], is[object], c.Verdict, c.Held)
			}
		case c.PerField():
			for _, f := range c.Fields {
				guarded := guards[[2]string{c.Kind, string(f.Class)}] != ""
				if (guarded || f.Verdict.Waits()) && !reflect.DeepEqual(was[object][f.Name], is[object][f.Name]) {
					w.Errorf("guards %v: %s of %s was %v and is %v; verdict %+v", guards, f.Name, id, was[object][f.Name], is[object][f.Name], f.Verdict)
				}
			}
		}
	}
	w.law(plan)
}
