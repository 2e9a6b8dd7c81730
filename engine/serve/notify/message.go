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
			if k.Plan != "" {
				fmt.Fprintf(&b, "Plan %s\n", k.Plan)
			}
		}
		writeTopic(&b, k)
	}
	b.WriteString(linkLine(link(fresh[len(fresh)-1].Plan)))
	if plans[0] == "" {
		plans[0] = "NetBox"
	}
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
	netboxTopic:       {"NetBox cannot be read", "NetBox can be read again"},
}

// writeTopic writes what is new of a topic, and how much there is in all.
func writeTopic(b *strings.Builder, k *engine.Notice) {
	topic, _, _ := strings.Cut(k.Topic, ":")
	head, known := heads[topic]
	if !known {
		head = [2]string{k.Topic, "no longer: " + strings.TrimPrefix(k.Topic, "threshold: ")}
	}
	fresh, gone := news(k), over(k)
	if len(fresh) == 0 && len(k.Standing) == 0 {
		fmt.Fprintf(b, "%s\n", head[1])
		return
	}
	fmt.Fprintf(b, "%s%s:\n", head[0], counts(k, len(fresh), len(gone)))
	writeTexts(b, "- ", fresh)
	writeTexts(b, "- no longer: ", gone)
}

// counts says how much of a topic is new, over and there in all.
func counts(k *engine.Notice, fresh, gone int) string {
	all := len(k.Standing)
	for _, text := range k.Standing {
		if text == "" {
			all--
		}
	}
	if all <= 1 && gone == 0 {
		return ""
	}
	var out []string
	if fresh > 0 {
		out = append(out, fmt.Sprintf("%d new", fresh))
	}
	if gone > 0 {
		out = append(out, fmt.Sprintf("%d no longer", gone))
	}
	return " (" + strings.Join(append(out, fmt.Sprintf("%d in all", all)), ", ") + ")"
}

// writeTexts writes some texts, of many the first ones.
func writeTexts(b *strings.Builder, head string, all texts) {
	for i, key := range slices.Sorted(maps.Keys(all)) {
		if i == mostLines {
			fmt.Fprintf(b, "… and %d more\n", len(all)-i)
			return
		}
		fmt.Fprintf(b, "%s%s\n", head, all[key])
	}
}
