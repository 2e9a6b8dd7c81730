package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/report"
)

func checkCommand() *cli.Command {
	return &cli.Command{
		Name:      "check",
		Usage:     "run the queries of diet.yaml; one that yields rows fails",
		ArgsUsage: "[NAME …]",
		Description: `Runs the queries saved under queries, or those named, over the mirror, and prints the
rows of each that has any: exit code 1. With --json a list of all, with their rows.

   diet check --sync
   diet check 'devices without a serial'`,
		Flags: append([]cli.Flag{&cli.BoolFlag{Name: "sync", Usage: "sync first"}, formatFlag}, limitFlags...),
		Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			names, err := e.saved(c.Args().Slice())
			if err != nil {
				return err
			}
			return e.withMirror(func(eng *engine.Engine) error { return e.check(eng, names) })
		},
	}
}

// saved are the names of the queries to run, all if none is named.
func (e *env) saved(names []string) ([]string, error) {
	if len(e.config.Queries) == 0 {
		return nil, usage("%s has no queries", e.cli.String("config"))
	}
	for _, name := range names {
		if _, ok := e.config.Queries[name]; !ok {
			return nil, usage("%s has no query %q", e.cli.String("config"), name)
		}
	}
	if len(names) == 0 {
		names = slices.Sorted(maps.Keys(e.config.Queries))
	}
	return names, nil
}

// checked is the outcome of a saved query.
type checked struct {
	Name   string           `json:"name"`
	Passed bool             `json:"passed"`
	Rows   []map[string]any `json:"rows"`
}

func (e *env) check(eng *engine.Engine, names []string) error {
	failed, all := 0, make([]checked, 0, len(names))
	for _, name := range names {
		columns, rows, err := e.bounded(eng, e.config.Queries[name], e.limits())
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, checked{Name: name, Passed: len(rows) == 0, Rows: byColumn(columns, rows)})
		if len(rows) > 0 {
			failed++
		}
		if e.cli.Bool("json") {
			continue
		}
		if err := e.tell(name, columns, rows); err != nil {
			return err
		}
	}
	if e.cli.Bool("json") {
		if err := e.print(all); err != nil {
			return err
		}
	}
	if failed > 0 {
		return &codeError{code: exitError}
	}
	return nil
}

// tell prints the outcome of a query, and its rows.
func (e *env) tell(name string, columns []string, rows [][]any) error {
	if len(rows) == 0 {
		_, err := fmt.Fprintf(e.out, "ok    %s\n", report.Printable(name))
		return err
	}
	fmt.Fprintf(e.out, "FAIL  %s\n", report.Printable(name))
	return e.writeRows(e.cli.String("format"), columns, rows)
}
