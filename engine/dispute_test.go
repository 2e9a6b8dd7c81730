package engine_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// answersAre has a person edit the file of answers.
func (w *world) answersAre(edit func(list []answer.Answer) []answer.Answer) {
	w.Helper()
	path := filepath.Join(w.dir, "resolutions.yaml")
	was, err := answer.Load(path)
	if err != nil {
		w.Fatal(err)
	}
	var text strings.Builder
	text.WriteString("answers:\n")
	for _, a := range edit(was.Answers) {
		fmt.Fprintf(&text, "  - {plan: %q, answer: %q, who: %q, when: %q, why: %q, situation: %q",
			a.Plan, a.Answer, a.Who, a.When, a.Why, a.Situation)
		for key, v := range map[string]string{"object": a.Object, "field": a.Field, "question": a.Question} {
			if v != "" {
				fmt.Fprintf(&text, ", %s: %q", key, v)
			}
		}
		text.WriteString("}\n")
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		w.Fatal(err)
	}
}

// states are those of the answers, in order.
func (w *world) states(plan engine.Intent) []engine.AnswerState {
	w.Helper()
	list, err := w.eng.Answers(w.Context(), plan)
	if err != nil {
		w.Fatal(err)
	}
	out := make([]engine.AnswerState, len(list))
	for i, a := range list {
		out[i] = a.State
	}
	return out
}

// drifted is a plan of which somebody edited the description of a device.
func drifted(t *testing.T) (*world, *generate.Plan) {
	t.Helper()
	w := setup(t, "4.6")
	plan := w.planned(fmt.Sprintf(small, "one", 2))
	w.apply(plan)
	w.edit("devices", "web/web[1]", `{"description": "hers"}`)
	w.sync()
	return w, plan
}

// TestAnswersThatDiffer has people answer one drift in two ways: neither counts, the question says who
// answered what and where that stands, and each command that it prints settles it.
func TestAnswersThatDiffer(t *testing.T) {
	t.Parallel()
	type said struct{ name, field, word string }
	for name, tt := range map[string]struct{ one, two said }{
		"use_diet and unmanage":           {said{"web/web[1]", "description", "use_diet"}, said{"web/web[1]", "description", "unmanage"}},
		"of one word by another name":     {said{"web/web[1]", "description", "use_user"}, said{"device", "description", "use_diet"}},
		"a field and the object as whole": {said{"web/web[1]", "description", "use_diet"}, said{"web/web[1]", "", "unmanage"}},
	} {
		for settledBy := range 2 {
			t.Run(fmt.Sprint(name, settledBy), func(t *testing.T) {
				t.Parallel()
				w, plan := drifted(t)
				id := fmt.Sprint("device:", w.object("devices", "web/web[1]")["id"])
				both := []said{tt.one, tt.two}
				var texts []answer.Answer
				for i := range both {
					if both[i].name == "device" {
						both[i].name = id
					}
					w.answers(plan, both[i].name, both[i].field, both[i].word)
					w.answersAre(func(list []answer.Answer) []answer.Answer { texts = append(texts, list...); return nil })
				}
				texts[0].Who, texts[1].Who = "ann", "bob"
				w.answersAre(func([]answer.Answer) []answer.Answer { return texts })
				p := w.stays(plan)
				if len(p.Questions) != 1 {
					t.Fatalf("%d questions", len(p.Questions))
				}
				q := p.Questions[0]
				for _, want := range []string{
					"ann answered " + both[0].word + " at 2", "(resolutions.yaml:2)", "bob answered " + both[1].word + " at 2", "(resolutions.yaml:3)",
				} {
					if !strings.Contains(q.Verdict.Message, want) {
						t.Errorf("the question says %q, not %q", q.Verdict.Message, want)
					}
				}
				if len(q.Given) != 2 || !p.Waits() {
					t.Fatalf("given %+v", q.Given)
				}
				if got := w.states(plan); !slices.Equal(got, []engine.AnswerState{engine.AnswerContradicted, engine.AnswerContradicted}) {
					t.Errorf("states %q", got)
				}
				w.refusesAll(plan)
				s := both[settledBy]
				w.answers(plan, s.name, s.field, s.word)
				if got := w.states(plan); !slices.Equal(got, []engine.AnswerState{engine.AnswerStands}) {
					t.Errorf("states %q", got)
				}
				w.apply(plan)
				w.law(plan)
			})
		}
	}
}

// refusesAll makes sure that an answer to all of the drift is not given to what two answers are about.
func (w *world) refusesAll(plan engine.Intent) {
	w.Helper()
	all := engine.Reply{All: true, Class: change.Drift, Answer: "acknowledge", Who: "joe", Why: "all"}
	given, unfit, err := w.eng.ResolveAll(w.Context(), plan, all)
	var no *engine.UnfitError
	if !errors.As(err, &no) || !strings.Contains(no.Reason(), "bob answered") {
		w.Errorf("an answer to all: %v, %v, %v", given, unfit, err)
	}
}

// TestAgreeingAnswers has people answer the same in two words: it counts.
func TestAgreeingAnswers(t *testing.T) {
	t.Parallel()
	w, plan := drifted(t)
	w.answers(plan, "web/web[1]", "description", "use_user")
	w.answersAre(func(list []answer.Answer) []answer.Answer {
		more := list[0]
		more.Answer = "acknowledge"
		return append(list, more)
	})
	p := w.preview(plan)
	if len(p.Questions) > 0 || p.Waits() {
		t.Errorf("questions %+v", p.Questions)
	}
	if got := w.states(plan); !slices.Equal(got, []engine.AnswerState{engine.AnswerStands, engine.AnswerStands}) {
		t.Errorf("states %q", got)
	}
	w.apply(plan)
	w.law(plan)
}

// TestGivenIsWhatCounts gives each answer after each other one, under each name: whatever is written
// as given counts.
func TestGivenIsWhatCounts(t *testing.T) {
	t.Parallel()
	type said struct{ name, field, word string }
	var all []said
	for _, name := range []string{"web/web[1]", "device"} {
		for _, field := range []string{"position", "face", ""} {
			for _, word := range []string{"use_diet", "use_user", "unmanage"} {
				if field != "" || word == "unmanage" {
					all = append(all, said{name, field, word})
				}
			}
		}
	}
	w := setup(t, "4.6")
	plan := w.planned(fmt.Sprintf(small, "one", 2))
	w.apply(plan)
	w.edit("devices", "web/web[1]", `{"position": 30, "face": "rear"}`)
	w.sync()
	id := fmt.Sprint("device:", w.object("devices", "web/web[1]")["id"])
	for _, first := range all {
		for _, second := range all {
			w.answersAre(func([]answer.Answer) []answer.Answer { return nil })
			var last []answer.Answer
			for _, s := range []said{first, second} {
				if s.name == "device" {
					s.name = id
				}
				given, err := w.eng.Resolve(t.Context(), plan, engine.Reply{Object: s.name, Field: s.field, Answer: s.word, Who: "joe", Why: "x"})
				var against *engine.ContradictionError
				if err != nil && !errors.As(err, &against) {
					t.Fatalf("%v then %v: %v", first, second, err)
				}
				if err == nil {
					last = given
				}
			}
			list, err := w.eng.Answers(t.Context(), plan)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range list {
				if a.SameAbout(&last[0]) && (a.State != engine.AnswerStands || a.Answer.Answer != last[0].Answer) {
					t.Errorf("%v then %v: %s %s is %s", first, second, a.Object, a.Field, a.State)
				}
				if a.State == engine.AnswerContradicted {
					t.Errorf("%v then %v: %s %s is %s", first, second, a.Object, a.Field, a.State)
				}
			}
		}
	}
}

// TestAnswerWithoutSituation names the place of an answer that somebody wrote by hand, and the command
// that gives it; that goes through.
func TestAnswerWithoutSituation(t *testing.T) {
	t.Parallel()
	w, plan := drifted(t)
	w.answers(plan, "web/web[1]", "description", "use_user")
	w.answersAre(func(list []answer.Answer) []answer.Answer { list[0].Situation = ""; return list })
	text, err := os.ReadFile(filepath.Join(w.dir, "resolutions.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.ReplaceAll(string(text), `, situation: ""`, ""))
	if err := os.WriteFile(filepath.Join(w.dir, "resolutions.yaml"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = w.eng.Preview(t.Context(), plan)
	want := "resolve " + plan.Info().File + " --object 'web/web[1]' --field description --answer use_user --reason because"
	if err == nil || !strings.Contains(err.Error(), "resolutions.yaml:2:5: answers[0].situation: ") || !strings.Contains(err.Error(), want) {
		t.Fatalf("%v", err)
	}
	w.answers(plan, "web/web[1]", "description", "use_user")
	if got := w.states(plan); !slices.Equal(got, []engine.AnswerState{engine.AnswerStands}) {
		t.Errorf("states %q", got)
	}
}
