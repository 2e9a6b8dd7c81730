package apply_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/netbox"
)

// attempt is one run against an estate, and what came of it.
type attempt struct {
	testing.TB
	*estate
	journal  *journal
	result   *apply.Result
	err      error
	progress []apply.Event
	ctx      context.Context
	cancel   context.CancelFunc
	wait     time.Duration // how long a write may still be carried out
}

// journal is one that may fail.
type journal struct {
	mu      sync.Mutex
	entries []*entry
	sent    func(n int) error
	done    func(n int) error
}

type entry struct {
	apply.Request
	answers   int // how often it has been closed
	requestID string
	err       error
	first     error // with which it was closed first
}

var _ apply.Journal = (*journal)(nil)

func (j *journal) Sent(_ context.Context, r apply.Request) (int64, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.sent != nil {
		if err := j.sent(len(j.entries)); err != nil {
			return 0, err
		}
	}
	j.entries = append(j.entries, &entry{Request: r})
	return int64(len(j.entries)), nil
}

func (j *journal) Done(_ context.Context, seq int64, requestID string, err error) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	e := j.entries[seq-1]
	if e.answers++; e.answers == 1 {
		e.requestID, e.first = requestID, err
	}
	e.err = err
	if j.done != nil {
		return j.done(int(seq - 1))
	}
	return nil
}

// settings are what a run is made with.
type settings struct {
	parallel int
	ifMatch  bool
}

func begin(tb testing.TB) *attempt {
	tb.Helper()
	a := &attempt{TB: tb, estate: newEstate(), journal: &journal{}, wait: 5 * time.Second}
	a.ctx, a.cancel = context.WithTimeout(tb.Context(), 5*time.Minute)
	tb.Cleanup(a.cancel)
	return a
}

// run applies the set, and asserts what holds of every run.
func (a *attempt) run(s settings) {
	a.Helper()
	applier := apply.New(apply.Config{
		Writer: a.fake, Reader: a.fake, Journal: a.journal, Run: "run-1", Version: "test", Batch: 3,
		Parallel: s.parallel, IfMatch: s.ifMatch, Wait: a.wait,
		Progress: func(e apply.Event) { a.progress = append(a.progress, e) },
	}, a.known)
	a.result, a.err = applier.Apply(a.ctx, a.set)
	a.named()
	a.truthful()
	a.once()
	a.journaled()
	a.told()
	for _, fault := range a.faults {
		a.Error(fault)
	}
}

// lists are the lists of a result, by name.
func (a *attempt) lists() map[string][]apply.Outcome {
	r := a.result
	return map[string][]apply.Outcome{
		"created": r.Created, "updated": r.Updated, "deleted": r.Deleted, "orphaned": r.Orphaned, "owned": r.Owned,
		"skipped": r.Skipped, "held": r.Held, "failed": r.Failed,
	}
}

// where returns the lists that name an object.
func (a *attempt) where(kind, object string) (lists []string, reason string) {
	for name, list := range a.lists() {
		for _, o := range list {
			if o.Kind == kind && o.Object == object {
				lists = append(lists, name)
				reason = o.Reason
			}
		}
	}
	return lists, reason
}

// named asserts that every change stands in the result once.
func (a *attempt) named() {
	a.Helper()
	for _, c := range a.set.Changes {
		if lists, _ := a.where(c.Kind, c.Object); len(lists) != 1 {
			a.Errorf("%s %s %s is named in %q, want one list", c.Action, c.Kind, c.Object, lists)
		}
	}
	var failed, errs []string
	for _, o := range a.result.Failed {
		failed = append(failed, o.Kind+o.Object)
	}
	for _, e := range a.result.Errors {
		errs = append(errs, e.Kind+e.Object)
	}
	if !slices.Equal(failed, errs) {
		a.Errorf("failed %q, errors of %q", failed, errs)
	}
}

// truthful asserts that NetBox is as the result says.
func (a *attempt) truthful() {
	a.Helper()
	for i := range a.set.Changes {
		c := &a.set.Changes[i]
		lists, reason := a.where(c.Kind, c.Object)
		switch done := slices.ContainsFunc(lists, func(l string) bool { return l != "failed" && l != "skipped" }); {
		case len(lists) == 0:
		case done && !a.holds(c):
			a.Errorf("%s %s is told as %q, and is not", c.Kind, c.Object, lists)
		case lists[0] == "failed" && !strings.Contains(reason, "unknown") && a.written(c):
			a.Errorf("%s %s is told as failed (%s), and is written", c.Kind, c.Object, reason)
		case lists[0] == "skipped" && slices.Contains(swaps, c.Object) && a.hasItsName(c):
		case lists[0] == "skipped" && (a.count(c, committed) > 0 || strings.HasPrefix(reason, "needs") && a.count(c, sent) > 0):
			a.Errorf("%s %s is told as skipped (%s), and was sent", c.Kind, c.Object, reason)
		case lists[0] == "failed" && a.count(c, sent) == 0 &&
			!strings.Contains(reason, "run went on") && !strings.Contains(reason, "is held by a cable"):
			a.Errorf("%s %s is told as failed (%s), and was never sent", c.Kind, c.Object, reason)
		}
		for _, o := range a.result.Created {
			if s, n := a.find(o.Kind, o.Object); n != 1 || s.id != o.ID {
				a.Errorf("%s %s is told as made with the id %d; %d bear it, %+v", o.Kind, o.Object, o.ID, n, s)
			}
		}
	}
}

// methods are the methods that carry a change out.
func methods(c *change.Change) []string {
	switch {
	case c.Action == change.Create:
		return []string{http.MethodPost, http.MethodPatch} // a template's interface is taken over
	case c.Action == change.Delete && c.Verdict.Decision == "delete":
		return []string{http.MethodDelete}
	}
	return []string{http.MethodPatch}
}

func (a *attempt) count(c *change.Change, objects func(*call) []string) int {
	n := 0
	for _, x := range a.calls {
		if x.kind == c.Kind && slices.Contains(methods(c), x.method) && slices.Contains(objects(x), c.Object) {
			n++
		}
	}
	return n
}

func sent(c *call) []string { return c.objects }

func committed(c *call) []string { return c.committed }

// written reports whether NetBox has committed a change as it is wanted: the temporary name
// of a device is not that, and what is given back at the end is not its own write.
func (a *attempt) written(c *change.Change) bool {
	return !slices.Contains(swaps, c.Object) && a.count(c, committed) > 0 && a.holds(c)
}

// hasItsName reports whether a device has the name that it had ahead of the run: one that it gave up
// for another device, and got back.
func (a *attempt) hasItsName(c *change.Change) bool {
	s := a.kinds[c.Kind][c.NetBoxID]
	return s != nil && s.fields["name"] == map[string]any{"p/old[1]": "a", "p/old[2]": "b"}[c.Object]
}

// swaps are the devices of the estate that exchange their names.
var swaps = []string{"p/old[1]", "p/old[2]"}

// once asserts that nothing is sent again that NetBox has written, or that it may have
// and was not asked about.
func (a *attempt) once() {
	a.Helper()
	type key struct{ method, kind, object string }
	wrote, open := map[key]int{}, map[key]*call{}
	for _, c := range a.calls {
		for _, object := range c.objects {
			k := key{c.method, c.kind, object}
			if was := open[k]; was != nil && c.reads == was.reads {
				a.Errorf("%s %s %s is sent again, and nobody asked what became of it", c.method, c.kind, object)
			}
			if slices.Contains(c.open, object) {
				open[k] = c
			}
		}
		for _, object := range c.committed {
			wrote[key{c.method, c.kind, object}]++
		}
	}
	for k, n := range wrote {
		if n > 1 && !(n == 2 && k.method == http.MethodPatch && slices.Contains(a.twice, k.object)) {
			a.Errorf("%s %s %s is written %d times", k.method, k.kind, k.object, n)
		}
	}
	for kind, objects := range a.kinds {
		for _, s := range objects {
			if _, n := a.find(kind, s.object); n > 1 && s.object != "" {
				a.Errorf("%s %s is there %d times", kind, s.object, n)
			}
		}
	}
}

// journaled asserts that each request was written down before it was sent, and
// closed once with what became of it; twice if that was found out only later.
func (a *attempt) journaled() {
	a.Helper()
	entries := map[string]*entry{}
	for _, e := range a.journal.entries {
		if entries[e.Batch] != nil || !strings.HasPrefix(e.Batch, "run-1/") {
			a.Errorf("the batch %q is no name of its own", e.Batch)
		}
		entries[e.Batch] = e
		if e.answers != 1 && (e.answers != 2 || !isUnknown(e.first)) {
			a.Errorf("the request %s is closed %d times", e.Batch, e.answers)
		}
	}
	for _, c := range a.calls {
		e := entries[c.batch]
		if e == nil {
			a.Errorf("%s %s %q is sent and not in the journal", c.method, c.kind, c.objects)
			continue
		}
		if e.Method != c.method || e.Kind != c.kind || !slices.Equal(e.Objects, c.objects) {
			a.Errorf("the journal has %+v of %s %s %q", e.Request, c.method, c.kind, c.objects)
		}
		if e.requestID != c.requestID || len(c.open) == 0 && !errors.Is(e.first, c.err) {
			a.Errorf("the journal has request %q, %v; NetBox said %q, %v", e.requestID, e.first, c.requestID, c.err)
		}
	}
	if len(entries) != len(a.calls) || a.result.Requests != len(a.calls) {
		a.Errorf("%d requests were sent, %d are in the journal, %d are counted", len(a.calls), len(entries), a.result.Requests)
	}
}

// told asserts that the progress only grows, and ends.
func (a *attempt) told() {
	a.Helper()
	last := 0
	for _, e := range a.progress {
		if e.Done < last || e.Done > e.Total || e.Total != a.set.Acting() {
			a.Errorf("progress %+v after %d", e, last)
		}
		last = e.Done
	}
	if end := a.progress[len(a.progress)-1]; end.Phase != apply.Done || end.Done != end.Total {
		a.Errorf("the last event is %+v", end)
	}
}

// finish is the next run, on what NetBox holds now: it completes the plan.
func (a *attempt) finish() {
	a.Helper()
	for _, commit := range a.late {
		commit()
	}
	next := begin(a.TB)
	next.fake = a.fake
	next.calls, next.destiny, next.readFate = nil, func(*call) fate { return fate{} }, nil
	next.set, next.known = a.remaining()
	next.run(settings{parallel: 1, ifMatch: true})
	if next.err != nil || len(next.result.Failed)+len(next.result.Skipped) > 0 {
		a.Errorf("the next run: %v, failed %+v, skipped %+v", next.err, next.result.Failed, next.result.Skipped)
	}
	if left, _ := next.remaining(); len(left.Changes) > 0 {
		a.Errorf("the next run leaves %d changes, the first %+v", len(left.Changes), left.Changes[0])
	}
}

// refused is an answer by which nothing has been written.
func refused(status int) *netbox.Error {
	return &netbox.Error{Method: http.MethodPost, Path: "dcim/x", Status: status, Detail: "no"}
}

// lost is an answer that leaves open what became of the write.
func lost() *netbox.Error {
	return &netbox.Error{Method: http.MethodPost, Path: "dcim/x", Detail: "no answer in time", Unknown: true}
}

// strike gives the nth write its fate.
func (a *attempt) strike(n int, doom fate) {
	a.destiny = at(n, doom)
	if !doom.commit && !doom.later {
		a.wait = 20 * time.Millisecond // for nothing
	}
}

// at strikes the nth write.
func at(n int, doom fate) func(*call) fate {
	return func(c *call) fate {
		if c.n == n {
			return doom
		}
		return fate{}
	}
}

// writesOf is how many writes a run of the estate sends when nothing fails.
func writesOf(tb testing.TB, s settings) int {
	tb.Helper()
	a := begin(tb)
	a.run(s)
	if a.err != nil || len(a.result.Failed)+len(a.result.Skipped) > 0 {
		tb.Fatalf("%v, failed %+v, skipped %+v", a.err, a.result.Failed, a.result.Skipped)
	}
	if left, _ := a.remaining(); len(left.Changes) > 0 {
		tb.Fatalf("%d changes are left, the first %+v", len(left.Changes), left.Changes[0])
	}
	return len(a.calls)
}

// each plays a fault at every write in turn, one after the other and side by side.
func each(t *testing.T, play func(a *attempt, n int)) {
	t.Helper()
	for _, s := range []settings{{1, true}, {1, false}, {4, true}} {
		for n := range writesOf(t, s) {
			t.Run(fmt.Sprintf("write %d, %+v", n, s), func(t *testing.T) {
				a := begin(t)
				play(a, n)
				a.run(s)
				a.finish()
			})
		}
	}
}
