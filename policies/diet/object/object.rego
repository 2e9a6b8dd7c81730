# METADATA
# title: Objects as a whole
package diet.object

import data.diet.text

# METADATA
# title: An object that the plan wants and NetBox lacks is created
# custom:
#   id: OBJ001
#   severity: info
#   decision: apply
#   message: the plan wants it, and it is not in NetBox yet
defaults contains rego.metadata.rule().custom if input.class == "absent"

# METADATA
# title: An object that diet owns is decided field by field
# custom:
#   id: OBJ002
#   severity: info
#   decision: apply
#   message: each field has a verdict of its own
defaults contains rego.metadata.rule().custom if input.class == "changed"

# METADATA
# title: Interfaces that NetBox created along with a device are taken over
# custom:
#   id: OBJ003
#   severity: info
#   decision: adopt
#   message: NetBox created it along with a device that diet created, and nobody has edited it since
defaults contains rego.metadata.rule().custom if input.class == "native"

# METADATA
# title: An unmanaged object is left alone
# custom:
#   id: OBJ004
#   severity: info
#   decision: keep
#   message: diet no longer manages this object; it is only listed
defaults contains rego.metadata.rule().custom if input.class == "unmanaged"

# METADATA
# title: Shared objects are never changed
# description: Sites, types, roles and the like serve more than one plan. A difference is only reported.
# custom:
#   id: OBJ005
#   severity: medium
#   decision: keep
#   message: this object is shared, so diet never changes it; change the plan or NetBox by hand
defaults contains rego.metadata.rule().custom if input.class == "finding"

# METADATA
# title: Nothing is written to two objects that share a diet id
# description: Either may be the right one. `adopt` picks one by its kind and NetBox id; the others lose their marks.
# custom:
#   id: OBJ006
#   severity: critical
#   decision: ask
#   recommended: skip
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "identity"
	not input.differs
	bearers := [sprintf("%q (%s:%d)", [r.name, r.kind, r.id]) | some r in object.get(input, "references", [])]
	list := concat(", ", bearers)
	message := sprintf("several objects have this diet id: %s; adopt one of them, and the others lose their marks", [list])
}

# METADATA
# title: A person is asked whose an object is where its marks were edited
# description: |
#   What NetBox shows of an object's owner is not what diet recorded when it last wrote
#   the object, or somebody else wrote that record. Until a person puts it right, neither
#   what the marks say nor what the record says is written or deleted.
# custom:
#   id: OBJ007
#   severity: critical
#   decision: ask
#   recommended: skip
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "identity"
	input.differs
	not _copied
	message := sprintf("%s of %s %q (id %d) was edited %s; the object most likely is %s of plan %s: %s", [
		concat(" and ", input.differs),
		text.noun(1, input.other.kind),
		input.other.name,
		input.other.id,
		text.by(object.get(input, "blame", null)),
		input.other.object,
		input.other.plan,
		"restore puts its marks right, adopt takes it for what the marks say",
	])
}

# METADATA
# title: A person is asked about a copy that has the marks of an object
# description: Whoever copies an object in NetBox copies its custom fields too, and with them the marks.
# custom:
#   id: OBJ009
#   severity: high
#   decision: ask
#   recommended: orphan
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "identity"
	_copied
	some original in input.references
	message := sprintf("%s %q (id %d) is a copy of %q (id %d), which is %s: it has the same marks, written %s; %s", [
		text.noun(1, input.other.kind),
		input.other.name,
		input.other.id,
		original.name,
		original.id,
		input.other.object,
		text.by(object.get(input, "blame", null)),
		"orphan takes the marks off the copy, adopt makes the copy the plan's and takes them off the original",
	])
}

_copied if input.taken == "copy"

# METADATA
# title: What another plan's record claims is left to that plan
# custom:
#   id: OBJ101
#   severity: critical
#   decision: deny
#   forbids: [restore, adopt]
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "identity"
	input.differs
	input.other.plan != input.plan.key
	message := sprintf("diet's record of %s %q (id %d) says that it is of plan %s: %s", [
		text.noun(1, input.other.kind),
		input.other.name,
		input.other.id,
		input.other.plan,
		_there,
	])
}

# What tells two plans of one key apart is their uid, and a plan that lost its own is no other plan.
default _there := "put its marks right there"

_there := sprintf("if that is this plan, write uid: %s into its metadata", [input.other.uid])
