package diet.deletion

import data.diet.text

# METADATA
# title: An object that is protected in NetBox is not deleted
# description: diet_deletion_protected is set on it. A person sets and clears it; diet never does.
# custom:
#   id: DEL103
#   severity: critical
#   decision: deny
#   forbids: [delete]
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "orphaned"
	input.protected
	message := concat(" ", [
		text.subject,
		"is protected: diet_deletion_protected is set on it, or on an object that would be deleted with it",
	])
}

# METADATA
# title: An object that the plan protects is not deleted
# description: |
#   spec.reconcile.protect holds patterns over object ids: * matches anything but a
#   slash. An id, with its brackets, is a pattern too.
# custom:
#   id: DEL104
#   severity: critical
#   decision: deny
#   forbids: [delete]
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "orphaned"
	some pattern in input.plan.reconcile.protect
	_matches(pattern, input.object)
	message := sprintf("%s is protected: it matches %s in the plan's reconcile.protect", [
		text.subject,
		text.quoted(pattern),
	])
}

_matches(pattern, id) if pattern == id

_matches(pattern, id) if glob.match(pattern, ["/"], id)

_matches(pattern, id) if glob.match(_literal(pattern), ["/"], id)

_literal(pattern) := replace(replace(pattern, "[", "\\["), "]", "\\]")
