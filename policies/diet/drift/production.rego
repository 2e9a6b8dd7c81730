package diet.drift

# METADATA
# title: Drift in production raises an alert; it is never remediated automatically
# description: |
#   People who edit production usually have a reason. Where the plan's label environment
#   is production, or one of data.settings.production, drift is never remediated
#   automatically; a person may still answer use_diet.
# custom:
#   id: DRF101
#   severity: high
#   decision: alert
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "drift"
	production
	message := concat(": ", ["production was edited", _edit])
}

# METADATA
# title: The plan is of production
# scope: document
production if input.plan.labels.environment == "production"

production if input.plan.labels.environment in data.settings.production
