package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Explain is an error of such a connection in words: where the database is out of reach, it is an
// [*AwayError], which holds nothing of the address that may be a secret.
func Explain(address string, err error) error {
	if isAway(err) {
		return &AwayError{Shown(address), err}
	}
	return err
}

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
