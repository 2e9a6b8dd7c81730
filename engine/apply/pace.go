package apply

import (
	"sync"
	"time"
)

// pace is how many objects go into a request, learnt from how NetBox takes it. Each method
// and kind has its own: the cost of an object differs by orders of magnitude.
type pace struct {
	most int           // as configured
	slow time.Duration // a request that takes longer is too large

	mu   sync.Mutex
	each map[string]*step
}

// step is the pace of one method and kind.
type step struct {
	size int
	most int // half of what was too large, until trust is earned again
	good int // requests of the full size that went well since
	need int // so many earn it; each loss doubles that
	dead int // requests lost in a row where no smaller ones are left
}

const (
	tooSlow  = 10 * time.Second // gateways give up at 30 or 60
	trust    = 8
	deadMost = 3
)

func newPace(most int) *pace { return &pace{most: most, slow: tooSlow, each: map[string]*step{}} }

func (p *pace) step(method, kind string) *step {
	s := p.each[method+kind]
	if s == nil {
		s = &step{size: p.most, most: p.most, need: trust}
		p.each[method+kind] = s
	}
	return s
}

// size is how many objects to send in one request.
func (p *pace) size(method, kind string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.step(method, kind).size
}

// answered notes how long a request of n objects took.
func (p *pace) answered(method, kind string, n int, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.step(method, kind)
	s.dead = 0
	switch {
	case took > p.slow:
		s.size = max(1, min(s.size, int(int64(n)*int64(p.slow)/int64(took))))
	case n < s.size:
	case took < p.slow/4:
		s.size = min(s.most, s.size+max(1, s.size/4))
		s.earn(p.most)
	}
}

// earn lets larger requests be tried again, the more rarely the more often one was lost.
func (s *step) earn(most int) {
	if s.good++; s.good >= s.need && s.most < most {
		s.most, s.good = min(most, 2*s.most), 0
	}
}

// lost notes a request of n objects that was not answered, or not in time. It reports
// whether it is of use to go on.
func (p *pace) lost(method, kind string, n int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.step(method, kind)
	switch {
	case n > s.size: // others have learnt that already
	case s.size == 1:
		s.dead++
	default:
		s.size = max(1, n/2)
		s.most, s.good, s.need = s.size, 0, 2*s.need
	}
	return s.dead < deadMost
}
