# METADATA
# title: Fields that the plan states
package diet.field

import data.diet.text

# METADATA
# title: A change of the plan is applied
# custom:
#   id: FLD001
#   severity: info
#   decision: apply
#   message: the plan changed, and nobody edited the field in NetBox
defaults contains rego.metadata.rule().custom if input.class == "planned"

# METADATA
# title: A newly stated field is applied where NetBox has no value
# custom:
#   id: FLD002
#   severity: info
#   decision: apply
#   message: the plan states this field for the first time, and NetBox has no value for it
defaults contains rego.metadata.rule().custom if input.class == "new"

# METADATA
# title: Plan and NetBox agree
# custom:
#   id: FLD003
#   severity: info
#   decision: apply
#   message: NetBox already has the value that the plan wants; only diet's record of it is written
defaults contains rego.metadata.rule().custom if input.class in {"agreed", "converged"}

# METADATA
# title: A field that the plan no longer states keeps its value
# custom:
#   id: FLD004
#   severity: info
#   decision: apply
#   message: the plan no longer states this field; diet gives up ownership, and the value stays
defaults contains rego.metadata.rule().custom if input.class == "relinquished"

# METADATA
# title: A field that is as the plan says stays so
# description: It is looked at only where somebody answered something about it.
# custom:
#   id: FLD006
#   severity: info
#   decision: keep
#   message: it is as the plan says
defaults contains rego.metadata.rule().custom if input.class == "in_sync"

# METADATA
# title: A field that a person took over stays theirs
# custom:
#   id: FLD005
#   severity: info
#   decision: keep
#   message: a person took this field over; diet adopt takes it back
defaults contains rego.metadata.rule().custom if input.class == "released"

# METADATA
# title: A person decides a conflict between the plan and NetBox
# custom:
#   id: FLD010
#   severity: medium
#   decision: ask
#   recommended: use_diet
defaults contains object.union(rego.metadata.rule().custom, {"message": _disagreement}) if {
	input.class == "conflict"
	not _personal
	not _vague
}

# METADATA
# title: In a conflict over text that people write, NetBox's value is recommended
# description: Descriptions, comments, serial numbers and asset tags.
# custom:
#   id: FLD011
#   severity: medium
#   decision: ask
#   recommended: use_user
defaults contains object.union(rego.metadata.rule().custom, {"message": _disagreement}) if {
	input.class == "conflict"
	_personal
}

# METADATA
# title: In a conflict over a type at adoption, NetBox's is recommended where the plan says "other"
# custom:
#   id: FLD012
#   severity: medium
#   decision: ask
#   recommended: use_user
defaults contains object.union(rego.metadata.rule().custom, {"message": _disagreement}) if {
	input.class == "conflict"
	_vague
}

_personal if input.field in text.personal

_vague if {
	input.field == "type"
	input.want == "other"
	object.get(input, "base", null) == null
}

_disagreement := sprintf("the plan wants %s, but NetBox has %s, set %s%s", [
	text.want,
	text.have,
	text.author,
	_before,
])

_before := "" if object.get(input, "base", null) == null

_before := sprintf("; diet last applied %s", [text.base]) if input.base != null
