package diet.existence_test

import data.diet.existence
import data.diet.main

_found(class) := {
	"kind": "device", "object": "web96/web[17]", "class": class, "action": "create", "field": "",
	"other": {
		"kind": "device", "id": 31, "name": "web-017",
		"blame": {"actor": "person", "user": "alice", "time": "2025-12-15T08:00:00Z"},
	},
}

_verdict(change) := verdict if verdict := main.verdict with input as change

test_adopt_what_agrees if {
	_verdict(_found("exists")) == {
		"id": "EXI001", "severity": "medium", "decision": "ask", "recommended": "adopt",
		"message": concat("", [
			`device "web-017" (id 31) already exists, created by alice at 2025-12-15T08:00:00Z, `,
			"and agrees with the plan; no plan owns it",
		]),
	}
}

test_rename_what_differs if {
	differing := object.union(_found("exists"), {"differs": ["device_type", "rack"]})
	verdict := _verdict(differing)

	verdict.id == "EXI002"
	verdict.recommended == "rename_existing"
	endswith(verdict.message, "and differs from the plan in device_type, rack; no plan owns it")
}

test_adopt_what_has_name_and_place if {
	placed := object.union(_found("exists"), {"taken": "place", "name": "web-017", "differs": ["description"]})
	verdict := _verdict(placed)

	verdict.id == "EXI008"
	verdict.recommended == "adopt"
	contains(verdict.message, "has name and place of web96/web[17], and differs from the plan in description; ")
}

test_skip_what_has_the_place if {
	placed := object.union(_found("exists"), {"taken": "place", "differs": ["description"]})
	every named in [{"name": "web-018"}, {"name": "web-017", "kind": "cable"}, {}] {
		verdict := _verdict(object.union(placed, named))
		verdict.id == "EXI005"
		verdict.recommended == "skip"
	}
}

_gathering := object.union(_found("exists"), {"references": [
	{"kind": "interface", "id": 7, "name": "web-017 eth9", "clears": "lag"},
	{"kind": "interface", "id": 8, "name": "web-017 eth8", "clears": "lag"},
]})

test_rename_what_has_members_of_its_own if {
	every more in [{}, {"with": "web96/web[17]"}] {
		_verdict(object.union(_gathering, more)) == {
			"id": "EXI009", "severity": "high", "decision": "ask", "recommended": "rename_existing",
			"message": concat("", [
				`device "web-017" (id 31) already exists, created by alice at 2025-12-15T08:00:00Z, `,
				"with 2 members that the plan does not have in it (web-017 eth9, web-017 eth8); no plan owns it",
			]),
		}
	}
	differing := _verdict(object.union(_gathering, {"differs": ["description"]}))
	endswith(differing.message, "eth8), and differs from the plan in description; no plan owns it")
}

test_adopt_what_the_type_has_with_members_of_its_own if {
	every more in [{"differs": ["description"]}, {"with": "web96/web[17]"}, {}] {
		verdict := _verdict(object.union(_gathering, object.union({"taken": "place", "name": "web-017"}, more)))
		verdict.id == "EXI010"
		verdict.recommended == "adopt"
	}
}

test_tell_members_of_what_is_decided_otherwise if {
	every more in [{"proposed": true}, {"undoes": "orphan"}] {
		verdict := _verdict(object.union(_gathering, more))
		verdict.recommended == "adopt"
		endswith(verdict.message, ", and it has 2 members that the plan does not have in it (web-017 eth9, web-017 eth8)")
	}
}

test_adopt_what_a_person_marked if {
	every differs in [[], ["rack"]] {
		marked := object.union(_found("exists"), {"proposed": true, "differs": differs})
		_verdict(marked) == {
			"id": "EXI004", "severity": "medium", "decision": "ask", "recommended": "adopt",
			"message": concat("", [
				`device "web-017" (id 31) was marked as web96/web[17], by alice at 2025-12-15T08:00:00Z; `,
				"diet has no record of it",
			]),
		}
	}
}

test_ask_about_a_part_with_the_whole if {
	verdict := _verdict(object.union(_found("exists"), {"kind": "interface", "with": "web96/web[17]"}))
	verdict.id == "EXI006"
	verdict.decision == "ask"
}

test_ask_about_what_blocks if {
	_verdict(_found("blocked")) == {
		"id": "EXI003", "severity": "high", "decision": "ask", "recommended": "skip",
		"message": concat("", [
			`device "web-017" (id 31), created by alice at 2025-12-15T08:00:00Z, `,
			"takes the place that the plan wants for web96/web[17]",
		]),
	}
}

test_ask_about_what_people_keep if {
	marked := json.patch(_found("blocked"), [{"op": "add", "path": "/other/marked", "value": "mark_connected"}])
	_verdict(marked).message == concat("", [
		`device "web-017" (id 31), marked (mark_connected) by alice at 2025-12-15T08:00:00Z, `,
		"is what the plan wants for web96/web[17]",
	])
}

test_allow_on_an_answer if {
	every class in ["exists", "blocked"] {
		every answer in ["adopt", "rename_existing", "skip"] {
			_verdict(object.union(_found(class), {"resolution": {"answer": answer}})).decision == answer
		}
	}
}

_foreign(class) := object.union(_found(class), {"other": {"plan": "db12", "object": "db12/db[3]"}})

test_deny_what_another_plan_owns if {
	every class in ["exists", "blocked"] {
		verdict := _verdict(_foreign(class))
		verdict.decision == "deny"
		verdict.id == "EXI101"
		verdict.message == concat("", [
			`device "web-017" (id 31) belongs to plan db12 as db12/db[3]; `,
			"diet never adopts or renames an object of another plan",
		])
	}
}

test_adopt_what_the_undone_run_released if {
	every more in [{}, {"taken": "place"}, {"differs": ["position"]}] {
		undoing := {"undoes": "orphan", "run": {"rollback_of": "run-1"}}
		verdict := _verdict(object.union(object.union(_found("exists"), more), undoing))
		verdict.id == "EXI007"
		verdict.recommended == "adopt"
		contains(verdict.message, "is what run-1 released as ")
	}
}

test_take_back_what_nobody_has_touched if {
	every more in [{}, {"taken": "place"}, {"differs": ["lag"]}, {"with": "web96/web[17]"}] {
		undoing := {"undoes": "orphan", "untouched": true, "run": {"rollback_of": "run-1"}}
		verdict := _verdict(object.union(object.union(_found("exists"), more), undoing))
		verdict.id == "EXI011"
		verdict.decision == "adopt"
	}
}

test_say_that_it_is_the_plans_own if {
	plans := {"plan": {"key": "web96"}, "other": {"plan": "web96", "object": "web96/web[3]"}}
	verdict := _verdict(object.union(_found("blocked"), plans))

	verdict.id == "EXI101"
	endswith(verdict.message, "as web96/web[3]; that is this plan's own too, and has to give way or to go first")
}

test_deny_what_another_plan_owns_on_an_answer if {
	every answer in ["adopt", "rename_existing", "approve"] {
		verdict := _verdict(object.union(_foreign("exists"), {"resolution": {"answer": answer}}))
		verdict.decision == "deny"
	}
}

test_skip_what_another_plan_owns if {
	every class in ["exists", "blocked"] {
		_verdict(object.union(_foreign(class), {"resolution": {"answer": "skip"}})).decision == "skip"
	}
}

test_deny_what_has_an_id_of_no_known_plan if {
	_verdict(object.union(_found("exists"), {"other": {"object": "db12/db[3]"}})).id == "EXI101"
}

test_deny_what_is_not_told if {
	every class in ["exists", "blocked"] {
		_verdict(json.remove(_found(class), ["other"])).id == "EXI101"
	}
}

test_silent_on_other_classes if {
	guards := existence.guards with input as _foreign("absent")
	defaults := existence.defaults with input as _foreign("absent")

	guards == set()
	defaults == set()
}
