# METADATA
# title: Objects that are no longer in the plan
package diet.deletion

import data.diet.text

# The policy of the class takes precedence over the plan's.
_policy := input.deletion_policy

_policy := input.plan.reconcile.deletionPolicy if not input.deletion_policy

_stated if _policy in {"orphan", "delete"}

# METADATA
# title: A person is asked before anything is deleted
# description: Also where the plan does not say, or uses an unknown word.
# custom:
#   id: DEL001
#   severity: medium
#   decision: ask
#   recommended: approve
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "orphaned"
	not input.template
	not _made
	not input.replaced_by
	not _stated
	message := sprintf("%s is no longer in the plan%s; nothing else depends on it", [text.subject, _along])
}

# METADATA
# title: With deletionPolicy orphan, objects stay in NetBox without an owner
# custom:
#   id: DEL002
#   severity: low
#   decision: orphan
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "orphaned"
	not input.template
	not _made
	not input.replaced_by
	_policy == "orphan"
	message := sprintf("%s is no longer in the plan; it stays in NetBox, without an owner", [text.subject])
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
	not _made
	not input.replaced_by
	_policy == "delete"
	message := sprintf("%s is no longer in the plan; it is deleted%s", [text.subject, _along])
}

# METADATA
# title: An interface from the device type's templates is released, never deleted
# custom:
#   id: DEL004
#   severity: info
#   decision: release
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "orphaned"
	input.template
	message := sprintf("%s is no longer in the plan; it comes with the device type, so it stays", [text.subject])
}

# METADATA
# title: A rollback deletes what the run made
# description: Nobody has touched it since, and nothing depends on it; else a guard asks.
# custom:
#   id: DEL005
#   severity: medium
#   decision: delete
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "orphaned"
	not input.template
	input.undoes == "create"
	message := sprintf("%s made %s; it is deleted%s", [_run, text.subject, _along])
}

# METADATA
# title: A rollback gives up what the run took over
# custom:
#   id: DEL006
#   severity: medium
#   decision: orphan
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "orphaned"
	not input.template
	input.undoes == "adopt"
	message := sprintf("%s took %s over; it stays in NetBox, without an owner", [_run, text.subject])
}

# METADATA
# title: A cable whose ports another cable of the plan takes over is deleted
# description: Where the lanes of a port come to be one cable, or come to have one each again.
# custom:
#   id: DEL007
#   severity: info
#   decision: delete
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "orphaned"
	not input.template
	not _made
	input.replaced_by
	message := sprintf("the plan has %s instead of %s", [input.replaced_by, text.subject])
}

_made if input.undoes in {"create", "adopt"}

default _run := "the run"

_run := input.run.rollback_of
