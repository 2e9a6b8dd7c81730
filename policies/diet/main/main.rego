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

_outcome := _strictest(_denials) if count(_denials) > 0

_outcome := _settled if {
	_proposal
	count(_denials) == 0
}

_outcome := _misfit if {
	_answer
	not _proposal
}

# METADATA
# title: What the rules say while nobody has answered
# description: Without a default the change is denied or asked about, whatever the guards say.
_decided := _strictest(_guards("ask") | {object.union(_nothing, {"decision": "ask"})}) if not _default

_decided := _strictest(_guards(_default.decision) | {_default})

_nothing := {"id": "MAIN001", "severity": "high", "message": "no rule decides on this change"}

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

_checked(finding) := finding if _fits(finding.decision)

_checked(finding) := object.union(finding, {
	"decision": "ask",
	"message": sprintf("rule %s answers with %s, which is no verdict on this class of change: %s", [
		finding.id,
		json.marshal(object.get(finding, "decision", null)),
		object.get(finding, "message", ""),
	]),
}) if {
	not _fits(finding.decision)
}

_fits(decision) if decision in words.families[input.class]

# The strictest finding; of equals the gravest, then the first by id.

_strictest(findings) := finding if {
	count(findings) == 1
	some finding in findings
}

_strictest(findings) := min({[words.ranks[f.decision], words.severities[f.severity], f.id, f] |
	some f in findings
})[3] if {
	count(findings) > 1
}

# A person's answer.

_answer := input.resolution.answer if not _lapsed

_lapsed if time.parse_rfc3339_ns(input.resolution.expires) <= time.parse_rfc3339_ns(input.now)

_proposal := decision if {
	decision := words.answers[input.class][_answer]
	_possible(decision)
}

_proposal := _decided.decision if {
	_answer == "approve"
	_decided.decision != "ask"
}

_proposal := decision if {
	_answer == "approve"
	_decided.decision == "ask"
	decision := _approved
	_possible(decision)
}

_approved := words.answers[input.class][_decided.recommended]

_approved := _acting if not words.answers[input.class][_decided.recommended]

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
