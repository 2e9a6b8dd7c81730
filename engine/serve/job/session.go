package job

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Sessions keep who is logged in to the pages, beside the jobs: a restart ends no session, and
// several processes that share the jobs share them. They are a store of scs.
type Sessions struct{ runner *Runner }

// Sessions are those of all processes that share the jobs.
func (r *Runner) Sessions() *Sessions { return &Sessions{r} }

// prepareSessions makes their table.
func (r *Runner) prepareSessions(ctx context.Context) error {
	if _, err := r.db.ExecContext(ctx, r.statement("job/session_create")); err != nil {
		return fmt.Errorf("prepare sessions: %w", err)
	}
	return r.forgetSessions(ctx)
}

// forgetSessions removes those that have ended.
func (r *Runner) forgetSessions(ctx context.Context) error {
	_, err := r.db.ExecContext(ctx, r.statement("job/session_prune"), r.cfg.Now().Unix())
	return err
}

// FindCtx is what a session holds; false for one that has ended, or that there never was.
func (s *Sessions) FindCtx(ctx context.Context, id string) (data []byte, found bool, err error) {
	err = s.runner.db.QueryRowContext(ctx, s.runner.statement("job/session_get"), id, s.runner.cfg.Now().Unix()).Scan(&data)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, false, nil
	case err != nil:
		return nil, false, fmt.Errorf("read session: %w", s.runner.cfg.Explain(err))
	}
	return data, true, nil
}

// CommitCtx keeps what a session holds until a time.
func (s *Sessions) CommitCtx(ctx context.Context, id string, data []byte, expires time.Time) error {
	if _, err := s.runner.db.ExecContext(ctx, s.runner.statement("job/session_put"), id, data, expires.Unix()); err != nil {
		return fmt.Errorf("keep session: %w", s.runner.cfg.Explain(err))
	}
	return nil
}

// DeleteCtx ends a session.
func (s *Sessions) DeleteCtx(ctx context.Context, id string) error {
	if _, err := s.runner.db.ExecContext(ctx, s.runner.statement("job/session_delete"), id); err != nil {
		return fmt.Errorf("end session: %w", s.runner.cfg.Explain(err))
	}
	return nil
}

// Find is FindCtx.
func (s *Sessions) Find(id string) ([]byte, bool, error) { return s.FindCtx(context.Background(), id) }

// Commit is CommitCtx.
func (s *Sessions) Commit(id string, data []byte, expires time.Time) error {
	return s.CommitCtx(context.Background(), id, data, expires)
}

// Delete is DeleteCtx.
func (s *Sessions) Delete(id string) error { return s.DeleteCtx(context.Background(), id) }

// keyLasts is how long a key stays as it is.
const keyLasts = 100 * 365 * 24 * time.Hour

// Key is a secret that all processes have in common which share the jobs.
func (s *Sessions) Key(ctx context.Context, name string) ([]byte, error) {
	made, until := []byte(rand.Text()), s.runner.cfg.Now().Add(keyLasts).Unix()
	if _, err := s.runner.db.ExecContext(ctx, s.runner.statement("job/session_first"), "key "+name, made, until); err != nil {
		return nil, fmt.Errorf("make key: %w", s.runner.cfg.Explain(err))
	}
	key, found, err := s.FindCtx(ctx, "key "+name)
	if err == nil && !found {
		err = errors.New("make key: it is gone again")
	}
	return key, err
}
