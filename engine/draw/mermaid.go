package draw

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/diet-project/diet/generate/plain"
)

// MermaidEdges is how many edges Mermaid draws unless configured otherwise by
// whoever runs it; a diagram cannot raise it.
const MermaidEdges = 500

// Mermaid writes the graph as a Mermaid flowchart, which GitHub, GitLab and many
// wikis draw from a fenced block.
func (g *Graph) Mermaid(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%%%% %s\n", oneLine(g.title()))
	fmt.Fprint(out, "flowchart TB\n")
	for i, f := range g.Fabrics {
		fmt.Fprintf(out, "  subgraph f%d[%s]\n", i, mermaidQuote("fabric "+f))
		g.mermaidBoxes(out, "    ", f)
		fmt.Fprint(out, "  end\n")
	}
	g.mermaidBoxes(out, "  ", "")
	for i := range g.Edges {
		e := &g.Edges[i]
		line := "---"
		if g.style(e) == thin {
			line = "-.-"
		}
		fmt.Fprintf(out, "  n%d %s|%s| n%d\n", e.A, line, mermaidQuote(e.Label()), e.B)
	}
	g.mermaidColors(out)
	return flush(out)
}

func (g *Graph) mermaidBoxes(w io.Writer, indent, fabric string) {
	for _, row := range g.rows(fabric) {
		for _, i := range row {
			lines := g.Boxes[i].text()
			for k := range lines {
				lines[k] = mermaidEscape(lines[k])
			}
			fmt.Fprintf(w, "%sn%d[\"%s\"]\n", indent, i, strings.Join(lines, "<br>"))
		}
	}
}

// mermaidColors gives the frames the colours of their fabrics, and the boxes
// those of their roles, a class a role.
func (g *Graph) mermaidColors(w io.Writer) {
	for i := range g.Fabrics {
		fmt.Fprintf(w, "  style f%d fill:#fafafa,stroke:%s\n", i, fabricColor(i))
	}
	tones := g.tones()
	for k, role := range g.roles() {
		var ids []string
		for i := range g.Boxes {
			if g.Boxes[i].Role == role {
				ids = append(ids, fmt.Sprintf("n%d", i))
			}
		}
		fmt.Fprintf(w, "  classDef r%d fill:%s,stroke:#333,color:#000\n  class %s r%d\n", k, tones[role].fill, strings.Join(ids, ","), k)
	}
}

// mermaidEscaper writes what means something in a quoted label, to Mermaid or
// to the HTML that it makes of it, as entity codes: # and a number or name.
var mermaidEscaper = strings.NewReplacer("#", "#35;", `"`, "#quot;", "&", "#amp;", "<", "#lt;", ">", "#gt;",
	"`", "#96;", "*", "#42;", `\`, "#92;", ";", "#59;")

func mermaidEscape(s string) string { return mermaidEscaper.Replace(plain.Line(oneLine(s))) }

func mermaidQuote(s string) string { return `"` + mermaidEscape(s) + `"` }

// oneLine makes spaces of all that would end a line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
