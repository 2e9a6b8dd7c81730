package policy

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/profiler"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/diet-project/diet/engine/change"
)

// bound limits how long the decisions of a run may take together, and finds the rule that
// takes the time.
type bound struct {
	limit time.Duration
	used  atomic.Int64 // nanoseconds
	done  atomic.Int64 // decisions

	once sync.Once
	rule string
}

// boundFor is the bound for a number of decisions: so much that rules which take no more
// than 2 ms each are through, but for very many, and that a busy machine denies nothing.
func (e *Engine) boundFor(n int) *bound {
	limit := min(30*time.Second+time.Duration(n)*2*time.Millisecond, 5*time.Minute)
	if e.runTimeout > 0 {
		limit = e.runTimeout
	}
	return &bound{limit: limit}
}

// note counts a decision.
func (b *bound) note(took time.Duration) {
	b.used.Add(int64(took))
	b.done.Add(1)
}

// over reports whether the time is up.
func (b *bound) over() bool { return time.Duration(b.used.Load()) > b.limit }

// refuse is the verdict on what is not decided any more.
func (b *bound) refuse(w *worker, in *Input) change.Verdict {
	return failed("MAIN007", "the policies took %v for %d decisions, and no more is spent on a run%s",
		time.Duration(b.used.Load()).Round(time.Millisecond), b.done.Load(), b.slowest(w, in))
}

// slowest names the rule that takes the most time, measured once.
func (b *bound) slowest(w *worker, in *Input) string {
	b.once.Do(func() { b.rule = w.profile(in) })
	return b.rule
}

// profile evaluates an input once more, and says which rule takes the most time.
func (w *worker) profile(in *Input) string {
	value, err := w.enc.object(in, w.engine.ready().reads.of(in.Class))
	if err != nil {
		return ""
	}
	p := profiler.New()
	w.arm()
	defer w.timer.Stop()
	err = w.query(value).WithQueryTracer(p).Iter(w.ctx, func(topdown.QueryResult) error { return nil })
	if err != nil && w.cancel.Cancelled() {
		w.cancel = nil
	}
	top := p.ReportTopNResults(1, []string{"total_time_ns"})
	if len(top) == 0 {
		return ""
	}
	at, took := top[0].Location, time.Duration(top[0].ExprTimeNs).Round(10*time.Microsecond)
	return fmt.Sprintf("; the slowest rule is %s (%s:%d), which takes %v", w.engine.ruleAt(at), at.File, at.Row, took)
}

// ruleAt names the rule that a line is in: by its id, or by its name.
func (p *program) ruleAt(at *ast.Location) string {
	module := p.ready().compiler.Modules[at.File]
	if module == nil {
		return "a query"
	}
	name, line := "", 0
	for _, r := range module.Rules {
		if r.Location.Row > at.Row || r.Location.Row < line {
			continue
		}
		name, line = r.Head.Ref().String(), r.Location.Row
		if id, ok := customOf(r)["id"].(string); ok && kindOf(r) != "" {
			name = id
		}
	}
	return name
}
