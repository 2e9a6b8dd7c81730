package diet.deletion

import data.diet.text

# METADATA
# title: An object is not deleted while it is unknown what depends on it
# description: |
#   The token may not view a kind that could refer to the object, NetBox does not answer,
#   or it counts more than the token sees. The recommended answer is to orphan the object.
# custom:
#   id: DEL106
#   severity: high
#   decision: ask
#   recommended: orphan
#   forbids: [delete]
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "orphaned"
	count(input.unjudged) > 0
	message := sprintf("it is not known what depends on %s: %s", [text.subject, text.series(input.unjudged)])
}
