# METADATA
# title: Objects of the plan that somebody deleted in NetBox
package diet.missing

import data.diet.text

# METADATA
# title: A person is asked before a deleted object is recreated
# custom:
#   id: MIS001
#   severity: high
#   decision: ask
#   recommended: recreate
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "missing"
	not _recreated
	not input.instead_of
	message := concat("; ", [
		sprintf("%s %s", [text.subject, _gone]),
		"the plan still wants it, but what others wrote on it or attached stays gone",
	])
}

# METADATA
# title: A person is asked before a cable takes the place of one that was deleted or pulled
# description: Where the lanes of a port come to be one cable, or come to have one each again.
# custom:
#   id: MIS003
#   severity: high
#   decision: ask
#   recommended: recreate
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "missing"
	not _recreated
	input.instead_of
	message := sprintf("the plan has %s instead of %s, %s; it would be plugged in again", [
		text.subject,
		input.instead_of,
		_undone,
	])
}

# METADATA
# title: A deleted object is recreated where the settings say so
# description: data.settings.remediation.missing lists the kinds, as interface and cable.
# custom:
#   id: MIS002
#   severity: medium
#   decision: recreate
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "missing"
	_recreated
	message := sprintf("%s %s; the settings have it recreated", [text.subject, _gone])
}

_recreated if data.settings.remediation.missing[input.kind] == "recreate"

# Without a row of the changelog, nothing says that somebody deleted it.
_gone := sprintf("was deleted in NetBox %s", [text.author]) if {
	_explained
} else := concat("", [
	"is gone, as far as the token sees, and NetBox's changelog does not say why ",
	"(deleted behind its back, hidden from the token, or lost in a restore)",
])

_explained if input.blame.actor != "unknown"

_explained if input.blame.user

_undone := said if {
	count(object.get(input, "differs", [])) > 0
	said := sprintf(
		"of which %s was pulled out or plugged in elsewhere in NetBox %s",
		[text.series(input.differs), text.author],
	)
} else := sprintf("which %s", [_gone])
