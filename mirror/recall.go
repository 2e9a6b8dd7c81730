package mirror

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
)

const (
	recallIDs  = 50   // objects of which one request asks the changelog
	recallMost = 1000 // objects of a kind of which one sync asks it
)

// recallDrifted reads what the changelog says of diet's objects that somebody changed, from
// before what the mirror has read of it: of that, a first sync reads the newest part alone.
// What one sync leaves, the next ones read.
func (ss *session) recallDrifted(ctx context.Context) error {
	if ss.state.floor <= 0 || ss.partial {
		return nil
	}
	for _, kind := range ss.kinds().Owned() {
		ids, err := pick[int64](ctx, ss.tx, ss.statementFor("query/recall_drifted", kind), sql.Named("most", recallMost))
		if err != nil {
			return err
		}
		if err := ss.recall(ctx, kind, ids); err != nil {
			return err
		}
	}
	return nil
}

// recall reads all that the changelog says of objects of a kind up to the floor.
func (ss *session) recall(ctx context.Context, kind kinds.Kind, ids []int64) error {
	for part := range slices.Chunk(ids, recallIDs) {
		query := url.Values{
			"changed_object_type": {kind.ObjectType}, "id__lte": {strconv.FormatInt(ss.state.floor, 10)},
			"fields": {netbox.ChangeFields + netbox.ChangeData},
		}
		for _, id := range part {
			query.Add("changed_object_id", strconv.FormatInt(id, 10))
		}
		if err := ss.readLogged(ctx, query); err != nil {
			return err
		}
		if err := run(ctx, ss.tx, ss.statementFor("query/recalled_put", kind), idList(part)); err != nil {
			return err
		}
	}
	return nil
}

// readLogged reads the changes that match a query, with their data, and keeps those that the
// mirror does not have.
func (ss *session) readLogged(ctx context.Context, query url.Values) error {
	for page, err := range ss.pages(ctx, ss.all(netbox.ObjectChange, query)) {
		if err != nil {
			return err
		}
		rows, err := loggedRows(string(page.Body))
		if err != nil {
			return err
		}
		if rows, err = ss.unknown(ctx, rows); err != nil {
			return err
		}
		ss.result.Changes += len(rows)
		ss.s.cfg.Progress(Event{Phase: "changes", Done: ss.result.Changes})
		if err := ss.log(ctx, rows); err != nil {
			return err
		}
	}
	return nil
}

// Recall reads what NetBox's changelog says of objects, by kind, from before what the mirror
// has read of it, once for each. It reports whether that was anything.
func (s *Syncer) Recall(ctx context.Context, objects map[string][]int64) (bool, error) {
	ask := map[string][]int64{}
	for _, kind := range s.db.kinds.All() {
		ids, err := s.db.unrecalled(ctx, kind, objects[kind.Name])
		if err != nil {
			return false, err
		}
		if len(ids) > 0 {
			ask[kind.Name] = ids
		}
	}
	if len(ask) == 0 {
		return false, nil
	}
	result, err := s.alone(ctx, func() (Result, error) {
		ss, err := s.aside(ctx)
		if err != nil {
			return Result{}, err
		}
		return ss.result, ss.within(ctx, func() error {
			for _, kind := range ss.kinds().All() {
				if err := ss.recall(ctx, kind, ask[kind.Name]); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return false, fmt.Errorf("read the changelog: %w", err)
	}
	return result.Changes > 0, nil
}

// unrecalled are those of the objects of a kind of which the changelog may say more than the
// mirror has read.
func (db *DB) unrecalled(ctx context.Context, kind kinds.Kind, ids []int64) ([]int64, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	st, err := db.loadState(ctx, db.db)
	if err != nil || st.floor <= 0 {
		return nil, err
	}
	return pick[int64](ctx, db.db, db.statements.For("query/unrecalled", kind), idList(ids))
}
