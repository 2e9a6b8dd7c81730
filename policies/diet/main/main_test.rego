package diet.main_test

import data.diet.main
import data.diet.verdict as words

_plan := {"key": "web96", "reconcile": {"deletionPolicy": "warn", "remediation": {"default": "preserve"}}}

_input(class) := {
	"kind": "device", "object": "web96/web[17]", "class": class, "action": "update", "field": "name",
	"want": "a", "base": "b", "have": "c", "plan": _plan, "now": "2026-11-24T10:00:00Z",
}

_other := {"other": {"kind": "device", "id": 7, "name": "web-017"}}

_answered(change, answer) := object.union(change, {"resolution": {"answer": answer, "who": "alice"}})

_verdict(change) := verdict if verdict := main.verdict with input as change

test_every_class_has_a_verdict if {
	every class, family in words.families {
		parts := split(class, "/")
		taken := {"taken": part | some i, part in parts; i > 0}
		verdict := _verdict(object.union(object.union(_input(parts[0]), _other), taken))
		verdict.decision in family
		verdict.id != "MAIN001"
	}
}

test_ranks_follow_the_order if {
	words.ranks == {decision: place | some place, decision in words.order}
}

test_every_decision_has_a_rank if {
	every family in words.families {
		every decision in family {
			words.ranks[decision] >= 0
		}
	}
}

test_every_answer_leads_to_a_decision_of_its_class if {
	every class, answers in words.answers {
		every decision in answers {
			decision in words.families[class]
		}
	}
	every class, decision in words.acting {
		decision in words.families[class]
	}
}

test_deny_unknown_class if {
	verdict := _verdict(_input("bogus"))

	verdict == {"id": "MAIN001", "severity": "high", "decision": "ask", "message": "no rule decides this change"}
}

test_deny_empty_input if {
	verdict := _verdict({})

	verdict.decision == "ask"
	verdict.id == "MAIN001"
}

test_deny_unknown_class_answered if {
	every more in [{}, {"template": true}] {
		verdict := _verdict(object.union(_answered(_input("bogus"), "approve"), more))
		verdict.decision == "ask"
	}
}

# A team's rules.

_deny := {"id": "SEC001", "severity": "high", "decision": "deny", "message": "not on a Friday"}

_apply := {"id": "NET001", "severity": "low", "decision": "remediate", "message": "put it right"}

test_team_guard_is_stricter if {
	verdict := main.verdict with input as _input("planned") with data.team.security.guards as {_deny}

	verdict == _deny
}

test_team_guard_is_never_looser if {
	loose := object.union(_deny, {"decision": "apply"})
	verdict := main.verdict with input as _input("conflict") with data.team.security.guards as {loose}

	verdict.decision == "ask"
	verdict.id == "FLD010"
}

test_team_default_replaces_shipped if {
	drift := object.union(_input("drift"), {"blame": {"actor": "person", "user": "alice"}})
	verdict := main.verdict with input as drift with data.team.network.defaults as {_apply}

	verdict == _apply
}

test_team_default_does_not_beat_shipped_guard if {
	production := object.union(_input("drift"), {"plan": {"labels": {"environment": "production"}}})
	verdict := main.verdict with input as production with data.team.network.defaults as {_apply}

	verdict.decision == "alert"
	verdict.id == "DRF101"
}

test_strictest_team_default_wins if {
	careful := object.union(_apply, {"id": "NET002", "decision": "preserve"})
	verdict := main.verdict with input as _input("drift")
		with data.team.a.defaults as {_apply}
		with data.team.b.defaults as {careful}

	verdict == careful
}

test_team_nonsense_is_a_question if {
	nonsense := object.union(_apply, {"decision": "recreate"})
	verdict := main.verdict with input as _input("planned") with data.team.network.defaults as {nonsense}

	verdict.decision == "ask"
	verdict.message == concat("", [
		"NET001 decided \"recreate\", which is not a decision for this class of change: ",
		"put it right",
	])
}

test_team_finding_without_anything_is_a_question if {
	verdict := main.verdict with input as _input("planned") with data.team.network.guards as {{"note": "?"}}

	verdict.decision == "ask"
	verdict.id == "MAIN005"
}

test_team_guard_of_unknown_severity_counts if {
	odd := object.union(_deny, {"severity": "scary"})
	verdict := main.verdict with input as _input("planned") with data.team.network.guards as {odd, _deny}

	verdict.decision == "deny"
}

test_gravest_of_equals_wins if {
	grave := object.union(_deny, {"id": "SEC999", "severity": "critical"})
	verdict := main.verdict with input as _input("planned") with data.team.security.guards as {_deny, grave}

	verdict == grave
}

test_team_default_never_deletes_an_interface_of_the_device_type if {
	port := object.union(_orphan("delete"), {"kind": "interface", "template": true})
	always := object.union(_apply, {"decision": "delete"})
	careful := object.union(_apply, {"id": "NET002", "decision": "skip"})

	alone := main.verdict with input as port with data.team.network.defaults as {always}
	both := main.verdict with input as port with data.team.network.defaults as {always, careful}
	device := main.verdict with input as _orphan("delete") with data.team.network.defaults as {always}

	alone.decision == "release"
	alone.id == "DEL004"
	both == careful
	device == always
}

# Guards that forbid a decision.

_guard := object.union(_deny, {"forbids": ["delete"]})

_orphan(policy) := object.union(_input("orphaned"), {"plan": {"reconcile": {"deletionPolicy": policy}}})

test_forbidding_guard_speaks_of_what_it_forbids if {
	every policy in ["delete", "warn"] {
		verdict := main.verdict with input as _orphan(policy) with data.team.security.guards as {_guard}
		verdict.decision == "deny"
	}
}

test_forbidding_guard_is_silent_elsewhere if {
	verdict := main.verdict with input as _orphan("orphan") with data.team.security.guards as {_guard}

	verdict.decision == "orphan"
}

# A part goes with the whole, which may be deleted although the part by itself would stay.
test_forbidding_guard_speaks_of_parts if {
	every part in [_orphan("orphan"), object.union(_orphan("delete"), {"kind": "interface", "template": true})] {
		verdict := main.verdict with input as object.union(part, {"with": "web/web[1]"})
			with data.team.security.guards as {_guard}
		verdict.decision == "deny"
	}
}

test_malformed_forbids_is_none if {
	every forbids in ["delete", [], ["deleted"], ["delete", "deleted"], 3, {}, null, false] {
		guard := object.union(_deny, {"forbids": forbids})
		verdict := main.verdict with input as _orphan("orphan") with data.team.security.guards as {guard}
		verdict.decision == "deny"
	}
}

test_forbids_may_be_a_set if {
	guard := object.union(_deny, {"forbids": {"delete"}})
	verdict := main.verdict with input as _orphan("orphan") with data.team.security.guards as {guard}

	verdict.decision == "orphan"
}

test_approve_does_nothing_that_is_not_recommended if {
	every recommended in ["orphn", "use_diet", 3, null] {
		question := object.union(_deny, {"decision": "ask", "recommended": recommended})
		verdict := main.verdict with input as _answered(_orphan("delete"), "approve")
			with data.team.security.guards as {question}
		verdict.decision == "ask"
		verdict.id == "RES002"
	}
}

test_forbidding_guard_lets_another_answer_pass if {
	verdict := main.verdict with input as _answered(_orphan("warn"), "orphan") with data.team.security.guards as {_guard}

	verdict.decision == "orphan"
}

# Answers.

test_answer_settles_a_question if {
	verdict := _verdict(object.union(_input("conflict"), {"resolution": {
		"answer": "use_user",
		"who": "alice",
		"when": "2026-11-20T08:00:00Z",
		"why": "the label on the box",
	}}))

	verdict == {
		"id": "RES001",
		"severity": "info",
		"decision": "keep",
		"answer": "use_user",
		"message": "alice answered use_user at 2026-11-20T08:00:00Z (the label on the box); this settles FLD010",
	}
}

test_answer_replaces_a_default if {
	_verdict(_answered(_input("drift"), "use_diet")).decision == "remediate"
	_verdict(_answered(_input("planned"), "use_user")).decision == "keep"
}

test_answers_by_class if {
	every class, answers in words.answers {
		every answer, decision in answers {
			verdict := _verdict(_answered(object.union(_input(class), _other), answer))
			verdict.decision == decision
		}
	}
}

test_approve_does_what_is_recommended if {
	wanted := {
		"missing": "recreate",
		"orphaned": "delete",
		"exists": "adopt",
		"blocked": "skip",
		"conflict": "apply",
	}
	every class, decision in wanted {
		_verdict(_answered(object.union(_input(class), _other), "approve")).decision == decision
	}
}

# Approvals.

_signed(n) := object.union(_answered(_orphan("delete"), "approve"), {"resolution": {"approvals": n}})

_dual := object.union(_deny, {"id": "TEAM002", "decision": "ask", "recommended": "approve", "approvals": 2})

test_question_says_how_many_approvals_it_wants if {
	verdict := main.verdict with input as _orphan("delete") with data.team.security.guards as {_dual}

	verdict.decision == "ask"
	verdict.approvals == 2
}

test_only_approvals_answer_what_wants_them if {
	every answer in ["approve", "force_delete", "orphan", "skip"] {
		verdict := main.verdict with input as _answered(_orphan("delete"), answer) with data.team.security.guards as {_dual}
		verdict.decision == "ask"
		verdict.id == "TEAM002"
	}
	every n, decision in {1: "ask", 2: "delete", 3: "delete"} {
		verdict := main.verdict with input as _signed(n) with data.team.security.guards as {_dual}
		verdict.decision == decision
	}
}

test_of_questions_the_one_with_the_most_approvals_is_asked if {
	grave := object.union(_dual, {"id": "TEAM001", "severity": "critical", "approvals": 1})
	plain := object.remove(object.union(_dual, {"id": "TEAM000", "severity": "critical"}), ["approvals"])
	verdict := main.verdict with input as _orphan("delete") with data.team.security.guards as {_dual, grave, plain}

	verdict.id == "TEAM002"
	verdict.approvals == 2
}

test_approvals_that_are_no_number_are_not_overlooked if {
	wrong := object.union(_dual, {"id": "TEAM003", "approvals": "two"})
	verdict := main.verdict with input as _signed(2) with data.team.security.guards as {_dual, wrong}

	verdict.id == "TEAM003"
	verdict.decision == "ask"
}

test_approvals_do_not_override_a_denial if {
	verdict := main.verdict with input as _signed(2) with data.team.security.guards as {_dual, _deny}

	verdict.decision == "deny"
}

test_approve_leaves_a_settled_verdict if {
	_verdict(_answered(_input("drift"), "approve")).decision == "preserve"
	_verdict(_answered(_input("planned"), "approve")).decision == "apply"
}

test_answer_never_beats_deny if {
	verdict := main.verdict with input as _answered(_input("conflict"), "use_diet")
		with data.team.security.guards as {_deny}

	verdict == _deny
}

test_answer_beats_a_guards_question if {
	question := object.union(_deny, {"decision": "ask"})
	verdict := main.verdict with input as _answered(_input("planned"), "use_diet")
		with data.team.security.guards as {question}

	verdict.decision == "apply"
	verdict.id == "RES001"
}

test_misfit_is_a_question if {
	verdict := _verdict(_answered(_input("planned"), "force_delete"))

	verdict.decision == "ask"
	verdict.id == "RES002"
	verdict.message == "the answer force_delete does not apply here; valid answers: approve, unmanage, use_diet, use_user"
}

test_misfit_does_not_soften if {
	verdict := main.verdict with input as _answered(_input("planned"), "force_delete")
		with data.team.security.guards as {_deny}

	verdict == _deny
}

test_answer_expires if {
	lasting := {"resolution": {"answer": "use_diet", "expires": "2026-11-24T10:00:01Z"}}
	lapsed := {"resolution": {"answer": "use_diet", "expires": "2026-11-24T10:00:00Z"}}

	_verdict(object.union(_input("drift"), lasting)).decision == "remediate"
	_verdict(object.union(_input("drift"), lapsed)).decision == "preserve"
}

test_expiring_answer_needs_a_clock if {
	clockless := json.remove(_input("drift"), ["now"])
	verdict := _verdict(object.union(clockless, {"resolution": {"answer": "use_diet", "expires": "2026-11-25T00:00:00Z"}}))

	verdict.decision == "preserve"
}

test_empty_resolution_is_no_answer if {
	_verdict(object.union(_input("conflict"), {"resolution": {}})).decision == "ask"
}

# Waivers.

_protected := object.union(_orphan("delete"), {"protected": true})

test_waiver_turns_a_guard_off_and_says_so if {
	verdict := main.verdict with input as _protected with data.waivers as {"DEL103": "the rack is scrapped"}

	verdict.decision == "delete"
	endswith(verdict.message, " [waived: DEL103, the rack is scrapped]")
}

test_waiver_of_another_guard_changes_nothing if {
	verdict := main.verdict with input as _protected with data.waivers as {"DEL101": "we know"}

	verdict.decision == "deny"
	verdict.id == "DEL103"
	not contains(verdict.message, "waived")
}

test_waiver_does_not_reach_a_teams_guard if {
	verdict := main.verdict with input as _input("planned")
		with data.team.security.guards as {_deny}
		with data.waivers as {"SEC001": "no"}

	verdict.decision == "deny"
}

test_exception_turns_a_guard_off_for_one_change if {
	excepted := object.union(_protected, {"waived": {"DEL103": "scrapped (alice)"}})
	verdict := main.verdict with input as excepted
	other := main.verdict with input as _protected

	verdict.decision == "delete"
	endswith(verdict.message, " [waived: DEL103, scrapped (alice)]")
	other.decision == "deny"
}

test_exception_reaches_a_teams_guard if {
	verdict := main.verdict with input as object.union(_input("planned"), {"waived": {_deny.id: "CHG-1"}})
		with data.team.security.guards as {_deny}

	verdict.decision == "apply"
}

# What is recommended is what to approve it leads to.

_gone := object.union(_input("orphaned"), {"action": "delete"})

_asks(id, severity, recommended) := object.union(
	{"decision": "ask", "message": "somebody decides"},
	{"id": id, "severity": severity, "recommended": recommended},
)

test_recommends_what_the_strictest_of_all_questions_does if {
	verdict := main.verdict with input as _gone
		with data.team.x.guards as {_asks("T1", "high", "force_delete"), _asks("T2", "low", "orphan")}
	approved := main.verdict with input as _answered(_gone, "approve")
		with data.team.x.guards as {_asks("T1", "high", "force_delete"), _asks("T2", "low", "orphan")}

	verdict.id == "T1"
	verdict.recommended == "orphan"
	approved.decision == "orphan"
}

test_recommends_no_deletion_of_a_port_of_the_type if {
	port := object.union(_gone, {"kind": "interface", "template": true})
	verdict := main.verdict with input as port with data.team.x.guards as {_asks("T1", "high", "force_delete")}
	approved := main.verdict with input as _answered(port, "approve")
		with data.team.x.guards as {_asks("T1", "high", "force_delete")}

	verdict.recommended == "approve"
	approved.decision == "release"
}

test_approves_a_default_for_a_port_of_the_type if {
	port := object.union(_gone, {"kind": "interface", "template": true})
	verdict := main.verdict with input as port with data.team.x.defaults as {_asks("T1", "high", "force_delete")}
	approved := main.verdict with input as _answered(port, "approve")
		with data.team.x.defaults as {_asks("T1", "high", "force_delete")}

	verdict.recommended == "approve"
	approved.decision == "release"
}

test_keeps_what_a_question_recommends_otherwise if {
	verdict := main.verdict with input as _gone with data.team.x.guards as {_asks("T1", "high", "force_delete")}

	verdict.recommended == "force_delete"
}
