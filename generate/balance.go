package generate

// balance places near-equal consecutive blocks of a class's nodes over the
// switches. Nodes that come to a link which the prior knows go where the
// fewest of them are.
func (z *zonePlacement) balance(lp *linkPlacement) {
	if z.class.attach {
		z.balanceRacks(lp)
		return
	}
	all := make([]int, z.n)
	for i := range all {
		all[i] = i
	}
	nodes := make([]int, len(lp.link.node.ords))
	for i := range nodes {
		nodes[i] = i
	}
	z.balanceOver(lp, nodes, all, z.advice())
}

// balanceRacks balances the nodes of each rack over that rack's switches.
func (z *zonePlacement) balanceRacks(lp *linkPlacement) {
	c := lp.link.node
	for i := 0; i < len(c.ords); {
		rack, nodes := c.rackOf(i), []int{}
		for ; i < len(c.ords) && c.rackOf(i) == rack; i++ {
			nodes = append(nodes, i)
		}
		z.balanceOver(lp, nodes, z.inRack(c.place, rack), rackHint)
	}
}

// balanceOver places the open nodes among some over some switches.
func (z *zonePlacement) balanceOver(lp *linkPlacement, nodes, switches []int, hint string) {
	load, kept := z.loads(lp, nodes, switches)
	full := false // no switch has room for a whole node
	for at, i := range nodes {
		slots := lp.node(i)
		if missing(slots) == 0 || z.rejoin(slots, 1) {
			continue
		}
		prefer := block(at, len(nodes), len(switches))
		if kept {
			prefer = leastLoaded(load)
		}
		if j := z.nextWithRoom(switches, prefer, lp.e); j >= 0 && !full {
			z.settleNode(slots, switches[j], 1)
			load[j]++
			continue
		}
		full = true
		z.lackNode(lp, lp.link.node.ords[i], hint)
	}
}

// loads counts the nodes of a link by switch, and says whether there are any.
func (z *zonePlacement) loads(lp *linkPlacement, nodes, switches []int) ([]int, bool) {
	load := make([]int, len(switches))
	if lp.kept == 0 {
		return load, false
	}
	at := map[int32]int{}
	for j, sw := range switches {
		at[int32(sw)] = j
	}
	for _, i := range nodes {
		for _, s := range lp.node(i) {
			if j, ok := at[s.sw]; ok {
				load[j]++
				break
			}
		}
	}
	return load, true
}

// block is the block of node i of s over n: the first s mod n blocks are one longer.
func block(i, s, n int) int {
	if n == 0 {
		return 0
	}
	short, long := s/n, s%n
	if i < long*(short+1) {
		return i / (short + 1)
	}
	return long + (i-long*(short+1))/short
}

func leastLoaded(load []int) int {
	best := 0
	for j, l := range load {
		if l < load[best] {
			best = j
		}
	}
	return best
}

// nextWithRoom is the first of the switches from a preferred one on, around,
// with room for e ports; -1 where none has.
func (z *zonePlacement) nextWithRoom(switches []int, prefer, e int) int {
	for step := range switches {
		j := (prefer + step) % len(switches)
		if b := z.bay(switches[j]); b != nil && b.free >= e {
			return j
		}
	}
	return -1
}
