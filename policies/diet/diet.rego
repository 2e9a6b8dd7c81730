# METADATA
# title: The policies that diet ships
# description: |
#   One package a noun. A package takes part by two sets: `guards`, which forbid,
#   and `defaults`, which choose. data.diet.main collects them by path, so that a
#   new rule is a new file. docs/policies.md says how a team adds its own.
# scope: subpackages
# schemas:
#   - input: schema.input.v1
#   - data.settings: schema.settings.v1
package diet
