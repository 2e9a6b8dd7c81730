package mirror

import (
	"context"
	"fmt"

	"github.com/diet-project/diet/mirror/netbox"
)

// Reread reads objects of a kind again, whether or not anything says that they changed,
// and with a cable its plugs. What no longer exists is dropped. From where the next sync
// continues stays as it is.
func (s *Syncer) Reread(ctx context.Context, kind string, ids []int64) (Result, error) {
	result, err := s.alone(ctx, func() (Result, error) {
		st, err := s.state(ctx)
		if err == nil && st.syncedAt.IsZero() {
			err = ErrNeverSynced
		}
		if err != nil {
			return Result{}, err
		}
		ss := s.session(netbox.Server{Now: st.server}, st, Options{Force: true})
		ss.partial = true
		return ss.result, ss.within(ctx, func() error {
			ss.touch(kind, ids...)
			if err := ss.touchStanding(ctx, kind, ids); err != nil {
				return err
			}
			return ss.refetch(ctx)
		})
	})
	if err != nil {
		return Result{}, fmt.Errorf("read %s again: %w", kind, err)
	}
	return result, nil
}

// touchStanding touches what stands for objects, as the mirror knows it.
func (ss *session) touchStanding(ctx context.Context, kind string, ids []int64) error {
	for _, k := range ss.kinds().All() {
		if k.StandsFor == "" || k.Refers(k.StandsFor) != kind {
			continue
		}
		standing, err := pick[int64](ctx, ss.tx, ss.statementFor("query/stands_for", k), idList(ids))
		if err != nil {
			return err
		}
		ss.touch(k.Name, standing...)
	}
	return nil
}
