package diet.answer_test

import data.diet.main

_field := {
	"kind": "device", "object": "web/web[1]", "class": "planned", "action": "update", "field": "name",
	"want": "srv-2", "base": "web-1", "have": "web-1", "plan": {"key": "web"}, "now": "2026-11-28T18:00:00Z",
}

_lapsed := {"answer": "use_user", "who": "joe", "when": "2026-11-27T10:00:00Z", "why": "theirs"}

test_allow_what_nobody_answered if {
	verdict := main.verdict with input as _field

	verdict.id == "FLD001"
}

test_ask_after_a_lapsed_answer if {
	verdict := main.verdict with input as object.union(_field, {"lapsed": _lapsed})

	verdict.id == "RES004"
	verdict.decision == "ask"
	verdict.recommended == "use_user"
	verdict.message == "joe answered use_user at 2026-11-27T10:00:00Z (theirs), to something else than is to be done now"
}

test_answer_after_a_lapsed_one if {
	every word, decision in {"use_diet": "apply", "use_user": "keep", "unmanage": "unmanage"} {
		again := object.union(_field, {"lapsed": _lapsed, "resolution": {"answer": word}})
		verdict := main.verdict with input as again
		verdict.decision == decision
	}
}

test_approve_what_takes_no_other_answer if {
	made := {
		"kind": "device", "object": "web/web[1]", "class": "absent", "action": "create", "field": "",
		"plan": {"key": "web"}, "lapsed": {"answer": "skip"}, "now": "2026-11-28T18:00:00Z",
	}
	asked := main.verdict with input as made
	approved := main.verdict with input as object.union(made, {"resolution": {"answer": "approve"}})

	asked.recommended == "approve"
	asked.message == "somebody answered skip, to something else than is to be done now"
	approved.decision == "apply"
}
