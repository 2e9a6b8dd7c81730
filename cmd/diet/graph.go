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
   diet graph fabric.yaml --racks > racks.svg
   diet graph fabric.yaml --pool compute --rack net-01 > some.svg`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "svg, dot or mermaid", Value: "svg"},
			&cli.BoolFlag{Name: "devices", Usage: "draw every device separately"},
			&cli.IntFlag{Name: "boxes", Usage: "draw at most this `NUMBER` of boxes per class", Value: 8},
			&cli.StringSliceFlag{Name: "fabric", Usage: "draw only this `FABRIC` and what is cabled to it; may be repeated"},
			&cli.BoolFlag{Name: "racks", Usage: "draw rack elevations instead of the topology"},
			&cli.StringSliceFlag{Name: "rack", Usage: "draw only the rack with this `NAME`; may be repeated"},
			&cli.StringSliceFlag{Name: "pool", Usage: "draw only the racks of this `POOL`; may be repeated"},
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
		format:    c.String("output"),
		graph:     draw.GraphOptions{Devices: c.Bool("devices"), Boxes: c.Int("boxes"), Fabrics: c.StringSlice("fabric")},
		elevation: draw.ElevationOptions{Racks: c.StringSlice("rack"), Pools: c.StringSlice("pool")},
	}
	o.racks = c.Bool("racks") || c.IsSet("rack") || c.IsSet("pool")
	if c.Bool("json") {
		o.format = "json"
	}
	switch {
	case o.format != "svg" && o.format != "dot" && o.format != "mermaid" && o.format != "json":
		return o, usage("unknown output format %q: choose svg, dot or mermaid", o.format)
	case o.graph.Boxes < 1:
		return o, usage("--boxes must be 1 or more")
	case o.racks && (o.format == "dot" || o.format == "mermaid"):
		return o, usage("racks are drawn as svg, not as %s", o.format)
	case o.racks && (c.IsSet("fabric") || c.IsSet("devices") || c.IsSet("boxes")):
		return o, usage("--fabric, --devices and --boxes apply to the topology, --racks, --rack and --pool to elevations: use one or the other")
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
