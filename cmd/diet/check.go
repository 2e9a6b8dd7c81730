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
rows of each that has any, or why it cannot be run: exit code 1. With --json a list of all,
with their rows or error.

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

	// Error is why the query has no outcome.
	Error *failure `json:"error,omitempty"`
}

// check runs queries, all of them whatever becomes of one.
func (e *env) check(eng *engine.Engine, names []string) error {
	passed, all := true, make([]checked, 0, len(names))
	for _, name := range names {
		columns, rows, err := e.bounded(eng, e.config.Queries[name], e.limits())
		if e.cli.Err() != nil {
			return err
		}
		one := checked{Name: name, Passed: err == nil && len(rows) == 0, Rows: byColumn(columns, rows)}
		if err != nil {
			one.Error = failureOf(e.cli.Context, err)
		}
		all, passed = append(all, one), passed && one.Passed
		if e.cli.Bool("json") {
			continue
		}
		if err := e.tell(&one, columns, rows); err != nil {
			return err
		}
	}
	if e.cli.Bool("json") {
		if err := e.print(all); err != nil {
			return err
		}
	}
	if !passed {
		return &codeError{code: exitError}
	}
	return nil
}

// tell prints the outcome of a query, and its rows or why it has none.
func (e *env) tell(q *checked, columns []string, rows [][]any) error {
	word := "FAIL "
	switch {
	case q.Passed:
		word = "ok   "
	case q.Error != nil:
		word = "ERROR"
	}
	if _, err := fmt.Fprintf(e.out, "%s %s\n", word, report.Printable(q.Name)); err != nil || q.Passed {
		return err
	}
	if q.Error != nil {
		_, err := fmt.Fprintf(e.out, "      %s\n", report.PrintableLines(q.Error.Message))
		return err
	}
	return e.writeRows(e.cli.String("format"), columns, rows)
}
