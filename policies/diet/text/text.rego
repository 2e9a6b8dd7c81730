# METADATA
# title: Phrases
# description: Parts of messages, made from arguments and from the input.
package diet.text

_plurals := {
	"ip_address": ["IP address", "IP addresses"],
	"custom_field": ["custom field", "custom fields"],
	"comments": ["comment", "comments"],
	"description": ["description", "descriptions"],
	"edited": ["edited field", "edited fields"],
	"serial": ["serial number", "serial numbers"],
	"asset_tag": ["asset tag", "asset tags"],
	"mac_address": ["MAC address", "MAC addresses"],
	"class": ["class", "classes"],
	"virtual_chassis": ["virtual chassis", "virtual chassis"],
	"journal_entry": ["journal entry", "journal entries"],
	"vlan_group": ["VLAN group", "VLAN groups"],
	"untagged_vlan": ["untagged VLAN", "untagged VLANs"],
	"tagged_vlans": ["tagged VLANs", "tagged VLANs"],
	"wireless_lans": ["wireless LANs", "wireless LANs"],
	"fhrp_group_assignment": ["FHRP group assignment", "FHRP group assignments"],
	"l2vpn_termination": ["L2VPN termination", "L2VPN terminations"],
	"local_context_data": ["local config context", "local config contexts"],
	"facility_id": ["facility id", "facility ids"],
	"vrf": ["VRF", "VRFs"],
	"wwn": ["WWN", "WWNs"],
}

# METADATA
# title: A number of things
# description: 1 IP address, 2 IP addresses, 3 power ports.
amount(n, kind) := sprintf("%d %s", [n, noun(n, kind)])

# METADATA
# title: The word for one thing or several of a kind
# scope: document
noun(1, kind) := _plurals[kind][0]

noun(n, kind) := _plurals[kind][1] if n != 1

noun(n, kind) := word if {
	not _plurals[kind]
	word := _regular(n, replace(kind, "_", " "))
}

_regular(1, word) := word

_regular(n, word) := concat("", [word, "s"]) if n != 1

# METADATA
# title: A list of names
# description: The first three, and how many more there are.
# scope: document
names(list) := concat(", ", list) if count(list) < 4

names(list) := sprintf("%s, … %d more", [concat(", ", array.slice(list, 0, 3)), count(list) - 3]) if count(list) > 3

# METADATA
# title: A list of counts by kind
# description: 8 cables, 32 devices and 256 interfaces.
amounts(counts) := series([amount(n, kind) | some kind, n in counts; n > 0])

# METADATA
# title: Phrases joined by commas and "and"
# scope: document
series(list) := list[0] if count(list) == 1

series(list) := joined if {
	last := count(list) - 1
	last > 0
	joined := sprintf("%s and %s", [concat(", ", array.slice(list, 0, last)), list[last]])
}

# METADATA
# title: A value as people read it
# description: As JSON, but for <, > and &, which JSON of OPA's escapes.
# scope: document
quoted(value) := sprintf("%q", [value]) if is_string(value)

quoted(value) := json.marshal(value) if not is_string(value)

# METADATA
# title: The plan's value of the input's field as people read it
# description: Text is quoted; null and missing values read as nothing.
# scope: document
default want := "nothing"

want := quoted(input.names.want) if {
	input.names.want
} else := quoted(input.want) if {
	input.want != null
}

# METADATA
# title: NetBox's value
# scope: document
default have := "nothing"

have := quoted(input.names.have) if {
	input.names.have
} else := quoted(input.have) if {
	input.have != null
}

# METADATA
# title: The value that diet last applied
# scope: document
default base := "nothing"

base := quoted(input.names.base) if {
	input.names.base
} else := quoted(input.base) if {
	input.base != null
}

# METADATA
# title: Who set NetBox's value
who(blame) := sprintf("%s at %s", [_actor(blame), blame.time]) if {
	blame.time
} else := _actor(blame)

_actor(blame) := user if {
	user := blame.user
} else := sprintf("a %s", [blame.actor]) if {
	blame.actor
} else := "somebody"

_unknown := "by somebody (NetBox's changelog does not say who)"

# METADATA
# title: By whom, as far as NetBox's changelog says
by(blame) := _unknown if {
	blame == null
} else := _unknown if {
	blame.actor == "unknown"
} else := concat(" ", ["by", who(blame)])

# METADATA
# title: Who set the value that the input is about
author := sprintf("by %s at %s", [user, input.blame.time]) if {
	user := input.blame.user
} else := _unknown if {
	not input.blame
} else := by(object.get(input, "blame", null))

# METADATA
# title: The object that the input is about
# description: Always defined, so that neither a message nor its guard is undefined.
subject := object.get(input, "object", "this object")

# METADATA
# title: Fields of text that people write
personal := {"description", "comments", "serial", "asset_tag"}
