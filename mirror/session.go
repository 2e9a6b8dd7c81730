package mirror

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
	sqlfile "github.com/diet-project/diet/sql"
)

// session is one sync in progress.
type session struct {
	s       *Syncer
	tx      *work
	state   state
	now     time.Time // the server's, when the sync began
	began   time.Time // the same by the local clock
	horizon time.Duration
	opt     Options
	cut     bool           // the last sync wrote a part and did not end
	before  map[string]int // rows of each kind when the sync began
	turned  time.Duration  // how far the server's clock went back since the last sync
	lost    map[string]int // deletions that the changelog does not explain
	touched map[string]map[int64]struct{}
	scope   scope
	edits   map[int64]int  // updates of custom fields
	oldest  int64          // change that is new to the mirror, 0 for none
	done    map[string]int // for Progress
	result  Result
	partial bool // it reads some objects only

	tagNames []tagName // all tags, where NetBox was asked for them

	mu     sync.Mutex       // guards what follows: kinds are read side by side
	unseen map[string]error // kinds that the token may not view, and what NetBox answered
}

func (s *Syncer) session(server netbox.Server, st state, opt Options) *session {
	st.broad, st.asked = maps.Clone(st.broad), maps.Clone(st.asked)
	return &session{
		s:       s,
		state:   st,
		cut:     st.unfinished(),
		now:     server.Now,
		horizon: s.horizon(server),
		opt:     opt,
		lost:    map[string]int{},
		touched: map[string]map[int64]struct{}{},
		scope:   newScope(s.cfg.Sites, st.widened),
		edits:   map[int64]int{},
		done:    map[string]int{},
		unseen:  map[string]error{},
		result:  Result{Server: server, Kinds: map[string]Counts{}, Sites: s.cfg.Sites},
	}
}

// commit runs a sync.
func (ss *session) commit(ctx context.Context, full *restartError) error {
	return ss.within(ctx, func() error {
		ss.result.Full, ss.result.Reason = full.reason != "", full.reason
		if ss.result.Full {
			return ss.full(ctx, full.clear)
		}
		return ss.incremental(ctx)
	})
}

// within does the work of f, updates the signatures of what changed, and keeps the state.
func (ss *session) within(ctx context.Context, f func() error) error {
	err := ss.begin(ctx)
	defer ss.tx.rollback()
	if err != nil {
		return err
	}
	if ss.before, err = ss.s.db.counts(ctx, ss.tx); err != nil {
		return err
	}
	if err := ss.record(ctx); err != nil {
		return err
	}
	if err := f(); err != nil {
		return err
	}
	if err := ss.settleUnseen(ctx); err != nil {
		return err
	}
	if err := ss.findHidden(ctx); err != nil {
		return err
	}
	if err := ss.guard(); err != nil {
		return err
	}
	if err := run(ctx, ss.tx, ss.statement("query/lost_sweep")); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{ss.sign, ss.recallDrifted, ss.attribute, ss.prune, ss.keep, ss.endRecord} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return ss.tx.commit(ctx)
}

// waiting tells that another process is in the way.
func (ss *session) waiting() { ss.s.cfg.Progress(Event{Phase: Waiting}) }

// network is the client. The mirror is not held while it is used.
func (ss *session) network(ctx context.Context) *netbox.Client {
	ss.tx.release(ctx)
	return ss.s.client
}

// keep records from where the next sync continues.
func (ss *session) keep(ctx context.Context) error {
	if ss.partial {
		return nil
	}
	plugins, err := json.Marshal(ss.result.Server.Plugins)
	if err != nil {
		return err
	}
	st := &ss.state
	st.url, st.version, st.plugins = ss.s.client.Instance(), ss.result.Server.FullVersion, string(plugins)
	st.server, st.syncedAt, st.sites = ss.now, ss.began, ss.s.cfg.Sites
	if !ss.scope.narrowed() {
		st.widened = nil
	}
	if st.recorded.IsZero() {
		st.recorded = ss.now
	}
	return ss.s.db.saveState(ctx, ss.tx, *st)
}

// guard refuses to lose most of a kind without a reason in the changelog.
func (ss *session) guard() error {
	for _, kind := range slices.Sorted(maps.Keys(ss.lost)) {
		lost, total := ss.lost[kind], ss.before[kind]
		if lost > massRows && lost*massShare > total && !ss.opt.Force {
			return &MassError{kind, lost, total}
		}
	}
	return nil
}

func (ss *session) touch(kind string, ids ...int64) {
	set := ss.touched[kind]
	if set == nil {
		set = map[int64]struct{}{}
		ss.touched[kind] = set
	}
	for _, id := range ids {
		set[id] = struct{}{}
	}
}

// take returns the touched ids of a kind, ascending, and clears them.
func (ss *session) take(kind string) []int64 {
	ids := make([]int64, 0, len(ss.touched[kind]))
	for id := range ss.touched[kind] {
		ids = append(ids, id)
	}
	delete(ss.touched, kind)
	slices.Sort(ids)
	return ids
}

// source is a list to read.
type source struct {
	kind  kinds.Kind
	pages func(ctx context.Context) iter.Seq2[netbox.Page, error]
}

// pages reads a source one page after the other. The mirror is not held meanwhile.
func (ss *session) pages(ctx context.Context, src source) iter.Seq2[netbox.Page, error] {
	return func(yield func(netbox.Page, error) bool) {
		ss.tx.release(ctx)
		for page, err := range src.pages(ctx) {
			if !yield(page, err) {
				return
			}
			ss.tx.release(ctx)
		}
	}
}

// all reads a whole kind, or what matches the query.
func (ss *session) all(kind kinds.Kind, query url.Values) source {
	return source{kind, func(ctx context.Context) iter.Seq2[netbox.Page, error] {
		return ss.s.client.Pages(ctx, kind, query)
	}}
}

// If ids are close together, as those of new objects are, a range of them is read page
// by page: a tenth of the requests.
const (
	rangeIDs   = 1000
	rangeShare = 2 // at least one id in so many is asked for
)

// these reads the objects with these ids, ascending, that match a query, and maybe some in
// between.
func (ss *session) these(kind kinds.Kind, ids []int64, query url.Values) []source {
	var sources []source
	var sparse []int64
	for part := range slices.Chunk(ids, rangeIDs) {
		first, last := part[0], part[len(part)-1]
		if len(part) > 100 && last-first < int64(len(part))*rangeShare {
			sources = append(sources, ss.all(kind, joined(query, between(first-1, last))))
		} else {
			sparse = append(sparse, part...)
		}
	}
	for part := range slices.Chunk(sparse, rangeIDs) {
		sources = append(sources, ss.byID(kind, part, query))
	}
	return sources
}

// between filters ids, the first excluded and the last included.
func between(after, last int64) url.Values {
	return url.Values{"id__gt": {strconv.FormatInt(after, 10)}, "id__lte": {strconv.FormatInt(last, 10)}}
}

// byID reads the objects with these ids.
func (ss *session) byID(kind kinds.Kind, ids []int64, query url.Values) source {
	return source{kind, func(ctx context.Context) iter.Seq2[netbox.Page, error] {
		return ss.s.client.ByID(ctx, kind, ids, query)
	}}
}

// chunk is a page on its way from a reader to the writer; a source's last chunk
// has end set and no page.
type chunk struct {
	source int
	page   netbox.Page
	end    bool
}

// read reads the sources, a few concurrently, and hands their pages to each, one by one,
// on the caller's goroutine. ended, if given, is called after the last page of a source.
func (ss *session) read(
	ctx context.Context, sources []source, each func(kinds.Kind, netbox.Page) error, ended func(kinds.Kind) error,
) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	chunks := make(chan chunk, readers)
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	go func() {
		for i, src := range sources {
			group.Go(func() error { return ss.tolerate(src.kind, src.send(gctx, i, chunks)) })
		}
		_ = group.Wait()
		close(chunks)
	}()
	for more := true; more; {
		var batch []chunk
		ss.tx.release(ctx)
		batch, more = gather(chunks, min(batchBytes, ss.s.cfg.Spill))
		for _, c := range batch {
			var err error
			if kind := sources[c.source].kind; !c.end {
				err = each(kind, c.page)
			} else if ended != nil {
				err = ended(kind)
			}
			if err != nil {
				cancel()
				drain(chunks)
				return err
			}
		}
	}
	return group.Wait()
}

// gather waits for chunks until they are worth a transaction, or reports that there are no
// more.
func gather(chunks <-chan chunk, limit int) (batch []chunk, more bool) {
	size := 0
	for c := range chunks {
		batch = append(batch, c)
		if size += len(c.page.Body); size >= limit {
			return batch, true
		}
	}
	return batch, false
}

// drain lets readers end: nobody wants what they read any more.
func drain(chunks <-chan chunk) {
	for more := true; more; {
		_, more = <-chunks
	}
}

// send reads one source into the channel.
func (src source) send(ctx context.Context, i int, chunks chan<- chunk) error {
	put := func(c chunk) error {
		select {
		case chunks <- c:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	for page, err := range src.pages(ctx) {
		if err != nil {
			return err
		}
		if err := put(chunk{source: i, page: page}); err != nil {
			return err
		}
	}
	return put(chunk{source: i, end: true})
}

// ingest stores a page of a kind.
func (ss *session) ingest(ctx context.Context, phase string, kind kinds.Kind, page netbox.Page) error {
	n, err := ss.s.db.ingest(ctx, ss.tx, kind, page.Objects)
	if err != nil {
		return err
	}
	counts := ss.result.Kinds[kind.Name]
	counts.Upserted += n
	if n > 0 {
		ss.result.Kinds[kind.Name] = counts
	}
	ss.progress(phase, kind.Name, page)
	return nil
}

func (ss *session) progress(phase, kind string, page netbox.Page) {
	e := Event{Phase: phase, Kind: kind, Done: ss.done[kind] + page.Len}
	if page.Count > page.Len {
		e.Total = ss.done[kind] + page.Count
	}
	ss.done[kind] = e.Done
	ss.s.cfg.Progress(e)
}

// drop deletes rows that NetBox no longer shows.
func (ss *session) drop(ctx context.Context, kind kinds.Kind, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	lost, err := pick[int](ctx, ss.tx, ss.statement("query/sync_unexplained"), idList(ids), sql.Named("type", kind.ObjectType))
	if err != nil {
		return err
	}
	if ss.lost[kind.Name] += lost[0]; lost[0] > 0 {
		if err := ss.touchStanding(ctx, kind, ids); err != nil { // they may be out of sight and elsewhere
			return err
		}
	}
	if kind.IsOwned() {
		if err := run(ctx, ss.tx, ss.statementFor("query/lost_insert", kind), idList(ids), sql.Named("type", kind.ObjectType)); err != nil {
			return err
		}
	}
	if err := run(ctx, ss.tx, ss.statementFor("query/object_delete", kind), idList(ids)); err != nil {
		return err
	}
	counts := ss.result.Kinds[kind.Name]
	counts.Deleted += len(ids)
	ss.result.Kinds[kind.Name] = counts
	return nil
}

// scan reads whole kinds: what is not on their pages is dropped.
func (ss *session) scan(ctx context.Context, list []kinds.Kind) error {
	seen, parts := map[string][]int64{}, map[string]int{}
	var sources []source
	for _, kind := range list {
		whole, err := ss.whole(ctx, kind)
		if err != nil {
			return err
		}
		sources = append(sources, whole...)
		parts[kind.Name] = len(whole)
	}
	each := func(kind kinds.Kind, page netbox.Page) error {
		seen[kind.Name] = append(seen[kind.Name], page.IDs...)
		return ss.ingest(ctx, "scan", kind, page)
	}
	ended := func(kind kinds.Kind) error {
		if parts[kind.Name]--; parts[kind.Name] > 0 {
			return nil
		}
		return ss.dropUnseen(ctx, kind, seen[kind.Name])
	}
	return ss.read(ctx, sources, each, ended)
}

// large is the id from which on a kind is read in parts, concurrently.
const large = 5000

// whole reads all of a kind. If it may be large, each reader reads a range of ids; the
// last range is open, for what is created meanwhile.
func (ss *session) whole(ctx context.Context, kind kinds.Kind) ([]source, error) {
	if !kind.Watched {
		return ss.listing(ctx, kind, nil)
	}
	top, err := ss.network(ctx).Last(ctx, kind)
	if err != nil {
		return nil, ss.tolerate(kind, err)
	}
	if top < large {
		return ss.listing(ctx, kind, nil)
	}
	var sources []source
	width := top / readers
	for i := range int64(readers) {
		ids := between(i*width, (i+1)*width)
		if i == readers-1 {
			ids.Del("id__lte")
		}
		part, err := ss.listing(ctx, kind, ids)
		if err != nil {
			return nil, err
		}
		sources = append(sources, part...)
	}
	return sources, nil
}

func (ss *session) dropUnseen(ctx context.Context, kind kinds.Kind, seen []int64) error {
	if ss.before[kind.Name] == 0 {
		return nil
	}
	gone, err := pick[int64](ctx, ss.tx, ss.statementFor("query/object_unseen", kind), idList(seen))
	if err != nil {
		return err
	}
	if ss.scope.narrows(kind) { // it may be elsewhere by now
		ss.touch(kind.Name, gone...)
		return nil
	}
	return ss.drop(ctx, kind, gone)
}

// statement is a statement of sql/ for all kinds.
func (ss *session) statement(name string) sqlfile.Statement { return ss.s.db.statements.Get(name) }

// statementFor is a statement of sql/ for one kind.
func (ss *session) statementFor(name string, kind kinds.Kind) sqlfile.Statement {
	return ss.s.db.statements.For(name, kind)
}

// kinds are those of the mirror.
func (ss *session) kinds() kinds.Registry { return ss.s.db.kinds }

// sign updates the signatures of what changed.
func (ss *session) sign(ctx context.Context) error {
	owned := ss.kinds().Owned()
	for _, kind := range owned {
		if ss.result.Kinds[kind.Name] == (Counts{}) && !ss.cut && !ss.scope.evicted[kind.Name] {
			continue
		}
		for _, st := range []sqlfile.Statement{ss.statementFor("query/sign_lost", kind), ss.statementFor("query/sign_again", kind)} {
			if err := run(ctx, ss.tx, st); err != nil {
				return err
			}
		}
	}
	if err := ss.s.db.Sign(ctx, ss.tx); err != nil {
		return err
	}
	err := run(ctx, ss.tx, ss.statement("query/signature_sweep"))
	return err
}

// Sign updates the signatures of the objects written since the last time.
func (db *DB) Sign(ctx context.Context, tx execer) error {
	due, err := pick[string](ctx, tx, db.statements.Get("query/sign_due"))
	if err != nil {
		return err
	}
	for _, name := range due {
		kind := db.kinds.Must(name)
		for _, st := range []sqlfile.Statement{db.statements.For("query/sign", kind), db.statements.For("query/sign_done", kind)} {
			if err := run(ctx, tx, st); err != nil {
				return err
			}
		}
	}
	return nil
}
