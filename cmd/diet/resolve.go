package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/report"
)

func resolveCommand() *cli.Command {
	return &cli.Command{
		Name:      "resolve",
		Usage:     "answer the questions of a preview",
		ArgsUsage: "[PLAN | PREVIEW-ID]",
		Description: `Without flags, in a terminal: shows the questions on the whole screen, for the
keyboard. With flags: writes one answer. Both write to resolutions.yaml beside the
plan, or to --resolutions FILE. Keep that file under version control: every later
preview and apply reads it. An answer is good for the situation that it was given
to; if that changes, diet asks again. diet preview prints the command for each of
its questions.

   diet resolve fabric.yaml --object 'web/web[1]' --field description --answer use_user --reason 'agreed with maria'
   diet resolve fabric.yaml --question q-1a2b3c4d --answer approve --reason CHG-4711
   diet resolve fabric.yaml --all --class drift --field description --answer acknowledge --reason migration --expires 30d
   diet resolve fabric.yaml --list`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "object", Usage: "the object: its diet `ID`, or KIND:NETBOX-ID"},
			&cli.StringFlag{Name: "field", Usage: "a `FIELD` of the object"},
			&cli.StringFlag{Name: "question", Usage: "the `KEY` of a question, as a preview prints it"},
			&cli.BoolFlag{Name: "all", Usage: "everything of --class, with --field and --kind where given"},
			&cli.StringFlag{Name: "class", Usage: "with --all: a `CLASS` of changes, such as drift"},
			&cli.StringFlag{Name: "kind", Usage: "with --all: a `KIND` of objects, such as device"},
			&cli.StringFlag{Name: "answer", Usage: "the `ANSWER`; diet preview lists which ones fit"},
			&cli.BoolFlag{Name: "list", Usage: "list the answers, and which stand, have lapsed or expire"},
			&cli.BoolFlag{Name: "schema", Usage: "print the JSON Schema of resolutions.yaml, for editors"},
		}, replyFlags()...),
		Action: resolveAction,
	}
}

// replyFlags are those of every command that writes an answer.
func replyFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "reason", Usage: "why, for those who review the file"},
		&cli.StringFlag{Name: "expires", Usage: "when the answer ends: `TIME` as 2026-12-31, as 2026-12-31T18:00:00Z, or from now: 12h, 30d"},
		&cli.StringFlag{Name: "who", Usage: "who answers", EnvVars: []string{"DIET_WHO"}, DefaultText: "the user of this machine"},
	}
}

func resolveAction(c *cli.Context) error {
	e, err := newEnv(c)
	if err != nil {
		return err
	}
	switch {
	case c.Bool("schema"):
		_, err := c.App.Writer.Write(answer.Schema)
		return err
	case c.Bool("list"):
		return e.listAnswers(c.Args().Slice())
	case !given(c, "object", "question", "all", "answer") && isTerminal(c.App.Writer) && isKeyboard(c.App.Reader):
		return e.resolveOnScreen(c.Args().Slice())
	case !given(c, "object", "question", "all", "answer"):
		return usage("resolve needs a terminal, or flags: --object ID [--field F] or --question KEY or --all --class C, " +
			"then --answer A and --reason R; --list lists the answers")
	}
	reply := engine.Reply{
		Object: c.String("object"), Field: c.String("field"), Question: c.String("question"),
		All: c.Bool("all"), Class: change.Class(c.String("class")), Kind: c.String("kind"), Answer: c.String("answer"),
	}
	if err := checkReply(reply); err != nil {
		return err
	}
	return e.reply(c.Args().Slice(), reply)
}

func given(c *cli.Context, flags ...string) bool {
	for _, f := range flags {
		if c.IsSet(f) {
			return true
		}
	}
	return false
}

// answeredClasses are the classes of changes that take answers for many objects at once.
var answeredClasses = []change.Class{
	change.Planned, change.Drift, change.Conflict, change.New, change.Agreed, change.Converged, change.Relinquished, change.Released,
	change.Absent, change.Changed, change.Missing, change.Orphaned, change.Exists, change.Templated, change.Blocked, change.Identity,
	change.Shared, change.Unmanaged,
}

// checkReply makes sure that a reply says what it answers, once.
func checkReply(r engine.Reply) error {
	ways := 0
	for _, one := range []bool{r.Object != "", r.Question != "", r.All} {
		if one {
			ways++
		}
	}
	switch {
	case ways != 1:
		return usage("say what you answer by one of --object, --question and --all")
	case r.All && r.Class == "":
		return usage("--all needs --class, such as --class drift")
	case r.All && !slices.Contains(answeredClasses, r.Class):
		return otherThan("class", string(r.Class), texts(answeredClasses)...)
	case r.All && r.Kind != "" && !slices.Contains(kindNames(), r.Kind):
		return usage("there is no kind %q%s: name one, such as device", r.Kind, kindMeant(r.Kind))
	case r.Field != "" && r.Question != "":
		return usage("--question says itself what it is about: leave --field out")
	case r.Answer == "":
		return usage("--answer is missing: `diet preview` lists the answers that fit")
	}
	return nil
}

// reply writes an answer to the file, and says so.
func (e *env) reply(args []string, r engine.Reply) error {
	if r.Why = e.cli.String("reason"); r.Why == "" {
		return usage("--reason is missing: say why, for those who review the file")
	}
	var err error
	if r.Who, r.Expires, err = e.signature(); err != nil {
		return err
	}
	eng, intent, err := e.oneIntent(args)
	if err != nil {
		return err
	}
	defer func() { _ = eng.Close() }()
	r.Named = !r.All
	return e.resolve(eng, intent, r)
}

// signature is who answers, and until when.
func (e *env) signature() (who, expires string, err error) {
	if who = e.cli.String("who"); who == "" {
		who = whoAmI()
	}
	expires, err = expiry(e.cli.String("expires"), time.Now())
	return who, expires, err
}

// resolve writes answers, and says so.
func (e *env) resolve(eng *engine.Engine, intent engine.Intent, replies ...engine.Reply) error {
	before, err := answer.Load(eng.ResolutionsOf(intent))
	if err != nil {
		return err
	}
	answers, unfit, err := eng.ResolveAll(e.cli.Context, intent, replies...)
	if err != nil {
		return err
	}
	e.sayUnfit(unfit)
	e.sayReplaced(before, answers)
	if e.cli.Bool("json") {
		return e.print(answers)
	}
	for _, a := range answers {
		fmt.Fprintf(e.out, "%s: %s\n", a.Subject(), a.Answer)
	}
	e.say("diet: wrote %s; the next preview acts on it", eng.ResolutionsOf(intent))
	return nil
}

// sayReplaced names the answers whose place new ones take. One to all of a class replaces none.
func (e *env) sayReplaced(before *answer.File, answers []answer.Answer) {
	for i := range answers {
		for _, b := range before.Replaced(answers[i]) {
			if !e.cli.Bool("all") && (b.Answer != answers[i].Answer || b.Who != answers[i].Who) {
				e.say("diet: this replaces the answer %s, which %s gave at %s (%s)", b.Answer, b.Who, b.When, b.Why)
			}
		}
	}
}

// sayUnfit says what an answer to all of a class was not given to, by why it does not fit.
func (e *env) sayUnfit(list []*engine.UnfitError) {
	about := map[string][]string{}
	for _, u := range list {
		why := u.Reason() + ": " + u.Hint()
		about[why] = append(about[why], u.About)
	}
	for _, why := range slices.Sorted(maps.Keys(about)) {
		const few = 5
		names := about[why]
		more := ""
		if len(names) > few {
			names, more = names[:few], fmt.Sprintf(" and %d more", len(names)-few)
		}
		e.say("diet: not answered: %s%s: %s", strings.Join(names, ", "), more, why)
	}
}

// whoAmI is the user of this machine.
func whoAmI() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return cmp.Or(os.Getenv("USER"), "somebody")
}

// expiry reads when an answer ends.
func expiry(text string, now time.Time) (string, error) {
	end, err := answer.Until(text, now)
	if err != nil {
		return "", usage("--expires %w", err)
	}
	return end, nil
}

// listAnswers shows the answers about a plan, and how each stands.
func (e *env) listAnswers(args []string) error {
	e.files = engine.LookAtMirror
	eng, intent, err := e.oneIntent(args)
	if err != nil {
		return err
	}
	defer func() { _ = eng.Close() }()
	all, err := eng.Answers(e.cli.Context, intent)
	if err != nil {
		return err
	}
	if e.cli.Bool("json") {
		return e.print(all)
	}
	if len(all) == 0 {
		fmt.Fprintf(e.out, "no answers about plan %s in %s\n", intent.Info().Key, eng.ResolutionsOf(intent))
		return nil
	}
	report.Text{W: e.out}.Policies(eng.Deciders(intent))
	t := table.NewWriter()
	t.SetOutputMirror(e.out)
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = 0
	t.AppendHeader(table.Row{"state", "about", "answer", "who", "when", "expires", "why"})
	for _, a := range all {
		about := cmp.Or(strings.TrimSpace(a.Object+" "+a.Field), a.Question+" "+a.About)
		who, why := report.Printable(a.Who), report.Printable(a.Why)
		t.AppendRow(table.Row{a.State, report.Printable(about), a.Answer.Answer, who, a.When, a.Expires, why})
	}
	t.Render()
	return nil
}
