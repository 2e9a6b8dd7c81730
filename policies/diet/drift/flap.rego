package diet.drift

import data.diet.text

# METADATA
# title: What diet and others keep writing over is not remediated
# description: |
#   Another program, or a person, wants another value than the plan. Once diet has written
#   its own over it data.settings.flaps times within a day (twice, if it does not say), it
#   stops: one of the two has to give way.
# custom:
#   id: DRF102
#   severity: high
#   decision: alert
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "drift"
	input.flap
	not seldom
	message := sprintf("%s write it in turns, %d times since %s: the plan or who writes it has to give way; %s", [
		writers,
		input.flap.times,
		input.flap.since,
		_edit,
	])
}

# METADATA
# title: What nobody is known to have edited is not remediated
# description: |
#   NetBox's changelog has no change that explains the value, or the token may not read that: it
#   cannot be told who else writes it, nor how often diet wrote over it. A person decides,
#   whatever the plan, the settings or a default say.
# custom:
#   id: DRF103
#   severity: medium
#   decision: alert
#   forbids: [remediate]
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "drift"
	not _explained
	message := sprintf("%s: it cannot be told how often diet wrote over it before", [_edit])
}

# METADATA
# title: It happened less often than diet takes
# scope: document
seldom if input.flap.times < data.settings.flaps

seldom if {
	not data.settings.flaps
	input.flap.times < 2
}

# METADATA
# title: Who writes in turns
# description: Another program may be the same user in NetBox as diet.
# scope: document
default writers := "diet and others"

writers := text.series(input.flap.writers) if {
	count(input.flap.writers) > 1
} else := sprintf("diet and something else that is %s in NetBox, too,", [input.flap.writers[0]]) if {
	input.flap.writers
}

_explained if input.blame.user

_explained if input.blame.actor != "unknown"
