package mirror

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/cespare/xxhash/v2"
	"github.com/jmoiron/sqlx"

	sqlfile "github.com/diet-project/diet/sql"
)

// SchemaError is a file whose tables are not those of this program.
type SchemaError struct {
	Path   string
	Reason string
}

// Error says what is wrong and that nothing is lost.
func (e *SchemaError) Error() string {
	return fmt.Sprintf("open mirror %s: %s", e.Path, e.Reason)
}

// Hint says what to do.
func (e *SchemaError) Hint() string {
	return "the mirror is a cache of NetBox: `diet sync --rebuild` makes a new one (the history of runs in it is lost)"
}

// The views' text is recorded under a name of its own.
const viewsName = "view"

// step is texts to run and how to record them.
type step struct {
	name, hash string
	texts      []string
}

// migrate brings the file's tables up to those under sql/schema, and makes its
// views anew where they changed, in one transaction. A file that is up to date
// is only read: another process may be in the middle of a sync.
func migrate(ctx context.Context, db *sqlx.DB, path string) error {
	steps, err := pending(ctx, db, path)
	if err != nil || len(steps) == 0 {
		return err
	}
	tx, err := Begin(ctx, db)
	if err != nil {
		return fmt.Errorf("migrate mirror %s: %w", path, err)
	}
	defer func() { _ = tx.Rollback() }()
	// Another process may have been faster.
	if steps, err = pending(ctx, tx, path); err != nil {
		return err
	}
	for _, st := range steps {
		if err := st.run(ctx, tx); err != nil {
			return fmt.Errorf("migrate mirror %s: %s: %w", path, st.name, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("migrate mirror %s: %w", path, err)
	}
	return nil
}

func (st step) run(ctx context.Context, tx *sqlx.Tx) error {
	for _, text := range st.texts {
		if _, err := tx.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	_, err := run(ctx, tx, "query/schema_file_put", sql.Named("name", st.name), sql.Named("hash", st.hash))
	return err
}

// pending lists what is to be run on the file. It fails with a [*SchemaError]
// where what was run is not what this program has.
func pending(ctx context.Context, db execer, path string) ([]step, error) {
	recorded, err := history(ctx, db, path)
	if err != nil {
		return nil, err
	}
	names := sqlfile.Names("schema")
	for _, name := range ordered(recorded) {
		if name != viewsName && !slices.Contains(names, name) {
			return nil, &SchemaError{path, fmt.Sprintf("a newer diet made it (%s)", name)}
		}
	}
	var steps []step
	for _, name := range names {
		text := sqlfile.MustLoad(name)
		switch got, ok := recorded[name]; {
		case !ok:
			steps = append(steps, step{name, digest(text), []string{text}})
		case got != digest(text):
			return nil, &SchemaError{path, fmt.Sprintf("another version of diet made it (%s differs)", name)}
		}
	}
	if len(recorded) == 0 && len(steps) > 0 {
		steps[0].texts = append([]string{sqlfile.MustLoad("query/schema_file_create")}, steps[0].texts...)
	}
	return views(ctx, db, recorded[viewsName], steps)
}

// history reads which files were run. A database without that table must be
// empty.
func history(ctx context.Context, db execer, path string) (map[string]string, error) {
	tables, err := pick[string](ctx, db, "query/schema_tables")
	if err != nil {
		return nil, &SchemaError{path, fmt.Sprintf("it cannot be read: %v", err)}
	}
	recorded := map[string]string{}
	if len(tables) == 0 {
		return recorded, nil
	}
	rows, err := pick[struct{ Name, Hash string }](ctx, db, "query/schema_file_list")
	if err != nil {
		return nil, &SchemaError{path, "it is no mirror of diet's"}
	}
	for _, r := range rows {
		recorded[r.Name] = r.Hash
	}
	return recorded, nil
}

// views adds the step that drops all views and makes them anew, unless they are
// as recorded. Signatures were made by the views as they were, so all are asked
// for again.
func views(ctx context.Context, db execer, recorded string, steps []step) ([]step, error) {
	var all string
	var makes []string
	for _, name := range sqlfile.Names("view") {
		text := sqlfile.MustLoad(name)
		all += text
		makes = append(makes, text)
	}
	if recorded == digest(all) {
		return steps, nil
	}
	old, err := pick[string](ctx, db, "query/schema_views")
	if err != nil {
		return nil, err
	}
	var texts []string
	for _, name := range old {
		texts = append(texts, `DROP VIEW "`+name+`"`)
	}
	texts = append(texts, makes...)
	for _, kind := range signedKinds {
		texts = append(texts, sqlfile.MustLoad("query/sign_"+kind+"_all"))
	}
	return append(steps, step{viewsName, digest(all), texts}), nil
}

func digest(text string) string { return fmt.Sprintf("%016x", xxhash.Sum64String(text)) }
