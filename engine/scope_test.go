package engine_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
)

// made are the diet ids of what NetBox has of a plan.
func (w *world) made() []string {
	var out []string
	for _, endpoint := range []string{"racks", "devices", "interfaces", "cables"} {
		for _, o := range w.server.Objects(endpoint) {
			if custom, _ := o["custom_fields"].(map[string]any); custom["diet_object_id"] != nil {
				out = append(out, custom["diet_object_id"].(string))
			}
		}
	}
	slices.Sort(out)
	return out
}

// TestTargets writes what is named, with its parts and what that needs, and nothing else.
func TestTargets(t *testing.T) {
	t.Parallel()
	const rack1, leaf1 = "web/rack:row[1]", "web/dc.leaf[1]"
	for name, tt := range map[string]struct {
		targets, excluded []string
		want              []string
	}{
		"an object with its parts": {
			targets: []string{"web/web[1]"},
			want:    []string{rack1, leaf1, leaf1 + "/1", "web/web[1]", "web/web[1]/lom.eth0", "web/web[1]/lom.eth0~"},
		},
		"a pattern of objects, with their parts": {
			targets: []string{"web/web[*]"}, excluded: []string{"web/web[2]", "web/web[3]", "web/web[4]", "web/web[?]/lom.*"},
			want: []string{rack1, "web/web[1]"},
		},
		"a class":                   {targets: []string{"rack:row"}, want: []string{rack1, "web/rack:row[2]"}},
		"a kind, and not an object": {targets: []string{"rack"}, excluded: []string{rack1}, want: []string{"web/rack:row[2]"}},
		"without what others need": {
			targets: []string{"web/web[1]", "web/rack:row[2]"}, excluded: []string{leaf1},
			want: []string{rack1, "web/rack:row[2]", "web/web[1]", "web/web[1]/lom.eth0"},
		},
		"without any rack there is no device": {excluded: []string{"rack"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			plan := w.edited(halls, ofType, ofType+"      set: {tags: [pci]}\n") // whose tag is to be made first
			part := engine.Narrowed{Intent: plan, Targets: tt.targets, Excluded: tt.excluded}
			w.apply(part)
			slices.Sort(tt.want)
			if got := w.made(); !slices.Equal(got, tt.want) {
				t.Errorf("made %q,\nwant %q", got, tt.want)
			}
			w.law(part)
			w.apply(plan)
			w.law(plan)
		})
	}
}

// TestTargetsOfNothing refuses what is nothing of the plan's.
func TestTargetsOfNothing(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	for _, target := range []string{"web/wbe[99]", "wep", "site", "class:wep", "kind:site", ""} {
		var unknown *engine.TargetError
		_, err := w.eng.Diff(w.Context(), engine.Narrowed{Intent: w.edited(halls), Excluded: []string{target}})
		if !errors.As(err, &unknown) || unknown.Target != target {
			t.Errorf("%q: %v", target, err)
		}
	}
}

// TestDestruction asks ahead of what goes, and then leaves nothing of a plan.
func TestDestruction(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.edited(halls))
	w.edit("devices", "web/web[2]", `{"comments": "hers"}`)
	if bare, err := w.eng.Destruction(w.Context(), "web"); err != nil || !w.preview(bare).Waits() {
		t.Errorf("a plan without a file is destroyed unasked, %v", err)
	}
	gone := engine.Destruction{Plan: w.planned(halls).Info()}
	w.apply(gone)
	if got := w.made(); len(got) != 20 {
		t.Errorf("without an answer it leaves %q", got)
	}
	all := engine.Reply{All: true, Class: change.Orphaned, Answer: "force_delete", Who: "joe", Why: "because"}
	if _, err := w.eng.Resolve(w.Context(), gone, all); err != nil {
		t.Fatal(err)
	}
	w.apply(gone)
	if got := w.made(); len(got) > 0 {
		t.Errorf("it leaves %q", got)
	}
	w.law(gone)
	var unknown *engine.UnknownPlanError
	if _, err := w.eng.Destruction(w.Context(), "wep"); !errors.As(err, &unknown) {
		t.Errorf("a plan that never was: %v", err)
	}
	if _, err := w.eng.Destruction(w.Context(), "web"); err != nil {
		t.Errorf("a plan that is gone: %v", err)
	}
}

// TestTargetThatGoes deletes what is named: that it is gone afterwards is no error.
func TestTargetThatGoes(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.planned(halls))
	fewer := w.edited(halls, "count: 4\n", "count: 2\n")
	part := engine.Narrowed{Intent: fewer, Targets: []string{"web/web[4]"}}
	w.apply(part)
	w.law(part)
	if p := w.preview(part); len(p.Findings) == 0 || p.Findings[len(p.Findings)-1].ID != "target" {
		t.Errorf("nothing is said of a target that is gone: %+v", p.Findings)
	}
	if p := w.preview(fewer); p.Set().Find("device", "web/web[3]") == nil || p.Set().Find("device", "web/web[4]") != nil {
		t.Errorf("the rest is not left alone: %+v", p.Changes)
	}
}
