package engine_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
)

// newRack, newType, newRole and newHall have the plan refer to what the same run makes.
var (
	newRack = []string{
		"row: {count: 2, units: 48, location: hall-a}", "row: {count: 2, units: 48, location: hall-a}\n    new: {count: 1, units: 48}",
		"rack: {pool: row, per: 8", "rack: {pool: new, per: 8"}
	newType = []string{"type: server\n", "type: tall\n"}
	newRole = []string{"      type: server\n", "      type: server\n      role: gpu\n"}
	newHall = []string{"location: hall-a", "location: hall-b"}
)

// TestKeptAnswersLast has people keep what the plan would refer to something that the same run makes
// for others: the run makes that, and the answer stands on.
func TestKeptAnswersLast(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change                []string
		object, field, answer string
	}{
		"a new rack":             {newRack, "web/web[1]", "rack", "use_user"},
		"a server in a new rack": {newRack, "web/web[1]", "", "skip"},
		"a new type":             {newType, "web/web[1]", "device_type", "use_user"},
		"a new role":             {newRole, "web/web[1]", "role", "use_user"},
		"a rack in a new hall":   {newHall, "web/rack:row[1]", "location", "use_user"},
		"a rack that new servers come into": {
			append(slices.Clone(newHall), "count: 4", "count: 6"), "web/rack:row[1]", "location", "unmanage"},
		"a rack as it is":         {newHall, "web/rack:row[2]", "", "skip"},
		"a new server":            {[]string{"count: 4", "count: 6"}, "web/web[6]", "", "skip"},
		"a cable to a new server": {[]string{"count: 4", "count: 6"}, "web/web[6]/lom.eth0~", "", "skip"},
		"a new switch":            {[]string{"group: 2, rack", "count: 4, group: 2, rack"}, "web/dc.leaf[4]", "", "skip"},
		"a server in a rack that is left out": {
			append(slices.Clone(newRack), "count: 4", "count: 6"), "web/web[6]", "", "skip"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.edited(halls))
			plan := w.edited(halls, tt.change...)
			w.answers(plan, tt.object, tt.field, tt.answer)
			w.apply(plan)
			want := engine.AnswerStands
			if tt.answer == "unmanage" {
				want = engine.AnswerDone
			}
			if got := w.states(plan); !slices.Equal(got, []engine.AnswerState{want}) {
				t.Errorf("after the apply that heeds it the answer %v", got)
			}
			w.law(plan)
		})
	}
}

// TestTargetedRunsLeaveAnswers has a run for another object make what a person did not want.
func TestTargetedRunsLeaveAnswers(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.edited(halls))
	plan := w.edited(halls, newRole...)
	w.answers(plan, "web/web[1]", "role", "use_user")
	w.apply(engine.Narrowed{Intent: plan, Targets: []string{"web/web[2]"}})
	w.apply(plan)
	w.law(plan)
	if role, _ := w.object("devices", "web/web[1]")["role"].(map[string]any); role["slug"] == "gpu" {
		t.Error("what a person kept was written over")
	}
}

// TestWildAnswersLast has people keep things at random, whatever they are asked or not: what they
// keep is kept by the run that heeds it, and stays so.
func TestWildAnswersLast(t *testing.T) {
	t.Parallel()
	for _, seed := range wildSeeds(t, 1, 2, 3, 4, 12000899022348689047, 12485009156894965148) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			x := newWild(t, seed, 1)
			for range 2 {
				for range x.random.IntN(6) {
					x.act()
				}
				plan := x.grown()
				x.sync()
				x.unasked(plan)
				x.keeping(plan)
				stood := x.standing(plan)
				result, _, err := x.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
				if err != nil || len(result.Failed) > 0 {
					t.Fatalf("%v, failed %+v\npeople did %s", err, result.Failed, strings.Join(x.did, "\n"))
				}
				x.law(plan)
				for _, about := range x.standing(plan) {
					stood = slices.DeleteFunc(stood, func(a string) bool { return a == about })
				}
				if len(stood) > 0 {
					t.Fatalf("answers that the run heeded are forgotten:\n%s\npeople did %s", strings.Join(stood, "\n"), strings.Join(x.did, "\n"))
				}
			}
		})
	}
}

// keeping answers things at random so that they stay as they are.
func (x *wild) keeping(plan engine.Intent) {
	x.Helper()
	p, err := x.eng.Ask(x.Context(), plan)
	if err != nil {
		x.Fatal(err)
	}
	for _, m := range answer.Matters(p.Set(), func(change.Verdict) bool { return true }) {
		if kind, _ := kinds.Standard().Of(m.Change.Kind); !kind.IsOwned() || x.random.IntN(8) > 0 {
			continue
		}
		r := engine.Reply{Object: m.Change.Object, Who: "joe", Why: "x", Answer: x.pick("skip", "acknowledge", "use_user", "unmanage")}
		if m.Field != nil {
			r.Field = m.Field.Name
		} else if x.random.IntN(2) == 0 {
			r.Answer = "skip"
		}
		_, err := x.eng.Resolve(x.Context(), plan, r)
		var unfit *engine.UnfitError
		var against *engine.ContradictionError
		switch {
		case err == nil:
			x.did = append(x.did, fmt.Sprintf("answer %s %s %s: %s", m.Change.Kind, r.Object, r.Field, r.Answer))
		case !errors.As(err, &unfit) && !errors.As(err, &against) && !errors.Is(err, engine.ErrNothingToAnswer):
			x.Fatalf("%+v: %v", r, err)
		}
	}
}

// unasked holds that nothing is written unasked which an answer kept that has lapsed by now.
func (x *wild) unasked(plan engine.Intent) {
	x.Helper()
	list, err := x.eng.Answers(x.Context(), plan)
	if err != nil {
		x.Fatal(err)
	}
	p, err := x.eng.Ask(x.Context(), plan)
	if err != nil {
		x.Fatal(err)
	}
	for _, a := range list {
		for _, m := range answer.Matters(p.Set(), func(change.Verdict) bool { return true }) {
			c := m.Change
			if !m.Answers(a.Object, a.Field) || !c.Acts() || a.Field == "" && a.Class != string(c.Class) {
				continue
			}
			for i := range c.Fields {
				f := &c.Fields[i]
				of := a.Field == "" || slices.Contains(c.Bundle(m.Field), f)
				if of && c.PerField() && f.Writes() && f.Verdict.Answer == "" {
					x.Errorf("%s is %s, and %s %s of %s is written: %+v\npeople did %s", a.Says(), a.State, a.Class, f.Name, a.Object, f.Verdict,
						strings.Join(x.did, "\n"))
				}
			}
			if a.Field == "" && !c.PerField() && c.Verdict.Answer == "" {
				x.Errorf("%s is %s, and %s is done: %+v\npeople did %s", a.Says(), a.State, a.Object, c.Verdict, strings.Join(x.did, "\n"))
			}
		}
	}
}

// standing are the answers that stand.
func (x *wild) standing(plan engine.Intent) []string {
	x.Helper()
	list, err := x.eng.Answers(x.Context(), plan)
	if err != nil {
		x.Fatal(err)
	}
	var out []string
	for _, a := range list {
		if a.State == engine.AnswerStands && a.Answer.Answer != "unmanage" {
			out = append(out, fmt.Sprintf("%s %s: %s", a.Object, a.Field, a.Answer.Answer))
		}
	}
	return out
}
