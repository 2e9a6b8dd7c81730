package model

import (
	"fmt"
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// connectors are the plugs of one end of a profile, and the positions of each.
type connectors struct{ plugs, positions int }

// list are the positions of a plug.
func (c connectors) list() []any {
	out := make([]any, c.positions)
	for i := range out {
		out[i] = int64(i + 1)
	}
	return out
}

// profileOf is the profile of a cable by its ends, as its name says it: breakout-1c4p-4c1p; nil for
// none.
func profileOf(cable *table.Record) map[string]connectors {
	_, name, has := strings.Cut(cable.Text("profile"), "-")
	if !has {
		return nil
	}
	sides := strings.Split(strings.TrimSuffix(name, "-shuffle"), "-")
	out := map[string]connectors{}
	for i, end := range []string{"A", "B"} {
		var c connectors
		if _, err := fmt.Sscanf(sides[min(i, len(sides)-1)], "%dc%dp", &c.plugs, &c.positions); err != nil {
			return nil
		}
		out[end] = c
	}
	return out
}

// cleanProfile checks that a cable has no more plugs than its profile.
func cleanProfile(t *table.Tx, d *table.Draft) {
	p := profileOf(d.Record)
	if p == nil {
		return
	}
	label := d.Record.Model.ByName["profile"].Labels[d.Record.Text("profile")]
	for i, side := range sides(t, d) {
		end := string("AB"[i])
		if n := len(side); n > p[end].plugs {
			d.Faults.Add(strings.ToLower(end)+"_terminations",
				"%s side of cable has %d terminations but only %d are permitted for profile %s", end, n, p[end].plugs, label)
		}
	}
}

// mapped are the plugs at the other end of a cable with a profile that a port is wired to, all
// of the others where it has none. Shuffles are wired straight here.
func mapped(cable, own *table.Record, others []*table.Record) []*table.Record {
	p := profileOf(cable)
	if p == nil || own == nil {
		return others
	}
	var out []*table.Record
	for _, other := range others {
		mine, theirs := own.Get("connector"), other.Get("connector")
		trunk := p["A"].plugs != p["B"].plugs
		switch {
		case trunk && p[own.Text("cable_end")].plugs < p[other.Text("cable_end")].plugs:
			n, _ := theirs.(int64)
			if first, _ := mine.(int64); (n-1)/int64(p[own.Text("cable_end")].positions) == first-1 {
				out = append(out, other)
			}
		case trunk:
			n, _ := mine.(int64)
			if first, _ := theirs.(int64); (n-1)/int64(p[other.Text("cable_end")].positions) == first-1 {
				out = append(out, other)
			}
		case mine == theirs:
			out = append(out, other)
		}
	}
	return out
}
