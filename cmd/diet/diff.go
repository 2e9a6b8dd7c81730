package main

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/mirror"
)

func diffCommand() *cli.Command {
	return &cli.Command{
		Name:      "diff",
		Usage:     "show drift and planned changes separately, or query the mirror in SQL",
		ArgsUsage: "[PLAN] | 'SELECT …'",
		Description: `With a plan, or the plans of diet.yaml: what people changed in NetBox, and what
the plan would change. With an SQL statement that starts with SELECT or WITH: its
rows, read-only. docs/sql.md describes the views (drift, change, conflict, …) and
the tables.

   diet diff fabric.yaml
   diet diff "SELECT kind, field, want, have FROM drift WHERE kind = 'device'"`,
		Flags: append([]cli.Flag{
			&cli.BoolFlag{Name: "sync", Usage: "sync first"},
			&cli.StringFlag{Name: "format", Aliases: []string{"o"}, Usage: "output format of a query: table, json or csv", Value: "table"},
		}, previewFlags...),
		Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			if arg := c.Args().First(); isSQL(arg) {
				return e.query(arg)
			}
			return e.diff(c.Args().Slice())
		},
	}
}

var sqlStart = regexp.MustCompile(`(?i)^\s*(select|with)\b`)

func isSQL(arg string) bool { return sqlStart.MatchString(arg) }

func (e *env) diff(args []string) error {
	plans, err := e.plans(args)
	if err != nil {
		return err
	}
	eng, err := e.engine()
	if err != nil {
		return err
	}
	defer func() { _ = eng.Close() }()
	if err := e.refresh(eng); err != nil {
		return err
	}
	var all []*engine.Preview
	for _, plan := range plans {
		p, err := eng.Diff(e.cli.Context, plan)
		if err != nil {
			return err
		}
		all = append(all, p)
	}
	if err := e.format().Diff(all); err != nil {
		return err
	}
	if e.cli.Bool("detailed-exitcode") {
		for _, p := range all {
			if p.Pending() > 0 || len(p.Conflicts) > 0 {
				return &codeError{code: exitChanges}
			}
		}
	}
	return nil
}

// refresh syncs if asked to, and otherwise prints how old the mirror is.
func (e *env) refresh(eng *engine.Engine) error {
	if e.cli.Bool("sync") {
		_, err := eng.Sync(e.cli.Context, mirror.Options{})
		return err
	}
	age, err := eng.Age(e.cli.Context)
	if err != nil {
		return err
	}
	e.say("diet: the mirror is %s old; --sync refreshes it", age)
	return nil
}

// query runs SQL over the mirror as it is.
func (e *env) query(statement string) error {
	eng, err := e.engine()
	if err != nil {
		return err
	}
	defer func() { _ = eng.Close() }()
	if err := e.refresh(eng); err != nil {
		return err
	}
	columns, rows, err := eng.Query(e.cli.Context, statement)
	if err != nil {
		return err
	}
	format := e.cli.String("format")
	if e.cli.Bool("json") {
		format = "json"
	}
	return e.writeRows(format, columns, rows)
}

func (e *env) writeRows(format string, columns []string, rows [][]any) error {
	switch format {
	case "json":
		out := make([]map[string]any, len(rows))
		for i, row := range rows {
			out[i] = map[string]any{}
			for j, name := range columns {
				out[i][name] = row[j]
			}
		}
		return e.print(out)
	case "csv", "table":
		writeTable(e.out, format, columns, rows)
		return nil
	}
	return usage("unknown format %q: choose table, json or csv", format)
}

// cell is a value as it is shown: in a table nothing that a terminal acts on, in CSV
// nothing that a spreadsheet takes for a formula.
func cell(format string, v any) string {
	text := strings.TrimRight(fmt.Sprint(v), "\n")
	if format != "csv" {
		return report.Printable(text)
	}
	text = report.PrintableLines(text)
	if _, isText := v.(string); isText && formula.MatchString(text) {
		return "'" + text
	}
	return text
}

// formula is a text that a spreadsheet would run; a number with a sign is none.
var formula = regexp.MustCompile(`^\s*([=@]|[+-](?:[^0-9.]|[0-9.]*[^0-9.])|[+-]$)`)

func writeTable(w io.Writer, format string, columns []string, rows [][]any) {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = 0
	head := make(table.Row, len(columns))
	for i, c := range columns {
		head[i] = c
	}
	t.AppendHeader(head)
	for _, row := range rows {
		cells := make(table.Row, len(row))
		for i, v := range row {
			cells[i] = ""
			if v != nil {
				cells[i] = cell(format, v)
			}
		}
		t.AppendRow(cells)
	}
	if format == "csv" {
		t.RenderCSV()
		return
	}
	t.Render()
}
