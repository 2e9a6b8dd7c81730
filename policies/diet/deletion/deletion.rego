# METADATA
# title: Objects that the plan has no more
package diet.deletion

import data.diet.text

# The class's own policy goes before the plan's.
_policy := input.deletion_policy

_policy := input.plan.reconcile.deletionPolicy if not input.deletion_policy

_stated if _policy in {"orphan", "delete"}

# METADATA
# title: A person is asked before anything is deleted
# description: Also where the plan does not say, or says a word that nobody knows.
# custom:
#   id: DEL001
#   severity: medium
#   decision: ask
#   recommended: approve
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "orphaned"
	not input.template
	not _stated
	message := sprintf("the plan has %s no more; nothing of others hangs on it%s", [text.subject, _along])
}

# METADATA
# title: With deletionPolicy orphan, objects stay and diet lets go of them
# custom:
#   id: DEL002
#   severity: low
#   decision: orphan
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "orphaned"
	not input.template
	_policy == "orphan"
	message := sprintf("the plan has %s no more; it stays in NetBox, without an owner", [text.subject])
}

# METADATA
# title: With deletionPolicy delete, objects are deleted
# custom:
#   id: DEL003
#   severity: medium
#   decision: delete
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "orphaned"
	not input.template
	_policy == "delete"
	message := sprintf("the plan has %s no more; it is deleted%s", [text.subject, _along])
}

# METADATA
# title: An interface that its device type brings along is released, never deleted
# custom:
#   id: DEL004
#   severity: info
#   decision: release
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "orphaned"
	input.template
	message := sprintf("the plan has %s no more; its device type brings it along, so it stays", [text.subject])
}
