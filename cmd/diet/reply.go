package main

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
)

// The commands for the answers that people give most often.

func ackCommand() *cli.Command {
	return replyCommand("ack", "acknowledge", "accept drift: what NetBox has stays, and counts as accepted",
		`Writes the answer acknowledge to resolutions.yaml, for a field that somebody edited,
or an object that somebody deleted. Nothing is written to NetBox.

   diet ack fabric.yaml 'web/web[1]' description --reason 'until the migration' --expires 30d`)
}

func unmanageCommand() *cli.Command {
	return replyCommand("unmanage", "unmanage", "leave an object, or a field of it, to people",
		`Writes the answer unmanage to resolutions.yaml; the next apply carries it out. diet
no longer writes the field, or anything of the object. An object keeps its id in
NetBox, with diet_managed false, so that it is not made again.

   diet unmanage fabric.yaml 'web/web[1]' description --reason 'the database team names its hosts'`)
}

func adoptCommand() *cli.Command {
	c := replyCommand("adopt", "adopt", "have diet manage an object, a field of it, or a site that exists",
		`Writes the answer adopt to resolutions.yaml; the next apply carries it out. OBJECT is
one that exists where the plan wants it, or one that was left to people; FIELD is
one that was left to people: it gets the plan's value.

--map takes the map that diet import wrote: each of its objects is the plan's, under
whatever name, with its interfaces and the cables between such objects. Cables stay
where they are as far as the plan allows it. What differs otherwise is asked about
by the next preview.

   diet adopt fabric.yaml 'web/web[3]' --reason 'built by hand in March'
   diet adopt fabric.yaml --map map.csv --reason 'CHG-4711'`)
	c.ArgsUsage = "[PLAN] OBJECT [FIELD] | [PLAN] --map FILE"
	says := &cli.StringFlag{Name: "map", Usage: "`FILE` that says what each existing object is, as diet import writes it"}
	c.Flags = append([]cli.Flag{says}, c.Flags...)
	one := c.Action
	c.Action = func(c *cli.Context) error {
		if c.String("map") == "" {
			return one(c)
		}
		e, err := newEnv(c)
		if err != nil {
			return err
		}
		return e.adoptMap(c.Args().Slice(), c.String("map"))
	}
	return c
}

func replyCommand(name, word, usage, description string) *cli.Command {
	return &cli.Command{
		Name: name, Usage: usage, ArgsUsage: "[PLAN] OBJECT [FIELD]", Description: description, Flags: replyFlags(),
		Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			plan, object, field, err := about(c.Args().Slice())
			if err != nil {
				return err
			}
			return e.reply(plan, engine.Reply{Object: object, Field: field, Answer: word})
		},
	}
}

// about reads [PLAN] OBJECT [FIELD]: what is a YAML file is the plan.
func about(args []string) (plan []string, object, field string, err error) {
	if len(args) > 0 && isPlanFile(args[0]) {
		plan, args = args[:1], args[1:]
	}
	switch len(args) {
	case 1:
		return plan, args[0], "", nil
	case 2:
		return plan, args[0], args[1], nil
	}
	return nil, "", "", usage("name one object, and a field of it or none: [PLAN] OBJECT [FIELD]")
}

func isPlanFile(arg string) bool {
	info, err := os.Stat(arg)
	return arg == fromStdin || slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(arg)) || err == nil && info.Mode().IsRegular()
}
