package engine

import (
	"cmp"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/refer"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
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
		if port, _, ok := generate.SplitLane(c.Object); ok {
			out[port] = append(out[port], c)
		}
	}
	return out
}

// tieLanes ties lanes to the one cable of their port, by the plug that each leads to: NetBox has the cable
// in the port, and nothing in the lane.
func (b *bonds) tieLanes(set *change.Set) {
	ports := map[int64]string{} // by NetBox id
	for port := range b.lanes {
		if c := b.of[port]; c != nil {
			ports[c.NetBoxID] = port
		}
	}
	for i := range set.Changes {
		c := &set.Changes[i]
		kind, _ := kinds.Standard().Of(c.Kind)
		if len(b.lanes) == 0 || len(kind.Ends()) == 0 || c.Before == nil || c.NetBoxID == 0 || c.Before.Have["profile"] == nil {
			continue
		}
		near, far := kind.Ends()[0], kind.Ends()[1]
		for _, lane := range b.lanes[generate.PortOfBreakout(c.Object)] {
			b.tieLane(c, lane, kind.PlugsAt(far))
		}
		for _, id := range change.Plugs(c.Kind, far, c.Before.Have[far]) {
			for _, lane := range b.lanes[ports[id]] {
				b.tieLane(c, lane, kind.PlugsAt(near))
			}
		}
	}
}

// tieLane ties a lane to the plug that it leads to: that of its number, or the only one of a cable from port
// to port.
func (b *bonds) tieLane(cable, lane *change.Change, plugs []string) {
	field := plugs[0]
	if profile, _ := cable.Before.Have["profile"].(string); generate.IsBreakout(profile) {
		_, n, _ := generate.SplitLane(lane.Object)
		if n > len(plugs) {
			return
		}
		field = plugs[n-1]
	}
	for _, id := range change.Plugs(cable.Kind, field, cable.Before.Have[field]) {
		b.ties[place(lane)] = append(b.ties[place(lane)], refer.Tie{
			By: place(cable), Name: cable.Object, To: refer.Object{Kind: change.Refers(cable.Kind, field), ID: id}, Field: field, Lane: true,
		})
	}
}

// pluggedHost is what the plug is in that a lane leads to, as a whole, if the plan no longer wants that or a
// person took it over: the plug stays with it. It is nil for something else, and for other ties.
func (b *bonds) pluggedHost(cable *change.Change, t *refer.Tie) *change.Change {
	if !t.Lane || cable == nil {
		return nil
	}
	port := b.at[t.To]
	if port == nil {
		return b.unmanagedWith(cable, t.Field)
	}
	if host := b.of[port.With]; host != nil && host.Class == change.Orphaned && host.Action == change.Delete {
		return host
	}
	return nil
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
