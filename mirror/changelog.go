package mirror

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"

	"github.com/diet-project/diet/mirror/netbox"
)

// changeRow is a change that the mirror did not have.
type changeRow struct {
	ID         int64
	ObjectType string
	ObjectID   int64
	Action     string
	Request    string
}

// history reads the newest changes, for blame and to know what a scan has seen. It
// returns false if the token may not read the changelog.
func (ss *session) history(ctx context.Context, anew bool) (bool, error) {
	if anew {
		if err := run(ctx, ss.tx, ss.statement("query/sync_change_clear")); err != nil {
			return false, err
		}
		ss.state.deleted = 0
	}
	top, err := ss.network(ctx).Last(ctx, netbox.ObjectChange)
	if denied(err) {
		ss.result.Warnings = append(ss.result.Warnings, changelogDenied)
		ss.state.low, ss.state.anchor, ss.state.floor, ss.state.deleted, ss.state.reach = -1, "", 0, 0, ""
		if ss.state.born.IsZero() {
			ss.state.born = ss.now
		}
		return false, nil
	}
	if err != nil {
		return false, err
	}
	low := max(0, top-ss.depth())
	if anew || ss.state.born.IsZero() || low > ss.state.low {
		ss.state.floor = low
		if err := run(ctx, ss.tx, ss.statement("query/recalled_clear")); err != nil {
			return false, err
		}
	}
	ss.state.low, ss.state.anchor = low, ""
	if ss.state.born.IsZero() || anew {
		if !ss.state.born.IsZero() {
			ss.state.back = ss.now
		}
		ss.state.born = ss.now
		if ss.state.reach, err = ss.reach(ctx); err != nil {
			return false, err
		}
	}
	if err := ss.deletions(ctx); err != nil {
		return false, err
	}
	err = ss.readChanges(ctx, func(changeRow) {})
	if restart := (*restartError)(nil); !anew && errors.As(err, &restart) {
		return ss.history(ctx, true)
	}
	return true, err
}

// depth is how many changes the first sync reads.
func (ss *session) depth() int64 {
	switch {
	case ss.s.cfg.History != 0:
		return ss.s.cfg.History
	case !ss.result.Server.Caps.StartCursor:
		return slowHistory
	}
	return defaultHistory
}

// poll reads the changelog beyond low, and touches the objects that it names.
func (ss *session) poll(ctx context.Context) error {
	return ss.readChanges(ctx, func(c changeRow) {
		kind, ok := ss.kinds().Of(c.ObjectType)
		if !ok {
			return
		}
		ss.touch(kind.Name, c.ObjectID)
		if kind.Name == "custom_field" && c.Action == "update" {
			ss.edits[c.ObjectID]++
		}
	})
}

// readChanges reads the changelog from low on, keeps what is new, and moves low up to
// the newest change from before the horizon. Rows can become visible late and out of
// order, so everything beyond low is read again; those that the mirror has are done
// with, since an object is re-read after its change is seen.
func (ss *session) readChanges(ctx context.Context, fresh func(changeRow)) error {
	from, err := ss.readFrom(ctx)
	if err != nil {
		return err
	}
	after := from.id
	if from.request != "" {
		after-- // the anchor itself must be there, and the same
	}
	anchored, read := from.request == "", after
	var kept []logged
	size := 0
	src := ss.all(netbox.ObjectChange, url.Values{"id__gt": {strconv.FormatInt(after, 10)}, "fields": {ss.changeFields()}})
	for page, err := range ss.pages(ctx, src) {
		if err != nil {
			return err
		}
		rows, err := loggedRows(string(page.Body))
		if err != nil {
			return err
		}
		if !anchored {
			if err := checkAnchor(rows, from); err != nil {
				return err
			}
			anchored = true
		}
		if err := ss.checkKnown(ctx, read, page.LastID, rows); err != nil {
			return err
		}
		read = page.LastID
		if rows, err = ss.newChanges(ctx, page, rows, fresh); err != nil {
			return err
		}
		kept = append(kept, rows...)
		if size += len(page.Body); size < min(batchBytes, ss.s.cfg.Spill) {
			continue // what is written ahead of a request may have to be written again
		}
		if err := ss.log(ctx, kept); err != nil {
			return err
		}
		kept, size = nil, 0
	}
	if err := ss.log(ctx, kept); err != nil {
		return err
	}
	if !anchored {
		return &restartError{reason: "NetBox's changelog went backwards: was it restored?", clear: true}
	}
	if err := ss.checkKnown(ctx, read, math.MaxInt64, nil); err != nil {
		return err
	}
	return ss.settle(ctx)
}

// checkKnown checks that NetBox still has the mirror's changes in a range. A NetBox that
// was restored from a backup assigns their ids again.
func (ss *session) checkKnown(ctx context.Context, after, last int64, rows []logged) error {
	gone, err := pick[struct {
		ID        int64
		RequestID string `db:"request_id"`
	}](ctx, ss.tx, ss.statement("query/sync_change_vanished"),
		sql.Named("after", after), sql.Named("last", last), sql.Named("page", listed(rows)))
	if err != nil || len(gone) == 0 {
		return err
	}
	return &restartError{reason: "NetBox's changelog lost changes: was it restored?", clear: true}
}

// changeFields are the fields of the changelog to read first: the slim ones, if that is
// cheaper. Before 4.6 NetBox takes 4 ms per row whatever the fields (on 4.4; 0.3 ms on
// 4.6), so everything is read at once.
func (ss *session) changeFields() string {
	if ss.result.Server.Caps.StartCursor {
		return netbox.ChangeFields
	}
	return netbox.ChangeFields + netbox.ChangeData
}

// anchor is a change that NetBox must still have; request is "" if there is none yet.
type anchor struct {
	id      int64
	request string
}

// readFrom says from where to read the changelog: from low, as rows may become visible
// late. Rows never change, so if there are many beyond low, as after a large apply, and
// NetBox has as many, only those beyond them are new.
func (ss *session) readFrom(ctx context.Context) (anchor, error) {
	low := anchor{ss.state.low, ss.state.anchor}
	rows, err := pick[struct {
		N         int
		Top       int64
		RequestID string `db:"request_id"`
	}](ctx, ss.tx, ss.statement("query/sync_change_window"), sql.Named("low", low.id))
	if err != nil || rows[0].N < broadWindow {
		return low, err
	}
	there, err := ss.network(ctx).Count(ctx, netbox.ObjectChange, between(low.id, rows[0].Top))
	if err != nil || there != rows[0].N {
		return low, err
	}
	return anchor{rows[0].Top, rows[0].RequestID}, nil
}

// checkAnchor checks that the changelog continues from where it was.
func checkAnchor(rows []logged, from anchor) error {
	at := slices.IndexFunc(rows, func(r logged) bool { return r.ID == from.id })
	switch {
	case at < 0:
		return &restartError{reason: "NetBox's changelog was pruned or restored", clear: false}
	case rows[at].Request != from.request:
		return &restartError{reason: "NetBox's changelog is a different one: was it restored?", clear: true}
	}
	return nil
}

// newChanges are the rows of a page that the mirror does not have, with their data: they are
// written together, as one that the mirror has is not read again.
func (ss *session) newChanges(ctx context.Context, page netbox.Page, rows []logged, fresh func(changeRow)) ([]logged, error) {
	rows, err := ss.unknown(ctx, rows)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	var detailed []int64
	for _, row := range rows {
		fresh(row.changeRow)
		if row.Action != "create" && ss.ownedType(row.ObjectType) {
			detailed = append(detailed, row.ID)
		}
	}
	ss.result.Changes += len(rows)
	ss.s.cfg.Progress(Event{Phase: "changes", Done: ss.result.Changes})
	details, err := ss.details(ctx, page, detailed)
	return withDetails(rows, details), err
}

// withDetails are rows with those in their place that were read with their data.
func withDetails(rows, details []logged) []logged {
	if len(details) == 0 {
		return rows
	}
	read := make(map[int64]bool, len(details))
	for _, r := range details {
		read[r.ID] = true
	}
	rows = slices.DeleteFunc(rows, func(r logged) bool { return read[r.ID] })
	return append(rows, details...)
}

func (ss *session) ownedType(objectType string) bool {
	kind, ok := ss.kinds().Of(objectType)
	return ok && kind.IsOwned()
}

// details reads what objects were before and after: costly columns, so only for owned
// kinds.
func (ss *session) details(ctx context.Context, page netbox.Page, ids []int64) ([]logged, error) {
	if len(ids) == 0 || ss.changeFields() != netbox.ChangeFields {
		return nil, nil
	}
	fields := netbox.ChangeFields + netbox.ChangeData
	src := ss.byID(netbox.ObjectChange, ids, url.Values{"fields": {fields}})
	if len(ids) > detailsByID {
		query := between(page.IDs[0]-1, page.LastID)
		query.Set("fields", fields)
		src = ss.all(netbox.ObjectChange, query)
	}
	var out []logged
	for page, err := range ss.pages(ctx, src) {
		if err != nil {
			return nil, fmt.Errorf("read changes: %w", err)
		}
		rows, err := loggedRows(string(page.Body))
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// settle moves low up to the newest change from before the horizon.
func (ss *session) settle(ctx context.Context) error {
	settled, err := pick[struct {
		ID        int64
		RequestID string `db:"request_id"`
	}](ctx, ss.tx, ss.statement("query/sync_change_settled"), sql.Named("horizon", ss.now.Add(-ss.horizon).Format(stamp)))
	if err != nil || len(settled) == 0 || settled[0].ID <= ss.state.low {
		return err
	}
	if ss.state.deleted == ss.state.low {
		ss.state.deleted = settled[0].ID
	}
	ss.state.low, ss.state.anchor = settled[0].ID, settled[0].RequestID
	return nil
}

// prune forgets changes that are older than they are kept for, now and then.
func (ss *session) prune(ctx context.Context) error {
	if ss.s.cfg.Keep == 0 || !ss.state.verified.Equal(ss.now) {
		return nil
	}
	from := ss.now.Add(-ss.s.cfg.Keep)
	before := from.Format(stamp)
	if !ss.state.recorded.IsZero() && from.After(ss.state.recorded) {
		ss.state.recorded = from
	}
	if err := run(ctx, ss.tx, ss.statement("query/past_prune"), sql.Named("before", before)); err != nil {
		return err
	}
	return run(ctx, ss.tx, ss.statement("query/sync_change_prune"), sql.Named("low", ss.state.low), sql.Named("before", before))
}

// denied reports a changelog that the token may not read, or that does not exist.
func denied(err error) bool {
	return errors.Is(err, netbox.ErrUnauthorized) || errors.Is(err, netbox.ErrNotFound)
}
