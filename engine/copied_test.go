package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
)

// typed is the plan of n servers whose type has ports, with everything that people edit written back.
func (w *world) typed(servers int) *generate.Plan {
	w.Helper()
	return w.edited(fmt.Sprintf(small, "one", servers), "model: Server, u: 1}",
		`model: Server, u: 1, ports: {"lom-eth{0-1}": 25gbase-x-sfp28}}`, "deletionPolicy: delete", "deletionPolicy: delete, remediation: auto")
}

// copyOnly has a person copy a server, marks and all, and delete the original.
func (w *world) copyOnly() {
	w.Helper()
	original, _ := w.copied(person)
	w.byHandJSON("DELETE", fmt.Sprintf("dcim/devices/%v", original), "")
}

// portsOfCopy are the marks of the copy's interfaces, and how many cables end on them.
func (w *world) portsOfCopy() string {
	var out []string
	for _, o := range w.server.Objects("interfaces") {
		if o["device"].(map[string]any)["name"] == "copy" {
			custom, _ := o["custom_fields"].(map[string]any)
			out = append(out, fmt.Sprint(o["name"], " ", custom["diet_object_id"], " ", o["cable"] != nil))
		}
	}
	return strings.Join(out, ", ")
}

// TestNothingOfADoubtfulDeviceIsTaken has a copy of a server's marks be all that is left of it: while it
// is asked whose it is, and where that is skipped, its ports stay nobody's and nothing is plugged into them.
func TestNothingOfADoubtfulDeviceIsTaken(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.typed(2)
	w.apply(plan)
	w.copyOnly()
	was := w.portsOfCopy()
	w.stays(plan)
	if is := w.portsOfCopy(); is != was {
		t.Errorf("while it is asked: %s, and were %s", is, was)
	}
	w.answers(plan, "web/web[2]", "", "skip")
	w.stays(plan)
	if is := w.portsOfCopy(); is != was {
		t.Errorf("skipped: %s, and were %s", is, was)
	}
}

// TestCopyIsNotWritten has a plan that writes back what people edit, and a copy of a server: once it is
// answered that the copy be let go, it is, and nothing else is written to it.
func TestCopyIsNotWritten(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.typed(2)
	w.apply(plan)
	original, other := w.copied(person)
	w.stays(plan)
	w.edit("devices", "web/web[1]", `{"face": "rear"}`)
	w.answers(plan, fmt.Sprint("device:", other), "", "orphan")
	result, p, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
	if err != nil || len(result.Failed) > 0 {
		t.Fatal(err, result.Failed)
	}
	if c := p.Set().Find("device", "web/web[2]"); c != nil {
		t.Errorf("of the server: %+v", c)
	}
	w.law(plan)
	w.ownedOnly(original, other)
	if name := w.named("devices", "copy")["name"]; name != "copy" {
		t.Errorf("the copy is %v", name)
	}
}

// TestCopyOfWhatIsGivenUp has somebody copy a server, and a person answer that the copy loses its marks; the plan gives up the server
// then: the copy is nothing that it gives up, and of the original all is deleted, unless something of others is on it.
func TestCopyOfWhatIsGivenUp(t *testing.T) {
	t.Parallel()
	for _, address := range []bool{false, true} {
		t.Run(fmt.Sprint(address), func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			plan := w.live()
			w.apply(plan)
			original, other := w.copied(person)
			if address {
				w.makeAt("ipam/ip-addresses", fmt.Sprintf(
					`{"address": "192.0.2.7/24", "assigned_object_type": "dcim.interface", "assigned_object_id": %v}`,
					w.object("interfaces", "web/web[2]/lom.eth0")["id"]))
			}
			w.answers(plan, fmt.Sprint("device:", other), "", "orphan")
			fewer := w.live("count: 2\n", "count: 1\n")
			var found []string
			for _, c := range w.preview(fewer).Set().Changes {
				if c.Kind == "device" {
					found = append(found, fmt.Sprint(c.NetBoxID, " ", c.Object, " ", c.Class))
				}
			}
			want := []string{fmt.Sprintf("%v device:%v identity", other, other), fmt.Sprintf("%v web/web[2] orphaned", original)}
			if !slices.Equal(found, want) {
				t.Errorf("the devices are %q, want %q", found, want)
			}
			w.apply(fewer)
			w.law(fewer)
			servers := "copy web-001"
			if address {
				servers += " web-002"
			}
			w.serversAre(servers)
			if got := len(w.server.Objects("ip-addresses")); address && got != 1 {
				t.Errorf("%d addresses", got)
			}
		})
	}
}
