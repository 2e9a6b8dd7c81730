package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Pool makes connections to the database of a store in PostgreSQL, for others who keep tables
// of their own in its schema. The store is made first if it is not there.
func Pool(ctx context.Context, address string) (*sql.DB, error) {
	s, err := openPostgres(ctx, address)
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	p, err := connect(address)
	if err != nil {
		return nil, err
	}
	if err := p.explain(p.db.PingContext(ctx)); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", p.shown, err), p.db.Close())
	}
	return p.db.DB, nil
}
