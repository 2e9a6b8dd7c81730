package diet.drift

# METADATA
# title: Drift in production is told, never put right unasked
# description: |
#   Somebody who edits production has a reason more often than not. A plan whose
#   label environment is production never has drift remediated by itself; a person
#   may still answer use_diet.
# custom:
#   id: DRF101
#   severity: high
#   decision: alert
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "drift"
	input.plan.labels.environment == "production"
	message := concat(": ", ["production was edited", _edit])
}
