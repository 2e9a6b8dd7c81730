package engine_test

import (
	"fmt"
	"testing"

	"github.com/diet-project/diet/engine"
)

// airy is a plan of a few servers.
const airy = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: hall}
spec:
  site: ams2
  catalog: {deviceTypes: {server: {manufacturer: acme, model: Server, u: 1}}}
  racks: {row: {count: 1, units: 42}}
  nodes: {web: {count: %d, type: server, rack: {pool: row, per: 10, fromU: 1}}}
  reconcile: {deletionPolicy: delete, approveDeletionsAbove: 100}
`

// TestRollbackLeavesEmptied has somebody empty a field that NetBox fills itself where nobody says: a device that is made
// again has it empty too.
func TestRollbackLeavesEmptied(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.6", "4.7"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			w := setup(t, version)
			w.apply(w.planned(fmt.Sprintf(airy, 1)))
			w.byHandJSON("PATCH", fmt.Sprintf("dcim/device-types/%v", w.server.Objects("device-types")[0]["id"]), `{"airflow": "front-to-rear"}`)
			w.apply(w.planned(fmt.Sprintf(airy, 4)))
			w.byHandJSON("PATCH", fmt.Sprintf("dcim/devices/%v", w.object("devices", "hall/web[2]")["id"]), `{"airflow": ""}`)
			result, _, err := w.eng.Apply(t.Context(), w.planned(fmt.Sprintf(airy, 1)), engine.ApplyOptions{})
			if err != nil || len(w.server.Objects("devices")) != 1 {
				t.Fatalf("%v, %d devices", err, len(w.server.Objects("devices")))
			}
			w.undo(result.Run)
			for object, want := range map[string]string{"hall/web[2]": "null", "hall/web[3]": "front-to-rear"} {
				if got := w.seen(w.object("devices", object)["airflow"]); got != want {
					t.Errorf("the airflow of %s is %s, want %s", object, got, want)
				}
			}
		})
	}
}
