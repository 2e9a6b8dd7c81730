package diet.missing_test

import data.diet.main
import data.diet.missing

_missing := {
	"kind": "device", "object": "web96/web[17]", "class": "missing", "action": "create", "field": "",
	"blame": {"actor": "person", "user": "alice", "time": "2026-11-20T08:00:00Z"},
}

test_ask if {
	verdict := main.verdict with input as _missing

	verdict == {
		"id": "MIS001", "severity": "high", "decision": "ask", "recommended": "recreate",
		"message": concat(" ", [
			"web96/web[17] was deleted in NetBox by alice at 2026-11-20T08:00:00Z;",
			"the plan still wants it, but what others wrote on it or attached stays gone",
		]),
	}
}

test_ask_in_the_place_of_another if {
	whole := {"kind": "cable", "object": "web96/leaf[1]/1~", "instead_of": "web96/web[2]/x.p0~"}
	deleted := main.verdict with input as object.union(_missing, whole)
	pulled := main.verdict with input as object.union(_missing, object.union(whole, {"differs": ["b2"]}))
	listed := main.verdict with input as object.union(_missing, whole)
		with data.settings.remediation as {"missing": {"cable": "recreate"}}

	deleted == {
		"id": "MIS003", "severity": "high", "decision": "ask", "recommended": "recreate",
		"message": concat(" ", [
			"the plan has web96/leaf[1]/1~ instead of web96/web[2]/x.p0~,",
			"which was deleted in NetBox by alice at 2026-11-20T08:00:00Z; it would be plugged in again",
		]),
	}
	contains(pulled.message, "web96/web[2]/x.p0~, of which b2 was pulled out or plugged in elsewhere in NetBox by alice")
	listed.id == "MIS002"
}

test_ask_without_blame if {
	verdict := main.verdict with input as json.remove(_missing, ["blame", "object"])

	verdict.id == "MIS001"
	startswith(verdict.message, "this object is gone, as far as the token sees, and NetBox's changelog does not say why")
	[beside.id | some beside in verdict.also] == ["MIS103"]
}

test_gone_without_a_row_of_the_changelog if {
	unknown := {"blame": {"actor": "unknown"}}
	whole := {"kind": "cable", "object": "web96/leaf[1]/1~", "instead_of": "web96/web[2]/x.p0~"}
	asked := main.verdict with input as object.union(json.remove(_missing, ["blame"]), unknown)
	instead := main.verdict with input as object.union(json.remove(_missing, ["blame"]), object.union(whole, unknown))
	system := main.verdict with input as object.union(_missing, {"blame": {"actor": "system"}})

	asked.id == "MIS001"
	contains(asked.message, "hidden from the token, or lost in a restore")
	not contains(asked.message, "somebody")
	instead.id == "MIS003"
	contains(instead.message, "web96/web[2]/x.p0~, which is gone, as far as the token sees")
	contains(system.message, "was deleted in NetBox by alice")
}

test_allow_on_an_answer if {
	every answer, decision in {
		"recreate": "recreate", "use_diet": "recreate", "approve": "recreate",
		"release": "release", "use_user": "release",
	} {
		verdict := main.verdict with input as object.union(_missing, {"resolution": {"answer": answer}})
		verdict.decision == decision
	}
}

test_silent_on_other_classes if {
	defaults := missing.defaults with input as object.union(_missing, {"class": "absent"})

	defaults == set()
}

test_recreate_the_kinds_that_the_settings_list if {
	cable := object.union(_missing, {"kind": "cable"})
	listed := main.verdict with input as cable with data.settings.remediation as {"missing": {"cable": "recreate"}}
	other := main.verdict with input as _missing with data.settings.remediation as {"missing": {"cable": "recreate"}}
	asked := main.verdict with input as cable with data.settings.remediation as {"missing": {"cable": "ask"}}

	listed.id == "MIS002"
	listed.decision == "recreate"
	other.id == "MIS001"
	asked.id == "MIS001"
}

_recreate := {"remediation": {"missing": {"device": "recreate"}}}

_fought := object.union(_missing, {"flap": {"times": 2, "since": "2026-11-20T07:00:00Z", "writers": ["alice", "diet"]}})

test_ask_about_what_is_made_and_deleted_in_turns if {
	verdict := main.verdict with input as _fought with data.settings as _recreate

	verdict.id == "MIS102"
	verdict.decision == "ask"
	verdict.message == concat("", [
		"alice and diet make and delete web96/web[17] in turns, ",
		"diet made it again 2 times since 2026-11-20T07:00:00Z: the plan or who deletes it has to give way",
	])
}

test_allow_more_turns_where_the_settings_do if {
	verdict := main.verdict with input as _fought with data.settings as object.union(_recreate, {"flaps": 3})

	verdict.decision == "recreate"
}

test_answer_what_is_made_and_deleted_in_turns if {
	answered := object.union(_fought, {"resolution": {"answer": "recreate"}})
	verdict := main.verdict with input as answered with data.settings as _recreate

	verdict.decision == "recreate"
	verdict.id == "RES001"
}

test_ask_in_production if {
	every name in ["production", "prod"] {
		labelled := object.union(_missing, {"plan": {"labels": {"environment": name}}})
		verdict := main.verdict with input as labelled with data.settings as object.union(_recreate, {"production": ["prod"]})
		verdict.id == "MIS101"
		verdict.decision == "ask"
		verdict.recommended == "recreate"
	}
}

test_ask_about_what_is_gone_without_a_trace if {
	every blame in [{}, {"blame": {"actor": "unknown"}}] {
		gone := object.union(json.remove(_missing, ["blame"]), blame)
		verdict := main.verdict with input as gone with data.settings as _recreate
		verdict.id == "MIS103"
		verdict.decision == "ask"
		startswith(verdict.message, "web96/web[17] is gone, as far as the token sees")
	}
}

test_answer_what_is_gone_without_a_trace if {
	answered := object.union(json.remove(_missing, ["blame"]), {"resolution": {"answer": "recreate"}})
	verdict := main.verdict with input as answered with data.settings as _recreate

	verdict.decision == "recreate"
}
