# METADATA
# title: What people answered before
package diet.answer

import data.diet.verdict

# METADATA
# title: What a person had left as it is is not done unasked
# description: |
#   An answer stands for the situation that it was given to. Where that has become another
#   one, and the rules would do now what the answer kept them from doing, a person decides.
# custom:
#   id: RES004
#   severity: high
#   decision: ask
guards contains object.union(rego.metadata.rule().custom, {"message": message, "recommended": _advice}) if {
	input.lapsed
	message := sprintf("%s answered %s%s%s, to something else than is to be done now", [
		object.get(input.lapsed, "who", "somebody"),
		input.lapsed.answer,
		_phrase(" at %s", "when"),
		_phrase(" (%s)", "why"),
	])
}

_phrase(format, key) := sprintf(format, [input.lapsed[key]])

_phrase(_, key) := "" if not input.lapsed[key]

# Where another answer leads to what the rules would do, what was answered is recommended.
default _advice := "approve"

_advice := input.lapsed.answer if {
	meanings := verdict.answers[input.class]
	meanings[input.lapsed.answer]
	some decision in meanings
	decision == verdict.acting[input.class]
}
