package engine_test

import (
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
)

// whole are the cables of broken while six servers are there.
var whole = []string{
	"dc.leaf[1]/1~: leaf-01 E1/1 = web-001 x-p0, web-002 x-p0, web-003 x-p0, web-004 x-p0 breakout-1c4p-4c1p",
	"dc.leaf[1]/2~: leaf-01 E1/2 = web-005 x-p0, web-006 x-p0 breakout-1c4p-4c1p",
	"dc.leaf[1]/3~: leaf-01 E1/3 = spine-01 E1/1, spine-01 E1/2 breakout-1c2p-2c1p",
	"dc.leaf[1]/4~: leaf-01 E1/4 = spine-02 E1/1, spine-02 E1/2 breakout-1c2p-2c1p",
}

// TestBreakoutOfHeldServers has servers leave a plan: they stay plugged in until it is decided
// what becomes of them, and what other lanes need is done meanwhile.
func TestBreakoutOfHeldServers(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]int{"approve": 7, "force_delete": 7, "orphan": 10, "skip": 10} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.7")
			w.apply(w.edited(broken))
			fewer := w.planned(strings.Replace(broken, "count: 6", "count: 3", 1))
			w.apply(fewer)
			w.law(fewer)
			w.same("while held", whole)
			w.answersAsked(fewer, word)
			w.apply(fewer)
			w.law(fewer)
			if got := w.plugs(); got != want {
				t.Errorf("%d plugs, want %d", got, want)
			}
		})
	}
}

// plugs counts what is plugged in at the B ends of all cables.
func (w *world) plugs() (n int) {
	for _, o := range w.server.Objects("cables") {
		list, _ := o["b_terminations"].([]any)
		n += len(list)
	}
	return n
}

// TestBreakoutOfAHeldServer has one server of a breakout go and another one come: what comes is
// plugged in, and what is held stays.
func TestBreakoutOfAHeldServer(t *testing.T) {
	t.Parallel()
	for word, left := range map[string]bool{"approve": false, "skip": true, "": true, "protect": true, "unmanage": true} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.7")
			w.apply(w.edited(broken))
			custom := map[string]string{"protect": `"diet_deletion_protected": true`, "unmanage": `"diet_managed": false`}[word]
			if custom != "" {
				w.edit("devices", "web/web[5]", `{"custom_fields": {`+custom+`}}`)
			}
			plan := w.planned(strings.Replace(broken, "count: 6", "count: 7\n      skip: [5]", 1))
			w.apply(plan)
			w.law(plan)
			held := "web-005 x-p0, web-006 x-p0, web-007 x-p0"
			if got := w.breakouts()[1]; !strings.Contains(got, held) && !strings.Contains(got, "web-005 x-p0, web-006 x-p0") {
				t.Errorf("while held: %s", got)
			}
			if custom == "" && word != "" {
				w.answersAsked(plan, word)
			}
			c := w.preview(plan).Set().Find("cable", "web/dc.leaf[1]/2~")
			if told := c != nil && strings.HasPrefix(c.Held, "waits for web/web[5], which stays as it is"); told != (word == "skip") {
				t.Errorf("%+v", c)
			}
			w.apply(plan)
			w.law(plan)
			if got := w.breakouts()[1]; strings.Contains(got, "web-005") != left {
				t.Errorf("%s: %s", word, got)
			}
		})
	}
}

// TestBreakoutSwitchedWithHeldServers switches to a cable a lane while servers are held: the one
// cable of all stays until it is decided what becomes of them.
func TestBreakoutSwitchedWithHeldServers(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.7")
	w.apply(w.edited(broken))
	plan := w.planned(strings.NewReplacer("count: 6", "count: 5", "profiles: true", "profiles: false").Replace(broken))
	w.apply(plan)
	w.law(plan)
	got := strings.Join(w.breakouts(), "\n")
	if !strings.Contains(got, whole[1]) || strings.Contains(got, whole[0]) {
		t.Error(got)
	}
	if c := w.preview(plan).Set().Find("cable", "web/dc.leaf[1]/2~"); c == nil || c.Held != "waits for web/web[6]" {
		t.Errorf("%+v", c)
	}
	w.answersAsked(plan, "approve")
	w.apply(plan)
	w.law(plan)
	if got := strings.Join(w.breakouts(), "\n"); strings.Contains(got, "breakout") {
		t.Error(got)
	}
}

// leftPlugged are plans in which something would be pulled out of a server that leaves the plan, or a spine.
var leftPlugged = map[string]struct {
	object, port, cable string
	told                string
	edits               []string
	rest                string // what the cable is plugged into once it is pulled out; "" for gone
}{
	"another server gets the lane": {
		"web/web[5]", "web-005 x-p0", "web/dc.leaf[1]/2~", "pull the cable out of what was orphaned",
		[]string{"count: 6", "count: 7\n      skip: [5]"}, "web-007 x-p0, web-006 x-p0, web-008 x-p0",
	},
	"a cable a lane": {
		"web/web[6]", "web-006 x-p0", "web/dc.leaf[1]/2~", "1 interface (web-006 x-p0) that stays; deleting it would unplug them",
		[]string{"count: 6", "count: 5", "profiles: true", "profiles: false"}, "",
	},
	"another spine": {
		"web/dc.spine[2]", "spine-02 E1/1", "web/dc.leaf[1]/4~", "pull the cable out of what was orphaned",
		[]string{"count: 2, zones", "count: 1, zones"}, "spine-01 E1/3, spine-01 E1/4",
	},
	"another spine, lanes": {
		"web/dc.spine[2]", "spine-02 E1/1", "web/dc.leaf[1]/uplink#3~", "pull the cable out of what was orphaned",
		[]string{"count: 2, zones", "count: 1, zones", "profiles: true", "profiles: false"}, "spine-01 E1/3",
	},
}

// TestWhatIsOrphanedStaysPluggedIn releases what the plan would pull a cable out of: that is asked
// about, in the same run and in later ones, and stays until it is answered.
func TestWhatIsOrphanedStaysPluggedIn(t *testing.T) {
	t.Parallel()
	for name, c := range leftPlugged {
		for _, pull := range []bool{false, true} {
			t.Run(name+map[bool]string{true: ", pulled"}[pull], func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.7")
				was := broken
				if strings.Contains(name, "lanes") {
					was = strings.NewReplacer("profiles: true", "profiles: false").Replace(broken)
				}
				w.apply(w.edited(was))
				plan := w.planned(strings.NewReplacer(c.edits...).Replace(broken))
				w.apply(plan)
				w.answers(plan, c.object, "", "orphan")
				if pull { // the server alone, ahead of its cable
					w.apply(engine.Narrowed{Intent: plan, Targets: []string{c.object}})
				}
				asked := w.preview(plan).Set().Find("cable", c.cable)
				if asked == nil || !asked.Waits() || !strings.Contains(asked.Deciding().Message, c.told) {
					t.Fatalf("the cable is not asked about: %+v", asked)
				}
				w.apply(plan)
				w.law(plan)
				if got := w.plugsOf(c.port); got != 1 {
					t.Errorf("plugged in %d times", got)
				}
				for range 2 { // what a cable that is left to people is in the way of is asked then
					w.answersEach(plan, pull)
					w.apply(plan)
					w.law(plan)
				}
				if got := w.plugsOf(c.port); (got == 0) != pull {
					t.Errorf("plugged in %d times", got)
				}
				if pull && !strings.Contains(strings.Join(w.breakouts(), "\n"), c.rest) {
					t.Error(w.breakouts())
				}
				if left := w.questions(plan); len(left) != 0 {
					t.Errorf("asked is still %v", left)
				}
			})
		}
	}
}

// plugsOf counts the cables that a port is plugged into, by the names of its device and its own.
func (w *world) plugsOf(port string) (n int) {
	w.Helper()
	device, name, _ := strings.Cut(port, " ")
	for _, o := range w.server.Objects("interfaces") {
		if in, _ := o["device"].(map[string]any); in["name"] != device || o["name"] != name {
			continue
		}
		for _, cable := range w.server.Objects("cables") {
			for _, at := range append(ported(cable["a_terminations"]), ported(cable["b_terminations"])...) {
				if at == o["id"] {
					n++
				}
			}
		}
	}
	return n
}

// answersEach answers what is asked, whether to pull what is left to people out or to leave it.
func (w *world) answersEach(plan engine.Intent, pull bool) {
	w.Helper()
	for range 3 {
		p := w.preview(plan)
		for i := range p.Changes {
			c := &p.Changes[i]
			switch {
			case c.Verdict.Asks() && c.Class == change.Orphaned:
				w.answers(plan, c.Object, "", map[bool]string{true: "force_delete", false: "orphan"}[pull])
			case c.Verdict.Asks():
				w.answers(plan, c.Object, "", "skip")
			}
			for j := range c.Fields {
				if f := &c.Fields[j]; f.Verdict.Asks() && !c.Verdict.Asks() {
					w.answers(plan, c.Object, f.Name, map[bool]string{true: "use_diet", false: "use_user"}[pull])
				}
			}
		}
	}
}

// fieldNamed is a field of a change, or nil.
func fieldNamed(c *change.Change, name string) *change.Field {
	if c != nil {
		for i := range c.Fields {
			if c.Fields[i].Name == name {
				return &c.Fields[i]
			}
		}
	}
	return nil
}

// TestUnmanagedPlugOfAHeldServer has people take a plug over while it is undecided what becomes of the
// server that it is in: it is theirs at once, and stays so.
func TestUnmanagedPlugOfAHeldServer(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.7")
	w.apply(w.edited(broken))
	plan := w.planned(strings.Replace(broken, "count: 6", "count: 7\n      skip: [5]", 1))
	w.answers(plan, "web/dc.leaf[1]/2~", "b", "unmanage")
	f := fieldNamed(w.preview(plan).Set().Find("cable", "web/dc.leaf[1]/2~"), "b")
	if f == nil || f.Verdict.Decision != change.DecisionUnmanage || f.Verdict.Answer != "unmanage" {
		t.Fatalf("%+v", f)
	}
	w.apply(plan)
	w.law(plan)
	if f := fieldNamed(w.preview(plan).Set().Find("cable", "web/dc.leaf[1]/2~"), "b"); f != nil {
		t.Errorf("it is asked about again: %+v", f)
	}
	w.answers(plan, "web/web[5]", "", "orphan")
	w.apply(plan)
	w.law(plan)
	if got := w.plugsOf("web-005 x-p0"); got != 1 {
		t.Errorf("plugged in %d times", got)
	}
}
