// Package engine is the front door of diet: the reconcile loop as a library.
//
// [New] opens the mirror and compiles the policies; [Engine.Sync] reads NetBox,
// [Engine.Diff] and [Engine.Preview] compare a plan with it and let the policies
// decide, [Engine.Apply] writes what was agreed and verifies that nothing acting
// is left. Every call reads what is and acts on the difference: none relies on
// having seen an event, and a second one right after a first sends nothing.
//
// The package joins generate, mirror and its own subpackages, which do not know
// one another. It prints nothing and reads no flags.
package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/approval"
	"github.com/diet-project/diet/engine/call"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
	"github.com/diet-project/diet/mirror/store"
	sqlfile "github.com/diet-project/diet/sql"
)

// Config configures an engine.
type Config struct {
	// URL and Token are NetBox's. Without a URL nothing can be synced or applied.
	URL   string
	Token string

	// Branch is the branch of NetBox to work in; see [OpenBranch]. Defaults to NetBox itself.
	Branch *netbox.Branch

	// TLS is how to check who NetBox is, and to prove who diet is.
	TLS netbox.TLS

	// Mirror is the path of the SQLite file. With Rebuild it is made anew.
	Mirror  string
	Rebuild bool

	// Sites are the slugs of those that the mirror is narrowed to; it also holds whatever bears
	// diet's marks. Defaults to all of NetBox.
	Sites []string

	// Store is the file of what is no cache: previews, runs and their journal; or the address
	// of a database of PostgreSQL. Defaults to the mirror's path with .store.db for .db.
	Store string

	// Files says whether mirror and store are made where they are not there.
	Files Files

	// Policies are folders with a team's own rules.
	Policies []string

	// PolicyKey is a file with the key that policy bundles must be signed by.
	PolicyKey string

	// DecisionLog gets what the policies decide for previews and runs, as JSON lines. Optional.
	DecisionLog io.Writer

	// Approvers are those who may approve previews.
	Approvers approval.Approvers

	// Approving reports whether somebody for whom a diet serve signed may still approve. Optional: by default whoever did.
	Approving func(person string) bool

	// Waivers are the shipped guards that are switched off: the reason by rule id.
	Waivers map[string]string

	// Exceptions switch guards off for some changes, until they expire.
	Exceptions []policy.Exception

	// Resolutions is the file with people's answers. Defaults to resolutions.yaml beside the plan.
	Resolutions string

	// Index makes what pages need to look a preview through without reading all of it; it is stored
	// along with the preview. The topology is nil where none is known. Optional.
	Index func(p *Preview, topo *generate.Topology) (map[string][][]byte, error)

	// Answer adds answers to a file of them, in place of writing it there: the file is of a
	// branch of a repository, which others write too. Defaults to [answer.Edit].
	Answer func(ctx context.Context, file string, given []answer.Answer) error

	// Actors names users whose changes do not count as a person's.
	Actors Actors

	// History is how long the mirror keeps NetBox's changes. Defaults to forever.
	History time.Duration

	// Keep is how long the store keeps what nothing needs any more. Defaults to forever.
	Keep Keep

	// Rebase learns the ids of shared objects anew, where NetBox moved to another server: of
	// what differs, nothing but diet's own records is written.
	Rebase bool

	// AnyPolicies has faulty policies left out: for who looks, and decides nothing. What is decided
	// nevertheless, such as for a view in SQL, is told to be by the shipped ones; no status is.
	AnyPolicies bool

	// Call are the settings under which diet was called: the commands that it prints have them too.
	Call call.Flags

	// Version is diet's own version.
	Version string

	// Batch is the number of objects per write request. Defaults to 50.
	Batch int

	// Parallel is the number of concurrent write requests. Defaults to 4.
	Parallel int

	// Rate is the maximum number of requests a second to NetBox. Defaults to no limit.
	Rate int

	// PartialView has the token see only a part of what stands in sites and racks: what is
	// hidden there holds no creates.
	PartialView bool

	// Wait is how long NetBox may still carry out a write whose answer was lost: an apply,
	// and the next one, keep checking for that long. Defaults to 2 minutes.
	Wait time.Duration

	// Host and User say where this is and who works here, to others that want to write
	// the same plan.
	Host, User string

	// By is the person on whose behalf this runs, where that is not the user of this machine:
	// NetBox's changelog names them. "" is nobody in particular.
	By string

	// Now returns the current time. Defaults to time.Now.
	Now func() time.Time

	// Logger receives diagnostics. Defaults to none.
	Logger *slog.Logger

	// Progress is called for every batch of an apply. Optional.
	Progress func(apply.Event)

	// SyncProgress is called for every page of a sync. Optional.
	SyncProgress func(mirror.Event)

	// Notice is called with what a person should know and did not ask for. Optional.
	Notice func(line string)

	// Step is called with what is done next where that may take long, and with "" at its
	// end. Optional.
	Step func(what string)
}

// Actors are NetBox users whose changes do not count as a person's.
type Actors struct {
	Diet   []string // diet's own, besides the token's
	System []string // NetBox's scripts and other tools
}

// ErrNoNetBox is returned when a call needs NetBox and none is configured.
var ErrNoNetBox = errors.New("no netbox is configured")

// Engine is one NetBox, its mirror and its policies.
type Engine struct {
	cfg      Config
	db       *mirror.DB
	store    store.Store
	client   *netbox.Client // nil without a URL
	trunk    *netbox.Client // the same NetBox, outside of any branch
	policies *policy.Engine
	faulty   string                 // why those are the shipped ones alone; "" where they are not
	told     atomic.Bool            // of the faulty ones
	user     atomic.Pointer[string] // the token's, once asked for

	scratch   string       // a folder that is there as long as the engine, "" for none
	unscratch func() error // removes it
	ran       store.Store  // of NetBox as it was: what it ran is elsewhere, nil for no such
}

// New opens the mirror and compiles the policies. It does not connect to NetBox yet.
func New(ctx context.Context, cfg Config) (*Engine, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Step == nil {
		cfg.Step = func(string) {}
	}
	if cfg.Notice == nil {
		cfg.Notice = func(string) {}
	}
	e := &Engine{cfg: cfg}
	err := e.loadPolicies(ctx)
	if err != nil {
		return nil, err
	}
	if cfg.URL != "" {
		if e.trunk, err = cfg.connect(nil); err != nil {
			return nil, err
		}
		e.client = e.trunk
		if cfg.Branch != nil {
			if e.client, err = cfg.connect(cfg.Branch); err != nil {
				return nil, err
			}
		}
	}
	if store.IsAddress(cfg.Mirror) {
		return nil, errors.New("open mirror: want a file, not an address") // which may hold a password
	}
	if err := e.openFiles(ctx); err != nil {
		return nil, err
	}
	return e, nil
}

// loadPolicies reads the policies. Where nothing that is written hangs on them, faulty ones are left out,
// which is told once something is decided.
func (e *Engine) loadPolicies(ctx context.Context) (err error) {
	if e.policies, err = policy.New(ctx, e.cfg.PolicyConfig()); err == nil || !e.cfg.AnyPolicies || ctx.Err() != nil {
		return err
	}
	shipped := e.cfg
	shipped.Policies, shipped.PolicyKey, shipped.Waivers, shipped.Exceptions = nil, "", nil, nil
	e.faulty = err.Error()
	e.policies, err = policy.New(ctx, shipped.PolicyConfig())
	return err
}

// tellFaulty says, before anything is decided, that it is by the shipped policies alone.
func (e *Engine) tellFaulty() {
	if e.faulty != "" && !e.told.Swap(true) {
		e.cfg.Notice(fmt.Sprintf("warning: the policies cannot be used, and what is shown is by the shipped ones alone: %s", e.faulty))
	}
}

// PolicyConfig says where the policies come from, and what turns guards off.
func (c Config) PolicyConfig() policy.Config {
	return policy.Config{
		Dirs: c.Policies, Key: c.PolicyKey, Waivers: c.Waivers, Exceptions: c.Exceptions, Kinds: kindNames(), Fields: fieldTypes(),
		Shapes: shapes(), Dependents: dependentNames(), Marks: kinds.Marks(),
	}
}

// shapes say of each kind which changes there are of it, and what rules see of its objects.
func shapes() map[string]policy.Shape {
	out, all := map[string]policy.Shape{}, kinds.Standard()
	for _, k := range all.All() {
		s := policy.Shape{
			Owned: k.IsOwned(), Shared: k.Role == kinds.Shared, Made: k.Templates != "", Parent: k.ParentKind(), Sees: map[string]string{},
		}
		for _, f := range k.Stored() {
			s.Sees[f.Name] = ""
			if f.Type == kinds.Choice && f.Name == policy.Status {
				s.Sees[f.Name] = policy.Status
			}
			if to, known := all.Of(f.To); known && f.Type == kinds.Reference && to.CalledBy() == policy.Slug {
				s.Sees[f.Name] = policy.Slug
			}
		}
		out[k.Name] = s
	}
	return out
}

// dependentNames are the kinds of what may depend on an object, and of what people write on it.
func dependentNames() []string {
	names := map[string]bool{}
	for _, word := range change.WrittenKinds() {
		names[word] = true
	}
	for _, k := range kinds.Standard().Known() {
		names[k.Name] = true
		for _, field := range k.Content {
			names[field] = true
		}
		for field := range k.Given {
			names[field] = true
		}
		for _, f := range k.Fields {
			names[f.Name] = names[f.Name] || f.Personal || k.IsOwned()
		}
	}
	maps.DeleteFunc(names, func(_ string, is bool) bool { return !is })
	return slices.Sorted(maps.Keys(names))
}

// kindNames are the kinds that policies may name.
func kindNames() []string {
	var names []string
	for _, k := range kinds.Standard().All() {
		names = append(names, k.Name)
	}
	return names
}

// fieldTypes are the fields that policies may name, by kind, with the JSON type of what they hold: the
// kind's, and what stands in diet's record alone. Tags and custom fields are fields of their own.
func fieldTypes() map[string]map[string]string {
	types := map[kinds.Type]string{
		kinds.Reference: policy.Reference, kinds.End: policy.Reference,
		kinds.Text: "string", kinds.Choice: "string", kinds.Integer: "integer", kinds.Number: "number", kinds.Bool: "boolean",
	}
	out := map[string]map[string]string{}
	for _, k := range kinds.Standard().All() {
		out[k.Name] = map[string]string{change.ObjectID: "", change.PlanUID: ""}
		for _, f := range k.Fields {
			if f.Type != kinds.Tags && f.Type != kinds.Custom {
				out[k.Name][f.Name] = types[f.Type]
			}
		}
	}
	return out
}

// Close closes the mirror and the store.
func (e *Engine) Close() error {
	err := errors.Join(e.db.Close(), e.store.Close())
	if e.unscratch != nil {
		err = errors.Join(err, e.unscratch())
	}
	return err
}

// Sync updates the mirror from NetBox, then checks that NetBox is set up for diet. If it
// is not, it returns ErrNotProvisioned with the result.
func (e *Engine) Sync(ctx context.Context, opt mirror.Options) (mirror.Result, error) {
	result, err := e.sync(ctx, opt)
	if err != nil {
		return result, err
	}
	return result, e.checkProvisioned(ctx)
}

func (e *Engine) sync(ctx context.Context, opt mirror.Options) (mirror.Result, error) {
	syncer, err := e.syncer(ctx)
	if err != nil {
		return mirror.Result{}, err
	}
	result, err := syncer.Sync(ctx, opt)
	if !e.isDamaged(err) {
		return result, err
	}
	if err := e.remake(ctx, err); err != nil {
		return mirror.Result{}, err
	}
	if syncer, err = e.syncer(ctx); err != nil {
		return mirror.Result{}, err
	}
	return syncer.Sync(ctx, opt)
}

// syncer is one for this NetBox, and knows whose changes are whose.
func (e *Engine) syncer(ctx context.Context) (*mirror.Syncer, error) {
	if e.client == nil {
		return nil, ErrNoNetBox
	}
	actors, err := e.actors(ctx)
	if err != nil {
		return nil, err
	}
	return mirror.NewSyncer(mirror.SyncerConfig{
		DB: e.db, Client: e.client, Actors: actors, Keep: e.cfg.History, Sites: e.cfg.Sites,
		Logger: e.cfg.Logger, Progress: e.cfg.SyncProgress,
	})
}

// actors says whose changes are whose: the token's user is diet, besides those that are
// configured.
func (e *Engine) actors(ctx context.Context) (mirror.Actors, error) {
	user := e.user.Load()
	if user == nil {
		name, err := e.client.User(ctx)
		if err != nil {
			return mirror.Actors{}, fmt.Errorf("sync: %w", err)
		}
		user = &name
		e.user.Store(user)
	}
	a := mirror.Actors{Diet: e.cfg.Actors.Diet, System: e.cfg.Actors.System}
	if *user != "" {
		a.Diet = append([]string{*user}, a.Diet...)
	}
	var err error
	a.Requests, err = e.store.Requests(ctx, e.client.Instance())
	return a, err
}

// hashOf is the SHA-256 of values as JSON.
func hashOf(values []any) string {
	h := sha256.New()
	_ = json.NewEncoder(h).Encode(values) // of plain values: cannot fail
	return hex.EncodeToString(h.Sum(nil))
}

// netbox is the address of the NetBox that the store's rows are of: the configured one, or
// else that of the mirror.
func (e *Engine) netbox(ctx context.Context) (string, error) {
	if e.client != nil {
		return e.client.Instance(), nil
	}
	return e.db.URL(ctx)
}

func (e *Engine) now() time.Time { return e.cfg.Now() }

// stamp is the time as the journal writes it: of fixed width, so that it sorts.
func (e *Engine) stamp() string { return e.now().UTC().Format(stampLayout) }

const stampLayout = "2006-01-02T15:04:05.000000Z"

func (e *Engine) sql() *sqlx.DB { return e.db.SQL() }

// selectAll runs one query of sql/ and reads all its rows.
func (e *Engine) selectAll(ctx context.Context, dest any, name string, args ...any) error {
	return e.selectStatement(ctx, dest, e.db.Statements().Get(name), args...)
}

func (e *Engine) selectStatement(ctx context.Context, dest any, st sqlfile.Statement, args ...any) error {
	if err := e.sql().SelectContext(ctx, dest, st.Text, args...); err != nil {
		return fmt.Errorf("run %s: %w", st.Name, err)
	}
	return nil
}

// Age says how long ago the mirror was synced.
func (e *Engine) Age(ctx context.Context) (time.Duration, error) {
	age, err := e.db.Age(ctx)
	return age.Round(time.Second), err
}
