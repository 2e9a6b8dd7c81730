package diet.run

import data.diet.text

# METADATA
# title: A person is asked before a run deletes many objects
# description: |
#   Counts the objects that are deleted in their own right; what is deleted along with
#   them is listed, not counted. The limit is spec.reconcile.approveDeletionsAbove.
# custom:
#   id: RUN101
#   severity: high
#   decision: ask
#   recommended: approve
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "run"
	not _few
	message := sprintf("the run would delete %s%s; more than %v deletions need approval", [
		_doomed,
		_along,
		object.get(input, ["plan", "reconcile", "approveDeletionsAbove"], 0),
	])
}

_few if input.run.deletions == 0

_few if input.run.deletions <= input.plan.reconcile.approveDeletionsAbove

_doomed := text.amount(input.run.deletions, "object")

_doomed := "an unknown number of objects" if not input.run.deletions

_cascade := object.get(input, ["run", "cascade"], {})

_along := sprintf(", along with %s", [text.amounts(_cascade)])

_along := "" if not text.amounts(_cascade)
