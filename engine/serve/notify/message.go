package notify

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine"
)

// mostLines is how many lines a message has of a topic of a plan.
const mostLines = 10

// compose is the message for several topics of plans.
func compose(fresh []engine.Notice, link func(plan string) string) (title, text string) {
	slices.SortFunc(fresh, byPlan)
	var b strings.Builder
	var plans []string
	for i := range fresh {
		k := &fresh[i]
		if !slices.Contains(plans, k.Plan) {
			if i > 0 {
				b.WriteString(linkLine(link(fresh[i-1].Plan)) + "\n")
			}
			plans = append(plans, k.Plan)
			fmt.Fprintf(&b, "Plan %s\n", k.Plan)
		}
		writeTopic(&b, k)
	}
	b.WriteString(linkLine(link(fresh[len(fresh)-1].Plan)))
	if len(plans) > 3 {
		plans = append(plans[:3], "…")
	}
	return "diet: " + strings.Join(plans, ", "), strings.TrimSpace(b.String())
}

func linkLine(address string) string {
	if address == "" {
		return ""
	}
	return address + "\n"
}

// heads are what a topic is called in a message, and what is said when it is over.
var heads = map[string][2]string{
	string(Drift):     {"drift", "no drift any more"},
	string(Conflicts): {"waits for a person", "nothing waits for a person any more"},
	string(Failures):  {"failed", "works again"},
	string(Approvals): {"wants approval", "no approval is wanted any more"},
}

// writeTopic writes what is new of a topic, and how much there is in all.
func writeTopic(b *strings.Builder, k *engine.Notice) {
	topic, _, _ := strings.Cut(k.Topic, ":")
	head, known := heads[topic]
	if !known {
		head = [2]string{k.Topic, "no longer: " + strings.TrimPrefix(k.Topic, "threshold: ")}
	}
	fresh := news(k)
	if len(fresh) == 0 {
		fmt.Fprintf(b, "%s\n", head[1])
		return
	}
	count := ""
	if len(k.Standing) > 1 {
		count = fmt.Sprintf(" (%d new, %d in all)", len(fresh), len(k.Standing))
	}
	fmt.Fprintf(b, "%s%s:\n", head[0], count)
	for i, key := range slices.Sorted(maps.Keys(fresh)) {
		if i == mostLines {
			fmt.Fprintf(b, "… and %d more\n", len(fresh)-i)
			return
		}
		fmt.Fprintf(b, "- %s\n", fresh[key])
	}
}
