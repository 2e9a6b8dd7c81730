package job

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Event is something that a job of this process did.
type Event struct {
	At    time.Time `json:"at"`
	Job   int64     `json:"job"`
	Kind  string    `json:"kind"`
	Plan  string    `json:"plan,omitempty"`
	State State     `json:"state"`

	// Text says what is done now, and Done of Total how far it is; 0 where that is not known.
	Text  string `json:"text,omitempty"`
	Done  int    `json:"done,omitempty"`
	Total int    `json:"total,omitempty"`

	// Outcome is that of a job that ended.
	Outcome *Outcome `json:"outcome,omitempty"`
}

// State is what an event tells of.
type State string

// The states.
const (
	Started  State = "started"
	Progress State = "progress"
	Ended    State = "ended"

	// Elsewhere is that a job of another process has ended, which shares the jobs.
	Elsewhere State = "elsewhere"
)

// hub hands events to all who listen.
type hub struct {
	mu        sync.Mutex
	listeners map[chan Event]struct{}
	last      map[int64]Event // of the jobs that run here
}

func newHub() *hub { return &hub{listeners: map[chan Event]struct{}{}, last: map[int64]Event{}} }

// Progress is what a job of this process did last; false for one that does not run here.
func (r *Runner) Progress(id int64) (Event, bool) {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	e, runs := r.hub.last[id]
	return e, runs
}

// Subscribe returns the events from now on, until undo is called. Who does not keep up
// misses progress, and of what ended is told by [Runner.Jobs].
func (r *Runner) Subscribe() (events <-chan Event, undo func()) {
	c := make(chan Event, 256)
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	r.hub.listeners[c] = struct{}{}
	return c, func() {
		r.hub.mu.Lock()
		defer r.hub.mu.Unlock()
		delete(r.hub.listeners, c)
	}
}

// tell hands on an event of a job.
func (r *Runner) tell(o *Outcome, e Event) {
	e.At, e.Job, e.Kind, e.Plan = r.cfg.Now().UTC(), o.Job, o.Kind, o.Plan
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	if r.hub.last[e.Job] = e; e.State == Ended || e.State == Elsewhere {
		delete(r.hub.last, e.Job)
	}
	for c := range r.hub.listeners {
		select {
		case c <- e:
		default:
		}
	}
}

// minimum is a log that leaves out what is below a level: River tells of every start.
type minimum struct {
	level slog.Level
	slog.Handler
}

// Enabled implements [slog.Handler].
func (m minimum) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= m.level && m.Handler.Enabled(ctx, level)
}

// WithAttrs implements [slog.Handler].
func (m minimum) WithAttrs(attrs []slog.Attr) slog.Handler {
	return minimum{m.level, m.Handler.WithAttrs(attrs)}
}

// WithGroup implements [slog.Handler].
func (m minimum) WithGroup(name string) slog.Handler {
	return minimum{m.level, m.Handler.WithGroup(name)}
}
