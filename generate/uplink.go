package generate

// uplinkPlacement is where the uplinks of one source zone go: ends[s][i] is
// uplink i+1 of source switch s.
type uplinkPlacement struct {
	from *zone
	ends [][]uplinkEnd
}

// uplinkEnd is one uplink: the lane on its own switch, and the slot it goes to.
type uplinkEnd struct {
	lane int32 // -1 until it is known
	to   slot
}

func newUplinkPlacement(src *zone) *uplinkPlacement {
	up := &uplinkPlacement{from: src, ends: make([][]uplinkEnd, src.class.n)}
	for s := range up.ends {
		up.ends[s] = make([]uplinkEnd, len(src.lanes))
		for i := range up.ends[s] {
			up.ends[s][i] = uplinkEnd{-1, nowhere}
		}
	}
	return up
}

// placeUplinks spreads the uplinks that arrive at a zone over its n switches:
// evenly where the count divides, else with the extra ones rotated over all
// sources of the zone, or as the prior asks.
func (m *model) placeUplinks(z *zonePlacement) {
	if n := z.sourceCount(); n*z.n > maxStripes {
		z.lack(shortage{path: z.zone.path, hint: "split the fabric", what: z.class.id, ports: n})
		return
	}
	at, offset := 0, 0
	open := make([]int, z.n)
	for _, up := range z.uplinks {
		n := len(up.from.lanes)
		for s, ends := range up.ends {
			if z.quota != nil {
				copy(open, z.quota[at])
			} else {
				offset = rotate(open, n, offset)
			}
			z.placeEnds(up, s, ends, open)
			at++
		}
	}
}

// rotate fills in the even shares of n uplinks, the extra ones from an offset
// on, and gives the next offset.
func rotate(quota []int, n, offset int) int {
	t := len(quota)
	if t == 0 {
		return 0
	}
	for j := range quota {
		quota[j] = n / t
	}
	for x := range n % t {
		quota[(offset+x)%t]++
	}
	return (offset + n%t) % t
}

// maxStripes bounds source switches times instances, and maxHeld where a prior
// is known, whose striping takes memory.
const (
	maxStripes = 1 << 28
	maxHeld    = 1 << 26
)

func (z *zonePlacement) sourceCount() int {
	n := 0
	for _, up := range z.uplinks {
		n += len(up.ends)
	}
	return n
}

// placeEnds gives the uplinks of one source switch their lanes: in consecutive
// runs, as many to each instance as its quota, which it uses up, leaves open.
func (z *zonePlacement) placeEnds(up *uplinkPlacement, s int, ends []uplinkEnd, open []int) {
	own := newBay(len(up.from.lanes))
	for _, e := range ends {
		if e.lane >= 0 {
			own.claim(int(e.lane))
		}
		if e.to != nowhere {
			open[e.to.sw]--
		}
	}
	j, lacking := 0, 0
	for i := range ends {
		if ends[i].to != nowhere {
			continue
		}
		if ends[i].lane < 0 {
			ends[i].lane = int32(own.take())
		}
		for j < len(open) && open[j] <= 0 {
			j++
		}
		if j < len(open) {
			open[j]--
			ends[i].to = z.use(j)
		}
		if ends[i].to == nowhere {
			lacking++
		}
	}
	if lacking > 0 {
		z.lack(shortage{
			path: up.from.path + ".uplinkTo", hint: z.advice(), what: indexed(up.from.class.id, up.from.class.ord(s)),
			ports: lacking, growth: true,
		})
	}
}

// sourceLanes gives the lane counts of all source switches of a class's zones,
// once for each source class and zone that exists.
func (c *switchClass) sourceLanes() (counts []int, total map[*zone]int) {
	total = map[*zone]int{}
	for _, z := range c.targets() {
		for _, src := range z.sources {
			if src.class.n > 0 && len(src.lanes) > 0 {
				counts = append(counts, len(src.lanes))
				total[z] += src.class.n * len(src.lanes)
			}
		}
	}
	return counts, total
}
