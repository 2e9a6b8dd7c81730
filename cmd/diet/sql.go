package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/mirror"
)

func sqlCommand() *cli.Command {
	return &cli.Command{
		Name:      "sql",
		Usage:     "query the mirror and the store in SQL, read-only",
		ArgsUsage: "['SELECT …']",
		Description: `Prints the rows of a statement. Without one: in a terminal, asks for statements, each
ended by a semicolon; otherwise reads them from standard input. docs/sql.md describes
the views (drift, change, conflict, …) and the tables.

   diet sql "SELECT kind, field, want, have FROM drift WHERE kind = 'device'"
   diet sql -o markdown < report.sql
   diet sql --at '2h ago' 'SELECT count(*) FROM drift'`,
		Flags: append([]cli.Flag{&cli.BoolFlag{Name: "sync", Usage: "sync first"}, atFlag, formatFlag}, limitFlags...),
		Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			switch {
			case c.NArg() > 1:
				return usage("one statement at a time: put it in quotes")
			case c.NArg() == 1:
				return e.query(c.Args().First(), e.limits())
			}
			return e.shell()
		},
	}
}

var (
	formatFlag = &cli.StringFlag{
		Name: "output", Aliases: []string{"o", "format"}, Value: "table",
		Usage: "output `FORMAT` of a query: table, json, csv or markdown",
	}
	limitFlags = []cli.Flag{
		&cli.DurationFlag{Name: "timeout", Usage: "end a query after this `TIME`", Value: defaultLimits.time},
		&cli.IntFlag{Name: "max-rows", Usage: "refuse more than `N` rows", Value: defaultLimits.rows},
	}
)

// limits are the bounds of a query.
type limits struct {
	time time.Duration
	rows int
}

var defaultLimits = limits{time: 5 * time.Minute, rows: 1_000_000}

func (e *env) limits() limits {
	return limits{time: e.cli.Duration("timeout"), rows: e.cli.Int("max-rows")}
}

var sqlStart = regexp.MustCompile(`(?i)^\s*(select|with)\b`)

func isSQL(arg string) bool { return sqlStart.MatchString(arg) }

// query runs one statement over the mirror as it is.
func (e *env) query(statement string, limit limits) error {
	return e.then(func(eng *engine.Engine) error { return e.rows(eng, statement, limit) })
}

// rows prints what a statement yields.
func (e *env) rows(eng *engine.Engine, statement string, limit limits) error {
	columns, rows, err := e.bounded(eng, statement, limit)
	if err != nil {
		return err
	}
	return e.writeRows(e.queryFormat(), columns, rows)
}

// queryFormat is how the rows of a query are written.
func (e *env) queryFormat() string {
	if e.cli.Bool("json") {
		return "json"
	}
	return e.cli.String("format")
}

// bounded runs a statement within limits.
func (e *env) bounded(eng *engine.Engine, statement string, limit limits) ([]string, [][]any, error) {
	ctx, cancel := context.WithTimeout(e.cli.Context, limit.time)
	defer cancel()
	columns, rows, err := eng.Query(ctx, statement, limit.rows)
	if err != nil && e.cli.Err() == nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, nil, fmt.Errorf("query: not done after %s: narrow it, or raise --timeout", limit.time)
	}
	return columns, rows, err
}

// shell answers statements until the input ends. An error in one of a file ends it; in a
// terminal the next one is asked for.
func (e *env) shell() error {
	return e.then(func(eng *engine.Engine) error {
		if isKeyboard(e.cli.App.Reader) {
			return e.ask(eng, e.cli.App.Reader.(*os.File))
		}
		text, err := io.ReadAll(e.cli.App.Reader)
		if err != nil {
			return fmt.Errorf("read statements: %w", err)
		}
		return e.script(eng, string(text))
	})
}

// script runs the statements of a text.
func (e *env) script(eng *engine.Engine, text string) error {
	var all []any // the rows of each statement
	for statement := range mirror.Statements(text) {
		columns, rows, err := e.bounded(eng, statement, e.limits())
		if err != nil {
			return err
		}
		if e.queryFormat() == "json" {
			all = append(all, byColumn(columns, rows))
		} else if err := e.writeRows(e.queryFormat(), columns, rows); err != nil {
			return err
		}
	}
	switch {
	case e.queryFormat() != "json":
		return nil
	case len(all) == 1:
		return e.print(all[0])
	}
	return e.print(append([]any{}, all...))
}

// ask reads statements from a terminal, with its line editing and history.
func (e *env) ask(eng *engine.Engine, keyboard *os.File) error {
	e.say("diet: end a statement with a semicolon, and the session with ctrl-D")
	terminal := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{keyboard, e.out}, "diet> ")
	var typed strings.Builder
	now := *e // what is asked for is shown at once
	if out, is := e.out.(*output); is {
		now.out = out.Writer
	}
	for {
		line, err := readLine(terminal, keyboard)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		typed.WriteString(line + "\n")
		if terminal.SetPrompt("   …> "); !mirror.Complete(typed.String()) {
			continue
		}
		if err := now.script(eng, typed.String()); err != nil {
			fmt.Fprintln(e.err, report.PrintableLines(err.Error()))
		}
		typed.Reset()
		terminal.SetPrompt("diet> ")
	}
}

// readLine reads a line with the terminal in raw mode, and leaves it as it was.
func readLine(terminal *term.Terminal, keyboard *os.File) (string, error) {
	fd := int(keyboard.Fd())
	before, err := term.MakeRaw(fd)
	if err != nil {
		return "", fmt.Errorf("read from the terminal: %w", err)
	}
	defer func() { _ = term.Restore(fd, before) }()
	return terminal.ReadLine()
}
