package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/mirror"
)

// shown plays an apply of 25 seconds and returns what a meter shows of it.
func shown(terminal bool) string {
	var out strings.Builder
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	m := &meter{w: &out, terminal: terminal, now: func() time.Time { return now }}
	play := func(f func()) {
		f()
		m.mu.Lock()
		if m.over != nil {
			close(m.over) // the clock is the test's
			m.over = nil
		}
		m.mu.Unlock()
	}
	play(func() { m.sync(mirror.Event{Phase: "scan", Kind: "device_type", Done: 40}) })
	play(func() { m.sync(mirror.Event{Phase: mirror.Done}) })
	play(func() { m.step("comparing the plan with NetBox") })
	play(func() { m.step("") })
	for done := range 26 {
		play(func() { m.apply(apply.Event{Phase: "write devices", Done: 40 * done, Total: 1000}) })
		now = now.Add(time.Second)
	}
	play(func() { m.apply(apply.Event{Phase: apply.Done, Done: 1000, Total: 1000}) })
	play(func() { m.step("verifying") })
	now = now.Add(5 * time.Second)
	play(func() { m.sync(mirror.Event{Phase: "changes"}) })
	return out.String()
}

// TestMeter shows progress without a terminal: from the first second, every few seconds,
// with how much of how much, and how long still.
func TestMeter(t *testing.T) {
	t.Parallel()
	want := `diet: applying: write devices, 40 of 1000 objects, 4%, about 24s left
diet: applying: write devices, 240 of 1000 objects, 24%, about 19s left
diet: applying: write devices, 440 of 1000 objects, 44%, about 14s left
diet: applying: write devices, 640 of 1000 objects, 64%, about 9s left
diet: applying: write devices, 840 of 1000 objects, 84%, about 4s left
diet: verifying, 0s
diet: verifying: reading changes, 0s
`
	if got := shown(false); got != want {
		t.Errorf("shown:\n%s", got)
	}
}

// TestMeterInTerminal draws one line again and again, and removes it.
func TestMeterInTerminal(t *testing.T) {
	t.Parallel()
	got := shown(true)
	for _, want := range []string{
		"\r\x1b[Kreading device type, 40 objects, 0s", "\r\x1b[K\r\x1b[Kcomparing the plan with NetBox, 0s",
		"\r\x1b[Kapplying: write devices, 520 of 1000 objects, 52%, about 12s left\r\x1b[K", "about 0s left\r\x1b[K\r\x1b[Kverifying",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("not there: %q in %q", want, got)
		}
	}
	if strings.Contains(got, "\n") {
		t.Error("it begins a new line")
	}
}

// TestProgress shows in a log what a command does while NetBox keeps it waiting, and nothing
// of it where that is not wanted.
func TestProgress(t *testing.T) {
	t.Parallel()
	for what, tt := range map[string]struct {
		args  string
		n     int
		match func(*http.Request) bool
	}{
		"diet: reading ":            {"sync --full", 0, is("GET", "/dcim/devices/")},
		"asking what depends on":    {"preview less.yaml", 0, is("GET", "/extras/bookmarks/")},
		"applying: write devices, ": {"apply --yes more.yaml", 0, is("PATCH", "/dcim/devices/")},
		"verifying":                 {"apply --yes more.yaml", 2, is("GET", "/core/object-changes/")},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			g := newGround(t)
			g.done("apply", "--yes", "plan.yaml")
			g.gate.hold(tt.n, false, tt.match)
			p := g.start(strings.Fields(tt.args)...)
			p.await(g.gate.reached, "the request")
			p.until(what)
			g.gate.open()
			_ = p.end()
			g.finishes("more.yaml")
		})
	}
}

// TestNoProgress keeps quiet where that is asked for, and where programs read.
func TestNoProgress(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"--quiet", "--json"} {
		var stderr strings.Builder
		app := newApp(strings.NewReader(""), io.Discard, &stderr)
		app.Commands = []*cli.Command{{Name: "long", Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			m := e.meter()
			m.now = func() time.Time { return time.Now().Add(time.Hour) }
			m.step("comparing")
			m.apply(apply.Event{Phase: "write devices", Done: 1, Total: 2})
			m.end()
			return nil
		}}}
		if err := app.Run([]string{"diet", flag, "long"}); err != nil || stderr.String() != "" {
			t.Errorf("%s: %v, %q", flag, err, stderr.String())
		}
	}
}
