package diet.object

import data.diet.text

_elsewhere := sprintf("; that name is now on %q (id %d)", [input.references[0].name, input.references[0].id])

_elsewhere := "" if not input.references

# METADATA
# title: A person is asked about a shared object that has another name
# description: |
#   What the plan's objects were applied with is called otherwise now, or its name is on
#   another object. `keep` follows the object, whatever it is called. Until then nothing
#   is moved, and nothing that refers to it is written.
# custom:
#   id: OBJ008
#   severity: high
#   decision: ask
#   recommended: keep
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "shared"
	message := sprintf("the plan's %s is %q (id %d), which is called %s now, renamed %s%s", [
		input.object,
		input.other.name,
		input.other.id,
		object.get(input.other, "object", "otherwise"),
		text.by(object.get(input, "blame", null)),
		_elsewhere,
	])
}
