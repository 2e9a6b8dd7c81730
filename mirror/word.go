package mirror

import (
	"context"
	"os"

	sqlfile "github.com/diet-project/diet/sql"
)

// Words are the one column of a statement over a mirror or a store, for a shell's completion.
// A file that is not there, not diet's, or busy, has none: it is neither made nor changed.
func Words(ctx context.Context, path, statement string, args ...any) []string {
	if _, err := os.Stat(path); err != nil {
		return nil
	}
	db, err := connect(ctx, path, readable, anew)
	if err != nil {
		return nil
	}
	defer func() { _ = db.Close() }()
	var out []string
	if err := db.SelectContext(ctx, &out, sqlfile.Standard().Get(statement).Text, args...); err != nil {
		return nil
	}
	return out
}
