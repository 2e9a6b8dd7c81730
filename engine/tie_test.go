package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
)

// references are the fields by which an object refers to others, by endpoint.
var references = map[string][]string{
	"racks":      {"site", "location", "role", "rack_type"},
	"devices":    {"site", "location", "rack", "role", "device_type", "platform"},
	"interfaces": {"device", "lag", "parent", "bridge"},
	"cables":     {"a_terminations", "b_terminations"},
}

// referring are all references that there are, by object and field; what is emptied is
// missing.
func (w *world) referring() map[string]bool {
	out := map[string]bool{}
	for endpoint, fields := range references {
		for _, o := range w.server.Objects(endpoint) {
			at := fmt.Sprint(endpoint, " ", o["id"])
			out[at] = true
			for _, field := range fields {
				if nested(o[field]) != "null" || len(ported(o[field])) > 0 {
					out[at+" "+field] = true
				}
			}
		}
	}
	return out
}

// loose are the references that were there and are empty by now, of what is still there.
func (w *world) loose(was map[string]bool) (out []string) {
	is := w.referring()
	for at := range was {
		object := strings.Join(strings.Fields(at)[:2], " ")
		if is[object] && !is[at] {
			out = append(out, at)
		}
	}
	slices.Sort(out)
	return out
}

// keepsEnds applies an intent, after which nothing has lost what it referred to, and holds the law.
func (w *world) keepsEnds(intent engine.Intent) {
	w.Helper()
	was := w.referring()
	w.apply(intent)
	if loose := w.loose(was); len(loose) > 0 {
		w.Errorf("empty is %q", loose)
	}
	w.law(intent)
}

// tied is a way in which something of the plan comes to stay while what it is plugged into, or
// stands in, would be deleted.
type tied struct {
	does    func(w *world)
	answers func(w *world, gone engine.Intent)
	exclude []string
	told    string // what is said of the leaf
	gone    bool   // everything is, in the end
}

const webCable = "web/web[1]/lom.eth0~"

// answersAll answers all questions about what goes.
func answersAll(word string) func(*world, engine.Intent) {
	return func(w *world, gone engine.Intent) {
		w.sync()
		_, err := w.eng.Resolve(w.Context(), gone, engine.Reply{All: true, Class: change.Orphaned, Answer: word, Who: "joe", Why: "x"})
		if err != nil {
			w.Fatal(err)
		}
	}
}

func labels(w *world) { w.edit("cables", webCable, `{"label": "hers"}`) }

// ties are those ways.
var ties = map[string]tied{
	"released by an answer": {does: labels, answers: answersAll("approve"), told: "that stays"},
	"released by name": {answers: func(w *world, gone engine.Intent) {
		w.answers(gone, "web/dc.leaf[1]", "", "approve")
		w.answers(gone, "web/dc.leaf[2]", "", "approve")
		w.answers(gone, "web/web[1]", "", "orphan")
	}, told: "that stays"},
	"kept by an answer": {does: labels, answers: func(w *world, gone engine.Intent) {
		w.answers(gone, "web/web[1]", "", "skip")
	}, told: "that stays"},
	"kept by a rule": {does: func(w *world) {
		w.edit("devices", "web/web[1]", `{"custom_fields": {"diet_deletion_protected": true}}`)
	}, told: "would lose it"},
	"kept by a rule of a cable": {does: func(w *world) {
		w.edit("cables", webCable, `{"custom_fields": {"diet_deletion_protected": true}}`)
	}, told: "would lose it"},
	"unmanaged by hand": {does: func(w *world) {
		w.edit("cables", webCable, `{"custom_fields": {"diet_managed": false}}`)
	}, answers: answersAll("approve"), told: "cable"},
	"unmanaged by an answer": {answers: func(w *world, _ engine.Intent) {
		plan := w.planned(fmt.Sprintf(small, "one", 6))
		w.answers(plan, "web/web[1]", "", "unmanage")
		w.apply(plan)
	}, told: "that"},
	"not answered": {answers: func(w *world, gone engine.Intent) {
		w.answers(gone, "web/dc.leaf[1]", "", "approve")
		w.answers(gone, "web/dc.leaf[2]", "", "approve")
		w.answers(gone, "web/rack:row[1]", "", "approve")
	}, told: "joe"},
	"not asked about": {does: labels, answers: func(w *world, gone engine.Intent) {
		w.answers(gone, "web/dc.leaf[1]", "", "skip")
	}},
	"left out":          {exclude: []string{"web/web[1]"}, answers: answersAll("approve"), told: "left out"},
	"a cable left out":  {exclude: []string{webCable}, answers: answersAll("approve"), told: "left out"},
	"a kind left out":   {exclude: []string{"cable"}, answers: answersAll("approve"), told: "left out"},
	"ports left out":    {exclude: []string{"interface"}, told: "left out"},
	"deleted after all": {does: labels, answers: answersAll("force_delete"), gone: true},
}

// TestTies has something of a plan stay in many ways while the plan goes, whatever its
// deletionPolicy: all that it is plugged into and stands in stays with it.
func TestTies(t *testing.T) {
	t.Parallel()
	for name, x := range ties {
		for _, policy := range []string{"warn", "delete"} {
			t.Run(name+", "+policy, func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.6")
				plan := w.planned(strings.Replace(fmt.Sprintf(small, "one", 6), "deletionPolicy: delete", "deletionPolicy: "+policy, 1))
				w.apply(plan)
				x.play(w, engine.Destruction{Plan: plan.Info()})
			})
		}
	}
}

// TestWildTies has people do things at random to what a plan made, and answer at random; then
// less is wanted, or nothing. Whatever stays has all its ends and references. DIET_EVERY=n plays
// n random ones; DIET_SEED=n plays one again.
func TestWildTies(t *testing.T) {
	t.Parallel()
	for _, seed := range wildSeeds(t, 1, 2, 6633614683643079618, 6938703903839314076, 8635737528566885354) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			x := &wild{world: setup(t, []string{"4.2", "4.4", "4.6", "4.7"}[seed%4]), random: rand.New(rand.NewPCG(seed, 1))}
			text := strings.Replace(fmt.Sprintf(small, "one", 5), "deletionPolicy: delete", "deletionPolicy: "+x.pick("warn", "delete"), 1)
			plan := x.planned(text)
			x.apply(plan)
			for range 3 {
				for range x.random.IntN(4) {
					x.hold()
				}
				var less engine.Intent = engine.Destruction{Plan: plan.Info()}
				if x.random.IntN(2) == 0 {
					less = x.planned(strings.Replace(text, "count: 5", "count: "+x.pick("1", "2"), 1))
				}
				x.settles(less)
				if part := x.partOf(less); part != nil {
					x.carriesOut(part)
				}
				x.carriesOut(less)
			}
		})
	}
}

// hold is something that a person does and that keeps an object of the plan from going.
func (x *wild) hold() {
	endpoint := x.pick("devices", "cables", "cables", "cables", "interfaces", "racks")
	if o := x.some(endpoint); o != nil {
		body := x.pick(`{"custom_fields": {"diet_deletion_protected": true}}`, `{"custom_fields": {"diet_managed": false}}`,
			`{"description": "hers"}`, `{"description": "hers"}`, `{"description": "hers"}`, `{"description": "hers"}`)
		x.does("PATCH", at(endpoint, o), body)
	}
}

// partOf leaves some of an intent out, at random, or is nil.
func (x *wild) partOf(intent engine.Intent) engine.Intent {
	out := []string{x.pick("cable", "interface", "rack")}
	if made := x.made(); len(made) > 0 && x.random.IntN(3) > 0 {
		out = []string{made[x.random.IntN(len(made))]}
	}
	part := engine.Narrowed{Intent: intent, Excluded: out}
	if _, err := x.eng.Diff(x.Context(), part); err != nil {
		return nil // it is what nobody decides about
	}
	x.did = append(x.did, fmt.Sprintf("diet apply --exclude %v", out))
	return part
}

// settles answers what is asked about what goes, as people do who read the recommendation or not.
func (x *wild) settles(intent engine.Intent) {
	x.Helper()
	for _, q := range x.preview(intent).Questions {
		word := x.pick("approve", "approve", "approve", "approve", "orphan", "skip", "")
		if q.Class != change.Orphaned || !slices.Contains(q.Options, word) {
			continue
		}
		x.did = append(x.did, fmt.Sprint(word, " ", q.Objects))
		if _, err := x.eng.Resolve(x.Context(), intent, engine.Reply{Question: q.Key, Answer: word, Who: "joe", Why: "x"}); err != nil {
			x.Fatal(err)
		}
	}
}

func (x tied) play(w *world, gone engine.Intent) {
	w.Helper()
	if x.does != nil {
		x.does(w)
	}
	if len(x.exclude) > 0 {
		gone = engine.Narrowed{Intent: gone, Excluded: x.exclude}
	}
	was := w.referring()
	if x.answers != nil {
		x.answers(w, gone)
	}
	p := w.preview(gone)
	said := &change.Change{}
	if leaf := p.Set().Find("device", "web/dc.leaf[1]"); leaf != nil {
		said = leaf
	}
	for _, n := range p.Findings { // what is left out along with something is in no set
		if strings.HasPrefix(n.Message, "device web/dc.leaf[1] ") {
			said.Held += n.Message
		}
	}
	if !strings.Contains(said.Verdict.Message+said.Held, x.told) && said.Verdict.Answer == "" && said.Verdict.Decision != "ask" {
		w.Errorf("the leaf: %+v, held %q", said.Verdict, said.Held)
	}
	w.apply(gone)
	if loose := w.loose(was); len(loose) > 0 {
		w.Errorf("empty is %q", loose)
	}
	if n := len(w.server.Objects("cables")); (n == 0) != x.gone {
		w.Errorf("%d cables are there", n)
	}
	w.law(gone)
}
