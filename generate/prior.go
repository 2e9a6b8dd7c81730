package generate

import (
	"strconv"
	"strings"
)

// prior answers where the cables of a plan were put before. A nil prior knows nothing.
type prior struct {
	key    string
	ends   Prior
	limits map[string]int // by class; what is on a switch beyond is not kept
}

// newPrior reads a prior in the words of the plan of today: ids that moved are renamed.
func newPrior(m *model, p Prior) *prior {
	if len(p) == 0 {
		return nil
	}
	if len(m.moves) > 0 {
		renamed := make(Prior, len(p))
		for id, e := range p {
			renamed[m.renamed(id)] = Ends{A: m.moves.now(e.A), B: m.moves.now(e.B)}
		}
		p = renamed
	}
	out := &prior{key: m.key, ends: p}
	out.spread(m)
	return out
}

// locate finds an interface id among the lanes of a zone; nowhere if it is
// none, or on a switch that does not exist.
func (p *prior) locate(id string, z *zone) slot {
	rest, ok := strings.CutPrefix(id, p.key)
	if !ok {
		return nowhere
	}
	rest, ok = strings.CutPrefix(rest, "/"+z.class.id+"[")
	if !ok {
		return nowhere
	}
	ordText, port, ok := strings.Cut(rest, "]/")
	ord, err := strconv.Atoi(ordText)
	if !ok || err != nil {
		return nowhere
	}
	sw := z.class.index(ord)
	if sw < 0 || sw >= maxSwitches || z.class.pinned >= 0 && sw >= z.class.pinned {
		return nowhere
	}
	if limit, ok := p.limits[z.class.id]; ok && sw >= limit {
		return nowhere
	}
	at, ok := z.at[z.laneOf(port)]
	if !ok {
		return nowhere
	}
	return slot{int32(sw), int32(at)}
}

// parseLane reads 21 or 21:2; anything else is not a lane of any zone.
func parseLane(id string) lane {
	port, sub, broken := strings.Cut(id, ":")
	p, err := strconv.Atoi(port)
	if err != nil {
		return lane{-1, 0}
	}
	if !broken {
		return lane{p, 0}
	}
	l, err := strconv.Atoi(sub)
	if err != nil {
		return lane{-1, 0}
	}
	return lane{p, l}
}

// to gives the slot that a cable came to.
func (p *prior) to(cable string, z *zone) slot {
	e, ok := p.ends[cable]
	if !ok {
		return nowhere
	}
	return p.locate(e.B, z)
}

// holds is how many switches of a class the prior's cables of today's demands need.
func (p *prior) holds(c *switchClass) int {
	if p == nil {
		return 0
	}
	n := 0
	for _, z := range c.zones {
		for _, l := range z.links {
			for i := range l.node.ords {
				for k := range l.ports {
					n = max(n, int(p.to(p.portCable(l, i, k), z).sw)+1)
				}
			}
		}
		for _, from := range z.mgmts {
			for i := range from.n {
				n = max(n, int(p.to(p.mgmtCable(from, i), z).sw)+1)
			}
		}
		for _, src := range z.sources {
			for s := range src.class.n {
				for i := range src.lanes {
					n = max(n, int(p.to(p.uplinkCable(src, s, i), z).sw)+1)
				}
			}
		}
	}
	return n
}

func (p *prior) portCable(l *link, i, k int) string {
	return p.key + "/" + indexed(l.node.id, l.node.ords[i]) + "/" + l.ports[k].key() + "~"
}

func (p *prior) mgmtCable(c *switchClass, i int) string {
	return p.key + "/" + indexed(c.id, c.ord(i)) + "/" + c.mgmt.port + "~"
}

func (p *prior) uplinkCable(src *zone, s, i int) string {
	return p.key + "/" + indexed(src.class.id, src.class.ord(s)) + "/" + src.key + "#" + strconv.Itoa(i+1) + "~"
}

// keep takes the slots that still hold, before anything new is placed.
func (m *model) keep(z *zonePlacement) {
	if m.prior == nil {
		return
	}
	for _, lp := range z.links {
		m.prior.keepLink(z, lp)
	}
	for _, mp := range z.mgmts {
		for i := range mp.slots {
			s := m.prior.to(m.prior.mgmtCable(mp.from, i), z.zone)
			if z.near(mp.from.place, mp.from.ord(i), s, 1) && z.claim(s) {
				mp.slots[i] = s
			}
		}
	}
	m.prior.keepUplinks(z)
}

// claim takes a slot that the prior gave; false if it is gone.
func (z *zonePlacement) claim(s slot) bool {
	if s == nowhere {
		return false
	}
	b := z.bay(int(s.sw))
	if b == nil || !b.claim(int(s.lane)) {
		return false
	}
	z.grown = max(z.grown, int(s.sw)+1)
	return true
}

// near tells whether a slot's switch, or its group of g, may serve a device of
// an ordinal: anywhere, but in its own rack where the class attaches by rack.
func (z *zonePlacement) near(p *place, ord int, s slot, g int) bool {
	if !z.class.attach || s == nowhere {
		return true
	}
	if p == nil {
		return false
	}
	for _, group := range z.groupsInRack(p, p.rack(ord), g) {
		if group == int(s.sw)/g {
			return true
		}
	}
	return false
}

func (p *prior) keepLink(z *zonePlacement, lp *linkPlacement) {
	g := 1
	if lp.link.spread == "alternate" {
		g = max(2, z.class.group)
	}
	c := lp.link.node
	was := make([]slot, lp.e)
	for i, ord := range c.ords {
		for k := range was {
			was[k] = p.to(p.portCable(lp.link, i, k), z.zone)
			if !z.near(c.place, ord, was[k], g) {
				was[k] = nowhere
			}
		}
		if lp.link.spread == "rail" {
			boundRails(was, z.class.spec.RailsPerLeaf)
		} else {
			z.together(was, g)
		}
		slots := lp.node(i)
		for k, s := range was {
			if z.claim(s) {
				slots[k] = s
				lp.kept++
				if lp.link.spread == "rail" {
					z.railUsed(int(s.sw))
				}
			}
		}
	}
}

// together drops the slots of a node that are not in the group of its first
// one, or not on the member that their port belongs to.
func (z *zonePlacement) together(was []slot, g int) {
	group := -1
	for k, s := range was {
		if s == nowhere {
			continue
		}
		mine := int(s.sw) / g
		fits := int(s.sw)%g == k%g && (z.class.pinned < 0 || (mine+1)*g <= z.n)
		if fits && group < 0 {
			group = mine
		}
		if !fits || mine != group {
			was[k] = nowhere
		}
	}
}

// boundRails drops the rails beyond perLeaf on one leaf; 0 means no bound.
func boundRails(was []slot, perLeaf int) {
	if perLeaf == 0 {
		return
	}
	on := map[int32]int{}
	for k, s := range was {
		if s == nowhere {
			continue
		}
		if on[s.sw]++; on[s.sw] > perLeaf {
			was[k] = nowhere
		}
	}
}

// keepUplinks keeps the uplinks that still hold: both ends exist, and no
// instance has more of a switch's than its quota.
func (p *prior) keepUplinks(z *zonePlacement) {
	if z.sourceCount()*z.n > maxHeld {
		return
	}
	var sources []striped
	for _, up := range z.uplinks {
		for s, ends := range up.ends {
			src := striped{n: len(ends), held: make([]int, z.n)}
			own := newBay(len(up.from.lanes))
			for i := range ends {
				e, ok := p.ends[p.uplinkCable(up.from, s, i)]
				if !ok {
					continue
				}
				a, b := p.locate(e.A, up.from), p.locate(e.B, z.zone)
				if a == nowhere || int(a.sw) != s || b == nowhere || int(b.sw) >= z.n || !own.claim(int(a.lane)) {
					continue
				}
				ends[i] = uplinkEnd{a.lane, b}
				src.held[b.sw]++
				z.held++
			}
			sources = append(sources, src)
		}
	}
	if z.held == 0 {
		return
	}
	z.quota = stripe(z.n, len(z.zone.lanes), sources)
	at := 0
	for _, up := range z.uplinks {
		for _, ends := range up.ends {
			z.keepWithin(ends, z.quota[at])
			at++
		}
	}
}

// keepWithin claims the uplinks of a switch up to its quotas and drops the others.
func (z *zonePlacement) keepWithin(ends []uplinkEnd, quota []int) {
	open := append([]int(nil), quota...)
	for i, e := range ends {
		if e.lane < 0 {
			continue
		}
		if open[e.to.sw] > 0 && z.claim(e.to) {
			open[e.to.sw]--
			continue
		}
		ends[i].to = nowhere
	}
}

// keepPair keeps a cable between two switches where both its lanes still hold.
func (m *model) keepPair(z *zone, c *pairCable, bays []*bay) {
	if m.prior == nil {
		return
	}
	e, ok := m.prior.ends[m.pairID(z, *c)]
	if !ok {
		return
	}
	a, b := m.prior.locate(e.A, z), m.prior.locate(e.B, z)
	switch {
	case a == nowhere || b == nowhere || int(a.sw) != c.a || int(b.sw) != c.b,
		bays[c.a].used(int(a.lane)) || bays[c.b].used(int(b.lane)),
		z.kind == zonePeer && z.class.group == 2 && a.lane != b.lane:
		return
	}
	bays[c.a].claim(int(a.lane))
	bays[c.b].claim(int(b.lane))
	c.laneA, c.laneB = int(a.lane), int(b.lane)
}
