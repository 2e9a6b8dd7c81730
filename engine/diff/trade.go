package diff

import (
	"cmp"
	"database/sql"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// undone returns who deleted, or pulled out of what it was plugged into, a cable that the plan has
// another one instead of now; nil for nobody. The change says which cable that was, and which of its
// plugs: what the plan wants in its place would bring it back.
func (d *differ) undone(w *wanted, c *change.Change) (*change.Blame, error) {
	if len(d.kinds.Must(w.kind).Ends()) == 0 {
		return nil, nil
	}
	if d.traded == nil {
		d.traded = d.topo.Traded()
	}
	for _, was := range d.traded[w.object] {
		if i, known := d.wholes[generate.CableDevice(was)]; known && d.changes[i].Class == change.Missing {
			continue // it went with that, which is asked about
		}
		blame, plug, err := d.undoneOf(w, was)
		if err != nil {
			return nil, err
		}
		if blame != nil {
			c.InsteadOf = was
			if plug != "" {
				c.Differs = []string{plug}
			}
			return blame, nil
		}
	}
	return nil, nil
}

// undoneOf returns who deleted one such cable, or pulled which plug of it.
func (d *differ) undoneOf(w *wanted, was string) (blame *change.Blame, plug string, err error) {
	old := &wanted{kind: w.kind, object: was, knownAs: d.ids.knownAs(w.kind, was)}
	id := d.ids.owned(w.kind, was)
	if d.ids.err != nil {
		return nil, "", d.ids.err
	}
	if id == 0 {
		blame, _, err = d.went(old)
		return blame, "", err
	}
	before, err := d.before(w.kind, id)
	if err != nil {
		return nil, "", err
	}
	if plug = d.pulled(w, before); plug == "" {
		return nil, "", nil
	}
	if blame, err = d.toucher(w.kind, id, plug); blame == nil {
		blame = &change.Blame{Actor: change.ActorUnknown}
	}
	return blame, plug, err
}

// pulled is a plug of a cable that is not where diet plugged it in, as far as what is wanted instead
// has to do with it: that has a port of its own in that place, or is of all of the cable. "" is none.
func (d *differ) pulled(w *wanted, before *change.Before) string {
	kind := d.kinds.Must(w.kind)
	ports := map[any]bool{}
	for _, f := range kind.Plugs() {
		if v := w.fields[f]; !value.Empty(v) {
			ports[v] = true
		}
	}
	known, away, left := false, "", ""
	for _, f := range kind.Plugs() {
		base, applied := before.Applied(f)
		if _, released := before.Released[f]; released && left == "" {
			left = f
		}
		if !applied || value.Empty(base) {
			continue
		}
		ours := ports[base]
		known = known || ours
		if away == "" && (ours || alone(kind, f, before)) && !value.Equal(base, before.Have[f]) && !before.Passing(f) {
			away = f
		}
	}
	if away == "" && !known {
		return left
	}
	return away
}

// alone reports whether a plug is the only one at its end of a cable, as diet plugged it in.
func alone(kind kinds.Kind, plug string, before *change.Before) bool {
	n := 0
	for _, f := range kind.PlugsAt(kind.EndOf(plug)) {
		if v, _ := before.Applied(f); !value.Empty(v) {
			n++
		}
	}
	return n == 1
}

// findLaneBlockers marks the changes of breakouts that would be plugged in where another cable is
// plugged into the interface of the lane: that is the same place in the port.
func (d *differ) findLaneBlockers(holders map[place]*change.Change) error {
	breakouts := make(map[string]*generate.Breakout, len(d.topo.Breakouts))
	for i := range d.topo.Breakouts {
		breakouts[d.topo.Breakouts[i].ID] = &d.topo.Breakouts[i]
	}
	takers := map[string]*change.Change{}
	var lanes []any
	for i := range d.changes {
		c := &d.changes[i]
		if b := breakouts[c.Object]; b != nil && len(d.kinds.Must(c.Kind).Ends()) > 0 {
			takers[c.Object], lanes = c, append(lanes, d.lanesTaken(c, b)...)
		}
	}
	return d.blockLanes("query/cable_lane_blocker", takers, lanes, holders)
}

// blockLanes marks those that want lanes which the cables hold that a statement lists.
func (d *differ) blockLanes(statement string, takers map[string]*change.Change, lanes []any, holders map[place]*change.Change) error {
	if d.ids.err != nil || len(lanes) == 0 {
		return d.ids.err
	}
	list, err := value.Encode(lanes)
	if err != nil {
		return err
	}
	var rows []blockerRow
	if err := d.selectAll(&rows, d.statements.Get(statement), sql.Named("lanes", list), sql.Named("plan", d.plan)); err != nil {
		return err
	}
	for _, r := range rows {
		c := takers[r.Object]
		if c.NetBoxID == r.ID || c.Other != nil && c.Other.ID == r.ID {
			continue
		}
		if err := d.block(c, r, blocker{places: d.kinds.Must(c.Kind).Plugs()}, holders); err != nil {
			return err
		}
		if c.Taken == change.TakenPort && c.Other.ID == r.ID {
			c.Taken = change.TakenPlace // the port of the lane is none of the cable's
		}
	}
	return nil
}

// lanesTaken are the NetBox ids of the lanes that a change plugs a breakout in at, each with its id.
func (d *differ) lanesTaken(c *change.Change, b *generate.Breakout) (out []any) {
	for _, f := range c.Fields {
		if c.Action == change.Delete || value.Empty(f.Want) || c.Action != change.Create && !writes(f.Class) {
			continue
		}
		for _, lane := range b.Lanes[f.Name] {
			if id := d.ids.owned(change.Refers(c.Kind, f.Name), lane); id != 0 && !plugsIn(c, id) {
				out = append(out, []any{c.Object, id})
			}
		}
	}
	return out
}

// plugsIn reports whether a cable is plugged into a port itself.
func plugsIn(c *change.Change, port int64) bool {
	return slices.ContainsFunc(c.Fields, func(f change.Field) bool {
		id, is := value.ID(f.Want)
		return is && id == port && change.Refers(c.Kind, f.Name) != ""
	})
}

// findTrunkBlockers marks cables to be made at lanes of a port that somebody else's cable is plugged into
// whole.
func (d *differ) findTrunkBlockers(holders map[place]*change.Change) error {
	takers := map[string]*change.Change{}
	for i := range d.changes {
		if c := &d.changes[i]; len(d.kinds.Must(c.Kind).Ends()) > 0 && c.Action == change.Create {
			takers[c.Object] = c
		}
	}
	if len(takers) == 0 {
		return nil
	}
	var trunks []any
	for i := range d.topo.Cables {
		x := &d.topo.Cables[i]
		c := takers[x.ID]
		if c == nil {
			continue
		}
		port := change.Refers(c.Kind, d.kinds.Must(c.Kind).Ends()[0])
		for _, end := range []string{x.A, x.B} {
			at, is := slices.BinarySearchFunc(d.topo.Interfaces, end, func(p generate.Interface, id string) int { return cmp.Compare(p.ID, id) })
			if !is || d.topo.Interfaces[at].Cage == "" {
				continue
			}
			if device := d.ids.owned(d.kinds.Must(port).ParentKind(), d.topo.Interfaces[at].Device); device != 0 {
				trunks = append(trunks, []any{x.ID, device, d.topo.Interfaces[at].Cage})
			}
		}
	}
	return d.blockLanes("query/cable_trunk_blocker", takers, trunks, holders)
}
