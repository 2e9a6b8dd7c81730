package main

import (
	"encoding/json"
	"fmt"

	"github.com/urfave/cli/v2"
	"go.yaml.in/yaml/v3"

	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/generate"
)

func generateCommand() *cli.Command {
	return &cli.Command{
		Name:      "generate",
		Usage:     "print what a plan generates: devices, interfaces, cables",
		ArgsUsage: "[PLAN]",
		Description: `Needs no NetBox. csv is the cabling, a row a cable; yaml and json are the whole
topology.

   diet generate -o csv fabric.yaml`,
		Flags: []cli.Flag{&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "yaml, json or csv", Value: "yaml"}},
		Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			format := c.String("output")
			if c.Bool("json") {
				format = "json"
			}
			plans, err := e.plans(c.Args().Slice())
			if err != nil {
				return err
			}
			for _, plan := range plans {
				topo, err := generate.Generate(plan, nil)
				if err != nil {
					return err
				}
				if err := e.writeTopology(topo, format); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func (e *env) writeTopology(topo *generate.Topology, format string) error {
	switch format {
	case "json":
		return e.print(topo)
	case "csv":
		return report.CSV(e.out, report.Cabling(topo))
	case "yaml":
		return e.writeYAML(topo)
	}
	return usage("no output format %q: yaml, json or csv", format)
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
