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
		"identity": {"id": "OBJ006", "decision": "deny", "severity": "critical"},
	} {
		verdict := main.verdict with input as _change(class)
		object.union(verdict, expected) == verdict
	}
}

test_deny_identity_whatever_the_answer if {
	every answer in ["approve", "use_diet", "adopt", "skip"] {
		answered := object.union(_change("identity"), {"resolution": {"answer": answer}})
		verdict := main.verdict with input as answered
		verdict.decision == "deny"
	}
}

test_silent_without_class if {
	defaults := objects.defaults with input as {"kind": "device"}

	defaults == set()
}
