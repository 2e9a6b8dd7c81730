# METADATA
# title: Phrases
# description: What messages are made of. Functions of their arguments alone, but for `subject`.
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
}

# METADATA
# title: A number of things
# description: 1 IP address, 2 IP addresses, 3 power ports.
amount(n, kind) := sprintf("%d %s", [n, noun(n, kind)])

# METADATA
# title: The word for one thing or several of a kind
noun(1, kind) := _plurals[kind][0]

noun(n, kind) := _plurals[kind][1] if n != 1

noun(n, kind) := word if {
	not _plurals[kind]
	word := _regular(n, replace(kind, "_", " "))
}

_regular(1, word) := word

_regular(n, word) := concat("", [word, "s"]) if n != 1

# METADATA
# title: Names in a row
# description: The first three, and how many more there are.
names(list) := concat(", ", list) if count(list) < 4

names(list) := sprintf("%s, … %d more", [concat(", ", array.slice(list, 0, 3)), count(list) - 3]) if count(list) > 3

# METADATA
# title: Counts by kind in a row
# description: 8 cables, 32 devices and 256 interfaces.
amounts(counts) := series([amount(n, kind) | some kind, n in counts; n > 0])

# METADATA
# title: Phrases joined as in speech
series(list) := list[0] if count(list) == 1

series(list) := joined if {
	last := count(list) - 1
	last > 0
	joined := sprintf("%s and %s", [concat(", ", array.slice(list, 0, last)), list[last]])
}

# METADATA
# title: A value as people read it
value(v) := "nothing" if v == null

value(v) := json.marshal(v) if v != null

# METADATA
# title: Who made NetBox's value what it is
who(blame) := sprintf("%s at %s", [_actor(blame), blame.time])

who(blame) := _actor(blame) if not blame.time

_actor(blame) := blame.user

_actor(blame) := _anonymous(blame) if not blame.user

_anonymous(blame) := sprintf("a %s", [blame.actor])

_anonymous(blame) := "somebody" if not blame.actor

# METADATA
# title: By whom, as far as the changelog knows
by(change) := sprintf("by %s", [who(change.blame)])

by(change) := "by somebody (NetBox's changelog does not say who)" if not change.blame

# METADATA
# title: The object that the input is about
# description: So that a message is never undefined, and a guard with it.
subject := object.get(input, "object", "this object")

# METADATA
# title: Fields that people write for people
personal := {"description", "comments", "serial", "asset_tag"}
