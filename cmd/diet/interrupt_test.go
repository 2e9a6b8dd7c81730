package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestInterruptedReading interrupts commands while NetBox keeps them waiting for an answer to
// a read: they end without it.
func TestInterruptedReading(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		sig   os.Signal
		args  string
		n     int
		match func(*http.Request) bool
		runs  string
	}{
		"a sync":                {syscall.SIGTERM, "sync", 0, is("GET", "/dcim/devices/"), "done"},
		"its first request":     {syscall.SIGINT, "sync", 0, is("GET", "/api/"), "done"},
		"a diff":                {syscall.SIGTERM, "diff --sync more.yaml", 0, is("GET", "/core/object-changes/"), "done"},
		"a preview":             {syscall.SIGINT, "preview more.yaml", 0, is("GET", "/core/object-changes/"), "done"},
		"a preview's judgement": {syscall.SIGTERM, "preview less.yaml", 0, is("GET", "/extras/bookmarks/"), "done"},
		"an init":               {syscall.SIGTERM, "init", 0, is("GET", "/extras/custom-fields/"), "done"},
		"an apply's sync":       {syscall.SIGINT, "apply --yes more.yaml", 0, is("GET", "/core/object-changes/"), "done"},
		"asking for the lease":  {syscall.SIGTERM, "apply --yes more.yaml", 0, is("GET", "slug=diet-lease-web"), "done"},
		"taking the lease":      {syscall.SIGTERM, "apply --yes more.yaml", 1, is("GET", "slug=diet-lease-web"), "done"},
		"checking the lease":    {syscall.SIGTERM, "apply --yes more.yaml", 0, checksLease, "done interrupted"},
		"reading interfaces":    {syscall.SIGINT, "apply --yes more.yaml", 0, is("GET", "device_id="), "done interrupted"},
		"verification":          {syscall.SIGTERM, "apply --yes more.yaml", 2, is("GET", "/core/object-changes/"), "done interrupted"},
		"casualties":            {syscall.SIGTERM, "apply --yes less.yaml", 0, is("GET", "request_id="), "done interrupted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGround(t)
			g.done("apply", "--yes", "plan.yaml")
			g.gate.hold(tt.n, false, tt.match)
			p := g.start(strings.Fields(tt.args)...)
			p.await(g.gate.reached, "the request")
			p.signal(tt.sig)
			p.interrupted()
			g.gate.open()
			g.free()
			if got := g.runs(); got != tt.runs {
				t.Errorf("the runs are %s, want %s", got, tt.runs)
			}
			g.finishes("more.yaml")
		})
	}
}

// checksLease matches the reads of a lease that is held.
func checksLease(r *http.Request) bool {
	q := r.URL.Query()
	return is("GET", "/extras/tags/")(r) && q.Has("id") && q.Get("fields") == "id,description,last_updated"
}

// TestInterruptedWriting interrupts an apply while a write is under way: it waits for its
// answer, writes nothing more and lets the plan go; the next run completes it.
func TestInterruptedWriting(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		plan  string
		match func(*http.Request) bool
		code  int
	}{
		"the lease":   {"more.yaml", is("POST", "/extras/tags/"), exitInterrupted},
		"a create":    {"more.yaml", is("POST", "/dcim/devices/"), exitInterrupted},
		"an update":   {"more.yaml", is("PATCH", "/dcim/devices/"), exitInterrupted},
		"a deletion":  {"less.yaml", is("DELETE", "/dcim/devices/"), exitInterrupted},
		"giving back": {"more.yaml", is("DELETE", "/extras/tags/"), exitDone}, // all is done
	} {
		for sig, commits := range map[syscall.Signal]bool{syscall.SIGINT: false, syscall.SIGTERM: true} {
			t.Run(fmt.Sprintf("%s, %s, carried out %v", name, sig, commits), func(t *testing.T) {
				t.Parallel()
				g := newGround(t)
				g.done("apply", "--yes", "plan.yaml")
				g.gate.hold(0, commits, tt.match)
				p := g.start("apply", "--yes", tt.plan)
				p.await(g.gate.reached, "the request")
				p.signal(sig)
				p.until(finishing)
				g.gate.open()
				p.interruptedAs(tt.code)
				g.free()
				g.finishes(tt.plan)
			})
		}
	}
}

// TestInterruptedTwice stops an apply at once while a write is under way: the next run
// finds out what became of it, on the same machine at once.
func TestInterruptedTwice(t *testing.T) {
	t.Parallel()
	for sig, commits := range map[syscall.Signal]bool{syscall.SIGINT: false, syscall.SIGTERM: true} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			g := newGround(t)
			g.gate.hold(0, commits, is("POST", "/dcim/racks/"))
			p := g.start("apply", "--yes", "plan.yaml")
			p.await(g.gate.reached, "the request")
			p.signal(sig)
			p.until(finishing)
			p.signal(sig)
			p.interrupted()
			g.gate.open()
			g.finishes("plan.yaml")
			if got := g.runs(); got != "interrupted done done" {
				t.Errorf("the runs are %s", got)
			}
		})
	}
}

// TestInterruptedWaiting interrupts what waits for others: for another sync, and for what
// became of a request of a run that was killed.
func TestInterruptedWaiting(t *testing.T) {
	t.Parallel()
	t.Run("another sync", func(t *testing.T) {
		t.Parallel()
		g := newGround(t)
		g.gate.hold(0, false, is("GET", "/dcim/devices/"))
		first := g.start("sync")
		first.await(g.gate.reached, "the request")
		second := g.start("sync")
		second.until("waiting for it")
		second.signal(syscall.SIGTERM)
		second.interrupted()
		g.gate.open()
		if code := first.end(); code != 0 {
			t.Errorf("the first sync exits %d: %s", code, first.said())
		}
	})
	t.Run("an open request", func(t *testing.T) {
		t.Parallel()
		g := newGround(t)
		g.gate.hold(0, false, is("POST", "/dcim/racks/"))
		killed := g.start("apply", "--yes", "plan.yaml")
		killed.await(g.gate.reached, "the request")
		killed.signal(syscall.SIGKILL)
		_ = killed.end()
		g.gate.hold(5, false, is("GET", "/core/object-changes/"))
		p := g.start("apply", "--yes", "plan.yaml")
		p.await(g.gate.reached, "the request")
		p.signal(syscall.SIGINT)
		p.interrupted()
		g.gate.open()
		g.free()
		g.finishes("plan.yaml")
	})
}

// TestKilled kills an apply while a write is under way, and one that has done all but give
// its lease back: neither is under way for ever, and nothing is asked.
func TestKilled(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		match func(*http.Request) bool
		state string
	}{
		"while it writes":      {is("POST", "/dcim/devices/"), "web  ahead"},
		"after its last write": {is("DELETE", "/extras/tags/"), "web  in_sync"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGround(t)
			g.done("apply", "--yes", "plan.yaml")
			g.gate.hold(0, false, tt.match)
			p := g.start("apply", "--yes", "more.yaml")
			p.await(g.gate.reached, "the request")
			p.signal(syscall.SIGKILL)
			_ = p.end()
			said := g.done("status", "--sync", "more.yaml")
			if !strings.Contains(said, tt.state) || !strings.Contains(said, "left its lease behind") {
				t.Errorf("the status is %s", said)
			}
			if name == "while it writes" {
				g.gate.open()
				g.finishes("more.yaml")
				return
			}
			g.done("apply", "--yes", "more.yaml") // has nothing to write
			g.finishes("less.yaml")               // takes the lease over
		})
	}
}

// TestKilledUndone rolls back an apply that was killed while a write was under way, whether NetBox
// carried that out or not: what it made is gone, and nothing is left to undo.
func TestKilledUndone(t *testing.T) {
	t.Parallel()
	for _, commits := range []bool{false, true} {
		t.Run(fmt.Sprintf("carried out %v", commits), func(t *testing.T) {
			t.Parallel()
			g := newGround(t)
			g.write("diet.yaml", "netbox: {parallel: 1}\n") // no other request is cut off, and waited for
			g.done("apply", "--yes", "plan.yaml")
			before := len(g.server.Objects("devices"))
			g.gate.hold(0, commits, is("POST", "/dcim/interfaces/"))
			p := g.start("apply", "--yes", "more.yaml")
			p.await(g.gate.reached, "the request")
			p.signal(syscall.SIGKILL)
			_ = p.end()
			g.gate.open()
			run := g.newest(2)
			g.done("rollback", run, "--yes")
			if after := len(g.server.Objects("devices")); after != before {
				t.Errorf("%d devices instead of %d", after, before)
			}
			if said := g.done("rollback", run); !strings.Contains(said, "nothing to write") {
				t.Errorf("undone, and still to do: %s", said)
			}
			g.free()
			g.finishes("plan.yaml")
		})
	}
}

// grown applies the plan and then the one that wants more, and returns the run of that.
func (g *ground) grown() string {
	g.Helper()
	g.done("apply", "--yes", "plan.yaml")
	g.done("apply", "--yes", "more.yaml")
	return g.newest(2)
}

// newest is the last of so many runs.
func (g *ground) newest(of int) string {
	g.Helper()
	var runs []struct{ ID string }
	if err := json.Unmarshal([]byte(g.done("runs", "--json")), &runs); err != nil || len(runs) != of {
		g.Fatalf("%d runs: %v", len(runs), err)
	}
	return runs[0].ID
}

// TestInterruptedRollback interrupts a rollback while a write is under way: the plan is held all the same,
// and the rollback is finished by another one.
func TestInterruptedRollback(t *testing.T) {
	t.Parallel()
	g := newGround(t)
	run := g.grown()
	g.gate.hold(0, true, is("PATCH", "/dcim/devices/"))
	p := g.start("rollback", "--yes", run)
	p.await(g.gate.reached, "the request")
	p.signal(syscall.SIGINT)
	p.until(finishing)
	g.gate.open()
	p.interrupted()
	if want := "diet rollback " + run + " goes on from here"; !strings.Contains(p.said(), want) {
		t.Errorf("it does not say %q: %s", want, p.said())
	}
	held := g.start("apply", "--yes", "more.yaml")
	if code := held.end(); code != exitPerson {
		t.Errorf("the plan is applied again: %d %s", code, held.said())
	}
	g.done("rollback", "--yes", run)
	g.free()
}

// TestKilledRollback kills a rollback while its first write is under way: the plan is held already, also
// on another machine, and the rollback is finished by another one. One that is killed ahead of its
// first write has undone nothing, so nothing is asked about the plan.
func TestKilledRollback(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		match func(*http.Request) bool
		code  int
	}{
		"while it writes": {is("PATCH", "/dcim/devices/"), exitPerson},
		"before":          {is("POST", "/extras/tags/"), exitDone}, // the lease is taken, or the hold put
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGround(t)
			run := g.grown()
			g.gate.hold(map[bool]int{true: 1}[tt.code == exitDone], tt.code == exitDone, tt.match)
			p := g.start("rollback", "--yes", run)
			p.await(g.gate.reached, "the request")
			p.signal(syscall.SIGKILL)
			_ = p.end()
			g.gate.open()
			again := g.start("apply", "--yes", "more.yaml")
			if code := again.end(); code != tt.code {
				t.Errorf("the plan is applied again: %d %s", code, again.said())
			}
			g.done("rollback", "--yes", run)
			if said := g.done("rollback", run); !strings.Contains(said, "nothing to write") {
				t.Errorf("undone, and still to do: %s", said)
			}
		})
	}
}

// TestNobodyReads runs commands whose output nobody reads, or that lose their terminal: they leave
// nothing behind, and say nothing of it.
func TestNobodyReads(t *testing.T) {
	t.Parallel()
	g := newGround(t)
	temp := t.TempDir()
	g.env = append(g.env, "TMPDIR="+temp)
	g.done("apply", "--yes", "plan.yaml")
	if err := os.Remove(g.dir + "/diet.store.db"); err != nil { // so that who looks needs a folder
		t.Fatal(err)
	}
	left := func() {
		t.Helper()
		if names, err := os.ReadDir(temp); err != nil || len(names) > 0 {
			t.Errorf("it leaves %v (%v)", names, err)
		}
	}
	for _, args := range []string{"diff more.yaml", "diff more.yaml --json", "status plan.yaml", "diff --help", "version"} {
		reader, writer, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		_ = reader.Close()
		p := &process{ground: g, cmd: exec.CommandContext(t.Context(), "diet", strings.Fields(args)...)}
		p.cmd.Dir, p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = g.dir, g.env, writer, &p.stderr
		if err := p.cmd.Start(); err != nil {
			t.Fatal(err)
		}
		_ = writer.Close()
		if code := p.end(); code != exitUnread || strings.Contains(p.said(), "pipe") {
			t.Errorf("%s exits %d: %s", args, code, p.said())
		}
		left()
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no device that is full")
	}
	for _, args := range []string{"diff more.yaml", "diff more.yaml --json"} {
		p := &process{ground: g, cmd: exec.CommandContext(t.Context(), "diet", strings.Fields(args)...)}
		p.cmd.Dir, p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = g.dir, g.env, full, &p.stderr
		if err := p.cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if code := p.end(); code != exitError || !strings.Contains(p.said(), "write output: write /dev/stdout: no space left") {
			t.Errorf("%s on a full disk exits %d: %s", args, code, p.said())
		}
	}
	g.gate.hold(0, false, is("GET", "/core/object-changes/"))
	p := g.start("diff", "--sync", "more.yaml")
	p.await(g.gate.reached, "the request")
	p.signal(syscall.SIGHUP)
	p.interrupted()
	g.gate.open()
	left()
	if err := errors.Join(os.Mkdir(temp+"/diet-scratch-killed", 0o700), os.RemoveAll(g.dir+"/diet.store.db")); err != nil {
		t.Fatal(err)
	}
	g.done("diff", "more.yaml")
	left()
}
