package job

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/mirror"
)

// Schedule is when to do what for some plans.
type Schedule struct {
	Plans              []string // keys; none are all
	Sync, Check, Apply Times    // nil is never
}

// Times are the times of a schedule.
type Times = cron.Schedule

// ParseTimes reads times in the form of cron; "" is never.
func ParseTimes(text string) (Times, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // no times are none
	}
	return cron.ParseStandard(text)
}

// Fallback is the schedule where none is given: drift is found, nothing is written.
func Fallback() []Schedule {
	return []Schedule{{Check: cron.Every(15 * time.Minute)}}
}

const (
	// latest is how late an apply may begin that was missed: who chose a night for it does not
	// want it at noon.
	latest = 15 * time.Minute

	// longestNap is how long to sleep at most: plans come and go.
	longestNap = time.Minute

	// skew is how much later it may be by the clock of another machine.
	skew = time.Minute
)

// task is something that a schedule has done for a plan; "" for none.
type task struct{ plan, kind string }

// args are the job that does a task, which a schedule wants since a time; "" for whenever.
func (t task) args(since string) Args {
	switch t.kind {
	case KindSync:
		return SyncArgs{}
	case KindCheck:
		return CheckArgs{Plan: t.plan}
	}
	return ApplyArgs{Plan: t.plan, Since: since}
}

// tasks are all tasks of the plans that there are, with their times.
func (r *Runner) tasks() map[task][]Times {
	out := map[task][]Times{}
	for _, p := range r.cfg.Plans() {
		for _, s := range r.cfg.Schedules {
			if len(s.Plans) > 0 && !slices.Contains(s.Plans, p.Key) {
				continue
			}
			for _, x := range []struct {
				task  task
				times Times
			}{{task{"", KindSync}, s.Sync}, {task{p.Key, KindCheck}, s.Check}, {task{p.Key, KindApply}, s.Apply}} {
				if x.times != nil {
					out[x.task] = append(out[x.task], x.times)
				}
			}
		}
	}
	return out
}

// tellAbsent warns of plans that schedules name and that are not there.
func (r *Runner) tellAbsent() {
	there := map[string]bool{}
	for _, p := range r.cfg.Plans() {
		there[p.Key] = true
	}
	for _, s := range r.cfg.Schedules {
		for _, key := range s.Plans {
			if !there[key] {
				r.cfg.Logger.Warn("a schedule names a plan that is not there", "plan", key)
			}
		}
	}
}

// verdict is what to do about a task now.
type verdict int

const (
	wait  verdict = iota
	run           // it is due
	start         // its time begins to count now
	miss          // it is too late for it
)

// Urgency is what counts as due.
type Urgency int

// The urgencies: by default an apply that is too late is left out.
const (
	inTime     Urgency = iota
	Due                // however late it is
	Everything         // whether it is due or not
)

// decide says what to do about a task that was last done at a time, the zero time for never,
// and when it is due next.
func decide(kind string, all []Times, last, now time.Time, how Urgency) (verdict, time.Time) {
	if how == Everything {
		return run, now
	}
	if last.IsZero() || last.After(now.Add(skew)) { // a clock was wrong then: nobody waits until it would have been right
		if kind == KindApply {
			return start, next(all, now)
		}
		return run, now
	}
	due := next(all, last)
	switch {
	case due.After(now):
		return wait, due
	case kind == KindApply && how == inTime && now.Sub(due) > latest && now.Sub(previous(all, due, now)) > latest:
		return miss, next(all, now)
	}
	return run, now
}

// next is the first of times after a time.
func next(all []Times, after time.Time) time.Time {
	var first time.Time
	for _, times := range all {
		if at := times.Next(after.Local()); !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	if first.IsZero() {
		return after.AddDate(100, 0, 0) // such as the 30th of February
	}
	return first
}

// previous is the last of times up to now, from one of them on.
func previous(all []Times, from, now time.Time) time.Time {
	for {
		then := next(all, from)
		if then.After(now) {
			return from
		}
		from = then
	}
}

// tick has done what is due, and says when the next thing is.
func (r *Runner) tick(ctx context.Context, how Urgency) (time.Time, error) {
	now := r.cfg.Now()
	soonest := now.Add(longestNap)
	due := map[task]verdict{}
	for t, times := range r.tasks() {
		v, at := decide(t.kind, times, r.last[t], now, how)
		if at.Before(soonest) {
			soonest = at
		}
		if v != wait {
			due[t] = v
		}
	}
	if len(due) == 0 {
		return soonest, nil
	}
	return soonest, r.books(ctx, func(eng *engine.Engine) error { return r.begin(ctx, eng, due, how) })
}

// begin begins what is due. Another process that shares the store may have done so.
func (r *Runner) begin(ctx context.Context, eng *engine.Engine, due map[task]verdict, how Urgency) error {
	last, err := eng.LastScheduled(ctx)
	if err != nil {
		return err
	}
	_, err = eng.Synced(ctx)
	empty := errors.Is(err, mirror.ErrNeverSynced)
	if err != nil && !empty {
		return err
	}
	all, now := r.tasks(), r.cfg.Now()
	since := ""
	if how == inTime {
		since = now.Format(time.RFC3339)
	}
	for t := range due {
		fresh := r.last[t].IsZero() // it is the first time for this process
		r.last[t] = last[[2]string{t.plan, t.kind}]
		v, _ := decide(t.kind, all[t], r.last[t], now, how)
		if fresh && empty && v == wait && t.kind != KindApply {
			v = run // whenever it was last done, nothing can be shown of it: the mirror is new
		}
		switch v {
		case wait:
			continue
		case miss:
			r.cfg.Logger.Warn("apply left out: its time has passed", "plan", t.plan)
		case run:
			if _, err := r.enqueue(ctx, t.args(since), 0, r.cfg.Retry<<longestRetry+skew); err != nil {
				return err
			}
		}
		if err := eng.Scheduled(ctx, t.plan, t.kind); err != nil {
			return err
		}
		r.last[t] = now
	}
	return nil
}

// errLate keeps an apply from being made up for.
var errLate = errors.New("apply left out: its time has passed")

// timely makes sure that what a schedule had begin begins about then, or is wanted again by now: NetBox
// may have been away since, another run at work, or this process ended. What has begun goes on.
func (r *Runner) timely(ctx context.Context, eng *engine.Engine, a ApplyArgs) error {
	since, err := time.Parse(time.RFC3339, a.Since)
	now := r.cfg.Now()
	if err != nil || now.Sub(since) <= latest {
		return nil //nolint:nilerr // whenever
	}
	if v, _ := decide(KindApply, r.tasks()[task{a.Plan, KindApply}], since, now, inTime); v == run {
		return nil
	}
	last, err := lastRun(ctx, eng, a.Plan)
	if err != nil {
		return err
	}
	if last != nil && last.Open() {
		if began, err := time.Parse(time.RFC3339, last.StartedAt); err == nil && !began.Before(since) {
			return nil
		}
	}
	return errLate
}

// books opens the engine for what is read from and written to the store.
func (r *Runner) books(ctx context.Context, do func(*engine.Engine) error) error {
	eng, err := r.cfg.Open(ctx, nil)
	if err != nil {
		return err
	}
	return errors.Join(do(eng), eng.Close())
}

// keepTime has done what is due, until the context ends.
func (r *Runner) keepTime(ctx context.Context) {
	r.tellAbsent()
	for {
		soonest, err := r.tick(ctx, inTime)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			r.cfg.Logger.Error("schedule", "error", err)
			soonest = r.cfg.Now().Add(r.cfg.Retry)
		}
		if !slept(ctx, max(time.Second, soonest.Sub(r.cfg.Now()))) {
			return
		}
	}
}

// Once does what the schedules say is [Due], or [Everything], and returns what became of it.
// The jobs must not have been started.
func (r *Runner) Once(ctx context.Context, how Urgency) ([]Outcome, error) {
	r.tellAbsent()
	events, undo := r.Subscribe()
	defer undo()
	if _, err := r.startClient(ctx); err != nil {
		return nil, err
	}
	all, err := r.drain(ctx, events, how)
	return all, errors.Join(err, r.Stop(context.WithoutCancel(ctx)))
}

// drain begins what is due, and waits until nothing runs or can run.
func (r *Runner) drain(ctx context.Context, events <-chan Event, how Urgency) ([]Outcome, error) {
	if _, err := r.tick(ctx, how); err != nil {
		return nil, err
	}
	last := map[int64]Outcome{}
	poll := time.NewTicker(drainPoll)
	defer poll.Stop()
	for {
		select {
		case <-ctx.Done():
			return outcomes(last), ctx.Err()
		case e := <-events:
			if e.State == Ended {
				last[e.Job] = *e.Outcome
			}
			continue
		case <-poll.C:
		}
		left, err := r.Unfinished(ctx)
		if err != nil {
			return outcomes(last), err
		}
		if !slices.ContainsFunc(left, func(l Listed) bool { return r.soon(&l) }) && !r.ended.untold() && len(events) == 0 {
			return outcomes(last), nil
		}
	}
}

// drainPoll is how often to look whether jobs are left.
const drainPoll = 100 * time.Millisecond

// soon reports whether a job runs, or will without waiting for something.
func (r *Runner) soon(l *Listed) bool {
	switch l.State {
	case "running", "available", "pending":
		return true
	case "scheduled":
		return l.Outcome == nil && l.Due.Sub(r.cfg.Now()) <= busyWait
	}
	return false
}

func outcomes(by map[int64]Outcome) []Outcome {
	var out []Outcome
	for _, o := range by {
		out = append(out, o)
	}
	slices.SortFunc(out, func(a, b Outcome) int { return int(a.Job - b.Job) })
	return out
}
