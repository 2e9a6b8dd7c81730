package diff_test

import (
	"testing"

	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/mirrortest"
)

// TestOneEntryCountsAsReference adds a kind by one entry: what refers to a device, or to
// an interface of it, is a reference of the device.
func TestOneEntryCountsAsReference(t *testing.T) {
	t.Parallel()
	item := kinds.Kind{
		Name: "inventory_item", Endpoint: "dcim/inventory-items", ObjectType: "dcim.inventoryitem", Role: kinds.Mirrored, Label: "name",
		Fields: []kinds.Field{
			{Name: "device", Type: kinds.Reference, To: "device", OnDelete: kinds.Cascade},
			{Name: "name", Type: kinds.Text},
		},
	}
	address := kinds.Kind{
		Name: "mac_address", Endpoint: "dcim/mac-addresses", ObjectType: "dcim.macaddress", Role: kinds.Mirrored, Label: "mac_address",
		Fields: []kinds.Field{
			{Name: "mac_address", Type: kinds.Text},
			{Name: "assigned_object_type", Type: kinds.Text},
			{Name: "assigned_object_id", Type: kinds.Generic, TypeField: "assigned_object_type", OnDelete: kinds.Cascade},
		},
	}
	db := mirrortest.OpenConfig(t, mirror.Config{Kinds: kinds.Standard().With(item, address)})
	ref := func(id int) object { return object{"id": id} }
	mirrortest.Seed(t, db, "device", object{
		"id": 1, "name": "web-009", "site": ref(1), "device_type": ref(1), "role": ref(1), "tags": []any{}, "custom_fields": owned("web/web[9]", object{"name": "web-009"}),
	})
	mirrortest.Seed(t, db, "interface", object{"id": 7, "device": ref(1), "name": "eth0", "type": object{"value": "other"}, "tags": []any{}, "custom_fields": object{}})
	mirrortest.Seed(t, db, "inventory_item", object{"id": 3, "device": ref(1), "name": "psu 1"})
	mirrortest.Seed(t, db, "mac_address",
		object{"id": 4, "mac_address": "aa:bb", "assigned_object_type": "dcim.interface", "assigned_object_id": 7},
		object{"id": 5, "mac_address": "cc:dd", "assigned_object_type": "virtualization.vminterface", "assigned_object_id": 7})

	topo := topology(nil)
	topo.Devices = nil
	mirrortest.Seed(t, db, "site", object{"id": 1, "slug": "ams2", "name": "ams2"})
	mirrortest.Seed(t, db, "device_type", object{"id": 1, "slug": "server", "model": "Server", "manufacturer": ref(1), "u_height": 1.0, "is_full_depth": true})
	mirrortest.Seed(t, db, "device_role", object{"id": 1, "slug": "server", "name": "Server"})
	set, err := diff.Diff(t.Context(), db, topo)
	if err != nil {
		t.Fatal(err)
	}
	c := set.Find("device", "web/web[9]")
	if c == nil {
		t.Fatalf("no orphan in %+v", set.Changes)
	}
	var got []string
	for _, r := range c.References {
		got = append(got, r.Kind+" "+r.Name)
	}
	if len(got) != 2 || got[0] != "inventory_item psu 1" || got[1] != "mac_address aa:bb" {
		t.Errorf("references %q", got)
	}
}
