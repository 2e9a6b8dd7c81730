package mirror

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/diet-project/diet/mirror/netbox"
)

// Waiting is the phase of the event of a sync that waits for another one.
const Waiting = "waiting"

// lockPause is how often a sync looks whether another one has ended.
const lockPause = 100 * time.Millisecond

// lockOptions are those of the file whose write lock a sync holds. Nothing is written to it.
const lockOptions = "?_txlock=immediate&_pragma=busy_timeout(0)"

// lock keeps other syncs of the mirror out until release is called, of this process and of
// others; the system releases it if the process dies. waiting is called once if another
// sync is under way.
func (db *DB) lock(ctx context.Context, waiting func()) (release func(), err error) {
	path := strings.TrimSuffix(db.path, ".db") + ".lock.db"
	if err := create(path); err != nil {
		return nil, fmt.Errorf("lock mirror: %w", err)
	}
	holder, err := connect(ctx, path, lockOptions, anew)
	if err != nil {
		return nil, fmt.Errorf("lock mirror: %w", err)
	}
	tx, err := db.awaitLock(ctx, holder, waiting)
	if err != nil {
		_ = holder.Close()
		return nil, fmt.Errorf("lock mirror: %w", err)
	}
	return func() { _, _ = tx.Rollback(), holder.Close() }, nil
}

func (db *DB) awaitLock(ctx context.Context, holder *sqlx.DB, waiting func()) (*sqlx.Tx, error) {
	for told := false; ; told = true {
		tx, err := holder.BeginTxx(ctx, nil)
		if !isBusy(err) {
			return tx, err
		}
		if !told {
			waiting()
		}
		if err := netbox.Sleep(ctx, lockPause); err != nil {
			return nil, err
		}
	}
}
