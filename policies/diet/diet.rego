# METADATA
# title: The policies that diet ships
# description: |
#   One package for each noun. A package contributes two sets: `guards`, which forbid,
#   and `defaults`, which choose. data.diet.main collects them by path, so a new rule
#   is a new file. docs/policies.md explains how a team adds its own.
# scope: subpackages
# schemas:
#   - input: schema.input.v1
#   - data.settings: schema.settings.v1
package diet
