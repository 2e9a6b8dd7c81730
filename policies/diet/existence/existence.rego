# METADATA
# title: What stands where the plan wants something
package diet.existence

import data.diet.text

_creator := text.by(object.get(input, ["other", "blame"], null))

default _other := "an object that is not told"

_other := sprintf("%s %q (id %d)", [text.noun(1, input.other.kind), input.other.name, input.other.id])

# METADATA
# title: An object that is there already and agrees is proposed for adoption
# custom:
#   id: EXI001
#   severity: medium
#   decision: ask
#   recommended: adopt
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "exists"
	count(object.get(input, "differs", [])) == 0
	message := sprintf("%s is there already, created %s, and agrees with the plan; no plan owns it", [
		_other,
		_creator,
	])
}

# METADATA
# title: An object that is there already and differs is proposed for another name
# custom:
#   id: EXI002
#   severity: high
#   decision: ask
#   recommended: rename_existing
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "exists"
	count(input.differs) > 0
	message := sprintf("%s is there already, created %s, and differs from the plan in %s; no plan owns it", [
		_other,
		_creator,
		text.names(input.differs),
	])
}

# METADATA
# title: A place that is taken is a question
# custom:
#   id: EXI003
#   severity: high
#   decision: ask
#   recommended: skip
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "blocked"
	message := sprintf("%s, created %s, stands where the plan wants %s", [_other, _creator, text.subject])
}
