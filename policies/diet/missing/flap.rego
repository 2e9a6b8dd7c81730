package diet.missing

import data.diet.drift
import data.diet.text

# METADATA
# title: What diet and others keep making and deleting is not made again unasked
# description: |
#   Another program, or a person, wants the object gone, whatever the rules say. Once diet
#   has made it again data.settings.flaps times within a day (twice, if it does not say), it
#   stops: one of the two has to give way.
# custom:
#   id: MIS102
#   severity: high
#   decision: ask
#   recommended: skip
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "missing"
	input.flap
	not drift.seldom
	message := sprintf("%s make and delete %s in turns, diet made it again %d times since %s: %s", [
		drift.writers,
		text.subject,
		input.flap.times,
		input.flap.since,
		"the plan or who deletes it has to give way",
	])
}

# METADATA
# title: What was deleted in production is not made again unasked
# description: |
#   People who delete in production usually have a reason. Where the plan's label environment
#   is production, or one of data.settings.production, a person decides, whatever
#   data.settings.remediation.missing or a default says.
# custom:
#   id: MIS101
#   severity: high
#   decision: ask
#   recommended: recreate
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "missing"
	drift.production
	message := sprintf("%s was deleted in production %s", [text.subject, text.author])
}

# METADATA
# title: What is gone without a trace is not made again unasked
# description: |
#   NetBox's changelog does not say that anybody deleted it, or the token may not read that: it
#   cannot be told how often diet made it again, nor whether the token merely no longer sees it.
#   A person decides, whatever data.settings.remediation.missing or a default says.
# custom:
#   id: MIS103
#   severity: high
#   decision: ask
#   recommended: recreate
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "missing"
	not input.instead_of
	not _explained
	message := concat("; ", [
		sprintf("%s %s, nor how often before", [text.subject, _gone]),
		"the plan still wants it, but what others wrote on it or attached stays gone",
	])
}
