package engine_test

import (
	"fmt"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
)

// TestCrossed has a person plug one end of a cable into just the port that the plan then wants for the
// other one: NetBox has no cable with both ends in one port, so it is asked about, and nothing is refused.
func TestCrossed(t *testing.T) {
	t.Parallel()
	for _, turned := range []bool{false, true} {
		t.Run(fmt.Sprint("turned ", turned), func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.edited(halls))
			if turned {
				w.edit("cables", cable, w.turned(cable, nil, nil))
			}
			plan := w.edited(halls, "ports: 1-8", "ports: 5-8")
			server := "a"
			if turned {
				server = "b"
			}
			w.edit("cables", cable, side(server, w.port("leaf-01", "E1/5")))
			hers := fmt.Sprint(w.terminations(cable, "a"), w.terminations(cable, "b"))
			w.apply(plan)
			w.law(plan)
			if now := fmt.Sprint(w.terminations(cable, "a"), w.terminations(cable, "b")); now != hers {
				t.Errorf("the cable was %s and is %s", hers, now)
			}
			p := w.preview(plan)
			for _, end := range []string{"a", "b"} {
				if f := fieldOf(p.Set(), cable, end); f == nil || f.Class != change.Conflict || !f.Verdict.Asks() {
					t.Errorf("end %s: %+v", end, f)
				}
			}
			w.answers(plan, cable, "a", string(change.AnswerUseDiet))
			w.apply(plan)
			w.law(plan)
			if c := w.preview(plan).Set().Find("cable", cable); c != nil {
				t.Errorf("the cable is not where it is to be: %+v", c)
			}
		})
	}
}

// TestCrossedBack is the same of a rollback: where the end that a person has plugged in since is in the
// port that the other one was in, that is told, and nothing is refused.
func TestCrossedBack(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	before, plan := w.edited(halls), w.edited(halls, "ports: 1-8", "ports: 5-8")
	w.apply(before)
	w.apply(plan)
	w.edit("cables", cable, side("a", w.port("leaf-01", "E1/1")))
	hers := fmt.Sprint(w.terminations(cable, "a"), w.terminations(cable, "b"))
	back := w.back(before)
	p := w.preview(back)
	if c := p.Set().Find("cable", cable); c == nil || c.Acts() || !told(p, "", cable, "") && c.Held == "" && !c.Verdict.Waits() {
		t.Errorf("what cannot come back is not told: %+v", c)
	}
	result, _, err := w.eng.Apply(t.Context(), back, engine.ApplyOptions{})
	if err != nil || len(result.Failed) > 0 {
		t.Fatalf("%v, %+v", err, result.Errors)
	}
	if now := fmt.Sprint(w.terminations(cable, "a"), w.terminations(cable, "b")); now != hers {
		t.Errorf("the cable was %s and is %s", hers, now)
	}
	w.law(back)
}
