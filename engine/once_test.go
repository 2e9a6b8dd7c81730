package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// TestAnsweredOnce has a person make an edit again that was answered, and carried out: that is
// another edit, and asked about or told anew. What leaves NetBox as it is lasts.
func TestAnsweredOnce(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.4", "4.7"} {
		for word, lasts := range map[string]bool{"use_diet": false, "use_user": true, "acknowledge": true, "unmanage": true} {
			t.Run(word+", "+version, func(t *testing.T) {
				t.Parallel()
				w := setup(t, version)
				plan := w.planned(fmt.Sprintf(small, "one", 3))
				w.apply(plan)
				renames := func() { w.edit("devices", "web/web[1]", `{"name": "hers"}`) }
				renames()
				w.answers(plan, "web/web[1]", "name", word)
				w.apply(plan)
				w.law(plan)
				if got := w.object("devices", "web/web[1]")["name"]; (got == "hers") != lasts {
					t.Fatalf("it is called %v once answered", got)
				}
				if lasts {
					w.edit("devices", "web/web[1]", `{"name": "web-001"}`)
				}
				renames()
				w.preview(plan)
				want := engine.AnswerStands
				if !lasts {
					want = engine.AnswerLapsed
				}
				if got := w.standingOf(plan)[0].State; got != want && word != "unmanage" {
					t.Errorf("the answer is %s, want %s", got, want)
				}
				w.apply(plan)
				w.law(plan)
				if got := w.object("devices", "web/web[1]")["name"]; got != "hers" {
					t.Errorf("it is called %v, want what she called it since", got)
				}
			})
		}
	}
}

// TestAnsweredOnceTogether is TestAnsweredOnce for what was answered to many at once, and to a
// question.
func TestAnsweredOnceTogether(t *testing.T) {
	t.Parallel()
	for name, reply := range map[string]func(p *engine.Preview) engine.Reply{
		"to all": func(*engine.Preview) engine.Reply {
			return engine.Reply{All: true, Class: change.Drift, Answer: "use_diet", Who: "joe", Why: "x"}
		},
		"to a question": func(p *engine.Preview) engine.Reply {
			return engine.Reply{Question: p.Questions[0].Key, Answer: "use_diet", Who: "joe", Why: "x"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.7")
			w.answer("drift", "ask")
			plan := w.planned(fmt.Sprintf(small, "one", 3))
			w.apply(plan)
			moves := func() {
				for n := range 2 {
					w.edit("devices", fmt.Sprintf("web/web[%d]", n+1), `{"description": "hers"}`)
				}
			}
			moves()
			p := w.preview(plan)
			if _, err := w.eng.Resolve(t.Context(), plan, reply(p)); err != nil {
				t.Fatal(err)
			}
			w.apply(plan)
			w.law(plan)
			moves()
			if p := w.preview(plan); p.Pending() != 0 || len(p.Questions) == 0 {
				t.Errorf("%d changes act, %d questions", p.Pending(), len(p.Questions))
			}
		})
	}
}

// TestAnOldAnswerStandsForItsValues reads a file of an older diet, which does not say when the edit
// was made: it means what it meant.
func TestAnOldAnswerStandsForItsValues(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.7")
	plan := w.planned(fmt.Sprintf(small, "one", 2))
	w.apply(plan)
	w.edit("devices", "web/web[1]", `{"name": "hers"}`)
	w.answers(plan, "web/web[1]", "name", "use_diet")
	path := filepath.Join(w.dir, answer.FileName)
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), "    edited: ") {
		t.Fatalf("%s, %v", text, err)
	}
	var old []string
	for line := range strings.Lines(string(text)) {
		if !strings.Contains(line, "    edited: ") {
			old = append(old, line)
		}
	}
	if err := os.WriteFile(path, []byte(strings.Join(old, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	w.apply(plan)
	if got := w.object("devices", "web/web[1]")["name"]; got != "web-001" {
		t.Errorf("it is called %v", got)
	}
	w.law(plan)
}

// standingOf are the answers about a plan, as they stand.
func (w *world) standingOf(plan engine.Intent) []engine.Standing {
	w.Helper()
	out, err := w.eng.Answers(w.Context(), plan)
	if err != nil {
		w.Fatal(err)
	}
	return out
}

// TestOldAnswerIsCarriedOutOnce has a person make an edit again, long after an answer of an older diet to the
// same one, which does not say when that was made: it is asked about or told anew.
func TestOldAnswerIsCarriedOutOnce(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.7")
	plan := w.planned(fmt.Sprintf(small, "one", 2))
	w.apply(plan)
	w.edit("devices", "web/web[1]", `{"name": "hers"}`)
	w.answers(plan, "web/web[1]", "name", "use_diet")
	w.apply(plan)
	w.law(plan)
	path := filepath.Join(w.dir, answer.FileName)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	older := regexp.MustCompile(`(?m)^ +edited: .*\n`).ReplaceAllString(string(text), "")
	older = regexp.MustCompile(`when: .*`).ReplaceAllString(older, `when: "2026-01-01T00:00:00Z"`)
	if err := os.WriteFile(path, []byte(older), 0o600); err != nil {
		t.Fatal(err)
	}
	w.edit("devices", "web/web[1]", `{"name": "hers"}`)
	w.apply(plan)
	if got := w.object("devices", "web/web[1]")["name"]; got != "hers" {
		t.Errorf("it is called %v", got)
	}
	w.law(plan)
}

// TestAdoptedAndOrphanedOnce has an object come and go: each answer about that is carried out once.
func TestAdoptedAndOrphanedOnce(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.7")
	plan := func(n int) *generate.Plan {
		return w.planned(strings.Replace(fmt.Sprintf(small, "one", n), "  reconcile: {deletionPolicy: delete}\n", "", 1))
	}
	w.apply(plan(2))
	w.foreign("web-003", map[string]any{})
	ours := func() bool {
		o := w.named("devices", "web-003")
		return o["custom_fields"].(map[string]any)["diet_object_id"] == "web/web[3]"
	}
	for n := range 3 {
		if w.apply(plan(3)); ours() {
			t.Fatalf("%d: it is taken over, and nobody was asked", n)
		}
		w.answers(plan(3), "web/web[3]", "", "adopt")
		if w.apply(plan(3)); !ours() {
			t.Fatalf("%d: it is not taken over", n)
		}
		w.law(plan(3))
		if w.apply(plan(2)); !ours() {
			t.Fatalf("%d: it is given up, and nobody was asked", n)
		}
		w.answers(plan(2), "web/web[3]", "", "orphan")
		if w.apply(plan(2)); ours() {
			t.Fatalf("%d: it is not given up", n)
		}
		w.law(plan(2))
	}
}

// TestRenamedOnce has a person give what made room its name back: she is asked again.
func TestRenamedOnce(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.7")
	w.apply(w.planned(fmt.Sprintf(small, "one", 2)))
	w.foreign("web-003", map[string]any{})
	hers := w.named("devices", "web-003")["id"]
	plan := w.planned(fmt.Sprintf(small, "one", 3))
	w.answers(plan, "web/web[3]", "", "rename_existing")
	w.apply(plan)
	w.law(plan)
	if id := w.named("devices", "web-003-manual")["id"]; id != hers {
		t.Fatalf("hers is %v, not %v", id, hers)
	}
	w.remove("devices", "web/web[3]")
	w.byHandJSON("PATCH", fmt.Sprintf("dcim/devices/%v", hers), `{"name": "web-003"}`)
	if p := w.preview(plan); len(p.Questions) == 0 {
		t.Error("nobody is asked")
	}
	w.apply(plan)
	if id := w.named("devices", "web-003")["id"]; id != hers {
		t.Errorf("web-003 is %v, not %v", id, hers)
	}
	w.law(plan)
}
