package engine_test

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
)

// questions are those of a preview: what is recommended, by key.
func (w *world) questions(plan engine.Intent) map[string]string {
	w.Helper()
	out := map[string]string{}
	for _, q := range w.preview(plan).Questions {
		out[q.Key] = fmt.Sprint(q.Verdict.Recommended, " of ", q.Objects)
	}
	return out
}

// answersAsked gives an answer to each question of a preview, by its key, until nothing is asked:
// an answer may settle what else was asked, or have it asked otherwise.
func (w *world) answersAsked(plan engine.Intent, word string) {
	w.Helper()
	for range 5 {
		for key := range w.questions(plan) {
			_, err := w.eng.Resolve(w.Context(), plan, engine.Reply{Question: key, Answer: word, Who: "joe", Why: "x"})
			if err != nil && !errors.Is(err, engine.ErrNothingToAnswer) {
				w.Fatalf("%s %s: %v", key, word, err)
			}
		}
	}
}

// lagsGivenUp are ways in which a plan gives up LAGs whose members stay in NetBox.
var lagsGivenUp = map[string][]string{
	"links without":      {", lag: mclag", ""},
	"the option is off":  {"lags: true, ", ""},
	"along with parents": {"lags: true, parents: true", "lags: false"},
	"fewer servers":      {"count: 3", "count: 2"},
	"other ports":        {"lags: true, ", "", "type: 400gbase-x-osfp", "type: 400gbase-x-qsfp112"},
}

// TestLagsGivenUp gives LAGs up: what is asked stays the same question until it is answered, and
// all that is in them stays in them until then.
func TestLagsGivenUp(t *testing.T) {
	t.Parallel()
	for name, edits := range lagsGivenUp {
		for _, word := range []string{"approve", "force_delete", "orphan", "skip"} {
			t.Run(name+", "+word, func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.6")
				text := strings.Replace(pairs, "deletionPolicy: delete", "deletionPolicy: warn", 1)
				w.apply(w.edited(text))
				lags, members, _ := w.bundles()
				plan := w.planned(strings.NewReplacer(edits...).Replace(text))
				first := w.questions(plan)
				if len(first) == 0 {
					t.Fatal("nothing is asked")
				}
				w.apply(plan)
				w.law(plan)
				if again := w.questions(plan); !maps.Equal(first, again) {
					t.Errorf("asked was\n%v\nand is\n%v", first, again)
				}
				if l, m, _ := w.bundles(); l != lags || m != members {
					t.Errorf("%d LAGs and %d members were there, %d and %d are", lags, members, l, m)
				}
				w.answersAsked(plan, word)
				w.apply(plan)
				w.law(plan)
				if left := w.questions(plan); len(left) != 0 {
					t.Errorf("asked is still %v", left)
				}
				l, m, _ := w.bundles()
				if kept := word == "orphan" || word == "skip"; kept != (l == lags && m == members) {
					t.Errorf("%s of %d LAGs with %d members leaves %d and %d", word, lags, members, l, m)
				}
			})
		}
	}
}

// TestLagOfAPersonsMember has somebody put an interface of hers into a LAG of the plan's: NetBox
// empties its lag, and deletes nothing else, which is what is asked.
func TestLagOfAPersonsMember(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	text := strings.Replace(pairs, "deletionPolicy: delete", "deletionPolicy: warn", 1)
	w.apply(w.edited(text))
	lag := w.object("interfaces", "web/web[1]/lag:data")
	device := w.object("devices", "web/web[1]")["id"]
	hers := w.make("interfaces", fmt.Sprintf(`{"device": %v, "name": "hers", "type": "400gbase-x-osfp", "lag": %v}`, device, lag["id"]))
	plan := w.planned(strings.Replace(text, ", lag: mclag", "", 1))
	p := w.preview(plan)
	c := p.Set().Find("interface", "web/web[1]/lag:data")
	if c == nil || len(c.References) != 1 || c.References[0].ID != int64(hers) || c.References[0].Clears != "lag" {
		t.Fatalf("%+v", c)
	}
	if !strings.HasSuffix(c.Verdict.Message, "that diet did not create; deleting it would empty their lag") {
		t.Error(c.Verdict.Message)
	}
	w.answers(plan, "web/web[1]/lag:data", "", "force_delete")
	w.apply(plan)
	w.law(plan)
	if got := w.named("interfaces", "hers"); got["lag"] != nil {
		t.Errorf("%v", got["lag"])
	}
}
