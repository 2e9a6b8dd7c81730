package generate

import "slices"

// domain is a set of leaves that take the rails of some nodes: leaf[k] is the
// leaf of rail k by index, -1 where it is not known.
type domain struct {
	leaf []int
}

// railUsed remembers a leaf that takes rails.
func (z *zonePlacement) railUsed(sw int) {
	if z.rails == nil {
		z.rails = map[int]bool{}
	}
	z.rails[sw] = true
	z.railBase = max(z.railBase, sw+1)
}

// freshLeaf gives the first leaf without rails that has room for some; -1
// where there is none.
func (z *zonePlacement) freshLeaf(rails int) int {
	for sw := 0; ; sw++ {
		if z.rails[sw] {
			continue
		}
		b := z.bay(sw)
		if b == nil || rails > len(z.zone.lanes) {
			return -1
		}
		if b.free >= rails {
			z.railUsed(sw)
			return sw
		}
	}
}

// railGrow places the nodes of a link that the prior knows in part: each in
// the domain it was in, new ones in the first domain with room, then in new domains.
func (z *zonePlacement) railGrow(lp *linkPlacement, shape rails) {
	domains, of := z.domains(lp)
	if z.class.spec.RailsPerLeaf == 0 && len(domains) > 0 {
		shape = domains[0].shape(shape, len(z.zone.lanes))
	}
	for i, d := range of {
		if d >= 0 && missing(lp.node(i)) > 0 {
			z.mend(domains[d], lp.node(i), shape)
			z.railNode(lp, i, func(k int) int { return domains[d].leaf[k] })
		}
	}
	first := 0
	for i, d := range of {
		if d >= 0 {
			continue
		}
		for first < len(domains) && !z.domainRoom(domains[first]) {
			first++
		}
		if first == len(domains) {
			domains = append(domains, z.newDomain(lp.e, shape))
		}
		z.railNode(lp, i, func(k int) int { return domains[first].leaf[k] })
	}
}

// domains finds the domains that the kept slots of a link form, and the domain
// of each node; -1 for a node without any.
func (z *zonePlacement) domains(lp *linkPlacement) (list []*domain, of []int) {
	type key struct{ k, sw int }
	by := map[key]int{}
	of = make([]int, len(lp.link.node.ords))
	for i := range of {
		slots := lp.node(i)
		of[i] = -1
		for k, s := range slots {
			if d, ok := by[key{k, int(s.sw)}]; ok && s != nowhere && list[d].fits(slots) {
				of[i] = d
				break
			}
		}
		if of[i] < 0 && missing(slots) == len(slots) {
			continue
		}
		if of[i] < 0 {
			of[i] = len(list)
			list = append(list, &domain{leaf: slices.Repeat([]int{-1}, lp.e)})
		}
		for k, s := range slots {
			if s != nowhere {
				list[of[i]].leaf[k] = int(s.sw)
				by[key{k, int(s.sw)}] = of[i]
			}
		}
	}
	return list, of
}

// fits tells whether a node's slots contradict no leaf of the domain.
func (d *domain) fits(slots []slot) bool {
	for k, s := range slots {
		if s != nowhere && d.leaf[k] >= 0 && d.leaf[k] != int(s.sw) {
			return false
		}
	}
	return true
}

// shape reads how many rails a leaf of the domain takes; new domains are alike.
func (d *domain) shape(rule rails, lanes int) rails {
	on, most := map[int]int{}, 0
	for _, leaf := range d.leaf {
		if leaf >= 0 {
			on[leaf]++
			most = max(most, on[leaf])
		}
	}
	if most == 0 {
		return rule
	}
	return rails{r: most, l: ceilDiv(len(d.leaf), most), d: lanes / most}
}

// mend gives leaves to the rails of a domain that a node lacks and nobody has:
// leaves that took fewer rails than they may, else fresh ones.
func (z *zonePlacement) mend(d *domain, slots []slot, shape rails) {
	for k := range slots {
		if slots[k] != nowhere || d.leaf[k] >= 0 {
			continue
		}
		on := map[int]int{}
		for _, leaf := range d.leaf {
			on[leaf]++
		}
		for _, leaf := range d.leaf {
			if b := z.bay(leaf); leaf >= 0 && on[leaf] < shape.r && b != nil && b.free > 0 {
				d.leaf[k] = leaf
				break
			}
		}
		if d.leaf[k] < 0 {
			d.leaf[k] = z.freshLeaf(shape.r)
		}
	}
}

// domainRoom tells whether a domain has room for one more node.
func (z *zonePlacement) domainRoom(d *domain) bool {
	need := map[int]int{}
	for _, leaf := range d.leaf {
		need[leaf]++
	}
	for leaf, n := range need {
		if b := z.bay(leaf); b == nil || b.free < n {
			return false
		}
	}
	return true
}

// newDomain opens a domain on leaves that take no rails yet.
func (z *zonePlacement) newDomain(e int, shape rails) *domain {
	d := &domain{leaf: make([]int, e)}
	leaf := -1
	for k := range d.leaf {
		if k%shape.r == 0 {
			leaf = z.freshLeaf(min(shape.r, e-k))
		}
		d.leaf[k] = leaf
	}
	return d
}
