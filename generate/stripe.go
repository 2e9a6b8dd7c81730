package generate

import "slices"

// striped is one switch with n uplinks: held says how many go to each instance now.
type striped struct {
	n    int
	held []int
}

// stripe gives for each source how many uplinks each of t instances, of so
// many lanes, takes: per source they differ by one at most. Where every source's
// held ones fit such a striping, nothing moves. Else the extra uplinks, too, are even over the
// instances, and of all such stripings it is one that moves the fewest.
func stripe(t, lanes int, sources []striped) [][]int {
	s := &striping{t: t, sources: sources}
	if s.begin(true); s.settled {
		s.spreadLeast()
	} else {
		s.spreadEven()
	}
	if s.over(lanes) {
		// What the sources hold fits each by itself, but not together.
		s.begin(false)
		s.spreadEven()
	}
	return s.quota
}

// striping is a striping in the making.
type striping struct {
	t       int
	sources []striped
	quota   [][]int // by source and instance
	open    []int   // extra uplinks of each source that have no instance yet
	col     []int   // extra uplinks by instance
	extras  int     // in all
	settled bool    // what every source holds fits
}

// begin gives every source its even share. With keep, a source whose held
// uplinks fit has its extra ones where they are.
func (s *striping) begin(keep bool) {
	s.quota, s.open, s.col, s.extras, s.settled = nil, nil, make([]int, s.t), 0, true
	for _, src := range s.sources {
		fits := s.source(src, keep)
		s.settled = s.settled && fits
	}
}

func (s *striping) source(src striped, keep bool) bool {
	quota := make([]int, s.t)
	base, open := src.n/s.t, src.n%s.t
	s.extras += open
	var above []int
	fits := true
	for j := range quota {
		quota[j] = base
		if src.held[j] > base {
			above = append(above, j)
			fits = fits && src.held[j] == base+1
		}
	}
	if fits = fits && len(above) <= open; fits && keep {
		for _, j := range above {
			quota[j]++
			s.col[j]++
			open--
		}
	}
	s.quota = append(s.quota, quota)
	s.open = append(s.open, open)
	return fits
}

// over tells whether an instance takes more uplinks than it has lanes.
func (s *striping) over(lanes int) bool {
	total := 0
	for _, src := range s.sources {
		total += src.n / s.t
	}
	return total+slices.Max(s.col) > lanes
}

// spreadLeast gives each open extra uplink to the instance with the fewest.
func (s *striping) spreadLeast() {
	for i, src := range s.sources {
		for ; s.open[i] > 0; s.open[i]-- {
			best := -1
			for j := range s.t {
				if s.quota[i][j] == src.n/s.t && (best < 0 || s.col[j] < s.col[best]) {
					best = j
				}
			}
			s.quota[i][best]++
			s.col[best]++
		}
	}
}

// spreadEven gives the open extra uplinks to instances so that those are even
// and the fewest held uplinks move: a flow of the least cost from sources to
// instances, where an extra uplink costs nothing on an instance that holds
// more than the even share.
func (s *striping) spreadEven() {
	open := 0
	for _, n := range s.open {
		open += n
	}
	level := max(s.extras/s.t, slices.Max(s.col)-1, 0)
	for open > 0 {
		if s.flow(level, open) {
			return
		}
		level++
	}
}

// flow tries to place all open extras with at most level on an instance, and
// one more on as many as an even spread leaves over.
func (s *striping) flow(level, open int) bool {
	n := len(s.sources)
	start, end, over := n+s.t, n+s.t+1, n+s.t+2
	g := newFlow(n + s.t + 3)
	type pick struct{ edge, i, j int }
	var picks []pick
	for i, src := range s.sources {
		if s.open[i] == 0 {
			continue
		}
		g.add(start, i, s.open[i], 0)
		for j := range s.t {
			base := src.n / s.t
			if s.quota[i][j] > base {
				continue
			}
			cost := 1
			if src.held[j] > base {
				cost = 0
			}
			picks = append(picks, pick{g.add(i, n+j, 1, cost), i, j})
		}
	}
	spare := max(0, s.extras-level*s.t)
	for j, has := range s.col {
		g.add(n+j, end, max(0, level-has), 0)
		if has > level {
			spare--
		} else {
			g.add(n+j, over, 1, 0)
		}
	}
	g.add(over, end, max(0, spare), 0)
	if g.run(start, end) < open {
		return false
	}
	for _, p := range picks {
		if g.edges[p.edge].room == 0 {
			s.quota[p.i][p.j]++
			s.col[p.j]++
		}
	}
	return true
}
