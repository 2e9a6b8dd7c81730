package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
)

// TestAnswers plays every answer to every class of change: the preview asks, the answer
// is given by the very command that it has for it, the apply carries it out, and the law
// holds; an answer that the class does not have is refused by what fits. A class, or an answer,
// that is not played fails.
func TestAnswers(t *testing.T) {
	t.Parallel()
	if onNetBox() {
		t.Skip("the scripts that a real server plays are those of the stories")
	}
	rules, err := policy.New(t.Context(), policy.Config{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, class := range rules.AnsweredClasses() {
		p, played := plays[class]
		if !played {
			t.Errorf("no play asks about %s", class)
		}
		for _, word := range rules.Answers(class) {
			if _, played := p.checks[word]; !played && !slices.Contains(p.never, word) {
				t.Errorf("%s: no play answers %s", class, word)
			}
		}
	}
	for name, p := range plays {
		class := change.Class(classOf.FindString(string(name)))
		p.refused = append(p.refused, p.refusedOf(rules.Answers(class)))
		file := strings.NewReplacer("/", "_", " ", "_", ",", "").Replace(string(name)) + ".txtar"
		if err := os.WriteFile(filepath.Join(dir, file), []byte(p.script(class)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	testscript.Run(t, testscript.Params{
		Dir: dir, Condition: condition, RequireExplicitExec: true, Cmds: commands, Setup: withLazyCollector,
	})
}

// TestAnsweredClasses holds the classes that --all takes against those that the policies answer: all but a run as a
// whole, and what is as the plan says.
func TestAnsweredClasses(t *testing.T) {
	t.Parallel()
	rules, err := policy.New(t.Context(), policy.Config{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[change.Class]bool{}
	for _, class := range rules.AnsweredClasses() {
		if base, _, _ := strings.Cut(string(class), "/"); base != string(change.Run) && base != string(change.InSync) {
			want[change.Class(base)] = true
		}
	}
	if got := slices.Sorted(slices.Values(answeredClasses)); !slices.Equal(got, slices.Sorted(maps.Keys(want))) {
		t.Errorf("--all takes %q, the policies answer %q", got, slices.Sorted(maps.Keys(want)))
	}
}

// classOf is the class in the name of a play.
var classOf = regexp.MustCompile(`^[a-z_/]+`)

// play is how a class of change comes about, and what each answer leads to.
type play struct {
	from, to string // the plan that is applied first, and the one that asks; "" is the usual one
	person   string // what a person does in between
	asks     string // what a rule of the team asks about, where diet itself does not
	config   string // what diet.yaml says
	object   string // what the answers name instead of what the preview does
	command  string // the command that answers, where the preview prints none; WORD is the answer

	checks  map[string]string // by answer, what the script asserts in the end
	never   []string          // answers that fit the class, but not what is played
	refused []string          // answers that do not fit
}

// refusedOf is an answer that a class does not have, another one for each play.
func (p play) refusedOf(fits []string) string {
	var out []string
	for _, a := range change.Answers() {
		if !slices.Contains(fits, string(a)) {
			out = append(out, string(a))
		}
	}
	return out[len(p.person)%len(out)]
}

// script plays each answer, from where the preview has asked.
func (p play) script(class change.Class) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("netbox")
	line("exec diet init")
	line("exec diet apply --yes from.yaml")
	line("%s", strings.TrimSpace(p.person))
	line("cp to.yaml plan.yaml")
	if p.asks != "" || p.config != "" {
		line("cp asks.yaml diet.yaml")
	}
	line("may diet preview --json plan.yaml")
	line("cp stdout asked.json")
	line("checkpoint")
	for _, word := range slices.Sorted(maps.Keys(p.checks)) {
		line("# %s", word)
		line("rewind")
		line("exec cat asked.json")
		line("%s", p.answer(class, word))
		line("may diet apply --yes plan.yaml")
		line("%s", strings.TrimSpace(p.checks[word]))
		line("converged plan.yaml")
	}
	line("rewind")
	for _, word := range append(p.refused, p.never...) {
		line("# %s does not fit", word)
		line("exec cat asked.json")
		line("! %s", strings.TrimSpace(p.answer(class, word)))
		line("stderr 'does not fit|no answer is possible|is not a'")
		line("stderr 'the answers are|change the plan'")
	}
	line("-- from.yaml --\n%s", p.plan(p.from))
	line("-- to.yaml --\n%s", p.plan(p.to))
	if p.config == "" {
		p.config = "policies: [team]"
	}
	line("-- asks.yaml --\n%s", p.config)
	line("-- team/ask.rego --\n"+teamAsks, p.asks)
	return b.String()
}

// answer is the command that gives an answer.
func (p play) answer(class change.Class, word string) string {
	if p.command != "" {
		return "exec " + strings.ReplaceAll(p.command, "WORD", word)
	}
	kind, _, _ := strings.Cut(string(class), "/")
	return "answer " + kind + " " + word + " " + p.object
}

// teamAsks is a rule that asks.
const teamAsks = `package team.ask

# METADATA
# title: The team wants to be asked
# custom:
#   id: ASK001
#   severity: medium
#   decision: ask
guards contains object.union(rego.metadata.rule().custom, {"message": "the team asks"}) if {
	%s
}
`

const smallPlan = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: web}
spec:
  site: ams2
  naming: {switch: "{class}-{n:02}", node: "{class}-{n:03}"}
  defaults: {description: one}
  catalog:
    deviceTypes:
      leaf-8: {manufacturer: acme, model: Leaf 8, u: 1, ports: {"E1/{1-8}": 25gbase-x-sfp28}}
      server: {manufacturer: acme, model: Server, u: 1}
  racks:
    row: {count: 1, units: 12}
  fabrics:
    dc:
      switches:
        leaf: {role: leaf, type: leaf-8, count: 1, rack: {pool: row, per: 1, fromU: 10}, zones: {server: {ports: 1-8}}}
  nodes:
    web:
      count: 2
      type: server
      rack: {pool: row, per: 8, fromU: 1}
      nics: {lom: {ports: [eth0], type: 25gbase-x-sfp28}}
      links: {data: {from: lom, to: dc.leaf/server}}
  reconcile: {deletionPolicy: warn}
`

// plan is the small plan with edits, as "old=>new" a line.
func (p play) plan(edits string) string {
	text := smallPlan
	for edit := range strings.Lines(edits) {
		before, after, _ := strings.Cut(strings.TrimRight(edit, "\n"), "=>")
		if !strings.Contains(text, before) {
			panic("the small plan does not hold " + before)
		}
		text = strings.ReplaceAll(text, before, after)
	}
	return text
}

var printedCommand = regexp.MustCompile(`(?m)^\s+(diet resolve (\S+) .* --answer \S+ --reason REASON(.*))$`)

// answerQuestion runs the command that the last output, a preview, has for the first
// question of a class, with an answer in the place of the recommended one, by a shell.
func answerQuestion(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: answer CLASS ANSWER [OBJECT]")
	}
	var printed []string
	if m := printedCommand.FindAllStringSubmatch(ts.ReadFile("stdout"), -1); m != nil {
		for _, words := range m {
			printed = append(printed, words[1])
		}
		_ = ts.Exec("sh", "-c", "diet preview --json "+m[0][2]+m[0][3]) // which says what each is about
	}
	var preview struct {
		Questions []struct{ Class, Command string }
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &preview))
	for _, q := range preview.Questions {
		if q.Class != args[0] || printed != nil && !slices.Contains(printed, q.Command) {
			continue
		}
		command := answerWord.ReplaceAllString(q.Command, "--answer "+args[1]+" ")
		if len(args) > 2 {
			command = answerObject.ReplaceAllString(command, "--object "+lookup(ts, args[2])+" ")
		}
		err := ts.Exec("sh", "-c", command)
		if (err != nil) != neg {
			ts.Fatalf("answer %s %s: %v", args[0], args[1], err)
		}
		return
	}
	ts.Fatalf("no question about %s among %+v, printed %q", args[0], preview.Questions, printed)
}

var (
	answerWord   = regexp.MustCompile(`--answer \S+ `)
	answerObject = regexp.MustCompile(`--object \S+ `)
)
