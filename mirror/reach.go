package mirror

import (
	"context"
	"net/url"

	"github.com/diet-project/diet/mirror/netbox"
)

// Reach is how far back a mirror knows what happened in NetBox.
type Reach struct {
	Born  string // when the first sync read NetBox, its clock
	Since string // the time of the oldest change that NetBox had then; "" without a changelog
	Told  bool   // see [DB.TellReach]
}

// Reach returns how far back the mirror knows what happened, and whether somebody who works
// with a plan was told.
func (db *DB) Reach(ctx context.Context, plan string) (Reach, error) {
	values, err := db.stateValues(ctx, db.db)
	_, told := values[toldReach+plan]
	return Reach{Born: values["born"], Since: values["reach"], Told: told}, err
}

const toldReach = "told_reach:"

// TellReach notes that somebody who works with a plan was told how far back the mirror
// knows what happened.
func (db *DB) TellReach(ctx context.Context, plan string) error {
	return db.putState(ctx, db.db, toldReach+plan, "1")
}

// reach is the time of the oldest change that NetBox still has, "" if it has none.
func (ss *session) reach(ctx context.Context) (string, error) {
	src := ss.all(netbox.ObjectChange, url.Values{"fields": {"id,time"}})
	for page, err := range ss.pages(ctx, src) {
		if err != nil {
			return "", err
		}
		rows, err := loggedRows(string(page.Body))
		if err != nil || len(rows) == 0 {
			return "", err
		}
		return rows[0].time(), nil
	}
	return "", nil
}
