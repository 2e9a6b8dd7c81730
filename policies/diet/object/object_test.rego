package diet.object_test

import data.diet.main
import data.diet.object as objects

_change(class) := {"kind": "device", "object": "web96/web[17]", "class": class, "action": "create", "field": ""}

test_verdicts if {
	every class, expected in {
		"absent": {"id": "OBJ001", "decision": "apply"},
		"changed": {"id": "OBJ002", "decision": "apply"},
		"native": {"id": "OBJ003", "decision": "adopt"},
		"unmanaged": {"id": "OBJ004", "decision": "keep"},
		"finding": {"id": "OBJ005", "decision": "keep", "severity": "medium"},
		"identity": {"id": "OBJ006", "decision": "ask", "severity": "critical"},
	} {
		verdict := main.verdict with input as _change(class)
		object.union(verdict, expected) == verdict
	}
}

test_ask_whose_an_object_is_where_its_marks_were_edited if {
	edited := object.union(_change("identity"), {
		"differs": ["diet_object_id"], "blame": {"actor": "person", "user": "maria", "time": "2026-11-20T08:00:00Z"},
		"other": {"kind": "device", "id": 3, "name": "web-017", "plan": "web96", "object": "web96/web[17]"},
	})
	verdict := main.verdict with input as edited

	verdict.id == "OBJ007"
	verdict.decision == "ask"
	verdict.message == concat("", [
		`diet_object_id of device "web-017" (id 3) was edited by maria at 2026-11-20T08:00:00Z; `,
		"the object most likely is web96/web[17] of plan web96: ",
		"restore puts its marks right, adopt takes it for what the marks say",
	])

	skipped := main.verdict with input as object.union(edited, {"resolution": {"answer": "skip"}})
	skipped.decision == "skip"
}

test_ask_about_a_renamed_shared_object if {
	renamed := {
		"kind": "site", "object": "site:lab", "class": "shared", "action": "no-op", "field": "",
		"other": {"kind": "site", "id": 1, "name": "Lab One", "object": "lab-one"},
	}
	verdict := main.verdict with input as renamed
	verdict.id == "OBJ008"
	verdict.decision == "ask"
	verdict.message == concat("", [
		`the plan's site:lab is "Lab One" (id 1), which is called lab-one now, `,
		"renamed by somebody (NetBox's changelog does not say who)",
	])

	taken := object.union(renamed, {"references": [{"kind": "site", "id": 9, "name": "Lab"}]})
	elsewhere := main.verdict with input as taken
	endswith(elsewhere.message, `; that name is now on "Lab" (id 9)`)

	kept := main.verdict with input as object.union(renamed, {"resolution": {"answer": "keep"}})
	kept.decision == "keep"
}

test_pick_one_of_those_that_share_an_id if {
	verdict := main.verdict with input as object.union(_change("identity"), {"references": [
		{"kind": "device", "id": 4, "name": "web-002"},
		{"kind": "device", "id": 9, "name": "x"},
	]})
	startswith(verdict.message, `several objects have this diet id: "web-002" (device:4), "x" (device:9); adopt one`)

	every answer in ["adopt", "skip"] {
		settled := main.verdict with input as object.union(_change("identity"), {"resolution": {"answer": answer}})
		settled.decision == answer
	}
}

test_another_plans_record_is_left_to_it if {
	edited := object.union(_change("identity"), {
		"differs": ["diet_plan_id"],
		"plan": {"key": "web"},
		"other": {"kind": "device", "id": 4, "name": "web-002", "plan": "other", "object": "other/web[2]"},
	})
	verdict := main.verdict with input as edited
	verdict.id == "OBJ101"

	every answer in ["restore", "adopt"] {
		denied := main.verdict with input as object.union(edited, {"resolution": {"answer": answer}})
		denied.decision == "deny"
	}

	skipped := main.verdict with input as object.union(edited, {"resolution": {"answer": "skip"}})
	skipped.decision == "skip"
}

test_silent_without_class if {
	defaults := objects.defaults with input as {"kind": "device"}

	defaults == set()
}

test_ask_about_a_copy if {
	copied := {
		"kind": "device", "object": "web96/web[17]", "class": "identity", "action": "no-op", "field": "",
		"differs": ["diet_managed_fields"], "taken": "copy", "plan": {"key": "web96"},
		"other": {"kind": "device", "id": 99, "name": "copy", "plan": "web96", "object": "web96/web[17]"},
		"references": [{"kind": "device", "id": 31, "name": "web-017"}],
	}
	verdict := main.verdict with input as copied
	verdict.id == "OBJ009"
	contains(verdict.message, `device "copy" (id 99) is a copy of "web-017" (id 31), which is web96/web[17]`)
	every answer, decision in {"orphan": "restore", "approve": "restore", "adopt": "adopt", "skip": "skip"} {
		said := main.verdict with input as object.union(copied, {"resolution": {"answer": answer}})
		said.decision == decision
	}
}
