# METADATA
# title: Objects of the plan that somebody deleted in NetBox
package diet.missing

import data.diet.text

# METADATA
# title: A person is asked before a deleted object is recreated
# custom:
#   id: MIS001
#   severity: high
#   decision: ask
#   recommended: recreate
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "missing"
	message := sprintf("%s was deleted in NetBox %s; the plan still wants it", [text.subject, text.author])
}
