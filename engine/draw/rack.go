package draw

import (
	"fmt"

	"github.com/beevik/etree"
)

// The sizes of a drawn rack, in pixels.
const (
	rackGap   = 44.0
	unitSize  = 16.0 // a unit's height
	rackHead  = 58.0 // name, what it is, and the headings of the faces
	numbering = 24.0 // the column with the unit numbers
	listLine  = 13.0
	narrowest = 150.0 // a face
	widest    = 250.0
)

// rackPen draws racks that look alike: as wide as the longest name needs.
type rackPen struct {
	root  *etree.Element
	tones map[string]tone
	roles []string
	face  float64 // the width of a face

	marked map[Mark]bool // those that there are
	rears  bool          // whether a rear is drawn
}

func newRackPen(root *etree.Element, e *Elevation) *rackPen {
	p := &rackPen{root: root, roles: e.roles(), face: narrowest, marked: map[Mark]bool{}}
	p.tones = tonesOf(p.roles)
	for i := range e.Racks {
		p.rears = p.rears || e.Racks[i].RearDiffers()
		for _, s := range e.Racks[i].Slots {
			p.marked[s.Mark] = true
			p.face = max(p.face, textWidth(s.Name, 10)+textWidth(s.Role, 8)+30)
		}
	}
	p.face = min(p.face, widest)
	return p
}

// facesOf are the sides of a rack that are drawn.
func facesOf(r *RackElevation) []string {
	if r.RearDiffers() {
		return []string{"front", "rear"}
	}
	return []string{"front"}
}

// width is that of a rack with its faces and their numbers.
func (p *rackPen) width(r *RackElevation) float64 {
	return float64(len(facesOf(r))) * (numbering + p.face)
}

// body is the height of a rack with its heading, and list that of what is below it.
func (p *rackPen) body(r *RackElevation) float64 { return rackHead + float64(r.Units)*unitSize }

func (p *rackPen) list(r *RackElevation) float64 {
	if n := len(r.Unplaced); n > 0 {
		return 24 + listLine*float64((n+len(facesOf(r))-1)/len(facesOf(r)))
	}
	return 0
}

// row draws racks side by side on one floor, and returns its size.
func (p *rackPen) row(racks []RackElevation, at point) point {
	body, list := 0.0, 0.0
	for i := range racks {
		body, list = max(body, p.body(&racks[i])), max(list, p.list(&racks[i]))
	}
	x := at.x
	for i := range racks {
		p.draw(&racks[i], point{x, at.y + body - p.body(&racks[i])})
		x += p.width(&racks[i]) + rackGap
	}
	return point{x - rackGap - at.x, body + list}
}

// draw draws a rack with its top left corner at a point.
func (p *rackPen) draw(r *RackElevation, at point) {
	g := add(p.root, "g")
	name := drawText(g, point{at.x + numbering, at.y + 14}, 14, clip(r.Name, 14*bold, p.width(r)-numbering), "font-weight", "bold")
	tooltip(name, r.ID)
	drawText(g, point{at.x + numbering, at.y + 31}, 10, about(r, p.width(r)-numbering), "fill", "#444444")
	top := at.y + rackHead
	for i, face := range facesOf(r) {
		x := at.x + numbering + float64(i)*(p.face+numbering)
		drawText(g, point{x + p.face/2, top - 8}, 10, face, "text-anchor", "middle", "font-weight", "bold")
		p.drawFace(g, r, face, rect{x, top, p.face, float64(r.Units) * unitSize})
	}
	p.drawUnplaced(g, r, point{at.x + numbering, top + float64(r.Units)*unitSize + 20})
}

// about describes a rack and how full it is, as far as there is room.
func about(r *RackElevation, width float64) string {
	s := fmt.Sprintf("%s of %d units used", decimal(r.Used()), r.Units)
	for _, more := range []string{r.Location, "pool " + r.Pool} {
		if longer := s + ", " + more; more != "" && textWidth(longer, 10) <= width {
			s = longer
		}
	}
	return s
}

// drawFace draws one side of a rack: the units with their numbers, then what is in them.
func (p *rackPen) drawFace(g *etree.Element, r *RackElevation, face string, area rect) {
	drawRect(g, area, "fill", "#ffffff")
	numbers := add(g, "g", "text-anchor", "end", "fill", "#555555")
	lines := ""
	for u := 1; u <= r.Units; u++ {
		y := area.bottom() - float64(u)*unitSize
		drawText(numbers, point{area.x - 5, y + unitSize - 4.5}, 8, fmt.Sprint(u))
		if u < r.Units {
			lines += fmt.Sprintf("M%s %sh%s", num(area.x), num(y), num(area.w))
		}
	}
	if lines != "" {
		add(g, "path", "d", lines, "stroke", "#dddddd", "stroke-width", "0.6")
	}
	for i := range r.Slots {
		s := &r.Slots[i]
		box := rect{area.x + 1, area.bottom() - (s.Position-1+s.Height)*unitSize, area.w - 2, s.Height * unitSize}
		switch {
		case s.Face == face:
			p.drawDevice(g, s, box)
		case s.FullDepth:
			p.drawBack(g, s, box)
		}
	}
	drawRect(g, area, "fill", "none", "stroke", "#222222", "stroke-width", "2")
}

// drawDevice draws a device on the face that it is mounted at.
func (p *rackPen) drawDevice(g *etree.Element, s *Slot, box rect) {
	t := p.tones[s.Role]
	d := linked(g, s.Link)
	tooltip(d, s.title())
	drawRect(d, box, "fill", t.fill, "stroke", "#444444", "stroke-width", "0.8")
	drawRect(d, rect{box.x, box.y, 5, box.h}, "fill", t.strong)
	size := min(10, box.h-1.5)
	role := ""
	if size >= 8 {
		role = s.Role
	}
	room := box.w - 16 - textWidth(role, 8)
	middle := box.center().y
	if box.h >= 2*unitSize {
		drawText(d, point{box.x + 10, middle + 10}, 8, clip(s.Type, 8, box.w-14), "fill", "#444444")
		middle -= 6
	}
	drawText(d, point{box.x + 10, middle + size*0.36}, size, clip(signs[s.Mark]+s.Name, size, room))
	s.Mark.frame(d, rect{box.x + 1, box.y + 1, box.w - 2, box.h - 2}, "0")
	if role != "" {
		drawText(d, point{box.right() - 4, middle + 3}, 8, role, "text-anchor", "end", "fill", "#444444")
	}
}

// drawBack draws the other side of a device that is as deep as the rack.
func (p *rackPen) drawBack(g *etree.Element, s *Slot, box rect) {
	d := add(g, "g")
	tooltip(d, s.title())
	drawRect(d, box, "fill", "url(#hatch)", "stroke", "#999999", "stroke-width", "0.8")
	size := min(8, box.h-1)
	name := clip(s.Name, size, box.w-16)
	w := textWidth(name, size) + 6
	drawRect(d, rect{box.center().x - w/2, box.center().y - size*0.6, w, size * 1.2}, "fill", "#ffffff")
	drawText(d, point{box.center().x, box.center().y + size*0.36}, size, name, "text-anchor", "middle", "fill", "#555555")
}

// title describes a device in full.
func (s *Slot) title() string {
	depth := ""
	if s.FullDepth {
		depth = ", full depth"
	}
	return fmt.Sprintf("%s: %s, %s, unit %s, %s U, %s%s%s",
		s.Name, s.Type, s.Role, decimal(s.Position), decimal(s.Height), s.Face, depth, s.Mark.about())
}

// drawUnplaced lists the devices without a position, in a column for each face.
func (p *rackPen) drawUnplaced(g *etree.Element, r *RackElevation, at point) {
	n := len(r.Unplaced)
	if n == 0 {
		return
	}
	drawText(g, at, 10, "in the rack, at no position:", "font-weight", "bold")
	half := (n + len(facesOf(r)) - 1) / len(facesOf(r))
	for i, d := range r.Unplaced {
		q := point{at.x + float64(i/half)*(p.face+numbering), at.y + listLine*float64(i%half+1) + 2}
		drawRect(g, rect{q.x, q.y - 8, 5, 9}, "fill", p.tones[d.Role].strong)
		e := drawText(g, point{q.x + 9, q.y}, 9, clip(d.Name+", "+d.Role, 9, p.face-12))
		tooltip(e, fmt.Sprintf("%s: %s, %s", d.Name, d.Type, d.Role))
	}
}

// key explains the colours. It returns its bottom right corner.
func (p *rackPen) key(at point, width float64) point {
	var items []keyItem
	for _, role := range p.roles {
		t := p.tones[role]
		items = append(items, keyItem{role, func(root *etree.Element, at point) {
			drawRect(root, rect{at.x, at.y - 10, 22, 13}, "fill", t.fill, "stroke", "#444444", "stroke-width", "0.8")
			drawRect(root, rect{at.x, at.y - 10, 5, 13}, "fill", t.strong)
			drawText(root, point{at.x + 30, at.y}, 11, role)
		}})
	}
	if !p.rears {
		items = append(items, markItems(func(m Mark) bool { return p.marked[m] })...)
		return drawItems(p.root, items, at, width)
	}
	items = append(items, keyItem{"the other side of a device of full depth", func(root *etree.Element, at point) {
		drawRect(root, rect{at.x, at.y - 10, 22, 13}, "fill", "url(#hatch)", "stroke", "#999999", "stroke-width", "0.8")
		drawText(root, point{at.x + 30, at.y}, 11, "the other side of a device of full depth")
	}})
	items = append(items, markItems(func(m Mark) bool { return p.marked[m] })...)
	return drawItems(p.root, items, at, width)
}
