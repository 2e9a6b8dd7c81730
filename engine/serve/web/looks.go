package web

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/generate"
)

// look is what was last compared of a plan.
type look struct {
	*engine.Look
	table *table
	at    time.Time
	err   error // why it could not be compared
	old   bool  // it is being compared anew
}

// looks keeps what was last compared of each plan. To compare takes seconds where a mirror is
// large: a page shows what is there, and has it compared anew behind its back where something
// has moved.
type looks struct {
	cfg Config
	mu  sync.Mutex
	of  map[string]*slot

	behind sync.WaitGroup // comparisons that no page waits for
	turns  chan struct{}  // held by those at work
	live   context.Context
	end    context.CancelFunc
}

// slot is the place of one plan.
type slot struct {
	compare sync.Mutex // held while it is compared
	mu      sync.Mutex
	last    *look
	checked time.Time // when it was last asked whether anything moved
	moved   bool      // nothing may be shown of what is there

	busy chan struct{} // closed once the comparison behind a page has ended; nil for none
}

func newLooks(cfg Config) *looks {
	l := &looks{cfg: cfg, of: map[string]*slot{}, turns: make(chan struct{}, max(2, runtime.GOMAXPROCS(0)))}
	l.live, l.end = context.WithCancel(context.Background())
	return l
}

// close interrupts the comparisons that no page waits for; there are none afterwards.
func (l *looks) close() {
	l.mu.Lock()
	l.end()
	l.mu.Unlock()
	l.behind.Wait()
}

// renewBehind compares a plan if anything has moved since before, while its page is shown.
func (l *looks) renewBehind(s *slot, plan *generate.Plan, before *look) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.live.Err() != nil || s.busy != nil {
		return
	}
	busy := make(chan struct{})
	s.busy = busy
	l.behind.Go(func() {
		select {
		case l.turns <- struct{}{}:
			l.renew(l.live, s, plan, before)
			<-l.turns
		case <-l.live.Done():
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.busy = nil
		close(busy)
	})
}

// How long what was compared is shown without asking whether anything moved, and at all:
// answers expire by the clock. A page waits a little for what is under way.
const (
	freshFor = time.Second
	oldAfter = time.Minute
	littleBy = 250 * time.Millisecond

	// firstBy is how long the page of all plans waits for those of which there is nothing to show.
	firstBy = 2 * time.Second
)

// errComparing is in the place of what has not been compared yet.
var errComparing = errors.New("nothing has been compared yet")

// all is what is known of several plans: the page waits for all of them together as long as it would
// for one, and a little longer for those that there is nothing to show of.
func (l *looks) all(ctx context.Context, plans []job.Plan) []*look {
	out, first := make([]*look, len(plans)), make([]bool, len(plans))
	for i, p := range plans {
		if p.Err != nil {
			out[i] = &look{err: p.Err, at: l.cfg.Now()}
			continue
		}
		s := l.slot(p.Key)
		last, wait, check := s.state(l.cfg.Now())
		if wait || check {
			l.renewBehind(s, p.Plan, last)
		}
		first[i] = wait && (last == nil || last.err == nil) // what was wrong is shown until it is not
	}
	little, long := elapsed(ctx, littleBy), elapsed(ctx, firstBy)
	for i, p := range plans {
		over := little
		if first[i] {
			over = long
		}
		if out[i] == nil {
			out[i] = l.slot(p.Key).by(over)
		}
	}
	return out
}

// elapsed is closed once a time has passed, or the context has ended.
func elapsed(ctx context.Context, d time.Duration) <-chan struct{} {
	ctx, cancel := context.WithTimeout(ctx, d)
	context.AfterFunc(ctx, cancel)
	return ctx.Done()
}

// by is what comes out of the comparison that is under way, if it ends before that, or else what is there,
// as old.
func (s *slot) by(over <-chan struct{}) *look {
	s.mu.Lock()
	busy := s.busy
	s.mu.Unlock()
	if busy != nil {
		select {
		case <-busy:
			busy = nil
		case <-over:
		}
	}
	last := s.peek()
	switch {
	case last == nil:
		return &look{err: errComparing}
	case busy == nil || last.err != nil:
		return last
	}
	old := *last
	old.old = true
	return &old
}

func (l *looks) slot(key string) *slot {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of[key] == nil {
		l.of[key] = &slot{}
	}
	return l.of[key]
}

// forget has a plan compared anew before it is shown next.
func (l *looks) forget(key string) {
	s := l.slot(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.moved = true
}

// peek is what was compared last, nil if nothing was.
func (s *slot) peek() *look {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// get is what is known of a plan.
func (l *looks) get(ctx context.Context, p job.Plan) *look {
	if p.Err != nil {
		return &look{err: p.Err, at: l.cfg.Now()}
	}
	s := l.slot(p.Key)
	last, wait, check := s.state(l.cfg.Now())
	switch {
	case wait:
		return l.renew(ctx, s, p.Plan, last)
	case check:
		l.renewBehind(s, p.Plan, last)
	}
	return s.by(elapsed(ctx, littleBy))
}

// state is what is there, whether it has to be compared before anything is shown, and whether
// it is time to ask.
func (s *slot) state(now time.Time) (last *look, wait, check bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil || s.moved || s.last.err != nil {
		return s.last, true, false
	}
	if check = now.Sub(s.checked) > freshFor; check {
		s.checked = now
	}
	return s.last, false, check
}

// renew compares a plan if anything has moved since before; what somebody else compared
// meanwhile is as good.
func (l *looks) renew(ctx context.Context, s *slot, plan *generate.Plan, before *look) *look {
	s.compare.Lock()
	defer s.compare.Unlock()
	s.mu.Lock()
	last, moved := s.last, s.moved
	s.moved = false
	s.mu.Unlock()
	if last != before && last != nil && last.err == nil && !moved {
		return last
	}
	next := l.compare(ctx, plan, last, moved)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last, s.checked = next, l.cfg.Now()
	return next
}

// compare compares a plan with the mirror, or returns last where nothing has moved.
func (l *looks) compare(ctx context.Context, plan *generate.Plan, last *look, moved bool) (next *look) {
	now := l.cfg.Now()
	eng, err := l.cfg.Open(ctx, func(cfg *engine.Config) { cfg.URL, cfg.Token = "", "" })
	if err != nil {
		return &look{err: err, at: now}
	}
	defer func() {
		if err := eng.Close(); err != nil {
			next = &look{err: errors.Join(next.err, err), at: now}
		}
	}()
	if last != nil && last.err == nil && !moved && now.Sub(last.at) < oldAfter {
		if revision, err := eng.Revision(ctx, plan); err == nil && revision == last.Revision {
			return last
		}
	}
	found, err := eng.Look(ctx, plan)
	if err != nil {
		return &look{err: err, at: now}
	}
	out := &look{Look: found, at: now}
	if found.Preview != nil {
		topo, err := eng.Generate(ctx, plan)
		if err != nil {
			return &look{err: err, at: now}
		}
		out.table = newTable(found.Preview, topo, found.Status.NetBox.URL, eng.Rule)
	}
	return out
}
