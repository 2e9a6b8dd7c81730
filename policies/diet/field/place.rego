package diet.field

# METADATA
# title: A person is asked before an object moves to another site
# description: A plan file that was copied for a second site, and kept its name, would move the first one's plant.
# custom:
#   id: FLD101
#   severity: critical
#   decision: ask
#   recommended: use_user
#   forbids: [apply]
#   message: this would move the object to another site
guards contains rego.metadata.rule().custom if {
	input.class in {"planned", "conflict"}
	input.field == "site"
}

# METADATA
# title: A person is asked before an object gets a new type or role that the plan did not exchange
# description: |
#   The plan would make a type or a role and give it to objects that it was not told to
#   change: most likely somebody renamed theirs.
# custom:
#   id: FLD102
#   severity: critical
#   decision: ask
#   recommended: use_user
#   forbids: [apply]
#   message: the object would get one that is yet to be created, and the plan did not exchange it
guards contains rego.metadata.rule().custom if {
	input.class in {"planned", "conflict"}
	input.retyped
}

# METADATA
# title: A person is asked before a cable is pulled out of what is left to people
# description: |
#   The plan gives a plug of a breakout, or the end of a cable, to something else, and what it is in
#   was the plan's and was orphaned since: that is to stay as it stands.
# custom:
#   id: FLD104
#   severity: high
#   decision: ask
#   recommended: use_user
#   forbids: [apply]
#   message: this would pull the cable out of what was orphaned, and is left to people as it stands
guards contains rego.metadata.rule().custom if {
	input.class in {"planned", "conflict"}
	input.unplugs
}
