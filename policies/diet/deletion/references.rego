package diet.deletion

import data.diet.text

_references := object.get(input, "references", [])

_edits := object.get(input, "edited", [])

_referenced if count(_references) > 0

_referenced if count(_edits) > 0

_listed(references) := text.series([phrase |
	some kind in {r.kind | some r in references}
	names := [r.name | some r in references; r.kind == kind]
	phrase := sprintf("%s (%s)", [text.amount(count(names), kind), text.names(names)])
])

# What of the plan stays, what diet made and gave up, what it made that refers to the object now,
# and what others made.
_staying := [reference | some reference in _references; reference.stays]

_by_diet := [reference | some reference in _references; not reference.stays; reference.blame.actor == "diet"]

_released := [reference | some reference in _by_diet; not _emptied_by[reference]]

_referring := [reference | some reference in _by_diet; _emptied_by[reference]]

_emptied_by contains reference if {
	some reference in _by_diet
	reference.clears != "cable"
}

_foreign := [reference |
	some reference in _references
	not reference.stays
	not reference.blame.actor == "diet"
]

_reasons := [sprintf("%s %s", [_listed(list), phrase]) |
	some [list, phrase] in [
		[_staying, _stay],
		[_released, "that diet made and gave up"],
		[_referring, _refer],
		[_foreign, "that diet did not create"],
		[_edits, "that others wrote"],
	]
	count(list) > 0
]

default _refer := "that refer to it"

_refer := "that refers to it" if count(_referring) == 1

default _stay := "that stay"

_stay := "that stays" if count(_staying) == 1

# NetBox silently deletes a device's IP addresses, leaves its cables dangling, and empties the lag
# of what is in a LAG.
_losses := array.concat(
	["delete them" | _owned],
	array.concat(
		["leave the cables dangling" | _cabled],
		array.concat(
			[sprintf("empty their %s", [text.series(_emptied)]) | count(_emptied) > 0],
			array.concat(
				["unplug them" | _plugged],
				array.concat(
					["take away their lanes" | _laned],
					["lose what they wrote" | count(_edits) > 0],
				),
			),
		),
	),
)

_emptied := sort({reference.clears |
	some reference in _references
	reference.clears != "cable"
	reference.clears != "lane"
})

_laned if {
	some reference in _references
	reference.clears == "lane"
}

_plugged if {
	some reference in _references
	reference.clears == "cable"
}

_cabled if {
	some reference in _references
	reference.kind == "cable"
	object.get(reference, "clears", "") != "lane"
}

_owned if {
	some reference in _references
	reference.kind != "cable"
	not reference.clears
}

# The guard has a message whatever the references look like.
default _why := "others rely on this object"

_why := sprintf("%s has %s; %s", [text.subject, text.series(_reasons), _refused]) if {
	count(_preventing) > 0
} else := sprintf("%s has %s; deleting it would %s", [text.subject, text.series(_reasons), text.series(_losses)])

# What NetBox itself would refuse to delete the object for.
_preventing := [reference | some reference in _references; reference.prevents]

_refused := sprintf("NetBox does not delete it as long as %s %s there", [
	text.series([_holder(r) | some r in _preventing]),
	_is,
])

_holder(reference) := sprintf("%s %s", [text.noun(1, reference.kind), text.quoted(reference.name)]) if {
	reference.stays
} else := sprintf("%s %s (created %s)", [
	text.noun(1, reference.kind),
	text.quoted(reference.name),
	text.by(object.get(reference, "blame", null)),
])

default _is := "are"

_is := "is" if count(_preventing) == 1

# METADATA
# title: An object that others rely on is not deleted
# description: |
#   IP addresses, cables, services and the like that diet did not create, and what
#   others wrote on the object itself: custom fields, tags, comments, owned fields
#   that they edited. So is what of the plan itself stays, by a rule or an answer, and is
#   plugged into it or stands in it. The recommended answer is to orphan the object: it stays in
#   NetBox, and diet no longer owns it.
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
# title: With deletionPolicy delete, an object that others rely on is skipped
# description: The plan wants no questions, so the object stays as it is, with a warning.
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

# METADATA
# title: What NetBox itself refuses to delete is not deleted by an answer
# description: |
#   A virtual chassis holds its master, a virtual device context its device, and so on. Other
#   deletions would be made ahead of the refusal, and for nothing. For what is of the plan
#   itself, the deletion waits.
# custom:
#   id: DEL107
#   severity: high
#   decision: deny
#   forbids: [delete]
guards contains object.union(rego.metadata.rule().custom, {"message": _why}) if {
	input.class == "orphaned"
	input.resolution.answer == "force_delete"
	some reference in _preventing
	not reference.stays
}

# METADATA
# title: An object is not deleted while a guard keeps what would lose it
# description: |
#   A cable that may not be deleted or moved keeps its ends, and a device its rack. What a guard
#   denies to an object holds for the loss of what that is plugged into, too.
# custom:
#   id: DEL108
#   severity: critical
#   decision: deny
#   forbids: [delete]
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "orphaned"
	count(_kept) > 0
	message := sprintf("%s stays: %s would lose it, which %s denies: %s", [
		text.subject,
		_listed(_kept),
		text.series(sort({reference.denied | some reference in _kept})),
		_kept[0].why,
	])
}

_kept := [reference | some reference in _references; reference.denied]
