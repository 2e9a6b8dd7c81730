package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
)

func initCommand() *cli.Command {
	return &cli.Command{
		Name:  "init",
		Usage: "set up NetBox for diet: create the custom fields that record ownership",
		Description: `Creates the custom fields that are missing and assigns them to racks, devices,
interfaces and cables; those that exist are left as they are. Run it once per
NetBox, with a token that may write custom fields.

   NETBOX_URL=https://netbox.example.com NETBOX_TOKEN=… diet init`,
		Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			eng, err := e.engine()
			if err != nil {
				return err
			}
			defer func() { _ = eng.Close() }()
			result, err := eng.Init(c.Context)
			if err != nil {
				return err
			}
			if c.Bool("json") {
				return e.print(result)
			}
			writeInit(e.out, result)
			return nil
		},
	}
}

func writeInit(w io.Writer, r *engine.InitResult) {
	if len(r.Created) > 0 {
		fmt.Fprintf(w, "created %s\n", strings.Join(r.Created, ", "))
	}
	if len(r.Assigned) > 0 {
		fmt.Fprintf(w, "assigned %s\n", strings.Join(r.Assigned, ", "))
	}
	fmt.Fprintf(w, "NetBox is set up: %d custom fields, %d new\n", len(r.Created)+len(r.Assigned)+len(r.Present), len(r.Created))
}
