package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/call"
	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/engine/survey"
)

func importCommand() *cli.Command {
	return &cli.Command{
		Name:      "import",
		Usage:     "make a plan, and a map, of a site that exists",
		ArgsUsage: "SITE…",
		Description: `Syncs, reads what stands at each site, and writes two files: SITE.yaml, a plan with
what it made out (racks, roles, types, classes by name and type, fabrics by cabling),
and SITE.map.csv, which says what each existing object is in that plan. Nothing is
written to NetBox. Read both, change what is not as you want it, and go on with
diet adopt --map.

--for PLAN writes a map alone, to a plan that you have: objects are found by the
numbers in their names, by rack and unit, and by their cables. What these disagree
about, and what nothing tells, is in the map without an object: fill it in.

   diet import ams2
   diet adopt ams2.yaml --map ams2.map.csv --reason CHG-4711
   diet import --for fabric.yaml --map fabric.map.csv`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "for", Usage: "map to the objects of this `PLAN`, and write no plan"},
			&cli.StringFlag{Name: "name", Usage: "the `KEY` of the plan", DefaultText: "the site's slug"},
			&cli.StringFlag{Name: "out", Usage: "`FILE` for the plan", DefaultText: "SITE.yaml"},
			&cli.StringFlag{Name: "map", Usage: "`FILE` for the map; .yaml is YAML, anything else CSV", DefaultText: "SITE.map.csv"},
			&cli.BoolFlag{Name: "force", Usage: "write over files that are there"},
		},
		Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			sites := c.Args().Slice()
			switch {
			case c.String("for") != "" && (len(sites) > 0 || given(c, "name", "out")):
				return usage("--for names the plan, and with it the site: leave SITE, --name and --out out")
			case c.String("for") != "":
				return e.importFor(c.String("for"))
			case len(sites) == 0:
				return usage("name the slug of a site, or a plan by --for")
			case len(sites) > 1 && given(c, "name", "out", "map"):
				return usage("--name, --out and --map are for one site")
			}
			return e.withEngine(func(eng *engine.Engine) error {
				return e.importSites(eng, sites)
			})
		},
	}
}

// importSites writes the plan and the map of each site, or prints them all.
func (e *env) importSites(eng *engine.Engine, sites []string) error {
	var all []any
	for _, site := range sites {
		drawn, err := e.importSite(eng, site)
		if err != nil {
			return err
		}
		all = append(all, drawn)
	}
	switch {
	case !e.cli.Bool("json"):
		return nil
	case len(all) == 1:
		return e.print(all[0])
	}
	return e.print(all)
}

// importSite writes the plan and the map of a site; with --json it leaves the files alone.
func (e *env) importSite(eng *engine.Engine, site string) (*survey.Drawn, error) {
	key, out, to := e.cli.String("name"), e.cli.String("out"), e.cli.String("map")
	if key == "" {
		key = site
	}
	if out == "" {
		out = filepath.Base(site) + ".yaml"
	}
	if to == "" {
		to = filepath.Base(site) + ".map.csv"
	}
	if err := e.free(out, to); err != nil {
		return nil, err
	}
	drawn, err := eng.Import(e.cli.Context, site, key)
	if err != nil || e.cli.Bool("json") {
		return drawn, err
	}
	if err := e.write(out, func(w io.Writer) error { _, err := io.WriteString(w, drawn.Plan); return err }); err != nil {
		return nil, err
	}
	if err := e.writeMap(to, drawn.Entries); err != nil {
		return nil, err
	}
	for _, note := range drawn.Notes {
		e.say("note: %s", note)
	}
	e.say("diet: wrote %s and %s; read them, then: `diet adopt %s --map %s --reason REASON`", out, to, call.Quoted(out), call.Quoted(to))
	return drawn, nil
}

// importFor writes a map to a plan that exists.
func (e *env) importFor(planFile string) error {
	eng, plan, err := e.onePlan([]string{planFile})
	if err != nil {
		return err
	}
	defer func() { _ = eng.Close() }()
	drawn, err := eng.ImportFor(e.cli.Context, plan)
	if err != nil {
		return err
	}
	if e.cli.Bool("json") {
		return e.print(drawn)
	}
	to := e.cli.String("map")
	if to == "" {
		to = plan.Info().Key + ".map.csv"
	}
	if err := e.writeMap(to, drawn.Entries); err != nil {
		return err
	}
	for _, note := range drawn.Notes {
		e.say("note: %s", note)
	}
	e.say("diet: wrote %s; fill in what it leaves open, then: `diet adopt %s --map %s --reason REASON`",
		to, call.Quoted(planFile), call.Quoted(to))
	return nil
}

// free makes sure that files may be written, before one of them is: they are not there, or may be replaced.
func (e *env) free(names ...string) error {
	for _, name := range names {
		if _, err := os.Lstat(name); err == nil && !e.cli.Bool("force") && !e.cli.Bool("json") {
			return alreadyThere(name)
		}
	}
	return nil
}

func alreadyThere(name string) error {
	return usage("%s is there already: name another file, or --force", name)
}

// write writes a file that is not there yet, unless it may be replaced.
func (e *env) write(name string, text func(io.Writer) error) error {
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if e.cli.Bool("force") {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	file, err := os.OpenFile(name, flags, 0o644) // #nosec G302 -- people review it
	if os.IsExist(err) {
		return alreadyThere(name)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	err = text(file)
	if bad := file.Close(); err == nil {
		err = bad
	}
	return err
}

// writeMap writes a map as a person edits it, and counts what it maps.
func (e *env) writeMap(name string, entries []survey.Entry) error {
	total, mapped := map[string]int{}, map[string]int{}
	text := mapCSV(entries)
	if slices.Contains([]string{".yaml", ".yml"}, strings.ToLower(filepath.Ext(name))) {
		text = mapYAML(entries)
	}
	if err := e.write(name, text); err != nil {
		return err
	}
	for _, x := range entries {
		if total[x.Kind]++; x.Object != "" {
			mapped[x.Kind]++
		}
	}
	for _, kind := range engine.MapKinds() {
		if total[kind] > 0 {
			fmt.Fprintf(e.out, "%s: %d of %d mapped\n", report.Printable(kind), mapped[kind], total[kind])
		}
	}
	return nil
}
