package mirror

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"slices"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
)

// findMisplaced touches objects that are not where their parent is: they were read
// before that was moved, and moving along leaves no trace.
func (ss *session) findMisplaced(ctx context.Context) error {
	moved := func(kind kinds.Kind) bool { return ss.result.Kinds[kind.Name] != Counts{} && ss.placed(kind) }
	if !slices.ContainsFunc(ss.kinds().All(), moved) {
		return nil
	}
	rows, err := pick[struct {
		Kind string
		ID   int64
	}](ctx, ss.tx, ss.statement("query/sync_misplaced"))
	for _, r := range rows {
		ss.touch(r.Kind, r.ID)
	}
	return err
}

// copiers are the references to a kind by objects that copy their place from it.
func (ss *session) copiers(kind kinds.Kind) []kinds.Referrer {
	var out []kinds.Referrer
	for _, r := range ss.kinds().Referrers(kind) {
		if slices.ContainsFunc(r.Kind.Fields, func(f kinds.Field) bool { return f.Follows == r.Field.Name }) {
			out = append(out, r)
		}
	}
	return out
}

// placed reports whether objects of a kind copy their place, or others copy it from
// them.
func (ss *session) placed(kind kinds.Kind) bool {
	return len(kind.Followers()) > 0 || len(ss.copiers(kind)) > 0
}

// alongPlaces reads what stands in racks and locations that moved: those that the token sees, and
// those of which only the changelog tells.
func (ss *session) alongPlaces(ctx context.Context, t touched, reread func() error) error {
	before, err := ss.places(ctx, t.kind, t.ids)
	if err != nil {
		return err
	}
	if err := reread(); err != nil {
		return err
	}
	after, err := ss.places(ctx, t.kind, t.ids)
	if err != nil {
		return err
	}
	var moved []int64
	for _, id := range t.ids {
		if was, is := before[id], after[id]; was != "" && is != "" && was != is {
			moved = append(moved, id)
		}
	}
	if err := ss.readStanding(ctx, t.kind, moved); err != nil {
		return err
	}
	return ss.alongUnseen(ctx, t)
}

// standingIn are the references to a kind by objects that copy their place, from it or
// from what stands in it: a rack's location, and that of a device.
func (ss *session) standingIn(kind kinds.Kind) []kinds.Referrer {
	out := ss.copiers(kind)
	for _, r := range ss.kinds().Referrers(kind) {
		if r.Field.Follows != "" && !slices.ContainsFunc(out, func(o kinds.Referrer) bool { return o.Kind.Name == r.Kind.Name }) {
			out = append(out, r)
		}
	}
	return out
}

// readStanding reads what stands in places of a kind that moved.
func (ss *session) readStanding(ctx context.Context, kind kinds.Kind, moved []int64) error {
	if len(moved) == 0 {
		return nil
	}
	for _, in := range ss.standingIn(kind) {
		var err error
		if in.Kind.Name == kind.Name {
			// What is below it in a tree moved too. They are few.
			err = ss.scan(ctx, []kinds.Kind{kind})
		} else {
			err = ss.readWithin(ctx, in, moved, ss.listed)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// alongUnseen reads what stands in places that the token does not see, or that a mirror of some
// sites does not hold, while the changelog says that somebody changed them: maybe where they are.
func (ss *session) alongUnseen(ctx context.Context, t touched) error {
	if ss.oldest == 0 {
		return nil
	}
	unseen, err := pick[int64](ctx, ss.tx, ss.statementFor("query/sync_unseen_moved", t.kind),
		idList(t.ids), sql.Named("type", t.kind.ObjectType), sql.Named("oldest", ss.oldest))
	if err != nil || len(unseen) == 0 {
		return err
	}
	in := ss.standingIn(t.kind)
	if slices.ContainsFunc(in, func(r kinds.Referrer) bool { return r.Kind.Name == t.kind.Name }) {
		return ss.readStanding(ctx, t.kind, unseen) // what is below it in a tree may be as invisible
	}
	if err := ss.touchStanding(ctx, t.kind, unseen); err != nil {
		return err
	}
	for _, r := range in {
		if !ss.scope.narrows(r.Kind) {
			continue
		}
		if err := ss.readWithin(ctx, r, unseen, ss.listing); err != nil {
			return err
		}
	}
	return nil
}

// touchStanding touches what stands in places of a kind, as far as the mirror knows.
func (ss *session) touchStanding(ctx context.Context, kind kinds.Kind, places []int64) error {
	for _, r := range ss.standingIn(kind) {
		standing, err := pick[int64](ctx, ss.tx, ss.s.db.statements.ForField("query/sync_standing", r.Kind, r.Field), idList(places))
		if err != nil {
			return err
		}
		ss.touch(r.Kind.Name, standing...)
	}
	return nil
}

// lister reads the objects of a kind that match a query.
type lister func(ctx context.Context, kind kinds.Kind, query url.Values) ([]source, error)

// listed reads them wherever they stand.
func (ss *session) listed(_ context.Context, kind kinds.Kind, query url.Values) ([]source, error) {
	return []source{ss.all(kind, query)}, nil
}

// readWithin reads the objects that stand in places, in full.
func (ss *session) readWithin(ctx context.Context, in kinds.Referrer, places []int64, list lister) error {
	for part := range slices.Chunk(places, 100) {
		if err := ss.readWithinPart(ctx, in, part, list); err != nil {
			return err
		}
	}
	return nil
}

// readWithinPart reads those in some places. NetBox refuses a filter by a place that is gone: what
// stands in the others is read all the same.
func (ss *session) readWithinPart(ctx context.Context, in kinds.Referrer, places []int64, list lister) error {
	sources, err := list(ctx, in.Kind, url.Values{in.Field.Column(): texted(places)})
	if err != nil {
		return err
	}
	each := func(kind kinds.Kind, page netbox.Page) error { return ss.ingest(ctx, "refetch", kind, page) }
	err = ss.read(ctx, sources, each, nil)
	if !netbox.Invalid(err) {
		return err
	}
	if len(places) == 1 {
		return nil
	}
	half := len(places) / 2
	return errors.Join(ss.readWithinPart(ctx, in, places[:half], list), ss.readWithinPart(ctx, in, places[half:], list))
}

func (ss *session) places(ctx context.Context, kind kinds.Kind, ids []int64) (map[int64]string, error) {
	rows, err := pick[struct {
		ID    int64
		Place string
	}](ctx, ss.tx, ss.statementFor("query/sync_place", kind), idList(ids))
	out := make(map[int64]string, len(rows))
	for _, r := range rows {
		out[r.ID] = r.Place
	}
	return out, err
}
