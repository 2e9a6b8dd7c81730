package diet.drift_test

import data.diet.drift
import data.diet.main

_blame := {"actor": "person", "user": "alice", "time": "2026-11-20T08:00:00Z"}

_drift(field, remediation) := {
	"kind": "device", "object": "web96/web[17]", "class": "drift", "action": "update", "field": field,
	"want": "web-017", "base": "web-017", "have": "db-1", "blame": _blame,
	"plan": {"key": "web96", "labels": {}, "reconcile": {"remediation": remediation}},
	"now": "2026-11-24T10:00:00Z",
}

_ids(change) := {finding.id | some finding in findings} if findings := drift.defaults with input as change

_verdict(change) := verdict if verdict := main.verdict with input as change

test_preserve_by_default if {
	_verdict(_drift("name", {"default": "preserve"})) == {
		"id": "DRF001", "severity": "low", "decision": "preserve",
		"message": `NetBox has "db-1" instead of "web-017", set by alice at 2026-11-20T08:00:00Z`,
	}
}

test_preserve_without_remediation if {
	_ids(_drift("name", {})) == {"DRF001"}
	_ids(json.remove(_drift("name", {}), ["plan"])) == {"DRF001"}
}

test_preserve_unknown_remediation if {
	_ids(_drift("name", {"default": "always"})) == {"DRF001"}
}

test_alert_where_plan_says if {
	_ids(_drift("name", {"default": "alert"})) == {"DRF002"}
	_ids(_drift("name", {"default": "auto", "fields": {"name": "alert"}})) == {"DRF002"}
}

test_remediate_where_plan_says_auto if {
	every field in ["name", "role", "a", "b"] {
		_ids(_drift(field, {"default": "auto"})) == {"DRF003"}
		_ids(_drift(field, {"default": "preserve", "fields": {field: "auto"}})) == {"DRF003"}
	}
}

test_remediate_not_where_plan_names_another_field if {
	_ids(_drift("name", {"default": "preserve", "fields": {"role": "auto"}})) == {"DRF001"}
}

test_keep_what_people_write if {
	every field in ["description", "comments", "serial", "asset_tag"] {
		_ids(_drift(field, {"default": "auto"})) == {"DRF004"}
		_verdict(_drift(field, {"default": "auto"})).decision == "preserve"
	}
}

test_keep_what_nobody_is_known_to_have_written if {
	_ids(json.remove(_drift("description", {"default": "auto"}), ["blame"])) == {"DRF004"}
	_ids(json.remove(_drift("description", {"default": "auto"}), ["blame/actor"])) == {"DRF004"}
	_ids(object.union(_drift("description", {"default": "auto"}), {"blame": {"actor": "unknown"}})) == {"DRF004"}
}

test_remediate_what_a_program_wrote if {
	every actor in ["system", "diet"] {
		_ids(object.union(_drift("description", {"default": "auto"}), {"blame": {"actor": actor}})) == {"DRF003"}
	}
}

test_remediate_personal_field_that_the_plan_names if {
	_ids(_drift("description", {"default": "preserve", "fields": {"description": "auto"}})) == {"DRF003"}
}

test_message_without_blame if {
	endswith(
		_verdict(json.remove(_drift("name", {}), ["blame"])).message,
		"set by somebody (NetBox's changelog does not say who)",
	)
}

test_message_with_nothing if {
	emptied := object.union(_drift("name", {}), {"have": null, "blame": {"actor": "system"}})

	startswith(_verdict(emptied).message, `NetBox has nothing instead of "web-017", set by `)
}

test_silent_on_other_classes if {
	_ids(object.union(_drift("name", {"default": "auto"}), {"class": "planned"})) == set()
	_ids({}) == set()
}

# Production.

_production(change) := object.union(change, {"plan": {"labels": {"environment": "production"}}})

test_production_alerts if {
	every mode in ["preserve", "alert", "auto"] {
		verdict := _verdict(_production(_drift("name", {"default": mode})))
		verdict.decision == "alert"
	}
}

test_production_alerts_even_where_the_plan_names_the_field if {
	verdict := _verdict(_production(_drift("name", {"default": "preserve", "fields": {"name": "auto"}})))

	verdict.id == "DRF101"
	verdict.message == concat(" ", [
		`production was edited: NetBox has "db-1" instead of "web-017",`,
		"set by alice at 2026-11-20T08:00:00Z",
	])
}

test_production_is_remediated_on_an_answer if {
	answered := object.union(_drift("name", {"default": "auto"}), {"resolution": {"answer": "use_diet", "who": "bob"}})

	_verdict(_production(answered)).decision == "remediate"
}

test_production_alerts_without_values if {
	bare := json.remove(_production(_drift("name", {"default": "auto"})), ["want", "have", "blame", "base"])

	_verdict(bare).decision == "alert"
}

test_other_environments_do_not_alert if {
	staging := object.union(_drift("name", {"default": "auto"}), {"plan": {"labels": {"environment": "staging"}}})

	_verdict(staging).decision == "remediate"
}

test_production_by_another_label if {
	live := object.union(_drift("name", {"default": "auto"}), {"plan": {"labels": {"environment": "live"}}})
	verdict := main.verdict with input as live with data.settings.production as ["prod", "live"]
	other := main.verdict with input as live with data.settings.production as ["prod"]

	verdict.id == "DRF101"
	other.decision == "remediate"
}

# What the settings say, by who edited and by kind and field.

test_settings_by_who_edited if {
	users := {"svc-legacy": "auto", "noc": "preserve"}
	tool := object.union(_drift("name", {}), {"blame": {"actor": "person", "user": "svc-legacy"}})
	noc := object.union(_drift("name", {"default": "auto"}), {"blame": {"actor": "person", "user": "noc"}})
	by_tool := main.verdict with input as tool with data.settings.remediation.users as users
	by_noc := main.verdict with input as noc with data.settings.remediation.users as users
	by_alice := main.verdict with input as _drift("name", {}) with data.settings.remediation.users as users

	by_tool.decision == "remediate"
	by_noc.decision == "preserve"
	by_alice.decision == "preserve"
}

test_settings_by_kind_and_field if {
	fields := {"device": {"name": "auto", "*": "alert"}, "cable": {"*": "auto"}}
	cable := object.union(_drift("a", {}), {"kind": "cable"})
	planned := _drift("name", {"fields": {"name": "preserve"}})
	name := main.verdict with input as _drift("name", {}) with data.settings.remediation.fields as fields
	role := main.verdict with input as _drift("role", {"default": "auto"}) with data.settings.remediation.fields as fields
	end := main.verdict with input as cable with data.settings.remediation.fields as fields
	kept := main.verdict with input as planned with data.settings.remediation.fields as fields

	name.decision == "remediate"
	role.decision == "alert"
	end.decision == "remediate"
	kept.decision == "preserve"
}

test_settings_name_text_that_people_write if {
	text := _drift("description", {})
	star := main.verdict with input as text with data.settings.remediation.fields as {"device": {"*": "auto"}}
	named := main.verdict with input as text with data.settings.remediation.fields as {"device": {"description": "auto"}}
	alice := main.verdict with input as text with data.settings.remediation.users as {"alice": "auto"}

	star.id == "DRF004"
	named.decision == "remediate"
	alice.decision == "remediate"
}

# What diet and others keep writing over.

_flap := {"since": "2026-11-19T22:00:00Z", "writers": ["alice", "diet"]}

_flapping(times) := object.union(_drift("name", {"default": "auto"}), {"flap": object.union(_flap, {"times": times})})

test_stop_where_others_write_over_it_again if {
	verdict := _verdict(_flapping(2))
	verdict.id == "DRF102"
	verdict.decision == "alert"
	startswith(verdict.message, "alice and diet write it in turns, 2 times since 2026-11-19T22:00:00Z")
}

test_all_who_write_it_are_named if {
	every said, writers in {
		"alice, bob and diet write it in turns, ": ["alice", "bob", "diet"],
		"diet and something else that is diet in NetBox, too, write it in turns, ": ["diet"],
		"diet and others write it in turns, ": [],
	} {
		flapping := object.union(_flapping(2), {"flap": object.union(_flap, {"times": 2, "writers": writers})})
		verdict := _verdict(flapping)
		verdict.id == "DRF102"
		startswith(verdict.message, said)
	}
}

test_remediate_once_or_as_often_as_the_settings_say if {
	seldom := main.verdict with input as _flapping(4) with data.settings.flaps as 5
	often := main.verdict with input as _flapping(5) with data.settings.flaps as 5

	_verdict(_flapping(1)).decision == "remediate"
	seldom.decision == "remediate"
	often.decision == "alert"
}

# What nobody is known to have edited.

test_alert_without_blame if {
	edited := json.remove(_drift("name", {"default": "auto", "fields": {"name": "auto"}}), ["blame"])
	every blame in [{}, {"blame": {"actor": "unknown"}}] {
		verdict := _verdict(object.union(edited, blame))
		verdict.id == "DRF103"
		verdict.decision == "alert"
		endswith(verdict.message, "it cannot be told how often diet wrote over it before")
	}
}

test_remediate_what_a_program_or_an_unnamed_person_wrote if {
	every blame in [{"actor": "system"}, {"actor": "unknown", "user": "svc"}] {
		known := object.union(json.remove(_drift("name", {"default": "auto"}), ["blame"]), {"blame": blame})
		_verdict(known).decision == "remediate"
	}
}

test_answer_what_nobody_is_known_to_have_edited if {
	edited := json.remove(_drift("name", {"default": "auto"}), ["blame"])
	answered := object.union(edited, {"resolution": {"answer": "use_diet"}})

	_verdict(answered).decision == "remediate"
}
