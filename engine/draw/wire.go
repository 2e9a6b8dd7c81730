package draw

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

const labelSize = 10.0

// wire is a line of a drawing: an edge, or the management of a whole fabric by
// one out-of-band box.
type wire struct {
	from, to int // boxes; from is -1 for a frame
	frame    *frame
	edge     Edge
	points   []point // straight from one to the next
	arc      bool    // over the row, from the first to the last of the points
	room     float64 // above the row, for an arc
	group    string  // wires between the same two classes
}

// wires are the lines of a layout, placed.
func (l *layout) wires() []*wire {
	var list []*wire
	trunks := map[[2]int]*wire{}
	for i := range l.g.Edges {
		e := l.g.Edges[i]
		a, b := &l.g.Boxes[e.A], &l.g.Boxes[e.B]
		if e.A == e.B {
			continue
		}
		if a.Tier < tierNode && b.Tier >= tierOOB {
			k := slices.IndexFunc(l.frames, func(f frame) bool { return f.upper && f.fabric == a.Fabric })
			if w := trunks[[2]int{k, e.B}]; w != nil {
				w.edge.Strands = addStrands(w.edge.Strands, e.Strands)
				continue
			}
			own := Edge{A: e.A, B: e.B, Strands: slices.Clone(e.Strands)}
			w := &wire{from: -1, to: e.B, frame: &l.frames[k], edge: own, group: a.Fabric + "\x00" + b.Class}
			trunks[[2]int{k, e.B}] = w
			list = append(list, w)
			continue
		}
		list = append(list, &wire{from: e.A, to: e.B, edge: e, group: a.Class + "\x00" + b.Class})
	}
	l.attach(list)
	l.route(list)
	return list
}

// addStrands adds up cables of equal speed.
func addStrands(x, y []Strand) []Strand {
	counts := map[int]int{}
	for _, s := range slices.Concat(x, y) {
		counts[s.Speed] += s.Count
	}
	var sum []Strand
	for _, speed := range slices.Backward(slices.Sorted(maps.Keys(counts))) {
		sum = append(sum, Strand{counts[speed], speed})
	}
	return sum
}

// attach finds where the wires begin and end: evenly along the sides of their
// boxes, in the order of the other ends.
func (l *layout) attach(list []*wire) {
	type side struct {
		box int
		top bool
	}
	sides := map[side][]*wire{}
	for _, w := range list {
		switch {
		case w.from < 0:
			sides[side{w.to, true}] = append(sides[side{w.to, true}], w)
		case l.g.Boxes[w.from].Tier == l.g.Boxes[w.to].Tier:
			l.alongRow(w)
		default:
			w.points = make([]point, 2)
			sides[side{w.from, false}] = append(sides[side{w.from, false}], w)
			sides[side{w.to, true}] = append(sides[side{w.to, true}], w)
		}
	}
	for s, ws := range sides {
		slices.SortStableFunc(ws, func(x, y *wire) int { return cmp.Compare(l.otherX(x, s.box), l.otherX(y, s.box)) })
		for k, w := range ws {
			l.pin(w, s.top, l.along(s.box, s.top, k, len(ws)))
		}
	}
}

// along is the k-th of n points on the top or bottom of a box.
func (l *layout) along(box int, top bool, k, n int) point {
	r := l.boxes[box]
	p := point{r.x + r.w*(0.1+0.8*float64(k+1)/float64(n+1)), r.bottom()}
	if top {
		p.y = r.y
	}
	return p
}

// otherX is the middle of a wire's other end, or where a trunk comes from.
func (l *layout) otherX(w *wire, box int) float64 {
	switch {
	case w.from < 0:
		return l.trunk(w.frame, l.boxes[box].center())[1].x
	case w.from == box:
		return l.boxes[w.to].center().x
	}
	return l.boxes[w.from].center().x
}

func (l *layout) pin(w *wire, top bool, p point) {
	switch {
	case w.from < 0:
		w.points = l.trunk(w.frame, p)
	case top:
		w.points[1] = p
	default:
		w.points[0] = p
	}
}

// trunk leads from a frame to a point below the nodes, through a gap between them.
func (l *layout) trunk(f *frame, to point) []point {
	within := func(x float64) float64 { return min(max(x, f.x+framePad), f.right()-framePad) }
	gap, top, bottom := l.gapNear(within(to.x))
	start := point{within(gap), f.bottom()}
	if top == bottom {
		return []point{start, start, to}
	}
	return []point{start, {gap, top - 10}, {gap, bottom + 10}, to}
}

// gapNear is the middle of the gap between nodes that is nearest to a place, and
// where the row of nodes begins and ends.
func (l *layout) gapNear(x float64) (gap, top, bottom float64) {
	var row []rect
	for i := range l.boxes {
		if l.g.Boxes[i].Tier == tierNode {
			row = append(row, l.boxes[i])
		}
	}
	if len(row) == 0 {
		return x, 0, 0
	}
	slices.SortFunc(row, func(a, b rect) int { return cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(a.x, b.x)) })
	top, bottom = row[0].y, 0
	gaps := []float64{row[0].x - boxGap/2}
	for k, r := range row {
		bottom = max(bottom, r.bottom())
		if k+1 < len(row) && row[k+1].y == r.y {
			gaps = append(gaps, (r.right()+row[k+1].x)/2)
		} else {
			gaps = append(gaps, r.right()+boxGap/2)
		}
	}
	nearest := slices.MinFunc(gaps, func(a, b float64) int { return cmp.Compare(math.Abs(a-x), math.Abs(b-x)) })
	return nearest, top, bottom
}

// alongRow leads from a box to another of its row: straight to the next one,
// over the row to any other.
func (l *layout) alongRow(w *wire) {
	a, b := l.boxes[w.from], l.boxes[w.to]
	if a.x > b.x {
		a, b = b, a
	}
	mid := (max(a.y, b.y) + min(a.bottom(), b.bottom())) / 2
	way := rect{a.right(), mid - 1, b.x - a.right(), 2}
	free := a.y == b.y && !slices.ContainsFunc(l.boxes, way.overlaps)
	if free {
		w.points = []point{{a.right(), mid}, {b.x, mid}}
		return
	}
	if a.y != b.y { // in two lines of the row
		if a.y > b.y {
			a, b = b, a
		}
		w.points = []point{{a.center().x, a.bottom()}, {b.center().x, b.y}}
		return
	}
	w.arc, w.room = true, l.above(a.y)
	w.points = []point{{a.right() - a.w/4, a.y}, {b.x + b.w/4, b.y}}
}

// above is how far it is from a height up to the boxes above it.
func (l *layout) above(y float64) float64 {
	room := l.gap
	for _, b := range l.boxes {
		if b.bottom() <= y {
			room = min(room, y-b.bottom())
		}
	}
	return room
}

// at is the point of a wire after a part of its way, 0 to 1.
func (w *wire) at(t float64) point {
	if w.arc {
		a, b := w.points[0], w.points[1]
		top := min(a.y, b.y) - w.rise()
		u := 1 - t
		return point{u*u*u*a.x + 3*u*u*t*a.x + 3*u*t*t*b.x + t*t*t*b.x, u*u*u*a.y + 3*u*t*top + t*t*t*b.y}
	}
	a, b := w.longest()
	return point{a.x + (b.x-a.x)*t, a.y + (b.y-a.y)*t}
}

// longest is the longest of a wire's straight parts.
func (w *wire) longest() (a, b point) {
	most := -1.0
	for i := range w.points[1:] {
		p, q := w.points[i], w.points[i+1]
		if d := math.Hypot(q.x-p.x, q.y-p.y); d > most {
			most, a, b = d, p, q
		}
	}
	return a, b
}

// rise is how far the handles of an arc are above it: it goes three quarters as high.
func (w *wire) rise() float64 {
	return min(24+math.Abs(w.points[1].x-w.points[0].x)/14, 80, w.room*1.2)
}

// path is the wire in SVG's terms.
func (w *wire) path() string {
	var b strings.Builder
	fmt.Fprintf(&b, "M%s %s", num(w.points[0].x), num(w.points[0].y))
	if w.arc {
		p, q := w.points[0], w.points[1]
		top := min(p.y, q.y) - w.rise()
		fmt.Fprintf(&b, " C%s %s %s %s %s %s", num(p.x), num(top), num(q.x), num(top), num(q.x), num(q.y))
		return b.String()
	}
	for _, p := range w.points[1:] {
		fmt.Fprintf(&b, " L%s %s", num(p.x), num(p.y))
	}
	return b.String()
}

// tag is a text in a drawing, around its middle.
type tag struct {
	rect
	text  string
	color string
}

// sameAtLeast is how many wires with the same text are labelled once.
const sameAtLeast = 5

// labels finds room for what the wires say. Where many wires between two classes
// say the same, one says it for all; where there is no room, the table below the
// drawing has to do.
func (l *layout) labels(list []*wire) []tag {
	taken := slices.Clone(l.boxes)
	for k := range l.frames {
		f := &l.frames[k]
		at := f.nameAt()
		taken = append(taken, rect{at.x, at.y - 13, f.nameWidth(), 17})
	}
	groups := map[string][]*wire{}
	for _, w := range list {
		groups[w.group] = append(groups[w.group], w)
	}
	var out []tag
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		for _, want := range wanted(groups[key]) {
			if r, ok := want.room(taken, list); ok {
				taken = append(taken, r.grown(2))
				out = append(out, tag{r, want.text, l.g.edgeColor(&want.at.edge)})
			}
		}
	}
	return out
}

// wantedLabel is a text, and the wires that may carry it.
type wantedLabel struct {
	text string
	at   *wire
	on   []*wire
}

func wanted(group []*wire) []wantedLabel {
	same := !slices.ContainsFunc(group, func(w *wire) bool { return w.edge.Label() != group[0].edge.Label() })
	if same && len(group) >= sameAtLeast {
		middle := slices.Clone(group)
		mean := 0.0
		for _, w := range group {
			mean += w.at(0.5).x / float64(len(group))
		}
		slices.SortStableFunc(middle, func(x, y *wire) int {
			return cmp.Compare(math.Abs(x.at(0.5).x-mean), math.Abs(y.at(0.5).x-mean))
		})
		return []wantedLabel{{"each " + group[0].edge.Label(), group[0], middle}}
	}
	list := make([]wantedLabel, len(group))
	for i, w := range group {
		list[i] = wantedLabel{w.edge.Label(), w, []*wire{w}}
	}
	return list
}

// room finds where on its wires a text overlaps nothing, and hides as few lines as can be.
func (w *wantedLabel) room(taken []rect, list []*wire) (rect, bool) {
	width, height := textWidth(w.text, labelSize)+8, labelSize+5
	best, least := rect{}, math.MaxInt
	for _, on := range w.on {
		for k, t := range []float64{0.5, 0.4, 0.6, 0.3, 0.7, 0.45, 0.55, 0.35, 0.65, 0.25, 0.75, 0.2, 0.8, 0.15, 0.85} {
			p := on.at(t)
			r := rect{p.x - width/2, p.y - height/2, width, height}
			if on.level() {
				r.y = p.y - height - 1
			}
			if slices.ContainsFunc(taken, r.overlaps) {
				continue
			}
			if cost := 20*hidden(r, on, list) + k; cost < least {
				best, least = r, cost
			}
		}
		if least < 20 {
			break
		}
	}
	return best, least < math.MaxInt
}

// crowd is how many wires are too many to look for the place that hides fewest.
const crowd = 300

// hidden counts the wires but one that a rectangle lies on.
func hidden(r rect, but *wire, list []*wire) int {
	n := 0
	if len(list) > crowd {
		return n
	}
	for _, w := range list {
		if w == but || w.arc {
			continue
		}
		for i := range w.points[1:] {
			if crosses(w.points[i], w.points[i+1], r) {
				n++
				break
			}
		}
	}
	return n
}

// level reports whether a wire leads straight to the next box of its row.
func (w *wire) level() bool { return !w.arc && len(w.points) == 2 && w.points[0].y == w.points[1].y }
