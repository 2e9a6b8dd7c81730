package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
)

// TestMovedDeleted has a person delete what had got another id by then, and undoes the run that gave it: the plan of
// before asks whether to make it again, as it would have under the new id.
func TestMovedDeleted(t *testing.T) {
	t.Parallel()
	const moved = "  moved: [{from: web, to: app}]\n"
	for name, x := range map[string]struct {
		servers           int
		kind, now, before string
		fresh             bool
	}{
		"a server":                 {3, "device", "web/app[3]", "web/web[3]", false},
		"the only one":             {1, "device", "web/app[1]", "web/web[1]", false},
		"a cable":                  {3, "cable", "web/app[2]/lom.eth0~", "web/web[2]/lom.eth0~", false},
		"a server, the mirror new": {3, "device", "web/app[3]", "web/web[3]", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			before := w.plan("one", x.servers)
			w.apply(before)
			was := w.count()
			after := w.renamed(moved, x.servers)
			w.apply(after)
			back := w.back(after)
			w.remove(x.kind+"s", x.now)
			w.apply(back)
			w.law(back)
			if x.fresh {
				w.open("new.db")
			}
			if _, err := w.eng.Sync(t.Context(), mirror.Options{}); err != nil {
				t.Fatal(err)
			}
			p := w.preview(before)
			c := p.Set().Find(x.kind, x.before)
			if c == nil || c.Class != change.Missing || !c.Verdict.Asks() || c.Blame.User != "maria" {
				t.Fatalf("%s is %v", x.before, c)
			}
			w.apply(before)
			w.law(before)
			w.answersAsked(before, "use_diet")
			w.apply(before)
			w.law(before)
			if is := w.count(); is != was || w.object(x.kind+"s", x.before) == nil {
				t.Errorf("there are %s, want %s", is, was)
			}
			w.unique()
		})
	}
}

// TestMovedDeletedElsewhere has a person delete a server of a class that goes by another key by now, where a new class
// goes by the old one: that is made, and of the one that she deleted it is asked.
func TestMovedDeletedElsewhere(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 2))
	w.apply(w.renamed("  moved: [{from: web, to: app}]\n", 2))
	w.remove("devices", "web/app[2]")
	text := fmt.Sprintf(small, "one", 2)
	from, to := strings.Index(text, "    web:\n"), strings.Index(text, "  reconcile:")
	both := text[:to] + strings.NewReplacer("    web:\n", "    app:\n", "fromU: 1}", "fromU: 20}").Replace(text[from:to]) + text[to:]
	plan, err := generate.Load("plan.yaml", []byte(both))
	if err != nil {
		t.Fatal(err)
	}
	p := w.preview(plan)
	for object, want := range map[string]change.Class{"web/app[2]": change.Missing, "web/web[1]": change.Absent, "web/web[2]": change.Absent} {
		if c := p.Set().Find("device", object); c == nil || c.Class != want {
			t.Errorf("%s is %+v, want it to be %s", object, c, want)
		}
	}
}

// count is how many there are of what plans own.
func (w *world) count() string {
	out := ""
	for _, kind := range []string{"racks", "devices", "interfaces", "cables"} {
		out += fmt.Sprintf("%d %s ", len(w.server.Objects(kind)), kind)
	}
	return out
}

// TestMovedDeletedLongAgo has a mirror that is new, and has not read the changelog back to when the id was given.
func TestMovedDeletedLongAgo(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.4")
	before := w.plan("one", 3)
	w.apply(before)
	after := w.renamed("  moved: [{from: web, to: app}]\n", 3)
	w.apply(after)
	back := w.back(after)
	w.remove("devices", "web/app[3]")
	w.apply(back)
	const most = 5000 // of which a new mirror reads the changelog, before 4.6
	var others []string
	for n := range most {
		others = append(others, fmt.Sprintf(`{"name": "other %d", "slug": "other-%[1]d"}`, n))
	}
	w.post("dcim/manufacturers", "["+strings.Join(others, ",")+"]")
	w.open("new.db")
	if c := w.preview(before).Set().Find("device", "web/web[3]"); c == nil || c.Class != change.Missing || !c.Verdict.Asks() {
		t.Fatalf("what maria deleted is %v", c)
	}
	devices := len(w.server.Objects("devices"))
	w.apply(before)
	w.law(before)
	if n := len(w.server.Objects("devices")); n != devices {
		t.Errorf("there are %d devices, want %d", n, devices)
	}
}
