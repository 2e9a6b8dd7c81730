package draw

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/beevik/etree"

	"github.com/diet-project/diet/generate/plain"
)

// SVG draws the graph: a frame a fabric, a row a tier, a line an edge with how
// many cables of what speed it stands for, and below it what the colours mean and
// how many cables join the classes.
func (g *Graph) SVG(w io.Writer) error {
	c := newCanvas(g.title(), g.summary())
	l := newLayout(g, 86)
	drawText(c.root, point{margin, 36}, 20, g.title(), "font-weight", "bold")
	drawText(c.root, point{margin, 56}, 11, g.summary(), "fill", "#444444")
	if len(g.Boxes) == 0 {
		drawText(c.root, point{margin, 90}, 13, "The plan has no devices.")
		return c.write(w, 480, 120)
	}
	wires := l.wires()
	labels := l.labels(wires)
	l.drawFrames(c.root)
	g.drawWires(c.root, wires)
	l.drawBoxes(c.root)
	drawLabels(c.root, labels)
	size := g.drawKey(c.root, point{margin, l.size.y + 40}, l.size.x-2*margin)
	width := max(l.size.x, size.x+margin, textWidth(g.title(), 20)*bold+2*margin, textWidth(g.summary(), 11)+2*margin)
	return c.write(w, width, size.y+margin)
}

// summary is the line below the title.
func (g *Graph) summary() string {
	devices, panels, cables := 0, 0, 0
	for i := range g.Boxes {
		if g.Boxes[i].Class == panelClass {
			panels += len(g.Boxes[i].Devices)
			continue
		}
		devices += len(g.Boxes[i].Devices)
	}
	for i := range g.Edges {
		cables += g.Edges[i].Cables()
	}
	s := amount(devices, "device") + ", " + amount(cables, "cable")
	if panels > 0 {
		s = amount(devices, "device") + ", " + amount(panels, panelClass) + ", " + amount(cables, "cable")
	}
	if devices+panels > len(g.Boxes) {
		s += fmt.Sprintf(", in %s of devices with the same cabling", plain.Count(len(g.Boxes), "box", "boxes"))
	}
	return s
}

// amount counts what has a regular plural.
func amount(n int, one string) string { return plain.Count(n, one, one+"s") }

func (l *layout) drawFrames(root *etree.Element) {
	for k := range l.frames {
		f := &l.frames[k]
		color := fabricColor(slices.Index(l.g.Fabrics, f.fabric))
		drawRect(root, f.rect, "rx", "8", "fill", "#fafafa", "stroke", color, "stroke-width", "1.5", "stroke-dasharray", "7 4")
		drawText(root, f.nameAt(), 13, f.name(), "font-weight", "bold", "fill", "#222222")
	}
}

// drawWires draws management first, so that it is behind the rest.
func (g *Graph) drawWires(root *etree.Element, wires []*wire) {
	layer := add(root, "g", "fill", "none")
	order := slices.Clone(wires)
	slices.SortStableFunc(order, func(x, y *wire) int { return -cmp.Compare(g.style(&x.edge), g.style(&y.edge)) })
	for _, w := range order {
		p := add(layer, "path", "d", w.path(), "stroke", g.edgeColor(&w.edge), "stroke-width", num(strokeWidth(&w.edge)))
		if g.style(&w.edge) == thin {
			p.CreateAttr("stroke-dasharray", "5 3")
		}
		tooltip(p, g.wireTitle(w))
	}
}

func (g *Graph) wireTitle(w *wire) string {
	from := "fabric " + g.Boxes[w.edge.A].Fabric
	if w.from >= 0 {
		from = g.Boxes[w.from].Name()
	}
	return fmt.Sprintf("%s – %s: %s", from, g.Boxes[w.to].Name(), w.edge.Label())
}

// strokeWidth is wider for faster cables.
func strokeWidth(e *Edge) float64 {
	switch speed := e.Strands[0].Speed; {
	case speed >= 800:
		return 2.4
	case speed >= 400:
		return 2.1
	case speed >= 100:
		return 1.7
	case speed >= 25:
		return 1.3
	}
	return 1
}

func (l *layout) drawBoxes(root *etree.Element) {
	tones := l.g.tones()
	for i := range l.g.Boxes {
		b, r := &l.g.Boxes[i], l.boxes[i]
		group := linked(root, b.Link, "text-anchor", "middle")
		tooltip(group, fmt.Sprintf("%s (%s): %s%s", b.ID, b.Role, strings.Join(b.Devices, ", "), b.Mark.about()))
		if len(b.Devices) > 1 {
			drawRect(group, rect{r.x + 4, r.y + 4, r.w, r.h}, "rx", "5", "fill", "#ffffff", "stroke", "#555555")
		}
		drawRect(group, r, "rx", "5", "fill", tones[b.Role].fill, "stroke", "#333333")
		b.Mark.frame(group, r, "5")
		for k, s := range l.texts[i] {
			if k == 0 {
				s = signs[b.Mark] + s
			}
			e := drawText(group, point{r.center().x, r.y + 17 + float64(k)*textHeight}, textSize(k), s)
			if k == 0 {
				e.CreateAttr("font-weight", "bold")
			}
		}
	}
}

func drawLabels(root *etree.Element, labels []tag) {
	layer := add(root, "g", "text-anchor", "middle")
	for _, t := range labels {
		drawRect(layer, t.rect, "rx", "3", "fill", "#ffffff", "fill-opacity", "0.92")
		drawText(layer, point{t.center().x, t.bottom() - 4}, labelSize, t.text, "fill", "#222222")
	}
}

// drawKey explains the drawing: the colours of roles, the lines, and the cables
// from class to class. It returns its right bottom.
func (g *Graph) drawKey(root *etree.Element, at point, width float64) point {
	end := drawItems(root, g.keyItems(), at, width)
	rows := g.classCables()
	if len(rows) == 0 {
		return end
	}
	drawText(root, point{at.x, end.y + 34}, 12, "Cables from class to class", "font-weight", "bold")
	return g.drawTable(root, point{at.x, end.y + 52}, width, rows, end.x)
}

// drawItems draws samples in lines of a width, and returns their right bottom.
func drawItems(root *etree.Element, items []keyItem, at point, width float64) point {
	end, x := at, at.x
	for _, item := range items {
		w := 52 + textWidth(item.text, 11)
		if x > at.x && x+w > at.x+width {
			x, end.y = at.x, end.y+20
		}
		item.draw(root, point{x, end.y})
		x += w
		end.x = max(end.x, x)
	}
	return end
}

// drawTable writes lines of text in as many columns as there is room for.
func (g *Graph) drawTable(root *etree.Element, at point, width float64, rows []string, right float64) point {
	cell := 0.0
	for _, s := range rows {
		cell = max(cell, textWidth(s, 11)+28)
	}
	columns := max(1, min(int(width/cell), (len(rows)+5)/6))
	height := (len(rows) + columns - 1) / columns
	for i, s := range rows {
		p := point{at.x + float64(i/height)*cell, at.y + float64(i%height)*16}
		drawText(root, p, 11, s)
		right = max(right, p.x+cell)
	}
	return point{right, at.y + float64(height-1)*16}
}

// keyItem is a sample with its meaning.
type keyItem struct {
	text string
	draw func(*etree.Element, point)
}

func (g *Graph) keyItems() []keyItem {
	var items []keyItem
	tones := g.tones()
	for _, role := range g.roles() {
		items = append(items, keyItem{role, func(root *etree.Element, at point) {
			drawRect(root, rect{at.x, at.y - 10, 22, 13}, "rx", "3", "fill", tones[role].fill, "stroke", "#333333")
			drawText(root, point{at.x + 30, at.y}, 11, role)
		}})
	}
	for i, f := range g.Fabrics {
		if g.carries(f) {
			items = append(items, lineItem("fabric "+f, fabricColor(i), "none"))
		}
	}
	if words := g.aside(); len(words) > 0 {
		items = append(items, lineItem(strings.Join(words, ", "), grey, "5 3"))
	}
	return append(items, markItems(func(m Mark) bool {
		return slices.ContainsFunc(g.Boxes, func(b Box) bool { return b.Mark == m })
	})...)
}

// aside is what the thin edges are.
func (g *Graph) aside() []string {
	var words []string
	for i := range g.Edges {
		e := &g.Edges[i]
		if g.style(e) != thin {
			continue
		}
		for _, word := range e.carries {
			if word = cmp.Or(word, "out of band"); !slices.Contains(words, word) {
				words = append(words, word)
			}
		}
	}
	slices.Sort(words)
	return words
}

// carries reports whether an edge has the colour of a fabric.
func (g *Graph) carries(fabric string) bool {
	return slices.ContainsFunc(g.Edges, func(e Edge) bool {
		return g.style(&e) == solid && (g.Boxes[e.A].Fabric == fabric || g.Boxes[e.B].Fabric == fabric)
	})
}

func lineItem(text, color, dashes string) keyItem {
	return keyItem{text, func(root *etree.Element, at point) {
		line := fmt.Sprintf("M%s %s h22", num(at.x), num(at.y-4))
		add(root, "path", "d", line, "stroke", color, "stroke-width", "2", "stroke-dasharray", dashes)
		drawText(root, point{at.x + 30, at.y}, 11, text)
	}}
}

// classCables lists the number of cables between classes, from the top down.
func (g *Graph) classCables() []string {
	var keys []string
	sums := map[string][]Strand{}
	for i := range g.Edges {
		e := &g.Edges[i]
		key := g.Boxes[e.A].Class + " – " + g.Boxes[e.B].Class
		if sums[key] == nil {
			keys = append(keys, key)
		}
		sums[key] = addStrands(sums[key], e.Strands)
	}
	for i, key := range keys {
		e := Edge{Strands: sums[key]}
		keys[i] = key + ": " + e.Label()
	}
	return keys
}
