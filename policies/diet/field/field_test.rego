package diet.field_test

import data.diet.field
import data.diet.main

_field(class, name) := {
	"kind": "device", "object": "web96/web[17]", "class": class, "action": "update", "field": name,
	"want": "a", "base": "b", "have": "c",
	"plan": {"key": "web96", "reconcile": {}}, "now": "2026-11-24T10:00:00Z",
}

_verdict(change) := verdict if verdict := main.verdict with input as change

test_allow_what_the_plan_moved if {
	every class, id in {
		"planned": "FLD001", "new": "FLD002", "agreed": "FLD003",
		"converged": "FLD003", "relinquished": "FLD004",
	} {
		verdict := _verdict(_field(class, "name"))
		verdict.decision == "apply"
		verdict.id == id
	}
}

test_ask_about_a_conflict if {
	_verdict(_field("conflict", "name")) == {
		"id": "FLD010", "severity": "medium", "decision": "ask", "recommended": "use_diet",
		"message": concat("", [
			`the plan wants "a", but NetBox has "c", set by somebody (NetBox's changelog does not say who)`,
			`; diet last applied "b"`,
		]),
	}
}

test_ask_about_a_conflict_without_base if {
	fresh := object.union(json.remove(_field("conflict", "position"), ["base"]), {
		"want": 12,
		"have": 14,
		"blame": {"actor": "person", "user": "bob", "time": "2026-11-20T08:00:00Z"},
	})

	_verdict(fresh).message == "the plan wants 12, but NetBox has 14, set by bob at 2026-11-20T08:00:00Z"
	_verdict(object.union(fresh, {"base": null})).message == _verdict(fresh).message
}

test_recommend_what_people_wrote if {
	every name in ["description", "comments", "serial", "asset_tag"] {
		verdict := _verdict(_field("conflict", name))
		verdict.id == "FLD011"
		verdict.recommended == "use_user"
	}
}

test_recommend_a_type_that_says_more_than_other if {
	adopted := {
		"class": "conflict", "kind": "interface", "action": "update", "field": "type",
		"want": "other", "have": "10gbase-x-sfpp", "now": "2026-11-24T10:00:00Z",
	}
	verdict := _verdict(adopted)
	verdict.id == "FLD012"
	verdict.recommended == "use_user"
	startswith(verdict.message, `the plan wants "other", but NetBox has "10gbase-x-sfpp"`)

	_verdict(object.union(adopted, {"want": "1000base-t"})).recommended == "use_diet"
	_verdict(object.union(adopted, {"base": "1000base-t"})).recommended == "use_diet"
	_verdict(object.union(adopted, {"field": "name"})).recommended == "use_diet"
}

test_ask_about_a_conflict_without_field_or_values if {
	_verdict({"class": "conflict"}).decision == "ask"
}

test_silent_on_other_classes if {
	findings := field.defaults with input as _field("drift", "name")

	findings == set()
}

test_ask_before_a_move_to_another_site if {
	every class in ["planned", "conflict"] {
		verdict := _verdict(_field(class, "site"))
		verdict.id == "FLD101"
		verdict.decision == "ask"
	}
}

test_ask_before_a_type_that_the_plan_did_not_exchange if {
	exchanged := {"kind": "device", "object": "o", "class": "planned", "action": "update", "field": "device_type"}
	allowed := main.verdict with input as exchanged
	allowed.decision == "apply"

	verdict := main.verdict with input as object.union(exchanged, {"retyped": true})
	verdict.id == "FLD102"
	verdict.decision == "ask"
}

_undoing(class) := object.union(_field(class, "name"), {
	"run": {"rollback_of": "run-1"},
	"blame": {"actor": "person", "user": "maria", "time": "2026-11-24T09:00:00Z"},
})

test_a_rollback_asks_before_it_writes_over_what_somebody_wrote_since if {
	every class in ["conflict", "drift"] {
		remediation := {"default": "auto"}
		verdict := _verdict(object.union(_undoing(class), {"plan": {"reconcile": {"remediation": remediation}}}))
		verdict.id == "FLD103"
		verdict.decision == "ask"
		verdict.recommended == "use_user"
		contains(verdict.message, "set by maria at 2026-11-24T09:00:00Z, after run-1")
	}
}

test_a_rollback_asks_whatever_a_team_prefers if {
	prefers := {"id": "T1", "severity": "low", "message": "ours", "decision": "apply"}
	verdict := main.verdict with input as _undoing("conflict") with data.team.x.defaults as {prefers}

	verdict.id == "FLD103"
}

test_a_rollback_writes_over_it_on_an_answer if {
	answered := object.union(_undoing("conflict"), {"resolution": {"answer": "use_diet", "who": "bob"}})

	_verdict(answered).decision == "apply"
}

test_a_rollback_undoes_what_nobody_touched if {
	_verdict(_undoing("planned")).decision == "apply"
	_verdict(_undoing("drift")).decision == "preserve"
}

test_ask_before_a_cable_is_pulled_out if {
	plugged := {"kind": "cable", "field": "b", "class": "planned", "action": "update", "want": 8, "have": 5, "base": 5}

	main.verdict.id == "FLD001" with input as plugged
	verdict := main.verdict with input as object.union(plugged, {"unplugs": true})
	verdict.id == "FLD104"
	verdict.decision == "ask"
}
