package mirror_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
)

func TestOpenTwice(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a b?c#d%", "mirror.db")
	for range 2 {
		db, err := mirror.Open(t.Context(), mirror.Config{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Age(t.Context()); !errors.Is(err, mirror.ErrNeverSynced) {
			t.Errorf("Age: %v", err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("file %v, %v", info, err)
	}
}

func TestOpenAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "mirror.db")
	failed := make(chan error)
	for range 6 {
		go func() {
			db, err := mirror.Open(t.Context(), mirror.Config{Path: path})
			if err == nil {
				err = db.Close()
			}
			failed <- err
		}()
	}
	for range 6 {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
}

// A mirror can be opened, and read, while a sync of another process is writing.
func TestOpenDuringATransaction(t *testing.T) {
	t.Parallel()
	db := mirrortest.Open(t)
	tx, err := db.SQL().Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.Exec(`DELETE FROM site`); err != nil {
		t.Fatal(err)
	}
	other, err := mirror.Open(t.Context(), mirror.Config{Path: db.Path()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Age(t.Context()); !errors.Is(err, mirror.ErrNeverSynced) {
		t.Error(err)
	}
	_ = other.Close()
}

// The cache is made anew, empty, where a view or a kind changed.
func TestOpenMakesCacheAnew(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string][]string{
		"a view changed": {`UPDATE schema_file SET hash = 'old' WHERE name = 'cache'`, `DROP VIEW drift`, `CREATE VIEW retired AS SELECT 1`},
		"an older diet made it": {
			`INSERT INTO schema_file VALUES ('schema/0003_journal', 'old')`,
			`UPDATE schema_file SET name = 'view', hash = 'old' WHERE name = 'cache'`,
			`INSERT INTO schema_file VALUES ('schema/0001_mirror', 'old'), ('schema/0002_desired', 'old'), ('schema/0002_journal', 'old')`,
			`CREATE TABLE desired_shared (kind TEXT)`, `CREATE VIEW retired AS SELECT 1`,
			`DROP VIEW desired_rack`, `CREATE TABLE desired_rack (object TEXT)`,
		},
		"a table is lost":   {`DROP TABLE rack`},
		"a trigger is lost": {`DROP TRIGGER rack_past_update`},
	} {
		db := mirrortest.Open(t)
		mirrortest.Seed(t, db, "rack", map[string]any{"id": 1, "name": "r", "site": map[string]any{"id": 1}})
		for _, query := range spoil {
			if _, err := db.SQL().Exec(query); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		path := db.Path()
		_ = db.Close()
		again := mirrortest.OpenConfig(t, mirror.Config{Path: path})
		got := mirrortest.Dump(t, again, `SELECT name FROM sqlite_schema WHERE name IN ('drift', 'retired', 'desired_shared')`) +
			mirrortest.Dump(t, again, `SELECT count(*) FROM rack`)
		if got != "drift\n0\n" {
			t.Errorf("%s: got %q", name, got)
		}
		if _, err := again.Age(t.Context()); !errors.Is(err, mirror.ErrNeverSynced) {
			t.Errorf("%s: the next sync is not a full one: %v", name, err)
		}
	}
}

func TestOpenRefusesOtherSchemas(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]string{
		"newer": `INSERT INTO schema_file VALUES ('schema/9999_future', 'x')`,
	} {
		db := mirrortest.Open(t)
		if _, err := db.SQL().Exec(spoil); err != nil {
			t.Fatal(err)
		}
		path := db.Path()
		_ = db.Close()
		_, err := mirror.Open(t.Context(), mirror.Config{Path: path})
		var schema *mirror.SchemaError
		if !errors.As(err, &schema) || !strings.Contains(schema.Hint(), "--rebuild") {
			t.Errorf("%s: %v", name, err)
		}
		again, err := mirror.Open(t.Context(), mirror.Config{Path: path, Rebuild: true})
		if err != nil {
			t.Errorf("%s: rebuild: %v", name, err)
			continue
		}
		_ = again.Close()
	}
}

// TestRebuildLeavesOtherDatabasesAlone replaces no database that diet did not make as a mirror: a store, or somebody's.
func TestRebuildLeavesOtherDatabasesAlone(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]string{
		"somebody's": `DROP TABLE schema_file`,
		"a store":    `UPDATE schema_file SET name = 'schema/0002_situation'`,
	} {
		db := mirrortest.Open(t)
		mirrortest.Seed(t, db, "rack", map[string]any{"id": 1, "name": "r", "site": map[string]any{"id": 1}})
		if _, err := db.SQL().Exec(spoil); err != nil {
			t.Fatal(err)
		}
		path := db.Path()
		_ = db.Close()
		for _, rebuild := range []bool{false, true} {
			_, err := mirror.Open(t.Context(), mirror.Config{Path: path, Rebuild: rebuild})
			if stranger := (*mirror.StrangerError)(nil); !errors.As(err, &stranger) || strings.Contains(stranger.Hint(), "--rebuild") {
				t.Errorf("%s, rebuild %v: %v", name, rebuild, err)
			}
		}
		kept, err := mirror.OpenFile(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		var racks int
		if err := kept.Get(&racks, `SELECT count(*) FROM rack`); err != nil || racks != 1 {
			t.Errorf("%s: it has %d racks: %v", name, racks, err)
		}
		_ = kept.Close()
	}
}

func TestRebuildLeavesOtherFilesAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "letter.txt")
	if err := os.WriteFile(path, []byte("Dear Sir or Madam"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := mirror.Open(t.Context(), mirror.Config{Path: path, Rebuild: true}); err == nil {
		t.Error("a letter was rebuilt")
	}
	if _, err := mirror.Open(t.Context(), mirror.Config{Path: path}); err == nil {
		t.Error("a letter was opened")
	}
	if got, _ := os.ReadFile(path); string(got) != "Dear Sir or Madam" {
		t.Errorf("the letter says %q", got)
	}
}

// readOnly opens a mirror for reading alone, and returns where that is.
func readOnly(t *testing.T) (r *mirror.Reader, path string) {
	t.Helper()
	path = mirrortest.Open(t).Path()
	r, err := mirror.OpenReadOnly(t.Context(), path, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r, path
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	r, path := readOnly(t)
	for _, query := range []string{
		"DELETE FROM site",
		"CREATE TABLE x (y)",
		"PRAGMA query_only = 0; DELETE FROM site",
		"SELECT 1; DELETE FROM site",
		"INSERT INTO site (id, slug, name, hash) VALUES (1, 'a', 'a', 1) RETURNING id",
		"ATTACH '" + filepath.Join(t.TempDir(), "new.db") + "' AS x",
		"VACUUM INTO '" + filepath.Join(t.TempDir(), "copy.db") + "'",
	} {
		rows, err := r.Query(t.Context(), query)
		if err == nil {
			defer func() { _ = rows.Close() }()
		}
		if !errors.Is(err, mirror.ErrReadOnly) {
			t.Errorf("%s: %v", query, err)
		}
	}
	rows, err := r.Query(t.Context(), "SELECT count(*), diet_fold('A') FROM owned")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	if _, err := mirror.OpenReadOnly(t.Context(), path+"x", ""); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("absent mirror: %v", err)
	}
}

// TestNoSettings refuses what sets something of SQLite, and nothing else that has the word.
func TestNoSettings(t *testing.T) {
	t.Parallel()
	r, _ := readOnly(t)
	reads := func(query string) error {
		rows, err := r.Query(t.Context(), query)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		return rows.Err()
	}
	for _, query := range []string{
		"PRAGMA hard_heap_limit = 0", "pragma temp_store_directory='/tmp'", " \n;PRAGMA x", "-- a\nPRAGMA x",
		"/* ; */ PRAGMA x", "\ufeffPRAGMA x",
		"SELECT 1; PRAGMA x", "SELECT ';' ; PRAGMA x", "SELECT 1 /* ' */; PRAGMA x", "EXPLAIN PRAGMA x", "explain query /**/ plan pragma x",
		"SELECT 1 AS [a;'] ;PRAGMA x", "SELECT \"a;\" FROM site;PRAGMA x", "SELECT 1 -- '\n;PRAGMA x",
	} {
		if err := reads(query); err == nil || !strings.Contains(err.Error(), "PRAGMA sets something") {
			t.Errorf("%s: %v", query, err)
		}
	}
	for _, query := range []string{
		"SELECT name FROM pragma_table_info('device')", "SELECT '; PRAGMA x'", "SELECT 1 AS pragma", "SELECT 1 -- ; PRAGMA x",
		"SELECT 1 /* ; PRAGMA x */",
	} {
		if err := reads(query); err != nil {
			t.Errorf("%s: %v", query, err)
		}
	}
}
