package diet.run

import data.diet.text

# METADATA
# title: A person is asked before a run goes over a budget
# description: |
#   data.settings.budgets says, by kind and action, how many changes a run may make: at
#   most `max` changes, and at most `percent` of the objects that the plan owns. Where
#   that number is unknown, a percentage counts as exceeded. data.settings.site_budgets says
#   the same for the plans of a site; both count. Each budget is a question of its own, and the
#   answer to it stands for fewer changes, too.
# custom:
#   id: RUN102
#   severity: high
#   decision: ask
#   recommended: approve
guards contains object.union(rego.metadata.rule().custom, {
	"message": sprintf("the run would %s %s%s; %s", [action, text.amount(amount, kind), _besides(more), excess]),
	"about": sprintf("%s %s", [action, kind]),
	"count": amount + more,
}) if {
	input.class == "run"
	some limits in _limits
	some kind, actions in limits.budgets
	some action, budget in actions
	amount := input.run.counts[kind][action]
	amount > 0
	excess := sprintf("%s is %s", [limits.name, _excess(budget, amount, kind)])
	more := object.get(input.run, ["asked", kind, action], 0)
}

# What a person is asked about comes on top, if that is what they answer: whoever approves the budget knows of it.
_besides(0) := ""

_besides(1) := ", and 1 more that is asked about"

_besides(more) := sprintf(", and %d more that are asked about", [more]) if more > 1

_limits contains {"name": "the budget", "budgets": data.settings.budgets}

_limits contains {
	"name": sprintf("the budget of site %s", [input.plan.site]),
	"budgets": data.settings.site_budgets[input.plan.site],
}

_excess(budget, amount, _) := sprintf("%d", [budget.max]) if _beyond(budget, amount)

_excess(budget, amount, kind) := sprintf("%v%% of %s", [budget.percent, _share(kind)]) if {
	not _beyond(budget, amount)
	budget.percent
	not _affordable(budget, amount, kind)
}

_beyond(budget, amount) if amount > budget.max

_affordable(budget, amount, kind) if amount * 100 <= budget.percent * input.run.owned[kind]

_share(kind) := sprintf("the plan's %s", [text.amount(input.run.owned[kind], kind)]) if input.run.owned[kind] > 0

_share(kind) := sprintf("the plan's %s, and it has none yet", [text.noun(2, kind)]) if input.run.owned[kind] == 0

_share(kind) := sprintf("the plan's %s, whose number is unknown", [text.noun(2, kind)]) if not input.run.owned[kind]
