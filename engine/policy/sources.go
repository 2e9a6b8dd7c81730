package policy

import (
	"maps"
	"slices"
)

// Sources says what decides: the shipped policies, a team's folders, and the
// guards that are waived.
type Sources struct {
	Shipped Count    `json:"shipped"`
	Folders []Folder `json:"folders,omitempty"`
	Waivers []Waiver `json:"waivers,omitempty"`
}

// Waiver is a shipped guard that is off, and why.
type Waiver struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Reason string `json:"reason"`
}

// Sources says what decides.
func (e *Engine) Sources() Sources { return e.sources }

// countSources counts the rules of each source, and lists the waivers by id.
func countSources(s *source, rules []Rule, waivers map[string]string) Sources {
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
	for _, id := range slices.Sorted(maps.Keys(waivers)) {
		i := slices.IndexFunc(rules, func(r Rule) bool { return r.ID == id })
		out.Waivers = append(out.Waivers, Waiver{ID: id, Title: rules[i].Title, Reason: waivers[id]})
	}
	return out
}
