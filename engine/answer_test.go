package engine_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
)

// planned loads a small plan into the test's own folder, where its answers lie.
func (w *world) planned(text string) *generate.Plan {
	w.Helper()
	plan, err := generate.Load(filepath.Join(w.dir, "plan.yaml"), []byte(text))
	if err != nil {
		w.Fatal(err)
	}
	return plan
}

// answers gives an answer to an object, or a field of it.
func (w *world) answers(plan engine.Intent, object, field, word string) {
	w.Helper()
	w.sync()
	r := engine.Reply{Object: object, Field: field, Answer: word, Who: "joe", Why: "because"}
	if _, err := w.eng.Resolve(w.Context(), plan, r); err != nil {
		w.Fatalf("%s %s %s: %v", object, field, word, err)
	}
}

func (w *world) sync() {
	w.Helper()
	if _, err := w.eng.Sync(w.Context(), mirror.Options{}); err != nil {
		w.Fatal(err)
	}
}

// copied has somebody copy a device of ours, marks and all, and returns the NetBox ids of
// the two.
func (w *world) copied(token string) (original, other any) {
	w.Helper()
	like := w.object("devices", "web/web[2]")
	id := func(field string) any { return like[field].(map[string]any)["id"] }
	body, err := json.Marshal(map[string]any{
		"name": "copy", "site": id("site"), "device_type": id("device_type"), "role": id("role"), "custom_fields": like["custom_fields"],
	})
	if err != nil {
		w.Fatal(err)
	}
	req := httptest.NewRequestWithContext(w.Context(), http.MethodPost, "/api/dcim/devices/", bytes.NewReader(body))
	req.Header.Set("Authorization", "Token "+token)
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, req)
	for _, o := range w.server.Objects("devices") {
		if o["name"] == "copy" {
			return like["id"], o["id"]
		}
	}
	w.Fatalf("%d %s", rec.Code, rec.Body)
	return nil, nil
}

// TestPickOneOfTwo has two devices bear one diet id: a person picks one, and the other is
// nobody's afterwards.
func TestPickOneOfTwo(t *testing.T) {
	t.Parallel()
	for _, original := range []bool{true, false} {
		w := setup(t, "4.6")
		plan := w.planned(fmt.Sprintf(small, "one", 2))
		w.apply(plan)
		picked, other := w.copied(token)
		if !original {
			picked, other = other, picked
		}
		x := conflict(w.stays(plan), "web/web[2]")
		if x == nil || x.Verdict.Rule != "OBJ006" || !slices.Contains(x.Options, "adopt") {
			t.Fatalf("conflict %+v", x)
		}
		_, err := w.eng.Resolve(t.Context(), plan, engine.Reply{Object: "web/web[2]", Answer: "adopt", Who: "joe", Why: "x"})
		var unfit *engine.UnfitError
		if !errors.As(err, &unfit) {
			t.Errorf("which one was not asked: %v", err)
		}
		w.answers(plan, fmt.Sprint("device:", picked), "", "adopt")
		w.apply(plan)
		w.law(plan)
		w.ownedOnly(picked, other)
	}
}

// TestCopyLosesItsMarks has a person copy a device: what is not ours gets rid of our marks.
func TestCopyLosesItsMarks(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.planned(fmt.Sprintf(small, "one", 2))
	w.apply(plan)
	original, other := w.copied(person)
	x := conflict(w.stays(plan), "web/web[2]")
	if said := fmt.Sprintf("is a copy of %q (id %v), which is web/web[2]", "web-002", original); x == nil ||
		!strings.Contains(x.Verdict.Message, said) || !strings.Contains(x.Verdict.Message, "by maria at 2") {
		t.Fatalf("%+v", x)
	}
	if want := []string{"adopt", "approve", "orphan", "skip"}; !slices.Equal(x.Options, want) {
		t.Errorf("answers %q", x.Options)
	}
	copied := fmt.Sprint("device:", other)
	w.answers(plan, copied, "", "orphan")
	_, err := w.eng.Resolve(t.Context(), plan, engine.Reply{Object: "web/web[2]", Answer: "skip", Who: "ann", Why: "x"})
	var against *engine.ContradictionError
	if !errors.As(err, &against) || !strings.Contains(against.Hint(), copied) {
		t.Errorf("a contradicting answer: %v", err)
	}
	w.apply(plan)
	w.law(plan)
	w.ownedOnly(original, other)
}

// TestCopyIsTakenOver has the plan go on with a copy, and the original be let go. While the original has
// the name and the place, nothing is done by halves; once it has left them, one apply does it all.
func TestCopyIsTakenOver(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.planned(fmt.Sprintf(small, "one", 2))
	w.apply(plan)
	original, other := w.copied(person)
	w.stays(plan)
	_, err := w.eng.Resolve(t.Context(), plan, engine.Reply{Object: "web/web[2]", Answer: "adopt", Who: "joe", Why: "x"})
	var unfit *engine.UnfitError
	if !errors.As(err, &unfit) || !slices.Equal(unfit.Fits, []string{fmt.Sprint("device:", other)}) {
		t.Errorf("which one was not asked: %v", err)
	}
	w.answers(plan, fmt.Sprint("device:", other), "", "adopt")
	p := w.stays(plan)
	for i := range p.Set().Changes {
		if c := &p.Set().Changes[i]; c.Acts() {
			t.Errorf("%s %s of what waits", c.Action, c.Object)
		}
	}
	whose := fmt.Sprintf("device:%v (web-002), which loses its marks and keeps its name and its place", original)
	if c := p.Set().Find("device", "web/web[2]"); c == nil || !strings.Contains(c.Held, whose) {
		t.Errorf("the copy: %+v", c)
	}
	w.byHandJSON("PATCH", fmt.Sprintf("dcim/devices/%v", original), `{"name": "old", "position": null, "face": "", "rack": null}`)
	w.preview(plan)
	w.answers(plan, "web/web[2]", "name", "use_diet") // what was copied is what diet writes then
	w.apply(plan)
	w.law(plan)
	w.ownedOnly(other, original)
	if p := w.preview(plan); len(p.Conflicts) > 0 {
		t.Errorf("asked afterwards: %+v", p.Conflicts)
	}
	custom := w.object("devices", "web/web[2]")["custom_fields"].(map[string]any)
	if record, _ := custom["diet_managed_fields"].(map[string]any); record["base"].(map[string]any)["position"] == nil {
		t.Errorf("the record of the copy: %v", record)
	}
	for _, o := range w.server.Objects("interfaces") {
		custom := o["custom_fields"].(map[string]any)
		if o["device"].(map[string]any)["id"] == original && (custom["diet_object_id"] != nil || o["cable"] != nil) {
			t.Errorf("of the original: %v, %v", custom, o["cable"])
		}
	}
}

// ownedOnly asserts that one device is web/web[2], and that another one is nobody's.
func (w *world) ownedOnly(ours, nobodys any) {
	w.Helper()
	if got := w.object("devices", "web/web[2]")["id"]; got != ours {
		w.Errorf("web/web[2] is %v, want %v", got, ours)
	}
	for _, o := range w.server.Objects("devices") {
		custom := o["custom_fields"].(map[string]any)
		if o["id"] == nobodys && (custom["diet_object_id"] != nil || custom["diet_managed"] == true) {
			w.Errorf("%v has %v", nobodys, custom)
		}
	}
}

// TestAnswerBeatsNoDenial has a guard deny what an answer would do. What the guard does not forbid
// is an answer.
func TestAnswerBeatsNoDenial(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.planned(fmt.Sprintf(small, "one", 2)))
	w.edit("devices", "web/web[2]", `{"custom_fields": {"diet_deletion_protected": true}}`)
	less := w.planned(fmt.Sprintf(small, "one", 1))
	w.sync()
	for _, word := range []string{"force_delete", "approve"} {
		_, err := w.eng.Resolve(t.Context(), less, engine.Reply{Object: "web/web[2]", Answer: word, Who: "joe", Why: "x"})
		var unfit *engine.UnfitError
		if !errors.As(err, &unfit) || !slices.Equal(unfit.Fits, []string{"orphan", "skip"}) {
			t.Errorf("%s: got %v, fits %v", word, err, unfit)
		}
	}
	if _, err := os.Stat(filepath.Join(w.dir, "resolutions.yaml")); !errors.Is(err, os.ErrNotExist) {
		t.Error("the answer was written")
	}
	w.stays(less)
	w.answers(less, "web/web[2]", "", "orphan")
	w.apply(less)
	w.law(less)
}

// TestAnswerExpires ends an answer: the question is back.
func TestAnswerExpires(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.planned(fmt.Sprintf(small, "one", 2))
	w.apply(plan)
	w.edit("devices", "web/web[2]", `{"description": "hers"}`)
	w.sync()
	r := engine.Reply{Object: "web/web[2]", Field: "description", Answer: "acknowledge", Who: "joe", Why: "x"}
	for _, tt := range []struct {
		expires time.Time
		want    engine.AnswerState
		drift   int
	}{{time.Now().Add(time.Hour), engine.AnswerStands, 0}, {time.Now().Add(-time.Hour), engine.AnswerExpired, 1}} {
		r.Expires = tt.expires.UTC().Format(time.RFC3339)
		if _, err := w.eng.Resolve(t.Context(), plan, r); err != nil {
			t.Fatal(err)
		}
		all, err := w.eng.Answers(t.Context(), plan)
		if err != nil || len(all) != 1 || all[0].State != tt.want {
			t.Errorf("answers %+v, %v", all, err)
		}
		status, err := w.eng.Status(t.Context(), []*generate.Plan{plan}, "")
		if err != nil || status[0].Summary.Modified != tt.drift || status[0].Summary.Accepted != 1-tt.drift {
			t.Errorf("status %+v, %v", status, err)
		}
	}
}

// TestTwoAnswersToOneSituation re-open the question.
func TestTwoAnswersToOneSituation(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.planned(fmt.Sprintf(small, "one", 2)))
	w.edit("devices", "web/web[2]", `{"description": "hers"}`)
	two := w.planned(fmt.Sprintf(small, "two", 2))
	w.answers(two, "web/web[2]", "description", "use_user")
	path := filepath.Join(w.dir, "resolutions.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	again := strings.Replace(strings.SplitN(string(text), "\n", 2)[1], "use_user", "use_diet", 1)
	if err := os.WriteFile(path, append(text, again...), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := w.eng.Diff(t.Context(), two)
	if err != nil || !p.Waits() {
		t.Errorf("%v, waits %v", err, p.Waits())
	}
	all, err := w.eng.Answers(t.Context(), two)
	if err != nil || len(all) != 2 || all[0].State != engine.AnswerContradicted || all[1].State != engine.AnswerContradicted {
		t.Errorf("answers %+v, %v", all, err)
	}
}

// TestAnswerWantsANewPreview refuses a preview that was made before an answer.
func TestAnswerWantsANewPreview(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.planned(fmt.Sprintf(small, "one", 2)))
	w.edit("devices", "web/web[2]", `{"description": "hers"}`)
	two := w.planned(fmt.Sprintf(small, "two", 2))
	w.sync()
	p, err := w.eng.Preview(t.Context(), two)
	if err != nil {
		t.Fatal(err)
	}
	w.answers(two, "web/web[2]", "description", "use_user")
	_, _, err = w.eng.Apply(t.Context(), two, engine.ApplyOptions{Preview: p})
	var stale *engine.StaleError
	if !errors.As(err, &stale) || stale.Moved[0] != "the answers" {
		t.Errorf("got %v", err)
	}
}

// TestGroupsFold asks once about what has one cause, and lapses where the set changes.
func TestGroupsFold(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.planned(fmt.Sprintf(small, "one", 4)))
	text := strings.ReplaceAll(fmt.Sprintf(small, "one", 2), "deletionPolicy: delete", "deletionPolicy: warn")
	less := w.planned(text)
	w.sync()
	p, err := w.eng.Preview(t.Context(), less)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Questions) != 1 || len(p.Questions[0].Objects) != 2 || p.Questions[0].Class != change.Orphaned {
		t.Fatalf("questions %+v", p.Questions)
	}
	r := engine.Reply{Question: p.Questions[0].Key, Answer: "skip", Who: "joe", Why: "x"}
	if _, err := w.eng.Resolve(t.Context(), less, r); err != nil {
		t.Fatal(err)
	}
	w.stays(less)
	one := w.planned(strings.Replace(text, "count: 2\n", "count: 1\n", 1))
	if p := w.stays(one); len(p.Questions) != 1 || len(p.Questions[0].Objects) != 3 {
		t.Errorf("questions %+v", p.Questions)
	}
}

// TestTakeBackTwice takes an object back of which a person had given a field away, and taken it back,
// before: what was said of the field keeps nobody from it.
func TestTakeBackTwice(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.planned(strings.Replace(rooms, "      type: box\n", "      type: box\n      set: {description: ours}\n", 1))
	w.apply(plan)
	steps := [][2]string{
		{"description", "unmanage"}, {"description", "adopt"}, {"", "unmanage"}, {"", "adopt"}, {"", "unmanage"}, {"", "adopt"},
	}
	for _, step := range steps {
		w.answers(plan, "rooms/gpu[2]", step[0], step[1])
		w.apply(plan)
		w.law(plan)
		custom, _ := w.object("devices", "rooms/gpu[2]")["custom_fields"].(map[string]any)
		if p := w.preview(plan); p.Waits() {
			t.Errorf("%v: once it is carried out, it is asked about: %+v", step, p.Questions)
		}
		list, err := w.eng.Answers(t.Context(), plan)
		if last := len(list) - 1; err != nil || last < 0 || list[last].State != engine.AnswerDone && list[last].State != engine.AnswerStands {
			t.Errorf("after %q, the answers: %+v, %v", step, list, err)
		}
		if given := step == [2]string{"", "unmanage"}; custom["diet_managed"] == given {
			t.Errorf("after %q, diet_managed is %v", step, custom["diet_managed"])
		}
	}
	device := w.object("devices", "rooms/gpu[2]")
	w.byHandJSON("PATCH", fmt.Sprintf("dcim/devices/%v", device["id"]), `{"description": "hers"}`)
	if p := w.preview(plan); len(p.Changes) != 1 || p.Changes[0].Fields[0].Class != change.Drift {
		t.Errorf("her edit is no drift: %+v", p.Changes)
	}
}
