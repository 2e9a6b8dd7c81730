package engine_test

import (
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

// resolutions is the text of the file of answers, which is empty afterwards.
func (w *world) resolutions() string {
	w.Helper()
	path := filepath.Join(w.dir, answer.FileName)
	text, err := os.ReadFile(path)
	if err == nil {
		err = os.Remove(path)
	}
	if err != nil {
		w.Fatal(err)
	}
	return string(text)
}

// merge has git join two files of answers.
func (w *world) merge(one, other string) {
	w.Helper()
	text := one + strings.TrimPrefix(other, "answers:\n")
	if err := os.WriteFile(filepath.Join(w.dir, answer.FileName), []byte(text), 0o600); err != nil {
		w.Fatal(err)
	}
}

// replies gives an answer to the only question about an intent.
func (w *world) replies(intent engine.Intent, who, word string) {
	w.Helper()
	p := w.preview(intent)
	if len(p.Questions) != 1 {
		w.Fatalf("questions %+v", p.Questions)
	}
	if _, err := w.eng.Resolve(w.Context(), intent, engine.Reply{Question: p.Questions[0].Key, Answer: word, Who: who, Why: "x"}); err != nil {
		w.Fatalf("%s: %v", word, err)
	}
}

// herNames is a world of whose servers somebody edited the names of three, which a team has asked about.
func herNames(t *testing.T) (*world, *generate.Plan) {
	t.Helper()
	w := setup(t, "4.6")
	plan := w.edited(halls)
	w.apply(plan)
	w.answer("drift", "ask")
	for n := 1; n < 4; n++ {
		w.edit("devices", fmt.Sprintf("web/web[%d]", n), fmt.Sprintf(`{"name": "hers%d"}`, n))
	}
	w.sync()
	return w, plan
}

// TestAnswersToOneQuestionThatDiffer has two people answer a question about several names in two ways, in two branches of git that are
// merged in either order: neither counts, also where nothing would ask by itself any more, and whichever is given again does.
func TestAnswersToOneQuestionThatDiffer(t *testing.T) {
	t.Parallel()
	for _, decides := range []string{"ask", "preserve", "remediate"} {
		for _, first := range []string{"use_user", "use_diet"} {
			t.Run(decides+" "+first, func(t *testing.T) {
				t.Parallel()
				w, plan := herNames(t)
				texts := map[string]string{}
				for _, word := range []string{"use_user", "use_diet"} {
					w.replies(plan, "ann", word)
					texts[word] = w.resolutions()
				}
				second := map[string]string{"use_user": "use_diet", "use_diet": "use_user"}[first]
				w.merge(texts[first], texts[second])
				w.policies = nil
				w.answer("drift", decides)
				p := w.stays(plan)
				if len(p.Questions) != 1 || len(p.Questions[0].Given) != 2 || len(p.Questions[0].Objects) != 3 {
					t.Fatalf("questions %+v", p.Questions)
				}
				if got := strings.Count(p.Questions[0].Verdict.Message, "ann answered"); got != 2 {
					t.Errorf("it says %q", p.Questions[0].Verdict.Message)
				}
				if got := w.states(plan); !slices.Equal(got, []engine.AnswerState{engine.AnswerContradicted, engine.AnswerContradicted}) {
					t.Errorf("states %q", got)
				}
				w.replies(plan, "sue", first)
				w.apply(plan)
				w.law(plan)
				want := map[string]string{"use_user": "hers1 hers2 hers3 web-004", "use_diet": "web-001 web-002 web-003 web-004"}[first]
				w.serversAre(want)
			})
		}
	}
}

// TestAnswersToMoreThatDiffer has one person answer a question about three names, and another one, in a narrower run, about two of them:
// where they differ neither counts for the two, and whatever is given then does.
func TestAnswersToMoreThatDiffer(t *testing.T) {
	t.Parallel()
	const kept, two, third, ours = "hers1 hers2 hers3 web-004", "hers3 web-001 web-002 web-004", "hers1 hers2 web-003 web-004",
		"web-001 web-002 web-003 web-004"
	for name, tt := range map[string]struct{ wide, narrow, then, names string }{
		"kept, and kept":       {"use_user", "use_diet", "use_user", kept},
		"kept, and written":    {"use_user", "use_diet", "use_diet", two},
		"written, and kept":    {"use_diet", "use_user", "use_user", third},
		"written, and written": {"use_diet", "use_user", "use_diet", ours},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, plan := herNames(t)
			part := engine.Narrowed{Intent: plan, Excluded: []string{"web/web[3]"}}
			w.replies(plan, "ann", tt.wide)
			wide := w.resolutions()
			w.replies(part, "bob", tt.narrow)
			w.merge(wide, w.resolutions())
			for _, intent := range []engine.Intent{plan, part} {
				p := w.preview(intent)
				both := []string{"web/web[1]", "web/web[2]"}
				if len(p.Questions) != 1 || !slices.Equal(p.Questions[0].Objects, both) || len(p.Questions[0].Given) != 2 {
					t.Fatalf("questions %+v", p.Questions)
				}
			}
			w.replies(plan, "sue", tt.then)
			w.apply(plan)
			w.law(plan)
			w.serversAre(tt.names)
		})
	}
}

// TestAnswerToMoreTakesThePlace answers a question about two names, and then, once a third one joins it, the whole of it in another way:
// the later one counts.
func TestAnswerToMoreTakesThePlace(t *testing.T) {
	t.Parallel()
	w, plan := herNames(t)
	w.replies(engine.Narrowed{Intent: plan, Excluded: []string{"web/web[3]"}}, "ann", "use_user")
	w.replies(plan, "ann", "use_diet")
	if got := w.states(plan); !slices.Equal(got, []engine.AnswerState{engine.AnswerStands}) {
		t.Errorf("states %q", got)
	}
	w.apply(plan)
	w.law(plan)
	w.serversAre("web-001 web-002 web-003 web-004")
}

// TestLapsedApprovalIsInNobodysWay has an approval lapse that was given under another name, or to more: every answer that the question
// offers can be given.
func TestLapsedApprovalIsInNobodysWay(t *testing.T) {
	t.Parallel()
	for _, more := range []bool{false, true} {
		for _, word := range []string{"skip", "orphan", "force_delete", "approve"} {
			t.Run(fmt.Sprint(word, more), func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.6")
				warn := []string{"deletionPolicy: delete", "deletionPolicy: warn", "count: 2\n"}
				w.apply(w.live(append(warn, "count: 4\n")...))
				for _, object := range []string{"web/web[2]", "web/web[3]", "web/web[4]"} {
					w.edit("devices", object, `{"comments": "hers"}`)
				}
				plan := w.live(append(warn, "count: 3\n")...)
				if more {
					w.answersAll(w.live(append(warn, "count: 1\n")...), "approve", 3)
					plan = w.live(append(warn, "count: 2\n")...)
				} else {
					w.answers(plan, fmt.Sprint("device:", w.object("devices", "web/web[4]")["id"]), "", "approve")
				}
				w.waivers = map[string]string{"DEL101": "a trial"}
				w.open("without.db")
				p := w.stays(plan)
				if len(p.Questions) != 1 || len(p.Questions[0].Former) != 1 {
					t.Fatalf("questions %+v", p.Questions)
				}
				q := p.Questions[0]
				r := engine.Reply{Question: q.Key, Answer: word, Who: "joe", Why: "x"}
				if !more {
					r.Question, r.Object = "", q.Objects[0]
				}
				if _, err := w.eng.Resolve(t.Context(), plan, r); err != nil {
					t.Fatal(err)
				}
				if p := w.preview(plan); len(p.Questions) != 0 {
					t.Errorf("it still asks: %s", p.Questions[0].Verdict.Message)
				}
				w.apply(plan)
				w.law(plan)
				deletes := word == "force_delete" || word == "approve"
				if got := strings.Contains(w.serverNames(), "web-004"); got == deletes {
					t.Errorf("by %s the servers are %s", word, w.serverNames())
				}
			})
		}
	}
}

// TestLapsedAnswersToPlacesAsk has people keep the unit that somebody put a server in, by name or in one question: where somebody moves it
// to another rack, which is the same value, that is asked about.
func TestLapsedAnswersToPlacesAsk(t *testing.T) {
	t.Parallel()
	for _, many := range []bool{false, true} {
		t.Run(fmt.Sprint(many), func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			plan := w.edited(halls)
			w.apply(plan)
			w.answer("drift", "ask")
			w.edit("devices", "web/web[1]", `{"position": 30}`)
			w.edit("devices", "web/web[2]", `{"position": 31}`)
			if many {
				w.answersAll(plan, "use_user", 2)
			} else {
				w.answers(plan, "web/web[1]", "position", "use_user")
				w.answers(plan, "web/web[2]", "position", "use_user")
			}
			w.policies = nil
			w.answer("drift", "remediate")
			w.apply(plan)
			w.law(plan)
			other := w.object("racks", "web/rack:row[2]")["id"]
			w.edit("devices", "web/web[1]", fmt.Sprintf(`{"rack": %v, "position": 1}`, other))
			w.sync()
			if v := w.verdictOn(w.preview(plan), "device", "web/web[1]", "rack"); v.Decision != change.DecisionAsk || v.Rule != "RES004" {
				t.Errorf("the rack is decided %+v", v)
			}
			if got := w.states(plan); got[0] != engine.AnswerLapsed && !many {
				t.Errorf("states %q", got)
			}
			w.apply(plan)
			w.law(plan)
			if got := w.places(); !strings.HasPrefix(got["web-001"], "row-02") || !strings.HasSuffix(got["web-002"], "U31") {
				t.Errorf("they are in %v", got)
			}
			w.answers(plan, "web/web[1]", "rack", "use_diet")
			w.apply(plan)
			w.law(plan)
			if got := w.places(); !strings.HasPrefix(got["web-001"], "row-01") {
				t.Errorf("they are in %v", got)
			}
		})
	}
}
