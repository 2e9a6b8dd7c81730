package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
)

// TestRollbackAdoptsWhatWasReleased destroys a plan of which a server is released, with all that
// it is plugged into. A person moves and renames it, and then the run is undone: what it released
// is known by the journal, and adopted again, with its cables.
func TestRollbackAdoptsWhatWasReleased(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.planned(fmt.Sprintf(small, "one", 3))
	w.apply(plan)
	w.edit("cables", webCable, `{"label": "hers"}`)
	gone := engine.Destruction{Plan: plan.Info()}
	made := w.made()
	server := w.object("devices", "web/web[1]")["id"]
	answersAll("approve")(w, gone)
	w.apply(gone)
	w.byHandJSON("PATCH", fmt.Sprintf("dcim/devices/%v", server), `{"position": 20, "name": "hers"}`)
	back := w.back(plan)
	w.sync()
	for _, q := range w.preview(back).Questions {
		if q.Class == change.Exists && q.Verdict.Recommended != "adopt" {
			t.Errorf("%v: %+v", q.Objects, q.Verdict)
		}
		if q.Class != change.Exists {
			continue
		}
		if _, err := w.eng.Resolve(t.Context(), back, engine.Reply{Question: q.Key, Answer: "approve", Who: "joe", Why: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	w.apply(back)
	if is := w.made(); !slices.Equal(is, made) {
		t.Errorf("missing %q", missingIn(made, is))
	}
	if again := w.object("devices", "web/web[1]")["id"]; again != server {
		t.Errorf("the server is %v, and was %v", again, server)
	}
	w.law(back)
}

// TestRollbackOfLeaving says that what a run left to people stays theirs.
func TestRollbackOfLeaving(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.planned(fmt.Sprintf(small, "one", 3))
	w.apply(plan)
	w.answers(plan, "web/web[1]", "", "unmanage")
	w.answers(plan, "web/web[2]", "position", "unmanage")
	w.apply(plan)
	back := w.back(plan)
	told := fmt.Sprint(w.preview(back).Findings)
	for _, want := range []string{"left web/web[1], web/web[2] position to people", "diet adopt"} {
		if !strings.Contains(told, want) {
			t.Errorf("findings lack %q: %s", want, told)
		}
	}
	w.apply(back)
	w.law(back)
}

// TestRollbackOfWhatSomebodyDeletedSince undoes a run that released a server, of which somebody has deleted
// something since: nobody asked for that to be made again, and the preview names it.
func TestRollbackOfWhatSomebodyDeletedSince(t *testing.T) {
	t.Parallel()
	const server, port, cable = "web/web[4]", "web/web[4]/lom.eth0", "web/web[4]/lom.eth0~"
	for endpoint, x := range map[string]struct{ gone, told string }{
		"devices":    {server, "released " + server + ", " + cable + ", and somebody"},
		"interfaces": {port, "released " + port + ", " + cable + ", and somebody"},
		"cables":     {cable, "released " + cable + ", and somebody"},
	} {
		t.Run(endpoint, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			text := strings.Replace(halls, "deletionPolicy: delete", "deletionPolicy: orphan", 1)
			before := w.edited(text)
			w.apply(before)
			id := w.object(endpoint, x.gone)["id"]
			w.apply(w.edited(text, "count: 4\n", "count: 3\n"))
			w.byHandJSON("DELETE", fmt.Sprintf("dcim/%s/%v", endpoint, id), "")
			w.sync()
			n := len(w.server.Objects(endpoint))
			back := w.back(before)
			if told := fmt.Sprint(w.preview(back).Findings); !strings.Contains(told, x.told) {
				t.Errorf("findings lack %q: %s", x.told, told)
			}
			if x.gone != server {
				w.answers(back, server, "", "adopt") // what is released is nobody's
			}
			w.sparesNothing(before)
			if now := len(w.server.Objects(endpoint)); now != n {
				t.Errorf("there are %d %s, and were %d", now, endpoint, n)
			}
		})
	}
}

// TestRollbackOfTakingBack says that what a run took back from people, and what marks it put right, stays so.
func TestRollbackOfTakingBack(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.planned(fmt.Sprintf(small, "one", 3))
	w.apply(plan)
	w.edit("devices", "web/web[3]", `{"custom_fields": {"diet_object_id": "web/web[77]"}}`)
	w.sync()
	w.answers(plan, "web/web[3]", "", "restore")
	w.apply(plan)
	w.tells(plan, "put diet's marks right on web/web[3]")
	for _, word := range []string{"unmanage", "adopt"} {
		w.answers(plan, "web/web[1]", "", word)
		w.answers(plan, "web/web[2]", "position", word)
		w.apply(plan)
	}
	w.tells(plan, "took back from people web/web[1], web/web[2] position: that stays", "diet unmanage")
}

// tells undoes the newest run, and holds that its preview says so.
func (w *world) tells(plan engine.Intent, wants ...string) {
	w.Helper()
	back, err := w.eng.Rollback(w.Context(), w.lastRun())
	if err != nil {
		w.Fatal(err)
	}
	told := fmt.Sprint(w.preview(back).Findings)
	for _, want := range wants {
		if !strings.Contains(told, want) {
			w.Errorf("findings lack %q: %s", want, told)
		}
	}
	w.apply(back)
	w.law(back)
	w.law(plan)
}

// TestRollbackTakesBackWhatNobodyTouched undoes runs that released something, in one pass where nobody
// has changed it since; what somebody has changed is asked about, and hers stays.
func TestRollbackTakesBackWhatNobodyTouched(t *testing.T) {
	t.Parallel()
	whole := strings.NewReplacer(", breakout: 2x400", "", "400gbase-x-osfp", "800gbase-x-osfp").Replace(pairs)
	released := strings.Replace(halls, "deletionPolicy: delete", "deletionPolicy: orphan", 1)
	for name, x := range map[string]struct{ text, part, was, hers string }{
		"ports of what it deleted":  {whole, "web/dc.leaf[1]/3", "count: 3\n", `{"type": "400gbase-x-osfp"}`},
		"servers that it left":      {released, "web/web[4]", "count: 4\n", `{"position": 40}`},
		"ports of those":            {released, "web/web[4]/lom.eth0", "count: 4\n", `{"type": "10gbase-x-sfpp"}`},
		"what no plan says of them": {released, "web/web[4]", "count: 4\n", `{"comments": "in use for the database"}`},
		"or of their ports":         {released, "web/web[4]/lom.eth0", "count: 4\n", `{"description": "uplink of hers"}`},
	} {
		for _, touched := range []bool{false, true} {
			t.Run(fmt.Sprint(name, touched), func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.6")
				plan := w.edited(x.text)
				w.apply(plan)
				was := w.estate()
				endpoint := "devices"
				if strings.Count(x.part, "/") > 1 {
					endpoint = "interfaces"
				}
				path := fmt.Sprintf("dcim/%s/%v", endpoint, w.object(endpoint, x.part)["id"])
				w.apply(w.edited(x.text, x.was, strings.NewReplacer("4", "3", "3", "2").Replace(x.was)))
				if touched {
					w.byHandJSON("PATCH", path, x.hers)
				}
				w.sync()
				if !touched {
					w.sparesNothing(plan)
					w.sameEstate(was)
					return
				}
				back := w.back(plan)
				if asked := asks(w.preview(back)); !strings.Contains(fmt.Sprint(asked), x.part) {
					t.Errorf("asked %+v, not about %s", asked, x.part)
				}
				whole := strings.TrimSuffix(x.part, "/lom.eth0") // its parts are decided together with it
				if q := w.preview(back).Questions; !slices.ContainsFunc(q, func(q answer.Question) bool {
					return slices.Contains(q.Objects, x.part) || slices.Contains(q.Objects, whole)
				}) {
					t.Errorf("nobody is asked about %s: %+v", x.part, q)
				}
				for _, q := range w.preview(back).Questions {
					reply := engine.Reply{Question: q.Key, Answer: "approve", Who: "joe", Why: "x"}
					if _, err := w.eng.Resolve(t.Context(), back, reply); err != nil {
						t.Fatal(err)
					}
				}
				w.apply(back)
				w.law(back)
				if !strings.Contains(fmt.Sprint(w.made()), x.part) {
					t.Errorf("%s is not the plan's: %q", x.part, w.made())
				}
			})
		}
	}
}
