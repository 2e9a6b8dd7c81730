package diet.run

# METADATA
# title: A plan that was rolled back is not applied again unasked
# description: |
#   As long as the plan means what it meant when a run of it was rolled back: a comment or
#   another layout of its file is no change. Otherwise a schedule would undo the rollback.
#   A plan that was destroyed, after a rollback of that, is not destroyed again unasked either.
# custom:
#   id: RUN109
#   severity: high
#   decision: ask
#   recommended: approve
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "run"
	input.run.held_by
	_writes
	message := sprintf(
		"%s was rolled back, and what is wanted has not changed since: to apply it would undo that",
		[input.run.held_by],
	)
}

_writes if {
	some actions in input.run.counts
	some amount in actions
	amount > 0
}
