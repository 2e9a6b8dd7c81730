package main

import (
	"cmp"
	"io"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/mirror"
)

// meter shows the progress of long work on stderr, if that is a terminal, and
// removes it at the end.
type meter struct {
	w    io.Writer // nil if stderr is no terminal
	bar  *progressbar.ProgressBar
	done map[string]int // of a sync, by phase and kind
	say  func(format string, args ...any)
}

// meter returns the command's progress meter.
func (e *env) meter() *meter {
	if e.bar == nil {
		e.bar = &meter{say: e.say}
		if !e.cli.Bool("quiet") && isTerminal(e.err) {
			e.bar.w = e.err
		}
	}
	return e.bar
}

// apply draws a bar: the number of objects is known.
func (m *meter) apply(ev apply.Event) {
	if m.w == nil || ev.Total == 0 {
		return
	}
	if m.bar == nil {
		m.bar = progressbar.NewOptions(ev.Total, progressbar.OptionSetWriter(m.w), progressbar.OptionSetDescription("applying"),
			progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(true))
	}
	if ev.Phase != apply.Done {
		m.bar.Describe("applying: " + strings.ReplaceAll(ev.Phase, "_", " "))
	}
	_ = m.bar.Set(min(ev.Done, ev.Total))
	if ev.Phase == apply.Done {
		m.end()
	}
}

// sync counts objects as they are read: the total is not known.
func (m *meter) sync(ev mirror.Event) {
	if ev.Phase == mirror.Waiting {
		m.say("diet: another process is writing the mirror: waiting for it")
		return
	}
	if m.w == nil {
		return
	}
	if ev.Phase == mirror.Done {
		m.end()
		return
	}
	if m.bar == nil {
		m.bar = progressbar.NewOptions(-1,
			progressbar.OptionSetWriter(m.w), progressbar.OptionShowCount(), progressbar.OptionSetItsString("objects"),
			progressbar.OptionClearOnFinish(), progressbar.OptionSpinnerType(14), progressbar.OptionThrottle(100*time.Millisecond))
		m.done = map[string]int{}
	}
	m.bar.Describe("syncing " + strings.ReplaceAll(cmp.Or(ev.Kind, ev.Phase), "_", " "))
	if more := ev.Done - m.done[ev.Phase+ev.Kind]; more > 0 {
		_ = m.bar.Add(more)
	}
	m.done[ev.Phase+ev.Kind] = ev.Done
}

func (m *meter) end() {
	if m.bar != nil {
		_ = m.bar.Finish()
		_ = m.bar.Exit()
		m.bar = nil
	}
}
