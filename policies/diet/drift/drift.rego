# METADATA
# title: Fields that somebody edited in NetBox
package diet.drift

import data.diet.text

# Who edited decides first, then the plan's word on the field, the settings' on it, and the plan's on all.
default _mode := "preserve"

_mode := mode if {
	mode := data.settings.remediation.users[input.blame.user]
} else := mode if {
	mode := input.plan.reconcile.remediation.fields[input.field]
} else := mode if {
	mode := _settings[input.field]
} else := mode if {
	mode := _settings["*"]
} else := input.plan.reconcile.remediation["default"]

_settings := data.settings.remediation.fields[input.kind]

_explicit if input.plan.reconcile.remediation.fields[input.field]

_explicit if _settings[input.field]

_explicit if data.settings.remediation.users[input.blame.user]

# Text that a person may have written: no program is known to have, and the plan does not name the field.
_personal if {
	input.field in text.personal
	not _explicit
	not _machine
}

_machine if input.blame.actor in {"system", "diet"}

_edit := sprintf("NetBox has %s instead of %s, set %s", [
	text.have,
	text.want,
	text.author,
])

# METADATA
# title: Drift is preserved
# description: Also where the plan does not say, or uses an unknown word.
# custom:
#   id: DRF001
#   severity: low
#   decision: preserve
defaults contains object.union(rego.metadata.rule().custom, {"message": _edit}) if {
	input.class == "drift"
	not _mode in {"alert", "auto"}
}

# METADATA
# title: Drift is preserved and raises an alert
# custom:
#   id: DRF002
#   severity: medium
#   decision: alert
defaults contains object.union(rego.metadata.rule().custom, {"message": _edit}) if {
	input.class == "drift"
	_mode == "alert"
}

# METADATA
# title: Drift is remediated where the plan says auto
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
# title: Text that people write is preserved, also under auto
# description: |
#   Descriptions, comments, serial numbers and asset tags are kept even under
#   `remediation: auto`, unless the plan names the field or a program wrote the value.
# custom:
#   id: DRF004
#   severity: low
#   decision: preserve
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "drift"
	_mode == "auto"
	_personal
	message := sprintf("%s; text that people write is preserved unless the plan names the field", [_edit])
}
