package generate

// flow is a network in which the largest flow of the least cost is sought.
type flow struct {
	edges []flowEdge // an edge and its reverse, side by side
	from  [][]int    // edges by node

	dist   []int
	inPath []bool
	next   []int
}

type flowEdge struct{ to, room, cost int }

const unreachable = 1 << 30

func newFlow(nodes int) *flow {
	return &flow{from: make([][]int, nodes)}
}

// add makes an edge and gives its index.
func (f *flow) add(from, to, room, cost int) int {
	at := len(f.edges)
	f.edges = append(f.edges, flowEdge{to, room, cost}, flowEdge{from, 0, -cost})
	f.from[from] = append(f.from[from], at)
	f.from[to] = append(f.from[to], at+1)
	return at
}

// run sends as much as it can from start to end, at the least cost.
func (f *flow) run(start, end int) int {
	total := 0
	for f.search(start, end) {
		f.inPath = make([]bool, len(f.from))
		f.next = make([]int, len(f.from))
		for {
			sent := f.push(start, end, unreachable)
			if sent == 0 {
				break
			}
			total += sent
		}
	}
	return total
}

// search finds the cheapest distance of every node; false if end is out of reach.
func (f *flow) search(start, end int) bool {
	f.dist = make([]int, len(f.from))
	for i := range f.dist {
		f.dist[i] = unreachable
	}
	f.dist[start] = 0
	queued := make([]bool, len(f.from))
	queue := []int{start}
	for len(queue) > 0 {
		u := queue[0]
		queue, queued[u] = queue[1:], false
		for _, e := range f.from[u] {
			edge := f.edges[e]
			if edge.room == 0 || f.dist[u]+edge.cost >= f.dist[edge.to] {
				continue
			}
			f.dist[edge.to] = f.dist[u] + edge.cost
			if !queued[edge.to] {
				queue, queued[edge.to] = append(queue, edge.to), true
			}
		}
	}
	return f.dist[end] < unreachable
}

// push sends along cheapest edges only.
func (f *flow) push(u, end, limit int) int {
	if u == end {
		return limit
	}
	f.inPath[u] = true
	defer func() { f.inPath[u] = false }()
	for ; f.next[u] < len(f.from[u]); f.next[u]++ {
		e := f.from[u][f.next[u]]
		edge := f.edges[e]
		if edge.room == 0 || f.inPath[edge.to] || f.dist[edge.to] != f.dist[u]+edge.cost {
			continue
		}
		if sent := f.push(edge.to, end, min(limit, edge.room)); sent > 0 {
			f.edges[e].room -= sent
			f.edges[e^1].room += sent
			return sent
		}
	}
	return 0
}
