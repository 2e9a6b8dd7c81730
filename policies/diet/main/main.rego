# METADATA
# title: The verdict on one change
# description: |
#   Collects what the rules say and settles it. Guards forbid: the strictest wins,
#   shipped (data.diet) and the team's (data.team) alike, unless data.waivers names
#   a shipped one. Defaults choose: a team's replaces the shipped. A person's answer
#   settles a question and may replace a default; it never beats a guard's deny.
#
#   A guard whose METADATA says `forbids` speaks up only where one of those
#   decisions would be carried out, or where the question is still open.
package diet.main

import data.diet.verdict as words

# METADATA
# title: Decide one change
# entrypoint: true
default verdict := {
	"id": "MAIN001",
	"severity": "high",
	"decision": "ask",
	"message": "no rule decides on this change",
}

verdict := _noted(_outcome)

_outcome := _decided if not _answer

_outcome := _decided if _undisputed

_outcome := _reviewed if {
	_answer
	not _undisputed
}

# There is nothing to approve.
_undisputed if {
	_answer == "approve"
	_decided.decision != "ask"
}

_reviewed := _strictest(_denials) if count(_denials) > 0

_reviewed := _settled if {
	_proposal
	count(_denials) == 0
}

_reviewed := _misfit if not _proposal

# METADATA
# title: What the rules say while nobody has answered
# description: Without a default the change is denied or asked about, whatever the guards say.
_decided := _strictest(_considered | {_nothing}) if not _default

_decided := _strictest(_considered) if _default

_nothing := {
	"id": "MAIN001",
	"severity": "high",
	"decision": "ask",
	"message": "no rule decides on this change",
}

# Guards.

_fired contains guard if {
	some noun
	some guard in data.diet[noun].guards
	not data.waivers[guard.id]
}

_fired contains guard if {
	some team
	some said in data.team[team].guards
	guard := _checked(said)
}

_waived contains guard if {
	some noun
	some guard in data.diet[noun].guards
	data.waivers[guard.id]
}

_guards(decision) := {guard | some guard in _fired; _speaks(guard, decision)}

_speaks(guard, _) if not guard.forbids

_speaks(_, "ask")

_speaks(guard, decision) if decision in guard.forbids

# Defaults.

_default := _strictest(_team_defaults) if count(_team_defaults) > 0

_default := _strictest(_shipped_defaults) if {
	count(_team_defaults) == 0
	count(_shipped_defaults) > 0
}

_team_defaults contains choice if {
	some team
	some said in data.team[team].defaults
	choice := _checked(said)
}

_shipped_defaults contains choice if {
	some noun
	some choice in data.diet[noun].defaults
}

# A rule of a team may say what makes no sense; that is a question, not a write.

_checked(said) := object.union(_anonymous, said) if _fits(said)

_checked(said) := object.union(_anonymous, object.union(said, {
	"decision": "ask",
	"message": sprintf("%s answers with %s, which is no verdict on this class of change: %s", [
		object.get(said, "id", "a rule without an id"),
		json.marshal(object.get(said, "decision", null)),
		object.get(said, "message", "it gives no message"),
	]),
})) if {
	not _fits(said)
}

_anonymous := {"id": "MAIN005", "severity": "high", "message": "this rule gives no message"}

_fits(finding) if finding.decision in words.families[input.class]

# The strictest finding; of equals the gravest, then the first by id.

_strictest(findings) := finding if {
	count(findings) == 1
	some finding in findings
}

_strictest(findings) := min({[words.ranks[f.decision], object.get(words.severities, f.severity, 0), f.id, f] |
	some f in findings
})[3] if {
	count(findings) > 1
}

# A person's answer.

_answer := input.resolution.answer if _current

_current if not input.resolution.expires

_current if time.parse_rfc3339_ns(input.now) < time.parse_rfc3339_ns(input.resolution.expires)

_proposal := decision if {
	decision := words.answers[input.class][_answer]
	_possible(decision)
}

_proposal := decision if {
	_answer == "approve"
	decision := words.order[min({words.ranks[_reply(finding)] | some finding in _considered})]
	_possible(decision)
}

# To approve is to do what each question recommends, the strictest of it, and what stands anyway.

_considered := _guards("ask") if not _default

_considered := _guards(_default.decision) | {_default}

_reply(finding) := finding.decision if finding.decision != "ask"

_reply(finding) := _recommended(finding) if finding.decision == "ask"

_recommended(finding) := words.answers[input.class][finding.recommended]

_recommended(finding) := _acting if not words.answers[input.class][finding.recommended]

_acting := "release" if input.template

_acting := words.acting[input.class] if not input.template

# An interface that its device type brings along comes back with the device: it is never deleted.

_possible(decision) if decision != "delete"

_possible("delete") if not input.template

_denials contains guard if {
	some guard in _guards(_proposal)
	guard.decision == "deny"
}

_settled := {
	"id": "RES001",
	"severity": "info",
	"decision": _proposal,
	"message": sprintf("%s answered %s%s%s; this settles %s", [
		object.get(input.resolution, "who", "somebody"),
		_answer,
		_phrase(" at %s", "when"),
		_phrase(" (%s)", "why"),
		_decided.id,
	]),
}

_phrase(format, key) := sprintf(format, [input.resolution[key]])

_phrase(_, key) := "" if not input.resolution[key]

_misfit := _strictest({_decided, {
	"id": "RES002",
	"severity": "high",
	"decision": "ask",
	"message": sprintf("the answer %s does not fit here; these do: %s", [
		_answer,
		concat(", ", sort(object.keys(object.get(words.answers, input.class, {})) | {"approve"})),
	]),
}})

# A waiver is never silent.

_noted(finding) := finding if count(_waived) == 0

_noted(finding) := object.union(finding, {"message": sprintf("%s [waived: %s]", [
	finding.message,
	concat("; ", [sprintf("%s, %s", [guard.id, data.waivers[guard.id]]) | some guard in _waived]),
])}) if {
	count(_waived) > 0
}
