package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/config"
	"github.com/diet-project/diet/engine/lease"
	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/netbox"
)

// The exit codes, as the help text lists them.
const (
	exitDone        = 0
	exitError       = 1
	exitChanges     = 2
	exitPerson      = 3
	exitDenied      = 4
	exitStale       = 5
	exitHeld        = 6
	exitPartly      = 7
	exitUsage       = 64
	exitInterrupted = 130
	exitUnread      = 141
)

const exitStatus = `
EXIT STATUS:
   0    done, or nothing to do
   1    error
   2    changes or drift, only with --detailed-exitcode; verdicts that would differ
   3    something waits for a person
   4    denied by policy
   5    stale preview
   6    another run is writing the plan
   7    partly applied
   64   wrong usage
   130  interrupted
   141  nobody reads what it prints, such as behind | head
`

// codeError is an outcome with its own exit code. With a nil err nothing is
// printed: the output has already said it.
type codeError struct {
	code int
	err  error
}

func (e *codeError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.code)
	}
	return e.err.Error()
}

func (e *codeError) Unwrap() error { return e.err }

// usage is an error in how the command was called.
func usage(format string, args ...any) error {
	return &codeError{exitUsage, fmt.Errorf(format, args...)}
}

// run is the whole program, except for ending the process.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	out := &output{Writer: stdout}
	app := newApp(stdin, out, stderr)
	if completes(ctx, app, args) {
		return exitDone
	}
	err := withoutValue(app, args)
	ctx = context.WithValue(ctx, callKey{}, settingsIn(app, args))
	if err == nil {
		err = app.RunContext(ctx, arrange(app, args))
	}
	var f *failure
	if err != nil {
		f = failureOf(ctx, err)
	}
	bad := cmp.Or(out.end(f, wantsJSON(args)), out.lost)
	told := f != nil && f.Message != ""
	if errors.Is(bad, syscall.EPIPE) && (!told || errors.Is(err, syscall.EPIPE)) {
		return exitUnread
	}
	if bad != nil && !told {
		f = failureOf(ctx, bad)
	}
	if f == nil {
		return exitDone
	}
	if f.Message == "" {
		return f.Code
	}
	fmt.Fprintf(stderr, "diet: %s\n", report.PrintableLines(f.Message))
	if f.Hint != "" {
		fmt.Fprintf(stderr, "hint: %s\n", f.Hint)
	}
	return f.Code
}

// failure is an error as --json prints it.
type failure struct {
	Message string `json:"message"` // "" where the output has said it
	Hint    string `json:"hint,omitempty"`
	Code    int    `json:"exit_code"`

	// Findings are what is wrong with a plan, each with its place.
	Findings []generate.Finding `json:"findings,omitempty"`

	// Changed is all that changed since a preview: kind and object id; the plan, the policies, the answers.
	Changed []string `json:"changed,omitempty"`
}

func failureOf(ctx context.Context, err error) *failure {
	f := &failure{Code: codeOf(ctx, err)}
	var coded *codeError
	if errors.As(err, &coded) && coded.err == nil {
		return f
	}
	f.Message, f.Hint = callOf(ctx).Fill(err.Error()), callOf(ctx).Fill(hintOf(err))
	if f.Code == exitInterrupted {
		f.Message = strings.Join(append([]string{"interrupted"}, otherThanInterrupted(err)...), "\n")
	}
	var wrong *generate.FindingsError
	if errors.As(err, &wrong) {
		f.Findings = wrong.Findings
	}
	var stale *engine.StaleError
	if errors.As(err, &stale) {
		f.Changed = stale.Moved
	}
	return f
}

// codeOf maps errors to exit codes. Nothing else decides them.
func codeOf(ctx context.Context, err error) int {
	var coded *codeError
	var stale *engine.StaleError
	var held *lease.HeldError
	var unfit *engine.UnfitError
	var unapproved *engine.UnapprovedError
	switch {
	case errors.Is(err, apply.ErrInterrupted), ctx.Err() != nil:
		return exitInterrupted
	case errors.As(err, &coded):
		return coded.code
	case errors.As(err, &stale):
		return exitStale
	case errors.As(err, &held):
		return exitHeld
	case errors.Is(err, engine.ErrHeld), errors.As(err, &unapproved) && !unapproved.Wrong():
		return exitPerson
	case errors.As(err, &unfit):
		return exitUsage
	}
	return exitError
}

// hintOf returns how to fix an error, where that is known.
func hintOf(err error) string {
	var hinter interface{ Hint() string }
	var interrupted *interruptedError
	switch {
	case errors.As(err, &interrupted):
		return interrupted.Hint()
	case errors.Is(err, apply.ErrInterrupted):
		return "the next apply goes on from here"
	case errors.Is(err, engine.ErrNotProvisioned):
		return "run `diet init`, once per NetBox; or, where somebody deleted, renamed or changed the fields, `diet init --repair`"
	case errors.Is(err, engine.ErrHeld):
		return "`diet preview` shows what is held, why, and the command that answers"
	case errors.Is(err, mirror.ErrNeverSynced):
		return "run `diet sync`, or add --sync"
	case errors.Is(err, engine.ErrNotInStore):
		return "is it in another store (--store)? `diet runs` lists the runs of this one"
	case errors.Is(err, netbox.ErrTooOld):
		return "upgrade NetBox: diet works with 4.2 and later"
	case errors.Is(err, engine.ErrNoNetBox):
		return "set NETBOX_URL and NETBOX_TOKEN, or pass --netbox-url and --token; `diet sandbox` serves a NetBox to try things on"
	case errors.As(err, &hinter):
		return hinter.Hint()
	}
	return ""
}

func newApp(stdin io.Reader, stdout, stderr io.Writer) *cli.App {
	app := &cli.App{
		Name:                  "diet",
		Usage:                 "keep NetBox true to a plan",
		Version:               version,
		Reader:                stdin,
		Writer:                stdout,
		ErrWriter:             stderr,
		Flags:                 append(globalFlags(), cli.HelpFlag), // which the library leaves out beside a help of our own
		ExitErrHandler:        func(*cli.Context, error) {},
		OnUsageError:          wrongFlag,
		CustomAppHelpTemplate: cli.AppHelpTemplate + exitStatus,
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return usage("unknown command %q%s: see diet --help", c.Args().First(), nearest(c))
			}
			return cli.ShowAppHelp(c)
		},
		Commands: []*cli.Command{
			initCommand(), importCommand(), validateCommand(), generateCommand(), graphCommand(), syncCommand(), diffCommand(),
			previewCommand(), approveCommand(), resolveCommand(), ackCommand(), unmanageCommand(), adoptCommand(), whyCommand(),
			blameCommand(), historyCommand(), sqlCommand(), checkCommand(), previewsCommand(), runsCommand(), runCommand(), storeCommand(),
			applyCommand(), branchCommand(), rollbackCommand(), destroyCommand(), statusCommand(), serveCommand(), watchCommand(), jobsCommand(),
			userCommand(), policyCommand(), sandboxCommand(), demoCommand(), configCommand(), versionCommand(), completionCommand(), helpCommand(),
		},
	}
	for _, c := range app.Commands {
		c.OnUsageError = wrongFlag
		c.CustomHelpTemplate = cli.CommandHelpTemplate + matters(c.Name)
		if c.ArgsUsage == "" {
			c.Action = withoutArguments(c.Action)
		}
	}
	return app
}

// withoutArguments is what a command does that takes none.
func withoutArguments(do cli.ActionFunc) cli.ActionFunc {
	return func(c *cli.Context) error {
		if c.Args().Present() {
			return usage("%s takes no argument, such as %q: see diet %s --help", c.Command.Name, c.Args().First(), c.Command.Name)
		}
		return do(c)
	}
}

// helpCommand shows the help of all, or of one command.
func helpCommand() *cli.Command {
	return &cli.Command{
		Name: "help", Aliases: []string{"h"}, Usage: "list the commands, or show the help of one", ArgsUsage: "[COMMAND]",
		Action: func(c *cli.Context) error {
			name := c.Args().First()
			switch {
			case name == "":
				return cli.ShowAppHelp(c)
			case c.NArg() > 1:
				return usage("help takes one command: see diet --help")
			case c.App.Command(name) == nil:
				return usage("no such command: %q%s: see diet --help", name, nearest(c))
			}
			return cli.ShowCommandHelp(c.Lineage()[1], name)
		},
	}
}

// nearest suggests the command that an unknown word may be meant for.
func nearest(c *cli.Context) string {
	var names []string
	for _, known := range c.App.Commands {
		names = append(names, known.Name)
	}
	return meant(c.Args().First(), names)
}

// meant says which of the known words another one may be meant for, if any is near.
func meant(word string, known []string) string {
	return generate.Meant(word, known)
}

// otherThan is the error of a value that is none of those that a flag takes.
func otherThan(what, word string, known ...string) error {
	list := strings.Join(known[:len(known)-1], ", ") + " or " + known[len(known)-1]
	return usage("unknown %s %q%s: choose %s", what, word, meant(word, known), list)
}

// instead says that a word is none of those that are taken, and which it may be meant for; ""
// for no word.
func instead(word string, known []string) string {
	if word == "" {
		return ""
	}
	return fmt.Sprintf(", and not %q%s", word, meant(word, known))
}

// unknownFlag begins what the flag package says of a flag that it does not know.
const unknownFlag = "flag provided but not defined: -"

// wrongFlag is the error of a command line whose flags cannot be read.
func wrongFlag(c *cli.Context, err error, _ bool) error {
	help := c.App.HelpName
	flags := c.App.Flags
	if c.Command != nil && c.Command.Name != "" && c.Command.Name != c.App.Name {
		help, flags = help+" "+c.Command.Name, slices.Concat(c.Command.Flags, flags)
	}
	name, unknown := strings.CutPrefix(err.Error(), unknownFlag)
	if !unknown {
		return usage("%w: see %s --help", err, help)
	}
	if name == "version" {
		return usage("--version goes without a command: %s --version", c.App.HelpName)
	}
	return usage("unknown flag --%s%s: see %s --help", name, flagMeant(name, flags), help)
}

// flagMeant says which flag one may be meant for: what all begin with makes none alike.
func flagMeant(name string, flags []cli.Flag) string {
	var names []string
	for _, word := range flagWords(flags) {
		names = append(names, strings.TrimPrefix(word, "--"))
	}
	return strings.Replace(meant(name, names), `mean "`, `mean "--`, 1)
}

func globalFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "config", Usage: "configuration `FILE`", Value: "diet.yaml", EnvVars: []string{"DIET_CONFIG"}},
		&cli.StringFlag{Name: "netbox-url", Usage: "NetBox `URL`", EnvVars: []string{"NETBOX_URL"}},
		&cli.StringFlag{
			Name: "token", EnvVars: []string{"NETBOX_TOKEN"}, DefaultText: "none",
			Usage: "NetBox API `TOKEN`; prefer the environment variable, which process lists do not show",
		},
		&cli.StringFlag{
			Name: "branch", EnvVars: []string{"DIET_BRANCH"},
			Usage: "work in the branch `NAME` of NetBox's branching plugin; preview and apply make it",
		},
		&cli.StringFlag{Name: "ca", Usage: "PEM `FILE` with authorities to trust besides the system's", EnvVars: []string{"NETBOX_CA"}},
		&cli.BoolFlag{
			Name: "insecure", EnvVars: []string{"NETBOX_INSECURE"},
			Usage: "accept any certificate of NetBox; whoever is on the way can then read the token",
		},
		&cli.StringFlag{
			Name: "mirror", Usage: "mirror `FILE`", EnvVars: []string{"DIET_MIRROR"}, DefaultText: string(config.Default().Mirror.File),
		},
		&cli.StringFlag{
			Name: "store", Usage: "store `FILE`, or postgres://USER@HOST/DATABASE: previews, runs and their journal",
			EnvVars: []string{"DIET_STORE"}, DefaultText: "beside the mirror",
		},
		&cli.StringSliceFlag{Name: "policy", Usage: "`DIR` or bundle with your own policies, in addition to those of the file; may be repeated"},
		&cli.StringFlag{
			Name: "policy-key", Usage: "`FILE` with the key that policy bundles must be signed by", EnvVars: []string{"DIET_POLICY_KEY"},
		},
		&cli.StringFlag{
			Name: "decision-log", Usage: "`FILE` to add every decision to, as JSON lines", EnvVars: []string{"DIET_DECISION_LOG"},
		},
		&cli.StringFlag{
			Name: "resolutions", Usage: "`FILE` with people's answers",
			EnvVars: []string{"DIET_RESOLUTIONS"}, DefaultText: "resolutions.yaml beside the plan",
		},
		&cli.BoolFlag{Name: "json", Usage: "print JSON"},
		&cli.BoolFlag{Name: "no-color", Usage: "print without colours", EnvVars: []string{"NO_COLOR"}},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "hide progress and notes"},
		&cli.BoolFlag{Name: "verbose", Usage: "log every request to stderr"},
	}
}

// isTerminal reports whether a writer is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := bare(w).(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// bare is what a command's output goes to: a screen has to know the size of a terminal.
func bare(w io.Writer) io.Writer {
	if out, ok := w.(*output); ok {
		return out.Writer
	}
	return w
}
