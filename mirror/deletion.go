package mirror

import (
	"context"
	"net/url"
	"strconv"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
)

// deletions reads what the changelog says of deletions up to low, beyond which it is read
// whole. Without them, an object that somebody deleted long ago looks as if it was never
// there, and is made again.
func (ss *session) deletions(ctx context.Context) error {
	if ss.state.low <= ss.state.deleted {
		ss.state.deleted = ss.state.low
		return nil
	}
	for _, kind := range ss.kinds().Owned() {
		if err := ss.deletionsOf(ctx, kind); err != nil {
			return err
		}
	}
	ss.state.deleted = ss.state.low
	return nil
}

// deletionsOf reads the deletions of a kind. They are read with their data: no filter finds
// those of diet's objects alone.
func (ss *session) deletionsOf(ctx context.Context, kind kinds.Kind) error {
	query := url.Values{
		"action": {"delete"}, "changed_object_type": {kind.ObjectType},
		"id__gt": {strconv.FormatInt(ss.state.deleted, 10)}, "id__lte": {strconv.FormatInt(ss.state.low, 10)},
		"fields": {netbox.ChangeFields + netbox.ChangeData},
	}
	return ss.readLogged(ctx, query)
}
