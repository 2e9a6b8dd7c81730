package main

import (
	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine/config"
)

func configCommand() *cli.Command {
	return &cli.Command{
		Name:      "config",
		Usage:     "print the JSON Schema of diet.yaml, for editors",
		ArgsUsage: "schema",
		Description: `docs/configuration.md lists the keys.

   diet config schema > diet.schema.json`,
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 || c.Args().First() != "schema" {
				return usage("config takes one argument: schema%s", instead(c.Args().First(), verbs["config"]))
			}
			_, err := c.App.Writer.Write(config.Schema)
			return err
		},
	}
}
