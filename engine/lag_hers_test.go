package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/diff"
)

// noLags are the pairs ahead of their LAGs.
var noLags = strings.Replace(pairs, "lags: true, ", "", 1)

// herLags are LAGs of a person's, of planned names, with members: how they are made, and what a preview names.
var herLags = map[string]struct {
	object, device, lag, member string
	more                        []string // objects that are members too, and are to be
	device4                     bool     // the device is hers too
}{
	"on a server": {object: "web/web[1]/lag:data", device: "web/web[1]", lag: "bond0", member: "web-001 hers"},
	"with a planned one": {
		object: "web/web[1]/lag:data", device: "web/web[1]", lag: "bond0", member: "web-001 hers", more: []string{"web/web[1]/x.p0"},
	},
	"on a switch": {
		object: "web/dc.leaf[1]/lag:web[1].data", device: "web/dc.leaf[1]", lag: "Port-Channel201", member: "leaf-01 hers",
	},
	"with planned ones": {
		object: "web/web[1]/lag:data", device: "web/web[1]", lag: "bond0", more: []string{"web/web[1]/x.p0", "web/web[1]/x.p1"},
	},
	"with one that is not": {
		object: "web/dc.leaf[1]/lag:web[1].data", device: "web/dc.leaf[1]", lag: "Port-Channel201", member: "leaf-01 E1/1/2",
	},
	"on hers": {object: "web/web[4]/lag:data", device: "web-004", lag: "bond0", member: "web-004 hers", device4: true},
}

// TestLagOfHers finds LAGs of a person's where the plan wants some of these names: she is asked about those with members
// that are not the plan's, with these; they stay members, of whatever the LAG becomes, and are told.
func TestLagOfHers(t *testing.T) {
	t.Parallel()
	for name, x := range herLags {
		for _, word := range []string{"adopt", "rename_existing", "skip"} {
			t.Run(name+", "+word, func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.6")
				w.apply(w.planned(noLags))
				plan := w.planned(strings.Replace(pairs, "count: 3", "count: 4", 1))
				var device any
				if x.device4 {
					like := w.object("devices", "web/web[1]")
					device = w.make("devices", fmt.Sprintf(`{"name": "web-004", "site": %v, "role": %v, "device_type": %v}`,
						nested(like["site"]), nested(like["role"]), nested(like["device_type"])))
				} else {
					device = w.object("devices", x.device)["id"]
				}
				lag := w.make("interfaces", fmt.Sprintf(`{"device": %v, "name": %q, "type": "lag"}`, device, x.lag))
				member := w.putInto(x.member, device, lag)
				for _, object := range x.more {
					w.edit("interfaces", object, fmt.Sprintf(`{"lag": %v}`, lag))
				}
				c := w.preview(plan).Set().Find("interface", x.object)
				tells := map[bool]string{true: "EXI009", false: "EXI001"}[member != 0]
				if c == nil || !c.Verdict.Asks() || c.Verdict.Rule != tells || !strings.Contains(c.Verdict.Message, x.member) {
					t.Fatalf("%+v", c)
				}
				if x.device4 {
					w.answersAsked(plan, "adopt")
				}
				w.answers(plan, x.object, "", word)
				w.apply(plan)
				w.law(plan)
				w.staysIn(x.object, member, lag, word)
				told := ""
				for _, n := range w.preview(plan).Findings {
					if n.ID == diff.GatheredFinding && n.Severity == change.Warning {
						told = n.Message
					}
				}
				if strings.Contains(told, x.object) != (word == "adopt" && strings.HasSuffix(x.member, "hers")) {
					t.Errorf("told is %q", told)
				}
				if !strings.Contains(told, x.object) {
					return
				}
				ack := engine.Reply{Object: x.object, Field: diff.GatheredFinding, Answer: "acknowledge", Who: "joe", Why: "x"}
				_, err := w.eng.Resolve(t.Context(), plan, ack)
				_, other := w.eng.Why(t.Context(), plan, x.object, diff.GatheredFinding)
				for _, err := range []error{err, other} {
					if err == nil || !strings.Contains(err.Error(), "takes no answer; "+x.object) || !strings.Contains(err.Error(), told) {
						t.Errorf("to acknowledge it is refused with %v", err)
					}
				}
			})
		}
	}
}

// putInto makes an interface of hers a member of a LAG, or one of the plan's; it returns its id, 0 for none.
func (w *world) putInto(name string, device any, lag float64) float64 {
	w.Helper()
	_, port, _ := strings.Cut(name, " ")
	switch {
	case name == "":
		return 0
	case port == "hers":
		return w.make("interfaces", fmt.Sprintf(`{"device": %v, "name": "hers", "type": "400gbase-x-osfp", "lag": %v}`, device, lag))
	}
	id := w.port("leaf-01", port)["object_id"].(float64)
	w.byHandJSON("PATCH", fmt.Sprintf("dcim/interfaces/%v", id), fmt.Sprintf(`{"lag": %v}`, lag))
	return id
}

// staysIn asserts that a member is in the LAG that it was in, which is the plan's or not, as was answered.
func (w *world) staysIn(object string, member, lag float64, word string) {
	w.Helper()
	ours := false
	for _, o := range w.server.Objects("interfaces") {
		custom, _ := o["custom_fields"].(map[string]any)
		ours = ours || o["id"] == lag && custom["diet_object_id"] == object
		if o["id"] == member && fmt.Sprint(nested(o["lag"])) != fmt.Sprint(lag) {
			w.Errorf("the member is in %v, want %v", nested(o["lag"]), lag)
		}
	}
	if ours != (word == "adopt") {
		w.Errorf("the LAG is the plan's: %v", ours)
	}
}

// TestLagOfHersGrows has a person put one more port into her LAG once it was answered that it be adopted: she is
// asked again.
func TestLagOfHersGrows(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.planned(noLags))
	plan := w.planned(pairs)
	device := w.object("devices", "web/web[1]")["id"]
	lag := w.make("interfaces", fmt.Sprintf(`{"device": %v, "name": "bond0", "type": "lag"}`, device))
	for _, name := range []string{"one", "two"} {
		w.answersAsked(plan, "adopt")
		w.make("interfaces", fmt.Sprintf(`{"device": %v, "name": %q, "type": "400gbase-x-osfp", "lag": %v}`, device, name, lag))
		c := w.preview(plan).Set().Find("interface", "web/web[1]/lag:data")
		if c == nil || !c.Verdict.Asks() || !strings.Contains(c.Verdict.Message, "web-001 "+name) {
			t.Fatalf("%+v", c)
		}
	}
	w.answersAsked(plan, "adopt")
	w.apply(plan)
	w.law(plan)
	if told := w.preview(plan).Ending(); told != "nothing to write: see below" {
		t.Error(told)
	}
}

// TestLagsOfTheType finds members that a person put into a LAG that the device's type has: NetBox made that, but
// it is not taken over unasked.
func TestLagsOfTheType(t *testing.T) {
	t.Parallel()
	for _, used := range []bool{false, true} {
		w := setup(t, "4.6")
		typed := strings.NewReplacer(`ports: {"E1/{1-4}": 800gbase-x-osfp}`, `ports: {"E1/{1-4}": 800gbase-x-osfp, bond0: lag}`)
		w.apply(w.planned(typed.Replace(noLags)))
		lag := w.port("web-001", "bond0")["object_id"]
		if used {
			device := w.object("devices", "web/web[1]")["id"]
			w.make("interfaces", fmt.Sprintf(`{"device": %v, "name": "hers", "type": "400gbase-x-osfp", "lag": %v}`, device, lag))
		}
		plan := w.planned(typed.Replace(pairs))
		c := w.preview(plan).Set().Find("interface", "web/web[1]/lag:data")
		if used != c.Verdict.Asks() || used && (c.Verdict.Rule != "EXI010" || c.Verdict.Recommended != "adopt") {
			t.Errorf("used %v: %+v", used, c.Verdict)
		}
		w.answersAsked(plan, "adopt")
		w.apply(plan)
		w.law(plan)
		if w.object("interfaces", "web/web[1]/lag:data")["id"] != lag {
			t.Error("another LAG was made")
		}
	}
}
