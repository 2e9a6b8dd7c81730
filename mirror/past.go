package mirror

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	sqlfile "github.com/diet-project/diet/sql"
)

// record keeps what objects are before they change. It begins anew where nothing was known of
// them, and where the mirror is to hold other sites than before: what comes in or goes with
// those says nothing of NetBox.
func (ss *session) record(ctx context.Context) error {
	if err := run(ctx, ss.tx, ss.statement("query/recording_clear")); err != nil {
		return err
	}
	if ss.state.syncedAt.IsZero() || !ss.partial && !slices.Equal(ss.state.sites, ss.s.cfg.Sites) {
		ss.state.recorded = time.Time{}
		return run(ctx, ss.tx, ss.statement("query/past_clear"))
	}
	if err := ss.turnPast(ctx); err != nil {
		return err
	}
	// NetBox's clock tells seconds: what it dates within that of the last sync may have been there.
	return run(ctx, ss.tx, ss.statement("query/recording_put"),
		sql.Named("now", ss.now.Format(stamp)), sql.Named("since", ss.state.server.Add(Tick).Format(stamp)))
}

// endRecord ends it with the sync.
func (ss *session) endRecord(ctx context.Context) error {
	return run(ctx, ss.tx, ss.statement("query/recording_clear"))
}

// Tick is how exactly NetBox tells its time, in the header Date: within it, later may look earlier.
const Tick = time.Second

// HistoryError is a time that the mirror knows nothing of.
type HistoryError struct {
	At, Since time.Time
	Future    bool
}

func (e *HistoryError) Error() string {
	if e.Future {
		return fmt.Sprintf("%s is after the last sync: nothing is known of it yet", e.At.UTC().Format(time.RFC3339))
	}
	return fmt.Sprintf("the mirror knows NetBox since %s, not at %s", e.Since.UTC().Format(time.RFC3339), e.At.UTC().Format(time.RFC3339))
}

// Hint says why.
func (e *HistoryError) Hint() string {
	if e.Future {
		return "sync first (--sync)"
	}
	return "its history begins with its first sync, anew where mirror.sites changes, and goes back as far as history: in diet.yaml says"
}

// Recorded is the time from which on the mirror knows what objects were, by NetBox's clock.
func (db *DB) Recorded(ctx context.Context) (time.Time, error) {
	st, err := db.loadState(ctx, db.db)
	if err == nil && st.unfinished() {
		err = &UnfinishedError{}
	}
	if err == nil && st.syncedAt.IsZero() {
		err = ErrNeverSynced
	}
	return st.recorded, err
}

// CopyAt writes a mirror to a new file as it was at a time of NetBox's clock. It fails with a
// [*HistoryError] for a time that nothing is known of.
func (db *DB) CopyAt(ctx context.Context, path string, at time.Time) error {
	since, err := db.Recorded(ctx)
	if err != nil {
		return err
	}
	now, err := db.ServerNow(ctx)
	if err != nil {
		return err
	}
	if at.Before(since) || at.After(now.Add(Tick)) {
		return &HistoryError{At: at, Since: since, Future: at.After(now)}
	}
	if _, err := db.db.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return fmt.Errorf("copy mirror: %w", err)
	}
	then, err := Open(ctx, Config{Path: path, Kinds: db.kinds, Now: func() time.Time { return at }})
	if err != nil {
		return err
	}
	return errors.Join(then.goBack(ctx, at), then.Close())
}

// goBack makes a copy of a mirror what it was at a time.
func (db *DB) goBack(ctx context.Context, at time.Time) error {
	tx, err := db.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	when := sql.Named("at", at.UTC().Format(stamp))
	for _, kind := range db.kinds.All() {
		for _, name := range []string{"query/past_gone", "query/past_back"} {
			if err := run(ctx, tx, db.statements.For(name, kind), when); err != nil {
				return err
			}
		}
	}
	for _, name := range []string{"query/past_after", "query/change_after"} {
		if err := run(ctx, tx, db.statements.Get(name), when); err != nil {
			return err
		}
	}
	for _, st := range db.signing() {
		if err := run(ctx, tx, st); err != nil {
			return err
		}
	}
	if err := db.Sign(ctx, tx); err != nil {
		return err
	}
	if err := run(ctx, tx, db.statements.Get("query/signature_sweep")); err != nil {
		return err
	}
	for _, key := range []string{"server_time", "synced_at"} {
		if err := db.putState(ctx, tx, key, at.UTC().Format(stamp)); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// signing are the statements that find what is to be signed anew.
func (db *DB) signing() []sqlfile.Statement {
	var out []sqlfile.Statement
	for _, kind := range db.kinds.Owned() {
		out = append(out, db.statements.For("query/sign_lost", kind), db.statements.For("query/sign_again", kind))
	}
	return out
}
