package generate

// Generate turns a plan into its topology, or gives a [*FindingsError] with
// everything that keeps it from that. All checks come before anything is made.
//
// The prior, nil for a first generation, says where the plan's cables are: an
// assignment that still holds is kept, and only what is new or broken is
// placed. Uplinks of which the switches' count outgrew the old striping are
// moved, as few as give an even one.
func Generate(plan *Plan, prior Prior) (*Topology, error) {
	fs := newFindings(&plan.src)
	m := solve(plan, fs, prior)
	if err := fs.err(); err != nil {
		return nil, err
	}
	return m.topology(), nil
}

// solve resolves, counts, places and checks a plan.
func solve(plan *Plan, fs *findings, prior Prior) *model {
	m := compile(plan, fs, prior)
	sound := len(fs.list) == 0
	m.settle()
	m.cablePairs()
	m.checkShortages()
	m.checkPhysical()
	m.checkReach()
	m.checkRacks()
	m.checkNames()
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
