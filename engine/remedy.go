package engine

import (
	"fmt"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
)

// remedies are the edits of the plan, of diet.yaml and of policies that would change a
// verdict, for someone who would rather not answer each time.
func remedies(m answer.Matter, in policy.Input, rule *policy.Rule) []string {
	out := planRemedies(m, in)
	switch {
	case rule == nil:
	case rule.Team:
		out = append(out, fmt.Sprintf("%s:%d: the rule %s itself", rule.File, rule.Line, rule.ID))
	case rule.Kind == "guard":
		out = append(out, fmt.Sprintf("diet.yaml: waivers: {%s: REASON}, which turns this guard off everywhere", rule.ID))
	default:
		out = append(out, "a default of your own for this class, in a folder of policies: in diet.yaml, takes the place of "+rule.ID)
	}
	return out
}

// planRemedies are those in the plan.
func planRemedies(m answer.Matter, in policy.Input) []string {
	switch class := m.Class(); {
	case class == change.Drift:
		return []string{
			fmt.Sprintf("plan: spec.reconcile.remediation: {fields: {%s: auto}} writes the plan's value back, alert only tells", m.Field.Name),
			fmt.Sprintf("plan: %s of the object, as NetBox has it", m.Field.Name),
		}
	case class == change.Conflict:
		return []string{fmt.Sprintf("plan: %s of the object, as NetBox has it or as it was", m.Field.Name)}
	case class == change.Orphaned && in.Removed != nil:
		return []string{fmt.Sprintf("plan: spec.removed: [{from: %s, policy: orphan}], or delete", in.Source)}
	case class == change.Orphaned:
		return []string{"plan: spec.reconcile.deletionPolicy, or that of the class: warn asks, orphan keeps, delete deletes"}
	case class == change.Exists || class == change.Blocked:
		return []string{"plan: another name or place for the object"}
	case class == change.Missing:
		return []string{"plan: take the object out (a lower count, or skip)"}
	}
	return nil
}
