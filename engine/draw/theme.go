package draw

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/generate/natural"
)

// The colours of Okabe and Ito, which people with any colour vision tell apart.
// Nothing is said by colour alone: roles and fabrics are named as well.
const (
	orange    = "#e69f00"
	skyBlue   = "#56b4e9"
	green     = "#009e73"
	blue      = "#0072b2"
	vermilion = "#d55e00"
	purple    = "#cc79a7"
	grey      = "#777777"
)

var fabricColors = []string{blue, vermilion, green, purple, orange, skyBlue}

// fabricColor is the colour of a fabric by its place among them.
func fabricColor(i int) string { return fabricColors[i%len(fabricColors)] }

// tone is the colour of a role: strong for edges, and a tint that black text
// stands on.
type tone struct{ strong, fill string }

var roleTones = map[string]tone{
	"border": {purple, "#f6e3ed"}, "spine": {blue, "#cfe3f1"}, "leaf": {skyBlue, "#e3f2fc"},
	"oob": {grey, "#e6e6e6"}, "server": {green, "#d9f0e8"}, "storage": {orange, "#fbecc9"},
}

// otherTones are for the roles that only a plan knows.
var otherTones = []tone{{vermilion, "#fae0d1"}, {"#b8a800", "#fcf8d0"}, {"#6a51a3", "#e4def0"}, {"#8c6d31", "#eee5d3"}}

// dark is what each colour is where the reader's system is dark: text and lines light, tints
// deep enough for light text. A test holds it to be all colours of a drawing.
var dark = map[string]string{
	"#ffffff": "#15181d", "#fafafa": "#1b1f25", "#222222": "#e8e8e8", "#333333": "#a9b0b8", "#444444": "#b8bec5", "#555555": "#a4abb3",
	"#999999": "#7d848c", "#c4c4c4": "#3d434b", "#dddddd": "#2e343b", grey: "#9aa1a9",
	orange: "#f2b632", skyBlue: "#6cc3f2", green: "#2cc29a", blue: "#4aa8e0", vermilion: "#f0803c", purple: "#dd9abd",
	"#f6e3ed": "#4b2c3d", "#cfe3f1": "#1c3d55", "#e3f2fc": "#24485e", "#e6e6e6": "#3a3f45", "#d9f0e8": "#1a4435", "#fbecc9": "#50411c",
	"#fae0d1": "#55311f", "#fcf8d0": "#4a4719", "#e4def0": "#393151", "#eee5d3": "#463b27",
	"#b8a800": "#d8c92e", "#6a51a3": "#a48fd6", "#8c6d31": "#c7a261",
}

// darkStyle redraws a drawing for a dark screen: browsers prefer it to the attributes. It is
// not for print.
var darkStyle = func() string {
	var b strings.Builder
	b.WriteString("@media screen and (prefers-color-scheme: dark) { text { fill: #e8e8e8; }")
	for _, c := range slices.Sorted(maps.Keys(dark)) {
		fmt.Fprintf(&b, " [fill=\"%s\"] { fill: %s; } [stroke=\"%s\"] { stroke: %s; }", c, dark[c], c, dark[c])
	}
	return b.String() + " }"
}()

// tonesOf are the colours of the roles of a drawing; roles that only the plan
// knows take the others in turn.
func tonesOf(roles []string) map[string]tone {
	tones := map[string]tone{}
	n := 0
	for _, r := range slices.SortedFunc(slices.Values(roles), natural.Compare) {
		t, ok := roleTones[r]
		if !ok {
			t = otherTones[n%len(otherTones)]
			n++
		}
		tones[r] = t
	}
	return tones
}

func (g *Graph) tones() map[string]tone { return tonesOf(g.roles()) }

// edgeStyle is how an edge is drawn.
type edgeStyle int

const (
	solid edgeStyle = iota
	thin            // management: dashed, behind the others
)

// style is thin for what leads to an out-of-band switch.
func (g *Graph) style(e *Edge) edgeStyle {
	if g.Boxes[e.A].Tier >= tierOOB || g.Boxes[e.B].Tier >= tierOOB {
		return thin
	}
	return solid
}

// edgeColor is that of the fabric that an edge is of: the lower box's for an
// uplink, the switch's for a node.
func (g *Graph) edgeColor(e *Edge) string {
	if g.style(e) == thin {
		return grey
	}
	fabric := cmp.Or(g.Boxes[e.B].Fabric, g.Boxes[e.A].Fabric)
	return fabricColor(max(slices.Index(g.Fabrics, fabric), 0))
}

// title heads a drawing.
func (g *Graph) title() string {
	if g.Site == "" || g.Site == g.Plan {
		return g.Plan
	}
	return fmt.Sprintf("%s at %s", g.Plan, g.Site)
}

// roles are those of the boxes, from the top.
func (g *Graph) roles() []string {
	var list []string
	for i := range g.Boxes {
		if r := g.Boxes[i].Role; !slices.Contains(list, r) {
			list = append(list, r)
		}
	}
	return list
}

// rows are the boxes of a fabric by tier, from the top; "" are the nodes.
func (g *Graph) rows(fabric string) [][]int {
	var rows [][]int
	for i := range g.Boxes {
		if g.Boxes[i].Fabric != fabric {
			continue
		}
		if n := len(rows); n == 0 || g.Boxes[rows[n-1][0]].Tier != g.Boxes[i].Tier {
			rows = append(rows, nil)
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], i)
	}
	return rows
}

// text is what stands in a box: what it is called, which devices it holds, and
// their type.
func (b *Box) text() []string {
	n := len(b.Devices)
	if n == 1 && b.Type == "" {
		return b.Devices[:1:1] // a power panel
	}
	if n == 1 {
		return []string{b.Devices[0], b.Type}
	}
	return []string{
		fmt.Sprintf("%s ×%d", b.Name(), n),
		b.Devices[0] + " … " + suffix(b.Devices[0], b.Devices[n-1]),
		b.Type,
	}
}

// suffix is the last part of a name that differs from another's: of web-0024
// beside web-0001 it is 0024.
func suffix(first, last string) string {
	start := 0
	for i := 0; i < min(len(first), len(last)) && first[i] == last[i]; i++ {
		if strings.IndexByte("-_. /:", last[i]) >= 0 {
			start = i + 1
		}
	}
	return last[start:]
}
