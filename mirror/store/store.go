// Package store keeps what is no cache: previews, runs and their journal, decisions.
//
// It is a file beside the mirror, which may be deleted, or held by another process, at any
// time: what an apply notes ahead of a request does not wait for that. Or it is a database of
// PostgreSQL, which several machines share, each with a mirror of its own. A row names its
// NetBox by address, because several may share a store.
package store

import (
	"context"
	"errors"
	"fmt"
)

// ErrNotFound is returned for what the store does not hold.
var ErrNotFound = errors.New("not in the store")

// NewerError is a store with tables that this diet does not know.
type NewerError struct{ migration string }

func (e *NewerError) Error() string { return fmt.Sprintf("a newer diet made it (%s)", e.migration) }

// Hint says the way out.
func (e *NewerError) Hint() string {
	return "use the newest diet that has opened this store, or another store (--store)"
}

// Store keeps rows. Every call is a transaction of its own, and short.
type Store interface {
	// KeepPreview stores a preview under its id.
	KeepPreview(ctx context.Context, p Preview) error

	// Preview finds a preview of a NetBox or, with "", of any by its id, or fails with
	// [ErrNotFound]. Previews lists the newest, of one plan or, with "", of all.
	Preview(ctx context.Context, netbox, id string) (Preview, error)

	// PreviewHead is Preview without the lists. PreviewRows are some items of a list, by their
	// numbers; PreviewIndex are pieces of a part of the index, from the first to the last.
	PreviewHead(ctx context.Context, netbox, id string) (Preview, error)
	PreviewRows(ctx context.Context, id, part string, numbers []int) (map[int]string, error)
	PreviewIndex(ctx context.Context, id, part string, first, last int) ([][]byte, error)
	Previews(ctx context.Context, plan string, most int) ([]Listed, error)

	// FoundStale notes what had changed when an apply refused a preview. It does nothing about one
	// that is not in the store.
	FoundStale(ctx context.Context, id string, moved []byte) error

	// Approve stores an approval of a preview, and Approvals are the documents of all.
	Approve(ctx context.Context, a Approval) error
	Approvals(ctx context.Context, preview string) ([]string, error)

	// Decide replaces what the policies said of a plan.
	Decide(ctx context.Context, netbox, plan string, decisions []Decision) error

	// KeepSituation stores what was decided for a preview, and drops that of all but the
	// newest previews of its plan.
	KeepSituation(ctx context.Context, s Situation, newest int) error

	// DropNothing drops what was decided for runs of a plan that wrote nothing and showed no preview: of all but
	// the one whose preview would be called so.
	DropNothing(ctx context.Context, netbox, plan, preview string) error

	// Situations are what was decided for the newest previews: of a plan, or of one preview,
	// where they are not empty.
	Situations(ctx context.Context, netbox, plan, preview string, newest int) ([]Situation, error)

	// Begin notes a run ahead of its first request, and End how it ended.
	Begin(ctx context.Context, r Run) error
	End(ctx context.Context, r Run) error

	// Forget takes back a run that has sent nothing.
	Forget(ctx context.Context, run string) error

	// Abandon closes the runs of a plan, but one, that ended without a word and of which
	// no request is open any more.
	Abandon(ctx context.Context, netbox, plan, but, at string) error

	// LastRun is the newest run of a plan, with when one last went through; false if there
	// is none.
	LastRun(ctx context.Context, netbox, plan string) (Last, bool, error)

	// Runs lists the newest runs, of one plan or, with "", of all. Run finds one with its
	// requests, or fails with [ErrNotFound].
	Runs(ctx context.Context, plan string, most int) ([]Told, error)
	Run(ctx context.Context, id string) (Told, []Request, error)

	// RunsOf lists the runs that applied a preview, the newest first.
	RunsOf(ctx context.Context, preview string) ([]Told, error)

	// Holds reports whether the store has a run of a NetBox, and so its journal.
	Holds(ctx context.Context, netbox, run string) (bool, error)

	// Sent notes a request before it is sent, and Answered what became of it.
	Sent(ctx context.Context, r Request) error
	Answered(ctx context.Context, r Request) error

	// Open lists the requests of a plan to a NetBox of which nobody knows what became.
	Open(ctx context.Context, netbox, plan string) ([]Request, error)

	// Requests are those that a NetBox answered, by its ids.
	Requests(ctx context.Context, netbox string) ([]string, error)

	// KeepSample stores how a plan stood, and drops what was before a time. Samples lists
	// the newest since a time, in order of time.
	KeepSample(ctx context.Context, s Sample, before string) error
	Samples(ctx context.Context, netbox, plan, since string, most int) ([]Sample, error)

	// Stand stores what notification rules have to say by now, Say what people were told,
	// and Notices lists both, of a rule.
	Stand(ctx context.Context, all []Notice) error
	Say(ctx context.Context, all []Notice) error
	Notices(ctx context.Context, netbox, rule string) ([]Notice, error)

	// Schedule notes that a schedule has a task done, and Schedules lists when each last had.
	Schedule(ctx context.Context, done Scheduled) error
	Schedules(ctx context.Context, netbox string) ([]Scheduled, error)

	// Prune removes what is old and nothing needs, and says what that was; or would be.
	// Compact gives the room back to the system, if the database does not do so itself.
	Prune(ctx context.Context, p Pruning) (Pruned, error)
	Compact(ctx context.Context) error

	// Attachable is a file of SQLite with the store's tables, those at least that a statement
	// names, for a query that attaches it. done is called when the query has ended.
	Attachable(ctx context.Context, statement string) (path string, done func(), err error)

	Close() error
}

// Preview is a stored preview.
type Preview struct {
	ID        string `db:"id"`
	NetBox    string `db:"netbox"`
	Plan      string `db:"plan"`
	CreatedAt string `db:"created_at"`
	PlanFile  string `db:"plan_file"`
	Document  string `db:"document"` // JSON

	// Rows are its lists by name, each item as JSON.
	Rows map[string][]string `db:"-"`

	// Index is what helps to look it through, in pieces by part. What is read of it is asked for
	// by [Store.PreviewIndex].
	Index map[string][][]byte `db:"-"`
}

// Approval is an approval of a stored preview.
type Approval struct {
	Preview  string `db:"preview"`
	Signer   string `db:"signer"`   // the fingerprint of the key
	Document string `db:"document"` // JSON
}

// Listed is a preview without what it holds: when it was applied, and the run that has
// written its plan since it was made; "" for none.
type Listed struct {
	ID           string `db:"id"`
	NetBox       string `db:"netbox"`
	Plan         string `db:"plan"`
	CreatedAt    string `db:"created_at"`
	PlanFile     string `db:"plan_file"`
	Summary      string `db:"summary"` // JSON
	PlanDigest   string `db:"plan_digest"`
	PolicyDigest string `db:"policy_digest"`
	Demanded     int    `db:"demanded"` // how many approvals
	OfPlan       bool   `db:"of_plan"`  // and not of a destruction or a rollback
	AppliedAt    string `db:"applied_at"`
	WrittenBy    string `db:"written_by"`
	FoundStale   []byte `db:"found_stale"` // JSON, nil where no apply refused it
}

// Decision is what policy said of one difference; Field is "" for the object as a whole.
type Decision struct {
	NetBox   string `db:"netbox"`
	Plan     string `db:"plan"`
	Kind     string `db:"kind"`
	Object   string `db:"object"`
	Field    string `db:"field"`
	Class    string `db:"class"`
	Decision string `db:"decision"`
	Rule     string `db:"rule"`
	Severity string `db:"severity"`
	Message  string `db:"message"`
}

// Situation is what the policies saw and decided for a preview.
type Situation struct {
	Preview   string `db:"preview"`
	NetBox    string `db:"netbox"`
	Plan      string `db:"plan"`
	CreatedAt string `db:"created_at"`
	Decisions []byte `db:"decisions"` // JSON lines, compressed
	LeftOut   int    `db:"left_out"`  // decisions that were too many
}

// Run is one apply.
type Run struct {
	ID         string `db:"id"`
	NetBox     string `db:"netbox"`
	Plan       string `db:"plan"`
	Preview    string `db:"preview"`
	Intent     string `db:"intent" json:",omitempty"` // digest of what it was to do; "" of an older diet
	Told       string `db:"told" json:",omitempty"`   // what its plan told the policies, JSON; "" of an older diet, or of no plan
	StartedAt  string `db:"started_at"`
	FinishedAt string `db:"finished_at"`
	Status     string `db:"status"`
	Result     string `db:"result"` // JSON
}

// Told is a run as it stands: when it last did something, and how many requests it sent.
type Told struct {
	Run
	Active   string `db:"active"`
	Kept     string `db:"kept" json:"-"` // the id of its preview where the store holds that, else ""
	Requests int    `db:"requests"`

	RollbackOf   string `db:"rollback_of" json:",omitempty"`    // the run that it undoes
	RolledBackBy string `db:"rolled_back_by" json:",omitempty"` // the last run that undid it
	InPart       string `db:"rolled_back_in_part" json:"-"`     // that it did not undo all, "" that it did
}

// Last is the newest run of a plan.
type Last struct {
	ID         string `db:"id"`
	Status     string `db:"status"`
	Active     string `db:"active"`     // when it last did something
	Reconciled string `db:"reconciled"` // when one last went through
}

// Request is one write request of a run.
type Request struct {
	Run       string  `db:"run"`
	Seq       int64   `db:"seq"`
	Batch     string  `db:"batch"`
	Method    string  `db:"method"`
	Kind      string  `db:"kind"`
	Objects   string  `db:"objects"` // JSON array of object ids
	Payload   string  `db:"payload"` // JSON array of what is sent
	Inverse   string  `db:"inverse"` // JSON array of what was there
	Guarded   bool    `db:"guarded"` // by If-Match
	SentAt    string  `db:"sent_at"`
	DoneAt    string  `db:"done_at"`
	Status    string  `db:"status"`
	RequestID *string `db:"request_id"`
	Error     string  `db:"error"`
}
