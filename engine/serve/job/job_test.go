package job_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/mirrortest"
	"github.com/diet-project/diet/mirror/sandbox"
	"github.com/diet-project/diet/mirror/store/storetest"
)

const (
	token   = "d1e7000000000000000000000000000000000001"
	another = "d1e7000000000000000000000000000000000002" // of the same user

	// patience is how long a test waits for what should come at once.
	patience = time.Minute

	small = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: web}
spec:
  site: ams2
  catalog:
    deviceTypes:
      server: {manufacturer: acme, model: Server, u: 1}
  racks:
    row: {count: 1, units: 48}
  nodes:
    web: {count: 3, type: server, rack: {pool: row, per: 32, fromU: 1}}
`
)

// world is what each test owns: a NetBox, and what works on it.
type world struct {
	testing.TB
	cfg  engine.Config
	text string // of the plan

	mu     sync.Mutex
	before func(w http.ResponseWriter, r *http.Request) bool // answers in NetBox's place
}

func newWorld(t *testing.T) *world {
	t.Helper()
	server, err := sandbox.New(sandbox.Config{Token: token, Tokens: map[string]string{another: "diet"}})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{TB: t, text: small}
	web := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		before := w.before
		w.mu.Unlock()
		if before == nil || !before(out, r) {
			server.ServeHTTP(out, r)
		}
	}))
	t.Cleanup(web.Close)
	w.cfg = engine.Config{
		URL: web.URL, Token: token, Mirror: filepath.Join(t.TempDir(), "diet.db"), Wait: 100 * time.Millisecond, Host: "here",
	}
	mirrortest.Lay(t, w.cfg.Mirror)
	w.engine(func(eng *engine.Engine) {
		if _, err := eng.Init(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	return w
}

func (w *world) engine(do func(*engine.Engine)) {
	w.Helper()
	eng, err := engine.New(w.Context(), w.cfg)
	if err != nil {
		w.Fatal(err)
	}
	do(eng)
	if err := eng.Close(); err != nil {
		w.Error(err)
	}
}

// share has the world keep its store and its jobs in PostgreSQL.
func (w *world) share() {
	w.Helper()
	w.cfg.Store = storetest.Postgres(w)
}

// stand has something stand before NetBox.
func (w *world) stand(before func(http.ResponseWriter, *http.Request) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.before = before
}

func (w *world) plans() []job.Plan {
	w.mu.Lock()
	defer w.mu.Unlock()
	plan, err := generate.Load("plan.yaml", []byte(w.text))
	return []job.Plan{{Path: "plan.yaml", Key: "web", Plan: plan, Err: err, Revision: w.text}}
}

// write changes the plan's file.
func (w *world) write(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text = text
}

// runner opens the jobs; edit changes how they are configured.
func (w *world) runner(edit func(*job.Config)) *job.Runner {
	w.Helper()
	cfg := job.Config{
		Path: job.Beside(w.cfg.Mirror), Plans: w.plans, Host: "here", Schedules: []job.Schedule{{}},
		Open: func(ctx context.Context, edit func(*engine.Config)) (*engine.Engine, error) {
			cfg := w.cfg
			if edit != nil {
				edit(&cfg)
			}
			return engine.New(ctx, cfg)
		},
	}
	if edit != nil {
		edit(&cfg)
	}
	var err error
	if cfg.Database, err = engine.SharedDatabase(w.Context(), w.cfg.Store); err != nil {
		w.Fatal(err)
	}
	r, err := job.New(w.Context(), cfg)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

// start runs the jobs until the test ends.
func (w *world) start(r *job.Runner) {
	w.Helper()
	if err := r.Start(w.Context()); err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() {
		if err := r.Stop(context.Background()); err != nil {
			w.Error(err)
		}
		if err := r.Close(); err != nil {
			w.Error(err)
		}
	})
}

// play runs a job, and returns how it ended.
func (w *world) play(r *job.Runner, args job.Args) *job.Outcome {
	w.Helper()
	events, undo := r.Subscribe()
	defer undo()
	id, err := r.Enqueue(w.Context(), args, 0)
	if err != nil {
		w.Fatal(err)
	}
	for { // a check that an apply was followed by may end meanwhile
		if o := w.endedOf(events, args.Kind()); id == 0 || o.Job == id {
			return o
		}
	}
}

// send sends a request to NetBox, and returns the id in its answer.
func (w *world) send(method, path, body string) string {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), method, w.cfg.URL+path, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Authorization", "Token "+token)
	req.Header.Set("Content-Type", "application/json")
	res, err := mirrortest.Client.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var made struct{ ID json.Number }
	_ = json.NewDecoder(res.Body).Decode(&made) // a deletion has no answer
	if res.StatusCode >= 300 {
		w.Fatalf("%s %s: %s", method, path, res.Status)
	}
	return made.ID.String()
}

// ended waits for the end of a job.
func (w *world) ended(events <-chan job.Event) *job.Outcome {
	w.Helper()
	return w.endedOf(events, "")
}

// endedOf waits for the end of a job of a kind; "" is any.
func (w *world) endedOf(events <-chan job.Event, kind string) *job.Outcome {
	w.Helper()
	deadline := time.After(patience)
	for {
		select {
		case e := <-events:
			if e.State == job.Ended && (kind == "" || e.Kind == kind) {
				return e.Outcome
			}
		case <-deadline:
			w.Fatal("no job ended")
		}
	}
}

// TestJobs reads, checks and applies a plan, and a second apply sends nothing.
func TestJobs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.runner(nil)
	w.start(r)
	if o := w.play(r, job.SyncArgs{}); o.Result != job.Done {
		t.Fatalf("sync: %+v", o)
	}
	if o := w.play(r, job.CheckArgs{Plan: "web"}); o.Result != job.Done || o.Status.Status != engine.StateNotApplied {
		t.Fatalf("check: %+v", o)
	}
	o := w.play(r, job.ApplyArgs{Plan: "web", User: "maria"})
	if o.Result != job.Done || o.Status.Status != engine.StateInSync || !strings.HasPrefix(o.Preview, "pv-") || o.User != "maria" {
		t.Fatalf("apply: %+v", o)
	}
	writes := 0
	w.stand(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet && r.Method != http.MethodOptions {
			writes++
		}
		return false
	})
	if again := w.play(r, job.ApplyArgs{Plan: "web"}); again.Result != job.Done || again.Preview != "" || writes > 0 {
		t.Errorf("a second apply sends %d writes: %+v", writes, again)
	}
	w.engine(func(eng *engine.Engine) {
		if runs, err := eng.Runs(t.Context(), "web", 10); err != nil || len(runs) != 1 || runs[0].ID != o.Run {
			t.Errorf("the store has %d runs, %v: %+v", len(runs), err, runs)
		}
	})
	all, err := r.Jobs(t.Context(), 10)
	if err != nil || len(all) != 4 || all[1].Outcome == nil || all[1].Outcome.Run != o.Run || all[1].User != "maria" {
		t.Errorf("listed %+v, %v", all, err)
	}
}

// TestNoSuchPlan is not tried again: a person has to do something.
func TestNoSuchPlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.runner(nil)
	w.start(r)
	if o := w.play(r, job.CheckArgs{Plan: "db"}); o.Result != job.Cancelled || !strings.Contains(o.Error, "no file has this plan") {
		t.Errorf("got %+v", o)
	}
	w.write("apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: web}\nspec: {sites: ams2}\n")
	if o := w.play(r, job.CheckArgs{Plan: "web"}); o.Result != job.Cancelled || !strings.Contains(o.Error, "sites") {
		t.Errorf("a plan that does not load: %+v", o)
	}
}

// TestGoneWithItsPlan applies previews that undo a run and remove a plan, once nobody has the
// plan's file any more: they say themselves what is to be done.
func TestGoneWithItsPlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	there := true
	r := w.runner(func(cfg *job.Config) {
		plans := cfg.Plans
		cfg.Plans = func() []job.Plan {
			if !there {
				return nil
			}
			return plans()
		}
	})
	w.start(r)
	made := w.play(r, job.ApplyArgs{Plan: "web"})
	if made.Result != job.Done {
		t.Fatalf("apply: %+v", made)
	}
	there = false
	o := w.play(r, job.ApplyArgs{Plan: "web", Preview: made.Preview})
	if o.Result != job.Cancelled || !strings.Contains(o.Error, "no file has this plan") {
		t.Errorf("a preview of the plan: %+v", o)
	}
	back := w.play(r, job.PreviewArgs{Plan: "web", Run: made.Run})
	if back.Preview == "" {
		t.Fatalf("preview: %+v", back)
	}
	if o := w.play(r, job.ApplyArgs{Plan: "web", Preview: back.Preview}); o.Result != job.Done || o.Run == "" {
		t.Errorf("a rollback: %+v", o)
	}
	var destroys *engine.Preview
	w.engine(func(eng *engine.Engine) {
		intent, err := eng.Destruction(t.Context(), "web")
		if err == nil {
			destroys, err = eng.Preview(t.Context(), intent)
		}
		if err != nil {
			t.Fatal(err)
		}
	})
	if o := w.play(r, job.ApplyArgs{Plan: "web", Preview: destroys.ID}); o.Result != job.Done {
		t.Errorf("a removal: %+v", o)
	}
}
