package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Sources says what decides: the shipped policies, a team's folders, and the
// guards that are waived.
type Sources struct {
	Shipped Count    `json:"shipped"`
	Folders []Folder `json:"folders,omitempty"`
	Waivers []Waiver `json:"waivers,omitempty"`
}

// Waiver is a guard that is off, for what and why.
type Waiver struct {
	Exception
	Title     string `json:"title"`
	Expired   bool   `json:"expired,omitempty"`   // and so not applied
	Elsewhere bool   `json:"elsewhere,omitempty"` // it is about another plan than those at hand, and so not applied
}

// String says in a line what is off, for what, until when, who answers for that, and why.
func (w Waiver) String() string {
	var scope []string
	for _, part := range []struct{ format, value string }{{"plan %s", w.Plan}, {"kind %s", w.Kind}, {"%s", w.Object}} {
		if part.value != "" {
			scope = append(scope, fmt.Sprintf(part.format, part.value))
		}
	}
	line := fmt.Sprintf("Waived: %s %s", w.Guard, w.Title)
	switch {
	case w.Expired:
		line = fmt.Sprintf("Waiver expired, not applied: %s %s", w.Guard, w.Title)
	case w.Elsewhere:
		line = fmt.Sprintf("Waiver for another plan, not applied: %s %s", w.Guard, w.Title)
	}
	if len(scope) > 0 {
		line += "; for " + strings.Join(scope, ", ")
	}
	if w.Expires != "" {
		line += "; until " + w.Expires
	}
	if w.Who != "" {
		line += "; by " + w.Who
	}
	return fmt.Sprintf("%s (%s)", line, w.Reason)
}

// Sources says what decides at a time about plans with some keys; none is whatever plans there are.
func (e *Engine) Sources(now time.Time, plans ...string) Sources {
	out := e.listed().sources
	for _, x := range e.exceptions {
		elsewhere := x.Plan != "" && len(plans) > 0 && !slices.Contains(plans, x.Plan)
		out.Waivers = append(out.Waivers, Waiver{Exception: x, Title: e.Rule(x.Guard).Title, Expired: x.Expired(now), Elsewhere: elsewhere})
	}
	return out
}

// countSources counts the rules of each source.
func countSources(s *source, rules []Rule) Sources {
	var out Sources
	for _, r := range rules {
		if in := s.team[r.File]; in != nil {
			in.add(r)
		} else {
			out.Shipped.add(r)
		}
	}
	for _, in := range s.folders {
		out.Folders = append(out.Folders, in.Folder)
	}
	return out
}
