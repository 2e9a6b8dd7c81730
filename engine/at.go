package engine

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/diet-project/diet/mirror"
)

// TimeError is a text that is neither a time nor a run.
type TimeError struct{ Text string }

func (e *TimeError) Error() string {
	return fmt.Sprintf("%q is no time, and no run of this store", e.Text)
}

// Hint says what is.
func (e *TimeError) Hint() string {
	return "a time is 2026-11-27T14:00:00Z, 2026-11-27 14:00, a day, or 2h ago; `diet runs` lists the runs"
}

// At is NetBox as the mirror knows it at a time, or at the end of a run: an engine over a copy
// of the mirror, without a NetBox, and with an empty store. Closing it removes the copy.
func (e *Engine) At(ctx context.Context, text string) (*Engine, time.Time, error) {
	at, err := e.timeOf(ctx, text)
	if err != nil {
		return nil, at, err
	}
	dir, remove, err := mirror.Scratch()
	if err != nil {
		return nil, at, fmt.Errorf("copy the mirror: %w", err)
	}
	cfg := e.cfg
	cfg.URL, cfg.Token, cfg.Rebuild, cfg.DecisionLog = "", "", false, nil
	cfg.Mirror, cfg.Store, cfg.Files = filepath.Join(dir, "then.db"), filepath.Join(dir, "then.store.db"), Work
	cfg.Now = func() time.Time { return at }
	if err := e.db.CopyAt(ctx, cfg.Mirror, at); err != nil {
		return nil, at, errors.Join(err, remove())
	}
	then, err := New(ctx, cfg)
	if err != nil {
		return nil, at, errors.Join(err, remove())
	}
	then.scratch, then.unscratch = dir, remove
	then.ran = e.store // open for as long as this engine
	return then, at, nil
}

// ranBy is when a run of a plan last went through by a time, as the store has it; "" for never.
func (e *Engine) ranBy(ctx context.Context, plan string, at time.Time) (string, error) {
	if e.ran == nil {
		return "", nil
	}
	runs, err := e.ran.Runs(ctx, plan, mostRuns)
	if err != nil {
		return "", err
	}
	until := at.UTC().Format(stampLayout)
	for i := range runs {
		if r := &runs[i]; r.Status == string(runDone) && r.FinishedAt != "" && r.FinishedAt <= until {
			return r.FinishedAt, nil
		}
	}
	return "", nil
}

// mostRuns is how many of the newest runs are looked at.
const mostRuns = 1000

// timeOf reads a time, or that of a run's end, by NetBox's clock.
func (e *Engine) timeOf(ctx context.Context, text string) (time.Time, error) {
	server, err := e.db.ServerNow(ctx)
	if err != nil {
		return time.Time{}, err
	}
	if at, ok := readTime(text, server); ok {
		return at, nil
	}
	run, err := e.Run(ctx, text)
	if errors.Is(err, ErrNotInStore) {
		return time.Time{}, &TimeError{text}
	}
	if err != nil {
		return time.Time{}, err
	}
	if at, err := e.lastChange(ctx, run); err != nil || !at.IsZero() {
		return at, err
	}
	for _, stamp := range []string{run.FinishedAt, run.StartedAt} {
		if local, err := time.Parse(stampLayout, stamp); err == nil {
			return local.Add(server.Sub(e.now())).Add(mirror.Tick), nil // a run's times are this machine's
		}
	}
	return time.Time{}, &TimeError{text}
}

// lastChange is when a run last changed anything, as NetBox's changelog tells; zero where it
// does not.
func (e *Engine) lastChange(ctx context.Context, run *RunDetail) (time.Time, error) {
	requests := []string{}
	for _, r := range run.Journal {
		if r.RequestID != "" {
			requests = append(requests, r.RequestID)
		}
	}
	list, err := json.Marshal(requests)
	if err != nil {
		return time.Time{}, err
	}
	var newest []sql.NullString
	err = e.selectAll(ctx, &newest, "query/change_newest", sql.Named("requests", string(list)))
	if err != nil || !newest[0].Valid {
		return time.Time{}, err
	}
	return time.Parse(time.RFC3339Nano, newest[0].String)
}

// readTime reads a time as people write it; what has no zone is local.
func readTime(text string, now time.Time) (time.Time, bool) {
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at, true
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if at, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return at, true
		}
	}
	var past string
	if _, err := fmt.Sscanf(text, "%s ago", &past); err == nil {
		if d, err := time.ParseDuration(past); err == nil && d >= 0 {
			return now.Add(-d), true
		}
	}
	return time.Time{}, false
}
