package engine_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
)

// TestAnswerToManyStandsForTheRest answers a question about several hundred edits: where one of them is another by now, that one
// is asked about, and the answer stands for the rest.
func TestAnswerToManyStandsForTheRest(t *testing.T) {
	t.Parallel()
	const many = 205
	w := setup(t, "4.6")
	of := func(description string) *generate.Plan {
		text := fmt.Sprintf(small, description, many)
		for _, line := range []string{"      nics: ", "      links: ", "      rack: {pool: row, per: 32"} {
			_, rest, _ := strings.Cut(text, "\n"+line)
			_, rest, _ = strings.Cut(rest, "\n")
			text = text[:strings.Index(text, "\n"+line)+1] + rest
		}
		return w.planned(text)
	}
	w.apply(of("one"))
	var edits []map[string]any
	for _, o := range w.server.Objects("devices") {
		edits = append(edits, map[string]any{"id": o["id"], "description": "hers"})
	}
	body, err := json.Marshal(edits)
	if err != nil {
		t.Fatal(err)
	}
	w.byHandJSON(http.MethodPatch, "dcim/devices", string(body))
	plan := of("two")
	w.sync()
	p := w.preview(plan)
	if len(p.Questions) != 1 || len(p.Questions[0].Objects) < many {
		t.Fatalf("%d questions", len(p.Questions))
	}
	r := engine.Reply{Question: p.Questions[0].Key, Answer: "use_diet", Who: "joe", Why: "x"}
	if _, err := w.eng.Resolve(t.Context(), plan, r); err != nil {
		t.Fatal(err)
	}
	w.edit("devices", "web/web[7]", `{"description": "hers again"}`)
	p = w.preview(plan)
	if len(p.Questions) != 1 || !slices.Equal(p.Questions[0].Objects, []string{"web/web[7]"}) {
		t.Fatalf("%d questions, the first about %d", len(p.Questions), len(p.Questions[0].Objects))
	}
	if _, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{}); err != nil {
		t.Fatal(err)
	}
	w.law(plan)
	for object, want := range map[string]string{"web/web[6]": "two", "web/web[7]": "hers again"} {
		if got := w.object("devices", object)["description"]; got != want {
			t.Errorf("%s is described as %v, want %s", object, got, want)
		}
	}
}

// TestAnswerStandsForFewer answers a question about several objects that go: where one of them is
// not to go any more, the answer stands for the rest; where one more is, it does not.
func TestAnswerStandsForFewer(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		first, then int
		asks        bool
	}{"fewer": {2, 3, false}, "more": {3, 2, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			of := func(n int) string {
				return strings.Replace(fmt.Sprintf(small, "one", n), "deletionPolicy: delete", "deletionPolicy: warn", 1)
			}
			w.apply(w.planned(of(5)))
			first, then := w.planned(of(tt.first)), w.planned(of(tt.then))
			w.sync()
			p := w.preview(first)
			if len(p.Questions) != 1 || len(p.Questions[0].Objects) != 5-tt.first {
				t.Fatalf("questions %+v", p.Questions)
			}
			r := engine.Reply{Question: p.Questions[0].Key, Answer: "force_delete", Who: "joe", Why: "x"}
			if _, err := w.eng.Resolve(t.Context(), first, r); err != nil {
				t.Fatal(err)
			}
			if p := w.preview(then); (len(p.Questions) > 0) != tt.asks {
				t.Errorf("questions %+v", p.Questions)
			}
			w.apply(then)
			w.law(then)
		})
	}
}
