package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/generate"
)

// initHelp is the long help of diet init.
const initHelp = `Creates the custom fields that are missing and assigns them to racks, devices,
interfaces and cables; those that exist are left as they are. Run it once per
NetBox, with a token that may write custom fields.

   NETBOX_URL=https://netbox.example.com NETBOX_TOKEN=… diet init

With --links it also creates custom links on the pages of what diet owns, to the
pages of its plan, of the object and of its drift, and saved filters of what diet
owns, released and never deletes. URL is the address of diet's pages; one with
{plan} or {object} is that of a page of your own, and gives one link:

   diet init --links https://diet.example.com
   diet init --links 'https://git.example.com/fabric/{plan}.yaml'

Run again, it brings its links up to date. It leaves alone those that people made
or edited.

With --check it writes nothing: it lists the rights that the token lacks, and those
that are limited to some objects. Exit code 1 if any is lacking. With plans, only
the rights that these need.

With --rebase it reads plans, and shows what diet's records of their objects would
say if the ids of sites, types, roles and the like were learnt anew by their names:
NetBox was filled anew from another one. It writes that with --yes, and nothing else.

With --repair it shows which of its custom fields people deleted, renamed or changed
since (object types, filter logic, how they show in forms), and who; and, in a
terminal, asks whether to put that right (elsewhere --yes). With --links too, links
and filters that they deleted or edited are as init made them. Labels, groups,
colours and weights stay.

   diet init --repair
   diet init --repair --links https://diet.example.com --yes

A field that was renamed or changed keeps its values. With one that was deleted, or
taken from a type of objects, NetBox erased its values there. --repair lists the
objects that lost some, and writes again what NetBox's changelog has of them from
before, what people had set included. An object that it has nothing of is a question
of the next preview, and nothing is done to it before somebody answers.`

func initCommand() *cli.Command {
	return &cli.Command{
		Name:        "init",
		Usage:       "set up NetBox for diet: create the custom fields that record ownership",
		ArgsUsage:   "[PLAN...]",
		Description: initHelp,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "check", Usage: "write nothing, list the rights that the token lacks"},
			&cli.BoolFlag{Name: "rebase", Usage: "learn the ids of shared objects anew, where NetBox moved to another server"},
			&cli.BoolFlag{Name: "repair", Usage: "restore the custom fields that people deleted or changed, and with --links the links"},
			&cli.BoolFlag{Name: "yes", Usage: "with --rebase, write what was learnt; with --repair, do not ask"},
			&cli.StringFlag{Name: "links", Usage: "create links and saved filters in NetBox, to diet's pages at `URL`"},
		},
		Action: func(c *cli.Context) error {
			if c.Args().Present() && !c.Bool("check") && !c.Bool("rebase") {
				return usage("init takes plans only with --check or --rebase")
			}
			if c.Bool("repair") && (c.Bool("check") || c.Bool("rebase")) {
				return usage("--repair goes with neither --check nor --rebase")
			}
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			if e.rebase = c.Bool("rebase"); e.rebase {
				return e.rebasePlans(c.Args().Slice(), c.Bool("yes"))
			}
			return e.init()
		},
	}
}

// init opens the engine, and does what the flags say.
func (e *env) init() error {
	var links engine.Links
	if e.cli.IsSet("links") {
		var err error
		if links, err = engine.NewLinks(e.cli.String("links")); err != nil {
			return usage("--links: %w", err)
		}
	}
	var plans []*generate.Plan
	if e.cli.Args().Present() {
		var err error
		if plans, err = e.plans(e.cli.Args().Slice()); err != nil {
			return err
		}
	}
	eng, err := e.engine()
	if err != nil {
		return err
	}
	defer func() { _ = eng.Close() }()
	if e.cli.Bool("check") {
		return e.checkRights(eng, engine.RightsFor{Plans: plans, Links: links != nil})
	}
	if e.cli.Bool("repair") {
		return e.repair(eng, links)
	}
	return e.provision(eng, links)
}

// initialised is what init did.
type initialised struct {
	*engine.InitResult
	Links *engine.LinksResult `json:"links,omitempty"`
}

// provision sets NetBox up.
func (e *env) provision(eng *engine.Engine, links engine.Links) error {
	fields, err := eng.Init(e.cli.Context)
	if err != nil {
		return err
	}
	done := initialised{InitResult: fields}
	if links != nil {
		if done.Links, err = eng.InitLinks(e.cli.Context, links); err != nil {
			return err
		}
	}
	if e.cli.Bool("json") {
		return e.print(done)
	}
	writeInit(e.out, done)
	return nil
}

func writeInit(w io.Writer, r initialised) {
	list := func(verb string, names []string) {
		if len(names) > 0 {
			fmt.Fprintf(w, "%s %s\n", verb, strings.Join(names, ", "))
		}
	}
	list("created", r.Created)
	list("assigned", r.Assigned)
	if l := r.Links; l != nil {
		list("created", l.Created)
		list("updated", l.Updated)
		for _, k := range l.Kept {
			fmt.Fprintf(w, "left alone %q: %s\n", k.Name, k.Why)
		}
	}
	fields := slices.Concat(r.Created, r.Assigned, r.Present)
	fmt.Fprintf(w, "NetBox is set up: %d custom fields, %d new\n", len(fields), len(r.Created))
	if l := r.Links; l != nil {
		made := slices.Concat(l.Created, l.Updated, l.Present)
		fmt.Fprintf(w, "and shows what diet owns: %s, %d new\n",
			report.Plural(len(made), "link or saved filter", "links and saved filters"), len(l.Created))
	}
}

// checkRights prints what the token lacks.
func (e *env) checkRights(eng *engine.Engine, what engine.RightsFor) error {
	rights, err := eng.CheckRights(e.cli.Context, what)
	if err != nil {
		return err
	}
	if e.cli.Bool("json") {
		err = e.print(rights)
	} else {
		writeRights(e.out, rights, len(what.Plans) > 0)
	}
	if err == nil && len(rights.Missing) > 0 {
		return &codeError{exitError, &lackingError{rights.Missing}}
	}
	return err
}

// lackingError is a token that lacks rights.
type lackingError struct{ missing []engine.MissingRight }

func (e *lackingError) Error() string {
	const show = 5
	var types []string
	for i, m := range e.missing {
		if i == show {
			return fmt.Sprintf("the token lacks rights on %s and %d more", strings.Join(types, ", "), len(e.missing)-show)
		}
		types = append(types, m.ObjectType)
	}
	return "the token lacks rights on " + strings.Join(types, ", ")
}

func (e *lackingError) Hint() string {
	return "docs/rights.md lists the permissions that the token needs; an administrator of NetBox grants them"
}

func writeRights(w io.Writer, r *engine.Rights, plans bool) {
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
	switch {
	case len(r.Missing) > 0:
	case plans:
		fmt.Fprintln(w, "the token has all rights that the plan needs")
	default:
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
