package apply

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// writeCables moves cables and creates new ones. Moves go in rounds: a port that
// a move frees is taken in the next round. Where all wait for each other, one of each
// circle is parked.
func (a *Applier) writeCables(ctx context.Context) error {
	pending := a.items(a.acting("cable", change.Update, change.Adopt))
	for {
		if pending = a.leaveHeld(pending); len(pending) == 0 {
			break
		}
		ready, blocked := freePorts(pending)
		if len(ready) == 0 {
			var err error
			if pending, err = a.park(ctx, blocked); err != nil {
				return err
			}
			continue
		}
		if err := a.pull(ctx, ready); err != nil {
			return err
		}
		if err := a.send(ctx, patch, "cable", a.rebuilt(ready), a.updated); err != nil {
			return err
		}
		pending = blocked
	}
	if err := a.plugBack(ctx); err != nil {
		return err
	}
	if err := a.send(ctx, post, "cable", a.leaveHeld(a.items(a.acting("cable", change.Create))), a.created); err != nil {
		return err
	}
	return a.clearParking(ctx)
}

// leaveHeld leaves out what would be plugged into a port that a cable holds which could not be
// moved or deleted; and what would be plugged into theirs, and so on. It returns the rest.
func (a *Applier) leaveHeld(items []*item) []*item {
	for {
		held := a.heldPorts()
		rest := slices.DeleteFunc(slices.Clone(items), func(it *item) bool {
			holder := a.holder(it, held)
			if holder != nil {
				a.fail(it.change, &NeedError{Object: holder.Object, Why: a.bad[holder.Object]})
			}
			return holder != nil
		})
		if len(rest) == len(items) {
			return rest
		}
		items = rest
	}
}

// heldPorts are the ports of cables that could not be moved or deleted, as [change.Port] names
// them.
func (a *Applier) heldPorts() map[string]*change.Change {
	held := map[string]*change.Change{}
	for _, c := range a.acting("cable", change.Update, change.Adopt, change.Delete) {
		if _, failed := a.bad[c.Object]; !failed {
			continue
		}
		for _, end := range plugs() {
			for _, port := range portsAt(c, end) {
				held[port] = c
			}
			if home, was := a.home[c.Object][end]; was {
				for _, id := range change.Plugs(c.Kind, end, home) {
					held[change.Port(portType(c.Kind, end), id)] = c
				}
			}
		}
	}
	return held
}

// holder is the change of which the cable holds a port that an item is to take; nil for none.
func (a *Applier) holder(it *item, held map[string]*change.Change) *change.Change {
	for _, end := range plugs() {
		for _, port := range portsOf(it.payload[terminations(it.change, end)]) {
			if c := held[port]; c != nil && c.Object != it.change.Object {
				return c
			}
		}
	}
	return nil
}

// plugBack plugs cables back that are plugged otherwise for the moment, and could not be moved to
// where they are to be.
func (a *Applier) plugBack(ctx context.Context) error {
	var items []*item
	for _, c := range a.acting("cable", change.Update, change.Adopt) {
		if _, failed := a.bad[c.Object]; failed && len(a.home[c.Object]) > 0 && onePort(a.home[c.Object]) {
			it := a.momentary(c, a.home[c.Object])
			maps.DeleteFunc(it.passing, func(end string, _ any) bool { _, back := a.home[c.Object][end]; return back })
			it.payload["custom_fields"] = a.ownershipOf(c, a.record(c, asApplied(c), c.Before.Released, it.passing))
			it.version = ""
			items = append(items, it)
		}
	}
	return a.retry(ctx, "cable", items, func(it *item, _ int64) {
		for end, port := range a.home[it.change.Object] {
			replug(it.change, end, port)
		}
		it.change.Before.Tmp = it.passing
		delete(a.home, it.change.Object)
	})
}

// onePort reports whether each end is plugged into one port of the kind that the plan cables, or
// into none.
func onePort(ends map[string]any) bool {
	for _, port := range ends {
		if _, one := value.ID(port); port != nil && !one {
			return false
		}
	}
	return true
}

// replug records which port an end of a cable is plugged into.
func replug(c *change.Change, end string, port any) {
	c.Before.Have[end] = port
	if f := fieldOf(c.Kind, end); f.Beside != "" {
		id, _ := value.ID(port)
		c.Before.Have[f.Beside] = change.Port(portType(c.Kind, end), id)
	}
}

// pull unplugs, for the moment, the plugs of breakouts that come behind a new one: NetBox
// numbers what is plugged in by its place in the list, and lets what was there keep its
// number, which another is to have.
func (a *Applier) pull(ctx context.Context, items []*item) error {
	var moves []*item
	for _, it := range items {
		if ports := displaced(it); ports != nil {
			moves = append(moves, a.momentary(it.change, ports))
		}
	}
	return a.send(ctx, patch, "cable", moves, func(it *item, _ int64) { a.hasParked(it) })
}

// rebuilt builds items anew where a moment has changed what they are about.
func (a *Applier) rebuilt(items []*item) []*item {
	out := make([]*item, 0, len(items))
	for _, it := range items {
		s := displacedSide(it)
		if !a.lent[it.change.Object] || s == nil {
			out = append(out, it)
			continue
		}
		for _, anew := range a.items([]*change.Change{it.change}) {
			anew.payload[terminations(it.change, s.end)] = *s
			out = append(out, anew)
		}
	}
	return out
}

// plug is one end of a cable.
type plug struct {
	it  *item
	end string
}

// holders are the plugs that moves are about to pull, by the port that they are in, as [change.Port]
// names it.
func holders(pending []*item) map[string]plug {
	held := map[string]plug{}
	for _, it := range pending {
		for _, end := range plugs() {
			side, moves := it.payload[terminations(it.change, end)]
			if !moves || it.change.Before == nil {
				continue
			}
			for _, port := range portsAt(it.change, end) {
				if !slices.Contains(portsOf(side), port) {
					held[port] = plug{it, end}
				}
			}
		}
	}
	return held
}

// portsAt are the ports that a plug of a cable is in, of the kind that it is for, as [change.Port]
// names them.
func portsAt(c *change.Change, end string) []string {
	var out []string
	for _, id := range change.Plugs(c.Kind, end, c.Before.Have[end]) {
		out = append(out, change.Port(portType(c.Kind, end), id))
	}
	return out
}

func plugs() []string {
	kind, _ := kinds.Standard().Of("cable")
	return kind.Plugs()
}

// waitsFor returns another move's plug in the port that a move is to take.
func waitsFor(it *item, held map[string]plug) (plug, bool) {
	for _, end := range plugs() {
		target, is := value.ID(wanted(it.change, end))
		if !is {
			continue
		}
		if other, ok := held[change.Port(portType(it.change.Kind, end), target)]; ok && other.it != it {
			return other, true
		}
	}
	return plug{}, false
}

// freePorts splits moves into those whose ports no other pending move occupies, and the
// rest.
func freePorts(pending []*item) (ready, blocked []*item) {
	held := holders(pending)
	for _, it := range pending {
		if _, waits := waitsFor(it, held); waits {
			blocked = append(blocked, it)
			continue
		}
		ready = append(ready, it)
	}
	return ready, blocked
}

// circles picks a plug of each circle of moves that wait for each other.
func circles(blocked []*item) []plug {
	held := holders(blocked)
	walk := map[*item]int{}
	var out []plug
	for i, it := range blocked {
		var last plug
		for walk[it] == 0 {
			walk[it] = i + 1
			next, waits := waitsFor(it, held)
			if !waits {
				break
			}
			last, it = next, next.it
		}
		if last.it == it && walk[it] == i+1 {
			out = append(out, last)
		}
	}
	return out
}

// park plugs one end of each circle into a temporary port of the same device, so that
// the cable stays the one it is, and says so in its record: whoever finds it there knows
// that it is ours. It returns the moves that are still to be made.
func (a *Applier) park(ctx context.Context, blocked []*item) ([]*item, error) {
	plugs := circles(blocked)
	if err := a.makeParking(ctx, plugs); err != nil {
		return nil, err
	}
	var moves []*item
	for _, p := range plugs {
		id, made := a.ids[change.ParkingID(p.it.change.Object)]
		if !made {
			a.fail(p.it.change, errors.New("its port is held by a cable that waits for this one's port, and no temporary port could be made"))
			continue
		}
		moves = append(moves, a.parked(p, id))
	}
	err := a.send(ctx, patch, "cable", moves, func(it *item, _ int64) { a.hasParked(it) })
	return a.items(changesOf(blocked)), err
}

// hasParked notes where a cable is plugged in for the moment.
func (a *Applier) hasParked(it *item) {
	before := it.change.Before
	before.LastUpdated = ""
	before.Have, before.Tmp = maps.Clone(before.Have), it.passing
	if a.home[it.change.Object] == nil {
		a.home[it.change.Object] = map[string]any{}
	}
	home := a.home[it.change.Object]
	for _, end := range plugs() {
		_, moved := it.payload[terminations(it.change, end)]
		port, is := it.passing[end]
		if !moved || !is {
			continue
		}
		if _, kept := home[end]; !kept {
			home[end] = before.Have[end]
		}
		replug(it.change, end, port)
	}
	a.lent[it.change.Object] = true
}

// parked is the move of a plug to its temporary port.
func (a *Applier) parked(p plug, port int64) *item {
	return a.momentary(p.it.change, map[string]any{p.end: port})
}

// momentary plugs a cable otherwise for the moment, and says so in its record.
func (a *Applier) momentary(c *change.Change, ports map[string]any) *item {
	it := &item{change: c, id: c.NetBoxID, version: c.Before.LastUpdated, payload: map[string]any{"id": c.NetBoxID}}
	it.passing = maps.Clone(c.Before.Tmp)
	if it.passing == nil {
		it.passing = map[string]any{}
	}
	maps.Copy(it.passing, ports)
	for end, port := range ports {
		put(it.payload, c, end, port)
	}
	it.payload["custom_fields"] = a.ownershipOf(c, a.record(c, asApplied(c), c.Before.Released, it.passing))
	return it
}

// makeParking makes the temporary ports, but for those that an earlier run has left.
func (a *Applier) makeParking(ctx context.Context, plugs []plug) error {
	items := map[string][]*item{}
	for _, p := range plugs {
		c := p.it.change
		object := change.ParkingID(c.Object)
		if _, there := a.ids[object]; there {
			continue
		}
		port := change.Plugs(c.Kind, p.end, c.Before.Have[p.end])[0] // another cable waits for one of them
		kind := change.Refers(c.Kind, p.end)
		on, err := a.cfg.Reader.Held(ctx, kind, port)
		if err != nil {
			return fmt.Errorf("read a port: %w", err)
		}
		if on == nil {
			continue
		}
		place := &change.Change{
			Kind: kind, Object: object, Name: change.TemporaryName(object), Plan: c.Plan, Source: c.Source,
			Class: change.Parking, Action: change.Create, Owner: fmt.Sprint(on.Have["device"]),
		}
		custom := a.ownershipOf(place, a.record(place, applied{base: map[string]any{}}, map[string]any{}, nil))
		required, err := a.cfg.Reader.Required(ctx, kind)
		if err != nil {
			return fmt.Errorf("read required custom fields: %w", err)
		}
		for _, name := range required {
			custom[name] = on.Have["cf."+name] // as the port has, which NetBox takes
		}
		payload := map[string]any{"device": on.Have["device"], "name": place.Name, "custom_fields": custom}
		if fieldOf(kind, "type").Required {
			payload["type"] = "other"
		}
		items[kind] = append(items[kind], &item{change: place, payload: payload})
	}
	for _, kind := range parts() {
		byParent(items[kind])
		err := a.send(ctx, post, kind, items[kind], func(it *item, _ int64) { a.parking = append(a.parking, it.change) })
		if err != nil {
			return err
		}
	}
	return nil
}

// clearParking deletes the temporary ports that nothing ends on any more: those of this
// run, and those that an earlier one left.
func (a *Applier) clearParking(ctx context.Context) error {
	items, mine := map[string][]*item{}, map[string]bool{}
	for _, c := range a.parking {
		mine[c.Object] = true
		if !a.left(c) {
			continue
		}
		gone := *c
		gone.Action, gone.NetBoxID = change.Delete, a.ids[c.Object]
		items[c.Kind] = append(items[c.Kind], &item{change: &gone, id: gone.NetBoxID})
	}
	for _, kind := range parts() {
		for _, c := range a.acting(kind, change.Delete) {
			switch {
			case c.Class != change.Parking || mine[c.Object]:
				continue
			case !a.left(c):
				a.fail(c, errors.New("a cable is plugged into it still"))
			default:
				items[kind] = append(items[kind], &item{change: c, id: c.NetBoxID, version: c.Before.LastUpdated})
			}
		}
		err := a.send(ctx, remove, kind, items[kind], func(it *item, id int64) {
			if !mine[it.change.Object] {
				a.deleted(it, id)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// left reports whether the cable of a temporary port has been moved away from it, or is
// gone.
func (a *Applier) left(place *change.Change) bool {
	port := change.Port(kinds.Standard().Must(place.Kind).ObjectType, a.ids[place.Object])
	return !slices.ContainsFunc(a.set.Changes, func(c change.Change) bool {
		if change.ParkingID(c.Object) != place.Object || c.Before == nil {
			return false
		}
		_, failed := a.bad[c.Object]
		return slices.ContainsFunc(plugs(), func(end string) bool {
			return slices.Contains(portsAt(&c, end), port) && (failed || !c.Deletes() && wanted(&c, end) == nil)
		})
	})
}
