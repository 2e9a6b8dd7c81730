package main

import (
	"encoding/json"
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

   NETBOX_URL=https://netbox.example.com NETBOX_TOKEN=… diet init

With --check it writes nothing: it lists the rights that the token lacks, and those
that are limited to some objects. Exit code 1 if any is lacking.`,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "check", Usage: "write nothing, list the rights that the token lacks"},
		},
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
			if c.Bool("check") {
				return checkRights(e, eng)
			}
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

// checkRights prints what the token lacks.
func checkRights(e *env, eng *engine.Engine) error {
	rights, err := eng.CheckRights(e.cli.Context)
	if err != nil {
		return err
	}
	if e.cli.Bool("json") {
		err = e.print(rights)
	} else {
		writeRights(e.out, rights)
	}
	if err == nil && len(rights.Missing) > 0 {
		return &codeError{code: exitError}
	}
	return err
}

func writeRights(w io.Writer, r *engine.Rights) {
	for _, m := range r.Missing {
		fmt.Fprintf(w, "missing  %-36s %s (%s)\n", m.ObjectType, strings.Join(m.Actions, ", "), m.Why)
	}
	for _, l := range r.Limited {
		fmt.Fprintf(w, "limited  %-36s %s, by the constraints of %s: %s\n",
			l.ObjectType, strings.Join(l.Actions, ", "), strings.Join(l.Permissions, ", "), join(l.Constraints))
	}
	if r.Unread != "" {
		fmt.Fprintf(w, "note: %s\n", r.Unread)
	}
	if len(r.Missing) == 0 {
		fmt.Fprintln(w, "the token has all rights that diet needs")
	}
}

func join(texts []json.RawMessage) string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = string(t)
	}
	return strings.Join(out, " or ")
}
