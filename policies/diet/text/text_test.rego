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

test_value if {
	text.value(null) == "nothing"
	text.value("") == `""`
	text.value("a") == `"a"`
	text.value(3) == "3"
	text.value(true) == "true"
}

test_by if {
	text.by({"blame": {"actor": "person", "user": "alice", "time": "T"}}) == "by alice at T"
	text.by({"blame": {"actor": "system", "user": "sync"}}) == "by sync"
	text.by({"blame": {"actor": "system", "time": "T"}}) == "by a system at T"
	text.by({}) == "by somebody (NetBox's changelog does not say who)"
	text.by({"blame": {}}) == "by somebody"
}

test_subject if {
	text.subject == "web96/web[17]" with input as {"object": "web96/web[17]"}
	text.subject == "this object" with input as {}
}
