package engine_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
)

// estate is what NetBox has of a plan, in words without NetBox ids: what is deleted and made
// again has another one.
func (w *world) estate() []string {
	names := map[any]string{}
	for _, endpoint := range []string{"racks", "devices", "interfaces"} {
		for _, o := range w.server.Objects(endpoint) {
			parent, _ := o["device"].(map[string]any)
			names[fmt.Sprint(endpoint, o["id"])] = fmt.Sprint(parent["name"], " ", o["name"])
		}
	}
	var out []string
	for _, endpoint := range []string{"racks", "devices", "modules", "interfaces", "cables"} {
		for _, o := range w.server.Objects(endpoint) {
			custom, _ := o["custom_fields"].(map[string]any)
			rack, _ := o["rack"].(map[string]any)
			lag, _ := o["lag"].(map[string]any)
			port, _ := o["parent"].(map[string]any)
			if custom["diet_object_id"] == nil {
				delete(custom, "diet_managed") // it may have been diet's
			}
			line := []any{
				endpoint, custom["diet_object_id"], custom["diet_managed"], o["name"], o["description"], o["u_height"], o["position"],
				o["type"], nested(o["device_type"]), names[fmt.Sprint("racks", rack["id"])],
				names[fmt.Sprint("interfaces", lag["id"])], nested(o["module_type"]),
				o["enabled"], o["label"], o["status"], o["profile"],
			}
			if endpoint == "interfaces" {
				line = append(line, names[fmt.Sprint("interfaces", port["id"])])
			}
			for _, side := range []string{"a_terminations", "b_terminations"} {
				for _, port := range ported(o[side]) {
					line = append(line, names[fmt.Sprint("interfaces", port)])
				}
			}
			out = append(out, fmt.Sprint(line...))
		}
	}
	slices.Sort(out)
	return out
}

// lastRun is the id of the newest run.
func (w *world) lastRun() string {
	w.Helper()
	runs, err := w.eng.Runs(w.Context(), "", 1)
	if err != nil || len(runs) != 1 {
		w.Fatalf("runs %v, %v", runs, err)
	}
	return runs[0].ID
}

// back rolls the newest run back.
func (w *world) back(plan *generate.Plan) engine.Rollback {
	w.Helper()
	r, err := w.eng.Rollback(w.Context(), w.lastRun())
	if err != nil {
		w.Fatal(err)
	}
	r.Plan = plan.Info()
	return r
}

// TestRollback undoes what a run did, whatever it was: NetBox is as before.
func TestRollback(t *testing.T) {
	t.Parallel()
	for name, edits := range map[string][]string{
		"creates":                         {"count: 4\n", "count: 6\n"},
		"deletes":                         {"count: 4\n", "count: 2\n"},
		"moves":                           {inRow, "rack: {pool: row, per: 2, fromU: 11}"},
		"updates":                         {ofType, "      type: server\n      set: {description: new}\n      name: \"srv-{n}\"\n"},
		"recables":                        {"ports: 1-8}", "ports: 3-8}"},
		"another type, and what it needs": {ofType, "      type: tall\n"},
		"racks":                           {"count: 2, units: 48", "count: 3, units: 47"},
		"all of it at once": {
			"count: 4\n", "count: 3\n", inRow, "rack: {pool: row, per: 2, fromU: 11}", "count: 2, units: 48", "count: 3, units: 48",
			ofType, "      type: server\n      name: \"srv-{n}\"\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			before := w.edited(halls)
			w.apply(before)
			was := w.estate()
			w.apply(w.edited(halls, edits...))
			if slices.Equal(w.estate(), was) {
				t.Fatal("the run did nothing")
			}
			back := w.back(before)
			if told := fmt.Sprint(w.preview(back).Findings); strings.Contains(told, "has another id in NetBox") != (name == "deletes") &&
				name != "all of it at once" {
				t.Errorf("findings %s", told)
			}
			w.apply(back)
			if is := w.estate(); !slices.Equal(is, was) {
				t.Errorf("NetBox is\n%s\nand was\n%s", strings.Join(missingIn(is, was), "\n"), strings.Join(missingIn(was, is), "\n"))
			}
			w.law(back)
			w.apply(before) // fields that only the run stated are let go
			w.law(before)
			w.unique()
		})
	}
}

// olderJournal makes the journal one of a diet that noted less of what was there.
func (w *world) olderJournal() {
	w.Helper()
	db, err := mirror.OpenFile(w.Context(), filepath.Join(w.dir, "mirror.store.db"))
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(w.Context(), `UPDATE journal SET inverse = replace(inverse, '"kind":', '"was":')`); err != nil {
		w.Fatal(err)
	}
}

// TestHold keeps a plan that was rolled back from being applied again unasked, and lets it go
// once the plan changes or a person approves.
func TestHold(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.planned(halls))
	grown := w.planned(strings.Replace(halls, "count: 4\n", "count: 6\n", 1))
	w.apply(grown)
	w.apply(w.back(grown))
	was := w.estate()
	if p := w.preview(grown); !p.Waits() || p.Pending() > 0 || p.Verdict.Rule != "RUN109" {
		t.Errorf("the plan is not held: %+v", p.Verdict)
	}
	w.apply(grown)
	if !slices.Equal(w.estate(), was) {
		t.Error("the plan was applied again")
	}
	w.open("another.db")
	question := w.asked(grown)
	r := engine.Reply{Question: question, Answer: "approve", Who: "joe", Why: "because"}
	if _, err := w.eng.Resolve(t.Context(), grown, r); err != nil {
		t.Fatal(err)
	}
	w.apply(grown)
	w.law(grown)
	if slices.Equal(w.estate(), was) {
		t.Error("the plan was not applied")
	}
	for _, o := range w.server.Objects("tags") {
		t.Errorf("a tag is left: %v", o["slug"])
	}
}

// TestRolledBackAlready: what a later run made in the place of what was undone is that run's to undo.
func TestRolledBackAlready(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.planned(halls))
	grown := w.planned(strings.Replace(halls, "count: 4\n", "count: 6\n", 1))
	w.apply(grown)
	first := w.lastRun()
	w.apply(w.back(grown))
	if _, err := w.eng.Rollback(t.Context(), first); err != nil {
		t.Fatalf("there is nothing to undo, and no later run: %v", err)
	}
	r := engine.Reply{Question: w.asked(grown), Answer: "approve", Who: "joe", Why: "because"}
	if _, err := w.eng.Resolve(t.Context(), grown, r); err != nil {
		t.Fatal(err)
	}
	w.apply(grown)
	second := w.lastRun()
	_, err := w.eng.Rollback(t.Context(), first)
	var refused *engine.RollbackError
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), second+" wrote since: roll "+second+" back") {
		t.Fatalf("undone once more: %v", err)
	}
	back, err := w.eng.Rollback(t.Context(), second)
	if err != nil {
		t.Fatal(err)
	}
	w.apply(back)
	w.law(back)
}

// TestHoldsOfSeveral rolls two runs back, and then the plan's destruction: what each of them did
// is held, until a person approves.
func TestHoldsOfSeveral(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	counts := func(n int) *generate.Plan { return w.planned(fmt.Sprintf(small, "one", n)) }
	w.apply(counts(1))
	w.apply(counts(2))
	older := w.lastRun()
	w.apply(counts(3))
	newer := w.lastRun()
	undo := func(run string) {
		t.Helper()
		back, err := w.eng.Rollback(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		w.apply(back)
		w.law(back)
	}
	undo(newer)
	undo(older)
	held := func(want string) {
		t.Helper()
		w.open(rand.Text() + ".db") // the store and the mirror of another machine
		w.sync()
		var is []string
		for n := range 4 {
			if p := w.preview(counts(n)); p.Verdict.Rule == "RUN109" {
				is = append(is, strconv.Itoa(n))
			}
		}
		for _, o := range w.server.Objects("tags") { // each deletion of a destruction is asked about anyway
			if strings.Contains(fmt.Sprint(o["description"]), "destroy") {
				is = append(is, "destroy")
			}
		}
		if got := strings.Join(is, " "); got != want {
			t.Errorf("held are %s, want %s", got, want)
		}
	}
	held("2 3")
	w.open("mirror.db")
	gone := engine.Destruction{Plan: counts(1).Info()}
	answersAll("approve")(w, gone)
	w.apply(gone)
	held("2 3")
	w.open("mirror.db")
	undo(w.lastRun())
	held("2 3 destroy")
	w.open("mirror.db")
	r := engine.Reply{Question: w.asked(counts(2)), Answer: "approve", Who: "joe", Why: "because"}
	if _, err := w.eng.Resolve(t.Context(), counts(2), r); err != nil {
		t.Fatal(err)
	}
	w.apply(counts(2))
	w.law(counts(2))
	held("destroy")
}

// TestHoldOfAPart holds the plan where only a part of a run was rolled back, and lets it go
// where only a part of it was approved.
func TestHoldOfAPart(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.planned(halls))
	grown := w.planned(strings.Replace(halls, "count: 4\n", "count: 6\n", 1))
	w.apply(grown)
	back := engine.Narrowed{Intent: w.back(grown), Targets: []string{"web/web[5]", "web/web[6]"}}
	w.apply(back)
	w.law(back)
	if p := w.preview(grown); !p.Waits() || p.Verdict.Rule != "RUN109" {
		t.Fatalf("the plan is not held: %+v", p.Verdict)
	}
	part := engine.Narrowed{Intent: grown, Targets: []string{"web/web[5]"}}
	p := w.preview(part)
	if len(p.Questions) != 1 {
		t.Fatalf("questions %+v", p.Questions)
	}
	r := engine.Reply{Question: p.Questions[0].Key, Answer: "approve", Who: "joe", Why: "because"}
	if _, err := w.eng.Resolve(t.Context(), part, r); err != nil {
		t.Fatal(err)
	}
	w.apply(part)
	w.law(part)
	if p := w.preview(grown); p.Waits() || p.Pending() == 0 {
		t.Errorf("the rest is held still: %+v, %d", p.Verdict, p.Pending())
	}
	w.apply(grown)
	w.law(grown)
}

// asked is the one question of a plan.
func (w *world) asked(plan *generate.Plan) string {
	w.Helper()
	p := w.preview(plan)
	if len(p.Questions) != 1 {
		w.Fatalf("questions %+v", p.Questions)
	}
	return p.Questions[0].Key
}

// missingIn are the texts of a that b does not have.
func missingIn(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}

// TestRollbackOfAnAdoption gives up what the run took over, and keeps it.
func TestRollbackOfAnAdoption(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.planned(halls)
	w.apply(engine.Narrowed{Intent: plan, Targets: []string{"rack", "web/web[1]"}})
	device := w.object("devices", "web/web[1]")
	w.make("devices", fmt.Sprintf(`{"name": "web-002", "site": %v, "role": %v, "device_type": %v}`,
		nested(device["site"]), nested(device["role"]), nested(device["device_type"])))
	w.answers(plan, "web/web[2]", "", "adopt")
	w.apply(engine.Narrowed{Intent: plan, Targets: []string{"web/web[2]"}})
	back := w.back(plan)
	told := fmt.Sprint(w.preview(back).Findings)
	if !strings.Contains(told, "took over web/web[2] (face, location, position, rack)") || strings.Contains(told, "put tags on") {
		t.Errorf("findings %s", told)
	}
	w.apply(back)
	w.law(back)
	found := 0
	for _, o := range w.server.Objects("devices") {
		if custom, _ := o["custom_fields"].(map[string]any); o["name"] == "web-002" && custom["diet_object_id"] == nil {
			found++
		}
	}
	if found != 1 {
		t.Errorf("%d devices web-002 are nobody's", found)
	}
}

// TestRollbackTellsOfTags says which tags stay: those that the run put on what was there
// before, not those of what it made.
func TestRollbackTellsOfTags(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.edited(halls, ofType, ofType+"      set: {tags: [old]}\n")
	w.apply(plan)
	w.apply(w.edited(halls, ofType, ofType+"      set: {tags: [old, gold]}\n", "count: 4\n", "count: 5\n"))
	back := w.back(plan)
	told := fmt.Sprint(w.preview(back).Findings)
	for n, says := range map[int]bool{1: true, 4: true, 5: false} {
		if strings.Contains(told, fmt.Sprintf("web/web[%d] (gold)", n)) != says {
			t.Errorf("findings %s", told)
		}
	}
	w.apply(back)
	w.law(back)
	w.apply(plan)
	w.law(plan)
	if tags := fmt.Sprint(w.object("devices", "web/web[1]")["tags"]); !strings.Contains(tags, "gold") || !strings.Contains(tags, "old") {
		t.Errorf("tags %s", tags)
	}
}

// TestRollbackTellsOfCasualties names what others had made and that died along.
func TestRollbackTellsOfCasualties(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.plan("one", 3)
	w.apply(plan)
	w.attachAhead("DELETE /api/dcim/devices/")
	w.apply(w.plan("one", 2))
	back := w.back(plan)
	told := fmt.Sprint(w.preview(back).Findings)
	if !strings.Contains(told, "went ip address 10.1.2.3/32, which others had made: they are not") {
		t.Errorf("findings %s", told)
	}
	w.apply(back)
	w.law(back)
	w.object("devices", "web/web[3]")
}

// TestRollbackKeeps leaves what somebody has touched since, as the plan has it, and what a later run
// changed or needs.
func TestRollbackKeeps(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.edited(halls))
	w.apply(w.edited(halls, "count: 4\n", "count: 6\n"))
	run := w.lastRun()
	w.edit("devices", "web/web[5]", `{"comments": "hers"}`)
	last := w.edited(halls, "count: 4\n", "count: 6\n", ofType, "      type: server\n      set: {description: later}\n")
	w.apply(last)
	back, err := w.eng.Rollback(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	p := w.preview(back)
	if c := p.Set().Find("device", "web/web[5]"); c == nil || c.Acts() || c.Verdict.Rule != "DEL102" {
		t.Errorf("what maria wrote on goes: %+v", c)
	}
	if c := p.Set().Find("device", "web/web[6]"); c == nil || !c.Deletes() {
		t.Errorf("what nobody touched stays: %+v", c)
	}
	if c := p.Set().Find("device", "web/web[1]"); c != nil {
		t.Errorf("it is about what the run did not do: %+v", c)
	}
	if n := p.Findings; len(n) != 1 || n[0].ID != "hold" {
		t.Errorf("findings %+v", n)
	}
	w.olderJournal()
	var old *engine.RollbackError
	if _, err := w.eng.Rollback(t.Context(), run); !errors.As(err, &old) || !strings.Contains(err.Error(), "an older diet applied it") {
		t.Errorf("a run of an older diet: %v", err)
	}
	var none *engine.RollbackError
	if _, err := w.eng.Rollback(t.Context(), "run-nosuch"); !errors.Is(err, engine.ErrNotInStore) || errors.As(err, &none) {
		t.Errorf("a run that never was: %v", err)
	}
}
