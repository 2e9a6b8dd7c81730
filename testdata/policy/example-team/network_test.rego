package team.network_test

import data.team.network

_recabled := {
	"kind": "cable", "object": "web96/backend.leaf[7]/uplink#18~", "class": "planned", "action": "update",
	"field": "b", "source": "backend.leaf",
}

test_deny_recabling_the_core if {
	guards := network.guards with input as _recabled with network.core as ["backend.leaf"]

	{guard.message | some guard in guards} == {concat(" ", [
		"web96/backend.leaf[7]/uplink#18~ is a cable of backend.leaf;",
		"the core is recabled by hand",
	])}
}

test_allow_recabling_elsewhere if {
	guards := network.guards with input as _recabled with network.core as ["spine"]

	guards == set()
}

test_allow_without_source if {
	guards := network.guards with input as json.remove(_recabled, ["source"]) with network.core as ["spine"]

	guards == set()
}

_orphan := {
	"kind": "device", "object": "web96/storage[3]", "class": "orphaned", "action": "delete",
	"source": "storage",
}

test_ask_about_storage if {
	guards := network.guards with input as _orphan

	{guard.id | some guard in guards} == {"NET002"}
}

test_allow_deletion_of_others if {
	guards := network.guards with input as object.union(_orphan, {"source": "web"})

	guards == set()
}

test_descriptions_follow_the_plan if {
	defaults := network.defaults with input as {"kind": "device", "class": "drift", "field": "description"}

	{choice.decision | some choice in defaults} == {"remediate"}
}
