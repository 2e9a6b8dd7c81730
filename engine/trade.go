package engine

import (
	"cmp"
	"slices"

	"github.com/diet-project/diet/engine/change"
)

// trades are the cables that a set exchanges for others, by port: those of the lanes of one for that
// of the whole of it, or the reverse.
type trades [][]*change.Change

// tradesOf lists them. Where none of those that come is in the set, they are there.
func tradesOf(set *change.Set, at map[string]*change.Change) trades {
	var out trades
	in := map[string]int{} // by diet id, where in out
	for i := range set.Changes {
		c := &set.Changes[i]
		if c.Class != change.Orphaned || len(c.Instead) == 0 {
			continue
		}
		members := []*change.Change{c}
		for _, id := range c.Instead {
			if n := at[id]; n != nil {
				members = append(members, n)
			}
		}
		to := len(out)
		for _, m := range members {
			if n, known := in[m.Object]; known {
				to = n
			}
		}
		if to == len(out) {
			out = append(out, nil)
		}
		for _, m := range members {
			n, known := in[m.Object]
			switch {
			case known && n == to:
				continue
			case known: // it joins two
				for _, moved := range out[n] {
					in[moved.Object] = to
				}
				out[to] = append(out[to], out[n]...)
				out[n] = nil
			default:
				in[m.Object] = to
				out[to] = append(out[to], m)
			}
		}
	}
	return out
}

// hold holds all of a trade of which a cable does not go, or another does not come, and reports
// whether it held anything: what is plugged in stays plugged in until the cable that it gets is made.
func (t trades) hold(cause map[string]string) (held bool) {
	for _, members := range t {
		at := slices.IndexFunc(members, stops)
		if at < 0 {
			continue
		}
		first := members[at]
		for _, m := range members {
			if m.Class == change.Orphaned && !m.Acts() && m.Held == "" {
				first = m // a cable that stays explains why another one waits
				break
			}
		}
		why := cause[first.Object]
		if why == "" && first.LeftOut() {
			why = staysAsItIs(first)
		}
		for _, m := range members {
			if m.Acts() && m.Outcome() != change.Orphan && m != first {
				cause[m.Object] = cmp.Or(why, first.Object)
				m.Held, held = "waits for "+cause[m.Object], true
			}
		}
	}
	return held
}

// stops reports whether a change keeps the trade that it is of from being made.
func stops(c *change.Change) bool {
	if c.Class == change.Orphaned {
		return !c.Acts() || !c.Deletes()
	}
	return !c.Acts() && (c.Action != change.None || c.NetBoxID == 0)
}
