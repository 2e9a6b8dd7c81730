package diet.drift

# METADATA
# title: Drift in production raises an alert; it is never remediated automatically
# description: |
#   People who edit production usually have a reason. Where the plan's label environment
#   is production, drift is never remediated automatically; a person may still answer
#   use_diet.
# custom:
#   id: DRF101
#   severity: high
#   decision: alert
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "drift"
	input.plan.labels.environment == "production"
	message := concat(": ", ["production was edited", _edit])
}
