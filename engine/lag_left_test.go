package engine_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestMemberTakenOut has a person take a port out of a LAG that the plan exchanges for another one in the same
// run: she is asked about it before that LAG is gone, and after.
func TestMemberTakenOut(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"", "use_user", "use_diet"} {
		for name, into := range map[string]bool{"into none": false, "into hers": true} {
			for _, late := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, %s, late %v", name, word, late), func(t *testing.T) {
					t.Parallel()
					w := setup(t, "4.6")
					w.apply(w.edited(pairs))
					lag := "null"
					if into {
						device := w.object("devices", "web/web[1]")["id"]
						lag = fmt.Sprint(w.make("interfaces", fmt.Sprintf(`{"device": %v, "name": "hers", "type": "lag"}`, device)))
					}
					w.edit("interfaces", "web/web[1]/x.p0", `{"lag": `+lag+`}`)
					plan := w.planned(strings.Replace(pairs, "links: {data:", "links: {front:", 1))
					was := w.questions(plan)
					if len(was) != 1 {
						t.Fatalf("asked is %v", was)
					}
					if word != "" && !late {
						w.answersAsked(plan, word)
					}
					w.apply(plan)
					if got := w.questions(plan); word == "" && fmt.Sprint(got) != fmt.Sprint(was) {
						t.Errorf("asked was %v and is %v", was, got)
					}
					if word != "" && late {
						w.answersAsked(plan, word)
						w.apply(plan)
					}
					w.law(plan)
					want := lag
					if word == "use_diet" {
						want = fmt.Sprint(w.object("interfaces", "web/web[1]/lag:front")["id"])
					}
					if got := fmt.Sprint(nested(w.object("interfaces", "web/web[1]/x.p0")["lag"])); got != want {
						t.Errorf("it is in %v, want %v", got, want)
					}
				})
			}
		}
	}
}
