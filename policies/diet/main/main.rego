# METADATA
# title: The verdict on one change
# description: |
#   Collects the findings of all rules and settles them. Guards forbid: the strictest
#   wins, whether shipped (data.diet) or the team's (data.team), unless data.waivers,
#   or input.waived, names it. Defaults choose: a team's default replaces the shipped ones.
#   A person's answer settles a question and may replace a default; it never overrides
#   a guard's deny. A question that wants approvals is settled by those alone.
#
#   A guard that states `forbids` applies only where one of those decisions would be
#   carried out, or where the question is still open. Where several guards ask, `also` lists
#   the questions beside the one that is told first.
package diet.main

import data.diet.verdict as words

# METADATA
# title: Decide one change
# entrypoint: true
default verdict := {
	"id": "MAIN001",
	"severity": "high",
	"decision": "ask",
	"message": "no rule decides this change",
}

# Most changes: no guard applies, and nobody has answered.
verdict := _default if {
	count(_shipped_guards) == 0
	not input.resolution
	not input.question
	count(_team_guards) == 0
	not input.template
} else := guard if {
	# Or one that is stricter than the default.
	count(_shipped_guards) == 1
	count(_team_guards) == 0
	count(data.waivers) == 0
	not input.resolution
	not input.question
	not input.waived
	some guard in _shipped_guards
	not guard.forbids
	guard.decision != "ask"
	words.ranks[guard.decision] < words.ranks[_default.decision]
} else := _outcome if {
	not _waives
} else := _outcome if {
	count(_waived) == 0
} else := object.union(_outcome, {"message": sprintf("%s [waived: %s]", [_outcome.message, concat("; ", _reasons)])})

_reasons := [sprintf("%s, %s", [guard.id, _waiver(guard.id)]) | some guard in _waived]

# Why a guard is off: for this change, or everywhere.
_waiver(id) := reason if {
	reason := input.waived[id]
} else := data.waivers[id]

# Guards, and those among them that are waived. A waiver always shows.

_shipped_guards contains guard if {
	some noun
	some guard in data.diet[noun].guards
}

_team_guards contains guard if {
	some team
	some said in data.team[team].guards
	guard := _checked(said)
}

# Told first, because it is cheap and nearly always false.
_waives if count(data.waivers) > 0

_waives if input.waived

_waived contains guard if {
	_waives
	some guard in _shipped_guards
	_waiver(guard.id)
}

# Of a team's guard there are only exceptions, for some changes.
_waived contains guard if {
	_waives
	some guard in _team_guards
	input.waived[guard.id]
}

_guards := _all_guards if {
	not input.question
} else := {guard | some guard in _all_guards; _topic(guard) == input.question}

_all_guards := _shipped_guards if {
	not _waives
	count(_team_guards) == 0
} else := (_shipped_guards | _team_guards) - _waived

# What a finding about the run asks about: each topic is a question of its own.
_topic(finding) := concat(" ", [finding.id, finding.about]) if {
	finding.about
} else := finding.id

# The guards against a decision: all of them, as long as the question is open.

_against(decision) := _guards if {
	decision == "ask"
} else := {guard | some guard in _guards; decision in object.get(guard, "forbids", [decision])}

# Defaults: the strictest of the team's, else of the shipped ones.

_default := _strictest(_team_defaults) if {
	count(_team_defaults) > 0
} else := choice if {
	count(_shipped_defaults) == 1
	some choice in _shipped_defaults
} else := _strictest(_shipped_defaults)

_team_defaults contains choice if {
	some team
	some said in data.team[team].defaults
	choice := _checked(said)
	_possible(choice.decision)
}

_shipped_defaults contains choice if {
	some noun
	some choice in data.diet[noun].defaults
}

# A team's rule may decide what makes no sense for the class; that is a question, not a write.

_checked(said) := object.union(_anonymous, _sound(said)) if {
	_fits(said)
} else := object.union(_anonymous, object.union(_sound(said), {
	"decision": "ask",
	"message": sprintf("%s decided %s, which is not a decision for this class of change: %s", [
		object.get(said, "id", "a rule without an id"),
		json.marshal(object.get(said, "decision", null)),
		object.get(said, "message", "it gives no message"),
	]),
}))

# A guard that cannot be told what it forbids forbids everything.
_sound(said) := said if {
	_decisions(said.forbids)
} else := object.remove(said, ["forbids"])

_decisions(list) if {
	count({word | some word in list}) > 0
	every word in list {
		word in words.order
	}
}

_anonymous := {"id": "MAIN005", "severity": "high", "message": "this rule gives no message"}

_fits(finding) if finding.decision in words.families[_class]

# What is taken decides too: to rename what has our place does not free the place.
default _class := ""

_class := both if {
	both := concat("/", [input.class, input.taken])
	words.families[both]
} else := input.class

# The strictest finding; of equals the one that wants the most approvals, then the gravest, then the first by id.

_strictest(findings) := finding if {
	count(findings) == 1
	some finding in findings
} else := min({[_rank(f), 0 - _wanted(f), object.get(words.severities, f.severity, 0), f.id, f] |
	some f in findings
})[4]

_rank(finding) := object.get(words.ranks, finding.decision, 0)

# How many approvals a question wants. What is no number is refused, so it comes first.
_wanted(finding) := 0 if {
	not finding.approvals
} else := finding.approvals if {
	is_number(finding.approvals)
} else := 1000000

# The findings while nobody has answered. Without a default it is a question. What goes with
# another object is decided with that: it dies even where by itself it would stay.

_considered := considered if {
	not _along
	considered := _against(_default.decision) | {_default}
} else := considered if {
	considered := _guards | {_default}
} else := _guards | {_undecided}

_along if {
	input.class == "orphaned"
	input.with
}

_undecided := {
	"id": "MAIN001",
	"severity": "high",
	"decision": "ask",
	"message": "no rule decides this change",
}

_decided := object.union(_chief, {"also": _beside}) if {
	count(_beside) > 0
} else := _chief

_chief := _strictest(_considered)

# What other guards ask, for people to see before they answer.
default _beside := []

_beside := [finding | some finding in _considered; finding in _asking; finding != _chief] if _open

_asking contains guard if {
	some guard in _guards
	guard.decision == "ask"
}

_open if _chief.decision == "ask"

_open if input.class == "run"

# A person's answer. One that has expired, or may have, does not count.

_outcome := _reviewed if {
	_answer
	not _undisputed
	not _unapproved
} else := _asked

# A question recommends what to approve it leads to, also where others are answered along with it, and
# says why that is not what its rule recommends.
_asked := object.union(_decided, {"recommended": _advice, "message": _excused}) if {
	_decided.decision == "ask"
	_said != _agreed
} else := _decided

_excused := sprintf("%s (%s recommends %s, but %s)", [_decided.message, _decided.id, _decided.recommended, _but]) if {
	_meanings[_decided.recommended]
} else := sprintf("%s (to approve it leads to %s)", [_decided.message, _agreed]) if {
	_advice == "approve"
} else := _decided.message

_but := "a port of its device's type is not deleted" if {
	_fixed
	_agreed == "release"
} else := sprintf("%s leads to %s", [_hindrance, _agreed])

_hindrance := concat(" and ", sort({finding.id | some finding in _heard; _reply(finding) == _agreed}))

_said := decision if {
	decision := _meanings[_decided.recommended]
} else := words.acting[input.class]

default _advice := "approve"

_advice := _agreed if {
	_meanings[_agreed] == _agreed
} else := min(_leading) if {
	count(_leading) > 0
}

_leading contains word if {
	some word, decision in _meanings
	decision == _agreed
}

_answer := answer if {
	answer := input.resolution.answer
	_current
}

_current if not input.resolution.expires

_current if time.parse_rfc3339_ns(input.now) < time.parse_rfc3339_ns(input.resolution.expires)

# A question that wants approvals is answered by as many, and by nothing else.
_unapproved if {
	some finding in _considered
	finding.decision == "ask"
	_wanted(finding) > object.get(input.resolution, "approvals", 0)
}

# There is nothing to approve.
_undisputed if {
	_answer == "approve"
	_decided.decision != "ask"
}

_reviewed := _strictest(_denials) if {
	count(_denials) > 0
} else := _settled if {
	_proposal
} else := _strictest({_decided, _misfit})

_denials contains guard if {
	some guard in _against(_proposal)
	guard.decision == "deny"
}

_proposal := decision if {
	decision := _meanings[_answer]
	_possible(decision)
}

_proposal := _agreed if _answer == "approve"

# To approve is to do what each question recommends, or the strictest of it where they differ.
_agreed := decision if {
	every finding in _heard {
		_reply(finding)
	}
	decision := words.order[min({words.ranks[_reply(finding)] | some finding in _heard})]
	_possible(decision)
	_known(decision)
}

# To adopt what has our place, say, frees none: approval does not lead there.
_known(decision) if decision in words.families[_class]

_known(decision) if {
	some meaning in _meanings
	meaning == decision
}

# Of what goes with another object only guards are heard: the defaults are those of the whole.
_heard := _guards if {
	_along
	count(_guards) > 0
} else := _considered

_reply(finding) := finding.decision if {
	finding.decision != "ask"
} else := decision if {
	decision := _replies[finding.recommended]
} else := _consent if {
	object.get(finding, "recommended", "approve") == "approve"
}

# What each answer leads to here.
_meanings := words.answers[_class]

# What each leads to where approval does what is recommended.
_replies := object.union(_meanings, {word: "release" |
	_fixed
	some word, "delete" in _meanings
})

# What approval leads to where the question does not recommend an answer.
_consent := "release" if {
	_fixed
	words.acting[input.class] == "delete"
} else := words.acting[input.class]

# An interface from the device type's templates is never deleted, but along with its device.

_possible(decision) if decision != "delete"

_possible("delete") if not _fixed

_fixed if {
	input.template
	not _along
}

_settled := {
	"id": "RES001",
	"severity": "info",
	"decision": _proposal,
	"answer": _answer,
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

_misfit := {
	"id": "RES002",
	"severity": "high",
	"decision": "ask",
	"message": sprintf("the answer %s does not apply here; valid answers: %s", [
		_answer,
		concat(", ", sort(object.keys(object.get(words.answers, _class, {})) | {"approve"})),
	]),
}
