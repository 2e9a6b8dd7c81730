package diet.text_test

import data.diet.text

test_amount if {
	text.amount(1, "ip_address") == "1 IP address"
	text.amount(2, "ip_address") == "2 IP addresses"
	text.amount(0, "device") == "0 devices"
	text.amount(1, "power_port") == "1 power port"
	text.amount(3, "power_port") == "3 power ports"
}

test_amounts if {
	text.amounts({"device": 1}) == "1 device"
	text.amounts({"device": 2, "cable": 0, "interface": 3}) == "2 devices and 3 interfaces"
	text.amounts({"device": 2, "cable": 1, "interface": 3}) == "1 cable, 2 devices and 3 interfaces"
	not text.amounts({})
}

test_names if {
	text.names(["a"]) == "a"
	text.names(["a", "b", "c"]) == "a, b, c"
	text.names(["a", "b", "c", "d", "e"]) == "a, b, c, … 2 more"
}

test_values if {
	every value, word in {"": `""`, "a": `"a"`, "R&D <é>": `"R&D <é>"`, 3: "3", true: "true", null: "nothing"} {
		text.want == word with input as {"want": value}
		text.have == word with input as {"have": value}
		text.base == word with input as {"base": value}
	}
	text.want == "nothing" with input as {}
	text.have == `"Spine"` with input as {"have": 3, "names": {"have": "Spine"}}
}

test_by if {
	text.by({"actor": "person", "user": "alice", "time": "T"}) == "by alice at T"
	text.by({"actor": "system", "user": "sync"}) == "by sync"
	text.by({"actor": "system", "time": "T"}) == "by a system at T"
	text.by({"actor": "system"}) == "by a system"
	text.by({"actor": "unknown"}) == "by somebody (NetBox's changelog does not say who)"
	text.by({}) == "by somebody"
	text.by(null) == "by somebody (NetBox's changelog does not say who)"
}

test_author if {
	text.author == "by alice at T" with input as {"blame": {"user": "alice", "time": "T"}}
	text.author == "by alice" with input as {"blame": {"user": "alice"}}
	text.author == text.by(null) with input as {}
}

test_subject if {
	text.subject == "web96/web[17]" with input as {"object": "web96/web[17]"}
	text.subject == "this object" with input as {}
}
