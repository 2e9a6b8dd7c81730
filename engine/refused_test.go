package engine_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/mirror/sandbox"
)

// cableIDs are the NetBox ids of the cables, by diet id.
func (w *world) cableIDs() map[string]any {
	out := map[string]any{}
	for _, o := range w.server.Objects("cables") {
		custom, _ := o["custom_fields"].(map[string]any)
		out[fmt.Sprint(custom["diet_object_id"])] = o["id"]
	}
	return out
}

// TestRefusedDeletionCostsNothing has NetBox refuse to delete a device for a reason that
// nobody can foresee, such as a protection rule: it keeps its cables, and the result says
// so. The next run deletes both.
func TestRefusedDeletionCostsNothing(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.4", "4.6", "4.7"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			w := setup(t, version)
			w.apply(w.plan("one", 4))
			was := w.cableIDs()
			doomed := w.object("devices", "web/web[3]")["id"]
			w.server.FailNext(sandbox.Fault{
				Method: http.MethodDelete, PathPrefix: "/api/dcim/devices/", BodyContains: fmt.Sprintf(`"id":%v`, doomed),
				Status: 409, Body: `{"detail": "Deletion is prevented by a protection rule"}`, Times: 8,
			})
			plan := w.plan("one", 2)
			result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
			w.server.ResetFaults()
			if err != nil || len(result.Failed) != 1 || result.Failed[0].Object != "web/web[3]" {
				t.Fatalf("%v, failed %+v", err, result.Failed)
			}
			is := w.cableIDs()
			for _, cable := range []string{"web/web[3]/lom.eth0~", "web/web[3]/lom.eth1~"} {
				if is[cable] != was[cable] {
					t.Errorf("%s was %v and is %v", cable, was[cable], is[cable])
				}
				if a, b := w.ends(cable); len(a) != 1 || len(b) != 1 {
					t.Errorf("%s joins %v and %v", cable, a, b)
				}
				if !slices.ContainsFunc(result.Skipped, func(o apply.Outcome) bool { return o.Object == cable && o.Cause == "web/web[3]" }) {
					t.Errorf("%s is not told to stay: %+v", cable, result.Skipped)
				}
			}
			if n := len(is); n != 6 {
				t.Errorf("%d cables are there", n)
			}
			w.apply(plan)
			w.law(plan)
			if n := len(w.cableIDs()); n != 4 {
				t.Errorf("%d cables are left", n)
			}
		})
	}
}

// TestSwitchGoes takes a switch away whose cables move to another one in the same run.
func TestSwitchGoes(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.4", "4.6", "4.7"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			w := setup(t, version)
			w.apply(w.replanned(2))
			was := w.cableIDs()
			plan := w.replanned(2, "leaf: {role: leaf, type: leaf-48, group: 2,", "leaf: {role: leaf, type: leaf-48, count: 1,",
				", spread: alternate", "")
			w.apply(plan)
			w.law(plan)
			if n := len(w.server.Objects("devices")); n != 3 {
				t.Errorf("%d devices are left", n)
			}
			for cable, id := range w.cableIDs() {
				if a, b := w.ends(cable); was[cable] != id || len(a) != 1 || len(b) != 1 {
					t.Errorf("%s was %v and is %v, between %v and %v", cable, was[cable], id, a, b)
				}
			}
		})
	}
}

// TestNetBoxKeeps has a person build what NetBox keeps a device for. The preview says so, no
// answer deletes the device, and nothing of it goes ahead of NetBox's refusal.
func TestNetBoxKeeps(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"virtual-chassis":         `{"name": "vc1", "master": %v}`,
		"virtual-device-contexts": `{"name": "vc1", "device": %v, "status": "active", "identifier": 1}`,
	} {
		for _, policy := range []string{"warn", "delete"} {
			t.Run(name+" "+policy, func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.6")
				less := w.planned(strings.Replace(fmt.Sprintf(small, "one", 2), "deletionPolicy: delete", "deletionPolicy: "+policy, 1))
				w.apply(w.plan("one", 3))
				device := w.object("devices", "web/web[3]")["id"]
				if name == "virtual-chassis" {
					vc := w.make(name, `{"name": "vc1"}`)
					w.byHandJSON("PATCH", fmt.Sprintf("dcim/devices/%v", device), fmt.Sprintf(`{"virtual_chassis": %v, "vc_position": 1}`, vc))
					w.byHandJSON("PATCH", fmt.Sprintf("dcim/virtual-chassis/%v", vc), fmt.Sprintf(`{"master": %v}`, device))
				} else {
					w.make(name, fmt.Sprintf(body, device))
				}
				p := w.preview(less)
				c := p.Set().Find("device", "web/web[3]")
				for _, part := range []string{`"vc1"`, "created by maria", "NetBox does not delete it"} {
					if !strings.Contains(c.Verdict.Message, part) {
						t.Errorf("%q does not tell %q", c.Verdict.Message, part)
					}
				}
				w.sync()
				_, err := w.eng.Resolve(t.Context(), less, engine.Reply{Object: "web/web[3]", Answer: "force_delete", Who: "joe", Why: "x"})
				var unfit *engine.UnfitError
				if !errors.As(err, &unfit) {
					t.Errorf("force_delete is accepted: %v", err)
				}
				was := w.cableIDs()
				w.apply(less)
				if is := w.cableIDs(); len(is) != len(was) {
					t.Errorf("of %d cables %d are left", len(was), len(is))
				}
				w.law(less)
			})
		}
	}
}
