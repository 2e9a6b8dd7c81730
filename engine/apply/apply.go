// Package apply carries out a change set that the policies have decided on.
//
// It orders the acting changes by what they need, sends them to NetBox in bulk requests
// that are one transaction each, writes every request to a journal before sending it,
// and reports what became of every object. Every create carries its ownership in the
// same request, so that a fresh sync and diff continue a run that lost its journal:
// nothing is created twice.
//
// The package sees NetBox, the journal and the clock as interfaces; it never syncs,
// never asks a policy, and prints nothing.
package apply

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate/natural"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
)

// Writer is the part of NetBox that the applier writes through. Each call is one
// request and one transaction of at most a batch of objects. Errors are
// [*netbox.Error].
type Writer interface {
	Create(ctx context.Context, kind string, items []map[string]any, opt netbox.Write) (netbox.Result, error)
	Update(ctx context.Context, kind string, items []map[string]any, opt netbox.Write) (netbox.Result, error)
	Delete(ctx context.Context, kind string, ids []int64, opt netbox.Write) (netbox.Result, error)
}

// Reader answers the questions that cannot wait for the next sync.
type Reader interface {
	// Instantiated returns the parts of a kind that NetBox made for what they refer to by a
	// field: new devices, or new modules. They are by device id and name.
	Instantiated(ctx context.Context, kind, of string, wholes []int64) (map[int64]map[string]int64, error)

	// Bearing returns the NetBox ids of the objects that have the given diet ids: what a
	// request of unknown outcome created.
	Bearing(ctx context.Context, kind string, objects []string) (map[string]int64, error)

	// Named returns the NetBox ids of the objects that have the natural keys of payloads;
	// 0 where there is none.
	Named(ctx context.Context, kind string, payloads []map[string]any) ([]int64, error)

	// Versions returns last_updated of objects by id, without those that are gone.
	Versions(ctx context.Context, kind string, ids []int64) (map[int64]string, error)

	// Changed returns those of the objects whose tracked values are no longer as given,
	// with who changed them.
	Changed(ctx context.Context, kind string, before map[int64]*change.Before) (map[int64]*change.Blame, error)

	// Attached returns, of objects that are about to be deleted, what others have attached
	// to them since they were judged, or changed of what goes along or is plugged into them, in
	// a sentence.
	Attached(ctx context.Context, run string, doomed []*change.Change) (map[int64]string, error)

	// Casualties returns what of others the deletion of objects, a request, has taken along, also though
	// nobody had foreseen it.
	Casualties(ctx context.Context, run, requestID string, doomed []*change.Change) ([]Casualty, error)

	// Held returns an object as the mirror has it, nil where it is not there.
	Held(ctx context.Context, kind string, id int64) (*change.Before, error)

	// Overwritten is Changed for edits that no changelog and no version shows: it reads the
	// objects themselves.
	Overwritten(ctx context.Context, kind string, before map[int64]*change.Before) (map[int64]*change.Blame, error)

	// Facts returns the fields of all objects of a kind that others refer to, by id, from
	// the mirror.
	Facts(ctx context.Context, kind string) (map[int64]map[string]any, error)

	// Required are the custom fields without which NetBox refuses an object of a kind.
	Required(ctx context.Context, kind string) ([]string, error)

	// PortDevices returns the devices of ports, which are named as [change.Port] does,
	// without the ports that are of none.
	PortDevices(ctx context.Context, ports []string) (map[string]int64, error)
}

// Journal is written ahead of each request.
type Journal interface {
	// Sent records a request that is about to be sent and returns its number.
	Sent(ctx context.Context, r Request) (int64, error)

	// Done records the outcome of a request, and again if it was not known and is found
	// out later. requestID is NetBox's X-Request-ID.
	Done(ctx context.Context, seq int64, requestID string, err error) error
}

// Request is one journal entry.
type Request struct {
	Batch   string // also in NetBox's changelog message, from 4.4 on
	Method  string // POST, PATCH or DELETE
	Kind    string
	Objects []string // diet ids

	// Payload is what is sent, for a deletion the NetBox ids. Inverse is, object by
	// object, what was there: nil for a create.
	Payload []any
	Inverse []*Prior

	// Guarded is true under If-Match: of this request and one sent later in its place,
	// only one can commit.
	Guarded bool
}

// Config holds what an [Applier] needs.
type Config struct {
	Writer  Writer
	Reader  Reader
	Journal Journal

	// Ahead is called ahead of each request; an error ends the run. Defaults to nothing.
	Ahead func(context.Context) error

	// Run names the run; it prefixes every batch id.
	Run string

	// By is the person on whose behalf the run writes: NetBox's changelog names them. "" is
	// nobody in particular.
	By string

	// UID is the plan's, "" for none: it stands in diet's record of every object.
	UID string

	// Version is diet's own version, written as diet_generator_version.
	Version string

	// Batch is the maximum number of objects per request: fewer go into one where NetBox
	// takes long, or gives no answer. Defaults to 50.
	Batch int

	// Parallel is the maximum number of concurrent requests. Defaults to 4: NetBox's own
	// set-up serves more, and one client gains little from them.
	Parallel int

	// IfMatch says that the server honours If-Match (NetBox 4.6 and later). Without it,
	// the versions are read again right before each batch.
	IfMatch bool

	// PortMappings says that front ports name their rear ports in a list (NetBox 4.5 and later).
	PortMappings bool

	// Now returns the current time. Defaults to time.Now.
	Now func() time.Time

	// Progress is called for every batch that has been answered, never from two goroutines
	// at once. Optional.
	Progress func(Event)

	// Wait is how long to keep checking a request of unknown outcome: as long as NetBox
	// may still carry it out. Defaults to 2 minutes.
	Wait time.Duration
}

// Event is the progress of an apply.
type Event struct {
	Phase string
	Done  int // objects dealt with so far
	Total int
}

// Done is the phase of an apply's last event, however it ended.
const Done = "done"

// Outcome is what became of one object.
type Outcome struct {
	Kind   string `json:"kind"`
	Object string `json:"object"`
	Name   string `json:"name"`
	ID     int64  `json:"netbox_id,omitempty"`
	Reason string `json:"reason,omitempty"`

	// Cause is the object whose failure has kept this one from being written.
	Cause string `json:"cause,omitempty"`
}

// Failure is an object that could not be written, and why.
type Failure struct {
	Object string `json:"object"`
	Kind   string `json:"kind"`
	Error  string `json:"error"`
}

// Casualty is an object of somebody else's that died along with what was deleted, or referred to that: it was
// attached in the moment of the deletion.
type Casualty struct {
	Kind string          `json:"kind"`
	ID   int64           `json:"netbox_id"`
	Name string          `json:"name"`
	User string          `json:"user,omitempty"` // who attached it
	Was  json.RawMessage `json:"was,omitempty"`  // as NetBox's changelog has it

	// Field is the one by which it referred to what was deleted, if it stays without it.
	Field string `json:"field,omitempty"`

	// Foreseen says that the preview named it.
	Foreseen bool `json:"-"`
}

// Loss is what others had attached to what was deleted, or had written on it, as the
// preview said: enough for a person to put it elsewhere.
type Loss struct {
	Kind   string `json:"kind"` // of what it was written on, or of what was attached
	ID     int64  `json:"netbox_id"`
	Object string `json:"object"` // what was deleted
	Name   string `json:"name"`

	// Field and Value are what was written; "" for what was attached.
	Field string `json:"field,omitempty"`
	Value any    `json:"value,omitempty"`

	Blame *change.Blame `json:"blame,omitempty"`

	// Was is what was attached, as NetBox's changelog has it, if it died along.
	Was json.RawMessage `json:"was,omitempty"`
}

// Result says what became of every object.
type Result struct {
	Run  string `json:"run"`
	Plan string `json:"plan"`
	// PlanDigest is that of the plan's file; "" for what is applied without one.
	PlanDigest string `json:"plan_digest,omitempty"`

	Created  []Outcome `json:"created"`
	Updated  []Outcome `json:"updated"`
	Deleted  []Outcome `json:"deleted"`
	Orphaned []Outcome `json:"orphaned"`
	Owned    []Outcome `json:"owned"`
	Skipped  []Outcome `json:"skipped"`
	Held     []Outcome `json:"held"`
	Failed   []Outcome `json:"failed"`
	Errors   []Failure `json:"errors"`

	// Casualties are what died along with what was deleted, though nobody had foreseen it.
	Casualties []Casualty `json:"casualties"`

	// Lost is what of others went with what was deleted, as the preview said.
	Lost []Loss `json:"lost"`

	// Findings are problems and notes that are not changes.
	Findings []change.Notice `json:"findings"`

	// Left counts what is not as the plan says by now, besides what is held.
	Left change.Rest `json:"left"`

	// Requests is the number of write requests sent.
	Requests int `json:"requests"`
}

// ErrInterrupted is returned by Apply when its context was cancelled. What was in flight
// has been finished; the result says what had been done.
var ErrInterrupted = errors.New("interrupted")

// stopError is what Ahead said: nothing is sent any more.
type stopError struct{ error }

func (e *stopError) Unwrap() error { return e.error }

// Applier carries out one set.
type Applier struct {
	cfg   Config
	set   *change.Set
	total int

	mu      sync.Mutex                          // guards what follows: requests run side by side
	ids     map[string]int64                    // NetBox ids by diet id, and kind:slug
	bad     map[string]string                   // what failed or was left out, and why
	freed   map[string]*freed                   // what gave up a name or a rack unit and has not got its own yet
	lent    map[string]bool                     // all that ever did
	home    map[string]map[string]any           // where cables were plugged in that are elsewhere for the moment, by end
	emptied map[string]map[string]any           // what fields referred to that NetBox emptied because this run deleted that
	cause   map[string]string                   // what an object that was left out waits for in the end
	facts   map[string]map[int64]map[string]any // what decides about names and places, by kind and id
	dying   map[string]bool                     // what is to be deleted
	parking []*change.Change                    // the temporary ports that this run made
	lost    map[thing]bool                      // what of others went along, as was foreseen
	was     map[thing]json.RawMessage           // what that was
	halves  map[string]bool                     // the shared objects that have a temporary slug until their parts are there
	beaten  []*item                             // those of them whose slug somebody else took meanwhile
	result  *Result
	faults  map[string]fault // how NetBox fails, by method and kind
	denied  int              // objects refused for lack of rights since the last one that was written
	seq     int
	done    int

	again sync.Mutex // held while objects are read again

	pace *pace
}

// New returns an applier. known holds the NetBox ids of the plan's existing objects, by
// diet id.
func New(cfg Config, known map[string]int64) *Applier {
	if cfg.Batch == 0 {
		cfg.Batch = 50
	}
	if cfg.Parallel == 0 {
		cfg.Parallel = 4
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Ahead == nil {
		cfg.Ahead = func(context.Context) error { return nil }
	}
	if cfg.Progress == nil {
		cfg.Progress = func(Event) {}
	}
	if cfg.Wait == 0 {
		cfg.Wait = 2 * time.Minute
	}
	return &Applier{
		cfg: cfg, ids: known, bad: map[string]string{}, emptied: map[string]map[string]any{}, cause: map[string]string{},
		freed: map[string]*freed{}, lent: map[string]bool{}, home: map[string]map[string]any{},
		facts: map[string]map[int64]map[string]any{}, pace: newPace(cfg.Batch), halves: map[string]bool{}, dying: map[string]bool{},
		lost: map[thing]bool{}, was: map[thing]json.RawMessage{}, faults: map[string]fault{},
	}
}

// Apply writes the acting changes. It returns a result even with an error, which is
// ErrInterrupted or what stopped the run as a whole; objects that failed alone are in
// the result.
func (a *Applier) Apply(ctx context.Context, set *change.Set) (*Result, error) {
	a.set = set
	a.result = newResult(a.cfg.Run, set.Plan)
	a.result.Findings = append(a.result.Findings, set.Findings...)
	a.total = set.Acting()
	defer a.result.sort()
	defer a.remember()
	a.leaveOut()
	defer a.cfg.Progress(Event{Phase: Done, Done: a.total, Total: a.total})
	for _, p := range a.phases() {
		a.cfg.Progress(Event{Phase: p.name, Done: min(a.done, a.total), Total: a.total})
		if err := interrupted(ctx, p.run(ctx)); err != nil {
			a.leaveRest(errors.Join(err, a.giveAllBack(ctx)))
			return a.result, fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return a.result, nil
}

// interrupted is ErrInterrupted for an error that an interruption has caused, of a read for
// example.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return ErrInterrupted
	}
	return err
}

// leaveRest reports what a run that ended early did not get to.
func (a *Applier) leaveRest(cause error) {
	named := map[[2]string]bool{}
	for _, list := range a.result.lists() {
		for _, o := range list {
			named[[2]string{o.Kind, o.Object}] = true
		}
	}
	for i := range a.set.Changes {
		c := &a.set.Changes[i]
		switch {
		case !c.Acts() || named[[2]string{c.Kind, c.Object}]:
		case a.lent[c.Object]:
			a.fail(c, fmt.Errorf("gave way to another one, and the run ended first; the next one finishes it: %w", cause))
		default:
			o := outcome(c, 0)
			o.Reason = "the run ended first: " + cause.Error()
			a.result.Skipped = append(a.result.Skipped, o)
		}
	}
}

// newResult returns an empty result: its lists are empty, never null.
func newResult(run, plan string) *Result {
	none := func() []Outcome { return []Outcome{} }
	return &Result{
		Run: run, Plan: plan, Errors: []Failure{}, Casualties: []Casualty{}, Lost: []Loss{}, Findings: []change.Notice{},
		Created: none(), Updated: none(), Deleted: none(), Orphaned: none(), Owned: none(), Skipped: none(), Held: none(), Failed: none(),
	}
}

// Kept are the changes that were to be made, and were not, because of another one.
func (r *Result) Kept() []Outcome {
	return slices.DeleteFunc(slices.Clone(r.Skipped), func(o Outcome) bool { return o.Cause == "" })
}

func (r *Result) lists() [][]Outcome {
	return [][]Outcome{r.Created, r.Updated, r.Deleted, r.Orphaned, r.Owned, r.Skipped, r.Held, r.Failed}
}

// sort orders the lists by rank of kind and object, in whatever order the requests
// ended.
func (r *Result) sort() {
	for _, list := range r.lists() {
		slices.SortStableFunc(list, func(x, y Outcome) int { return byRank(x.Kind, x.Object, y.Kind, y.Object) })
	}
	slices.SortStableFunc(r.Lost, func(x, y Loss) int {
		return cmp.Or(natural.Compare(x.Object, y.Object), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.ID, y.ID), cmp.Compare(x.Field, y.Field))
	})
	slices.SortStableFunc(r.Errors, func(x, y Failure) int { return byRank(x.Kind, x.Object, y.Kind, y.Object) })
}

func byRank(kindX, x, kindY, y string) int {
	return cmp.Or(change.Rank(kindX)-change.Rank(kindY), natural.Compare(x, y))
}

type phase struct {
	name string
	run  func(context.Context) error
}

// phases are the steps of an apply, in order.
func (a *Applier) phases() []phase {
	out := make([]phase, 0, 32)
	out = append(out, phase{"read racks and types", a.learn}, phase{"delete what was left unfinished", a.dropUnfinished})
	for _, kind := range kinds.Standard().InRole(kinds.Shared) {
		out = append(out, phase{"create " + kind.Name, a.creates(kind)})
	}
	out = append(out, phase{"finish what has parts", a.finishAll})
	out = append(out,
		phase{"rename what is in the way", a.clearWay},
		phase{"free names of racks", a.frees("rack", a.doomed("rack")...)},
		phase{"write racks", a.writes("rack", staysAsHigh)},
		phase{"delete cables", a.deletes("cable")},
		phase{"delete devices", a.deleteDevices},
		phase{"delete cables of deleted devices", a.deleteAlong},
	)
	out = append(out, ofWholes("delete ", a.deleteParts)...)
	out = append(out, ofOthers("delete ", a.deletes)...)
	out = append(out,
		phase{"free names and positions", a.frees("device")},
		phase{"write devices", a.writes("device", always)},
		phase{"lower racks", a.updates("rack", shrinks)},
	)
	out = append(out, ofOthers("free names of ", func(kind string) func(context.Context) error { return a.frees(kind) })...)
	out = append(out, ofOthers("write ", func(kind string) func(context.Context) error { return a.writes(kind, always) })...)
	out = append(out, ofParts("free names of ", func(kind string) func(context.Context) error { return a.frees(kind) })...)
	out = append(out, ofParts("write ", a.writeParts)...)
	return append(out,
		phase{"write cables", a.writeCables},
		phase{"delete racks", a.deletes("rack")},
		phase{"give back names and positions", a.giveAllBack},
		phase{"take marks off what others are instead", a.replaced},
		phase{"write ownership", a.ownership},
		phase{"leave objects to people", a.disregard},
	)
}
