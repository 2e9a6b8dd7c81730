package diet.existence

# METADATA
# title: An object of another plan is never adopted or renamed
# description: Two plans want the same object. One of them has to give way, in its YAML.
# custom:
#   id: EXI101
#   severity: critical
#   decision: deny
#   forbids: [adopt, rename_existing]
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class in {"exists", "blocked"}
	not _free
	message := sprintf("%s belongs to %s; %s", [_other, _owner, _never])
}

default _never := "diet never adopts or renames an object of another plan"

_never := "that is this plan's own too, and has to give way or to go first" if input.other.plan == input.plan.key

# Nobody owns it: the input names the object, and it has neither a plan nor a diet id.
_free if {
	input.other
	object.get(input.other, "plan", "") == ""
	object.get(input.other, "object", "") == ""
}

_owner := sprintf("plan %s as %s", [input.other.plan, input.other.object])

_owner := sprintf("plan %s", [input.other.plan]) if not input.other.object

_owner := sprintf("an unknown plan, as %s", [input.other.object]) if not input.other.plan

_owner := "an unknown owner" if {
	not input.other.plan
	not input.other.object
}
