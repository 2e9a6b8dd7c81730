# METADATA
# title: Objects that are there, or plainly are not
package diet.object

# METADATA
# title: What the plan wants and NetBox lacks is created
# custom:
#   id: OBJ001
#   severity: info
#   decision: apply
#   message: the plan wants it, and it is not in NetBox yet
defaults contains rego.metadata.rule().custom if input.class == "absent"

# METADATA
# title: An object that is ours is decided field by field
# custom:
#   id: OBJ002
#   severity: info
#   decision: apply
#   message: its fields decide
defaults contains rego.metadata.rule().custom if input.class == "changed"

# METADATA
# title: What NetBox instantiated for a device of ours is taken over
# custom:
#   id: OBJ003
#   severity: info
#   decision: adopt
#   message: NetBox made it along with a device that diet created, and nobody has edited it since
defaults contains rego.metadata.rule().custom if input.class == "native"

# METADATA
# title: What a person took out of diet's hands is left alone
# custom:
#   id: OBJ004
#   severity: info
#   decision: keep
#   message: nobody but people manage this; diet only tells of it
defaults contains rego.metadata.rule().custom if input.class == "unmanaged"

# METADATA
# title: Shared objects are never changed
# description: Sites, types, roles and the like serve more than one plan. A difference is told, not settled.
# custom:
#   id: OBJ005
#   severity: medium
#   decision: keep
#   message: this object is shared, so diet leaves it as it is; bring the plan or NetBox in line by hand
defaults contains rego.metadata.rule().custom if input.class == "finding"

# METADATA
# title: Two objects that bear one id are not written to
# description: Either may be the true one. A person clears diet's custom fields on the other.
# custom:
#   id: OBJ006
#   severity: critical
#   decision: deny
#   message: two objects in NetBox bear this id; clear diet_object_id on the one that is not diet's
defaults contains rego.metadata.rule().custom if input.class == "identity"
