package diff_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/mirror/mirrortest"
)

// TestSharedIDs has three devices with one id, of one of which somebody released a field, and one
// without a doubt: the three are told of, whichever of them is read first, and by the next diff
// too, which reads the doubtful ones alone.
func TestSharedIDs(t *testing.T) {
	t.Parallel()
	base := object{"name": "web-001", "site": 1, "device_type": 1, "role": 1, "status": "active"}
	for released := range 4 { // 0 is none
		db := seed(t, nil, "")
		var devices []map[string]any
		for i := 1; i <= 4; i++ {
			id := "web/web[1]"
			if i == 4 {
				id = "web/web[2]"
			}
			marks := owned(id, base)
			if i == released {
				marks["diet_managed_fields"].(object)["released"] = object{"role": object{"value": 1}}
			}
			devices = append(devices, object{
				"id": i, "name": fmt.Sprint("web-00", i), "site": object{"id": 1}, "device_type": object{"id": 1}, "role": object{"id": 1},
				"status": object{"value": "active"}, "tags": []any{}, "custom_fields": marks,
			})
		}
		mirrortest.Seed(t, db, "device", devices...)
		told := diff.Told{Whose: map[diff.Place]diff.Said{{Kind: "device", ID: 99}: {}}} // all marks are read whole
		for _, said := range []diff.Told{{}, {}, told} {
			set, err := diff.Diff(t.Context(), db, topology(nil), said)
			if err != nil {
				t.Fatal(err)
			}
			at := slices.IndexFunc(set.Changes, func(c change.Change) bool { return c.Class == change.Identity })
			if at < 0 || len(set.Changes) != 2 || set.Changes[1-at].Object != "web/web[2]" {
				t.Fatalf("released %d: %+v", released, set.Changes)
			}
			var ids []int64
			for _, r := range set.Changes[at].References {
				ids = append(ids, r.ID)
			}
			if set.Changes[at].NetBoxID != 1 || !slices.Equal(ids, []int64{1, 2, 3}) {
				t.Errorf("released %d: %+v", released, set.Changes[at])
			}
		}
	}
}
