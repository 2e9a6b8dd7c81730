package draw

import (
	"cmp"
	"maps"
	"slices"
)

// Distances in a drawing of a graph, in pixels.
const (
	margin      = 24.0
	boxGap      = 26.0 // between the boxes of a row
	lineGap     = 26.0 // between the lines of a row that is too long for one
	framePad    = 18.0
	frameHead   = 26.0 // for the fabric's name
	frameGap    = 40.0
	textHeight  = 15.0
	boxesOfLine = 24 // the most boxes of one line
	widestText  = 280.0
)

// layout is where the boxes of a graph are drawn: fabrics side by side, a row a
// tier; the nodes below; the out-of-band fabrics below those.
type layout struct {
	g      *Graph
	texts  [][]string // by box
	boxes  []rect
	frames []frame
	beside map[[2]int]float64 // room for the label between two boxes of a row
	near   []map[int]float64  // by box: those that it has edges to, and how many cables
	placed []bool
	gap    float64 // between rows: room for edges
	size   point
}

// nameAt is the left end of the baseline of a frame's name: at the top of the
// fabrics above the nodes, at the bottom of those below, where no wire comes in.
func (f *frame) nameAt() point {
	if f.upper {
		return point{f.x + 10, f.y + 18}
	}
	return point{f.x + 10, f.bottom() - 8}
}

func (f *frame) name() string { return "fabric " + f.fabric }

// nameWidth is that of the frame's name in bold 13.
func (f *frame) nameWidth() float64 { return textWidth(f.name(), 13) * bold }

// frame surrounds the boxes of a fabric.
type frame struct {
	fabric  string
	upper   bool // above the nodes
	members []int
	rect
}

func newLayout(g *Graph, top float64) *layout {
	l := &layout{g: g, boxes: make([]rect, len(g.Boxes)), placed: make([]bool, len(g.Boxes)), near: make([]map[int]float64, len(g.Boxes))}
	l.measure()
	l.connect()
	for _, f := range g.Fabrics {
		l.addFrame(f, true)
		l.addFrame(f, false)
	}
	l.gap = min(max(l.widest()/11, 96), 230)
	y := l.placeUpper(top)
	y = l.placeNodes(y)
	y = l.placeLower(y)
	y = l.placePanels(y)
	l.size.y = y
	l.shift()
	return l
}

// measure gives every box its size; the boxes of a class are equally wide.
func (l *layout) measure() {
	inner := map[int]string{}
	for i := range l.g.Edges {
		if e := &l.g.Edges[i]; e.A == e.B {
			inner[e.A] = e.Label() + " among them"
		}
	}
	widths := map[string]float64{}
	for i := range l.g.Boxes {
		b := &l.g.Boxes[i]
		text := b.text()
		if s := inner[i]; s != "" {
			text = append(text, s)
		}
		l.texts = append(l.texts, text)
		for k, s := range text {
			s = clip(s, textSize(k)*textBold(k), widestText)
			text[k] = s
			widths[b.Class] = max(widths[b.Class], textWidth(s, textSize(k))*textBold(k)+20)
		}
	}
	for i := range l.boxes {
		l.boxes[i].w, l.boxes[i].h = widths[l.g.Boxes[i].Class], float64(len(l.texts[i]))*textHeight+12
	}
}

// textSize is the font size of the k-th line of a box.
func textSize(k int) float64 {
	if k == 0 {
		return 12
	}
	return 10.5
}

func textBold(k int) float64 {
	if k == 0 {
		return bold
	}
	return 1
}

// connect notes which boxes have edges to each other, and which of a row need
// room for a label between them.
func (l *layout) connect() {
	l.beside = map[[2]int]float64{}
	for i := range l.near {
		l.near[i] = map[int]float64{}
	}
	for i := range l.g.Edges {
		e := &l.g.Edges[i]
		l.near[e.A][e.B] = float64(e.Cables())
		l.near[e.B][e.A] = float64(e.Cables())
		if l.g.Boxes[e.A].Tier == l.g.Boxes[e.B].Tier {
			l.beside[[2]int{e.A, e.B}] = textWidth(e.Label(), labelSize) + 14
		}
	}
}

// between is the distance of two boxes that are next to each other.
func (l *layout) between(a, b int) float64 {
	return max(boxGap, l.beside[[2]int{min(a, b), max(a, b)}])
}

func (l *layout) addFrame(fabric string, upper bool) {
	f := frame{fabric: fabric, upper: upper}
	for i := range l.g.Boxes {
		if b := &l.g.Boxes[i]; b.Fabric == fabric && (b.Tier < tierNode) == upper {
			f.members = append(f.members, i)
		}
	}
	if len(f.members) > 0 {
		l.frames = append(l.frames, f)
	}
}

// tier are the members of a tier.
func (l *layout) tier(members []int, t int) []int {
	return slices.DeleteFunc(slices.Clone(members), func(i int) bool { return l.g.Boxes[i].Tier != t })
}

// lines splits a row that is too long for one line, column by column, so that
// neighbours stay below each other.
func (l *layout) lines(row []int) [][]int {
	n := (len(row) + boxesOfLine - 1) / boxesOfLine
	lines := make([][]int, n)
	for k, i := range row {
		lines[k%n] = append(lines[k%n], i)
	}
	return lines
}

func (l *layout) rowWidth(row []int) float64 {
	w := 0.0
	for k, i := range row {
		if w += l.boxes[i].w; k > 0 {
			w += l.between(row[k-1], i)
		}
	}
	return w
}

// widest is the width of the widest row, fabrics side by side.
func (l *layout) widest() float64 {
	upper, rest := 0.0, 0.0
	for _, f := range l.upper() {
		upper += l.frameWidth(f) + frameGap
	}
	var nodes []int
	for i := range l.g.Boxes {
		if l.g.Boxes[i].Tier == tierNode {
			nodes = append(nodes, i)
		}
	}
	for _, line := range l.lines(nodes) {
		rest = max(rest, l.rowWidth(line))
	}
	return max(upper, rest)
}

func (l *layout) frameWidth(f *frame) float64 {
	w := f.nameWidth()
	for t := range tierNode {
		for _, line := range l.lines(l.tier(f.members, t)) {
			w = max(w, l.rowWidth(line))
		}
	}
	return w + 2*framePad
}

// upper are the frames above the nodes.
func (l *layout) upper() []*frame {
	var list []*frame
	for k := range l.frames {
		if l.frames[k].upper {
			list = append(list, &l.frames[k])
		}
	}
	return list
}

// placeUpper places the fabrics above the nodes, and returns where
// they end.
func (l *layout) placeUpper(y float64) float64 {
	frames := l.upper()
	if len(frames) == 0 {
		return y - l.gap
	}
	x := 0.0
	for _, f := range frames {
		f.rect = rect{x: x, y: y, w: l.frameWidth(f)}
		x = f.right() + frameGap
	}
	end := y + frameHead - l.gap
	for t := range tierNode {
		height := 0.0
		for _, f := range frames {
			row := l.tier(f.members, t)
			l.centerRow(row, f.center().x, end+l.gap)
			height = max(height, l.rowHeight(row))
		}
		if height > 0 {
			end += l.gap + height
		}
	}
	for _, f := range frames {
		f.h = end + framePad - y
	}
	return end + framePad
}

// rowHeight is the height of a row with all its lines.
func (l *layout) rowHeight(row []int) float64 {
	h := 0.0
	for _, line := range l.lines(row) {
		if h > 0 {
			h += lineGap
		}
		h += l.lineHeight(line)
	}
	return h
}

func (l *layout) lineHeight(line []int) float64 {
	h := 0.0
	for _, i := range line {
		h = max(h, l.boxes[i].h)
	}
	return h
}

// centerRow places a row around a middle.
func (l *layout) centerRow(row []int, middle, y float64) {
	for _, line := range l.lines(row) {
		x := middle - l.rowWidth(line)/2
		for k, i := range line {
			if k > 0 {
				x += l.between(line[k-1], i)
			}
			l.put(i, x, y)
			x += l.boxes[i].w
		}
		y += l.lineHeight(line) + lineGap
	}
}

func (l *layout) put(i int, x, y float64) {
	l.boxes[i].x, l.boxes[i].y, l.placed[i] = x, y, true
}

// boxesThat are the boxes that something is true of.
func (l *layout) boxesThat(is func(*Box) bool) (list []int) {
	for i := range l.g.Boxes {
		if is(&l.g.Boxes[i]) {
			list = append(list, i)
		}
	}
	return list
}

// placeNodes places the nodes below what they are cabled to, a class together.
func (l *layout) placeNodes(y float64) float64 {
	nodes := l.boxesThat(func(b *Box) bool { return b.Tier == tierNode })
	if len(nodes) == 0 {
		return y
	}
	l.sortNodes(nodes)
	y += l.gap
	return y + l.settle(nodes, y)
}

// sortNodes puts the classes of nodes into the order of what they are cabled to,
// those that are cabled to nothing above them last.
func (l *layout) sortNodes(nodes []int) {
	sum, count := map[string]float64{}, map[string]float64{}
	for _, i := range nodes {
		if x, ok := l.pull(i); ok {
			sum[l.g.Boxes[i].Class] += x
			count[l.g.Boxes[i].Class]++
		}
	}
	class := func(i int) (int, float64) {
		c := l.g.Boxes[i].Class
		if count[c] == 0 {
			return 1, 0
		}
		return 0, sum[c] / count[c]
	}
	slices.SortStableFunc(nodes, func(i, j int) int {
		lastI, meanI := class(i)
		lastJ, meanJ := class(j)
		return cmp.Or(cmp.Compare(lastI, lastJ), cmp.Compare(meanI, meanJ), cmp.Compare(l.g.Boxes[i].Class, l.g.Boxes[j].Class))
	})
}

// pull is where the cables of a box lead to: the mean place of those placed boxes
// that it has edges to.
func (l *layout) pull(i int) (float64, bool) {
	sum, n := 0.0, 0.0
	for _, j := range slices.Sorted(maps.Keys(l.near[i])) {
		if l.placed[j] {
			sum += l.boxes[j].center().x * l.near[i][j]
			n += l.near[i][j]
		}
	}
	if n == 0 {
		return 0, false
	}
	return sum / n, true
}

// settle places a row below what its boxes are cabled to, and returns its height.
func (l *layout) settle(row []int, y float64) float64 {
	if len(row) > boxesOfLine {
		l.centerRow(row, l.middle(), y)
		return l.rowHeight(row)
	}
	want := make([]float64, len(row))
	for k, i := range row {
		x, ok := l.pull(i)
		switch {
		case ok:
			want[k] = x
		case k > 0:
			want[k] = want[k-1]
		default:
			want[k] = l.middle()
		}
	}
	for k, x := range l.spread(row, want) {
		l.put(row[k], x, y)
	}
	return l.rowHeight(row)
}

// middle is that of what is placed.
func (l *layout) middle() float64 {
	left, right := l.extent()
	return (left + right) / 2
}

func (l *layout) extent() (left, right float64) {
	first := true
	grow := func(r rect) {
		if first {
			left, right, first = r.x, r.right(), false
		}
		left, right = min(left, r.x), max(right, r.right())
	}
	for i, r := range l.boxes {
		if l.placed[i] {
			grow(r)
		}
	}
	for k := range l.frames {
		if l.frames[k].w > 0 {
			grow(l.frames[k].rect)
		}
	}
	return left, right
}

// spread returns the left sides of a row whose boxes are as near as can be to
// where they want their middles to be, in order and without overlap.
func (l *layout) spread(row []int, want []float64) []float64 {
	offsets, starts := make([]float64, len(row)), make([]float64, len(row))
	for k, i := range row {
		if k > 0 {
			offsets[k] = offsets[k-1] + l.boxes[row[k-1]].w + l.between(row[k-1], i)
		}
		starts[k] = want[k] - l.boxes[i].w/2 - offsets[k]
	}
	for k, x := range ascending(starts) {
		starts[k] = x + offsets[k]
	}
	return starts
}

// placeLower places the out-of-band fabrics, and returns where they end.
func (l *layout) placeLower(y float64) float64 {
	bottom := y
	left := 0.0
	for k := range l.frames {
		f := &l.frames[k]
		if f.upper {
			continue
		}
		f.y = y + l.gap - framePad
		end := l.lowerRows(f, f.y+framePad)
		l.surround(f, end)
		if left > 0 && f.x < left {
			l.move(f, left-f.x)
		}
		left = f.right() + frameGap
		bottom = max(bottom, f.bottom())
	}
	return bottom
}

// placePanels places the power panels, which are in no fabric, below all, and returns where they end.
func (l *layout) placePanels(y float64) float64 {
	row := l.boxesThat(func(b *Box) bool { return b.Class == panelClass })
	if len(row) == 0 {
		return y
	}
	return y + l.gap + l.settle(row, y+l.gap)
}

// lowerRows places the rows of an out-of-band fabric below each other.
func (l *layout) lowerRows(f *frame, y float64) float64 {
	end := y
	for t := tierOOB; len(l.deeper(f, t)) > 0; t++ {
		row := l.tier(f.members, t)
		if len(row) == 0 {
			continue
		}
		end = y + l.settle(row, y)
		y = end + l.gap*0.7
	}
	return end
}

// deeper are the members of a tier and of those below it.
func (l *layout) deeper(f *frame, t int) []int {
	return slices.DeleteFunc(slices.Clone(f.members), func(i int) bool { return l.g.Boxes[i].Tier < t })
}

// surround fits a frame around its members.
func (l *layout) surround(f *frame, end float64) {
	left, right := l.boxes[f.members[0]].x, l.boxes[f.members[0]].right()
	for _, i := range f.members {
		left, right = min(left, l.boxes[i].x), max(right, l.boxes[i].right())
	}
	f.x, f.w = left-framePad, max(right-left, f.nameWidth())+2*framePad
	f.h = end + frameHead - f.y
}

func (l *layout) move(f *frame, dx float64) {
	f.x += dx
	for _, i := range f.members {
		l.boxes[i].x += dx
	}
}

// shift moves everything so that it begins at the margin.
func (l *layout) shift() {
	left, right := l.extent()
	for i := range l.boxes {
		l.boxes[i].x += margin - left
	}
	for k := range l.frames {
		l.frames[k].x += margin - left
	}
	l.size.x = right - left + 2*margin
}
