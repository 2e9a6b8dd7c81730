# METADATA
# title: Fields that the plan states
package diet.field

import data.diet.text

# METADATA
# title: What the plan changed is applied
# custom:
#   id: FLD001
#   severity: info
#   decision: apply
#   message: the plan changed, and nobody has touched it in NetBox
defaults contains rego.metadata.rule().custom if input.class == "planned"

# METADATA
# title: What the plan states for the first time is applied where NetBox holds nothing
# custom:
#   id: FLD002
#   severity: info
#   decision: apply
#   message: the plan states it for the first time, and NetBox holds nothing
defaults contains rego.metadata.rule().custom if input.class == "new"

# METADATA
# title: Plan and NetBox came to agree
# custom:
#   id: FLD003
#   severity: info
#   decision: apply
#   message: NetBox holds just what the plan wants; only diet's record of it is written
defaults contains rego.metadata.rule().custom if input.class in {"agreed", "converged"}

# METADATA
# title: What the plan no longer states keeps its value
# custom:
#   id: FLD004
#   severity: info
#   decision: apply
#   message: the plan no longer states it; the value stays, and diet gives it up
defaults contains rego.metadata.rule().custom if input.class == "relinquished"

# METADATA
# title: Where plan and NetBox moved apart, a person decides
# custom:
#   id: FLD010
#   severity: medium
#   decision: ask
#   recommended: use_diet
defaults contains object.union(rego.metadata.rule().custom, {"message": _apart}) if {
	input.class == "conflict"
	not _personal
}

# METADATA
# title: What people write for people is theirs, also in a conflict
# description: Descriptions, comments, serial numbers and asset tags.
# custom:
#   id: FLD011
#   severity: medium
#   decision: ask
#   recommended: use_user
defaults contains object.union(rego.metadata.rule().custom, {"message": _apart}) if {
	input.class == "conflict"
	_personal
}

_personal if input.field in text.personal

_apart := sprintf("the plan wants %s, but NetBox holds %s, set %s%s", [
	text.want,
	text.have,
	text.author,
	_before,
])

_before := "" if object.get(input, "base", null) == null

_before := sprintf("; diet last applied %s", [text.base]) if input.base != null
