# METADATA
# title: The network team's policies
# schemas:
#   - input: schema.input.v1
package team.network

# METADATA
# title: A run does not recable core switches
# description: Their cables are moved by hand, in a maintenance window, with two people at the racks.
# custom:
#   id: NET001
#   severity: critical
#   decision: deny
#   links: [https://wiki.example.com/network/core]
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.kind == "cable"
	input.class in {"planned", "drift", "conflict"}
	input.field in {"a", "b"}
	input.source in data.team.network.core
	message := sprintf("%s is a cable of %s; the core is recabled by hand", [input.object, input.source])
}

# METADATA
# title: Deletions of storage nodes need the storage team
# custom:
#   id: NET002
#   severity: high
#   decision: ask
#   recommended: orphan
#   forbids: [delete]
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "orphaned"
	input.kind == "device"
	_storage
	message := sprintf("%s holds data; ask the storage team", [input.object])
}

_storage if startswith(input.source, "storage")

# METADATA
# title: Descriptions follow the plan
# description: This team writes descriptions in its plans, so edits in NetBox are remediated.
# custom:
#   id: NET010
#   severity: low
#   decision: remediate
defaults contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "drift"
	input.kind == "device"
	input.field == "description"
	message := "this team's descriptions come from the plan"
}
