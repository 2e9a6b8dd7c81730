// Package policy decides about changes by Rego.
//
// It turns each change into an [Input], evaluates the rule data.diet.main.verdict
// on it, and returns a [change.Verdict]. The rules are those that diet ships
// (package policies) and those of a team's folders. They are compiled once, in
// strict mode and without built-ins that reach outside: a policy sees only its
// input and its data, so equal inputs have equal verdicts.
//
// The package fails closed: where a rule fails, runs out of time or is undefined,
// the verdict is to deny or to ask, never to act. No other package imports OPA.
package policy

//go:generate go test . -run TestRuleTable -update

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/diet-project/diet/engine/change"
)

// Config says where the policies come from. The zero value means the shipped ones.
type Config struct {
	// Dirs are a team's policy folders, or OPA bundles (.tar.gz) of them. Their packages are named team.<name>; JSON and
	// YAML files are data, and *_test.rego is left out. A copy of the shipped policies
	// (with diet/main/main.rego) takes their place.
	Dirs []string

	// Key is a file with the key that bundles must be signed by. Empty takes unsigned ones.
	Key string

	// Waivers turn shipped guards off: rule id to reason.
	Waivers map[string]string

	// Exceptions turn guards off for the changes that they are about, until they expire.
	Exceptions []Exception

	// Kinds are the kinds that changes are of. A rule that names another is refused;
	// without any, kinds are not checked.
	Kinds []string

	// Fields are the fields that changes of each kind are of, in the same way, with the JSON type of
	// their values: string, number, integer, boolean or [Reference]; "" for any. Each may be null besides.
	Fields map[string]map[string]string

	// Shapes say of each kind which changes there are of it. Without any, that is not checked.
	Shapes map[string]Shape

	// Dependents are the kinds of what may depend on an object, or is written on it, in the same way.
	Dependents []string

	// Marks are diet's own custom fields: rules do not see them among those of an object.
	Marks []string

	// idle lets rules be that cannot fire, in tests of how rules are evaluated.
	idle bool

	// Timeout limits one decision. Defaults to 2 seconds.
	Timeout time.Duration

	// RunTimeout limits the decisions of one call of Decide together. By default 30 seconds and
	// 2 ms for each decision, and 5 minutes at most.
	RunTimeout time.Duration

	// Workers is how many decisions are made at a time. Defaults to GOMAXPROCS.
	Workers int
}

// Engine decides. It is safe for concurrent use.
type Engine struct {
	*program
	timeout time.Duration
	workers int

	runTimeout time.Duration
}

// program is what a set of policies comes to. It does not change any more, so engines
// share it.
type program struct {
	digest string
	edited *Edited

	exceptions []Exception
	masks      []Mask
	source     *source

	read    func() (*listed, error)   // once
	compile func() (*compiled, error) // once
}

// listed is what the policies say of themselves.
type listed struct {
	rules   []Rule
	sources Sources
}

// compiled is what decides.
type compiled struct {
	compiler *ast.Compiler
	store    storage.Store
	query    ast.Body // entrypoint = answerVar
	reads    *reader
	answers  any // by class
}

const (
	entrypoint = "data.diet.main.verdict"
	answerVar  = ast.Var("answer")
)

// New compiles the policies, or takes what the same files compiled to before. It fails
// with a [*Error] where a policy does not compile or could not work, or a waiver does not
// name a shipped guard. Where the shipped ones stand alone, they are read when they are
// first asked about, and compiled when they first decide.
func New(ctx context.Context, cfg Config) (*Engine, error) {
	src, err := load(cfg)
	if err != nil {
		return nil, err
	}
	p, err := programs.get(src.key(cfg), func() (*program, error) { return build(ctx, src, cfg) })
	if err != nil {
		return nil, err
	}
	e := &Engine{program: p, timeout: cfg.Timeout, workers: cfg.Workers, runTimeout: cfg.RunTimeout}
	if e.timeout <= 0 {
		e.timeout = 2 * time.Second
	}
	return e, nil
}

// build reads the policies, and compiles and checks those that are somebody's own. Of the
// shipped ones a test holds that they pass.
func build(ctx context.Context, src *source, cfg Config) (*program, error) {
	ctx = context.WithoutCancel(ctx) // of whoever asks first
	own, exceptions := len(cfg.Dirs) > 0, exceptionsOf(cfg)
	src.data = map[string]any{"waivers": waiverData(exceptions)} // all there is until they are read
	p := &program{exceptions: exceptions, source: src}
	p.read = sync.OnceValues(func() (*listed, error) { return readAll(ctx, src, cfg, own) })
	p.compile = sync.OnceValues(func() (*compiled, error) {
		if _, err := p.read(); err != nil {
			return nil, err
		}
		return compileAll(ctx, src, own)
	})
	if own || len(exceptions) > 0 {
		if _, err := p.read(); err != nil {
			return nil, err
		}
	}
	if own {
		if _, err := p.compile(); err != nil {
			return nil, err
		}
	}
	if src.edited != nil && len(src.edited.Files) > 0 {
		p.edited = src.edited
	}
	p.masks, p.digest = masks(src.data), src.digest(exceptions)
	return p, nil
}

// readAll reads the policies, and checks them if they are not the shipped ones.
func readAll(ctx context.Context, src *source, cfg Config, check bool) (*listed, error) {
	if err := src.parse(); err != nil {
		return nil, err
	}
	rules, err := inspect(src)
	if err != nil {
		return nil, err
	}
	exceptions := exceptionsOf(cfg)
	if err := checkExceptions(exceptions, rules, cfg.Kinds); err != nil {
		return nil, err
	}
	if check {
		if err := checkSource(ctx, src, cfg); err != nil {
			return nil, err
		}
	}
	src.data["waivers"] = waiverData(exceptions)
	markWaived(rules, exceptions)
	return &listed{rules, countSources(src, rules)}, nil
}

// listed are the policies read; as [program.ready].
func (p *program) listed() *listed {
	l, err := p.read()
	if err != nil {
		panic(err)
	}
	return l
}

// compileAll compiles the policies, and checks them if they are not the shipped ones.
func compileAll(ctx context.Context, src *source, check bool) (*compiled, error) {
	skip := checks
	if check {
		skip = nil
	}
	compiler, err := compile(src, skip...)
	if err != nil {
		return nil, err
	}
	c := &compiled{
		compiler: compiler, reads: newReader(compiler),
		store: inmem.NewFromObjectWithOpts(src.data, inmem.OptReturnASTValuesOnRead(true)),
	}
	if err := c.prepare(ctx); err != nil {
		return nil, err
	}
	if !check {
		return c, nil
	}
	return c, c.check(ctx, src)
}

// ready is the program compiled. What is somebody's own was compiled by [New], and that the shipped
// policies compile, a test holds.
func (p *program) ready() *compiled {
	c, err := p.compile()
	if err != nil {
		panic(err)
	}
	return c
}

// checkSource finds what could not work as it reads before anything is compiled.
func checkSource(ctx context.Context, src *source, cfg Config) error {
	if err := checkSettings(ctx, src, cfg); err != nil {
		return err
	}
	if err := checkNegations(src); err != nil {
		return err
	}
	if err := checkWords(src, cfg); err != nil || cfg.idle {
		return err
	}
	return checkNever(src, cfg)
}

// check finds what could not work and needs resolved references to see.
func (c *compiled) check(ctx context.Context, src *source) error {
	if err := checkUnread(c.compiler, src); err != nil {
		return err
	}
	if err := checkData(c.compiler, src); err != nil {
		return err
	}
	if err := c.checkContract(ctx, src); err != nil {
		return err
	}
	return checkIdle(c.compiler, src)
}

// prepare makes the query ready, and reads from Rego what a person may answer.
func (c *compiled) prepare(ctx context.Context) error {
	body, err := c.compiler.QueryCompiler().Compile(ast.MustParseBody(entrypoint + " = " + string(answerVar)))
	if err != nil {
		return fmt.Errorf("prepare policies: %w", err)
	}
	c.query = body
	c.answers, err = c.words(ctx, "data.diet.verdict.answers")
	return err
}

// words reads a table of package diet.verdict.
func (c *compiled) words(ctx context.Context, name string) (any, error) {
	rs, err := rego.New(rego.Query(name), rego.Compiler(c.compiler), rego.Store(c.store)).Eval(ctx)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(rs) == 0 {
		return nil, fmt.Errorf("read %s: undefined", name)
	}
	return rs[0].Expressions[0].Value, nil
}

// Answers lists, sorted, what a person may answer to a question about a class. It
// is empty for a class that takes no answer.
func (e *Engine) Answers(class change.Class) []string { return e.ready().answersTo(class) }

func (c *compiled) answersTo(class change.Class) []string {
	byClass, _ := c.answers.(map[string]any)
	answers, ok := byClass[string(class)].(map[string]any)
	if !ok {
		return nil
	}
	words := slices.AppendSeq([]string{"approve"}, maps.Keys(answers))
	slices.Sort(words)
	return words
}

// Words are the [Engine.Answers] to an input: those of its class, and of the class with what is taken.
func (e *Engine) Words(in *Input) []string {
	words := slices.Concat(e.Answers(in.Class), e.Answers(within(in)))
	slices.Sort(words)
	return slices.Compact(words)
}

// Meaning is what an answer to an input leads to by itself; "" where it is none, and of approve.
func (e *Engine) Meaning(in *Input, word string) change.Decision {
	byClass, _ := e.ready().answers.(map[string]any)
	for _, class := range []change.Class{within(in), in.Class} {
		answers, _ := byClass[string(class)].(map[string]any)
		if meaning, is := answers[word].(string); is {
			return change.Decision(meaning)
		}
	}
	return ""
}

// within is the class of an input with what is taken, as [Engine.AnsweredClasses] have it.
func within(in *Input) change.Class { return in.Class + "/" + change.Class(in.Taken) }

// AnsweredClasses lists, sorted, the classes that take answers. One with a suffix such as
// /place is of changes with that in [Input.Taken].
func (e *Engine) AnsweredClasses() []change.Class {
	byClass, _ := e.ready().answers.(map[string]any)
	var out []change.Class
	for class := range byClass {
		out = append(out, change.Class(class))
	}
	slices.Sort(out)
	return out
}

// Digest returns a SHA-256 over all policies, data and waivers, in hexadecimal.
func (e *Engine) Digest() string { return e.digest }

// Edited describes a copy of the shipped policies that took their place and differs
// from them; it is nil where the shipped ones decide.
func (e *Engine) Edited() *Edited { return e.edited }

// Rules lists the guards and defaults in force, by id.
func (e *Engine) Rules() []Rule { return slices.Clone(e.listed().rules) }

// Rule is the rule with an id; nil for none, as of what diet itself decides.
func (e *Engine) Rule(id string) *Rule {
	rules := e.listed().rules
	for i := range rules {
		if rules[i].ID == id {
			return &rules[i]
		}
	}
	return nil
}

// markWaived notes with each rule why it is off, everywhere or for what.
func markWaived(rules []Rule, exceptions []Exception) {
	for i := range rules {
		r := &rules[i]
		for _, x := range exceptions {
			if x.Guard == r.ID && x.everywhere() {
				r.Waived = x.Reason
			} else if x.Guard == r.ID {
				r.Exceptions = append(r.Exceptions, x)
			}
		}
	}
}

// waiverData are the guards that are off everywhere, and why.
func waiverData(exceptions []Exception) map[string]any {
	data := map[string]any{}
	for i := range exceptions {
		if x := &exceptions[i]; x.everywhere() {
			data[x.Guard] = x.reason()
		}
	}
	return data
}

func hexDigest(parts func(write func(string))) string {
	h := sha256.New()
	parts(func(s string) { fmt.Fprintf(h, "%d:%s", len(s), s) })
	return hex.EncodeToString(h.Sum(nil))
}
