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
	out := planRemedies(m, in, rule)
	if rule != nil && ruleRemedies[rule.ID] != "" {
		out = append(out, ruleRemedies[rule.ID])
	}
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

// ruleRemedies are those that only a shipped guard has: where it forbids, no mode of remediation counts.
var ruleRemedies = map[string]string{
	"DRF101": "plan: metadata.labels.environment; settings: production, which labels are of production",
	"DRF102": "settings: flaps, how often diet may write it over within a day; or have the other one write it no more",
	"DRF103": "NetBox: a token that may read the changelog (core.view_objectchange)",
	"MIS101": "plan: metadata.labels.environment; settings: production, which labels are of production",
	"MIS102": "settings: flaps, how often diet may make it again within a day; or have the other one delete it no more",
	"MIS103": "NetBox: a token that may read the changelog (core.view_objectchange)",
	"RUN101": "plan: spec.reconcile.approveDeletionsAbove; diet apply --target makes a part of it",
	"RUN102": "settings: budgets, or site_budgets, of this kind and action; diet apply --target makes a part of it",
	"RUN103": "settings: windows; or apply it within one of them",
	"RUN104": "settings: freezes; or apply it after this one",
	"RUN109": "plan: what it says, since a plan that was rolled back is held until it means something else",
}

// planRemedies are those in the plan.
func planRemedies(m answer.Matter, in policy.Input, rule *policy.Rule) []string {
	switch class := m.Class(); {
	case class == change.Drift && rule != nil && rule.Kind == "guard":
		return []string{fmt.Sprintf("plan: %s of the object, as NetBox has it", m.Field.Name)}
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
