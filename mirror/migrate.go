package mirror

//go:generate go test . -run TestStandardDigest -update

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
	"github.com/jmoiron/sqlx"

	sqlfile "github.com/diet-project/diet/sql"
)

// SchemaError is a file with other tables than this program's.
type SchemaError struct {
	Path   string
	Reason string

	err error
}

// Unwrap is SQLite's own error, if there is one.
func (e *SchemaError) Unwrap() error { return e.err }

// Error says what is wrong and that nothing is lost.
func (e *SchemaError) Error() string {
	return fmt.Sprintf("open mirror %s: %s", e.Path, e.Reason)
}

// Hint says what to do.
func (e *SchemaError) Hint() string {
	return "the mirror is a cache of NetBox: `diet sync --rebuild` replaces it"
}

// cacheName is the name under which the texts of the cache and of the views are
// recorded.
const cacheName = "cache"

// retired are files of earlier versions: their tables are now part of the cache, or of
// the store, which takes them over.
var retired = []string{"schema/0001_mirror", "schema/0002_desired", "schema/0003_journal",
	"schema/0001_store", "schema/0002_journal", "view"}

// mirrorMarks are what every mirror has one of.
var mirrorMarks = []string{cacheName, "schema/0001_mirror"}

// storesTables are those that an earlier diet kept in the mirror.
var storesTables = []string{"preview", "run", "journal", "decision"}

// HoldsStore reports whether the mirror held, when it was opened, what the store keeps: it is
// of an earlier diet.
func (db *DB) HoldsStore() bool { return db.older }

// step is a list of scripts to run, with what to record for them.
type step struct {
	name, hash string
	texts      []string
}

// migrate brings the file's tables up to date, in one transaction. They are a cache: if
// a kind or a view changed, all are dropped and recreated empty, and the next sync is a
// full one. A file that is up to date is only read: another process may be in the middle
// of a sync.
func (db *DB) migrate(ctx context.Context) error {
	steps, err := db.pending(ctx, db.db)
	if err != nil || len(steps) == 0 {
		return err
	}
	tx, err := db.Begin(ctx)
	if err != nil {
		return fmt.Errorf("migrate mirror %s: %w", db.path, err)
	}
	defer func() { _ = tx.Rollback() }()
	// Another process may have been faster.
	if steps, err = db.pending(ctx, tx); err != nil {
		return err
	}
	for _, st := range steps {
		if err := db.runStep(ctx, tx, st); err != nil {
			return fmt.Errorf("migrate mirror %s: %s: %w", db.path, st.name, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("migrate mirror %s: %w", db.path, err)
	}
	return nil
}

func (db *DB) runStep(ctx context.Context, tx *sqlx.Tx, st step) error {
	for _, text := range st.texts {
		if _, err := tx.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	err := run(ctx, tx, db.statements.Get("query/schema_file_put"), sql.Named("name", st.name), sql.Named("hash", st.hash))
	return err
}

// pending lists what is to be run on the file. It returns a [*SchemaError] if what was
// run before is not what this program has.
func (db *DB) pending(ctx context.Context, from execer) ([]step, error) {
	recorded, err := db.history(ctx, from)
	if err != nil {
		return nil, err
	}
	for name := range recorded {
		if name != cacheName && !slices.Contains(retired, name) {
			return nil, &SchemaError{Path: db.path, Reason: fmt.Sprintf("it was written by a newer diet (%s)", name)}
		}
	}
	return db.cache(ctx, from, recorded)
}

// history reads which files were run. A database without that table must be
// empty.
func (db *DB) history(ctx context.Context, from execer) (map[string]string, error) {
	tables, err := pick[string](ctx, from, db.statements.Get("query/schema_tables"))
	if err != nil {
		return nil, &SchemaError{db.path, fmt.Sprintf("it cannot be read: %v", err), err}
	}
	db.older = slices.ContainsFunc(tables, func(name string) bool { return slices.Contains(storesTables, name) })
	recorded := map[string]string{}
	if len(tables) == 0 {
		return recorded, nil
	}
	stranger := fmt.Errorf("open mirror %s: %w", db.path, &StrangerError{Path: db.path, Database: true})
	if !slices.Contains(tables, "schema_file") {
		return nil, stranger
	}
	rows, err := pick[struct{ Name, Hash string }](ctx, from, db.statements.Get("query/schema_file_list"))
	if err != nil {
		return nil, &SchemaError{db.path, "it is not a mirror written by diet", err}
	}
	for _, r := range rows {
		recorded[r.Name] = r.Hash
	}
	if !slices.ContainsFunc(mirrorMarks, func(name string) bool { _, is := recorded[name]; return is }) {
		return nil, stranger
	}
	return recorded, nil
}

// cache is the step that drops and recreates the cache and its views, unless they are as
// recorded.
func (db *DB) cache(ctx context.Context, from execer, recorded map[string]string) ([]step, error) {
	hash := standardDigest
	if db.statements != sqlfile.Standard() {
		hash = digest(cacheTexts(db.statements))
	}
	if recorded[cacheName] == hash {
		if lacking, err := db.lacking(ctx, from); err != nil || !lacking {
			return nil, err
		}
	}
	texts := []string{db.statements.Get("query/schema_file_create").Text}
	drops, err := pick[string](ctx, from, db.statements.Get("query/schema_drop"))
	if err != nil {
		return nil, err
	}
	return []step{{cacheName, hash, slices.Concat(texts, drops, cacheTexts(db.statements))}}, nil
}

// lacking reports whether something of the cache is not in the file: it was damaged, or somebody
// dropped it. Nothing would say so where a trigger is not there.
func (db *DB) lacking(ctx context.Context, from execer) (bool, error) {
	if db.statements != sqlfile.Standard() {
		return false, nil
	}
	there, err := pick[int](ctx, from, db.statements.Get("query/schema_count"))
	if err != nil {
		return false, err
	}
	want, err := strconv.Atoi(standardParts)
	return there[0] < want, err
}

// cacheTexts are the scripts that make the cache and its views.
func cacheTexts(statements *sqlfile.Statements) []string {
	var texts []string
	for _, name := range append(sqlfile.Names("cache"), sqlfile.Names("view")...) {
		texts = append(texts, statements.Get(name).Text)
	}
	return texts
}

func digest(texts []string) string {
	return fmt.Sprintf("%016x", xxhash.Sum64String(strings.Join(texts, "")))
}
