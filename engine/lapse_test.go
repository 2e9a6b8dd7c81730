package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// The edits of the plan by which its servers get other names.
var (
	renamed   = []string{"apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: web}\nspec:\n", naming("srv")}
	renamedTo = []string{"apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: web}\nspec:\n", naming("node")}
)

func naming(word string) string {
	return fmt.Sprintf("apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: web}\nspec:\n  naming: {node: \"%s-{n:03}\"}\n", word)
}

// verdictOn is the one on an object, or a field of it.
func (w *world) verdictOn(p *engine.Preview, kind, object, field string) change.Verdict {
	w.Helper()
	c := p.Set().Find(kind, object)
	if c == nil {
		return change.Verdict{}
	}
	for _, f := range c.Fields {
		if f.Name == field {
			return f.Verdict
		}
	}
	if field != "" {
		return change.Verdict{}
	}
	return c.Verdict
}

// TestSkippedFieldStaysSkipped has somebody leave a device as it is whose name the plan changes: where
// the plan changes another field too, the name stays, and the other field is asked about.
func TestSkippedFieldStaysSkipped(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.edited(halls))
	plan := w.edited(halls, renamed...)
	w.answers(plan, "web/web[1]", "", "skip")
	w.apply(plan)
	w.law(plan)
	more := w.edited(halls, slices.Concat(renamed, newRole)...)
	p := w.preview(more)
	if v := w.verdictOn(p, "device", "web/web[1]", "role"); v.Decision != change.DecisionAsk || v.Rule != "RES004" {
		t.Errorf("the role is decided %+v", v)
	}
	if got := w.states(more); !slices.Equal(got, []engine.AnswerState{engine.AnswerStands}) {
		t.Errorf("the answer %v", got)
	}
	w.apply(more)
	w.law(more)
	w.is("web/web[1]", "web-001", "server")
	if v := w.verdictOn(w.preview(more), "device", "web/web[1]", "name"); !strings.Contains(v.Message, "joe answered skip to the object") {
		t.Errorf("the name is decided %+v", v)
	}
	w.answers(more, "web/web[1]", "role", "use_diet")
	w.apply(more)
	w.law(more)
	w.is("web/web[1]", "web-001", "gpu")
	w.is("web/web[2]", "srv-002", "gpu")
}

// is holds the name and the role of a device.
func (w *world) is(object, name, role string) {
	w.Helper()
	o := w.object("devices", object)
	of, _ := o["role"].(map[string]any)
	if o["name"] != name || of["slug"] != role {
		w.Errorf("%s is %v, %v; want %s, %s", object, o["name"], of["slug"], name, role)
	}
}

// TestLapsedAnswersAsk has answers by which something was left as it is lapse, since what they were
// given to is another thing by now: it is asked about, and not done unasked.
func TestLapsedAnswersAsk(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		first, then           []string
		object, field, answer string
		kept                  string // the name that stays
	}{
		"a name that is another one now":           {renamed, renamedTo, "web/web[1]", "name", "use_user", "web-001"},
		"a device whose name is another one now":   {renamed, renamedTo, "web/web[1]", "", "skip", "web-001"},
		"a device that changes in another way now": {newRole, renamed, "web/web[1]", "", "skip", "web-001"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.edited(halls))
			first, then := w.edited(halls, tt.first...), w.edited(halls, tt.then...)
			w.answers(first, tt.object, tt.field, tt.answer)
			w.apply(first)
			p := w.preview(then)
			if v := w.verdictOn(p, "device", tt.object, "name"); v.Decision != change.DecisionAsk || v.Rule != "RES004" ||
				!strings.Contains(v.Message, "joe answered "+tt.answer) {
				t.Errorf("the name is decided %+v", v)
			}
			w.apply(then)
			w.law(then)
			if got := w.object("devices", tt.object)["name"]; got != tt.kept {
				t.Errorf("it is called %v", got)
			}
			w.answers(then, tt.object, "name", "use_diet")
			w.apply(then)
			w.law(then)
			if got := w.object("devices", tt.object)["name"]; got == tt.kept {
				t.Errorf("it is still called %v", got)
			}
		})
	}
}

// TestLeftOutStaysLeftOut has somebody leave out what the plan would make: however the plan changes it,
// it is not made.
func TestLeftOutStaysLeftOut(t *testing.T) {
	t.Parallel()
	grown := []string{"count: 4", "count: 6"}
	for name, tt := range map[string]struct{ kind, object string }{
		"a server": {"device", "web/web[6]"}, "an interface": {"interface", "web/web[6]/lom.eth0"}, "a cable": {"cable", "web/web[6]/lom.eth0~"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.edited(halls))
			plan := w.edited(halls, grown...)
			w.answers(plan, tt.object, "", "skip")
			for _, plan := range []*generate.Plan{
				plan, w.edited(halls, slices.Concat(grown, newRole)...),
				w.edited(halls, slices.Concat(grown, renamed, newType)...),
			} {
				w.apply(plan)
				w.law(plan)
				if v := w.verdictOn(w.preview(plan), tt.kind, tt.object, ""); v.Decision != change.DecisionSkip {
					t.Errorf("it is decided %+v", v)
				}
			}
		})
	}
}

// TestKeptDriftAsks has somebody keep an edit that would be written over: where the edit is another one,
// that is asked about.
func TestKeptDriftAsks(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.edited(halls)
	w.apply(plan)
	w.answer("drift", "remediate")
	w.edit("devices", "web/web[1]", `{"name": "hers"}`)
	w.answers(plan, "web/web[1]", "name", "use_user")
	w.apply(plan)
	w.law(plan)
	w.edit("devices", "web/web[1]", `{"name": "his"}`)
	w.apply(plan)
	w.law(plan)
	if got := w.object("devices", "web/web[1]")["name"]; got != "his" {
		t.Errorf("it is called %v", got)
	}
	if v := w.verdictOn(w.preview(plan), "device", "web/web[1]", "name"); v.Decision != change.DecisionAsk || v.Recommended != "use_user" {
		t.Errorf("the name is decided %+v", v)
	}
}

// TestKeptOrphanAsks has somebody keep what would be deleted but for what others wrote on it: where that
// is gone by now, it is not deleted unasked.
func TestKeptOrphanAsks(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"skip", "orphan"} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.edited(halls))
			fewer := w.edited(halls, "count: 4", "count: 3")
			w.edit("devices", "web/web[4]", `{"comments": "hers"}`)
			w.answers(fewer, "web/web[4]", "", word)
			w.edit("devices", "web/web[4]", `{"comments": ""}`)
			w.apply(fewer)
			w.law(fewer)
			if v := w.verdictOn(w.preview(fewer), "device", "web/web[4]", ""); v.Decision != change.DecisionAsk {
				t.Errorf("it is decided %+v", v)
			}
			w.object("devices", "web/web[4]")
		})
	}
}

// TestKeptOrphansAsk is TestKeptOrphanAsks of two, answered in one question: the one of which that is gone is asked about,
// and the other one stays answered.
func TestKeptOrphansAsk(t *testing.T) {
	t.Parallel()
	for word, says := range map[string]string{"skip": "answered skip", "orphan": "answered orphan", "approve": "approved orphan"} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.edited(halls))
			fewer := w.edited(halls, "count: 4", "count: 2")
			asked := w.edited(halls, "count: 4", "count: 2", "deletionPolicy: delete", "deletionPolicy: warn")
			for _, object := range []string{"web/web[3]", "web/web[4]"} {
				w.edit("devices", object, `{"comments": "hers"}`)
			}
			w.answersAll(asked, word, 2)
			w.edit("devices", "web/web[4]", `{"comments": ""}`)
			p := w.preview(fewer)
			if v := w.verdictOn(p, "device", "web/web[4]", ""); v.Decision != change.DecisionAsk || v.Rule != "RES004" ||
				!strings.Contains(v.Message, "joe "+says) {
				t.Errorf("it is decided %+v", v)
			}
			if v := w.verdictOn(p, "device", "web/web[3]", ""); word != "approve" && v.Answer != word {
				t.Errorf("the other one is decided %+v", v)
			}
			w.apply(fewer)
			w.law(fewer)
			w.object("devices", "web/web[4]")
		})
	}
}

// answersAll answers the only question about so many objects, by its key.
func (w *world) answersAll(plan *generate.Plan, word string, objects int) {
	w.Helper()
	p := w.preview(plan)
	if len(p.Questions) != 1 || len(p.Questions[0].Objects) != objects {
		w.Fatalf("questions %+v", p.Questions)
	}
	r := engine.Reply{Question: p.Questions[0].Key, Answer: word, Who: "joe", Why: "because"}
	if _, err := w.eng.Resolve(w.Context(), plan, r); err != nil {
		w.Fatal(err)
	}
}

// TestLapsedAnswersToManyAsk has people leave the names of several servers as they are in one question: where the plan gives
// them other names, that is asked about.
func TestLapsedAnswersToManyAsk(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.edited(halls)
	w.apply(plan)
	w.answer("drift", "ask")
	for n, object := range []string{"web/web[1]", "web/web[2]"} {
		w.edit("devices", object, fmt.Sprintf(`{"name": "hers-%d"}`, n))
	}
	w.answersAll(plan, "use_user", 2)
	w.policies = nil
	w.answer("drift", "remediate")
	w.apply(plan)
	w.law(plan)
	w.edit("devices", "web/web[1]", `{"name": "his"}`)
	if v := w.verdictOn(w.preview(plan), "device", "web/web[1]", "name"); v.Decision != change.DecisionAsk || v.Rule != "RES004" {
		t.Errorf("the name is decided %+v", v)
	}
	w.apply(plan)
	w.law(plan)
	for object, want := range map[string]string{"web/web[1]": "his", "web/web[2]": "hers-1"} {
		if got := w.object("devices", object)["name"]; got != want {
			t.Errorf("%s is called %v", object, got)
		}
	}
}

// TestAnswersOutliveOtherChanges crosses what is asked or done with the answers that leave it as it is: the
// plan changes another field of all servers, and the answer stands.
func TestAnswersOutliveOtherChanges(t *testing.T) {
	t.Parallel()
	hers := func(w *world) { w.edit("devices", "web/web[1]", `{"name": "hers"}`) }
	gone := func(w *world) { w.remove("devices", "web/web[4]") }
	inTheWay := func(w *world) {
		like := w.object("devices", "web/web[1]")
		w.make("devices", fmt.Sprintf(`{"name": "web-005", "site": %v, "role": %v, "device_type": %v}`,
			nested(like["site"]), nested(like["role"]), nested(like["device_type"])))
	}
	five, three := []string{"count: 4", "count: 5"}, []string{"count: 4", "count: 3"}
	all := []string{"use_user", "acknowledge", "unmanage"}
	const left = "web-001 web-002 web-003"
	as := func(first string) string { return first + " web-002 web-003 web-004" }
	for name, tt := range map[string]struct {
		by             func(*world)
		first          []string
		object, field  string
		words          []string
		names          string // of the servers, afterwards
		class, decides string // what a team decides unasked
	}{
		"planned":   {nil, renamed, "web/web[1]", "name", []string{"use_user", "unmanage"}, "srv-002 srv-003 srv-004 web-001", "", ""},
		"drift":     {hers, nil, "web/web[1]", "name", all, as("hers"), "drift", "remediate"},
		"conflict":  {hers, renamed, "web/web[1]", "name", all, "hers srv-002 srv-003 srv-004", "conflict", "apply"},
		"missing":   {gone, nil, "web/web[4]", "", append([]string{"skip", "release"}, all[:2]...), left, "missing", "recreate"},
		"absent":    {nil, five, "web/web[5]", "", []string{"skip", "release"}, as("web-001"), "", ""},
		"exists":    {inTheWay, five, "web/web[5]", "", []string{"skip"}, as("web-001") + " web-005", "exists", "adopt"},
		"orphaned":  {nil, three, "web/web[4]", "", []string{"skip"}, as("web-001"), "orphaned", "delete"},
		"unmanaged": {nil, renamed, "web/web[1]", "", []string{"unmanage"}, "srv-002 srv-003 srv-004 web-001", "", ""},
	} {
		for _, word := range tt.words {
			t.Run(name+" "+word, func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.6")
				w.apply(w.edited(halls))
				if tt.by != nil {
					tt.by(w)
				}
				if tt.class != "" {
					w.answer(tt.class, tt.decides)
				}
				first := w.edited(halls, tt.first...)
				w.answers(first, tt.object, tt.field, word)
				for _, plan := range []*generate.Plan{first, w.edited(halls, slices.Concat(tt.first, newRole)...), first} {
					w.apply(plan)
					w.law(plan)
					w.serversAre(tt.names)
					if p := w.preview(plan); len(p.Questions) > 0 {
						t.Errorf("%s is asked: %s", p.Questions[0].About(), p.Questions[0].Verdict.Message)
					}
				}
			})
		}
	}
}

// serversAre asserts the names of the servers, sorted.
func (w *world) serversAre(names string) {
	w.Helper()
	if got := w.serverNames(); got != names {
		w.Errorf("the servers are %s, want %s", got, names)
	}
}

// serverNames are those of the servers, sorted.
func (w *world) serverNames() string {
	var out []string
	for _, o := range w.server.Objects("devices") {
		of, _ := o["device_type"].(map[string]any)
		if of["slug"] != "leaf-48" {
			out = append(out, fmt.Sprint(o["name"]))
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}
