# METADATA
# title: Decisions and answers
# description: |
#   How strict each decision is, which decisions each class of changes has, and what
#   a person's answer leads to. Go reads these tables; nothing repeats them.
package diet.verdict

# METADATA
# title: Decisions, the strictest first
order := [
	"deny", "ask", "skip", "alert", "keep", "preserve", "release", "orphan",
	"rename_existing", "unmanage", "adopt", "recreate", "remediate", "delete", "apply",
]

# METADATA
# title: The place of each decision in the order
# description: Written out, since a comprehension would be evaluated for each change.
ranks := {
	"deny": 0,
	"ask": 1,
	"skip": 2,
	"alert": 3,
	"keep": 4,
	"preserve": 5,
	"release": 6,
	"orphan": 7,
	"rename_existing": 8,
	"unmanage": 9,
	"adopt": 10,
	"recreate": 11,
	"remediate": 12,
	"delete": 13,
	"apply": 14,
}

# METADATA
# title: Severities, the gravest first
severities := {"critical": 0, "high": 1, "medium": 2, "low": 3, "info": 4}

_field := {"deny", "ask", "keep", "unmanage", "apply"}

_ownership := {"deny", "ask", "keep", "apply"}

_taken := {"deny", "ask", "skip", "rename_existing", "adopt"}

# METADATA
# title: The decisions that make sense for a class
# description: Anything else that a rule says of the class counts as `ask`.
families := {
	"absent": {"deny", "ask", "skip", "apply"},
	"changed": {"deny", "ask", "skip", "apply"},
	"native": {"deny", "ask", "skip", "adopt"},
	"missing": {"deny", "ask", "skip", "release", "recreate"},
	"orphaned": {"deny", "ask", "skip", "release", "orphan", "delete"},
	"exists": _taken,
	"blocked": _taken,
	"identity": {"deny", "ask", "skip"},
	"shared": {"deny", "ask", "skip", "keep"},
	"finding": {"deny", "keep"},
	"unmanaged": {"deny", "keep"},
	"planned": _field,
	"new": _field,
	"conflict": _field,
	"agreed": _ownership,
	"converged": _ownership,
	"relinquished": _ownership,
	"drift": {"deny", "ask", "alert", "keep", "preserve", "unmanage", "remediate"},
	"run": {"deny", "ask", "apply"},
}

_settle := {"use_diet": "apply", "use_user": "keep", "unmanage": "unmanage"}

_own := {"use_diet": "apply", "use_user": "keep"}

_place := {"adopt": "adopt", "rename_existing": "rename_existing", "skip": "skip"}

# METADATA
# title: What a person's answer leads to, by class
# description: |
#   `approve` is not listed: it does what the question recommends. A class that is
#   not listed takes no answer.
answers := {
	"absent": {"skip": "skip"},
	"changed": {"skip": "skip"},
	"native": {"adopt": "adopt", "skip": "skip"},
	"missing": {
		"recreate": "recreate", "use_diet": "recreate",
		"release": "release", "use_user": "release",
		"skip": "skip", "acknowledge": "skip",
	},
	"orphaned": {"force_delete": "delete", "orphan": "orphan", "skip": "skip"},
	"exists": _place,
	"blocked": _place,
	"identity": {"skip": "skip"},
	"shared": {"keep": "keep", "skip": "skip"},
	"planned": _settle,
	"new": _settle,
	"conflict": _settle,
	"agreed": _own,
	"converged": _own,
	"relinquished": _own,
	"drift": {"use_diet": "remediate", "use_user": "keep", "unmanage": "unmanage", "acknowledge": "preserve"},
	"run": {},
}

# METADATA
# title: What `approve` leads to where the question recommends no other answer
acting := {
	"absent": "apply",
	"changed": "apply",
	"native": "adopt",
	"missing": "recreate",
	"orphaned": "delete",
	"exists": "adopt",
	"blocked": "adopt",
	"planned": "apply",
	"new": "apply",
	"conflict": "apply",
	"agreed": "apply",
	"converged": "apply",
	"relinquished": "apply",
	"drift": "remediate",
	"run": "apply",
}
