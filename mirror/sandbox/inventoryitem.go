package sandbox

import "cmp"

func itemModel() *model {
	return &model{
		kind: "inventory-items", app: "dcim", name: "inventoryitem", label: "inventory item", plural: "inventory items", order: byParent,
		brief: []string{"id", "url", "display", "device", "name", "description", "_depth"},
		keys:  []keyIndex{assignment("component_type", "component_id")},
		unique: []constraint{
			uniqueTogether("dcim_inventoryitem_unique_device_parent_name", "device", "parent", "name"),
			uniqueField("dcim_inventoryitem", "asset_tag"),
		},
		fields: together(head(true), refField("device", "devices", required, deleting(cascade)), parentItem(),
			textField("name", required, maxLen(64), indexed), textField("label", maxLen(64)), choiceField("status", itemStatuses, since(3), defaults("active")),
			absent("role"), refField("manufacturer", "manufacturers", deleting(protect)), textField("part_id", maxLen(50), labelled("part ID")),
			textField("serial", maxLen(50), labelled("serial number")), assetTag(), boolField("discovered", false), description(),
			typed("component_type", typeName, nullable), typed("component_id", integer, nullable), computedField("component", showComponent),
			owner(), marks(), dates(), depth()),
	}
}

// parentItem is shown as its number.
func parentItem() *field {
	f := refField("parent", "inventory-items", deleting(cascade))
	f.write = func(e *encoder, r *record) { e.value(r.id) }
	return f
}

func byParent(a, b *record) int {
	return cmp.Or(cmp.Compare(a.ref("device"), b.ref("device")), cmp.Compare(a.ref("parent"), b.ref("parent")), byName(a, b))
}

func showComponent(e *encoder, r *record) {
	if o := e.s.generic(r, "component_type", "component_id"); o != nil {
		e.embed(o, nil)
		return
	}
	e.raw("null")
}

var itemStatuses = choices{
	{"offline", "Offline", 0, 0}, {"active", "Active", 0, 0}, {"planned", "Planned", 0, 0},
	{"staged", "Staged", 0, 0}, {"failed", "Failed", 0, 0}, {"decommissioning", "Decommissioning", 0, 0},
}
