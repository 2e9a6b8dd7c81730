package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// deleteDevices deletes the doomed devices, and reports the parts that went with them.
func (a *Applier) deleteDevices(ctx context.Context) error {
	plugged, err := a.plugged(ctx)
	if err != nil {
		return err
	}
	for _, wave := range a.waves(plugged) {
		now := func(c *change.Change) bool { return wave[c.NetBoxID] }
		if err := a.deletesOf(ctx, "device", a.usedBy(plugged), now); err != nil {
			return err
		}
	}
	a.wentAlong("device")
	gone := map[int64]bool{}
	for _, c := range a.acting("device", change.Delete) {
		_, stays := a.bad[c.Object]
		gone[c.NetBoxID] = c.Deletes() && !stays
	}
	maps.DeleteFunc(plugged, func(_ string, device int64) bool { return !gone[device] })
	a.unplug(plugged)
	return nil
}

// wentAlong reports the parts that went with objects of a kind, as [change.Port] names them.
func (a *Applier) wentAlong(whole string) map[string]int64 {
	wholes, gone := map[string]bool{}, map[string]int64{}
	for _, c := range a.acting(whole, change.Delete) {
		wholes[c.Object] = true
	}
	for _, kind := range parts() {
		for _, c := range a.acting(kind, change.Delete) {
			if !wholes[c.With] || !c.Deletes() {
				continue
			}
			a.done++
			if !a.staysAlong(c) {
				a.deleted(&item{change: c}, c.NetBoxID)
				gone[change.Port(kinds.Standard().Must(kind).ObjectType, c.NetBoxID)] = c.NetBoxID
			}
		}
	}
	return gone
}

// waves are the devices to delete or release in order, by NetBox id: what cables go along with
// comes ahead of what those are plugged into. So where it stays after all, they do not lose an
// end. What is cabled in a circle goes together.
func (a *Applier) waves(plugged map[string]int64) []map[int64]bool {
	left, id := map[int64]bool{}, map[string]int64{}
	for _, c := range a.acting("device", change.Delete) {
		left[c.NetBoxID], id[c.Object] = true, c.NetBoxID
	}
	ahead := map[int64]map[int64]bool{} // by device, what has to go ahead of it
	a.eachAlong(plugged, func(c *change.Change, device int64) {
		if with := id[c.With]; with != device && left[device] {
			if ahead[device] == nil {
				ahead[device] = map[int64]bool{}
			}
			ahead[device][with] = true
		}
	})
	var out []map[int64]bool
	for len(left) > 0 {
		wave := map[int64]bool{}
		for device := range left {
			waits := false
			for with := range ahead[device] {
				waits = waits || left[with]
			}
			if !waits {
				wave[device] = true
			}
		}
		if len(wave) == 0 {
			wave = maps.Clone(left)
		}
		maps.DeleteFunc(left, func(device int64, _ bool) bool { return wave[device] })
		out = append(out, wave)
	}
	return out
}

// eachAlong visits the doomed cables that go along with a device, with each device that they are
// plugged into.
func (a *Applier) eachAlong(plugged map[string]int64, visit func(c *change.Change, device int64)) {
	for i := range a.set.Changes {
		c := &a.set.Changes[i]
		if c.Before == nil || !c.Deletes() || !c.Acts() || !a.goesAlong(c) {
			continue
		}
		for _, end := range plugs() {
			for _, port := range change.Ports(c.Kind, end, c.Before.Have[end]) {
				if device := plugged[port]; device != 0 {
					visit(c, device)
				}
			}
		}
	}
}

// usedBy are the cables that stay with the device that they would go along with, by the other
// devices that they are plugged into.
func (a *Applier) usedBy(plugged map[string]int64) map[int64]string {
	out := map[int64]string{}
	a.eachAlong(plugged, func(c *change.Change, device int64) {
		if _, stays := a.bad[c.With]; stays {
			out[device] = c.Object
		}
	})
	return out
}

// plugged are the ports that cables are plugged into, as [change.Port] names them, with their
// devices: whoever made them, and of whatever kind. Nothing, if no device is deleted.
func (a *Applier) plugged(ctx context.Context) (map[string]int64, error) {
	if !slices.ContainsFunc(a.acting("device", change.Delete), (*change.Change).Deletes) {
		return nil, nil
	}
	ports := map[string]bool{}
	for i := range a.set.Changes {
		c := &a.set.Changes[i]
		if c.Before == nil {
			continue
		}
		for _, end := range plugs() {
			for _, port := range change.Ports(c.Kind, end, c.Before.Have[end]) {
				ports[port] = true
			}
		}
	}
	on, err := a.cfg.Reader.PortDevices(ctx, slices.Sorted(maps.Keys(ports)))
	if err != nil {
		return nil, fmt.Errorf("read what is plugged into the devices to delete: %w", err)
	}
	return on, nil
}

// staysAlong reports whether a doomed object stays because NetBox refused to delete what it
// goes with.
func (a *Applier) staysAlong(c *change.Change) bool {
	why, failed := a.bad[c.With]
	if !failed {
		return false
	}
	a.stays(c, c.With, fmt.Sprintf("is deleted along with %s, which %s", c.With, why))
	return true
}

// stays reports a doomed object that stays because of another.
func (a *Applier) stays(c *change.Change, with, reason string) {
	a.bad[c.Object] = "stays with " + with
	o := outcome(c, 0)
	o.Cause, o.Reason = with, reason
	a.result.Skipped = append(a.result.Skipped, o)
}

// unplug records that ports are gone, which are named as [change.Port] does: NetBox has
// emptied the ends that were plugged into them.
func (a *Applier) unplug(gone map[string]int64) {
	for i := range a.set.Changes {
		c := &a.set.Changes[i]
		if c.Before == nil {
			continue
		}
		for _, end := range plugs() {
			if fieldOf(c.Kind, end).Type == kinds.End {
				a.empty(c, end, change.Unplugged(c.Kind, end, c.Before.Have[end], gone))
			}
		}
	}
}

// deleteAlong deletes the cables of devices that are gone. Those of a device that NetBox
// refused to delete stay: it costs nothing.
func (a *Applier) deleteAlong(ctx context.Context) error {
	var items []*item
	for _, c := range a.acting("cable", change.Delete) {
		if !a.goesAlong(c) || !c.Deletes() {
			continue
		}
		if a.staysAlong(c) {
			a.done++
			continue
		}
		items = append(items, &item{change: c, id: c.NetBoxID, version: c.Before.LastUpdated})
	}
	return a.send(ctx, remove, "cable", items, a.deleted)
}

// givePlaces makes devices leave the rack units that others are about to take.
func (a *Applier) givePlaces(all []*outlook, give func(*outlook, string)) {
	takers := map[int64][]*outlook{}
	for _, o := range all {
		if s, ok := a.spanOf(o.will); ok {
			takers[s.rack] = append(takers[s.rack], o)
		}
	}
	for _, o := range all {
		was, placed := a.spanOf(o.was)
		if !placed {
			continue
		}
		if will, ok := a.spanOf(o.will); ok && will == was {
			continue // it stays
		}
		if slices.ContainsFunc(takers[was.rack], func(taker *outlook) bool {
			s, _ := a.spanOf(taker.will)
			return taker != o && s.overlaps(was)
		}) {
			give(o, "position")
		}
	}
}

// span is the space that a device takes in a rack.
type span struct {
	rack     int64
	face     any
	full     bool // as deep as the rack: it takes both faces
	from, to float64
}

// spanOf is the space that a device with these fields takes; ok is false if it has no
// rack unit, or a type of unknown size.
func (a *Applier) spanOf(fields map[string]any) (s span, ok bool) {
	rack, racked := value.ID(fields["rack"])
	from, placed := float(fields["position"])
	id, _ := value.ID(fields["device_type"])
	size := a.held("device_type", id)
	if !racked || !placed || size == nil {
		return span{}, false
	}
	height, ok := float(size["u_height"])
	if !ok {
		height = 1
	}
	full, known := size["is_full_depth"].(bool)
	return span{rack, fields["face"], full || !known, from, from + height}, true
}

func (s span) overlaps(t span) bool {
	return s.rack == t.rack && (s.full || t.full || s.face == t.face) && s.from < t.to && t.from < s.to
}

func float(v any) (float64, bool) {
	switch v := value.Of(v).(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}
