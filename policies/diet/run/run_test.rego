package diet.run_test

import data.diet.main
import data.diet.run

_run := {
	"kind": "run", "object": "web96", "class": "run", "action": "", "field": "",
	"plan": {"key": "web96", "reconcile": {"approveDeletionsAbove": 10}},
	"run": {"counts": {}, "deletions": 0, "cascade": {}, "owned": {"device": 100}},
	"now": "2026-11-24T10:00:00Z", # a Tuesday
}

_deleting(n) := object.union(_run, {"run": {
	"deletions": n,
	"counts": {"device": {"delete": n}},
	"cascade": {"cable": 3},
}})

_said(guards, id) := [guard.message | some guard in guards; guard.id == id]

test_allow_quiet_run if {
	verdict := main.verdict with input as _run

	verdict.decision == "apply"
	verdict.id == "RUN001"
}

test_allow_few_deletions if {
	verdict := main.verdict with input as _deleting(10)

	verdict.decision == "apply"
}

test_deny_many_deletions if {
	verdict := main.verdict with input as _deleting(11)

	verdict.decision == "ask"
	verdict.id == "RUN101"
	verdict.recommended == "approve"
	verdict.message == "the run would delete 11 objects, along with 3 cables; more than 10 deletions need approval"
}

test_count_deletions_that_are_asked_about if {
	besides := object.union(_deleting(11), {"run": {"deletions_asked": 2, "cascade": {}}})
	guards := run.guards with input as besides
	some guard in guards
	guard.id == "RUN101"
	guard.count == 13
	contains(guard.message, "would delete 11 objects, and 2 more that are asked about")
}

test_allow_approved_deletions if {
	approved := object.union(_deleting(11), {"resolution": {"answer": "approve", "who": "alice"}})
	verdict := main.verdict with input as approved

	verdict.decision == "apply"
	verdict.id == "RES001"
}

test_deny_deletions_without_limit if {
	unlimited := json.remove(_deleting(1), ["plan/reconcile/approveDeletionsAbove"])
	verdict := main.verdict with input as object.union(unlimited, {"run": {"cascade": {"cable": 0}}})

	verdict.id == "RUN101"
}

test_deny_missing_run if {
	verdict := main.verdict with input as json.remove(_run, ["run"])

	verdict.decision == "ask"
	verdict.id == "RUN101"
}

_budgets := {"device": {"delete": {"max": 5, "percent": 3}}}

test_deny_over_budget if {
	guards := run.guards with input as _deleting(6) with data.settings.budgets as _budgets

	_said(guards, "RUN102") == ["the run would delete 6 devices; the budget is 5"]
}

test_deny_over_percentage if {
	guards := run.guards with input as _deleting(4) with data.settings.budgets as _budgets

	_said(guards, "RUN102") == ["the run would delete 4 devices; the budget is 3% of the plan's 100 devices"]
}

test_deny_over_percentage_alone if {
	budgets := {"device": {"delete": {"percent": 3}}}
	guards := run.guards with input as _deleting(4) with data.settings.budgets as budgets
	unknown := run.guards with input as json.remove(_deleting(1), ["run/owned"]) with data.settings.budgets as budgets
	within := run.guards with input as _deleting(3) with data.settings.budgets as budgets

	_said(guards, "RUN102") == ["the run would delete 4 devices; the budget is 3% of the plan's 100 devices"]
	count(_said(unknown, "RUN102")) == 1
	_said(within, "RUN102") == []
}

test_allow_within_budget if {
	guards := run.guards with input as _deleting(3) with data.settings.budgets as _budgets

	_said(guards, "RUN102") == []
}

test_deny_percentage_of_unknown if {
	guards := run.guards with input as json.remove(_deleting(1), ["run/owned"]) with data.settings.budgets as _budgets

	_said(guards, "RUN102") == [concat("", [
		"the run would delete 1 device; ",
		"the budget is 3% of the plan's devices, whose number is unknown",
	])]
}

_office := [{"days": ["Monday", "Tuesday"], "from": "08:00", "to": "16:30", "zone": "Europe/Berlin"}]

_night := [{"days": ["Monday"], "from": "22:00", "to": "06:00"}]

_at(now) := object.union(_run, {"now": now})

test_allow_within_window if {
	every now in ["2026-11-24T07:00:00Z", "2026-11-24T15:29:59Z", "2026-11-23T10:00:00Z"] {
		verdict := main.verdict with input as _at(now) with data.settings.windows as _office
		verdict.decision == "apply"
	}
}

test_deny_outside_window if {
	every now in ["2026-11-24T06:59:59Z", "2026-11-24T15:30:00Z", "2026-11-25T10:00:00Z"] {
		verdict := main.verdict with input as _at(now) with data.settings.windows as _office
		verdict.id == "RUN103"
		verdict.decision == "deny"
	}
}

test_window_over_midnight if {
	every now in ["2026-11-23T22:00:00Z", "2026-11-24T05:59:00Z"] {
		verdict := main.verdict with input as _at(now) with data.settings.windows as _night
		verdict.decision == "apply"
	}
	every now in ["2026-11-23T05:00:00Z", "2026-11-24T06:00:00Z", "2026-11-24T22:00:00Z"] {
		verdict := main.verdict with input as _at(now) with data.settings.windows as _night
		verdict.decision == "deny"
	}
}

# Berlin puts its clocks forward on 2026-03-29, and back on 2026-10-25: these days have 23 and 25 hours.
test_window_over_midnight_when_clocks_change if {
	sunday := [{"days": ["Sunday"], "from": "22:00", "to": "06:00", "zone": "Europe/Berlin"}]
	saturday := [{"days": ["Saturday"], "from": "22:00", "to": "06:00", "zone": "Europe/Berlin"}]
	every now in ["2026-03-29T22:30:00Z", "2026-03-30T03:59:00Z", "2026-10-25T23:30:00Z", "2026-10-26T04:59:00Z"] {
		after := main.verdict with input as _at(now) with data.settings.windows as sunday
		after.decision == "apply"
		other := main.verdict with input as _at(now) with data.settings.windows as saturday
		other.decision == "deny"
	}
	every now in ["2026-03-28T23:30:00Z", "2026-03-29T03:59:00Z", "2026-10-24T22:30:00Z", "2026-10-25T04:59:00Z"] {
		morning := main.verdict with input as _at(now) with data.settings.windows as saturday
		morning.decision == "apply"
	}
}

test_deny_window_without_clock if {
	verdict := main.verdict with input as json.remove(_run, ["now"]) with data.settings.windows as _night

	verdict.id == "RUN103"
}

test_deny_window_approved if {
	approved := object.union(_at("2026-11-29T10:00:00Z"), {"resolution": {"answer": "approve"}})
	verdict := main.verdict with input as approved with data.settings.windows as _night

	verdict.decision == "deny"
}

_held(counts) := object.union(_run, {"run": {"held_by": "run-1", "counts": counts}})

test_deny_what_was_rolled_back if {
	verdict := main.verdict with input as _held({"device": {"create": 1}})

	verdict.id == "RUN109"
	verdict.decision == "ask"
	verdict.message == "run-1 was rolled back, and what is wanted has not changed since: to apply it would undo that"
}

test_allow_held_with_nothing_to_write if {
	verdict := main.verdict with input as _held({"device": {"create": 0}})

	verdict.id == "RUN001"
}

_freezes := [{"from": "2026-11-24T00:00:00Z", "to": "2026-11-25T00:00:00Z", "why": "the audit"}]

test_deny_freeze if {
	verdict := main.verdict with input as _run with data.settings.freezes as _freezes

	verdict.id == "RUN104"
	verdict.message == "changes are frozen from 2026-11-24T00:00:00Z to 2026-11-25T00:00:00Z: the audit"
}

test_allow_after_freeze if {
	every now in ["2026-11-23T23:59:59Z", "2026-11-25T00:00:00Z"] {
		verdict := main.verdict with input as _at(now) with data.settings.freezes as _freezes
		verdict.decision == "apply"
	}
}

test_deny_freeze_without_clock if {
	verdict := main.verdict with input as json.remove(_run, ["now"]) with data.settings.freezes as _freezes

	verdict.id == "RUN104"
}

test_ask_where_a_plan_has_nothing_yet if {
	first := object.union(_deleting(1), {"run": {"owned": {"device": 0}}})
	budgets := {"device": {"delete": {"percent": 3}}}
	guards := run.guards with input as first with data.settings.budgets as budgets

	_said(guards, "RUN102") == [concat("", [
		"the run would delete 1 device; ",
		"the budget is 3% of the plan's devices, and it has none yet",
	])]
}

test_budgets_of_a_site if {
	here := object.union(_deleting(4), {"plan": {"site": "ams2", "reconcile": {"approveDeletionsAbove": 100}}})
	there := object.union(here, {"plan": {"site": "fra"}})
	site := {"ams2": {"device": {"delete": {"max": 3}}}}
	over := run.guards with input as here with data.settings.site_budgets as site
	elsewhere := run.guards with input as there with data.settings.site_budgets as site
	both := run.guards with input as there with data.settings as {"site_budgets": site, "budgets": site.ams2}

	_said(over, "RUN102") == ["the run would delete 4 devices; the budget of site ams2 is 3"]
	elsewhere == set()
	{finding.id | some finding in both} == {"RUN102"}
}

# Each thing that is asked about a run is a question of its own.

_over := object.union(_deleting(11), {"run": {"counts": {"device": {"delete": 11}, "cable": {"delete": 9}}}})

_tight := {"device": {"delete": {"max": 5}}, "cable": {"delete": {"max": 5}}}

test_ask_all_questions_of_a_run if {
	verdict := main.verdict with input as _over with data.settings.budgets as _tight

	verdict.id == "RUN101"
	{finding.about | some finding in verdict.also; finding.id == "RUN102"} == {"delete cable", "delete device"}
}

test_answer_one_question_of_a_run if {
	every question, rest in {"RUN101": "apply", "RUN102 delete cable": "apply"} {
		asked := object.union(_over, {"question": question, "resolution": {"answer": "approve"}})
		verdict := main.verdict with input as asked with data.settings.budgets as _tight
		verdict.decision == rest
	}
}
