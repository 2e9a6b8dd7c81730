package mirror

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
)

// recounts is how often the changelog is read again when counts differ: on a busy NetBox
// something may always have come in between, and a sweep is expensive.
const recounts = 2

// verify counts the kinds that changed and, now and then, all. If NetBox has another
// count, the changelog is read again; if that does not explain it, the kind is swept.
func (ss *session) verify(ctx context.Context) error {
	if ss.opt.Verify {
		if err := ss.touchReferred(ctx); err != nil {
			return err
		}
		if err := ss.refetch(ctx); err != nil {
			return err
		}
	}
	moved, all, err := ss.toVerify(ctx)
	if err != nil {
		return err
	}
	for attempt := 0; ; attempt++ {
		wrong, err := ss.miscounted(ctx, moved)
		if err != nil || len(wrong) == 0 {
			return err
		}
		if attempt < recounts {
			if err := ss.poll(ctx); err != nil {
				return err
			}
			if err := ss.refetch(ctx); err != nil {
				return err
			}
			moved = wrong
			continue
		}
		for _, kind := range wrong {
			ss.s.cfg.Logger.WarnContext(ctx, "mirror and NetBox hold different numbers of objects: sweeping", "kind", kind.Name)
			if err := ss.sweep(ctx, kind); err != nil {
				return fmt.Errorf("sweep %s: %w", kind.Name, err)
			}
		}
		if all {
			return nil
		}
		// What came or went without a change may have done so by the token's view: in other kinds too.
		moved, all, attempt = ss.counted(), true, -1
	}
}

// touchReferred touches what a mirror of some sites holds only because something refers to it: no
// list or number of what is in those sites has it.
func (ss *session) touchReferred(ctx context.Context) error {
	if !ss.scope.narrowed() {
		return nil
	}
	for _, kind := range ss.placedKinds() {
		ids, err := pick[int64](ctx, ss.tx, ss.statementFor("query/scope_referred", kind))
		if err != nil {
			return err
		}
		ss.touch(kind.Name, ids...)
	}
	return nil
}

// toVerify are the kinds to count, and whether those are all: where the token did not see everything at the last sync,
// it may by now.
func (ss *session) toVerify(ctx context.Context) (list []kinds.Kind, all bool, err error) {
	all = ss.opt.Verify || ss.now.Sub(ss.state.verified) >= sharedEvery
	if !all {
		hides, err := pick[bool](ctx, ss.tx, ss.statement("query/sync_hides"))
		if err != nil {
			return nil, false, err
		}
		all = hides[0]
	}
	if all {
		ss.state.verified = ss.now
		return ss.counted(), true, nil
	}
	return slices.DeleteFunc(ss.counted(), func(kind kinds.Kind) bool {
		_, moved := ss.result.Kinds[kind.Name]
		return !moved
	}), false, nil
}

// counted are the kinds that can be counted.
func (ss *session) counted() []kinds.Kind { return slices.DeleteFunc(ss.kinds().All(), ss.isUnseen) }

// miscounted returns the kinds of which NetBox has more or fewer objects.
func (ss *session) miscounted(ctx context.Context, moved []kinds.Kind) ([]kinds.Kind, error) {
	if len(moved) == 0 {
		return nil, nil
	}
	counted, err := ss.tallies(ctx, moved)
	if err != nil {
		return nil, err
	}
	there := make([]int, len(counted))
	client := ss.network(ctx)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for i, t := range counted {
		group.Go(func() (err error) {
			if there[i], err = client.Count(ctx, t.kind, t.query); err != nil {
				there[i] = t.here
			}
			return ss.tolerate(t.kind, err)
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var wrong []kinds.Kind
	for i, t := range counted {
		if there[i] != t.here && (len(wrong) == 0 || wrong[len(wrong)-1].Name != t.kind.Name) {
			wrong = append(wrong, t.kind)
		}
	}
	return wrong, nil
}

// sweep compares all ids and times of a kind, and reads again what differs.
func (ss *session) sweep(ctx context.Context, kind kinds.Kind) error {
	var seen []int64
	each := func(k kinds.Kind, page netbox.Page) error {
		seen = append(seen, page.IDs...)
		return ss.touchMoved(ctx, k, page)
	}
	listed, err := ss.listing(ctx, kind, slim(url.Values{}))
	if err != nil {
		return err
	}
	if err := ss.read(ctx, listed, each, nil); err != nil {
		return err
	}
	if err := ss.dropUnseen(ctx, kind, seen); err != nil {
		return err
	}
	return ss.refetch(ctx)
}
