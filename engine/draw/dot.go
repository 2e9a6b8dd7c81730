package draw

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/diet-project/diet/generate/plain"
)

// DOT writes the graph in Graphviz's language: a cluster a fabric, a rank a
// tier, undirected edges. The ids of its nodes are those of the boxes.
func (g *Graph) DOT(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "graph %s {\n", dotQuote(g.Plan))
	fmt.Fprintf(out, "  label=%s; labelloc=t; fontsize=20; fontname=\"Helvetica\"\n", dotQuote(g.title()))
	fmt.Fprint(out, "  rankdir=TB; newrank=true; ranksep=1.2; nodesep=0.35\n")
	fmt.Fprint(out, "  node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"Helvetica\", fontsize=11]\n")
	fmt.Fprint(out, "  edge [fontname=\"Helvetica\", fontsize=9]\n")
	for i, f := range g.Fabrics {
		fmt.Fprintf(out, "  subgraph \"cluster_%d\" {\n    label=%s; style=\"rounded,dashed\"; color=%s\n",
			i, dotQuote("fabric "+f), dotQuote(fabricColor(i)))
		g.dotBoxes(out, f)
		fmt.Fprint(out, "  }\n")
	}
	g.dotBoxes(out, "")
	for i := range g.Edges {
		e := &g.Edges[i]
		fmt.Fprintf(out, "  %s -- %s [label=%s, color=%s%s]\n", dotQuote(g.Boxes[e.A].ID), dotQuote(g.Boxes[e.B].ID),
			dotQuote(e.Label()), dotQuote(g.edgeColor(e)), dotStyle(g.style(e)))
	}
	fmt.Fprint(out, "}\n")
	return flush(out)
}

// dotBoxes writes the boxes of a fabric, tier by tier.
func (g *Graph) dotBoxes(w io.Writer, fabric string) {
	indent := "  "
	if fabric != "" {
		indent = "    "
	}
	tones := g.tones()
	for _, row := range g.rows(fabric) {
		fmt.Fprintf(w, "%s{ rank=same\n", indent)
		for _, i := range row {
			b := &g.Boxes[i]
			label, fill := strings.Join(b.text(), "\n"), tones[b.Role].fill
			fmt.Fprintf(w, "%s  %s [label=%s, fillcolor=%s]\n", indent, dotQuote(b.ID), dotQuote(label), dotQuote(fill))
		}
		fmt.Fprintf(w, "%s}\n", indent)
	}
}

func dotStyle(s edgeStyle) string {
	if s == thin {
		return ", style=dashed"
	}
	return ""
}

// dotEscaper writes a text as Graphviz reads it: a backslash begins an escape
// there, and an ampersand an entity.
var dotEscaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;", "\n", `\n`, "\r", " ", "\x00", "")

func dotQuote(s string) string { return `"` + dotEscaper.Replace(plain.Lines(s)) + `"` }

// flush ends a document and returns the first error in writing it.
func flush(out *bufio.Writer) error {
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write graph: %w", err)
	}
	return nil
}
