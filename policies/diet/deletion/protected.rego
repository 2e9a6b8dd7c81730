package diet.deletion

import data.diet.text

# METADATA
# title: An object that a person protected is not deleted
# description: diet_deletion_protected is set on it in NetBox. Whoever set it clears it; diet never does.
# custom:
#   id: DEL103
#   severity: critical
#   decision: deny
#   forbids: [delete]
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "orphaned"
	input.protected
	message := sprintf("%s is protected: diet_deletion_protected is set in NetBox, on it or on what goes along", [text.subject])
}

# METADATA
# title: An object that the plan protects is not deleted
# description: |
#   spec.reconcile.protect holds patterns over object ids: * stands for anything but a
#   slash. An id itself is a pattern too, its brackets and all.
# custom:
#   id: DEL104
#   severity: critical
#   decision: deny
#   forbids: [delete]
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "orphaned"
	some pattern in input.plan.reconcile.protect
	_matches(pattern, input.object)
	message := sprintf("%s is protected: it matches %s in the plan's reconcile.protect", [text.subject, json.marshal(pattern)])
}

_matches(pattern, object) if pattern == object

_matches(pattern, object) if glob.match(pattern, ["/"], object)

_matches(pattern, object) if glob.match(_literal(pattern), ["/"], object)

_literal(pattern) := replace(replace(pattern, "[", "\\["), "]", "\\]")
