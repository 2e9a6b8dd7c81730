package mirror

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
)

// scope is what a mirror of some sites holds: of kinds whose objects stand in sites what is
// in its own, what bears diet's marks, the cables on the interfaces of both, and what any
// of these refers to. Other kinds are read whole, also the plugs of cables, so that it is
// known of every port whether it is free. The zero value is that of a mirror of everything.
type scope struct {
	slugs []string // of the sites; none for a mirror of everything
	sites []int64  // those that NetBox has

	listed map[string]map[int64]string // what was listed as edited: the time by kind and id
	absent map[string]map[int64]bool   // what was asked for by id, and NetBox does not show

	added   []int64         // sites to read that were not read before
	moved   bool            // the sites are others than at the last sync
	evicted map[string]bool // the kinds of which something was dropped as elsewhere
}

func newScope(configured, more []string) scope {
	sc := scope{listed: map[string]map[int64]string{}, absent: map[string]map[int64]bool{}, evicted: map[string]bool{}}
	if len(configured) > 0 {
		sc.slugs = sorted(append(slices.Clone(configured), more...))
	}
	return sc
}

// sorted is a list in order, each once.
func sorted(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return slices.Compact(out)
}

// narrowed reports whether the mirror holds some sites only.
func (sc *scope) narrowed() bool { return len(sc.slugs) > 0 }

// narrows reports whether the mirror holds only some objects of a kind.
func (sc *scope) narrows(kind kinds.Kind) bool { return sc.narrowed() && kind.Placed != "" }

// note remembers what NetBox listed as edited and the mirror lacks.
func (sc *scope) note(kind kinds.Kind, id int64, time string) {
	if !sc.narrows(kind) {
		return
	}
	if sc.listed[kind.Name] == nil {
		sc.listed[kind.Name] = map[int64]string{}
	}
	sc.listed[kind.Name][id] = time
}

// placedKinds are the kinds that the mirror holds a part of, in order.
func (ss *session) placedKinds() []kinds.Kind {
	return slices.DeleteFunc(ss.kinds().All(), func(k kinds.Kind) bool { return k.Placed == "" })
}

// scanAll reads everything that the mirror is to hold.
func (ss *session) scanAll(ctx context.Context) error {
	if err := run(ctx, ss.tx, ss.statement("query/scope_clear")); err != nil {
		return err
	}
	if err := run(ctx, ss.tx, ss.statement("query/scope_outside_clear")); err != nil {
		return err
	}
	if !ss.scope.narrowed() {
		if err := run(ctx, ss.tx, ss.statement("query/scope_site_drop"), idList(nil)); err != nil {
			return err
		}
		return ss.scan(ctx, ss.kinds().All())
	}
	if err := ss.scan(ctx, slices.DeleteFunc(ss.kinds().All(), func(k kinds.Kind) bool { return k.Placed != "" })); err != nil {
		return err
	}
	if err := ss.findSites(ctx); err != nil {
		return err
	}
	ss.scope.added = nil
	// What a mirror of more had is not read again.
	if err := ss.evict(ctx); err != nil {
		return err
	}
	holders, held := ss.holders()
	if err := ss.scan(ctx, holders); err != nil {
		return err
	}
	if err := ss.noteRead(ctx, holders); err != nil {
		return err
	}
	return ss.scan(ctx, held)
}

// holders are the kinds that name their site, and held those that are in or on them.
func (ss *session) holders() (holders, held []kinds.Kind) {
	for _, k := range ss.placedKinds() {
		if k.Placed == kinds.BySite {
			holders = append(holders, k)
		} else {
			held = append(held, k)
		}
	}
	return holders, held
}

// noteRead notes that what the objects in the sites hold is read from now on.
func (ss *session) noteRead(ctx context.Context, holders []kinds.Kind) error {
	for _, kind := range holders {
		unread, err := pick[int64](ctx, ss.tx, ss.statementFor("query/scope_unread", kind))
		if err != nil {
			return err
		}
		if err := run(ctx, ss.tx, ss.statement("query/scope_read_put"), sql.Named("kind", kind.Name), idList(unread)); err != nil {
			return err
		}
	}
	return nil
}

// findSites looks for the sites of the mirror, and notes those that it has not read yet.
func (ss *session) findSites(ctx context.Context) error {
	slugs, err := json.Marshal(ss.scope.slugs)
	if err != nil {
		return err
	}
	rows, err := pick[struct {
		ID   int64
		Slug string
	}](ctx, ss.tx, ss.statement("query/scope_site_find"), sql.Named("slugs", string(slugs)))
	if err != nil {
		return err
	}
	had, err := pick[int64](ctx, ss.tx, ss.statement("query/scope_site_list"))
	if err != nil {
		return err
	}
	ss.scope.sites = nil
	found := map[string]bool{}
	for _, r := range rows {
		ss.scope.sites = append(ss.scope.sites, r.ID)
		found[r.Slug] = true
		if !slices.Contains(had, r.ID) {
			ss.scope.added = append(ss.scope.added, r.ID)
		}
	}
	ss.warnOfSites(found)
	if slices.Equal(had, ss.scope.sites) {
		return nil
	}
	ss.scope.moved = true
	if err := run(ctx, ss.tx, ss.statement("query/scope_site_put"), idList(ss.scope.sites)); err != nil {
		return err
	}
	return run(ctx, ss.tx, ss.statement("query/scope_site_drop"), idList(ss.scope.sites))
}

// warnOfSites tells of sites that NetBox does not have, or does not show.
func (ss *session) warnOfSites(found map[string]bool) {
	for _, slug := range ss.s.cfg.Sites {
		text := fmt.Sprintf("mirror.sites: NetBox shows no site with the slug %q", slug)
		if !found[slug] && !slices.Contains(ss.result.Warnings, text) {
			ss.result.Warnings = append(ss.result.Warnings, text)
		}
	}
}

// refreshSites reads the sites of the mirror again, and what filters find diet's marks by,
// ahead of anything that goes by them: NetBox refuses a site that it does not have.
func (ss *session) refreshSites(ctx context.Context) error {
	had, err := pick[int64](ctx, ss.tx, ss.statement("query/scope_site_list"))
	if err != nil {
		return err
	}
	site := ss.kinds().Sites()
	ss.touch(site.Name, had...)
	if err := ss.reread(ctx, touched{site, ss.take(site.Name)}); err != nil {
		return err
	}
	ss.scope.sites, err = pick[int64](ctx, ss.tx, ss.statementFor("query/object_seen", site), idList(had))
	return err
}

// asked reads objects by id: of those that a mirror of some sites does not have, only what
// belongs there.
func (ss *session) asked(ctx context.Context, t touched) ([]source, error) {
	if !ss.scope.narrows(t.kind) {
		return ss.these(t.kind, t.ids, nil), nil
	}
	known, err := pick[int64](ctx, ss.tx, ss.statementFor("query/object_seen", t.kind), idList(t.ids))
	if err != nil {
		return nil, err
	}
	strange := slices.DeleteFunc(slices.Clone(t.ids), func(id int64) bool {
		_, is := slices.BinarySearch(known, id)
		return is
	})
	out := ss.these(t.kind, known, nil)
	filters, err := ss.filters(ctx, t.kind)
	for _, f := range filters {
		out = append(out, ss.these(t.kind, strange, f)...)
	}
	return out, err
}

// rounds is how often enclose looks again: what it reads may stand elsewhere by now.
const rounds = 10

// enclose reads what belongs into a mirror of some sites and is not there: what came into
// them without a change of its own, as what a rack holds comes along with it, and what is
// referred to. Then it drops what does not belong there any more.
func (ss *session) enclose(ctx context.Context) error {
	if !ss.scope.narrowed() {
		return nil
	}
	if err := ss.findSites(ctx); err != nil {
		return err
	}
	if len(ss.result.Kinds)+len(ss.scope.listed) == 0 && !ss.scope.moved && !ss.cut {
		return nil
	}
	for range rounds {
		reads, err := ss.encloseOnce(ctx)
		if err != nil {
			return err
		}
		if reads == 0 {
			break
		}
	}
	return ss.evict(ctx)
}

// encloseOnce reads what is missing by what the mirror has now, and returns how much that is.
func (ss *session) encloseOnce(ctx context.Context) (reads int, err error) {
	if err := ss.findSites(ctx); err != nil {
		return 0, err
	}
	added := ss.scope.added
	if ss.scope.added = nil; len(added) > 0 {
		if err := ss.readSites(ctx, added); err != nil {
			return 0, err
		}
		reads = len(added)
	}
	holders, _ := ss.holders()
	for _, kind := range holders {
		n, err := ss.readHeld(ctx, kind)
		if err != nil {
			return 0, err
		}
		reads += n
	}
	for _, kind := range slices.Backward(ss.placedKinds()) {
		n, err := ss.readMissing(ctx, kind)
		if err != nil {
			return 0, err
		}
		reads += n
	}
	return reads, nil
}

// readSites reads what stands in sites that the mirror did not hold.
func (ss *session) readSites(ctx context.Context, sites []int64) error {
	holders, held := ss.holders()
	for i, list := range [][]kinds.Kind{holders, held} {
		var sources []source
		for _, kind := range list {
			if kind.Placed == kinds.ByEnds {
				continue
			}
			for part := range slices.Chunk(sites, sitesAtOnce) {
				sources = append(sources, ss.all(kind, url.Values{kinds.SiteFilter: texted(part)}))
			}
		}
		each := func(kind kinds.Kind, page netbox.Page) error { return ss.ingest(ctx, "scan", kind, page) }
		if err := ss.read(ctx, sources, each, nil); err != nil {
			return err
		}
		if i == 0 {
			if err := ss.noteRead(ctx, holders); err != nil {
				return err
			}
		}
	}
	return nil
}

// readHeld reads what objects hold that came into the sites of the mirror.
func (ss *session) readHeld(ctx context.Context, kind kinds.Kind) (int, error) {
	if err := run(ctx, ss.tx, ss.statementFor("query/scope_left", kind)); err != nil {
		return 0, err
	}
	unread, err := pick[int64](ctx, ss.tx, ss.statementFor("query/scope_unread", kind))
	if err != nil || len(unread) == 0 {
		return 0, err
	}
	if err := run(ctx, ss.tx, ss.statement("query/scope_read_put"), sql.Named("kind", kind.Name), idList(unread)); err != nil {
		return 0, err
	}
	for _, r := range ss.kinds().Referrers(kind) {
		if r.Kind.Placed == "" || r.Kind.Parent != r.Field.Name && !follows(r) {
			continue
		}
		if err := ss.readWithin(ctx, r, unread, ss.listed); err != nil {
			return 0, err
		}
	}
	return len(unread), nil
}

// follows reports whether objects copy their place from what they refer to.
func follows(r kinds.Referrer) bool {
	return slices.ContainsFunc(r.Kind.Fields, func(f kinds.Field) bool { return f.Follows == r.Field.Name })
}

// readMissing reads what the mirror is to hold of a kind and lacks.
func (ss *session) readMissing(ctx context.Context, kind kinds.Kind) (int, error) {
	missing, err := pick[int64](ctx, ss.tx, ss.statementFor("query/scope_missing", kind))
	if err != nil {
		return 0, err
	}
	absent := ss.scope.absent[kind.Name]
	if absent == nil {
		absent = map[int64]bool{}
		ss.scope.absent[kind.Name] = absent
	}
	missing = slices.DeleteFunc(missing, func(id int64) bool { return absent[id] })
	for _, id := range missing {
		absent[id] = true
	}
	each := func(kind kinds.Kind, page netbox.Page) error {
		for _, id := range page.IDs {
			delete(absent, id)
		}
		return ss.ingest(ctx, "refetch", kind, page)
	}
	return len(missing), ss.read(ctx, ss.these(kind, missing, nil), each, nil)
}

// evict drops what does not belong into the mirror, and remembers what the next sync would
// read again for nothing.
func (ss *session) evict(ctx context.Context) error {
	since := sql.Named("since", ss.now.Add(-ss.horizon).Format(stamp))
	for _, kind := range slices.Backward(ss.placedKinds()) {
		if err := run(ctx, ss.tx, ss.statementFor("query/scope_outside_evicted", kind), since); err != nil {
			return err
		}
		res, err := ss.tx.ExecContext(ctx, ss.statementFor("query/scope_evict", kind).Text)
		if err != nil {
			return fmt.Errorf("run query/scope_evict %s: %w", kind.Name, err)
		}
		if n, err := res.RowsAffected(); err != nil || n > 0 {
			ss.scope.evicted[kind.Name] = true
		}
		if err := ss.noteOutside(ctx, kind); err != nil {
			return err
		}
	}
	return run(ctx, ss.tx, ss.statement("query/scope_outside_prune"), since)
}

// noteOutside remembers what of a kind was listed as edited and is elsewhere.
func (ss *session) noteOutside(ctx context.Context, kind kinds.Kind) error {
	listed := ss.scope.listed[kind.Name]
	if len(listed) == 0 {
		return nil
	}
	delete(ss.scope.listed, kind.Name)
	var b strings.Builder
	for i, id := range slices.Sorted(maps.Keys(listed)) {
		b.WriteString([]string{"[", ","}[min(i, 1)])
		fmt.Fprintf(&b, "[%d,%q]", id, listed[id])
	}
	return run(ctx, ss.tx, ss.statementFor("query/scope_outside_listed", kind), sql.Named("listed", b.String()+"]"))
}

// forgetRead has what devices hold read again that changed while they were read.
func (ss *session) forgetRead(ctx context.Context) error {
	if !ss.scope.narrowed() {
		return nil
	}
	holders, _ := ss.holders()
	for _, kind := range holders {
		ids := slices.Sorted(maps.Keys(ss.touched[kind.Name]))
		if err := run(ctx, ss.tx, ss.statement("query/scope_read_drop"), sql.Named("kind", kind.Name), idList(ids)); err != nil {
			return err
		}
	}
	return nil
}
