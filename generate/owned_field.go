package generate

import (
	"slices"
	"strings"
)

// ownedFields are the fields of what plans own: what a plan may say of fields is about them.
var ownedFields = []string{
	"a", "airflow", "amperage", "asset_tag", "b", "b2", "b3", "b4", "b5", "b6", "b7", "b8", "bridge", "color", "comments", "console_port",
	"console_server_port", "description", "device", "device_type", "display", "enabled", "face", "label", "lag", "length",
	"length_unit", "location", "mark_connected", "max_utilization", "module", "module_bay", "module_type", "name", "parent",
	"phase", "platform", "position", "power_feed", "power_outlet", "power_panel", "power_port", "profile", "rack", "role", "serial",
	"site", "starting_unit", "status", "supply", "tenant", "type", "u_height", "voltage",
}

// marks are the custom fields in which diet keeps whose an object is.
var marks = []string{
	"diet_managed", "diet_plan_id", "diet_object_id", "diet_managed_fields", "diet_source", "diet_last_applied",
	"diet_generator_version", "diet_deletion_protected",
}

// Marks lists the custom fields that no plan may state, since diet writes them itself.
func Marks() []string { return slices.Clone(marks) }

// OwnedFields lists the fields of what plans own, sorted.
func OwnedFields() []string { return slices.Clone(ownedFields) }

// checkField warns of a field that nothing of a plan has: what is said of it never counts.
func (m *model) checkField(path, field string) {
	if slices.Contains(ownedFields, field) || strings.HasPrefix(field, "tag.") || strings.HasPrefix(field, "cf.") {
		return
	}
	m.fs.warn(path, Suggest(field, ownedFields), "%q is not a field of anything that a plan makes", field)
}
