package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v2"
	"go.yaml.in/yaml/v3"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/draw"
	"github.com/diet-project/diet/engine/export"
	"github.com/diet-project/diet/generate"
)

func generateCommand() *cli.Command {
	return &cli.Command{
		Name:      "generate",
		Usage:     "print the racks, devices, interfaces and cables that a plan generates",
		ArgsUsage: "[PLAN]",
		Description: `Needs no NetBox. yaml and json print the whole topology; csv prints the cabling,
one row per cable; sheet is a page for printing, with a table per rack and boxes
to tick. diet graph draws pictures. hedgehog is a wiring diagram for Hedgehog's
fabric; template=FILE is whatever a Go template makes of the topology, such as an
inventory for Ansible (docs/export.md).

Cables stay where diet last put them, as in a preview, where the mirror of that
NetBox holds the plan; a line on stderr says so. --fresh generates the plan as if
for the first time.

   diet generate -o csv fabric.yaml
   diet generate -o sheet fabric.yaml > cabling.html
   diet generate -o hedgehog --fabric frontend fabric.yaml > wiring.yaml
   diet generate -o template=inventory.tmpl fabric.yaml > inventory.yaml`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "yaml, json, csv, sheet, hedgehog or template=`FILE`", Value: "yaml"},
			&cli.StringSliceFlag{Name: "fabric", Usage: "with -o hedgehog: only this `FABRIC`; may be repeated"},
			freshFlag,
		},
		Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			format := c.String("output")
			if c.Bool("json") {
				format = "json"
			}
			write := e.topologyWriter(format)
			if write == nil {
				return otherThan("output format", format, "yaml", "json", "csv", "sheet", "hedgehog", "template=FILE")
			}
			if c.IsSet("fabric") && format != "hedgehog" {
				return usage("--fabric goes with -o hedgehog")
			}
			topo, err := e.topology(c.Args().Slice())
			if err != nil {
				return err
			}
			return write(topo)
		},
	}
}

var freshFlag = &cli.BoolFlag{Name: "fresh", Usage: "place every cable as if for the first time, whatever the mirror holds"}

// netBoxURL is that of the NetBox that is worked with; "" where none is named.
func (e *env) netBoxURL() string { return cmp.Or(e.cli.String("netbox-url"), e.config.NetBox.URL) }

// topology generates the one plan that a command works on.
func (e *env) topology(args []string) (*generate.Topology, error) {
	plan, err := e.plan(args)
	if err != nil {
		return nil, err
	}
	if e.cli.Bool("fresh") {
		return generate.Generate(plan, nil)
	}
	kept, err := engine.ReadKept(e.cli.Context, e.mirrorPath(), e.netBoxURL(), plan)
	if err != nil {
		return nil, err
	}
	if len(kept.Cables) > 0 {
		e.say("diet: cables stay where diet last put them, by the mirror, %s old; --fresh ignores it", kept.Age)
	}
	return generate.Generate(plan, kept.Cables)
}

// topologyWriter returns the writer for a format, nil for an unknown one.
func (e *env) topologyWriter(format string) func(*generate.Topology) error {
	switch format {
	case "yaml":
		return func(t *generate.Topology) error { return e.writeYAML(t) }
	case "json":
		return func(t *generate.Topology) error { return e.print(t) }
	case "csv":
		return func(t *generate.Topology) error { return draw.CSV(e.out, draw.Cabling(t)) }
	case "sheet":
		return func(t *generate.Topology) error { return draw.Sheet(e.out, t) }
	case "hedgehog":
		opts := export.HedgehogOptions{Fabrics: e.cli.StringSlice("fabric")}
		return func(t *generate.Topology) error { e.sayLeftOut(t); return export.Hedgehog(e.out, t, opts) }
	}
	if file, ok := strings.CutPrefix(format, "template="); ok {
		return func(t *generate.Topology) error { return e.writeTemplate(t, file) }
	}
	return nil
}

func (e *env) writeTemplate(t *generate.Topology, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read template: %w", err)
	}
	return export.Template(e.out, t, file, string(text))
}

// sayLeftOut names the cables that an export leaves out.
func (e *env) sayLeftOut(t *generate.Topology) {
	if left := export.LeftOut(t); len(left) > 0 {
		e.say("note: left out, since it carries no data: %s", strings.Join(left, ", "))
	}
}

// writeYAML writes a value with the same keys, order and omissions as its JSON.
func (e *env) writeYAML(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode json: %w", err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return fmt.Errorf("read json as yaml: %w", err)
	}
	blockStyle(&doc)
	return generate.EncodeYAML(e.out, &doc)
}

// blockStyle removes the braces and quotes of JSON; the encoder quotes text that
// would otherwise read as something else.
func blockStyle(n *yaml.Node) {
	n.Style = 0
	for _, c := range n.Content {
		blockStyle(c)
	}
}
