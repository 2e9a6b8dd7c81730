# METADATA
# title: Fields that somebody edited in NetBox
package diet.drift

import data.diet.text

# What the plan says of the field, else of all fields; a word that nobody knows preserves.
_explicit := input.plan.reconcile.remediation.fields[input.field]

_said := _explicit

_said := input.plan.reconcile.remediation.default if not _explicit

default _mode := "preserve"

_mode := "alert" if _said == "alert"

_mode := "auto" if _said == "auto"

# Somebody's text: nobody else is known to have written it, and the plan does not name the field.
_personal if {
	input.field in text.personal
	not _explicit
	not _machine
}

_machine if input.blame.actor in {"system", "diet"}

default _edit := "NetBox holds another value than diet applied"

_edit := sprintf("NetBox holds %s instead of %s, set %s", [
	text.value(input.have),
	text.value(input.want),
	text.by(input),
])

# METADATA
# title: Drift is preserved
# description: Also where the plan does not say.
# custom:
#   id: DRF001
#   severity: low
#   decision: preserve
defaults contains object.union(rego.metadata.rule().custom, {"message": _edit}) if {
	input.class == "drift"
	_mode == "preserve"
}

# METADATA
# title: Drift is preserved and told
# custom:
#   id: DRF002
#   severity: medium
#   decision: alert
defaults contains object.union(rego.metadata.rule().custom, {"message": _edit}) if {
	input.class == "drift"
	_mode == "alert"
}

# METADATA
# title: Drift is put right where the plan says auto
# custom:
#   id: DRF003
#   severity: low
#   decision: remediate
defaults contains object.union(rego.metadata.rule().custom, {"message": _edit}) if {
	input.class == "drift"
	_mode == "auto"
	not _personal
}

# METADATA
# title: What people write for people is theirs
# description: |
#   Descriptions, comments, serial numbers and asset tags are kept even under
#   `remediation: auto`, unless the plan names the very field. What a program
#   wrote is not a person's.
# custom:
#   id: DRF004
#   severity: low
#   decision: preserve
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "drift"
	_mode == "auto"
	_personal
	message := sprintf("%s; what people write here is kept unless the plan names the field", [_edit])
}
