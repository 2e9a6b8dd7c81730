package diet.deletion

import data.diet.text

# METADATA
# title: A person is asked before a whole class is deleted
# description: The class that generated the object is no longer in the plan. That is often a slip.
# custom:
#   id: DEL105
#   severity: medium
#   decision: ask
#   recommended: approve
#   forbids: [delete]
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "orphaned"
	input.removed
	message := sprintf("%s is no longer in the plan: %s would be deleted%s", [_class, _members, _trailing])
}

_class := sprintf("class %s", [input.source])

_class := "the class of this object" if not input.source

_counted := object.get(input, ["removed", "objects"], {})

_lost := object.get(input, ["removed", "cascade"], {})

_members := text.amounts(_counted)

_members := "all its objects" if not text.amounts(_counted)

_trailing := sprintf(", along with %s", [text.amounts(_lost)])

_trailing := "" if not text.amounts(_lost)
