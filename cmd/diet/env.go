package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/approval"
	"github.com/diet-project/diet/engine/call"
	"github.com/diet-project/diet/engine/config"
	"github.com/diet-project/diet/engine/policy"
	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/engine/serve/web"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/netbox"
)

// env is what a command works with: the configuration and the output streams.
type env struct {
	cli     *cli.Context
	config  *config.Config
	rebuild bool   // the mirror
	rebase  bool   // learn the ids of shared objects anew
	bar     *meter // progress of long work

	files     engine.Files // what the engine is opened for
	stdin     string       // what the standard input was read for
	approvers approval.Approvers
	call      call.Flags // the settings that were given as flags
	out, err  io.Writer
}

func newEnv(c *cli.Context) (*env, error) {
	load := config.LoadIfExists
	if c.IsSet("config") {
		load = config.Load
	}
	cfg, err := load(c.String("config"))
	if err != nil {
		return nil, usage("%w", err)
	}
	approvers, err := approval.ReadApprovers(cfg.Approvers)
	if err == nil {
		approvers, err = approvers.WithServers(cfg.ApprovalServers...)
	}
	if err != nil {
		return nil, usage("%s: %w", c.String("config"), err)
	}
	e := &env{cli: c, config: cfg, out: c.App.Writer, err: c.App.ErrWriter, approvers: approvers, call: callOf(c.Context)}
	saveMemory(e.mirrorPath())
	return e, e.apart()
}

// mirrorPath is the mirror's file.
func (e *env) mirrorPath() string {
	return cmp.Or(e.cli.String("mirror"), string(e.config.Mirror.File))
}

// engine opens the mirror, the policies and NetBox.
func (e *env) engine() (*engine.Engine, error) {
	cfg, err := e.engineConfig()
	if err != nil {
		return nil, err
	}
	return engine.New(e.cli.Context, cfg)
}

// engineConfig is what flags, the environment and diet.yaml say of the engine.
func (e *env) engineConfig() (engine.Config, error) {
	var none engine.Config
	wait, err := time.ParseDuration(cmp.Or(os.Getenv("DIET_WRITE_TIMEOUT"), e.config.NetBox.WriteTimeout))
	if err != nil || wait <= 0 {
		return none, usage("DIET_WRITE_TIMEOUT: want a duration such as 120s")
	}
	host, _ := os.Hostname() // without a name it is told from others by its processes
	token, err := e.trustedToken()
	if err == nil {
		err = e.trustStore()
	}
	if err != nil {
		return none, err
	}
	log, err := e.decisionLog()
	if err != nil {
		return none, err
	}
	return e.inBranch(engine.Config{
		URL:         cmp.Or(e.cli.String("netbox-url"), e.config.NetBox.URL),
		Token:       token,
		TLS:         e.tls(),
		Parallel:    e.config.NetBox.Parallel,
		Rate:        e.config.NetBox.RequestsPerSecond,
		PartialView: e.config.NetBox.PartialView,
		Mirror:      e.mirrorPath(),
		Sites:       e.config.Mirror.Sites,
		Rebuild:     e.rebuild,
		Rebase:      e.rebase,
		Wait:        wait,
		Store:       cmp.Or(e.cli.String("store"), string(e.config.Store)),
		Files:       e.filesFor(),
		Host:        host,
		User:        cmp.Or(os.Getenv("USER"), os.Getenv("LOGNAME")),
		Policies:    e.policyDirs(),
		Waivers:     e.config.Waivers,

		AnyPolicies: e.undecided(),
		PolicyKey:   e.policyKey(),
		Exceptions:  e.exceptions(),
		Approvers:   e.approvers,
		DecisionLog: log,

		History: days(e.config.History),
		Keep: engine.Keep{
			Previews: days(e.config.Keep.Previews), Runs: days(e.config.Keep.Runs),
			Situations: e.config.Keep.Decisions, Decisions: e.config.Keep.DecisionsEach,
		},
		Actors:  engine.Actors{Diet: e.config.Actors.Diet, System: e.config.Actors.System},
		Call:    e.call,
		Version: version,
		Logger:  e.logger(),

		Resolutions: e.cli.String("resolutions"), Index: web.Index,

		Notice:       func(line string) { e.say("diet: %s", line) },
		Progress:     e.meter().apply,
		SyncProgress: e.meter().sync,
		Step:         e.step,
	})
}

// filesOf says of commands what they open mirror and store for, where that is not to work with both.
var filesOf = map[string]engine.Files{
	"diff": engine.LookAtMirror, "status": engine.LookAtMirror, "why": engine.LookAtMirror, "blame": engine.LookAtMirror,
	"history": engine.LookAtMirror, "sql": engine.LookAtMirror, "check": engine.LookAtMirror,
	"runs": engine.LookAtStore, "run": engine.LookAtStore, "previews": engine.LookAtStore, "store": engine.WriteStore,
	"approve": engine.WriteStore, "rollback": engine.UseStored,
}

// filesFor says what mirror and store are opened for: a command that only looks makes neither.
func (e *env) filesFor() engine.Files {
	switch {
	case e.files != engine.Work:
		return e.files
	case e.cli.Bool("sync"):
		return engine.Work
	}
	return filesOf[e.cli.Command.Name]
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// withEngine opens the engine for as long as do takes.
func (e *env) withEngine(do func(*engine.Engine) error) error {
	eng, err := e.engine()
	if err != nil {
		return err
	}
	defer func() { _ = eng.Close() }()
	return eng.Explain(e.cli.Context, do(eng))
}

// withOne runs a command that takes one argument, with the engine; without names the argument
// where it is not given.
func withOne(c *cli.Context, without string, do func(e *env, eng *engine.Engine, arg string) error) error {
	if c.NArg() != 1 {
		return usage("%s", without)
	}
	return withFirst(c, do)
}

// ofPlan does what lists something of one plan, by its key, or, with "", of all.
func ofPlan(c *cli.Context, do func(e *env, eng *engine.Engine, plan string) error) error {
	if c.NArg() > 1 {
		return usage("name one plan key, or none")
	}
	return withFirst(c, do)
}

// withFirst opens the engine, and passes it on with the first argument.
func withFirst(c *cli.Context, do func(e *env, eng *engine.Engine, arg string) error) error {
	e, err := newEnv(c)
	if err != nil {
		return err
	}
	return e.withEngine(func(eng *engine.Engine) error { return do(e, eng, c.Args().First()) })
}

// withMirror is withEngine for what reads the mirror: it is synced first if that is asked for.
func (e *env) withMirror(do func(*engine.Engine) error) error {
	return e.withEngine(func(eng *engine.Engine) error {
		if err := e.refresh(eng); err != nil {
			return err
		}
		return do(eng)
	})
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

// tls is how to check who NetBox is. A file cannot ask to leave that out.
func (e *env) tls() netbox.TLS {
	out := netbox.TLS{
		CA:       cmp.Or(e.cli.String("ca"), string(e.config.NetBox.CA)),
		Cert:     string(e.config.NetBox.ClientCert),
		Key:      string(e.config.NetBox.ClientKey),
		Insecure: e.cli.Bool("insecure"),
	}
	if out.Insecure {
		fmt.Fprintln(e.err, "warning: NetBox's certificate is not checked (--insecure): whoever is on the way can read the token")
	}
	return out
}

// policyDirs are the folders and bundles with policies.
func (e *env) policyDirs() []string {
	return append(texts(e.config.Policies), e.cli.StringSlice("policy")...)
}

// policyKey is the file with the key that bundles must be signed by.
func (e *env) policyKey() string {
	return cmp.Or(e.cli.String("policy-key"), string(e.config.PolicyKey))
}

// decisionLog is the file that decisions are added to, until the program ends; nil for none.
func (e *env) decisionLog() (io.Writer, error) {
	name := e.decisionLogFile()
	if name == "" {
		return nil, nil
	}
	file, err := openLog(name)
	if err != nil {
		return nil, err
	}
	return report.JSONWriter(file), nil
}

// exceptions are those of the configuration, each with its place.
func (e *env) exceptions() []policy.Exception {
	var out []policy.Exception
	for _, x := range e.config.Exceptions {
		out = append(out, policy.Exception{
			Guard: x.Guard, Reason: x.Reason, Who: x.Who, Plan: x.Plan, Kind: x.Kind, Object: x.Object, Expires: x.Expires,
			Place: x.Place,
		})
	}
	return out
}

func texts[T ~string](words []T) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return out
}

func (e *env) logger() *slog.Logger {
	if !e.cli.Bool("verbose") {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(e.err, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// format is how results are written.
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
		Call:  e.call,
	}
}

// plans reads the plans named by the arguments, or else by diet.yaml.
func (e *env) plans(paths []string) ([]*generate.Plan, error) {
	if len(paths) == 0 {
		paths = texts(e.config.Plans)
	}
	if len(paths) == 0 {
		return nil, usage("no plan: name one, or list plans in %s", e.cli.String("config"))
	}
	plans, wrong, err := e.load(paths)
	if err != nil {
		return nil, err
	}
	var findings []generate.Finding
	for _, w := range wrong {
		findings = append(findings, w.why.Findings...)
	}
	if len(findings) > 0 {
		return nil, &generate.FindingsError{Findings: findings}
	}
	return plans, nil
}

// wrongPlan is a plan that does not load.
type wrongPlan struct {
	why *generate.FindingsError
	key string // as far as it can be read; else the name of the file
}

// load reads plans, those that are wrong apart.
func (e *env) load(paths []string) (plans []*generate.Plan, wrong []wrongPlan, err error) {
	files, err := planFiles(paths)
	if err != nil {
		return nil, nil, err
	}
	for _, path := range files {
		plan, err := e.readPlan(path)
		var findings *generate.FindingsError
		switch {
		case errors.As(err, &findings):
			data, _ := os.ReadFile(path)
			wrong = append(wrong, wrongPlan{findings, cmp.Or(keyOf(data), path)})
		case err != nil:
			return nil, nil, err
		default:
			plans = append(plans, plan)
		}
	}
	if findings := generate.CheckKeys(plans); len(findings) > 0 {
		return nil, nil, &generate.FindingsError{Findings: findings}
	}
	generate.Join(plans)
	return plans, wrong, nil
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

// fromStdin is the argument that stands for a plan on the standard input.
const fromStdin = engine.FromStdin

// readPlan reads a plan from a file, or from the standard input: that has no name, and what
// lies beside a plan lies in the working folder.
func (e *env) readPlan(path string) (*generate.Plan, error) {
	if path == fromStdin {
		text, err := e.input("a plan")
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(text)
		if err != nil {
			return nil, fmt.Errorf("read plan: %w", err)
		}
		if engine.IsCarried(bytes.NewReader(data)) {
			return nil, usage("the standard input is a preview, and no plan: save it to a file, and name that")
		}
		return generate.LoadWith(fromStdin, data, besideFile("."))
	}
	return readPlan(path)
}

// input is the standard input, which can be read once: for a plan, or for a map.
func (e *env) input(what string) (io.Reader, error) {
	if e.stdin != "" {
		return nil, usage("the standard input can be read once: %s was read from it, and - stands for it again", e.stdin)
	}
	e.stdin = what
	return e.cli.App.Reader, nil
}

func readPlan(path string) (*generate.Plan, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read plan: %w", err)
	}
	return generate.LoadWith(path, data, besideFile(filepath.Dir(path)))
}

// print writes a value as JSON.
func (e *env) print(v any) error { return report.JSON{W: e.out}.Value(v) }

// say writes a message for people, to stderr.
func (e *env) say(format string, args ...any) {
	if !e.cli.Bool("quiet") {
		fmt.Fprintln(e.err, report.PrintableLines(e.call.Fill(fmt.Sprintf(format, args...))))
	}
}
