package model

import (
	"strconv"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

var extraNouns = []noun{
	{
		at: "extras/journal-entries", belongs: [2]string{"assigned_object_type", "assigned_object_id"}, order: newestFirst, title: journalTitle,
		prepare: prepareJournal, clean: cleanJournal, search: "comments",
		fields: fields{
			"assigned_object_type": objectType, "assigned_object": generic("assigned_object_type", "assigned_object_id"),
			"created_by": both(numbered("users", setNull), null), "kind": def("info"),
		},
	},
	{
		at: "extras/image-attachments", belongs: [2]string{"object_type", "object_id"}, order: table.ByName, title: imageTitle,
		fields: fields{
			"object_type": objectType, "parent": generic("object_type", "object_id"),
			"image":        option(func(f *table.Field) { f.Kind, f.Default = table.Text, "" }),
			"image_height": fixed("1"), "image_width": fixed("1"),
		},
	},
	{
		at: "extras/bookmarks", belongs: [2]string{"object_type", "object_id"}, title: byField("object_type"), unlogged: true,
		unique: rules{together("extras_bookmark_unique_per_object_and_user", "object_type", "object_id", "user")},
		fields: fields{"object_type": objectType, "object": generic("object_type", "object_id"), "user": to("users", cascade)},
	},
	{
		at: "extras/subscriptions", belongs: [2]string{"object_type", "object_id"}, title: byField("object_type"), unlogged: true,
		unique: rules{together("extras_subscription_unique_per_object_and_user", "object_type", "object_id", "user")},
		fields: fields{"object_type": objectType, "object": generic("object_type", "object_id"), "user": to("users", cascade)},
	},
	{
		at: "extras/config-contexts", order: table.ByName, unique: rules{alone("name")},
		fields: fields{
			"weight": def(int64(1000)), "is_active": def(true), "data": is(table.JSON), "profile": unkeptNull, "data_source": unkeptNull,
			"data_file": unkeptNull, "tags": unkeptList, "regions": many("regions"), "site_groups": many("site-groups"), "sites": many("sites"),
			"locations": many("locations"), "device_types": many("device-types"), "roles": many("device-roles"), "platforms": many("platforms"),
			"cluster_types": many("cluster-types"), "cluster_groups": many("cluster-groups"), "clusters": many("clusters"),
			"tenant_groups": many("tenant-groups"), "tenants": many("tenants"),
		},
	},
	{
		at: "extras/config-templates", order: table.ByName,
		fields: fields{
			"environment_params": both(is(table.JSON), option(func(f *table.Field) { f.Default = map[string]any{} })), "as_attachment": def(true),
			"data_source": unkeptNull, "data_file": unkeptNull,
		},
	},
	{
		at: "extras/custom-links", order: table.ByName, unique: rules{alone("name")},
		fields:  fields{"object_types": objectTypes, "enabled": def(true), "weight": def(int64(100)), "button_class": def("default")},
		filters: map[string]table.Filter{"object_type": byObjectTypes, "object_types": byObjectTypes},
	},
	{
		at: "extras/saved-filters", order: table.ByName, unique: rules{alone("name"), alone("slug")}, clean: cleanSavedFilter,
		fields: fields{
			"parameters":   is(table.JSON),
			"object_types": objectTypes, "user": numbered("users", setNull), "weight": def(int64(100)), "enabled": def(true), "shared": def(true),
		},
		filters: map[string]table.Filter{"object_type": byObjectTypes, "object_types": byObjectTypes},
	},
	{
		at: "extras/webhooks", order: table.ByName, unique: rules{alone("name")},
		fields: fields{
			"http_method": def("POST"), "http_content_type": def("application/json"), "ssl_verification": def(true), "ca_file_path": null,
		},
	},
}

func cleanSavedFilter(_ *table.Tx, _ *table.Record, d *table.Draft) {
	if _, ok := d.Record.Get("parameters").(map[string]any); !ok {
		d.Faults.Add("parameters", "Filter parameters must be stored as a dictionary of keyword arguments.")
	}
}

func journalTitle(_ *table.Store, r *table.Record) string {
	return r.Created.Format("2006-01-02 15:04:05") + " (" + r.Model.ByName["kind"].Labels[r.Text("kind")] + ")"
}

func imageTitle(_ *table.Store, r *table.Record) string {
	if n := r.Text("name"); n != "" {
		return n
	}
	return r.Text("image")
}

func newestFirst(a, b *table.Record) int { return b.Created.Compare(a.Created) }

// prepareJournal has the writer sign.
func prepareJournal(t *table.Tx, old *table.Record, d *table.Draft) {
	if old == nil && d.Record.Get("created_by") == nil {
		d.Record.Set("created_by", t.User.ID)
	}
}

func cleanJournal(t *table.Tx, _ *table.Record, d *table.Draft) {
	m := t.ByType[d.Record.Text("assigned_object_type")]
	if m != nil && t.Find(m.Kind, d.Record.Ref("assigned_object_id")) == nil {
		d.Faults.Add(t.WholeKey(), "Invalid assigned_object: %s ID %s",
			m.ObjectType(), strconv.FormatInt(d.Record.Ref("assigned_object_id"), 10))
	}
}
