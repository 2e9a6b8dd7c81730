package diet.existence

# METADATA
# title: What belongs to another plan is never adopted or renamed
# description: The two plans want the same. One of them has to give way, in its YAML.
# custom:
#   id: EXI101
#   severity: critical
#   decision: deny
#   forbids: [adopt, rename_existing]
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class in {"exists", "blocked"}
	not _free
	message := sprintf("%s belongs to %s; diet neither adopts nor renames what another plan owns", [_other, _owner])
}

# Nobody's: it is told what stands there, and neither a plan nor a diet id is on it.
_free if {
	input.other
	object.get(input.other, "plan", "") == ""
	object.get(input.other, "object", "") == ""
}

_owner := sprintf("plan %s as %s", [input.other.plan, input.other.object])

_owner := sprintf("plan %s", [input.other.plan]) if not input.other.object

_owner := sprintf("a plan that is not told, as %s", [input.other.object]) if not input.other.plan

_owner := "somebody who is not told" if {
	not input.other.plan
	not input.other.object
}
