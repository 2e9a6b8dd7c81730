package generate

import "github.com/diet-project/diet/generate/plain"

// pairCable is one cable between two switches of a class: a < b by index, the
// lanes by index in the zone, nth from 1 within the pair.
type pairCable struct {
	a, b, nth    int
	laneA, laneB int
}

// pairs gives the pairs of switches that a mesh or peer zone joins, in order,
// and how many cables join each. Groups that are not whole have none.
func (z *zone) pairs() (pairs [][2]int, each int) {
	n, g := z.class.n, z.class.n
	if z.kind == zonePeer {
		g = z.class.group
	}
	if g < 2 || len(z.lanes) < g-1 {
		return nil, 0
	}
	for first := 0; first+g <= n; first += g {
		for a := first; a < first+g; a++ {
			for b := a + 1; b < first+g; b++ {
				pairs = append(pairs, [2]int{a, b})
			}
		}
	}
	return pairs, len(z.lanes) / (g - 1)
}

// checkPairs reports lanes that do not divide over the other switches.
func (m *model) checkPairs(z *zone) bool {
	others := z.class.n - 1
	if z.kind == zonePeer {
		others = z.class.group - 1
	}
	if others < 1 || len(z.lanes)%others == 0 {
		return true
	}
	m.fs.add(z.path+".ports", "", "%s cannot be divided evenly over %s", plain.Count(len(z.lanes), "lane", "lanes"),
		plain.Count(others, "other switch", "other switches"))
	return false
}

// pairCables cables a mesh or peer zone: pairs in order, each a consecutive
// run of lanes on both ends. What the prior says stays where it still holds.
func (m *model) pairCables(z *zone) []pairCable {
	if !m.checkPairs(z) {
		return nil
	}
	pairs, each := z.pairs()
	bays := make([]*bay, z.class.n)
	for i := range bays {
		bays[i] = newBay(len(z.lanes))
	}
	cables := make([]pairCable, 0, len(pairs)*each)
	for _, p := range pairs {
		for nth := 1; nth <= each; nth++ {
			c := pairCable{a: p[0], b: p[1], nth: nth, laneA: -1}
			m.keepPair(z, &c, bays)
			cables = append(cables, c)
		}
	}
	for i := range cables {
		if c := &cables[i]; c.laneA < 0 {
			c.laneA, c.laneB = bays[c.a].take(), bays[c.b].take()
		}
	}
	return cables
}
