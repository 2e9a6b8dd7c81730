package diet.deletion

import data.diet.text

# METADATA
# title: A person is asked before a whole class is deleted
# description: The plan has the class that generated the object no more. That is often a slip of the pen.
# custom:
#   id: DEL105
#   severity: medium
#   decision: ask
#   recommended: approve
#   forbids: [delete]
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "orphaned"
	input.removed
	message := sprintf("the plan has class %s no more: %s would be deleted%s", [
		input.source,
		text.amounts(input.removed.objects),
		_trailing,
	])
}

_trailing := sprintf(", and with them %s", [text.amounts(input.removed.cascade)])

_trailing := "" if not text.amounts(input.removed.cascade)
