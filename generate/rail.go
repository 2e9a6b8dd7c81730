package generate

import "slices"

// rails is how a link's rails are spread: r rails a leaf, l leaves a domain, d
// nodes a domain.
type rails struct{ r, l, d int }

// railsOf follows the rule: railsPerLeaf, or clamp(cap div max(S, max), 1, E),
// evened over the leaves that it takes.
func railsOf(e, lanes, nodes, perLeaf int) rails {
	r := perLeaf
	if r == 0 {
		r = max(1, min(lanes/max(nodes, 1), e))
	}
	l := ceilDiv(e, r)
	r = ceilDiv(e, l)
	return rails{r, l, lanes / r}
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// rail places port k of each node on the leaf of rail k in the node's domain.
func (z *zonePlacement) rail(lp *linkPlacement) {
	lanes, perLeaf := len(z.zone.lanes), z.class.spec.RailsPerLeaf
	c := lp.link.node
	if perLeaf > lanes || lanes == 0 {
		z.lack(shortage{
			path: z.class.path + ".railsPerLeaf", hint: "lower railsPerLeaf or give the zone more ports",
			what: indexed(c.id, c.ords[0]), ports: lp.e,
		})
		return
	}
	if z.class.attach {
		z.railRacks(lp)
		return
	}
	shape := railsOf(lp.e, lanes, max(len(c.ords), c.spec.Max), perLeaf)
	if lp.kept > 0 {
		z.railGrow(lp, shape)
		return
	}
	for i := range c.ords {
		z.railNode(lp, i, func(k int) int { return z.railBase + i/shape.d*shape.l + k/shape.r })
	}
	z.railBase += ceilDiv(len(c.ords), shape.d) * shape.l
}

// railNode places the open ports of a node on the leaves that leaf gives.
func (z *zonePlacement) railNode(lp *linkPlacement, i int, leaf func(k int) int) {
	slots := lp.node(i)
	for k := range slots {
		if slots[k] == nowhere {
			slots[k] = z.use(leaf(k))
		}
	}
	if n := missing(slots); n > 0 {
		hint := "the rails of a node go to fixed leaves: give the zone more ports, or the class a lower railsPerLeaf"
		if z.class.pinned >= 0 {
			hint = "raise the count of " + z.class.id + ", or leave it auto"
		}
		node := lp.link.node
		z.lack(shortage{path: lp.link.path + ".to", hint: hint, what: indexed(node.id, node.ords[i]), ports: n, growth: z.thins()})
	}
}

// thins tells whether more switches leave more room on the first: where a link of
// the zone is balanced over all of them.
func (z *zonePlacement) thins() bool {
	return z.class.pinned < 0 && slices.ContainsFunc(z.zone.links, func(l *link) bool { return l.spread == "balance" })
}

// railRacks spreads the rails of each node over the leaves of its own rack.
func (z *zonePlacement) railRacks(lp *linkPlacement) {
	c := lp.link.node
	if c.place == nil {
		return
	}
	shape := railsOf(lp.e, len(z.zone.lanes), c.place.per, z.class.spec.RailsPerLeaf)
	for i := range c.ords {
		leaves := z.inRack(c.place, c.rackOf(i))
		z.railNode(lp, i, func(k int) int {
			if j := k / shape.r; j < len(leaves) {
				return leaves[j]
			}
			return -1
		})
	}
}
