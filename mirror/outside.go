package mirror

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"slices"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
)

// Outside returns the slugs of sites that a mirror of some sites leaves out although a plan
// needs them: of those given, and those in which objects of the plan stand. It is empty for a
// mirror of everything.
func (db *DB) Outside(ctx context.Context, plan string, slugs ...string) ([]string, error) {
	st, err := db.loadState(ctx, db.db)
	if err != nil || len(st.sites) == 0 {
		return nil, err
	}
	out, err := pick[string](ctx, db.db, db.statements.Get("query/scope_plan"), sql.Named("plan", plan))
	for _, slug := range slugs {
		if slug != "" && !slices.Contains(st.sites, slug) && !slices.Contains(st.widened, slug) {
			out = append(out, slug)
		}
	}
	return sorted(out), err
}

// Find reads the objects of a kind that have one of some values in a field into the mirror,
// also from sites that it leaves out: the next sync drops those again.
func (s *Syncer) Find(ctx context.Context, kind kinds.Kind, field string, values []string) error {
	return s.apart(ctx, func(ss *session) error {
		var sources []source
		for part := range slices.Chunk(values, valuesAtOnce) {
			sources = append(sources, ss.all(kind, url.Values{field: part}))
		}
		each := func(kind kinds.Kind, page netbox.Page) error { return ss.ingest(ctx, "refetch", kind, page) }
		return ss.read(ctx, sources, each, nil)
	})
}

// valuesAtOnce is how many values go into one URL.
const valuesAtOnce = 20

// apart does what a sync does, beside the syncs: from where the next one continues stays as
// it is.
func (s *Syncer) apart(ctx context.Context, do func(ss *session) error) error {
	_, err := s.alone(ctx, func() (Result, error) {
		ss, err := s.aside(ctx)
		if err != nil {
			return Result{}, err
		}
		return ss.result, ss.within(ctx, func() error { return do(ss) })
	})
	if err != nil {
		return fmt.Errorf("read from NetBox: %w", err)
	}
	return nil
}

// aside is a session that reads some objects only.
func (s *Syncer) aside(ctx context.Context) (*session, error) {
	st, err := s.state(ctx)
	if err == nil && st.syncedAt.IsZero() {
		err = ErrNeverSynced
	}
	if err != nil {
		return nil, err
	}
	ss := s.session(netbox.Server{Now: st.server}, st, Options{Force: true})
	ss.partial = true
	return ss, nil
}
