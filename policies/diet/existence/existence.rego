# METADATA
# title: Objects that already exist where the plan wants one
package diet.existence

import data.diet.text

_creator := text.by(object.get(input, ["other", "blame"], null))

default _other := "an unknown object"

_other := sprintf("%s %q (id %d)", [text.noun(1, input.other.kind), input.other.name, input.other.id])

# METADATA
# title: Adoption is proposed for an existing object that agrees with the plan
# custom:
#   id: EXI001
#   severity: medium
#   decision: ask
#   recommended: adopt
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "exists"
	not input.proposed
	count(_members) == 0
	not _given_up
	not input.with
	count(object.get(input, "differs", [])) == 0
	message := sprintf("%s already exists, created %s, and agrees with the plan; no plan owns it", [
		_other,
		_creator,
	])
}

# METADATA
# title: Renaming is proposed for an existing object that differs from the plan
# custom:
#   id: EXI002
#   severity: high
#   decision: ask
#   recommended: rename_existing
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "exists"
	not input.proposed
	count(_members) == 0
	not _given_up
	not _placed
	not input.with
	count(input.differs) > 0
	message := sprintf("%s already exists, created %s, and differs from the plan in %s; no plan owns it", [
		_other,
		_creator,
		text.names(input.differs),
	])
}

# METADATA
# title: A person is asked about an object like ours that has its place, under another name
# custom:
#   id: EXI005
#   severity: high
#   decision: ask
#   recommended: skip
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "exists"
	not input.proposed
	count(_members) == 0
	not _given_up
	not input.with
	_placed
	not _called_so
	count(input.differs) > 0
	message := sprintf("%s, created %s, has the place that the plan wants for %s; no plan owns it", [
		_other,
		_creator,
		text.subject,
	])
}

# METADATA
# title: Adoption is proposed for an existing object that has both the name and the place
# description: |
#   To rename it would not free the place. So it is with a port that has the name of one of
#   its device's type: renamed, there would be two interfaces for one port.
# custom:
#   id: EXI008
#   severity: high
#   decision: ask
#   recommended: adopt
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "exists"
	not input.proposed
	count(_members) == 0
	not _given_up
	not input.with
	_placed
	_called_so
	count(input.differs) > 0
	message := sprintf("%s, created %s, has name and place of %s, and differs from the plan in %s; no plan owns it", [
		_other,
		_creator,
		text.subject,
		text.names(input.differs),
	])
}

# METADATA
# title: Renaming is proposed for an existing object with members that the plan does not have in it
# description: |
#   A LAG of somebody's own. Renamed, it stays with its members, and the plan gets one of its own;
#   adopted, its members stay in it. It is asked about by itself, on whatever device.
# custom:
#   id: EXI009
#   severity: high
#   decision: ask
#   recommended: rename_existing
defaults contains object.union(rego.metadata.rule().custom, {"message": _gathered}) if {
	input.class == "exists"
	not input.proposed
	count(_members) > 0
	not _given_up
	not _placed
}

# METADATA
# title: Adoption is proposed for a part of a device's type with members that the plan does not have in it
# custom:
#   id: EXI010
#   severity: high
#   decision: ask
#   recommended: adopt
defaults contains object.union(rego.metadata.rule().custom, {"message": _gathered}) if {
	input.class == "exists"
	not input.proposed
	count(_members) > 0
	not _given_up
	_placed
}

# METADATA
# title: Adoption is proposed for an object that a person marked for the plan
# description: |
#   It has the plan's marks, and diet has no record of it: marks alone prove nothing,
#   anybody can write them.
# custom:
#   id: EXI004
#   severity: medium
#   decision: ask
#   recommended: adopt
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "exists"
	input.proposed
	message := sprintf("%s was marked as %s, %s; diet has no record of it%s", [_other, text.subject, _creator, _holding])
}

# METADATA
# title: Adoption is proposed for what the run released that is undone
# description: Whatever somebody has done to it since. What differs then is asked field by field.
# custom:
#   id: EXI007
#   severity: medium
#   decision: ask
#   recommended: adopt
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "exists"
	not input.proposed
	not _back
	_given_up
	not input.with
	message := sprintf("%s is what %s released as %s; no plan owns it%s", [
		_other,
		object.get(input, ["run", "rollback_of"], "the run"),
		text.subject,
		_holding,
	])
}

# METADATA
# title: What the run that is undone released, and nobody has changed since, is taken back
# description: To undo the run is to have it back, and to take it back writes over nothing that others wrote.
# custom:
#   id: EXI011
#   severity: info
#   decision: adopt
#   message: the run that is undone released it, and nobody has changed it since
defaults contains rego.metadata.rule().custom if {
	input.class == "exists"
	not input.proposed
	_back
}

# METADATA
# title: What is part of an existing object is decided together with it
# description: A person's interfaces are asked for like their device, in one question.
# custom:
#   id: EXI006
#   severity: medium
#   decision: ask
#   recommended: adopt
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "exists"
	not input.proposed
	count(_members) == 0
	not _back
	input.with
	message := sprintf("%s already exists, created %s; it is decided together with %s", [_other, _creator, input.with])
}

# METADATA
# title: A person is asked about a place that is already taken
# custom:
#   id: EXI003
#   severity: high
#   decision: ask
#   recommended: skip
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "blocked"
	message := sprintf("%s, %s the plan wants for %s", [_other, _holds, text.subject])
}

default _holds := "takes the place that"

_holds := sprintf("created %s, takes the place that", [_creator]) if not input.other.marked

_holds := sprintf("marked (%s) %s, is what", [input.other.marked, _creator])

_placed if input.taken == "place"

# A cable is known by what it joins: its label says little.
_called_so if {
	input.kind != "cable"
	input.other.name == input.name
}

_given_up if input.undoes == "orphan"

_members := [reference.name | some reference in object.get(input, "references", [])]

_strange := sprintf("%s that the plan does not have in it (%s)", [
	text.amount(count(_members), "member"),
	text.names(_members),
])

# What is told of members where something else decides.
default _holding := ""

_holding := sprintf(", and it has %s", [_strange]) if count(_members) > 0

_gathered := sprintf("%s already exists, created %s, with %s%s; no plan owns it", [
	_other,
	_creator,
	_strange,
	_differing,
])

default _differing := ""

_differing := sprintf(", and differs from the plan in %s", [text.names(input.differs)]) if count(input.differs) > 0

_back if {
	input.untouched
	count(_members) == 0
}
