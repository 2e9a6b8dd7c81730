package policy

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/topdown"
	"golang.org/x/sync/errgroup"

	"github.com/diet-project/diet/engine/change"
)

// Decide returns the verdict on each input, in the same order. Inputs that agree
// in all that the policies read are decided once. It fails only when ctx ends; a
// policy that fails is a verdict to deny.
func (e *Engine) Decide(ctx context.Context, inputs []Input) ([]change.Verdict, error) {
	verdicts, _, err := e.DecideTimed(ctx, inputs)
	return verdicts, err
}

// DecideTimed is Decide, and also returns how long each decision took to evaluate; inputs
// that were decided together have the same time.
func (e *Engine) DecideTimed(ctx context.Context, inputs []Input) ([]change.Verdict, []time.Duration, error) {
	if len(inputs) == 0 {
		return nil, nil, nil
	}
	c, err := e.compile()
	if err != nil {
		return nil, nil, fmt.Errorf("decide: %w", err)
	}
	txn, err := c.store.NewTransaction(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("read policy data: %w", err)
	}
	defer c.store.Abort(ctx, txn)

	enc := newEncoder()
	distinct, which := e.distinct(inputs, enc)
	verdicts := make([]change.Verdict, len(distinct))
	took := make([]time.Duration, len(distinct))
	var next atomic.Int64
	spent := e.boundFor(len(distinct))
	group, ctx := errgroup.WithContext(ctx)
	for range min(e.parallel(), len(distinct)) {
		group.Go(func() error {
			w := worker{engine: e, ctx: ctx, txn: txn, enc: enc.fork(), limit: e.timeout}
			defer w.stop()
			for {
				start := int(next.Add(stride)) - stride
				if start >= len(distinct) {
					return nil
				}
				for i := start; i < min(start+stride, len(distinct)); i++ {
					if err := ctx.Err(); err != nil {
						return err
					}
					verdicts[i], took[i] = w.within(spent, &inputs[distinct[i]])
				}
			}
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, fmt.Errorf("decide: %w", err)
	}
	out, times := make([]change.Verdict, len(inputs)), make([]time.Duration, len(inputs))
	for i, n := range which {
		out[i], times[i] = verdicts[n], took[n]
	}
	return out, times, nil
}

// stride is how many inputs a worker takes at a time.
const stride = 64

func (e *Engine) parallel() int {
	if e.workers > 0 {
		return e.workers
	}
	return runtime.GOMAXPROCS(0)
}

// distinct returns the indexes of the inputs to decide, and for each input which
// of them has its verdict.
func (e *Engine) distinct(inputs []Input, enc *encoder) (distinct, which []int) {
	which = make([]int, len(inputs))
	seen := map[string]int{}
	var class change.Class
	var read keys
	for i := range inputs {
		in := &inputs[i]
		if i == 0 || in.Class != class {
			class, read = in.Class, e.ready().reads.of(in.Class)
		}
		key, shared := enc.key(in, read)
		if n, known := seen[string(key)]; shared && known {
			which[i] = n
			continue
		}
		if shared {
			seen[string(key)] = len(distinct)
		}
		which[i] = len(distinct)
		distinct = append(distinct, i)
	}
	return distinct, which
}

// worker decides one input at a time.
type worker struct {
	engine *Engine
	ctx    context.Context
	txn    storage.Transaction
	enc    *encoder
	limit  time.Duration

	cancel topdown.Cancel
	timer  *time.Timer
}

func (w *worker) stop() {
	if w.timer != nil {
		w.timer.Stop()
	}
}

// within decides one input while there is time for it, and says how long that took.
func (w *worker) within(spent *bound, in *Input) (change.Verdict, time.Duration) {
	if spent.over() {
		return spent.refuse(w, in), 0
	}
	start := time.Now()
	v := w.decide(in)
	took := time.Since(start)
	spent.note(took)
	if v.Rule == ruleTimeout {
		v.Message += spent.slowest(w, in)
	}
	return v, took
}

// ruleTimeout is the id of the verdict where one decision takes too long.
const ruleTimeout = "MAIN004"

// goesAlong reports whether an object is decided with another one that would be deleted.
func (in *Input) goesAlong() bool { return in.With != "" && in.Class == change.Orphaned }

// RuleTemplate is the id of the verdict where a rule would delete an interface of its device
// type's templates. Along with its device it may go.
const RuleTemplate = "MAIN006"

// decide evaluates the entrypoint for one input, within the time limit.
func (w *worker) decide(in *Input) change.Verdict {
	value, err := w.enc.object(in, w.engine.ready().reads.of(in.Class))
	if err != nil {
		return failed("MAIN003", "the input cannot be encoded for the policies: %v", err)
	}
	w.arm()
	var said *ast.Term
	err = w.query(value).Iter(w.ctx, func(result topdown.QueryResult) error {
		said = result[answerVar]
		return nil
	})
	w.timer.Stop()
	switch {
	case err != nil && w.cancel.Cancelled():
		w.cancel = nil
		return failed(ruleTimeout, "the policies took longer than %v to decide this change", w.limit)
	case err != nil:
		return failed("MAIN003", "a policy failed: %s", explain(err))
	case said == nil:
		return failed("MAIN002", "%s is undefined", entrypoint)
	}
	v := w.engine.verdict(said)
	if in.Template && !in.goesAlong() && v.Decision == change.DecisionDelete {
		return failed(RuleTemplate, "rule %s would delete an interface of the device type's templates", v.Rule)
	}
	return v
}

// query is the one that evaluates the entrypoint for an input.
func (w *worker) query(input ast.Value) *topdown.Query {
	c := w.engine.ready()
	return topdown.NewQuery(c.query).
		WithCompiler(c.compiler).
		WithStore(c.store).
		WithTransaction(w.txn).
		WithInput(ast.NewTerm(input)).
		WithCancel(w.cancel).
		WithMetrics(metrics.NoOp()).
		WithStrictBuiltinErrors(true)
}

// arm starts the clock of one decision.
func (w *worker) arm() {
	if w.cancel == nil {
		w.stop()
		cancel := topdown.NewCancel()
		w.cancel = cancel
		w.timer = time.AfterFunc(w.limit, cancel.Cancel)
		return
	}
	w.timer.Reset(w.limit)
}

// explain says where in the Rego an evaluation failed.
func explain(err error) string {
	var e *topdown.Error
	if errors.As(err, &e) && e.Location != nil {
		return fmt.Sprintf("%s:%d: %s", e.Location.File, e.Location.Row, e.Message)
	}
	return err.Error()
}

// failed is the verdict where the policies could not decide.
func failed(rule, format string, args ...any) change.Verdict {
	return change.Verdict{Decision: change.DecisionDeny, Rule: rule, Severity: "critical", Message: fmt.Sprintf(format, args...)}
}

// decisions are the words that a verdict may have.
var decisions = change.Decisions()

// verdict reads what the entrypoint returned.
func (e *Engine) verdict(term *ast.Term) change.Verdict {
	v := e.said(term)
	obj, ok := term.Value.(ast.Object)
	if !ok {
		return v
	}
	if also := obj.Get(termAlso); also != nil {
		if list, ok := also.Value.(*ast.Array); ok {
			list.Foreach(func(t *ast.Term) { v.Also = append(v.Also, e.said(t)) })
		}
	}
	return v
}

// said is what one finding says.
func (e *Engine) said(term *ast.Term) change.Verdict {
	obj, ok := term.Value.(ast.Object)
	if !ok {
		return failed("MAIN002", "%s is not an object: %s", entrypoint, term)
	}
	v := change.Verdict{
		Decision: change.Decision(text(obj, termDecision)),
		Rule:     text(obj, termID),
		Severity: text(obj, termSeverity),
		Message:  shortened(text(obj, termMessage)),
		Links:    list(obj, termLinks),
		Answer:   text(obj, termAnswer),
		About:    text(obj, termAbout),
	}
	if !slices.Contains(decisions, v.Decision) {
		return failed("MAIN002", "rule %s decided %q, which is not a decision", v.Rule, v.Decision)
	}
	if v.Asks() {
		v.Count = number(obj, termCount)
		v.Recommended = text(obj, termRecommended)
		var ok bool
		if v.Approvals, ok = approvals(obj); !ok {
			return failed("MAIN002", "rule %s wants approvals: %s, which is not a number of people", v.Rule, obj.Get(termApprovals))
		}
	}
	return v
}

var (
	termDecision    = ast.StringTerm("decision")
	termID          = ast.StringTerm("id")
	termSeverity    = ast.StringTerm("severity")
	termMessage     = ast.StringTerm("message")
	termLinks       = ast.StringTerm("links")
	termAnswer      = ast.StringTerm("answer")
	termAbout       = ast.StringTerm("about")
	termAlso        = ast.StringTerm("also")
	termRecommended = ast.StringTerm("recommended")
	termApprovals   = ast.StringTerm("approvals")
	termCount       = ast.StringTerm("count")
)

// approvals reads how many approvals a question wants: none where it does not say.
func approvals(obj ast.Object) (n int, ok bool) {
	term := obj.Get(termApprovals)
	if term == nil {
		return 0, true
	}
	number, ok := term.Value.(ast.Number)
	if !ok {
		return 0, false
	}
	n, ok = number.Int()
	return n, ok && n >= 0
}

// number reads a key of an object that holds a whole number over 0; 0 for any other.
func number(obj ast.Object, key *ast.Term) int {
	term := obj.Get(key)
	if term == nil {
		return 0
	}
	said, _ := term.Value.(ast.Number)
	n, whole := said.Int()
	if !whole {
		return 0
	}
	return max(n, 0)
}

// text reads a key of an object that holds a string.
func text(obj ast.Object, key *ast.Term) string {
	if term := obj.Get(key); term != nil {
		if s, ok := term.Value.(ast.String); ok {
			return string(s)
		}
	}
	return ""
}

// longestMessage is how many characters of a message people are shown.
const longestMessage = 4000

// shortened is a message that is not longer than people read.
func shortened(message string) string {
	if len(message) <= longestMessage {
		return message
	}
	all := []rune(message)
	if len(all) <= longestMessage {
		return message
	}
	return fmt.Sprintf("%s … (%d characters more)", string(all[:longestMessage]), len(all)-longestMessage)
}

// list reads a key of an object that holds an array of strings.
func list(obj ast.Object, key *ast.Term) []string {
	term := obj.Get(key)
	if term == nil {
		return nil
	}
	array, ok := term.Value.(*ast.Array)
	if !ok {
		return nil
	}
	var out []string
	array.Foreach(func(t *ast.Term) {
		if s, ok := t.Value.(ast.String); ok {
			out = append(out, string(s))
		}
	})
	return out
}
