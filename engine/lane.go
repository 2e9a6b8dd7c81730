package engine

import (
	"cmp"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
)

// lanesIn are the lanes among what people took over and what the plan no longer wants, by the port that they
// are of.
func lanesIn(set *change.Set) map[string][]*change.Change {
	out := map[string][]*change.Change{}
	for i := range set.Changes {
		c := &set.Changes[i]
		if c.NetBoxID == 0 || c.Class != change.Orphaned && c.Class != change.Unmanaged {
			continue
		}
		if at := strings.LastIndexByte(c.Object, ':'); at > strings.LastIndexByte(c.Object, '/') {
			out[c.Object[:at]] = append(out[c.Object[:at]], c)
		}
	}
	return out
}

// holdBrokenOut has a port that is given up stay out of use as long as lanes of it are there. It reports
// whether it held anything.
func (b *bonds) holdBrokenOut(set *change.Set, cause map[string]string) (held bool) {
	for i := range set.Changes {
		c := &set.Changes[i]
		if !c.Template || c.With != "" || len(c.Fields) == 0 || !c.Acts() || c.Outcome() != change.Orphan {
			continue
		}
		lanes := b.lanes[c.Object]
		at := slices.IndexFunc(lanes, func(lane *change.Change) bool { return !lane.Deletes() || !lane.Acts() })
		if at < 0 {
			continue
		}
		switch lane := lanes[at]; {
		case lane.Class == change.Unmanaged || lane.Acts():
			for j := range c.Fields {
				if f := &c.Fields[j]; f.Verdict.Decision == "" {
					keepWith(c, f.Name, lane)
					held = true
				}
			}
		case lane.LeftOut():
			leaveOut(c, lane)
			held = true
		default:
			cause[c.Object] = cmp.Or(cause[lane.Object], lane.Object)
			c.Held, held = "waits for "+cause[c.Object], true
		}
	}
	return held
}
