package generate

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// laneKey begins the keys of a prior that are lanes and not cables.
const laneKey = "lane:"

// BrokenOut notes a plug of a cable of all lanes of a port: the lane is the number of the plug
// or, from port to port, each.
func (p Prior) BrokenOut(profile string, plug int, ends Ends) {
	a := strings.TrimSuffix(ends.A, ":1") // a port may be called as its first lane
	for lanes, known := range straightProfiles {
		if known.name != profile {
			continue
		}
		b := strings.TrimSuffix(ends.B, ":1")
		for n := 1; n <= lanes; n++ {
			p.lane(a+":"+strconv.Itoa(n), b+":"+strconv.Itoa(n))
		}
		return
	}
	p.lane(a+":"+strconv.Itoa(plug), ends.B)
}

func (p Prior) lane(a, b string) { p[laneKey+a] = Ends{A: a, B: b} }

// renamed is a key of a prior in the words of the plan of today.
func (m *model) renamed(id string) string {
	if lane, is := strings.CutPrefix(id, laneKey); is {
		return laneKey + m.moves.now(lane)
	}
	return m.moves.now(id)
}

// joint is a lane of a cable of several, between the zones of its ends; nil for the port of a
// node, or of a switch's for management.
type joint struct {
	ends   Ends
	from   *zone
	to     *zone
	at, on slot
}

// spread takes what a prior says of lanes for the cables that the plan has for them.
func (p *prior) spread(m *model) {
	var joints []joint
	ends := make(Prior, len(p.ends))
	for id, e := range p.ends {
		if !strings.HasPrefix(id, laneKey) {
			ends[id] = e
			continue
		}
		j := joint{ends: e}
		j.from, j.at = p.zoneOf(m, e.A)
		j.to, j.on = p.zoneOf(m, e.B)
		joints = append(joints, j.forward())
	}
	p.ends = ends
	slices.SortFunc(joints, compareJoints)
	for _, j := range joints {
		p.lane(m, j)
	}
}

// forward turns a joint so that it begins where the plan has the A end.
func (j joint) forward() joint {
	turned := j.from != nil && (j.to == nil || j.to.target == j.from || j.to == j.from && j.at.sw > j.on.sw)
	if !turned {
		return j
	}
	return joint{Ends{A: j.ends.B, B: j.ends.A}, j.to, j.from, j.on, j.at}
}

// compareJoints orders joints as their lanes are used.
func compareJoints(a, b joint) int {
	switch {
	case a.from == nil && b.from == nil:
		return strings.Compare(a.ends.A, b.ends.A)
	case a.from == nil:
		return -1
	case b.from == nil:
		return 1
	}
	return cmp.Or(cmp.Compare(a.from.id(), b.from.id()), cmp.Compare(a.at.sw, b.at.sw), cmp.Compare(a.at.lane, b.at.lane))
}

// lane notes the cable of a lane: the next one between the zones of both ends, or that of the
// port of a node, or of a switch's port for management.
func (p *prior) lane(m *model, j joint) {
	switch {
	case j.to == nil:
	case j.from == nil:
		p.note(j.ends.A+"~", j.ends)
	case j.from == j.to && j.at.sw != j.on.sw:
		p.next(j.ends, func(n int) string { return m.pairID(j.from, pairCable{a: int(j.at.sw), b: int(j.on.sw), nth: n}) })
	case j.from.target == j.to:
		p.next(j.ends, func(n int) string { return p.uplinkCable(j.from, int(j.at.sw), n-1) })
	}
}

// next notes a cable under the first id of a row that none has.
func (p *prior) next(e Ends, id func(n int) string) {
	for n := 1; n <= maxPort*maxLanes; n++ {
		if _, taken := p.ends[id(n)]; !taken {
			p.ends[id(n)] = e
			return
		}
	}
}

// note notes a cable, unless it is known by itself.
func (p *prior) note(cable string, e Ends) {
	if _, known := p.ends[cable]; !known {
		p.ends[cable] = e
	}
}

// zoneOf finds the zone that a port is in, and where; nil for a port of no zone.
func (p *prior) zoneOf(m *model, id string) (*zone, slot) {
	for _, c := range m.classes {
		if !strings.HasPrefix(id, p.key+"/"+c.id+"[") {
			continue
		}
		for _, z := range c.zones {
			if s := p.locate(id, z); s != nowhere {
				return z, s
			}
		}
	}
	return nil, nowhere
}
