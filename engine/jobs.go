package engine

import (
	"context"
	"database/sql"
	"errors"

	"github.com/diet-project/diet/mirror/store"
)

// ExplainShared has errors of a [SharedDatabase] say in words that it is out of reach.
func ExplainShared(where string) func(error) error {
	return func(err error) error { return store.Explain(where, err) }
}

// StoreAway reports whether an error says that the store in PostgreSQL is out of reach.
func StoreAway(err error) bool {
	var away *store.AwayError
	return errors.As(err, &away)
}

// SharedDatabase is the database of a store that several machines share, for what else they
// share; nil where the store is a file.
func SharedDatabase(ctx context.Context, where string) (*sql.DB, error) {
	if !store.IsAddress(where) {
		return nil, nil //nolint:nilnil // there is none
	}
	return store.Pool(ctx, where)
}
