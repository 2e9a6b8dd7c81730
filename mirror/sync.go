package mirror

import (
	"context"
	"database/sql"
	"net/url"
	"slices"
	"time"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
)

// full reads everything. A scan is not a snapshot, so what the changelog has gained
// meanwhile is read again.
func (ss *session) full(ctx context.Context, anew bool) error {
	logged, err := ss.history(ctx, anew)
	if err != nil {
		return err
	}
	if err := ss.scanAll(ctx); err != nil {
		return err
	}
	if err := ss.touchReferred(ctx); err != nil {
		return err
	}
	if logged {
		if err := ss.poll(ctx); err != nil {
			return err
		}
		if err := ss.forgetRead(ctx); err != nil {
			return err
		}
	}
	if err := ss.refetch(ctx); err != nil {
		return err
	}
	rows, err := ss.s.db.counts(ctx, ss.tx)
	if err != nil {
		return err
	}
	for _, kind := range ss.kinds().All() {
		ss.state.asked[kind.Name], ss.state.broad[kind.Name] = ss.now, rows[kind.Name]
	}
	ss.state.fullAt, ss.state.verified = ss.now, ss.now
	return nil
}

// incremental reads what changed: what the changelog names, what last_updated shows, and
// what NetBox changes silently along with it. Only a re-read is believed.
func (ss *session) incremental(ctx context.Context) error {
	if err := ss.poll(ctx); err != nil {
		if denied(err) {
			return &restartError{reason: "the changelog can no longer be read"}
		}
		return err
	}
	if ss.scope.narrowed() {
		if err := ss.refreshSites(ctx); err != nil {
			return err
		}
	}
	if err := ss.findEdits(ctx); err != nil {
		return err
	}
	if err := ss.scan(ctx, slices.Concat(ss.opt.Whole, ss.unseenKinds())); err != nil {
		return err
	}
	if err := ss.refetch(ctx); err != nil {
		return err
	}
	return ss.verify(ctx)
}

// due reports whether to ask a kind for edits in this sync. What a preview rests on is
// always asked for. The others, and kinds that no plan of this NetBox can have yet, are
// asked now and then; meanwhile the changelog tells about them, but not about unlogged
// writes, by nbshell or a plugin.
func (ss *session) due(kind kinds.Kind, fields []customField) bool {
	ready := !kind.Later || isSetUp(fields)
	return ss.opt.Verify || kind.Watched && ready || ss.now.Sub(ss.state.asked[kind.Name]) >= sharedEvery
}

// findEdits touches what last_updated shows as edited.
func (ss *session) findEdits(ctx context.Context) error {
	var sources []source
	listed := map[string]int{}
	fields, err := ss.fields(ctx)
	if err != nil {
		return err
	}
	for _, kind := range ss.kinds().All() {
		if ss.isUnseen(kind) || !ss.due(kind, fields[kind.ObjectType]) {
			continue
		}
		since, err := ss.since(ctx, kind)
		if err := ss.tolerate(kind, err); err != nil {
			return err
		}
		if ss.isUnseen(kind) {
			continue
		}
		listed[kind.Name] = 0
		sources = append(sources, ss.all(kind, slim(url.Values{"last_updated__gte": {since.Format(stamp)}})))
	}
	each := func(kind kinds.Kind, page netbox.Page) error {
		listed[kind.Name] += page.Len
		return ss.touchMoved(ctx, kind, page)
	}
	if err := ss.read(ctx, sources, each, nil); err != nil {
		return err
	}
	for kind, n := range listed {
		ss.state.asked[kind] = ss.now
		ss.state.broad[kind] = max(n, ss.state.broad[kind]/2)
	}
	return nil
}

// slim makes a query ask for ids and times only.
func slim(query url.Values) url.Values {
	query.Set("fields", "id,last_updated")
	return query
}

// since is the time from which on to ask a kind for edits: a horizon before it was last
// asked. If that window held many rows, as after a large apply, their number is compared
// first: if it agrees, a short overlap is enough.
func (ss *session) since(ctx context.Context, kind kinds.Kind) (time.Time, error) {
	since := ss.state.asked[kind.Name].Add(-ss.horizon)
	if ss.state.broad[kind.Name] < broadWindow {
		return since, nil
	}
	text := since.Format(stamp)
	here, err := pick[int](ctx, ss.tx, ss.statementFor("query/object_recent", kind), sql.Named("since", text))
	if err != nil {
		return since, err
	}
	there, err := ss.network(ctx).Count(ctx, kind, url.Values{"last_updated__gte": {text}})
	if err != nil || here[0] != there {
		return since, err
	}
	return ss.state.asked[kind.Name].Add(-overlap), nil
}

// touchMoved touches the objects of a slim page that differ in the mirror.
func (ss *session) touchMoved(ctx context.Context, kind kinds.Kind, page netbox.Page) error {
	moved, err := pick[struct {
		ID          int64
		LastUpdated string `db:"last_updated"`
	}](ctx, ss.tx, ss.statementFor("query/object_moved", kind), sql.Named("page", string(page.Body)))
	for _, m := range moved {
		ss.touch(kind.Name, m.ID)
		ss.scope.note(kind, m.ID, m.LastUpdated)
	}
	return err
}

// refetch reads all touched objects again, and what changed along with them. What no
// longer exists is dropped.
func (ss *session) refetch(ctx context.Context) error {
	if err := ss.rereadTouched(ctx); err != nil {
		return err
	}
	if err := ss.findMisplaced(ctx); err != nil {
		return err
	}
	if err := ss.rereadTouched(ctx); err != nil {
		return err
	}
	return ss.enclose(ctx)
}

// rereadTouched reads what was touched, in order of rank: kinds of which nothing else depends
// together.
func (ss *session) rereadTouched(ctx context.Context) error {
	var plain []touched
	for _, kind := range ss.kinds().All() {
		if len(ss.touched[kind.Name]) == 0 {
			continue
		}
		along := ss.along(kind)
		if along == nil {
			plain = append(plain, touched{kind, ss.take(kind.Name)})
			continue
		}
		if err := ss.reread(ctx, plain...); err != nil {
			return err
		}
		plain = nil
		t := touched{kind, ss.take(kind.Name)}
		if err := along(ctx, t, func() error { return ss.reread(ctx, t) }); err != nil {
			return err
		}
	}
	return ss.reread(ctx, plain...)
}

// touched are objects of a kind to read again, their ids ascending.
type touched struct {
	kind kinds.Kind
	ids  []int64
}

// reread stores what NetBox now says about these objects.
func (ss *session) reread(ctx context.Context, list ...touched) error {
	there := map[string]map[int64]bool{}
	var sources []source
	for _, t := range list {
		there[t.kind.Name] = make(map[int64]bool, len(t.ids))
		asked, err := ss.asked(ctx, t)
		if err != nil {
			return err
		}
		sources = append(sources, asked...)
	}
	each := func(kind kinds.Kind, page netbox.Page) error {
		for _, id := range page.IDs {
			there[kind.Name][id] = true
		}
		return ss.ingest(ctx, "refetch", kind, page)
	}
	if err := ss.read(ctx, sources, each, nil); err != nil {
		return err
	}
	for _, t := range list {
		gone := slices.DeleteFunc(slices.Clone(t.ids), func(id int64) bool { return there[t.kind.Name][id] })
		known, err := pick[int64](ctx, ss.tx, ss.statementFor("query/object_seen", t.kind), idList(gone))
		if err != nil {
			return err
		}
		if err := ss.drop(ctx, t.kind, known); err != nil {
			return err
		}
	}
	return nil
}

// along returns what runs a re-read of a kind's objects and then reads what NetBox changed along
// with them, without a changelog row and without a new last_updated; nil where it changes
// nothing.
func (ss *session) along(kind kinds.Kind) func(ctx context.Context, t touched, reread func() error) error {
	switch {
	case kind.Name == "custom_field":
		return ss.alongFields
	case kind.Name == "tag":
		return ss.alongTags
	case len(ss.copiers(kind)) > 0:
		return ss.alongPlaces
	}
	return nil
}

// alongFields reads the kinds of a custom field whose meaning changed: NetBox rewrites
// the values of all their objects. A field that was edited more than once may have been
// taken from a kind and given back, empty.
func (ss *session) alongFields(ctx context.Context, t touched, reread func() error) error {
	before, err := ss.fields(ctx)
	if err != nil {
		return err
	}
	if err := reread(); err != nil {
		return err
	}
	after, err := ss.fields(ctx)
	if err != nil {
		return err
	}
	again := func(f customField) bool { return slices.Contains(t.ids, f.ID) && ss.edits[f.ID] > 1 }
	var rewritten []kinds.Kind
	for _, kind := range ss.kinds().Owned() {
		if !slices.Equal(before[kind.ObjectType], after[kind.ObjectType]) || slices.ContainsFunc(after[kind.ObjectType], again) {
			rewritten = append(rewritten, kind)
			ss.take(kind.Name)
		}
	}
	return ss.scan(ctx, rewritten)
}

// customField is a field that objects of a type have.
type customField struct {
	ID                  int64
	Name, Type, Objects string
}

// fields lists, by object type, the custom fields that its objects have.
func (ss *session) fields(ctx context.Context) (map[string][]customField, error) {
	rows, err := pick[customField](ctx, ss.tx, ss.statement("query/sync_custom_field"))
	out := map[string][]customField{}
	for _, f := range rows {
		out[f.Objects] = append(out[f.Objects], f)
	}
	return out, err
}

// alongTags touches what had a tag that is gone.
func (ss *session) alongTags(ctx context.Context, t touched, reread func() error) error {
	if err := reread(); err != nil {
		return err
	}
	left, err := pick[int64](ctx, ss.tx, ss.statementFor("query/object_seen", t.kind), idList(t.ids))
	if err != nil {
		return err
	}
	gone := slices.DeleteFunc(slices.Clone(t.ids), func(id int64) bool { return slices.Contains(left, id) })
	if len(gone) == 0 {
		return nil
	}
	bearers, err := pick[struct {
		Kind string
		ID   int64
	}](ctx, ss.tx, ss.statement("query/object_tagged"), idList(gone))
	for _, b := range bearers {
		ss.touch(b.Kind, b.ID)
	}
	return err
}
