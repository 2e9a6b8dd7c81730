package diet.deletion_test

import data.diet.deletion
import data.diet.main

_orphan(policy) := {
	"kind": "device", "object": "web96/web[17]", "class": "orphaned", "action": "delete", "field": "",
	"source": "web", "cascade": {"cable": 8, "interface": 9},
	"plan": {"key": "web96", "reconcile": {"deletionPolicy": policy, "protect": []}},
	"now": "2026-11-24T10:00:00Z",
}

_with(policy, more) := object.union(_orphan(policy), more)

_verdict(change) := verdict if verdict := main.verdict with input as change

_addresses := {"references": [
	{"kind": "ip_address", "id": 1, "name": "10.1.2.3/32"},
	{"kind": "ip_address", "id": 2, "name": "10.1.2.4/32"},
]}

_monitored := {"edited": [{"kind": "custom_field", "name": "monitoring_id", "value": 4711}]}

_policies := ["warn", "orphan", "delete"]

# What deletionPolicy says.

test_ask_under_warn if {
	_verdict(_orphan("warn")) == {
		"id": "DEL001", "severity": "medium", "decision": "ask", "recommended": "approve",
		"message": concat("", [
			"web96/web[17] is no longer in the plan, along with 8 cables and 9 interfaces; ",
			"nothing else depends on it",
		]),
	}
}

test_ask_without_policy if {
	_verdict(json.remove(_orphan("warn"), ["plan/reconcile/deletionPolicy"])).id == "DEL001"
	_verdict(json.remove(_orphan("warn"), ["plan"])).id == "DEL001"
	_verdict(_orphan("burn")).id == "DEL001"
}

test_orphan_under_orphan if {
	_verdict(_orphan("orphan")).id == "DEL002"
	_verdict(_orphan("orphan")).decision == "orphan"
}

test_delete_under_delete if {
	_verdict(_orphan("delete")) == {
		"id": "DEL003", "severity": "medium", "decision": "delete",
		"message": "web96/web[17] is no longer in the plan; it is deleted, along with 8 cables and 9 interfaces",
	}
}

test_class_policy_goes_before_the_plans if {
	_verdict(_with("delete", {"deletion_policy": "orphan"})).decision == "orphan"
	_verdict(_with("orphan", {"deletion_policy": "delete"})).decision == "delete"
	_verdict(_with("delete", {"deletion_policy": "warn"})).decision == "ask"
}

test_message_without_cascade if {
	bare := json.remove(_orphan("delete"), ["cascade"])

	_verdict(bare).message == "web96/web[17] is no longer in the plan; it is deleted"
}

test_what_diet_made_and_refers_to_it_now_is_not_given_up if {
	field := {"kind": "site", "id": 1, "name": "Lab (peer)", "clears": "cf.peer", "blame": {"actor": "diet"}}
	cable := {"kind": "cable", "id": 2, "name": "web96/web[1]/1~", "clears": "cable", "blame": {"actor": "diet"}}

	contains(
		_verdict(_with("delete", {"references": [field]})).message,
		"has 1 site (Lab (peer)) that refers to it; deleting it would empty their cf.peer",
	)
	contains(_verdict(_with("delete", {"references": [cable]})).message, "that diet made and gave up; ")
}

# Templates.

test_template_interface_is_released if {
	every policy in _policies {
		verdict := _verdict(_with(policy, {"kind": "interface", "template": true}))
		verdict.decision == "release"
		verdict.id == "DEL004"
	}
}

test_template_interface_is_not_deleted_on_an_answer if {
	forced := _with("delete", {"template": true, "resolution": {"answer": "force_delete"}})

	_verdict(forced).decision == "ask"
	_verdict(forced).id == "RES002"
}

test_template_interface_is_released_although_referenced if {
	_verdict(object.union(_with("delete", _addresses), {"template": true})).decision == "release"
}

# References.

test_ask_about_references if {
	_verdict(_with("warn", _addresses)) == {
		"id": "DEL101", "severity": "high", "decision": "ask", "recommended": "orphan", "forbids": ["delete"],
		"message": concat("", [
			"web96/web[17] has 2 IP addresses (10.1.2.3/32, 10.1.2.4/32) that diet did not create; ",
			"deleting it would delete them",
		]),
	}
}

test_ask_about_what_others_wrote if {
	_verdict(_with("warn", _monitored)).message == concat("", [
		"web96/web[17] has 1 custom field (monitoring_id) that others wrote; ",
		"deleting it would lose what they wrote",
	])
}

test_ask_names_all_there_is if {
	cabled := {"references": array.concat(
		_addresses.references,
		[{"kind": "cable", "id": n, "name": sprintf("#%d", [n])} | some n in numbers.range(1, 5)],
	)}

	_verdict(object.union(_with("warn", cabled), _monitored)).message == concat("", [
		"web96/web[17] has 5 cables (#1, #2, #3, … 2 more) and 2 IP addresses (10.1.2.3/32, 10.1.2.4/32) ",
		"that diet did not create and 1 custom field (monitoring_id) that others wrote; ",
		"deleting it would delete them, leave the cables dangling and lose what they wrote",
	])
}

test_ask_says_what_is_emptied if {
	members := {"references": [{"kind": "interface", "id": n, "name": sprintf("web-001 eth%d", [n]), "clears": "lag"} |
		some n in [1, 2]
	]}

	_verdict(_with("warn", members)).message == concat("", [
		"web96/web[17] has 2 interfaces (web-001 eth1, web-001 eth2) that diet did not create; ",
		"deleting it would empty their lag",
	])
}

# What of the plan stays, and what diet made once.

_cables(more) := {"references": [object.union(cable, more) |
	some n in [1, 2]
	cable := {"kind": "cable", "id": n, "name": sprintf("web96/web[1]/%d~", [n])}
]}

test_say_what_stays if {
	_verdict(_with("warn", _cables({"stays": true}))) == {
		"id": "DEL101", "severity": "high", "decision": "ask", "recommended": "orphan", "forbids": ["delete"],
		"message": concat("", [
			"web96/web[17] has 2 cables (web96/web[1]/1~, web96/web[1]/2~) that stay; ",
			"deleting it would leave the cables dangling",
		]),
	}
}

test_say_what_is_unplugged if {
	port := {"references": [{"kind": "interface", "id": 1, "name": "web-001 eth0", "stays": true, "clears": "cable"}]}

	_verdict(object.union(_with("warn", port), {"kind": "cable"})).message == concat("", [
		"web96/web[17] has 1 interface (web-001 eth0) that stays; ",
		"deleting it would unplug them",
	])
}

test_say_what_loses_its_lane if {
	cable := {"references": [{"kind": "cable", "id": 1, "name": "web96/dc.leaf[1]/2~", "stays": true, "clears": "lane"}]}

	_verdict(_with("warn", cable)).message == concat("", [
		"web96/web[17] has 1 cable (web96/dc.leaf[1]/2~) that stays; ",
		"deleting it would take away their lanes",
	])
}

test_say_that_one_stays if {
	rack := {"references": [{"kind": "device", "id": 1, "name": "web96/web[1]", "stays": true, "prevents": true}]}

	_verdict(_with("delete", rack)).message == concat("", [
		"web96/web[17] has 1 device (web96/web[1]) that stays; ",
		`NetBox does not delete it as long as device "web96/web[1]" is there`,
	])
}

test_wait_for_what_stays_and_netbox_refuses if {
	rack := {"references": [{"kind": "device", "id": 1, "name": "web96/web[1]", "stays": true, "prevents": true}]}

	_answered("force_delete", rack).decision == "delete"
}

test_say_what_diet_gave_up if {
	given_up := {"blame": {"actor": "diet", "user": "diet"}}
	message := _verdict(_with("warn", _cables(given_up))).message

	contains(message, "2 cables (web96/web[1]/1~, web96/web[1]/2~) that diet made and gave up; ")
}

test_skip_references_under_delete if {
	every more in [_addresses, _monitored] {
		verdict := _verdict(_with("delete", more))
		verdict.decision == "skip"
		verdict.severity == "high"
		verdict.id == "DEL102"
	}
}

test_orphan_although_referenced if {
	_verdict(_with("orphan", _addresses)).decision == "orphan"
}

test_force_delete_although_referenced if {
	every policy in _policies {
		forced := object.union(_with(policy, _addresses), {"resolution": {"answer": "force_delete", "who": "alice"}})
		_verdict(forced).decision == "delete"
	}
}

test_approve_orphans_what_is_referenced if {
	approved := object.union(_with("warn", _addresses), {"resolution": {"answer": "approve"}})

	_verdict(approved).decision == "orphan"
}

test_ask_without_policy_although_referenced if {
	_verdict(json.remove(_with("warn", _addresses), ["plan"])).id == "DEL101"
}

test_ask_about_references_without_a_name if {
	verdict := _verdict(_with("warn", {"references": [{}]}))

	verdict.id == "DEL101"
	verdict.message == "others rely on this object"
}

test_no_references_no_guard if {
	guards := deletion.guards with input as _with("warn", {"references": [], "edited": []})

	guards == set()
}

# Protection.

test_deny_protected if {
	every policy in ["warn", "delete"] {
		verdict := _verdict(_with(policy, {"protected": true}))
		verdict.decision == "deny"
		verdict.id == "DEL103"
	}
}

test_deny_protected_although_forced if {
	forced := _with("warn", {"protected": true, "resolution": {"answer": "force_delete"}})

	_verdict(forced).decision == "deny"
}

test_allow_unprotected if {
	_verdict(_with("delete", {"protected": false})).decision == "delete"
}

test_orphan_although_protected if {
	_verdict(_with("orphan", {"protected": true})).decision == "orphan"
}

test_deny_protected_without_object if {
	_verdict(json.remove(_with("warn", {"protected": true}), ["object"])).id == "DEL103"
}

_protecting(pattern) := _with("delete", {"plan": {"reconcile": {"protect": [pattern]}}})

test_deny_what_the_plan_protects if {
	every pattern in ["web96/web[17]", "web96/web[*]", "web96/*", "web96/web*", `web96/web\[17\]`, "web96/web[1?]"] {
		verdict := _verdict(_protecting(pattern))
		verdict.decision == "deny"
		verdict.id == "DEL104"
	}
}

test_allow_what_the_plan_does_not_protect if {
	every pattern in ["web96/web[18]", "*", "web96/db*", "", "web96/web[17]/*"] {
		_verdict(_protecting(pattern)).decision == "delete"
	}
}

# Classes.

_removed := {"removed": {"objects": {"device": 32}, "cascade": {"interface": 288, "cable": 256}}}

test_ask_about_a_removed_class if {
	every policy in ["warn", "delete"] {
		verdict := _verdict(_with(policy, _removed))
		verdict.decision == "ask"
	}
	_verdict(_with("delete", _removed)) == {
		"id": "DEL105", "severity": "medium", "decision": "ask", "recommended": "approve", "forbids": ["delete"],
		"message": concat("", [
			"class web is no longer in the plan: 32 devices would be deleted, ",
			"along with 256 cables and 288 interfaces",
		]),
	}
}

test_references_weigh_more_than_a_removed_class if {
	_verdict(object.union(_with("warn", _removed), _addresses)).recommended == "orphan"
}

test_removed_class_with_references_under_delete if {
	_verdict(object.union(_with("delete", _removed), _addresses)).decision == "ask"
}

test_approved_class_is_deleted if {
	approved := object.union(_with("warn", _removed), {"resolution": {"answer": "approve"}})

	_verdict(approved).decision == "delete"
}

test_approving_a_class_spares_what_is_referenced if {
	every policy, decision in {"warn": "orphan", "delete": "skip"} {
		approved := object.union(object.union(_with(policy, _removed), _addresses), {"resolution": {"answer": "approve"}})
		_verdict(approved).decision == decision
	}
}

test_orphan_a_removed_class if {
	_verdict(_with("orphan", _removed)).decision == "orphan"
}

test_ask_about_a_removed_class_without_counts if {
	bare := json.remove(_with("delete", {"removed": {}}), ["source"])

	_verdict(bare).message == "the class of this object is no longer in the plan: all its objects would be deleted"
}

test_silent_on_other_classes if {
	other := object.union(object.union(_with("delete", _removed), _addresses), {"class": "changed", "protected": true})
	guards := deletion.guards with input as other
	defaults := deletion.defaults with input as other

	guards == set()
	defaults == set()
}

# What cannot be judged.

_unseen := {"unjudged": [
	"the token may not view service (ipam/services)",
	"NetBox counts inventory item 2 on web-017, the token sees 0",
]}

test_ask_about_what_is_not_judged if {
	every policy in ["warn", "delete"] {
		verdict := _verdict(_with(policy, _unseen))
		verdict.decision == "ask"
		verdict.recommended == "orphan"
	}
	_verdict(_with("delete", _unseen)).message == concat("", [
		"it is not known what depends on web96/web[17]: the token may not view service (ipam/services) ",
		"and NetBox counts inventory item 2 on web-017, the token sees 0",
	])
}

test_approve_orphans_what_is_not_judged if {
	_verdict(object.union(_with("delete", _unseen), {"resolution": {"answer": "approve"}})).decision == "orphan"
}

test_orphan_although_not_judged if {
	_verdict(_with("orphan", _unseen)).id == "DEL002"
}

test_judged_has_no_guard if {
	_verdict(_with("delete", {"unjudged": []})).id == "DEL003"
	_verdict(object.union(_with("delete", _unseen), {"class": "changed"})).id != "DEL106"
}

# What NetBox itself refuses.

_master := {"references": [{
	"kind": "virtual_chassis", "id": 7, "name": "vc1", "prevents": true,
	"blame": {"actor": "person", "user": "maria", "time": "2026-11-01T10:00:00Z"},
}]}

test_say_what_netbox_refuses if {
	every policy in ["warn", "delete"] {
		message := _verdict(_with(policy, _master)).message
		contains(message, "NetBox does not delete it as long as virtual chassis \"vc1\" (created by maria at ")
		endswith(message, ") is there")
	}
	_verdict(_with("delete", _master)).decision == "skip"
}

test_no_answer_deletes_what_netbox_refuses if {
	_answered("force_delete", _master).id == "DEL107"
	_answered("force_delete", _master).decision == "deny"
	_answered("force_delete", _addresses).decision == "delete"
	_answered("approve", _master).decision == "orphan"
	_answered("skip", _master).decision == "skip"
}

_answered(answer, more) := _verdict(_with("warn", object.union(more, {"resolution": {"answer": answer}})))

_undoing(what) := {
	"kind": "device", "object": "web/gpu[1]", "class": "orphaned", "action": "delete", "field": "",
	"plan": {"key": "web", "reconcile": {"deletionPolicy": "warn"}},
	"run": {"rollback_of": "run-1"}, "undoes": what,
	"now": "2026-11-24T10:00:00Z",
}

test_rollback_deletes_what_was_made if {
	verdict := main.verdict with input as _undoing("create")

	verdict.id == "DEL005"
	verdict.decision == "delete"
}

test_rollback_gives_up_what_was_taken_over if {
	verdict := main.verdict with input as _undoing("adopt")

	verdict.id == "DEL006"
	verdict.decision == "orphan"
}

test_rollback_asks_about_what_was_edited if {
	edited := object.union(_undoing("create"), {"edited": [{"kind": "comments", "name": "comments", "value": "hers"}]})
	verdict := main.verdict with input as edited

	verdict.decision == "ask"
}

test_rollback_of_an_unnamed_run if {
	verdict := main.verdict with input as json.remove(_undoing("create"), ["run"])

	startswith(verdict.message, "the run made")
}

# A cable that another one takes the place of is deleted, unless others rely on it.

test_delete_what_is_replaced if {
	every policy in _policies {
		_verdict(_with(policy, {"kind": "cable", "replaced_by": "web96/leaf[1]/1~"})) == {
			"id": "DEL007", "severity": "info", "decision": "delete",
			"message": "the plan has web96/leaf[1]/1~ instead of web96/web[17]",
		}
	}
}

test_ask_about_what_is_replaced_and_edited if {
	_verdict(_with("warn", object.union(_monitored, {"replaced_by": "web96/leaf[1]/1~"}))).id == "DEL101"
}

# What a guard denies to what is plugged into an object holds for the object too.

_kept_by(word) := {"references": [{
	"kind": "cable", "id": 7, "name": "web/web[1]/lom.eth0~", "stays": true,
	"denied": word, "why": "recabled by hand",
}]}

test_deny_what_a_guarded_cable_is_on if {
	every policy in _policies {
		every answer in ["force_delete"] {
			verdict := _verdict(_with(policy, object.union(_kept_by("NET001"), {"resolution": {"answer": answer}})))
			verdict.id == "DEL108"
		}
	}
}

test_say_what_would_lose_it if {
	_verdict(_with("warn", _kept_by("NET001"))).message == concat("", [
		"web96/web[17] stays: 1 cable (web/web[1]/lom.eth0~) would lose it, ",
		"which NET001 denies: recabled by hand",
	])
}

test_allow_to_orphan_what_a_guarded_cable_is_on if {
	kept := object.union(_kept_by("NET001"), {"resolution": {"answer": "orphan"}})

	_verdict(_with("warn", kept)).decision == "orphan"
}
