package engine_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// attached is what people attach to the last server, by kind, for its id and that of its interface.
var attached = map[string][2]string{
	"service": {"ipam/services",
		`{"name": "https", "protocol": "tcp", "ports": [443], "parent_object_type": "dcim.device", "parent_object_id": DEVICE}`},
	"inventory_item": {"dcim/inventory-items", `{"device": DEVICE, "name": "DIMM 0"}`},
	"journal_entry": {"extras/journal-entries",
		`{"assigned_object_type": "dcim.device", "assigned_object_id": DEVICE, "comments": "evidence"}`},
	"contact_assignment": {"tenancy/contact-assignments", `{"object_type": "dcim.device", "object_id": DEVICE, "contact": 1, "role": 1}`},
	"mac_address": {"dcim/mac-addresses",
		`{"mac_address": "02:00:00:00:00:04", "assigned_object_type": "dcim.interface", "assigned_object_id": PORT}`},
	"interface":       {"dcim/interfaces", `{"device": DEVICE, "name": "bond0", "type": "lag"}`},
	"virtual_chassis": {"dcim/virtual-chassis", `{"name": "stack"}`}, // joined below
}

// TestWhatOthersAttached keeps a device, whatever is attached to it, and says what.
func TestWhatOthersAttached(t *testing.T) {
	t.Parallel()
	for kind, h := range attached {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.plan("a", 3))
			w.post("tenancy/contacts", `{"name": "on call"}`)
			w.post("tenancy/contact-roles", `{"name": "owner", "slug": "owner"}`)
			device, port := w.object("devices", "web/web[3]")["id"], w.object("interfaces", "web/web[3]/lom.eth0")["id"]
			w.post(h[0], strings.NewReplacer("DEVICE", fmt.Sprint(device), "PORT", fmt.Sprint(port)).Replace(h[1]))
			if kind == "virtual_chassis" {
				w.edit("devices", "web/web[3]", `{"virtual_chassis": 1, "vc_position": 1}`)
			}
			less := w.plan("a", 2)
			w.apply(less)
			w.object("devices", "web/web[3]")
			w.law(less)
			c := w.judged(less, "device", "web/web[3]")
			told := slices.DeleteFunc(append(c.References, c.Edited...), func(r change.Reference) bool {
				return r.Kind == "vc_position" // of the chassis that she joined it to
			})
			if c.Verdict.Rule != "DEL102" || len(told) != 1 || told[0].Kind != kind || c.Unjudged != nil {
				t.Errorf("%s: %+v, told are %+v, unjudged %q", kind, c.Verdict, told, c.Unjudged)
			}
		})
	}
}

// TestRackWithAReservation keeps a rack that somebody reserved units of.
func TestRackWithAReservation(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("a", 2))
	racks := w.server.Objects("racks")
	w.post("dcim/rack-reservations", fmt.Sprintf(`{"rack": %v, "units": [9], "user": 1, "description": "for the lab"}`, racks[0]["id"]))
	moved := w.load("moved.yaml", strings.ReplaceAll(fmt.Sprintf(small, "a", 2), "row", "line"))
	w.apply(moved)
	c := w.judged(moved, "rack", "web/rack:row[1]")
	if !c.Verdict.Asks() || len(c.References) != 1 || c.References[0].Kind != "rack_reservation" || c.References[0].Blame == nil {
		t.Errorf("%+v, with %+v", c.Verdict, c.References)
	}
	w.law(moved)
}

// TestForbiddenEndpoint asks where the token may not see what could be attached to a device.
func TestForbiddenEndpoint(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("a", 3))
	all := w.handler
	w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/extras/journal-entries") {
			http.Error(rw, `{"detail": "You do not have permission to perform this action."}`, http.StatusForbidden)
			return
		}
		all.ServeHTTP(rw, r)
	})
	less := w.plan("a", 2)
	w.apply(less)
	w.object("devices", "web/web[3]")
	c := w.judged(less, "device", "web/web[3]")
	if c.Verdict.Rule != "DEL106" || !c.Verdict.Asks() || !strings.Contains(c.Verdict.Message, "extras/journal-entries") {
		t.Errorf("%+v", c.Verdict)
	}
	w.handler = all
	w.apply(less)
	w.law(less)
	if n := len(w.server.Objects("devices")); n != 4 {
		t.Errorf("%d devices: the third server should be gone by now", n)
	}
}

// judged is the change of an object in a preview.
func (w *world) judged(plan *generate.Plan, kind, object string) *change.Change {
	w.Helper()
	p, err := w.eng.Preview(w.Context(), plan)
	if err != nil {
		w.Fatal(err)
	}
	c := p.Set().Find(kind, object)
	if c == nil {
		w.Fatalf("no change of %s %s", kind, object)
	}
	return c
}
