package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"
	"go.yaml.in/yaml/v3"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/generate"
)

// settings is diet.yaml. Flags and the environment come before it.
type settings struct {
	NetBox struct {
		URL      string `yaml:"url"`
		Token    string `yaml:"token"`
		Parallel int    `yaml:"parallel"` // writes under way at once
	} `yaml:"netbox"`
	Mirror   string            `yaml:"mirror"`
	Plans    []string          `yaml:"plans"`
	Policies []string          `yaml:"policies"`
	Waivers  map[string]string `yaml:"waivers"`
}

// env is what a command works with: the settings and the three streams.
type env struct {
	cli      *cli.Context
	settings settings
	rebuild  bool   // the mirror
	bar      *meter // of what takes long
	out, err io.Writer
}

func newEnv(c *cli.Context) (*env, error) {
	e := &env{cli: c, out: c.App.Writer, err: c.App.ErrWriter}
	path := c.String("config")
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !c.IsSet("config"):
		return e, nil
	case err != nil:
		return nil, usage("read settings: %w", err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&e.settings); err != nil && !errors.Is(err, io.EOF) {
		return nil, usage("read settings %s: %w", path, err)
	}
	if e.settings.NetBox.Parallel < 0 {
		return nil, usage("read settings %s: netbox.parallel is %d, want 1 or more", path, e.settings.NetBox.Parallel)
	}
	e.rebase(filepath.Dir(path))
	return e, nil
}

// rebase makes the paths of diet.yaml relative to its folder.
func (e *env) rebase(dir string) {
	at := func(p string) string {
		if p == "" || filepath.IsAbs(p) {
			return p
		}
		return filepath.Join(dir, p)
	}
	e.settings.Mirror = at(e.settings.Mirror)
	for i, p := range e.settings.Plans {
		e.settings.Plans[i] = at(p)
	}
	for i, p := range e.settings.Policies {
		e.settings.Policies[i] = at(p)
	}
}

// mirrorPath is the mirror's file.
func (e *env) mirrorPath() string {
	return cmp.Or(e.cli.String("mirror"), e.settings.Mirror, "diet.db")
}

// engine opens the mirror, the policies and NetBox.
func (e *env) engine() (*engine.Engine, error) {
	policies := e.cli.StringSlice("policy")
	if len(policies) == 0 {
		policies = e.settings.Policies
	}
	return engine.New(e.cli.Context, engine.Config{
		URL:      cmp.Or(e.cli.String("netbox-url"), e.settings.NetBox.URL),
		Token:    cmp.Or(e.cli.String("token"), e.settings.NetBox.Token),
		Parallel: e.settings.NetBox.Parallel,
		Mirror:   e.mirrorPath(),
		Rebuild:  e.rebuild,
		Policies: policies,
		Waivers:  e.settings.Waivers,
		Version:  version,
		Logger:   e.logger(),

		Progress:     e.meter().apply,
		SyncProgress: e.meter().sync,
	})
}

func (e *env) logger() *slog.Logger {
	if !e.cli.Bool("verbose") {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(e.err, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// format is how what the engine returns is written.
func (e *env) format() report.Format {
	if e.cli.Bool("json") {
		return report.JSON{W: e.out}
	}
	return e.text()
}

func (e *env) text() report.Text {
	return report.Text{
		W:     e.out,
		Color: !e.cli.Bool("no-color") && os.Getenv("NO_COLOR") == "" && isTerminal(e.out),
		Full:  e.cli.Bool("full"),
	}
}

// plans reads the plans that are named by arguments, or by diet.yaml.
func (e *env) plans(paths []string) ([]*generate.Plan, error) {
	if len(paths) == 0 {
		paths = e.settings.Plans
	}
	if len(paths) == 0 {
		return nil, usage("no plan: name one, or list plans in %s", e.cli.String("config"))
	}
	plans := make([]*generate.Plan, 0, len(paths))
	for _, path := range paths {
		plan, err := readPlan(path)
		if err != nil {
			return nil, err
		}
		plans = append(plans, plan)
	}
	return plans, nil
}

// plan reads the one plan that a command works on.
func (e *env) plan(paths []string) (*generate.Plan, error) {
	plans, err := e.plans(paths)
	if err != nil {
		return nil, err
	}
	if len(plans) != 1 {
		return nil, usage("one plan at a time: name one of the %d", len(plans))
	}
	return plans[0], nil
}

func readPlan(path string) (*generate.Plan, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read plan: %w", err)
	}
	return generate.Load(path, data)
}

// print writes a value as JSON.
func (e *env) print(v any) error { return report.JSON{W: e.out}.Value(v) }

// say writes a message for people, to stderr.
func (e *env) say(format string, args ...any) {
	if !e.cli.Bool("quiet") {
		fmt.Fprintf(e.err, format+"\n", args...)
	}
}
