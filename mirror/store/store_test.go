package store_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/store"
	"github.com/diet-project/diet/mirror/store/storetest"
)

// open opens a store in a file, or by its address.
func open(t *testing.T, path, mirrorPath string) store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), path, mirrorPath)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// stores plays a test on a new store of each kind.
func stores(t *testing.T, test func(t *testing.T, where string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, filepath.Join(t.TempDir(), "x.store.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, storetest.Postgres(t))
	})
}

const here, there = "https://here.example", "https://there.example"

// TestStore keeps what it is given, over a close, each NetBox for itself.
func TestStore(t *testing.T) {
	t.Parallel()
	stores(t, keeps)
}

func keeps(t *testing.T, path string) {
	s, ctx := open(t, path, ""), t.Context()
	request := "r-1"
	sent := func(run string, seq int64, at string) store.Request {
		return store.Request{
			Run: run, Seq: seq, Batch: run, Method: "POST", Kind: "device",
			Objects: "[]", Payload: "[1]", Inverse: "[]", SentAt: at,
		}
	}
	for _, err := range []error{
		s.KeepPreview(ctx, store.Preview{ID: "pv-1", NetBox: here, Plan: "web", PlanFile: "web.yaml", Document: "{}"}),
		s.Begin(ctx, store.Run{ID: "run-1", NetBox: here, Plan: "web", Preview: "pv-1", StartedAt: "1"}),
		s.Sent(ctx, sent("run-1", 1, "1")),
		s.Sent(ctx, sent("run-1", 2, "2")),
		s.Answered(ctx, store.Request{Run: "run-1", Seq: 1, DoneAt: "2", Status: "done", RequestID: &request}),
		s.End(ctx, store.Run{ID: "run-1", FinishedAt: "3", Status: "done", Result: "{}"}),
		s.Begin(ctx, store.Run{ID: "run-2", NetBox: here, Plan: "web", StartedAt: "4"}),
		s.Begin(ctx, store.Run{ID: "run-3", NetBox: there, Plan: "web", StartedAt: "5"}),
		s.Sent(ctx, sent("run-3", 1, "6")),
		s.Decide(ctx, here, "web", []store.Decision{{NetBox: here, Plan: "web", Kind: "device", Object: "a", Decision: "ask"}}),
		s.Decide(ctx, here, "web", []store.Decision{{NetBox: here, Plan: "web", Kind: "device", Object: "c", Decision: "ask"}}),
		s.Decide(ctx, there, "web", []store.Decision{{NetBox: there, Plan: "web", Kind: "device", Object: "c", Decision: "ask"}}),
		s.Close(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	s = open(t, path, "")
	if p, err := s.Preview(ctx, here, "pv-1"); err != nil || p.PlanFile != "web.yaml" {
		t.Errorf("preview %+v, %v", p, err)
	}
	if _, err := s.Preview(ctx, there, "pv-1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a preview of another NetBox: %v", err)
	}
	want := store.Last{ID: "run-2", Status: "running", Active: "4", Reconciled: "3"}
	if r, ok, err := s.LastRun(ctx, here, "web"); !ok || err != nil || r != want {
		t.Errorf("last run %+v, %v, %v", r, ok, err)
	}
	if _, ok, err := s.LastRun(ctx, here, "db"); ok || err != nil {
		t.Errorf("a run of another plan, %v", err)
	}
	if got, err := s.Requests(ctx, here); err != nil || strings.Join(got, ",") != "r-1" {
		t.Errorf("requests %q, %v", got, err)
	}
	if got, err := s.Requests(ctx, there); err != nil || len(got) != 0 {
		t.Errorf("requests to another NetBox %q, %v", got, err)
	}
	if got := loaded(t, s, `SELECT group_concat(object) FROM decision`); got != "c,c" {
		t.Errorf("decisions of %q", got)
	}
	if got := loaded(t, s, `SELECT group_concat(run || seq || payload || guarded || coalesce(request_id, '-')) FROM journal`); got !=
		"run-11[1]0r-1,run-12[1]0-,run-31[1]0-" {
		t.Errorf("the journal is %q", got)
	}
}

// loaded is the one value of a statement on a store, as a query sees it.
func loaded(t *testing.T, s store.Store, statement string) string {
	t.Helper()
	path, done, err := s.Attachable(t.Context(), statement)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	return query(t, path, statement)
}

// TestOpenRequests settles those of one NetBox, and leaves those of another alone.
func TestOpenRequests(t *testing.T) {
	t.Parallel()
	stores(t, settlesOpen)
}

func settlesOpen(t *testing.T, path string) {
	s, ctx := open(t, path, ""), t.Context()
	for run, netbox := range map[string]string{"run-1": here, "run-2": there} {
		if err := s.Begin(ctx, store.Run{ID: run, NetBox: netbox, Plan: "web", StartedAt: "1"}); err != nil {
			t.Fatal(err)
		}
		r := store.Request{
			Run: run, Seq: 1, Batch: run + "/1", Method: "POST", Kind: "device", Objects: `["a"]`,
			Payload: "[1]", Inverse: "[2]", Guarded: true, SentAt: "1",
		}
		if err := s.Sent(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	open, err := s.Open(ctx, here, "web")
	if err != nil || len(open) != 1 {
		t.Fatalf("open %+v, %v", open, err)
	}
	if r := open[0]; r.Run != "run-1" || r.Payload != "[1]" || r.Inverse != "[2]" || !r.Guarded || r.Status != "sent" {
		t.Errorf("the open request is %+v", r)
	}
	if other, err := s.Open(ctx, here, "another"); err != nil || len(other) != 0 {
		t.Errorf("open of another plan: %+v, %v", other, err)
	}
	if err := errors.Join(s.Abandon(ctx, here, "web", "", "2"), s.Forget(ctx, "run-1")); err != nil {
		t.Fatal(err)
	}
	if last, _, _ := s.LastRun(ctx, here, "web"); last.Status != "running" {
		t.Errorf("a run with an open request is %s", last.Status)
	}
	open[0].Status = "failed"
	for _, err := range []error{s.Answered(ctx, open[0]), s.Abandon(ctx, here, "web", "", "2")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if last, _, _ := s.LastRun(ctx, here, "web"); last.Status != "interrupted" {
		t.Errorf("an abandoned run is %s", last.Status)
	}
	if open, err := s.Open(ctx, there, "web"); err != nil || len(open) != 1 {
		t.Errorf("those of another NetBox: %+v, %v", open, err)
	}
	for netbox, want := range map[string]bool{here: true, there: false} {
		if got, err := s.Holds(ctx, netbox, "run-1"); got != want || err != nil {
			t.Errorf("%s holds run-1: %v, %v", netbox, got, err)
		}
	}
}

// query is the one value of a statement on a file.
func query(t *testing.T, path, statement string) string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var out string
	if err := db.QueryRowContext(t.Context(), statement).Scan(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// olderMirror is a file as an earlier diet left it: before it noted the NetBox of a run
// and what a request sent, and since.
func olderMirror(t *testing.T, path string, noted bool) {
	t.Helper()
	db, err := mirror.OpenFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	run, journal, rows := "", "", `INSERT INTO run VALUES ('run-1', 'web', '', '1', NULL, 'running', NULL);
		INSERT INTO journal VALUES ('run-1', 1, 'b', 'POST', 'rack', '[]', '1', NULL, 'sent', 'r-1', NULL);`
	if noted {
		run, journal, rows = "netbox TEXT NOT NULL,", "payload TEXT NOT NULL, inverse TEXT NOT NULL, guarded INTEGER NOT NULL,",
			`INSERT INTO run VALUES ('run-1', 'https://here.example/', 'web', '', '1', NULL, 'running', NULL);
			INSERT INTO journal VALUES ('run-1', 1, 'b', 'POST', 'rack', '[]', '[7]', '[8]', 1, '1', NULL, 'sent', 'r-1', NULL);`
	}
	_, err = db.ExecContext(t.Context(), `
		CREATE TABLE sync_state (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
		INSERT INTO sync_state VALUES ('url', 'https://here.example');
		CREATE TABLE run (id TEXT PRIMARY KEY, `+run+` plan TEXT, preview TEXT, started_at TEXT, finished_at TEXT,
			status TEXT, result TEXT) STRICT;
		CREATE TABLE journal (run TEXT REFERENCES run (id), seq INTEGER, batch TEXT, method TEXT, kind TEXT, objects TEXT, `+journal+`
			sent_at TEXT, done_at TEXT, status TEXT, request_id TEXT, error TEXT, PRIMARY KEY (run, seq)) STRICT, WITHOUT ROWID;
		CREATE TABLE preview (id TEXT PRIMARY KEY, plan TEXT, created_at TEXT, plan_file TEXT, document TEXT) STRICT;
		CREATE TABLE decision (plan TEXT, kind TEXT, object TEXT, field TEXT, class TEXT, decision TEXT, rule TEXT,
			severity TEXT, message TEXT) STRICT;
		INSERT INTO preview VALUES ('pv-1', 'web', '1', 'web.yaml', '{}');
		INSERT INTO decision VALUES ('web', 'rack', 'a', '', 'absent', 'apply', 'OBJ001', 'info', '');`+rows)
	if err != nil {
		t.Fatal(err)
	}
}

// TestTakeOver moves what an earlier diet kept in the mirror, also where it was cut off
// after it had copied a part.
func TestTakeOver(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		noted   bool
		payload string
	}{"since payloads are noted": {true, "[7]"}, "before": {false, "[]"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			old, path := filepath.Join(dir, "diet.db"), filepath.Join(dir, "diet.store.db")
			olderMirror(t, old, tt.noted)
			s := open(t, path, "")
			if err := s.Begin(t.Context(), store.Run{ID: "run-1", NetBox: here, Plan: "web", StartedAt: "1"}); err != nil {
				t.Fatal(err)
			}
			_ = s.Close()
			for range 2 {
				s := open(t, path, old)
				if _, err := s.Preview(t.Context(), here, "pv-1"); err != nil {
					t.Error(err)
				}
				if got, err := s.Requests(t.Context(), here); err != nil || len(got) != 1 {
					t.Errorf("requests %q, %v", got, err)
				}
				got, err := s.Open(t.Context(), here, "web")
				if err != nil || len(got) != 1 || got[0].Payload != tt.payload || got[0].Guarded != tt.noted {
					t.Errorf("open %+v, %v", got, err)
				}
				if got, err := s.Open(t.Context(), there, "web"); err != nil || len(got) != 0 {
					t.Errorf("open of another NetBox %+v, %v", got, err)
				}
				_ = s.Close()
			}
			if got := query(t, old, `SELECT count(*) FROM sqlite_schema WHERE name IN ('run', 'journal', 'preview', 'decision')`); got != "0" {
				t.Errorf("%s tables are left in the mirror", got)
			}
		})
	}
}

// TestTakeOverWaits copies while another process writes the mirror, and holds nothing of
// the store while it waits for that.
func TestTakeOverWaits(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old, path := filepath.Join(dir, "diet.db"), filepath.Join(dir, "diet.store.db")
	olderMirror(t, old, true)
	holder, err := mirror.OpenFile(t.Context(), old)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = holder.Close() }()
	tx, err := holder.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		s, err := store.Open(t.Context(), path, old)
		if err == nil {
			err = s.Close()
		}
		done <- err
	}()
	other := open(t, path, "")
	for copied := false; !copied; {
		select {
		case err := <-done:
			t.Fatalf("it did not wait: %v", err)
		case <-time.After(5 * time.Millisecond):
		}
		_, err := other.Preview(t.Context(), here, "pv-1")
		copied = err == nil
	}
	if err := other.Begin(t.Context(), store.Run{ID: "run-2", NetBox: here, Plan: "web", StartedAt: "2"}); err != nil {
		t.Error(err)
	}
	_ = tx.Rollback()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestNotTheMirror refuses a store that is the mirror, and one that is no file without
// saying where it is.
func TestNotTheMirror(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "diet.db")
	if _, err := store.Open(t.Context(), path, path); err == nil || !strings.Contains(err.Error(), "that is the mirror") {
		t.Errorf("the mirror as a store: %v", err)
	}
	if _, err := store.Open(t.Context(), "mysql://diet:secret@db/diet", path); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("an address of something else: %v", err)
	}
}

// TestNotADatabase leaves a mirror that is none to the mirror, and is told of a store that
// is none, or of a newer diet.
func TestNotADatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	letter := filepath.Join(dir, "letter.db")
	if err := os.WriteFile(letter, []byte("Dear Sir or Madam, this is no database at all"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "x.store.db")
	s := open(t, path, letter)
	_ = s.Close()
	if _, err := store.Open(t.Context(), letter, ""); err == nil {
		t.Error("a letter is taken for a store")
	}
	db, err := mirror.OpenFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), `INSERT INTO schema_file VALUES ('schema/9999_future', '')`); err != nil {
		t.Fatal(err)
	}
	_ = db.Close()
	if _, err := store.Open(t.Context(), path, ""); err == nil || !strings.Contains(err.Error(), "newer diet") {
		t.Errorf("a newer store: %v", err)
	}
}

// TestHeld waits for another process that writes, however long.
func TestHeld(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.store.db")
	s := open(t, path, "")
	other, err := mirror.OpenFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	tx, err := other.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- s.Begin(t.Context(), store.Run{ID: "run-1", Plan: "web", StartedAt: "1"}) }()
	select {
	case err := <-done:
		t.Errorf("it did not wait: %v", err)
	case <-time.After(200 * time.Millisecond):
	}
	_ = tx.Rollback()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
