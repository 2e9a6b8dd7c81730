package kinds

import (
	"slices"
	"strings"
)

// Record is the custom field that diet keeps its own record of an object in.
const Record = "diet_managed_fields"

// marks are the custom fields in which diet keeps whose an object is, in NetBox. Others whose
// names begin as theirs are people's.
var marks = []string{
	"diet_managed", "diet_plan_id", "diet_object_id", Record, "diet_source", "diet_last_applied",
	"diet_generator_version", "diet_deletion_protected",
}

// Marks lists diet's own custom fields.
func Marks() []string { return slices.Clone(marks) }

// IsMark reports whether a custom field is diet's own.
func IsMark(name string) bool { return slices.Contains(marks, name) }

// tagPrefix begins the name of a field that is one tag.
const tagPrefix = "tag."

// TagOf returns the slug of the tag that a field is, by the plan.
func TagOf(field string) (slug string, is bool) { return strings.CutPrefix(field, tagPrefix) }

// IsTag reports whether a field is one tag.
func IsTag(field string) bool { return strings.HasPrefix(field, tagPrefix) }

// TagField is the field that a tag is.
func TagField(slug string) string { return tagPrefix + slug }

// IsMember reports whether a field is one tag, tag.<slug>, or one custom field, cf.<name>.
func IsMember(field string) bool {
	return IsTag(field) || strings.HasPrefix(field, "cf.")
}

// IsPersonal reports whether a value in a field that no plan owns is somebody's work.
func (k Kind) IsPersonal(field string) bool {
	f, _ := k.Field(field)
	return f.Personal || IsMember(field)
}
