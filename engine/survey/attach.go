package survey

import "github.com/diet-project/diet/generate"

// attach has what is plugged into switches that stand in each rack use the switch, or the pair, of its own rack, where
// all of it does so as it stands: a cable that is missing is made there too.
func (k *sketch) attach(plan *generate.Plan) *generate.Plan {
	for _, to := range k.classes {
		if !k.byRack(to) {
			continue
		}
		kept, missing := k.kept, len(k.missing)
		to.byRack = true
		if with, err := k.load(); err == nil && len(k.tolerated(k.oddities(with))) == 0 && k.kept >= kept && len(k.missing) <= missing {
			plan = with
			continue
		}
		to.byRack = false
		k.tolerated(k.oddities(plan)) // once more, as it was
	}
	return plan
}

// byRack reports whether the switches of a class stand in several racks, and all that is plugged into them in the
// same pool, with its cables to those of its own rack; of a sketch that is tolerant, most of them.
func (k *sketch) byRack(to *class) bool {
	if to.tier == "" || to.place == nil {
		return false
	}
	racks, all, own := map[int64]bool{}, 0, 0
	for _, w := range append([]*wiring{k.wiring}, k.beside...) {
		for _, c := range k.classes {
			if !c.pluggedInto(to) {
				continue
			}
			if c.place == nil || c.place.pool != to.place.pool {
				return false
			}
			for _, x := range w.wires[c][to] {
				racks[x.mine.Rack] = true
				if all++; to.inRack(x.other, x.mine.Rack) {
					own++
				}
			}
		}
	}
	return len(racks) > 1 && (own == all || k.tolerant && few*(all-own) <= all)
}

// pluggedInto reports whether links or management ports of a class go to another one.
func (c *class) pluggedInto(to *class) bool {
	for _, l := range c.links {
		if l.to == to {
			return true
		}
	}
	return c.mgmt != nil && c.mgmt.to == to
}

// inRack reports whether a switch, or one of its group, stands in a rack.
func (c *class) inRack(d *Device, rack int64) bool {
	size := max(1, c.group)
	for _, other := range c.devices {
		if other.Rack == rack && (c.ordinal[other.ID]-1)/size == (c.ordinal[d.ID]-1)/size {
			return true
		}
	}
	return false
}
