# METADATA
# title: The whole preview
# description: A verdict here holds every change of the run.
package diet.run

# METADATA
# title: A run goes ahead
# custom:
#   id: RUN001
#   severity: info
#   decision: apply
#   message: nothing holds the run as a whole
defaults contains rego.metadata.rule().custom if input.class == "run"
