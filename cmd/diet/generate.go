package main

import (
	"encoding/json"
	"fmt"

	"github.com/urfave/cli/v2"
	"go.yaml.in/yaml/v3"

	"github.com/diet-project/diet/engine/draw"
	"github.com/diet-project/diet/generate"
)

func generateCommand() *cli.Command {
	return &cli.Command{
		Name:      "generate",
		Usage:     "print what a plan generates: devices, interfaces, cables",
		ArgsUsage: "[PLAN]",
		Description: `Needs no NetBox. yaml and json are the whole topology; csv is the cabling, a row a
cable; sheet is the cabling as a page to be printed, a table with boxes to tick
for every rack. The pictures are drawn by diet graph.

What comes out is the plan as a first generation. Once it has been applied, --prior
keeps the cables where diet last put them: what a preview compares NetBox with.

   diet generate -o csv fabric.yaml
   diet generate -o sheet --prior fabric.yaml > cabling.html`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "yaml, json, csv or sheet", Value: "yaml"},
			priorFlag,
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
				return usage("no output format %q: yaml, json, csv or sheet", format)
			}
			topo, err := e.topology(c.Args().Slice())
			if err != nil {
				return err
			}
			return write(topo)
		},
	}
}

var priorFlag = &cli.BoolFlag{Name: "prior", Usage: "keep cables where diet last put them, as the mirror tells"}

// topology generates the one plan that a command works on.
func (e *env) topology(args []string) (*generate.Topology, error) {
	plan, err := e.plan(args)
	if err != nil {
		return nil, err
	}
	if !e.cli.Bool("prior") {
		return generate.Generate(plan, nil)
	}
	eng, err := e.engine()
	if err != nil {
		return nil, err
	}
	defer func() { _ = eng.Close() }()
	age, err := eng.Age(e.cli.Context)
	if err != nil {
		return nil, err
	}
	e.say("diet: the mirror is %s old", age)
	return eng.Generate(e.cli.Context, plan)
}

// topologyWriter writes a topology in a format; nil where there is no such format.
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
	}
	return nil
}

// writeYAML writes a value with the keys, the order and the omissions of its JSON.
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
	enc := yaml.NewEncoder(e.out)
	enc.SetIndent(2)
	if err := enc.Encode(&doc); err != nil {
		return fmt.Errorf("write yaml: %w", err)
	}
	return enc.Close()
}

// blockStyle takes the braces and the quotes of JSON off; the encoder quotes
// what would else be no text.
func blockStyle(n *yaml.Node) {
	n.Style = 0
	for _, c := range n.Content {
		blockStyle(c)
	}
}
