package answer_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine/answer"
)

const digest = "0123456789abcdef01234567"

func sample(object, field, word string) answer.Answer {
	return answer.Answer{
		Plan: "web", Object: object, Field: field, Answer: word,
		Who: "maria", When: "2026-11-26T18:00:00Z", Why: "why: because", Situation: digest,
	}
}

const edited = `# Reviewed by the network team.
answers:
  # web-001 is the database.
  - plan: web
    object: web/web[1]
    field: description
    answer: use_user # hers
    who: maria
    when: "2026-11-26T18:00:00Z"
    why: 'her words'
    situation: 0123456789abcdef01234567
  # the spare
  - plan: other
    object: other/web[2]
    answer: skip
    who: joe
    when: "2026-11-26T18:00:00Z"
    why: spare
    situation: 0123456789abcdef01234567
`

// TestPutKeepsWhatPeopleWrote adds one answer and replaces one: comments, order and the
// other answers stay.
func TestPutKeepsWhatPeopleWrote(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "resolutions.yaml")
	if err := os.WriteFile(path, []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := answer.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []answer.Answer{sample("web/web[1]", "description", "use_diet"), sample("web/web[3]", "", "skip")} {
		if err := f.Put(a); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	replaced := strings.NewReplacer("answer: use_user # hers", "answer: use_diet # hers", "'her words'", "'why: because'").Replace(edited)
	want := replaced + `  - plan: web
    object: web/web[3]
    answer: skip
    who: maria
    when: "2026-11-26T18:00:00Z"
    why: 'why: because'
    situation: 0123456789abcdef01234567
`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	again, err := answer.Load(path)
	if err != nil || len(again.Answers) != 3 || again.Answers[0].Answer != "use_diet" {
		t.Errorf("%+v, %v", again, err)
	}
}

// TestPutIntoAnyFile adds an answer to files that hold none.
func TestPutIntoAnyFile(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty": "", "a comment": "# ours\n", "no list": "answers:\n", "an empty list": "answers: []\n", "null": "~\n",
	} {
		path := filepath.Join(t.TempDir(), "resolutions.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := answer.Load(path)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := errors.Join(f.Put(sample("web/web[1]", "", "skip")), f.Save()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, _ := os.ReadFile(path)
		again, err := answer.Load(path)
		if err != nil || len(again.Answers) != 1 || strings.HasPrefix(text, "#") != strings.HasPrefix(string(got), "#") {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
}

// TestWrongFile names the place and the way out.
func TestWrongFile(t *testing.T) {
	t.Parallel()
	one := strings.Join(strings.Split(edited, "\n")[:11], "\n") + "\n"
	for name, tt := range map[string]struct{ old, new, want string }{
		"an unknown key": {"who:", "whom:", `f.yaml:8:5: answers[0].whom: unknown key "whom" (did you mean who?)`},
		"an unknown answer": {
			"use_user", "use_users", `f.yaml:7:13: answers[0].answer: "use_users" is not valid here`,
		},
		"no situation": {"    situation: " + digest, "", `f.yaml:4:5: answers[0].situation: "situation" is missing`},
		"no time": {
			"2026-11-26T18:00:00Z", "2026-13-26T18:00:00Z", `f.yaml:9:11: answers[0].when: "2026-13-26T18:00:00Z" is no time`,
		},
		"no reason": {"'her words'", "' '", `f.yaml:10:10: answers[0].why: it is empty (say what it is)`},
		"nobody":    {"who: maria", `who: ""`, `answers[0].who: it is empty`},
		"about nothing": {
			"    object: web/web[1]\n", "",
			`answers[0].object: an answer is about an object or about a question (state one of them)`,
		},
	} {
		text := strings.Replace(one, tt.old, tt.new, 1)
		f, err := answer.Read("f.yaml", []byte(text))
		if err == nil {
			err = f.Complete(nil, "web", "plan.yaml")
		}
		var wrong *answer.Error
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), tt.want) || wrong.Hint() == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestExpired ends an answer in time, and one whose end is no time.
func TestExpired(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 26, 18, 0, 0, 0, time.UTC)
	for expires, want := range map[string]bool{
		"": false, "2026-11-26T18:00:00Z": true, "2026-11-26T18:00:01Z": false, "soon": true,
	} {
		a := answer.Answer{Expires: expires}
		if got := a.Expired(now); got != want {
			t.Errorf("%q: %v", expires, got)
		}
	}
}

// TestTurned writes a reason that would turn what stands behind it in a review so that a reader sees it, and
// reads it as it was given; a comment of a person stays.
func TestTurned(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), answer.FileName)
	if err := os.WriteFile(path, []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
	given := sample("web/web[9]", "serial", "use_diet")
	given.Why, given.About = "agreed \u202edegrof", "device \u2067web-009"
	if err := answer.Edit(t.Context(), path, func(f *answer.File) error { return f.Put(given) }); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || strings.ContainsAny(string(text), "\u202e\u2067") || !strings.HasPrefix(string(text), edited) {
		t.Errorf("got %q, %v", text, err)
	}
	file, err := answer.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := file.Find(given); got == nil || got.Why != given.Why || got.About != given.About {
		t.Errorf("read as %+v", got)
	}
}
