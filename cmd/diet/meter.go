package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/mirror"
)

// meter shows the progress of long work on stderr: in a terminal one line that is drawn
// again and removed at the end, elsewhere a line every few seconds.
type meter struct {
	w        io.Writer // nil to show nothing
	terminal bool
	now      func() time.Time
	say      func(format string, args ...any)

	applies atomic.Bool // an apply is under way

	mu    sync.Mutex
	stage string // what reading NetBox is for, "" for nothing in particular
	work  string // what is under way, "" for nothing
	text  string // where it has got to
	done  int
	total int       // 0 if it is not known
	began time.Time // the work
	next  time.Time // when to show the next line
	drawn bool      // a line stands in the terminal
	over  chan struct{}
}

// How often progress is shown, and after what time the first line where no terminal is.
const (
	redraw    = 200 * time.Millisecond
	firstLine = time.Second
	everyLine = 5 * time.Second
)

// meter returns the command's progress meter.
func (e *env) meter() *meter {
	if e.bar == nil {
		e.bar = &meter{say: e.say, now: time.Now, terminal: isTerminal(e.err)}
		if !e.cli.Bool("quiet") && (e.bar.terminal || !e.cli.Bool("json")) {
			e.bar.w = e.err
		}
	}
	return e.bar
}

// apply shows how many objects are dealt with.
func (m *meter) apply(ev apply.Event) {
	switch {
	case ev.Phase == apply.Done:
		m.applies.Store(false)
		m.end()
	case ev.Total > 0:
		m.applies.Store(true)
		m.show("apply", "applying: "+words(ev.Phase), ev.Done, ev.Total)
	}
}

// sync shows what is read, but for what an apply reads between its writes.
func (m *meter) sync(ev mirror.Event) {
	if m.applies.Load() {
		return
	}
	switch ev.Phase {
	case mirror.Waiting:
		m.end()
		m.say("diet: another process is writing the mirror: waiting for it")
	case mirror.Done:
		m.end()
	default:
		m.show("sync", "reading "+words(cmp.Or(ev.Kind, ev.Phase)), ev.Done, ev.Total)
	}
}

// step shows a part of the work that has no numbers, "" for its end.
func (m *meter) step(what string) {
	m.end()
	m.mu.Lock()
	m.stage = what
	m.mu.Unlock()
	if what != "" {
		m.show(what, "", 0, 0)
	}
}

func words(name string) string { return strings.ReplaceAll(name, "_", " ") }

// show notes where the work has got to, and shows it when it is time.
func (m *meter) show(work, text string, done, total int) {
	if m.w == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if work != m.work {
		m.work, m.began = work, m.now()
		switch {
		case m.terminal:
			m.next = m.began
		case m.next.IsZero():
			m.next = m.began.Add(firstLine)
		}
	}
	m.text, m.done, m.total = text, done, total
	if m.over == nil {
		m.over = make(chan struct{})
		go m.tick(m.over)
	}
	m.draw()
}

// tick shows also work that takes long and says nothing meanwhile.
func (m *meter) tick(over <-chan struct{}) {
	ticker := time.NewTicker(redraw)
	defer ticker.Stop()
	for {
		select {
		case <-over:
			return
		case <-ticker.C:
			m.mu.Lock()
			m.draw()
			m.mu.Unlock()
		}
	}
}

// draw shows a line, if it is time.
func (m *meter) draw() {
	now := m.now()
	if m.work == "" || now.Before(m.next) {
		return
	}
	if m.terminal {
		m.next, m.drawn = now.Add(redraw), true
		fmt.Fprintf(m.w, "\r\x1b[K%s", m.line(now))
		return
	}
	m.next = now.Add(everyLine)
	fmt.Fprintf(m.w, "diet: %s\n", m.line(now))
}

// line is where the work has got to, and how long it will take still.
func (m *meter) line(now time.Time) string {
	took := now.Sub(m.began)
	var parts []string
	for _, part := range []string{m.stage, m.text} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	s := strings.Join(parts, ": ")
	switch {
	case m.total > 0:
		s += fmt.Sprintf(", %d of %s, %d%%", m.done, report.Plural(m.total, "object", "objects"), 100*m.done/m.total)
	case m.done > 0:
		s += ", " + report.Plural(m.done, "object", "objects")
	}
	if m.total > 0 && m.done > 0 && took >= time.Second {
		left := time.Duration(float64(took) / float64(m.done) * float64(m.total-m.done))
		return s + fmt.Sprintf(", about %s left", left.Round(time.Second))
	}
	return s + fmt.Sprintf(", %s", took.Round(time.Second))
}

// end removes the line.
func (m *meter) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.over != nil {
		close(m.over)
		m.over = nil
	}
	if m.drawn {
		fmt.Fprint(m.w, "\r\x1b[K")
		m.drawn = false
	}
	m.work = ""
}
