package generate

// inRack gives the switches of a class in a rack, by index, in order. An auto
// class without a count has as many as its place allows.
func (z *zonePlacement) inRack(p *place, rack int) []int {
	c := z.class
	if p == nil || c.place == nil || c.place.pool != p.pool {
		return nil
	}
	var list []int
	for ord := rack*c.place.per + 1; ord <= (rack+1)*c.place.per; ord++ {
		i := c.index(ord)
		if i < 0 || c.pinned >= 0 && i >= z.n || i >= maxSwitches {
			continue
		}
		list = append(list, i)
	}
	return list
}

// groupsInRack gives the groups of g switches that have a member in a rack.
func (z *zonePlacement) groupsInRack(p *place, rack, g int) []int {
	var groups []int
	for _, sw := range z.inRack(p, rack) {
		if i := sw / g; len(groups) == 0 || groups[len(groups)-1] != i {
			groups = append(groups, i)
		}
	}
	return groups
}

// fillRack places node i on the first group of its own rack with room.
func (z *zonePlacement) fillRack(lp *linkPlacement, i, g int, need []int) {
	c := lp.link.node
	rack := c.rackOf(i)
	for _, group := range z.groupsInRack(c.place, rack, g) {
		if z.room(group, g, need) {
			z.settleNode(lp.node(i), group, g)
			return
		}
	}
	hint := rackHint
	if z.zone.isFeeds() {
		hint = "its rack has no such feed left: give the pool more, or name more"
	}
	z.lackNode(lp, c.ords[i], hint)
}

const rackHint = "its rack has no switch with room"

// rackOf is the rack of node i, from 0; -1 without a place.
func (c *nodeClass) rackOf(i int) int {
	if c.place == nil {
		return -1
	}
	return c.place.rack(c.ords[i])
}

// useRack takes n lanes' first free one on a switch of a device's own rack.
func (z *zonePlacement) useRack(p *place, ord, n int) slot {
	if p == nil {
		return nowhere
	}
	for _, sw := range z.inRack(p, p.rack(ord)) {
		if b := z.bay(sw); b != nil && b.free >= n {
			return z.use(sw)
		}
	}
	return nowhere
}
