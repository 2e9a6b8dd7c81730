package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror/sandbox"
)

// patience is how long a test waits for what should come at once.
const patience = time.Minute

// gate stands before a sandbox. It holds one request that it is told to, and says so: signals are
// sent then, never after some time.
type gate struct {
	next http.Handler

	mu      sync.Mutex
	match   func(*http.Request) bool
	left    int // so many that match pass first
	commits bool
	reached chan struct{}
	release chan struct{}
	closed  []chan struct{} // all that are held
}

// hold has the nth request that matches wait, from 0. A write is carried out first if it commits.
func (g *gate) hold(n int, commits bool, match func(*http.Request) bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.match, g.left, g.commits = match, n, commits
	g.reached, g.release = make(chan struct{}), make(chan struct{})
	g.closed = append(g.closed, g.release)
}

// open lets what is held go on.
func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range g.closed {
		close(c)
	}
	g.closed = nil
}

// ServeHTTP implements [http.Handler].
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	held := g.match != nil && r.Header.Get("Authorization") != "Token "+personToken && g.match(r)
	if held {
		g.left--
		held = g.left < 0
	}
	release, commits := g.release, g.commits
	if held {
		g.match = nil
	}
	reached := g.reached
	g.mu.Unlock()
	if !held {
		g.next.ServeHTTP(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body) // all of it, ahead of who sends it being killed: so it is carried out
	r.Body = io.NopCloser(bytes.NewReader(body))
	if commits {
		answer := httptest.NewRecorder()
		g.next.ServeHTTP(answer, r)
		close(reached)
		<-release
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
		return
	}
	close(reached)
	<-release
	g.next.ServeHTTP(w, r)
}

// ground is what a test of processes owns: a NetBox, a folder, a plan.
type ground struct {
	testing.TB
	gate   *gate
	server *sandbox.Server
	dir    string
	env    []string
}

func newGround(t *testing.T) *ground {
	t.Helper()
	server, err := sandbox.New(sandbox.Config{Token: dietToken, Tokens: map[string]string{personToken: "maria"}})
	if err != nil {
		t.Fatal(err)
	}
	g := &ground{TB: t, gate: &gate{next: server}, server: server, dir: t.TempDir()}
	web := httptest.NewServer(g.gate)
	t.Cleanup(web.Close)
	t.Cleanup(g.gate.open)
	g.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + g.dir, "NETBOX_URL=" + web.URL, "NETBOX_TOKEN=" + dietToken}
	g.env = append(g.env, lazyCollector...)
	g.write("plan.yaml", fmt.Sprintf(platform, "one", 4))
	g.write("more.yaml", fmt.Sprintf(platform, "two", 6))
	g.write("less.yaml", fmt.Sprintf(platform, "one", 2))
	g.done("init")
	return g
}

func (g *ground) write(name, text string) {
	g.Helper()
	if err := os.WriteFile(filepath.Join(g.dir, name), []byte(text), 0o600); err != nil {
		g.Fatal(err)
	}
}

// platform is a plan with a description and a number of servers.
const platform = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: web}
spec:
  site: ams2
  defaults: {description: "%s"}
  catalog:
    deviceTypes:
      leaf-48: {manufacturer: acme, model: Leaf 48, u: 1, ports: {"E1/{1-8}": 25gbase-x-sfp28}}
      server: {manufacturer: acme, model: Server, u: 1}
  racks:
    row: {count: 1, units: 48}
  fabrics:
    dc:
      switches:
        leaf: {role: leaf, type: leaf-48, group: 2, rack: {pool: row, per: 2, fromU: 43}, zones: {server: {ports: 1-8}}}
  nodes:
    web:
      count: %d
      type: server
      rack: {pool: row, per: 32, fromU: 1}
      nics: {lom: {ports: [eth0, eth1], type: 25gbase-x-sfp28}}
      links: {data: {from: lom, to: dc.leaf/server, spread: alternate}}
  reconcile: {deletionPolicy: delete}
`

// finishing is said at the first interrupt of what writes.
const finishing = "finishing what is under way"

// process is a diet under way.
type process struct {
	*ground
	cmd    *exec.Cmd
	stdout bytes.Buffer
	stderr watched
}

// watched keeps what is written, and tells when it holds a text.
type watched struct {
	mu    sync.Mutex
	text  bytes.Buffer
	wants string
	seen  chan struct{}
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text.Write(p)
	if w.wants != "" && strings.Contains(w.text.String(), w.wants) {
		w.wants = ""
		close(w.seen)
	}
	return len(p), nil
}

// until waits until a text is there.
func (p *process) until(text string) {
	p.Helper()
	p.stderr.mu.Lock()
	p.stderr.seen = make(chan struct{})
	if strings.Contains(p.stderr.text.String(), text) {
		close(p.stderr.seen)
	} else {
		p.stderr.wants = text
	}
	p.stderr.mu.Unlock()
	p.await(p.stderr.seen, "the text "+text)
}

func (p *process) await(c <-chan struct{}, what string) {
	p.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
		p.Fatalf("%s did not come; stderr: %s", what, p.said())
	}
}

func (p *process) said() string {
	p.stderr.mu.Lock()
	defer p.stderr.mu.Unlock()
	return p.stderr.text.String()
}

// start runs a command of diet, which outlives the test's context, so that cleanups can end it as a user would.
func (g *ground) start(args ...string) *process {
	g.Helper()
	p := &process{ground: g, cmd: exec.CommandContext(context.WithoutCancel(g.Context()), "diet", args...)}
	p.cmd.Dir, p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = g.dir, g.env, &p.stdout, &p.stderr
	if err := p.cmd.Start(); err != nil {
		g.Fatal(err)
	}
	g.Cleanup(func() { _ = p.cmd.Process.Kill() }) // does nothing to one that ended
	return p
}

// end waits for the process and returns its exit code.
func (p *process) end() int {
	p.Helper()
	ended := make(chan struct{})
	var err error
	go func() {
		err = p.cmd.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		p.Fatalf("it does not end; stderr: %s", p.said())
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.Fatal(err)
	}
	return p.cmd.ProcessState.ExitCode()
}

// done runs a command that succeeds, and returns what it printed.
func (g *ground) done(args ...string) string {
	g.Helper()
	p := g.start(args...)
	if code := p.end(); code != 0 {
		g.Fatalf("diet %s exits %d: %s%s", strings.Join(args, " "), code, p.stdout.String(), p.said())
	}
	return p.stdout.String()
}

// signal sends a signal to the process.
func (p *process) signal(s os.Signal) {
	p.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.Error(err)
	}
}

// interrupted asserts how a process ended that was interrupted.
func (p *process) interrupted() {
	p.Helper()
	p.interruptedAs(exitInterrupted)
}

func (p *process) interruptedAs(want int) {
	p.Helper()
	code := p.end()
	text := p.said() + p.stdout.String()
	if code != want || !strings.Contains(p.said(), "interrupted") {
		p.Errorf("exit %d, stderr: %s", code, p.said())
	}
	for _, word := range []string{"context", "canceled", "(9)"} {
		if strings.Contains(text, word) {
			p.Errorf("it says %q: %s", word, text)
		}
	}
}

// free asserts that no lease is left.
func (g *ground) free() {
	g.Helper()
	for _, o := range g.server.Objects("tags") {
		if strings.HasPrefix(fmt.Sprint(o["slug"]), "diet-lease-") {
			g.Errorf("the lease is left: %v", o["description"])
		}
	}
}

// finishes asserts that the next run completes the plan, and that nothing is left then.
func (g *ground) finishes(plan string) {
	g.Helper()
	g.done("apply", "--yes", plan)
	g.free()
	g.server.ResetRequests()
	g.done("apply", "--yes", plan)
	for _, r := range g.server.Requests() {
		if r.Method != http.MethodGet && r.Method != http.MethodOptions {
			g.Errorf("the second apply sent %s %s", r.Method, r.Path)
		}
	}
	seen := map[string]bool{}
	for _, kind := range []string{"racks", "devices", "interfaces", "cables"} {
		for _, o := range g.server.Objects(kind) {
			custom, _ := o["custom_fields"].(map[string]any)
			id := fmt.Sprint(kind, custom["diet_object_id"])
			if custom["diet_object_id"] != nil && seen[id] {
				g.Errorf("%s stands twice", id)
			}
			seen[id] = true
		}
	}
}

// runs are how the runs so far ended.
func (g *ground) runs() string {
	g.Helper()
	var rows []struct{ Status string }
	if err := json.Unmarshal([]byte(g.done("--json", "diff", "SELECT status FROM run ORDER BY started_at")), &rows); err != nil {
		g.Fatal(err)
	}
	var out []string
	for _, row := range rows {
		out = append(out, row.Status)
	}
	return strings.Join(out, " ")
}

// is matches requests by method and a part of the path.
func is(method, path string) func(*http.Request) bool {
	return func(r *http.Request) bool { return r.Method == method && strings.Contains(r.URL.RequestURI(), path) }
}
