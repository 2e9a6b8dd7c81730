package diet.main_test

import data.diet.main
import data.diet.verdict as words

# A part of a device goes with it, also a port of the device's type.
test_approves_the_deletion_of_a_port_along_with_its_device if {
	port := object.union(_gone, {"kind": "interface", "template": true, "with": "web/web[1]"})
	every answer in ["approve", "force_delete"] {
		verdict := main.verdict with input as _answered(port, answer)
			with data.team.x.guards as {_asks("T1", "high", "force_delete")}
		verdict.decision == "delete"
	}
}

test_says_why_less_is_recommended_than_the_rule_does if {
	verdict := main.verdict with input as _gone
		with data.team.x.guards as {_asks("T1", "high", "force_delete"), _asks("T2", "low", "orphan")}

	verdict.message == "somebody decides (T1 recommends force_delete, but T2 leads to orphan)"
}

# Whatever a guard recommends about whatever class, to approve it is what the question recommends,
# or is refused.
test_approve_does_what_is_recommended_whatever_the_class if {
	every class, _ in words.families {
		parts := split(class, "/")
		taken := {"taken": part | some i, part in parts; i > 0}
		seen := object.union(_input(parts[0]), taken)
		every recommended in {"approve"} | object.keys(object.get(words.answers, class, {})) {
			question := main.verdict with input as seen with data.team.x.guards as {_asks("T1", "high", recommended)}
			approved := main.verdict with input as _answered(seen, "approve")
				with data.team.x.guards as {_asks("T1", "high", recommended)}
			_consistent(class, question, approved)
		}
	}
}

_consistent(class, question, approved) if {
	meaning := words.answers[class][question.recommended]
	approved.decision == meaning
} else if {
	question.recommended == "approve"
	approved.decision == words.acting[split(class, "/")[0]]
} else if {
	contains(question.message, sprintf("leads to %s)", [approved.decision]))
} else := approved.decision in {"ask", "deny"}
