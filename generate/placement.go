package generate

// slot is a lane of a zone on one switch: the switch by its index among those
// that exist, the lane by its index in zone.lanes.
type slot struct{ sw, lane int32 }

var nowhere = slot{-1, -1}

// bay is the state of a zone's lanes on one switch.
type bay struct {
	lanes int
	taken []uint64 // bits; nil while all are free
	next  int      // no free lane is below
	free  int
}

func newBay(lanes int) *bay { return &bay{lanes: lanes, free: lanes} }

// used tells whether a lane is taken.
func (b *bay) used(lane int) bool {
	return b.taken != nil && b.taken[lane/64]&(1<<(lane%64)) != 0
}

// take gives the next free lane, or -1.
func (b *bay) take() int {
	for ; b.next < b.lanes; b.next++ {
		if b.claim(b.next) {
			return b.next
		}
	}
	return -1
}

// claim takes one lane; false if it is taken.
func (b *bay) claim(lane int) bool {
	if b.used(lane) {
		return false
	}
	if b.taken == nil {
		b.taken = make([]uint64, (b.lanes+63)/64)
	}
	b.taken[lane/64] |= 1 << (lane % 64)
	b.free--
	return true
}

func (b *bay) release(lane int) {
	b.taken[lane/64] &^= 1 << (lane % 64)
	b.free++
	b.next = min(b.next, lane)
}

// placement is one switch class with everything that is cabled to it.
type placement struct {
	class *switchClass
	n     int // how many switches were assumed
	grown int // how many were needed
	zones []*zonePlacement
}

// zonePlacement is where everything that comes to one zone goes.
type zonePlacement struct {
	*placement
	zone    *zone
	bays    []*bay
	links   []*linkPlacement
	mgmts   []*mgmtPlacement
	uplinks []*uplinkPlacement
	short   []shortage

	rails    map[int]bool // leaves that take rails, once a prior is known
	railBase int          // the leaf that the next rail domain starts at
	held     int          // uplinks that the prior gave
	quota    [][]int      // by source switch and instance, once a prior is known
}

// linkPlacement is where the ports of a link's nodes go: slots[i*e+k] is port
// k of node i.
type linkPlacement struct {
	link  *link
	e     int
	slots []slot
	kept  int // slots that the prior gave
}

// mgmtPlacement is where the management ports of a class go, by switch.
type mgmtPlacement struct {
	from  *switchClass
	slots []slot
}

// shortage says that some demands of a zone found no lane.
type shortage struct {
	path   string
	hint   string
	what   string // the first device that found none
	count  int    // how many devices did not
	ports  int    // how many lanes they needed
	growth bool   // more switches may help
}

// place puts all demands of a class on n switches, or on more where the class
// may grow. It never fails: what finds no lane is in the shortages.
func (m *model) place(c *switchClass, n int) *placement {
	p := &placement{class: c, n: n, grown: n}
	for _, z := range c.zones {
		zp := &zonePlacement{placement: p, zone: z}
		for range n {
			zp.bays = append(zp.bays, newBay(len(z.lanes)))
		}
		p.zones = append(p.zones, zp)
	}
	for _, zp := range p.zones {
		zp.prepare()
		m.keep(zp)
	}
	for _, zp := range p.zones {
		for _, lp := range zp.links {
			zp.placeLink(lp)
		}
		for _, mp := range zp.mgmts {
			zp.placeMgmt(mp)
		}
		m.placeUplinks(zp)
	}
	return p
}

// prepare lays out the demands of a zone in order, all unplaced.
func (z *zonePlacement) prepare() {
	for _, l := range z.zone.links {
		lp := &linkPlacement{link: l, e: len(l.ports)}
		lp.slots = unplaced(len(l.node.ords) * lp.e)
		z.links = append(z.links, lp)
	}
	for _, c := range z.zone.mgmts {
		z.mgmts = append(z.mgmts, &mgmtPlacement{from: c, slots: unplaced(c.n)})
	}
	for _, src := range z.zone.sources {
		z.uplinks = append(z.uplinks, newUplinkPlacement(src))
	}
}

func unplaced(n int) []slot {
	slots := make([]slot, n)
	for i := range slots {
		slots[i] = nowhere
	}
	return slots
}

// bay gives the lanes on a switch, growing a class whose count is auto; nil
// where there is no such switch.
func (z *zonePlacement) bay(sw int) *bay {
	if sw < 0 || z.class.pinned >= 0 && sw >= z.n || sw >= maxSwitches {
		return nil
	}
	for len(z.bays) <= sw {
		z.bays = append(z.bays, newBay(len(z.zone.lanes)))
	}
	return z.bays[sw]
}

// use takes the next free lane on a switch.
func (z *zonePlacement) use(sw int) slot {
	b := z.bay(sw)
	if b == nil {
		return nowhere
	}
	lane := b.take()
	if lane < 0 {
		return nowhere
	}
	z.grown = max(z.grown, sw+1)
	return slot{int32(sw), int32(lane)}
}

// drop gives a slot back.
func (z *zonePlacement) drop(s *slot) {
	if *s != nowhere {
		z.bays[s.sw].release(int(s.lane))
		*s = nowhere
	}
}

// lack reports one device that found no lane for some ports.
func (z *zonePlacement) lack(s shortage) {
	for i := range z.short {
		if z.short[i].path == s.path && z.short[i].hint == s.hint {
			z.short[i].count++
			z.short[i].ports += s.ports
			return
		}
	}
	s.count = 1
	z.short = append(z.short, s)
}

// placeLink places the ports of a link that have no slot yet.
func (z *zonePlacement) placeLink(lp *linkPlacement) {
	if lp.e == 0 || len(lp.link.node.ords) == 0 {
		return
	}
	switch lp.link.spread {
	case "balance":
		z.balance(lp)
	case "rail":
		z.rail(lp)
	case "alternate":
		z.fill(lp, max(2, z.class.group))
	default:
		z.fill(lp, 1)
	}
}

// node gives a link's slots of node i.
func (lp *linkPlacement) node(i int) []slot { return lp.slots[i*lp.e : (i+1)*lp.e] }

// missing is how many of a node's slots are open.
func missing(slots []slot) int {
	n := 0
	for _, s := range slots {
		if s == nowhere {
			n++
		}
	}
	return n
}

// fill places by first fit over groups of g switches: port k of a node goes to
// member k mod g. With g 1 it is pack, else alternate.
func (z *zonePlacement) fill(lp *linkPlacement, g int) {
	need := make([]int, g)
	for k := range lp.e {
		need[k%g]++
	}
	if len(z.zone.lanes) < need[0] {
		z.lackAll(lp)
		return
	}
	first := 0 // no group below has room for a whole node
	for i, ord := range lp.link.node.ords {
		slots := lp.node(i)
		if missing(slots) == 0 || z.rejoin(slots, g) {
			continue
		}
		if lp.kept > 0 {
			first = 0
		}
		if z.class.attach {
			z.fillRack(lp, i, g, need)
			continue
		}
		for z.exists(first, g) && !z.room(first, g, need) {
			first++
		}
		if !z.exists(first, g) || !z.room(first, g, need) {
			z.lackNode(lp, ord, z.advice())
			continue
		}
		z.settleNode(slots, first, g)
	}
}

// exists tells whether group i is whole. An auto class grows while an empty
// switch of it would help, so that the first group without any use exists too.
func (z *zonePlacement) exists(i, g int) bool {
	if len(z.zone.lanes) == 0 {
		return false
	}
	if z.class.pinned >= 0 {
		return (i+1)*g <= z.n
	}
	limit := max(len(z.bays), z.n)
	return i*g <= limit && (i+1)*g <= maxSwitches
}

// room tells whether each member of group i has the lanes that it needs.
func (z *zonePlacement) room(i, g int, need []int) bool {
	for j, n := range need {
		if b := z.bay(i*g + j); b == nil || b.free < n {
			return false
		}
	}
	return true
}

// settleNode puts the open ports of a node on group i.
func (z *zonePlacement) settleNode(slots []slot, i, g int) {
	for k := range slots {
		if slots[k] == nowhere {
			slots[k] = z.use(i*g + k%g)
		}
	}
}

// rejoin puts the open ports of a node that has others placed beside them; where
// they find no room, the node gives up its slots and is placed again.
func (z *zonePlacement) rejoin(slots []slot, g int) bool {
	group, need := -1, make([]int, g)
	for k, s := range slots {
		if s != nowhere {
			group = int(s.sw) / g
		} else {
			need[k%g]++
		}
	}
	if group < 0 {
		return false
	}
	if z.room(group, g, need) {
		z.settleNode(slots, group, g)
		return true
	}
	for k := range slots {
		z.drop(&slots[k])
	}
	return false
}

// lackAll reports a link of which no node fits on any switch.
func (z *zonePlacement) lackAll(lp *linkPlacement) {
	for i, ord := range lp.link.node.ords {
		if missing(lp.node(i)) > 0 {
			z.lackNode(lp, ord, "a node has more ports in the link than a switch has lanes: give the zone more ports, or spread the link")
		}
	}
}

func (z *zonePlacement) lackNode(lp *linkPlacement, ord int, hint string) {
	z.lack(shortage{path: lp.link.path + ".to", hint: hint, what: indexed(lp.link.node.id, ord), ports: lp.e, growth: hint == growthHint})
}

const growthHint = "more switches"

// advice says what may help a demand that finds no room.
func (z *zonePlacement) advice() string {
	if z.class.pinned >= 0 {
		return "raise the count of " + z.class.id
	}
	return growthHint
}

// placeMgmt packs the management ports of a class.
func (z *zonePlacement) placeMgmt(mp *mgmtPlacement) {
	first := 0
	for i := range mp.slots {
		if mp.slots[i] != nowhere {
			continue
		}
		ord := mp.from.ord(i)
		if z.class.attach {
			mp.slots[i] = z.useRack(mp.from.place, ord, 1)
		} else {
			for z.exists(first, 1) && !z.room(first, 1, []int{1}) {
				first++
			}
			if z.exists(first, 1) {
				mp.slots[i] = z.use(first)
			}
		}
		if mp.slots[i] == nowhere {
			hint := z.advice()
			if z.class.attach {
				hint = "its rack has no switch with room"
			}
			z.lack(shortage{path: mp.from.path + ".mgmt.to", hint: hint, what: indexed(mp.from.id, ord), ports: 1, growth: hint == growthHint})
		}
	}
}
