package mirror

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

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

	// Logger takes diagnostics. Defaults to none.
	Logger *slog.Logger

	// Progress is called as pages come in, never from two goroutines at once. It must not
	// use the mirror: the sync holds its one connection.
	Progress func(Event)
}

// Event is the progress of a sync.
type Event struct {
	Phase string // changes, scan, refetch, verify, or Done
	Kind  string // "" if it is not about one kind
	Done  int    // objects of the kind so far
}

// Done is the phase of the last event of a sync, however it ended.
const Done = "done"

// Options of one sync.
type Options struct {
	Full   bool // read everything, even if less would do
	Verify bool // count all kinds, and ask all for edits
	Force  bool // accept that most of a kind vanished; see MassError
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
	if cfg.Horizon < 0 || cfg.History < 0 || cfg.FullAfter < 0 {
		return nil, errors.New("new syncer: a negative duration or number")
	}
	if cfg.FullAfter == 0 {
		cfg.FullAfter = defaultFull
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Progress == nil {
		cfg.Progress = func(Event) {}
	}
	return &Syncer{cfg: cfg, db: cfg.DB, client: cfg.Client}, nil
}

// restartError ends an incremental sync that found a reason for a full one.
type restartError struct {
	reason string
	clear  bool // the changelog went backwards
}

func (e *restartError) Error() string { return "full sync needed: " + e.reason }

// Sync updates the mirror: everything the first time, and whenever the mirror cannot be
// trusted; else what changed. It is one transaction: a sync that fails leaves the mirror
// as it was. It fails with [*OtherError], [*MassError] and the errors of package netbox.
func (s *Syncer) Sync(ctx context.Context, opt Options) (Result, error) {
	defer s.cfg.Progress(Event{Phase: Done})
	began, asked := s.db.now(), s.client.Requests()
	server, err := s.client.Probe(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("sync: %w", err)
	}
	if server.Now.IsZero() {
		server.Now = began.UTC()
	}
	st, err := s.db.loadState(ctx, s.db.db)
	if err != nil {
		return Result{}, fmt.Errorf("sync: %w", err)
	}
	if st.url != "" && st.url != s.client.URL() {
		return Result{}, &OtherError{s.db.path, st.url, s.client.URL()}
	}
	cause := &restartError{reason: s.whyFull(st, server, opt)}
	for {
		ss := s.session(server, st, opt)
		err := ss.commit(ctx, cause)
		if restart := (*restartError)(nil); cause.reason == "" && errors.As(err, &restart) {
			cause = restart
			continue
		}
		if err != nil {
			return Result{}, fmt.Errorf("sync: %w", err)
		}
		ss.result.Requests = int(s.client.Requests() - asked)
		ss.result.Duration = s.db.now().Sub(began)
		return ss.result, nil
	}
}

// whyFull says why everything must be read, "" if it need not.
func (s *Syncer) whyFull(st state, server netbox.Server, opt Options) string {
	plugins, _ := json.Marshal(server.Plugins)
	switch {
	case st.syncedAt.IsZero():
		return "first sync"
	case opt.Full:
		return "requested"
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
