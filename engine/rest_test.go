package engine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/generate"
)

// asPlanned is what is said where NetBox is as the plan says, and nowhere else.
const asPlanned = "NetBox is as the plan says"

// TestEndings has each ending say what is left: that NetBox is as the plan says only where nothing is
// held, drifted, skipped, accepted or left to people.
func TestEndings(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		before func(w *world, plan *generate.Plan)
		intent func(plan *generate.Plan) engine.Intent
		left   string // of the last line
		ending string
		rest   change.Rest
	}{
		"in sync": {ending: "nothing to do: " + asPlanned, left: "nothing to do; 0 errors"},
		"drift": {
			before: func(w *world, _ *generate.Plan) { w.edit("devices", "web/web[1]", `{"description": "hers"}`) },
			ending: "nothing to write, but 1 object differs", left: "nothing to write; 1 drifted; 0 errors", rest: change.Rest{Drifted: 1},
		},
		"a kept answer": {
			before: func(w *world, plan *generate.Plan) {
				w.edit("devices", "web/web[1]", `{"description": "hers"}`)
				w.answers(plan, "web/web[1]", "description", "use_user")
			},
			ending: "nothing to write, but 1 object differs", left: "nothing to write; 1 accepted; 0 errors", rest: change.Rest{Accepted: 1},
		},
		"unmanaged": {
			before: func(w *world, plan *generate.Plan) {
				w.answers(plan, "web/web[1]", "", "unmanage")
				w.apply(plan)
			},
			ending: "nothing to write, but 1 object differs", left: "nothing to write; 1 left to people; 0 errors", rest: change.Rest{Unmanaged: 1},
		},
		"held": {
			before: func(w *world, _ *generate.Plan) { w.remove("devices", "web/web[1]") },
			ending: "nothing to write, but 5 objects differ", left: "held 1 device", rest: change.Rest{Drifted: 1},
		},
		"a renamed type, which has another model besides": {
			before: func(w *world, _ *generate.Plan) {
				w.patch("device-types", "server", `{"model": "Other", "slug": "other"}`)
			},
			ending: "nothing to write, but 1 object differs", left: "held 1 device type", rest: change.Rest{Shared: 1},
		},
		"skipped": {
			before: func(w *world, plan *generate.Plan) {
				w.remove("devices", "web/web[1]")
				w.answers(plan, "web/web[1]", "", "skip")
			},
			ending: "nothing to write, but", left: "nothing to write; 5 accepted; 0 errors", rest: change.Rest{Accepted: 5},
		},
		"left out": {
			before: func(w *world, _ *generate.Plan) { w.edit("devices", "web/web[1]", `{"description": "hers"}`) },
			intent: func(plan *generate.Plan) engine.Intent {
				return engine.Narrowed{Intent: plan, Excluded: []string{"device"}}
			},
			ending: "nothing to do in what was chosen", left: "nothing to write; 0 errors", rest: change.Rest{LeftOut: 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			plan := w.planned(fmt.Sprintf(small, "one", 2))
			w.apply(plan)
			if tt.before != nil {
				tt.before(w, plan)
			}
			var intent engine.Intent = plan
			if tt.intent != nil {
				intent = tt.intent(plan)
			}
			p := w.preview(intent)
			if !strings.HasPrefix(p.Ending(), tt.ending) {
				t.Errorf("the preview ends %q", p.Ending())
			}
			result, _, err := w.eng.Apply(t.Context(), intent, engine.ApplyOptions{})
			if err != nil {
				t.Fatal(err)
			}
			w.says(result, p, tt.left)
			if result.Left != tt.rest {
				t.Errorf("left %+v", result.Left)
			}
		})
	}
}

// says makes sure how a result ends as text, that it and the preview say alike whether NetBox is as the
// plan says, and that JSON has the counts.
func (w *world) says(result *apply.Result, p *engine.Preview, last string) {
	w.Helper()
	var out bytes.Buffer
	if err := (report.Text{W: &out}).Result(result); err != nil {
		w.Fatal(err)
	}
	if !strings.Contains(out.String(), last) {
		w.Errorf("the apply says %q, not %q", out.String(), last)
	}
	clean := strings.HasSuffix(p.Ending(), asPlanned)
	if strings.Contains(out.String(), "nothing to do") != clean || (result.Left.None() && len(result.Held) == 0) != clean {
		w.Errorf("the preview says %q, and the apply %q", p.Ending(), out.String())
	}
	text, err := json.Marshal(result)
	if err != nil || !strings.Contains(string(text), fmt.Sprintf(`"left":{"drifted":%d,`, result.Left.Drifted)) {
		w.Errorf("%s, %v", text, err)
	}
}
