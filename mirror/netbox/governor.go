package netbox

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// governor is how many requests are under way at once. A server that says that it has too
// many (429, 503) is given time: nobody asks it before its Retry-After is over, and half as
// many do then. What goes well again adds one at a time.
type governor struct {
	mu    sync.Mutex
	limit int
	busy  int
	good  int           // answers since the limit changed
	until time.Time     // nothing is sent before
	freed chan struct{} // closed when something changes
}

// mostAtOnce is how many requests may be under way at once, reads and writes.
const mostAtOnce = 16

func newGovernor() *governor { return &governor{limit: mostAtOnce, freed: make(chan struct{})} }

// enter waits for its turn.
func (g *governor) enter(ctx context.Context) error {
	for {
		g.mu.Lock()
		pause := time.Until(g.until)
		if pause <= 0 && g.busy < g.limit {
			g.busy++
			g.mu.Unlock()
			return nil
		}
		freed := g.freed
		g.mu.Unlock()
		var over <-chan time.Time
		if pause > 0 {
			over = time.After(pause)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-freed:
		case <-over:
		}
	}
}

// leave notes the status of an answer, 0 for none, and how long to wait at least.
func (g *governor) leave(status int, after time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.busy--
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		if until := time.Now().Add(min(after, patience)); until.After(g.until) {
			g.until = until
		}
		g.limit, g.good = max(1, min(g.limit, g.busy+1)/2), 0
	} else if g.good++; g.good >= 2*g.limit && g.limit < mostAtOnce {
		g.limit, g.good = g.limit+1, 0
	}
	close(g.freed)
	g.freed = make(chan struct{})
}
