package web

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/mirror"
)

// card is a plan on the dashboard.
type card struct {
	Key    string
	Path   string // of its file
	Status engine.Status
	Look   *look
	Error  string
	Hint   string
	Job    *job.Listed // the newest check or apply, nil if there was none
	Note   string      // what goes on in place of an error
	Awaits int         // after how many seconds to ask whether it has changed by itself, 0 for not at all
	Away   bool        // Error says that NetBox is: what is shown is what was read before
	Plot   *plot
}

// finding is a difference on the dashboard, with its plan.
type finding struct {
	row
	Key string
}

// culprit is somebody with how much of the drift is theirs.
type culprit struct {
	Name  string
	Count int
}

// overview is the dashboard.
type overview struct {
	Cards    []card
	Others   []engine.Status // of plans that no file is of
	Oldest   []finding
	Flapping []finding
	Culprits []culprit
	Drift    int
	Checked  time.Time
}

// most is how many findings the dashboard lists.
const most = 8

func dashboard(q *request) error {
	o := &overview{}
	jobs, err := q.cfg.Jobs.Jobs(q.r.Context(), 200)
	if err != nil {
		return err
	}
	var drift []finding
	plans := q.cfg.Jobs.Plans()
	looks := q.looks.all(q.r.Context(), plans)
	for i, p := range plans {
		c := q.card(p, looks[i], jobs)
		o.Cards = append(o.Cards, c)
		if c.Look.table == nil {
			continue
		}
		for _, r := range keep(c.Look.table.rows, row.drifted) {
			drift = append(drift, finding{r, p.Key})
		}
	}
	o.sum(drift)
	o.Others = q.others(q.r.Context(), o.Cards)
	return q.show("dashboard", "Plans", o)
}

// card is what the dashboard shows of a plan.
func (q *request) card(p job.Plan, l *look, jobs []job.Listed) card {
	c := card{Key: p.Key, Path: p.Path, Look: l}
	switch {
	case errors.Is(l.err, errComparing):
		c.Status = engine.Status{Plan: p.Key, Status: stateComparing}
		c.Note = "It is being compared for the first time since diet serve was started."
		c.Awaits = refreshEvery
	case l.err != nil:
		c.Status = engine.Status{Plan: p.Key, Status: engine.StateError}
		c.Error, c.Hint = l.err.Error(), hintOf(l.err)
	default:
		c.Status, c.Error = l.Status, l.Status.Error
	}
	if p.Behind != nil && l.err == nil {
		c.Status.Status, c.Error, c.Hint = engine.StateError, p.Behind.Error(), hintOf(p.Behind)
	}
	for i := range jobs {
		if jobs[i].Plan == p.Key {
			c.Job = &jobs[i]
			break
		}
	}
	c.doubt(jobs)
	if errors.Is(l.err, mirror.ErrNeverSynced) {
		q.first(&c, jobs)
	}
	if l.old {
		c.Note, c.Awaits = "This is as it was compared last. It is being compared anew.", refreshEvery
	}
	c.Awaits = sooner(c.Awaits, jobAwaited(p.Key, jobs))
	return c
}

// stateSyncing is that of a plan of which nothing was compared here yet, while NetBox is read for
// the first time.
const stateSyncing engine.State = "syncing"

// stateComparing is that of a plan of which nothing was compared since the start.
const stateComparing engine.State = "comparing"

// first says of a plan that NetBox was never read whether that is under way, and why it failed.
func (q *request) first(c *card, jobs []job.Listed) {
	behind, err := q.cfg.Jobs.CatchingUp()
	switch {
	case reading(jobs), behind:
		c.Status.Status, c.Error, c.Hint = stateSyncing, "", ""
		c.Note, c.Awaits = firstReading, refreshEvery
	case err != nil && c.Error == c.Look.err.Error():
		c.Error, c.Hint = "NetBox could not be read here: "+err.Error(), "it is tried again by itself, every few minutes"
	}
}

// reading reports whether a job is at work, or waits to be, that reads NetBox.
func reading(jobs []job.Listed) bool {
	return slices.ContainsFunc(jobs, func(l job.Listed) bool {
		return l.Kind != job.KindNotify && l.Finished == nil && (l.Outcome == nil || l.Outcome.Result == job.Later)
	})
}

// doubt has a plan be in error that could not be checked the last time: nobody knows how it
// stands. Where NetBox was away, and was read since for another plan, it stands as it did.
func (c *card) doubt(jobs []job.Listed) {
	var last, reached *job.Outcome
	for i := range jobs {
		o := jobs[i].Outcome
		if o == nil {
			continue
		}
		if o.Plan == c.Key && (o.Kind == job.KindCheck || o.Status != nil || o.Away) && later(o, last) {
			last = o
		}
		if o.Reached && later(o, reached) {
			reached = o
		}
	}
	if last == nil || last.Result != job.Failed && !last.Away || last.Away && reached != nil && later(reached, last) {
		return
	}
	c.Status.Status = engine.StateError
	if c.Error == "" {
		c.Error, c.Away = last.Error, last.Away
	}
}

// later reports whether a job ended after another one, or there is no other one.
func later(o, than *job.Outcome) bool { return than == nil || o.Finished.After(than.Finished) }

// Withheld is how much is not written before what is asked about the whole is answered.
func (c card) Withheld() int {
	if c.Look.table == nil {
		return 0
	}
	return c.Look.Preview.Withheld()
}

// Failed says why the newest job of a plan failed, "" if it did not.
func (c card) Failed() string {
	if c.Job == nil || c.Job.Outcome == nil || c.Job.Outcome.Result == job.Done || c.Job.Outcome.Error == c.Error {
		return ""
	}
	return c.Job.Outcome.Error
}

// sum finds in the drift of all plans what stands for longest, what keeps changing and who
// causes most.
func (o *overview) sum(drift []finding) {
	o.Drift = len(drift)
	counts := map[string]int{}
	for _, f := range drift {
		if b := f.By(); b != nil && b.Actor == change.ActorPerson {
			counts[f.Person()]++
		}
		if f.Flapping() != nil {
			o.Flapping = append(o.Flapping, f)
		}
		if f.When() != "" {
			o.Oldest = append(o.Oldest, f)
		}
	}
	slices.SortStableFunc(o.Oldest, func(a, b finding) int { return cmp.Compare(a.When(), b.When()) })
	slices.SortStableFunc(o.Flapping, func(a, b finding) int { return b.Flapping().Times - a.Flapping().Times })
	for name, n := range counts {
		o.Culprits = append(o.Culprits, culprit{name, n})
	}
	slices.SortFunc(o.Culprits, func(a, b culprit) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Name, b.Name)) })
	o.Oldest, o.Flapping, o.Culprits = first(o.Oldest), first(o.Flapping), first(o.Culprits)
}

func first[T any](list []T) []T { return list[:min(len(list), most)] }

// others are the plans in NetBox that no file is of, and adds to each card how much drifted
// lately. Where the mirror was never synced, nothing is known.
func (q *request) others(ctx context.Context, cards []card) []engine.Status {
	eng, err := q.open(false)
	if err != nil {
		return nil // the cards say what is wrong
	}
	defer func() { _ = eng.Close() }()
	for i := range cards {
		if cards[i].Plot, err = q.course(eng, cards[i].Key); err != nil {
			q.cfg.Logger.Error("read samples", "plan", cards[i].Key, "error", err)
		}
	}
	all, err := q.abroad.get(ctx, eng, q.cfg.Now(), cmp.Or(q.cfg.Others, engine.StateOther))
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(all), func(s engine.Status) bool {
		return slices.ContainsFunc(cards, func(c card) bool { return c.Key == s.Plan })
	})
}

// abroad keeps how the plans in NetBox stand that no file is of: to count all their objects takes
// long where a mirror is large.
type abroad struct {
	mu     sync.Mutex
	synced time.Time // the mirror, when they were counted
	at     time.Time
	all    []engine.Status
}

// get counts anew once the mirror was synced, or a minute has passed; others wait for that.
func (a *abroad) get(ctx context.Context, eng *engine.Engine, now time.Time, others engine.State) ([]engine.Status, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	synced, err := eng.Synced(ctx)
	if err != nil {
		return nil, err
	}
	if !a.at.IsZero() && synced.Equal(a.synced) && now.Sub(a.at) < oldAfter {
		return a.all, nil
	}
	all, err := eng.Status(ctx, nil, others)
	if err != nil {
		return nil, err
	}
	a.synced, a.at, a.all = synced, now, all
	return all, nil
}

func checkAll(q *request) error {
	for _, p := range q.cfg.Jobs.Plans() {
		if _, err := q.cfg.Jobs.Enqueue(q.r.Context(), job.CheckArgs{Plan: p.Key, User: q.person.Name}, 0); err != nil {
			return err
		}
	}
	q.say("NetBox is being read, and every plan compared with it.")
	return q.goTo("/")
}

func checkPlan(q *request) error {
	p, err := q.plan()
	if err != nil {
		return err
	}
	if _, err := q.cfg.Jobs.Enqueue(q.r.Context(), job.CheckArgs{Plan: p.Key, User: q.person.Name}, 0); err != nil {
		return err
	}
	q.say("NetBox is being read, and the plan compared with it.")
	return q.goTo(planPath(p.Key))
}
