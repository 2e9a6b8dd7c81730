package diet.run

import data.diet.text

# METADATA
# title: A person is asked before a run deletes many objects
# description: |
#   Counts the objects that are deleted in their own right; what is deleted along with
#   them is listed, not counted. The limit is spec.reconcile.approveDeletionsAbove. The answer
#   stands for fewer of the changes that it was given to, too.
# custom:
#   id: RUN101
#   severity: high
#   decision: ask
#   recommended: approve
guards contains object.union(rego.metadata.rule().custom, {
	"message": message,
	"count": object.get(input, ["run", "deletions"], 0) + _doubtful,
}) if {
	input.class == "run"
	not _few
	message := sprintf("the run would delete %s%s%s; more than %v deletions need approval", [
		_doomed,
		_besides(_doubtful),
		_along,
		object.get(input, ["plan", "reconcile", "approveDeletionsAbove"], 0),
	])
}

# What a person is asked about: whoever approves the deletions knows that it may come on top.
_doubtful := object.get(input, ["run", "deletions_asked"], 0)

_few if input.run.deletions == 0

_few if input.run.deletions <= input.plan.reconcile.approveDeletionsAbove

_doomed := text.amount(input.run.deletions, "object")

_doomed := "an unknown number of objects" if not input.run.deletions

_cascade := object.get(input, ["run", "cascade"], {})

_along := sprintf(", along with %s", [text.amounts(_cascade)])

_along := "" if not text.amounts(_cascade)
