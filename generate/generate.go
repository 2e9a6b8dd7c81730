package generate

// Generate turns a plan into its topology, or gives a [*FindingsError] with
// everything that keeps it from that. All checks come before anything is made.
//
// The prior, nil for a first generation, says where the plan's cables are: an
// assignment that still holds is kept, and only what is new or broken is
// placed. Uplinks of which the switches' count outgrew the old striping are
// moved, as few as give an even one. A prior never refuses a plan: what can be
// generated without it, but not with everything kept, keeps what it can.
func Generate(plan *Plan, prior Prior) (*Topology, error) { return For(plan, prior, "") }

// For is [Generate] for a release of NetBox, such as 4.4.10, which may lack a word for
// what the plan asks: then the topology has what comes closest. "" is the newest.
func For(plan *Plan, prior Prior, release string) (*Topology, error) {
	m := solve(plan, prior, nil)
	if len(m.fs.list) > 0 && m.prior != nil {
		m = retryWithoutPrior(plan, prior, m)
	}
	if err := m.fs.err(); err != nil {
		return nil, err
	}
	t := m.topology()
	m.joinLanes(t, release)
	t.Moved = m.movedObjects(t)
	return t, nil
}

// retryWithoutPrior solves a plan that its prior is in the way of, as kept shows: with no
// more switches kept than a first generation has, of one class if that is
// enough, else of all; else with nothing kept.
func retryWithoutPrior(plan *Plan, prior Prior, kept *model) *model {
	fresh := solve(plan, nil, nil)
	if len(fresh.fs.list) > 0 {
		return fresh
	}
	var tries []map[string]int
	all := map[string]int{}
	for i, c := range fresh.classes {
		if all[c.id] = c.n; kept.classes[i].n > c.n {
			tries = append(tries, map[string]int{c.id: c.n})
		}
	}
	for _, limits := range append(tries, all) {
		if m := solve(plan, prior, limits); len(m.fs.list) == 0 {
			return m
		}
	}
	return fresh
}

// solve resolves, counts, places and checks a plan. The limits, nil for none,
// bound by class how many switches the prior's cables may be kept on.
func solve(plan *Plan, p Prior, limits map[string]int) *model {
	fs := newFindings(&plan.src)
	m := compile(plan, fs, p)
	if m.prior != nil {
		m.prior.limits = limits
	}
	sound := len(fs.list) == 0 && !plan.src.partial
	m.settle()
	m.cablePairs()
	m.checkShortages()
	m.checkPhysical()
	m.checkReach()
	m.checkRacks()
	m.checkNames()
	m.checkFeeds()
	m.checkTags()
	m.checkValues()
	if sound {
		m.checkExpect()
	}
	return m
}

// cablePairs cables the mesh and peer zones of all classes.
func (m *model) cablePairs() {
	for _, c := range m.classes {
		for _, z := range c.zones {
			if z.kind == zoneMesh || z.kind == zonePeer {
				z.cables, z.paired = m.pairCables(z), map[slot]bool{}
				for _, p := range z.cables {
					z.paired[slot{int32(p.a), int32(p.laneA)}] = true
					z.paired[slot{int32(p.b), int32(p.laneB)}] = true
				}
			}
		}
	}
}
