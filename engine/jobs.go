package engine

import (
	"context"
	"database/sql"

	"github.com/diet-project/diet/mirror/store"
)

// SharedDatabase is the database of a store that several machines share, for what else they
// share; nil where the store is a file.
func SharedDatabase(ctx context.Context, where string) (*sql.DB, error) {
	if !store.IsAddress(where) {
		return nil, nil //nolint:nilnil // there is none
	}
	return store.Pool(ctx, where)
}
