package diet.field

import data.diet.text

# METADATA
# title: A rollback does not write over what somebody changed since
# description: |
#   A rollback undoes what the run wrote, and what others have written after that is not the
#   run's. A person is asked, also where drift is remediated or a team's default applies.
# custom:
#   id: FLD103
#   severity: high
#   decision: ask
#   recommended: use_user
#   forbids: [apply, remediate]
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class in {"conflict", "drift"}
	input.run.rollback_of
	message := sprintf("NetBox has %s, set %s, after %s: to undo that would write %s over it", [
		text.have,
		text.author,
		input.run.rollback_of,
		text.want,
	])
}
