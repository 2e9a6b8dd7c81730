package main

import (
	"io"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine/draw"
	"github.com/diet-project/diet/generate"
)

func graphCommand() *cli.Command {
	return &cli.Command{
		Name:      "graph",
		Usage:     "draw a plan: the topology, or with --racks the rack elevations",
		ArgsUsage: "[PLAN]",
		Description: `Needs no NetBox. The topology is drawn by fabric and role: spines above leaves
above nodes, out-of-band switches at the bottom. Nodes of a class with the same
cabling share a box, and so do switches of a class that has more than --boxes; the
label of a line gives the number and speed of its cables. --devices draws every
device separately.

svg is for browsers, dot for Graphviz, mermaid for Markdown pages (Mermaid draws
500 lines at most). Racks are always svg. docs/graph.md describes it all.

   diet graph fabric.yaml > fabric.svg
   diet graph fabric.yaml --fabric backend -o mermaid
   diet graph fabric.yaml -o dot | dot -Tpdf > fabric.pdf
   diet graph fabric.yaml --class net.leaf --in-rack row-01 > leaves.svg
   diet graph fabric.yaml --racks > racks.svg
   diet graph fabric.yaml --racks --per-page 8 --page 2 > racks-2.svg
   diet graph fabric.yaml --pool compute --rack net-01 > some.svg`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "svg, dot or mermaid", Value: "svg"},
			&cli.BoolFlag{Name: "devices", Usage: "draw every device separately"},
			&cli.IntFlag{Name: "boxes", Usage: "draw at most this `NUMBER` of boxes per class", Value: 8},
			&cli.StringSliceFlag{Name: "fabric", Usage: "draw only this `FABRIC` and what is cabled to it; may be repeated"},
			&cli.StringSliceFlag{Name: "class", Usage: "draw only this `CLASS`, such as net.leaf, and what is cabled to it; may be repeated"},
			&cli.StringSliceFlag{Name: "in-rack", Usage: "draw only what is in this rack, by its `NAME`, and what is cabled to it; may be repeated"},
			&cli.BoolFlag{Name: "racks", Usage: "draw rack elevations instead of the topology"},
			&cli.StringSliceFlag{Name: "rack", Usage: "draw only the rack with this `NAME`; may be repeated"},
			&cli.StringSliceFlag{Name: "pool", Usage: "draw only the racks of this `POOL`; may be repeated"},
			&cli.IntFlag{Name: "per-page", Usage: "draw racks in rows of this `NUMBER`", DefaultText: "as many as make a wide page"},
			&cli.IntFlag{Name: "page", Usage: "draw only this `PAGE` of racks, from 1: one row of --per-page", DefaultText: "all"},
			freshFlag,
		},
		Action: runGraph,
	}
}

// graphOptions are the flags of diet graph.
type graphOptions struct {
	format    string
	racks     bool // rather than the topology
	graph     draw.GraphOptions
	elevation draw.ElevationOptions
}

func runGraph(c *cli.Context) error {
	e, err := newEnv(c)
	if err != nil {
		return err
	}
	opts, err := readGraphOptions(c)
	if err != nil {
		return err
	}
	topo, err := e.topology(c.Args().Slice())
	if err != nil {
		return err
	}
	if opts.racks {
		return e.drawRacks(topo, opts)
	}
	return e.drawGraph(topo, opts)
}

func readGraphOptions(c *cli.Context) (graphOptions, error) {
	o := graphOptions{
		format: c.String("output"),
		graph: draw.GraphOptions{
			Devices: c.Bool("devices"),
			Fabrics: c.StringSlice("fabric"), Classes: c.StringSlice("class"), Racks: c.StringSlice("in-rack"),
		},
		elevation: draw.ElevationOptions{
			Racks: c.StringSlice("rack"), Pools: c.StringSlice("pool"), PerPage: c.Int("per-page"), Page: c.Int("page"),
		},
	}
	o.racks = given(c, "racks", "rack", "pool", "per-page", "page")
	if c.Bool("json") {
		o.format = "json"
	}
	if c.IsSet("boxes") {
		o.graph.Boxes = c.Int("boxes")
	}
	switch {
	case o.format != "svg" && o.format != "dot" && o.format != "mermaid" && o.format != "json":
		return o, otherThan("output format", o.format, "svg", "dot", "mermaid")
	case c.Int("boxes") < 1:
		return o, usage("--boxes must be 1 or more")
	case o.racks && (o.format == "dot" || o.format == "mermaid"):
		return o, usage("racks are drawn as svg, not as %s", o.format)
	case o.racks && given(c, "fabric", "devices", "boxes", "class", "in-rack"):
		return o, usage("--fabric, --class, --in-rack, --devices and --boxes apply to the topology, " +
			"--racks, --rack and --pool to elevations: use one or the other")
	case o.elevation.PerPage < 0 || o.elevation.Page < 0 || o.elevation.Page > 0 && o.elevation.PerPage == 0:
		return o, usage("--per-page is 1 or more, and --page goes with it")
	}
	return o, nil
}

func (e *env) drawGraph(topo *generate.Topology, opts graphOptions) error {
	g, err := draw.NewGraph(topo, opts.graph)
	if err != nil {
		return err
	}
	if opts.format == "json" {
		return e.print(g)
	}
	if n := len(g.Edges); opts.format == "mermaid" && n > draw.MermaidEdges {
		e.say("note: the drawing has %d lines, and Mermaid draws %d at most: choose a --fabric, or fewer --boxes", n, draw.MermaidEdges)
	}
	write := map[string]func(io.Writer) error{"svg": g.SVG, "dot": g.DOT, "mermaid": g.Mermaid}[opts.format]
	return write(e.out)
}

func (e *env) drawRacks(topo *generate.Topology, opts graphOptions) error {
	racks, err := draw.NewElevation(topo, opts.elevation)
	if err != nil {
		return err
	}
	if opts.format == "json" {
		return e.print(racks)
	}
	return racks.SVG(e.out)
}
