package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
)

// asksAll has a team ask about every server that is as such there already and differs.
const asksAll = `package team.asks

# METADATA
# title: Servers are decided by hand
# custom:
#   id: ASK001
#   severity: low
#   decision: ask
#   recommended: use_diet
guards contains object.union(rego.metadata.rule().custom, {"message": "by hand"}) if {
	input.kind == "device"
	input.field in {"description", "serial"}
}

# METADATA
# title: Servers as such too
# custom:
#   id: ASK002
#   severity: low
#   decision: ask
#   recommended: approve
guards contains object.union(rego.metadata.rule().custom, {"message": "as such"}) if {
	input.kind == "device"
	input.class == "changed"
	input.field == ""
}
`

// moot is one way in which an object and fields of it are in question at once.
type moot struct {
	name string
	make func(w *world)
	bold bool // with asksAll
}

var moots = []moot{
	{"exists", func(w *world) {
		w.edit("devices", "web/web[1]", `{"description": "hers", "custom_fields": {"diet_managed": null, "diet_plan_id": null,
			"diet_object_id": null, "diet_managed_fields": null}}`)
	}, false},
	{"proposed", func(w *world) {
		w.edit("devices", "web/web[1]", `{"description": "hers", "custom_fields": {"diet_managed_fields": null}}`)
	}, false},
	{"part of what exists", func(w *world) {
		const none = `{"diet_managed": null, "diet_plan_id": null, "diet_object_id": null, "diet_managed_fields": null}`
		w.edit("interfaces", "web/web[1]/lom.eth0", `{"type": "other", "custom_fields": `+none+`}`)
		w.edit("devices", "web/web[1]", `{"custom_fields": `+none+`}`)
	}, false},
	{"place", func(w *world) {
		w.edit("devices", "web/web[1]", `{"name": "hers", "description": "hers", "custom_fields": {"diet_managed": null,
			"diet_plan_id": null, "diet_object_id": null, "diet_managed_fields": null}}`)
	}, false},
	{"identity", func(w *world) {
		w.edit("devices", "web/web[1]", `{"description": "hers", "custom_fields": {"diet_plan_id": "other"}}`)
	}, false},
	{"changed", func(w *world) { w.edit("devices", "web/web[1]", `{"description": "hers", "serial": "x"}`) }, true},
}

// aboutServer are the open questions about the first server and its parts, those about fields last.
func aboutServer(p *engine.Preview) (whole, fields []string) {
	for _, q := range p.Questions {
		if !slices.ContainsFunc(q.Objects, func(o string) bool { return strings.HasPrefix(o, "web/web[1]") }) {
			continue
		}
		if q.Field == "" {
			whole = append(whole, q.Objects[0])
		} else {
			fields = append(fields, q.Objects[0]+" "+q.Field)
		}
	}
	return whole, fields
}

// TestAnswerAboutAnObjectSettlesItsFields answers what is asked about an object in each way that
// fits. Unless its fields may be written by then, nothing is asked about those any more, whether
// they were answered too or not, and nothing waits.
func TestAnswerAboutAnObjectSettlesItsFields(t *testing.T) {
	t.Parallel()
	for _, of := range moots {
		for _, word := range []string{"skip", "adopt", "rename_existing", "restore", "unmanage", "approve"} {
			for _, both := range []bool{false, true} {
				t.Run(fmt.Sprint(of.name, " ", word, " ", both), func(t *testing.T) {
					t.Parallel()
					settlesFields(t, of, word, both)
				})
			}
		}
	}
}

func settlesFields(t *testing.T, of moot, word string, both bool) {
	t.Helper()
	w := setup(t, "4.6")
	plan := w.planned(fmt.Sprintf(small, "one", 2))
	w.apply(plan)
	if of.make(w); of.bold {
		w.policies = []string{teamFolder(t, []byte(asksAll))}
		w.open("mirror.db")
	}
	p := w.preview(plan)
	at := slices.IndexFunc(p.Questions, func(q answer.Question) bool { return q.Field == "" && q.Objects[0] == "web/web[1]" })
	if at < 0 {
		t.Fatalf("nothing is asked: %+v", p.Questions)
	}
	if !slices.Contains(p.Questions[at].Options, word) {
		t.Skip("it does not fit")
	}
	if _, fields := aboutServer(p); both {
		for _, f := range fields {
			object, field, _ := strings.Cut(f, " ")
			w.answers(plan, object, field, "use_user")
		}
	}
	w.answers(plan, "web/web[1]", "", word)
	p = w.preview(plan)
	if whole, _ := aboutServer(p); len(whole) > 0 {
		t.Fatalf("still asked: %q", whole)
	}
	c := p.Set().Find("device", "web/web[1]")
	_, fields := aboutServer(p)
	if goes := c != nil && c.PerField() && c.Verdict.Decision != change.DecisionSkip; len(fields) > 0 && !goes {
		t.Errorf("%s, and %q is asked", word, fields)
	}
	for _, f := range fields {
		object, field, _ := strings.Cut(f, " ")
		w.answers(plan, object, field, "use_user")
	}
	if p = w.preview(plan); p.Waits() {
		t.Errorf("it waits for a person for ever: %+v", p.Questions)
	}
	for _, x := range p.Conflicts {
		if x.Question != "" {
			t.Errorf("conflict %+v", x)
		}
	}
	w.apply(plan)
	w.law(plan)
}
