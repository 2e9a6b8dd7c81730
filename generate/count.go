package generate

import "fmt"

// settle counts the switches of every class and places what is cabled to
// them. Classes depend on those that send them uplinks or management ports;
// circles are iterated until nothing changes.
func (m *model) settle() {
	order := m.dependencyOrder()
	type state struct {
		counts string
		n      int
	}
	seen := map[*switchClass]state{}
	for _, c := range order {
		c.count(max(0, c.pinned))
	}
	for range settleRounds {
		changed := false
		for _, c := range order {
			counts := c.needCounts()
			if was, ok := seen[c]; ok && was.counts == counts {
				continue
			}
			before := c.n
			c.placement = m.settleClass(c)
			c.count(m.bounded(c, c.placement.n))
			seen[c] = state{counts, c.n}
			changed = changed || c.n != before || counts != c.needCounts()
		}
		if !changed {
			return
		}
	}
	for _, c := range order {
		if c.pinned < 0 && c.inCircle() {
			m.fs.add(c.path+".count", "pin one of the counts", "the count of %s depends on itself and does not settle", c.id)
		}
	}
}

// bounded refuses a count that makes more uplinks or mesh cables than maxCables.
func (m *model) bounded(c *switchClass, n int) int {
	for _, z := range c.zones {
		if z.kind != zoneAccess && z.kind != zoneReserved && n*len(z.lanes) > maxCables {
			m.fs.add(z.path, "", "%d switches of %d lanes make more than %d cables", n, len(z.lanes), maxCables)
			c.placement = m.place(c, 0)
			return 0
		}
	}
	if ports := c.ownPorts(); n*ports > maxCables {
		m.fs.add(c.path+".links", "", "%d switches of %d ports make more than %d cables", n, ports, maxCables)
		c.placement = m.place(c, 0)
		return 0
	}
	return n
}

// settleRounds bounds how often circular counts are iterated.
const settleRounds = 64

// needCounts are the counts that a class's own depends on.
func (c *switchClass) needCounts() string {
	var list []int
	for _, s := range c.needs() {
		list = append(list, s.n)
	}
	return fmt.Sprint(list)
}

// inCircle tells whether a class's count depends on itself.
func (c *switchClass) inCircle() bool {
	seen := map[*switchClass]bool{}
	var reaches func(x *switchClass) bool
	reaches = func(x *switchClass) bool {
		for _, s := range x.needs() {
			if s == c {
				return true
			}
			if seen[s] {
				continue
			}
			seen[s] = true
			if reaches(s) {
				return true
			}
		}
		return false
	}
	return reaches(c)
}

// needs are the classes that a class's count depends on.
func (c *switchClass) needs() []*switchClass {
	var list []*switchClass
	for _, z := range c.zones {
		for _, s := range z.sources {
			list = append(list, s.class)
		}
		list = append(list, z.mgmts...)
		for _, l := range z.links {
			if l.node.sw != nil {
				list = append(list, l.node.sw)
			}
		}
	}
	return list
}

// dependencyOrder puts classes after those that they depend on; circles come separately.
func (m *model) dependencyOrder() []*switchClass {
	var order []*switchClass
	seen := map[*switchClass]bool{}
	var visit func(c *switchClass)
	visit = func(c *switchClass) {
		if seen[c] {
			return
		}
		seen[c] = true
		for _, s := range c.needs() {
			visit(s)
		}
		order = append(order, c)
	}
	for _, c := range m.all() {
		visit(c)
	}
	return order
}

// settleClass finds the count of one class and places it.
func (m *model) settleClass(c *switchClass) *placement {
	if c.pinned >= 0 {
		return m.place(c, c.pinned)
	}
	least, p := m.leastCount(c)
	counts, _ := c.sourceLanes()
	if len(counts) == 0 || least == 0 || p.lacks() || m.prior.holds(c) == least {
		return p
	}
	// A target of uplinks takes the next count that divides its sources'.
	for t := least; t <= 2*least; t += c.group {
		if !dividesAll(t, counts) {
			continue
		}
		if try := m.place(c, t); try.grown == t && !try.lacks() {
			return try
		}
	}
	return p
}

func dividesAll(t int, counts []int) bool {
	for _, n := range counts {
		if n%t != 0 {
			return false
		}
	}
	return true
}

// leastCount is the least number of switches that meets every need of an auto
// class at once. Where none does, the placement lacks what it lacks.
func (m *model) leastCount(c *switchClass) (int, *placement) {
	n := roundUp(max(c.lowerBound(), m.prior.holds(c)), c.group)
	limit := n + c.growthLimit()
	for {
		m.work += c.demand() + n*c.sourceSwitches()
		p := m.place(c, n)
		switch {
		case p.grown > n:
			n = roundUp(p.grown, c.group)
			limit = max(limit, n)
		case p.mayGrow() && n+c.group <= limit && m.work < maxWork:
			n += c.group
		default:
			return n, p
		}
	}
}

// maxWork bounds the demands that are placed in search of counts, of all classes
// together: a plan whose classes feed one another grows them by turns.
const maxWork = 1 << 24

// sourceSwitches is how many switches send uplinks to a class: each is striped over
// all of its instances.
func (c *switchClass) sourceSwitches() int {
	n := 0
	for _, z := range c.zones {
		for _, s := range z.sources {
			n += s.class.n
		}
	}
	return n
}

// demand is how many lanes a class must carry in all.
func (c *switchClass) demand() int {
	n := 0
	for _, z := range c.zones {
		n += z.demand()
	}
	return n
}

func roundUp(n, group int) int { return ceilDiv(n, group) * group }

// lowerBound is a count below which the demands cannot fit.
func (c *switchClass) lowerBound() int {
	_, uplinks := c.sourceLanes()
	least := 0
	for _, z := range c.zones {
		if len(z.lanes) == 0 {
			continue
		}
		lanes := uplinks[z]
		for _, s := range z.mgmts {
			lanes += s.n
		}
		for _, l := range z.links {
			lanes += len(l.ports) * len(l.node.ords)
			if whole := len(z.lanes) / max(1, len(l.ports)); l.spread == "balance" && whole > 0 {
				least = max(least, ceilDiv(len(l.node.ords), whole))
			}
		}
		least = max(least, ceilDiv(lanes, len(z.lanes)))
	}
	return min(least, maxSwitches)
}

// growthLimit is how many switches beyond the lower bound are tried.
func (c *switchClass) growthLimit() int {
	const most = 256
	limit := 2 * c.group
	for _, z := range c.zones {
		uplinks := 0
		for _, s := range z.sources {
			uplinks += s.class.n * len(s.lanes)
			limit = max(limit, len(s.lanes))
		}
		limit = max(limit, min(most, uplinks))
		for _, l := range z.links {
			if l.spread == "balance" {
				limit = max(limit, min(most, len(l.node.ords)))
			}
		}
	}
	return limit
}

func (p *placement) lacks() bool {
	for _, z := range p.zones {
		if len(z.short) > 0 {
			return true
		}
	}
	return false
}

// mayGrow tells whether some shortage may be met by more switches.
func (p *placement) mayGrow() bool {
	for _, z := range p.zones {
		for _, s := range z.short {
			if s.growth {
				return true
			}
		}
	}
	return false
}
