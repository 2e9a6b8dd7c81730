package diet.existence

# METADATA
# title: What belongs to another plan is never adopted or renamed
# description: The two plans want the same. One of them has to give way, in its YAML.
# custom:
#   id: EXI101
#   severity: critical
#   decision: deny
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class in {"exists", "blocked"}
	input.other.plan != ""
	message := sprintf("%s belongs to plan %s as %s; diet neither adopts nor renames what another plan owns", [
		_other,
		input.other.plan,
		object.get(input.other, "object", "an object without an id"),
	])
}
