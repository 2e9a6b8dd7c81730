package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"
)

func initCommand() *cli.Command {
	return &cli.Command{
		Name:  "init",
		Usage: "set NetBox up for diet: the custom fields that carry ownership",
		Description: `Creates what is missing and assigns it to racks, devices, interfaces and
cables; what is there already is left as it is. Run it once per NetBox, with
a token that may write custom fields.

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
			for word, names := range map[string][]string{"created": result.Created, "assigned": result.Assigned} {
				if len(names) > 0 {
					fmt.Fprintf(e.out, "%s %s\n", word, strings.Join(names, ", "))
				}
			}
			fmt.Fprintf(e.out, "NetBox is set up: %d custom fields, %d new\n", len(result.Created)+len(result.Assigned)+len(result.Present), len(result.Created))
			return nil
		},
	}
}
