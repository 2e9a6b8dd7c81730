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
	"rename_existing", "unmanage", "restore", "adopt", "use_name", "recreate", "remediate", "delete", "apply",
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
	"restore": 10,
	"adopt": 11,
	"use_name": 12,
	"recreate": 13,
	"remediate": 14,
	"delete": 15,
	"apply": 16,
}

# METADATA
# title: Severities, the gravest first
severities := {"critical": 0, "high": 1, "medium": 2, "low": 3, "info": 4}

_field := {"deny", "ask", "keep", "unmanage", "apply"}

_ownership := {"deny", "ask", "keep", "apply"}

_named := {"deny", "ask", "skip", "rename_existing", "adopt"}

# METADATA
# title: The decisions that make sense for a class
# description: |
#   Anything else that a rule says of the class counts as `ask`. Where it is the place of
#   the object that is taken, not its name, the entry with /place counts; where several
#   objects have one diet id, that with /id, and of a copy with its marks that with /copy.
families := {
	"absent": {"deny", "ask", "skip", "release", "apply"},
	"changed": {"deny", "ask", "skip", "unmanage", "apply"},
	"in_sync": {"deny", "ask", "keep", "unmanage"},
	"released": {"deny", "ask", "keep", "apply"},
	"native": {"deny", "ask", "skip", "adopt"},
	"missing": {"deny", "ask", "skip", "release", "recreate"},
	"orphaned": {"deny", "ask", "skip", "release", "orphan", "delete"},
	"exists": _named,
	"exists/place": {"deny", "ask", "skip", "adopt"},
	"blocked": _named,
	"blocked/place": {"deny", "ask", "skip"},
	"blocked/port": {"deny", "ask", "skip", "adopt"},
	"identity": {"deny", "ask", "skip", "restore", "adopt"},
	"identity/id": {"deny", "ask", "skip", "adopt"},
	"identity/copy": {"deny", "ask", "skip", "restore", "adopt"},
	"shared": {"deny", "ask", "skip", "keep", "use_name"},
	"finding": {"deny", "keep"},
	"unmanaged": {"deny", "ask", "keep", "adopt"},
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

_name := {"adopt": "adopt", "rename_existing": "rename_existing", "skip": "skip"}

# METADATA
# title: What a person's answer leads to, by class
# description: |
#   `approve` is not listed: it does what the question recommends. A class that is
#   not listed takes no answer.
answers := {
	"absent": {"skip": "skip", "release": "release"},
	"changed": {"skip": "skip", "unmanage": "unmanage"},
	"in_sync": {"unmanage": "unmanage"},
	"released": {"adopt": "apply"},
	"native": {"adopt": "adopt", "skip": "skip"},
	"missing": {
		"recreate": "recreate", "use_diet": "recreate",
		"release": "release", "use_user": "release",
		"skip": "skip", "acknowledge": "skip",
	},
	"orphaned": {"force_delete": "delete", "orphan": "orphan", "skip": "skip"},
	"exists": _name,
	"exists/place": {"adopt": "adopt", "skip": "skip"},
	"blocked": _name,
	"blocked/place": {"skip": "skip"},
	"blocked/port": {"adopt": "adopt", "skip": "skip"},
	"identity": {"restore": "restore", "adopt": "adopt", "skip": "skip"},
	"identity/id": {"adopt": "adopt", "skip": "skip"},
	"identity/copy": {"orphan": "restore", "adopt": "adopt", "skip": "skip"},
	"shared": {"keep": "keep", "use_name": "use_name", "skip": "skip"},
	"unmanaged": {"adopt": "adopt"},
	"planned": _settle,
	"new": _settle,
	"conflict": {"use_diet": "apply", "use_user": "keep", "unmanage": "unmanage", "acknowledge": "keep"},
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
	"in_sync": "keep",
	"released": "apply",
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
