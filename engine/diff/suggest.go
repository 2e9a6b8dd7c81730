package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
)

// RenamedFinding is the id of the finding about keys that were renamed without moved.
const RenamedFinding = "renamed"

// members are the objects of one class or pool among the changes, by their ordinals.
type members map[string]*change.Change

// suggestMoves recognises what the plan has under another key: as many objects, of the same
// ordinals, type and places, that go under one key and come under another. Nothing is
// taken for moved before the plan says so.
func (d *differ) suggestMoves() error {
	gone, come := map[string]members{}, map[string]members{}
	for i := range d.changes {
		c := &d.changes[i]
		switch {
		case c.Class == change.Orphaned && !slices.Contains(d.topo.Plan.Classes, c.Source):
			d.enter(gone, c)
		case c.Class == change.Absent || c.Class == change.Blocked:
			d.enter(come, c)
		}
	}
	var lines []string
	for from, old := range gone {
		if to := old.only(come); to != "" && come[to].only(gone) == from {
			lines = append(lines, fmt.Sprintf("{from: %s, to: %s}", from, to))
		}
	}
	if lines == nil {
		return nil
	}
	slices.Sort(lines)
	d.findings = append(d.findings, change.Notice{
		ID: RenamedFinding, Severity: change.Warning, Place: "spec.moved",
		Message: "what goes and what comes looks the same, renamed; to keep the objects, put this into spec: moved: [" +
			strings.Join(lines, ", ") + "]",
	})
	return nil
}

// enter files an object that a class or pool makes, and none of its parts.
func (d *differ) enter(by map[string]members, c *change.Change) {
	ord, ok := strings.CutPrefix(c.Object, d.plan+"/"+c.Source+"[")
	if !ok || c.Source == "" || strings.IndexByte(ord, ']') != len(ord)-1 {
		return
	}
	if by[c.Source] == nil {
		by[c.Source] = members{}
	}
	by[c.Source][ord] = c
}

// only is the one class whose members these may be; "" for none, or several.
func (m members) only(classes map[string]members) string {
	found := ""
	for name, others := range classes {
		if !m.like(others) {
			continue
		}
		if found != "" {
			return ""
		}
		found = name
	}
	return found
}

// like reports whether two classes have the same members but for their names.
func (m members) like(others members) bool {
	if len(m) != len(others) {
		return false
	}
	for ord, c := range m {
		other := others[ord]
		if other == nil || c.Kind != other.Kind || !alike(c, other) {
			return false
		}
	}
	return true
}

// alike compares the numbers among the fields of two objects, of which one comes and one
// goes: what they refer to, and where they are. What the plan is yet to make may be what
// was renamed; what is shared and yet to be made is something else.
func alike(a, b *change.Change) bool {
	if a.Class == change.Orphaned {
		a, b = b, a
	}
	for _, f := range a.Fields {
		switch f.Want.(type) {
		case int64, float64:
			if fmt.Sprint(f.Want) != fmt.Sprint(b.Before.Have[f.Name]) {
				return false
			}
		case string:
			if object, pending := a.Pending(f); pending && !strings.HasPrefix(object, a.Plan+"/") {
				return false
			}
		}
	}
	return true
}
