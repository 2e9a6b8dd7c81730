package diet.deletion

import data.diet.text

_hanging := object.get(input, "references", [])

_written := object.get(input, "edited", [])

_referenced if count(_hanging) > 0

_referenced if count(_written) > 0

_listed(references) := text.series([phrase |
	some kind in {r.kind | some r in references}
	names := [r.name | some r in references; r.kind == kind]
	phrase := sprintf("%s (%s)", [text.amount(count(names), kind), text.names(names)])
])

_reasons := array.concat(
	[sprintf("bears %s that diet did not make", [_listed(_hanging)]) | count(_hanging) > 0],
	[sprintf("holds %s that others wrote", [_listed(_written)]) | count(_written) > 0],
)

# NetBox deletes a device's IP addresses without a word, and leaves its cables dangling.
_losses := array.concat(
	["delete them" | _owned],
	array.concat(
		["leave the cables dangling" | _cabled],
		["lose what they wrote" | count(_written) > 0],
	),
)

_cabled if {
	some reference in _hanging
	reference.kind == "cable"
}

_owned if {
	some reference in _hanging
	reference.kind != "cable"
}

# Whatever the references look like, the guard has something to say.
default _why := "others rely on this object"

_why := sprintf("%s %s; deleting it would %s", [text.subject, text.series(_reasons), text.series(_losses)])

# METADATA
# title: What others rely on is not deleted
# description: |
#   IP addresses, cables, services and the like that diet did not make, and what
#   others wrote on the object itself: custom fields, tags, comments, owned fields
#   that they edited. The proposal is to orphan the object: it stays, diet lets go.
# custom:
#   id: DEL101
#   severity: high
#   decision: ask
#   recommended: orphan
#   forbids: [delete]
guards contains object.union(rego.metadata.rule().custom, {"message": _why}) if {
	input.class == "orphaned"
	_referenced
	not _policy == "delete"
}

# METADATA
# title: With deletionPolicy delete, what others rely on is skipped
# description: The plan has asked not to be asked, so the object stays as it is, with a warning.
# custom:
#   id: DEL102
#   severity: high
#   decision: skip
#   forbids: [delete]
guards contains object.union(rego.metadata.rule().custom, {"message": _why}) if {
	input.class == "orphaned"
	_referenced
	_policy == "delete"
}
