package engine_test

import (
	"strings"
	"testing"
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
	for word, left := range map[string]bool{"approve": false, "orphan": false, "skip": true, "": true, "protect": true, "unmanage": true} {
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
