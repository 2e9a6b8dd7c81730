package draw

import (
	"cmp"
	"math"
	"slices"
)

const (
	clearance = 7.0  // between a line and the boxes that it passes
	wideGap   = 90.0 // in a wider gap, lines are where they come from
)

// band is a strip of a drawing with boxes in it, and the gaps between them.
type band struct {
	top, bottom float64
	gaps        []gap
}

// gap is where lines may cross a band.
type gap struct{ left, right float64 }

// bands are the rows of boxes, from the top.
func (l *layout) bands() []band {
	order := slices.Clone(l.boxes)
	slices.SortFunc(order, func(a, b rect) int { return cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(a.x, b.x)) })
	var list []band
	for len(order) > 0 {
		bottom, n := order[0].bottom(), 1
		for n < len(order) && order[n].y < bottom {
			bottom = max(bottom, order[n].bottom())
			n++
		}
		list = append(list, band{order[0].y, bottom, gapsOf(order[:n])})
		order = order[n:]
	}
	return list
}

// gapsOf are the gaps beside and between boxes.
func gapsOf(boxes []rect) []gap {
	boxes = slices.Clone(boxes)
	slices.SortFunc(boxes, func(a, b rect) int { return cmp.Compare(a.x, b.x) })
	from := math.Inf(-1)
	var gaps []gap
	for _, b := range boxes {
		if to := b.x - clearance; to > from {
			gaps = append(gaps, gap{from, to})
		}
		from = max(from, b.right()+clearance)
	}
	return append(gaps, gap{from, math.Inf(1)})
}

// nearest is the gap that is nearest to a place.
func (b *band) nearest(x float64) gap {
	return slices.MinFunc(b.gaps, func(p, q gap) int { return cmp.Compare(p.distance(x), q.distance(x)) })
}

func (g gap) distance(x float64) float64 { return max(g.left-x, x-g.right, 0) }

// crossing is a wire in a gap of a band.
type crossing struct {
	w    *wire
	at   float64 // where it would cross on the straight way
	band int
	gap  gap
	x    float64
}

// route leads the wires that would run behind boxes through the gaps between them.
func (l *layout) route(list []*wire) {
	bands := l.bands()
	byGap := map[[2]float64][]*crossing{}
	byWire := map[*wire][]*crossing{}
	for _, w := range list {
		if w.arc || !l.blocked(w) {
			continue
		}
		first, last := w.points[0], w.points[len(w.points)-1]
		for k, b := range bands {
			if b.top <= first.y || b.bottom >= last.y {
				continue
			}
			at := first.x + (last.x-first.x)*(b.top-first.y)/(last.y-first.y)
			c := &crossing{w: w, at: at, band: k, gap: b.nearest(at)}
			byWire[w] = append(byWire[w], c)
			key := [2]float64{float64(k), c.gap.left}
			byGap[key] = append(byGap[key], c)
		}
	}
	for _, cs := range byGap {
		share(cs)
	}
	for w, cs := range byWire {
		w.bend(bands, cs)
	}
}

// share gives each of the wires in a gap a place in it.
func share(cs []*crossing) {
	slices.SortStableFunc(cs, func(a, b *crossing) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.w.points[0].x, b.w.points[0].x), cmp.Compare(a.w.to, b.w.to))
	})
	g := cs[0].gap
	for k, c := range cs {
		if g.right-g.left > wideGap {
			c.x = min(max(c.at, g.left+float64(k)), g.right-float64(len(cs)-1-k))
			continue
		}
		c.x = g.left + (g.right-g.left)*float64(k+1)/float64(len(cs)+1)
	}
}

// bend leads a wire through its places in gaps, straight down in between the boxes.
func (w *wire) bend(bands []band, cs []*crossing) {
	first, last := w.points[0], w.points[len(w.points)-1]
	points := []point{first}
	for _, b := range bands {
		if b.top < first.y && b.bottom > first.y {
			points = append(points, point{first.x, b.bottom + 2})
		}
	}
	for _, c := range cs {
		b := bands[c.band]
		points = append(points, point{c.x, b.top - 3}, point{c.x, b.bottom + 3})
	}
	for _, b := range bands {
		if b.top < last.y && b.bottom > last.y {
			points = append(points, point{last.x, b.top - 2})
		}
	}
	w.points = append(points, last)
}

// blocked reports whether a wire runs behind a box.
func (l *layout) blocked(w *wire) bool {
	for k, b := range l.boxes {
		if k == w.from || k == w.to {
			continue
		}
		for i := range w.points[1:] {
			if crosses(w.points[i], w.points[i+1], b.grown(2)) {
				return true
			}
		}
	}
	return false
}

// crosses reports whether the line between two points meets a rectangle.
func crosses(a, b point, r rect) bool {
	from, to := 0.0, 1.0
	for _, side := range [][2]float64{
		{a.x - b.x, a.x - r.x}, {b.x - a.x, r.right() - a.x}, {a.y - b.y, a.y - r.y}, {b.y - a.y, r.bottom() - a.y},
	} {
		p, q := side[0], side[1]
		switch {
		case p == 0 && q < 0:
			return false
		case p < 0:
			from = max(from, q/p)
		case p > 0:
			to = min(to, q/p)
		}
	}
	return from < to
}
