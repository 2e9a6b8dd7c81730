package mirror

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

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

// migrate brings the file's tables up to those under sql/schema, and makes its
// views anew where they changed.
func migrate(ctx context.Context, db *sqlx.DB, path string) error {
	recorded, err := history(ctx, db, path)
	if err != nil {
		return err
	}
	names := sqlfile.Names("schema")
	known := map[string]bool{viewsName: true}
	for _, name := range names {
		known[name] = true
	}
	for name := range recorded {
		if !known[name] {
			return &SchemaError{path, fmt.Sprintf("a newer diet made it (%s)", name)}
		}
	}
	for _, name := range names {
		text := sqlfile.MustLoad(name)
		switch got, ok := recorded[name]; {
		case !ok:
			if err := apply(ctx, db, name, digest(text), text); err != nil {
				return fmt.Errorf("migrate mirror %s: %w", path, err)
			}
		case got != digest(text):
			return &SchemaError{path, fmt.Sprintf("another version of diet made it (%s differs)", name)}
		}
	}
	return views(ctx, db, path, recorded[viewsName])
}

// history reads which files were run. A database without that table must be
// empty.
func history(ctx context.Context, db *sqlx.DB, path string) (map[string]string, error) {
	var tables []string
	if err := db.SelectContext(ctx, &tables, sqlfile.MustLoad("query/schema_tables")); err != nil {
		return nil, &SchemaError{path, fmt.Sprintf("it cannot be read: %v", err)}
	}
	recorded := map[string]string{}
	if len(tables) == 0 {
		_, err := db.ExecContext(ctx, sqlfile.MustLoad("query/schema_file_create"))
		return recorded, err
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

// apply runs one file in a transaction and records it.
func apply(ctx context.Context, db *sqlx.DB, name, hash string, texts ...string) error {
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for _, text := range texts {
		if _, err := tx.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if _, err := run(ctx, tx, "query/schema_file_put", sql.Named("name", name), sql.Named("hash", hash)); err != nil {
		return err
	}
	return tx.Commit()
}

// views drops all views and makes them anew, unless they are as recorded.
func views(ctx context.Context, db *sqlx.DB, path, recorded string) error {
	var all string
	var texts []string
	for _, name := range sqlfile.Names("view") {
		text := sqlfile.MustLoad(name)
		all += text
		texts = append(texts, text)
	}
	if recorded == digest(all) {
		return nil
	}
	old, err := pick[string](ctx, db, "query/schema_views")
	if err != nil {
		return err
	}
	drops := make([]string, 0, len(old)+len(texts)+len(signedKinds))
	for _, name := range old {
		drops = append(drops, `DROP VIEW "`+name+`"`)
	}
	texts = append(drops, texts...)
	for _, kind := range signedKinds {
		// Signatures were made by the views as they were.
		texts = append(texts, sqlfile.MustLoad("query/sign_"+kind+"_all"))
	}
	err = apply(ctx, db, viewsName, digest(all), texts...)
	if err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("make views of mirror %s: %w", path, err)
	}
	return err
}

func digest(text string) string { return fmt.Sprintf("%016x", xxhash.Sum64String(text)) }
