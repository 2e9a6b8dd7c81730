package mirror

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
)

// SyncerConfig says what to sync from where.
type SyncerConfig struct {
	DB     *DB
	Client *netbox.Client

	// Horizon is how far back the changelog and last_updated are read again each time:
	// NetBox's rows have the time at which they were written, and become visible when
	// their transaction ends. Defaults to 15 minutes; 70 with the branching plugin, whose
	// merges take up to an hour.
	Horizon time.Duration

	// History is how many of the newest changes the first sync reads, for
	// blame. Defaults to 20,000; 5,000 before NetBox 4.6, whose changelog is
	// slow.
	History int64

	// Actors say whose changes are whose.
	Actors Actors

	// FullAfter is when to read everything again in any case. Defaults to 7 days.
	FullAfter time.Duration

	// Keep is how long changes are kept. Defaults to forever.
	Keep time.Duration

	// Sites are the slugs of those that the mirror is narrowed to; it also holds whatever bears
	// diet's marks. Defaults to all of NetBox.
	Sites []string

	// Spill is how many bytes of what a sync reads may change the mirror all at once, at
	// its end. Beyond that they are committed as they come, and the mirror counts as not
	// synced until the end. Defaults to 16 MB.
	Spill int

	// Logger takes diagnostics. Defaults to none.
	Logger *slog.Logger

	// Progress is called as pages come in, never from two goroutines at once. It must not
	// use the mirror: the sync may hold its one connection.
	Progress func(Event)
}

// Event is the progress of a sync.
type Event struct {
	Phase string // changes, scan, refetch, verify, Waiting or Done
	Kind  string // "" if it is not about one kind
	Done  int    // objects of the kind so far
	Total int    // of how many; 0 where NetBox does not say
}

// Done is the phase of the last event of a sync, however it ended.
const Done = "done"

// Options of one sync.
type Options struct {
	Full   bool // read everything, even if less would do
	Verify bool // count all kinds, and ask all for edits
	Force  bool // accept that most of a kind vanished; see MassError

	// Sites are slugs of more sites for a mirror of some, from now on.
	Sites []string

	// Whole are kinds to read whole in any case: their objects may differ in ways that
	// neither the changelog nor last_updated tells.
	Whole []kinds.Kind
}

// Result is what a sync did.
type Result struct {
	Full     bool
	Reason   string // why it was full
	Requests int
	Kinds    map[string]Counts // those that changed
	Changes  int               // rows of the changelog that are new
	Duration time.Duration
	Server   netbox.Server
	Warnings []string

	// Sites are the slugs of those that the mirror is narrowed to; none if it holds all.
	Sites []string `json:",omitempty"`
}

// Counts is what a sync did to the rows of a kind.
type Counts struct{ Upserted, Deleted int }

// Syncer keeps a mirror in sync with NetBox.
type Syncer struct {
	cfg    SyncerConfig
	db     *DB
	client *netbox.Client
}

const (
	defaultHorizon  = 15 * time.Minute
	branchHorizon   = 70 * time.Minute
	branchPlugin    = "netbox_branching"
	defaultHistory  = 20_000
	slowHistory     = 5_000
	defaultFull     = 7 * 24 * time.Hour
	defaultSpill    = 16 << 20
	batchBytes      = 4 << 20             // so much is read before it is written
	longestPause    = 30 * 24 * time.Hour // beyond it, the changelog may have been pruned
	readers         = 2                   // kinds read concurrently
	sharedEvery     = 10 * time.Minute    // how often shared kinds are asked for edits that the changelog lacks, and all are counted
	overlap         = 2 * time.Minute     // how far back edits are listed where the window is broad and its count agrees
	broadWindow     = 1000                // rows
	massRows        = 20
	massShare       = 2   // one in
	detailsByID     = 200 // beyond so many rows, a page of changes is read again rather than row by row
	changelogDenied = "the token may not read NetBox's changelog: every sync reads everything, and there is no blame"
)

// NewSyncer returns a syncer.
func NewSyncer(cfg SyncerConfig) (*Syncer, error) {
	if cfg.DB == nil || cfg.Client == nil {
		return nil, errors.New("new syncer: DB and Client are needed")
	}
	if cfg.Horizon < 0 || cfg.History < 0 || cfg.Spill < 0 || cfg.FullAfter < 0 {
		return nil, errors.New("new syncer: a negative duration or number")
	}
	if cfg.FullAfter == 0 {
		cfg.FullAfter = defaultFull
	}
	if cfg.Spill == 0 {
		cfg.Spill = defaultSpill
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Progress == nil {
		cfg.Progress = func(Event) {}
	}
	cfg.Sites = sorted(cfg.Sites)
	return &Syncer{cfg: cfg, db: cfg.DB, client: cfg.Client}, nil
}

// restartError ends an incremental sync that found a reason for a full one.
type restartError struct {
	reason string
	clear  bool // the changelog went backwards
}

func (e *restartError) Error() string { return "full sync needed: " + e.reason }

// Sync updates the mirror: everything the first time, and whenever the mirror cannot be
// trusted; else what changed. It waits for another sync of the same mirror to end, and
// holds no lock on it while it waits for NetBox. A sync that fails leaves the mirror as
// it was or, if it was a first or a large one, as one that is not synced. It fails with
// [*OtherError], [*MassError] and the errors of package netbox.
func (s *Syncer) Sync(ctx context.Context, opt Options) (Result, error) {
	defer s.cfg.Progress(Event{Phase: Done})
	result, err := s.alone(ctx, func() (Result, error) { return s.sync(ctx, opt) })
	if err != nil {
		return Result{}, fmt.Errorf("sync: %w", err)
	}
	return result, nil
}

// alone runs f while no other sync of the mirror does, and measures it.
func (s *Syncer) alone(ctx context.Context, f func() (Result, error)) (Result, error) {
	release, err := s.db.lock(ctx, func() { s.cfg.Progress(Event{Phase: Waiting}) })
	if err != nil {
		return Result{}, err
	}
	defer release()
	began, asked := s.db.now(), s.client.Requests()
	result, err := f()
	result.Requests = int(s.client.Requests() - asked)
	result.Duration = s.db.now().Sub(began)
	return result, err
}

func (s *Syncer) sync(ctx context.Context, opt Options) (Result, error) {
	server, err := s.client.Probe(ctx)
	if err != nil {
		return Result{}, err
	}
	local := s.db.now()
	if server.Now.IsZero() {
		server.Now = local.UTC()
	}
	var cause *restartError
	for {
		st, err := s.state(ctx)
		if err != nil {
			return Result{}, err
		}
		st.widened = sorted(append(st.widened, opt.Sites...))
		turned := st.turnBack(server.Now, local)
		first := cause == nil
		if first {
			cause = &restartError{reason: s.whyFull(st, server, opt)}
		}
		ss := s.session(server, st, opt)
		ss.began, ss.turned = local, turned
		err = ss.commit(ctx, cause)
		if restart := (*restartError)(nil); first && cause.reason == "" && errors.As(err, &restart) {
			cause = restart
			continue
		}
		return ss.result, err
	}
}

// state is where the mirror continues from, if it is of this NetBox.
func (s *Syncer) state(ctx context.Context) (state, error) {
	st, err := s.db.loadState(ctx, s.db.db)
	if err == nil && st.url != "" && st.url != s.client.Instance() {
		err = &OtherError{s.db.path, st.url, s.client.Instance()}
	}
	return st, err
}

// whyFull says why everything must be read, "" if it need not.
func (s *Syncer) whyFull(st state, server netbox.Server, opt Options) string {
	plugins, _ := json.Marshal(server.Plugins)
	switch {
	case st.unfinished():
		return "the last sync did not end"
	case st.syncedAt.IsZero():
		return "first sync"
	case opt.Full:
		return "requested"
	case !slices.Equal(st.sites, s.cfg.Sites):
		return "mirror.sites changed"
	case st.version != server.FullVersion:
		return fmt.Sprintf("NetBox went from %s to %s", st.version, server.FullVersion)
	case st.plugins != string(plugins):
		return "the plugins of NetBox changed"
	case server.Now.Sub(st.server) > longestPause:
		return "the last sync is too long ago"
	case server.Now.Sub(st.fullAt) > s.cfg.FullAfter:
		return "the last full sync is " + s.cfg.FullAfter.String() + " ago"
	case st.low < 0:
		return "the changelog could not be read"
	}
	return ""
}

// horizon of a server.
func (s *Syncer) horizon(server netbox.Server) time.Duration {
	if s.cfg.Horizon != 0 {
		return s.cfg.Horizon
	}
	if _, ok := server.Plugins[branchPlugin]; ok {
		return branchHorizon
	}
	return defaultHorizon
}
