package mirror

import (
	"context"
	"net/url"

	"github.com/diet-project/diet/mirror/netbox"
)

// Reach is how far back a mirror knows what happened in NetBox.
type Reach struct {
	Born   string // when it began to know, NetBox's clock: with its first sync, or with the one that found what Back says
	Since  string // the time of the oldest change that NetBox had then; "" without one
	Back   string // when a sync found that NetBox's changelog had lost changes that the mirror knows; "" for never
	Denied bool   // the token may not read the changelog
	Told   bool   // see [DB.TellReach]
}

// Reach returns how far back the mirror knows what happened, and whether somebody who works
// with a plan was told.
func (db *DB) Reach(ctx context.Context, plan string) (Reach, error) {
	values, err := db.stateValues(ctx, db.db)
	r := Reach{Born: values["born"], Since: values["reach"], Denied: values["low"] == "-1"}
	if !when(values["went_back"]).IsZero() {
		r.Back = values["went_back"]
	}
	told := values[toldReach+plan]
	r.Told = told != "" && (told == r.Born || r.Back == "")
	return r, err
}

const toldReach = "told_reach:"

// TellReach notes that somebody who works with a plan was told how far back the mirror
// knows what happened.
func (db *DB) TellReach(ctx context.Context, plan string) error {
	values, err := db.stateValues(ctx, db.db)
	if err != nil {
		return err
	}
	return db.putState(ctx, db.db, toldReach+plan, values["born"])
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
