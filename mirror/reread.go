package mirror

import (
	"context"
	"fmt"

	"github.com/diet-project/diet/mirror/netbox"
)

// Reread reads objects of a kind again, whether or not anything says that they changed.
// What no longer exists is dropped. From where the next sync continues stays as it is.
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
			return ss.refetch(ctx)
		})
	})
	if err != nil {
		return Result{}, fmt.Errorf("read %s again: %w", kind, err)
	}
	return result, nil
}
