package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
)

// hers has a person make a device like the first server of a plan, which is there.
func (w *world) hers(more string) float64 {
	w.Helper()
	like := w.object("devices", "web/web[1]")
	return w.make("devices", fmt.Sprintf(`{"name": "web-002", "site": %v, "role": %v, "device_type": %v%s}`,
		nested(like["site"]), nested(like["role"]), nested(like["device_type"]), more))
}

// TestRollbackFreesWhatItDeletes undoes runs that took over what a person had made and tied it to what
// they made, which goes again, or put something into its place: that is one pass, in which nothing is
// asked, held or left.
func TestRollbackFreesWhatItDeletes(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		text string
		hers func(w *world)
	}{
		"a rack": {strings.Replace(halls, inRow, "rack: {pool: row, per: 2, fromU: 1}", 1), func(w *world) {
			w.hers("")
		}},
		"a LAG": {pairs, func(w *world) {
			device := w.hers("")
			for _, port := range []string{"x-p0", "x-p1"} {
				w.make("interfaces", fmt.Sprintf(`{"device": %v, "name": %q, "type": "400gbase-x-osfp"}`, device, port))
			}
		}},
		"a place in a rack": {halls, func(w *world) {
			rack := nested(w.object("devices", "web/web[1]")["rack"])
			w.hers(fmt.Sprintf(`, "rack": %v, "position": 3, "face": "front"`, rack))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			plan := w.planned(x.text)
			w.apply(engine.Narrowed{Intent: plan, Targets: []string{"web/web[1]"}})
			x.hers(w)
			was := w.estate()
			w.answers(plan, "web/web[2]", "", "adopt")
			w.answerAll(plan, "web/web[2]")
			w.apply(plan)
			w.sparesNothing(plan)
			w.sameEstate(was)
		})
	}
}

// sparesNothing undoes the newest run in one pass.
func (w *world) sparesNothing(plan *generate.Plan) {
	w.Helper()
	back := w.back(plan)
	result, p, err := w.eng.Apply(w.Context(), back, engine.ApplyOptions{})
	if err != nil || len(result.Failed)+len(result.Held) > 0 || p.Waits() || len(p.Questions) > 0 {
		w.Fatalf("%v, failed %+v %+v, held %+v, asked %+v", err, result.Failed, result.Errors, result.Held, asks(p))
	}
	w.law(back)
}
