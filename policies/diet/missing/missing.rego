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
		sprintf("%s was deleted in NetBox %s", [text.subject, text.author]),
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
	message := sprintf("the plan has %s instead of %s, %s in NetBox %s; it would be plugged in again", [
		text.subject,
		input.instead_of,
		_undone,
		text.author,
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
	message := sprintf("%s was deleted in NetBox %s; the settings have it recreated", [text.subject, text.author])
}

_recreated if data.settings.remediation.missing[input.kind] == "recreate"

default _undone := "which was deleted"

_undone := said if {
	count(input.differs) > 0
	said := sprintf("of which %s was pulled out or plugged in elsewhere", [text.series(input.differs)])
}
