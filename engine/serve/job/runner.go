package job

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/serve/notify"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
)

// Plan is a plan as its file is now.
type Plan struct {
	Path string
	Key  string
	Plan *generate.Plan // nil where the file does not load
	Err  error

	// Revision changes with the plan, its answers and the policies.
	Revision string

	// Behind says why there may be a newer one, nil if there is none: it could not be pulled.
	Behind error
}

// Config configures a [Runner].
type Config struct {
	// Path is the file of the jobs, see [Beside], and Database takes its place: one of
	// PostgreSQL, whose jobs several machines share. The runner closes it.
	Path     string
	Database *sql.DB

	// Explain says in words what is wrong with Database. Optional.
	Explain func(error) error

	// Open opens the engine for a job, which closes it. Edit changes how it is configured.
	Open func(ctx context.Context, edit func(*engine.Config)) (*engine.Engine, error)

	// Plans reads the plans. A file that does not load keeps the key that it had.
	Plans func() []Plan

	// Pull brings the plans up to date that lie elsewhere, before a job that is about one. What
	// could not be pulled, the plans tell. Optional.
	Pull func(ctx context.Context)

	// Schedules are when to do what. Defaults to [Fallback].
	Schedules []Schedule

	// Notifier tells people what happens. Optional.
	Notifier *notify.Notifier

	// Samples is how long it is kept how plans stood. Defaults to a year.
	Samples time.Duration

	// Poll is how often to look whether plans have changed. Defaults to 5 seconds.
	Poll time.Duration

	// Workers is how many jobs run at a time. Defaults to 2.
	Workers int

	// Timeout is how long a job may take. Defaults to 6 hours.
	Timeout time.Duration

	// Retry is how long to wait before what failed is tried again; it doubles each time, up to
	// 32 times as long. Defaults to 10 seconds.
	Retry time.Duration

	// Host names this machine.
	Host string

	// Sweep is how often jobs of processes that are gone are looked for. Defaults to 10 seconds.
	Sweep time.Duration

	// Beat is how often this process tells the others that it lives. Defaults to 10 seconds.
	Beat time.Duration

	// Now returns the current time. Defaults to time.Now.
	Now func() time.Time

	// Logger receives what jobs do. Defaults to none.
	Logger *slog.Logger
}

func (c Config) withDefaults() Config {
	c.Workers = cmp.Or(c.Workers, 2)
	c.Timeout = cmp.Or(c.Timeout, 6*time.Hour)
	c.Sweep = cmp.Or(c.Sweep, 10*time.Second)
	c.Beat = cmp.Or(c.Beat, 10*time.Second)
	c.Retry = cmp.Or(c.Retry, 10*time.Second)
	c.Poll = cmp.Or(c.Poll, 5*time.Second)
	c.Samples = cmp.Or(c.Samples, 365*24*time.Hour)
	if len(c.Schedules) == 0 {
		c.Schedules = Fallback()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Explain == nil {
		c.Explain = func(err error) error { return err }
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// Beside is where the jobs of a mirror are by default: diet.jobs.db beside diet.db.
func Beside(mirrorPath string) string { return strings.TrimSuffix(mirrorPath, ".db") + ".jobs.db" }

// Runner runs jobs.
type Runner struct {
	cfg    Config
	db     *sql.DB
	client *river.Client[*sql.Tx]
	hub    *hub
	busy   busy
	ended  endings
	others followed // of the goroutine that follows
	pace   pace

	last map[task]time.Time // when each was last done, of the goroutine that keeps time

	stop   context.CancelFunc // what goes on beside the jobs
	beside sync.WaitGroup
}

// New opens the jobs, and makes their tables if there are none. Nothing runs yet.
func New(ctx context.Context, cfg Config) (*Runner, error) {
	cfg = cfg.withDefaults()
	r := &Runner{cfg: cfg, db: cfg.Database, hub: newHub(), last: map[task]time.Time{}}
	where := "in the store"
	if r.db == nil {
		where = cfg.Path
		file, err := mirror.OpenFile(ctx, cfg.Path)
		if err != nil {
			return nil, fmt.Errorf("open jobs %s: %w", where, err)
		}
		r.db = file.DB
	}
	if err := r.prepare(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open jobs %s: %w", where, cfg.Explain(err)), r.db.Close())
	}
	return r, nil
}

// driver is how River talks to the database.
func (r *Runner) driver() riverdriver.Driver[*sql.Tx] {
	if r.cfg.Database != nil {
		return riverdatabasesql.New(r.db)
	}
	return riversqlite.New(r.db)
}

// prepare brings the tables up to date, and makes the client.
func (r *Runner) prepare(ctx context.Context) error {
	driver := r.driver()
	quiet := slog.New(minimum{slog.LevelWarn, r.cfg.Logger.Handler()})
	err := r.alone(ctx, func() error {
		return errors.Join(migrate(ctx, driver, quiet), r.prepareBeats(ctx), r.prepareClaims(ctx), r.prepareSessions(ctx))
	})
	if err != nil {
		return err
	}
	workers := river.NewWorkers()
	addWorker(workers, r, (*Runner).sync)
	addWorker(workers, r, (*Runner).check)
	addWorker(workers, r, (*Runner).apply)
	addWorker(workers, r, (*Runner).preview)
	addWorker(workers, r, (*Runner).notify)
	r.client, err = river.NewClient(driver, &river.Config{
		ID: clientID(r.cfg.Host),
		Queues: map[string]river.QueueConfig{
			river.QueueDefault: {MaxWorkers: r.cfg.Workers}, messages: {MaxWorkers: r.cfg.Workers},
		},
		Workers:              workers,
		JobTimeout:           r.cfg.Timeout,
		RescueStuckJobsAfter: r.cfg.Timeout + rescueSlack,
		MaxAttempts:          forever,
		Logger:               quiet,
	})
	return err
}

// messages is the queue of what is told to people: who hangs keeps no plan waiting.
const messages = "messages"

const (
	// rescueSlack is how much longer than its timeout a job may take to end before it counts as
	// one of a machine that died.
	rescueSlack = 10 * time.Minute

	// forever is how often a job is tried: what fails, because NetBox is away, is tried until it
	// is back.
	forever = 1<<15 - 1
)

// alone does something that no other process does to the same database meanwhile. Those that
// share a file wait for each other anyhow.
func (r *Runner) alone(ctx context.Context, do func() error) (err error) {
	if r.cfg.Database == nil {
		return do()
	}
	locked, err := r.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, locked.Close()) }()
	if _, err := locked.ExecContext(ctx, r.statement("job/migration_lock")); err != nil {
		return fmt.Errorf("wait for others: %w", err)
	}
	err = do()
	_, failed := locked.ExecContext(context.WithoutCancel(ctx), r.statement("job/migration_unlock"))
	return errors.Join(err, failed)
}

// migrate brings the tables of River up to date.
func migrate(ctx context.Context, driver riverdriver.Driver[*sql.Tx], logger *slog.Logger) error {
	m, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: logger})
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// Start begins to run jobs: what a process left behind that is gone, what the schedules say,
// what has changed.
func (r *Runner) Start(ctx context.Context) error {
	seen := r.revisions()
	beside, err := r.startClient(ctx)
	if err != nil {
		return err
	}
	r.beside.Go(func() { r.every(beside, r.cfg.Sweep, "look for jobs of processes that are gone", r.rescue) })
	r.beside.Go(func() { r.every(beside, time.Hour, "forget sessions", r.forgetSessions) })
	if r.cfg.Database != nil {
		r.caughtUp(true, nil)
		r.beside.Go(func() { r.every(beside, r.cfg.Poll, "catch up with other processes", r.follow) })
	}
	r.beside.Go(func() { r.keepTime(beside) })
	r.beside.Go(func() { r.watch(beside, seen) })
	return nil
}

// startClient begins to run jobs, first those that a process left behind which is gone. It
// returns what lasts as long as jobs run.
func (r *Runner) startClient(ctx context.Context) (beside context.Context, err error) {
	if err := errors.Join(r.beat(ctx), r.rescue(ctx)); err != nil {
		return nil, fmt.Errorf("start jobs: %w", err)
	}
	stored, deaf := r.client.Subscribe(
		river.EventKindJobCompleted, river.EventKindJobFailed, river.EventKindJobSnoozed, river.EventKindJobCancelled)
	if err := r.client.Start(context.WithoutCancel(ctx)); err != nil {
		deaf()
		return nil, fmt.Errorf("start jobs: %w", err)
	}
	beside, stop := context.WithCancel(context.WithoutCancel(ctx))
	r.stop = func() {
		deaf()
		stop()
	}
	r.beside.Go(func() { r.tellEnds(stored) }) // until the channel is closed
	r.beside.Go(func() { r.every(beside, r.cfg.Beat, "tell that this process lives", r.beat) })
	return beside, nil
}

// Stop interrupts the jobs that run: an apply finishes the requests under way. They go on
// at the next start.
func (r *Runner) Stop(ctx context.Context) error {
	err := r.client.StopAndCancel(ctx) // it is told that this process lives until the last job ended
	if r.stop != nil {
		r.stop()
		r.beside.Wait()
	}
	return err
}

// Close closes the file.
func (r *Runner) Close() error { return r.db.Close() }

// Ready reports whether jobs can be taken.
func (r *Runner) Ready(ctx context.Context) error { return r.cfg.Explain(r.db.PingContext(ctx)) }

// Plan finds a plan by its key.
func (r *Runner) Plan(key string) (Plan, bool) {
	for _, p := range r.cfg.Plans() {
		if p.Key == key {
			return p, true
		}
	}
	return Plan{}, false
}

// Plans are the plans as their files are now.
func (r *Runner) Plans() []Plan { return r.cfg.Plans() }

// Enqueue has a job run after a delay. One that waits already takes its place, and waits no longer than
// that, be it to be tried again: something has happened, or a person wants it now. A message waits as long
// as it has to. Where one is at work, it is run once more afterwards, if that is of use. It returns the
// number of the job.
func (r *Runner) Enqueue(ctx context.Context, args Args, delay time.Duration) (int64, error) {
	most := delay
	if args.Kind() == KindNotify {
		most = never
	}
	return r.enqueue(ctx, args, delay, most)
}

// never is longer than anything waits.
const never = time.Duration(math.MaxInt64)

// enqueue is the same, where one that waits already may wait for so long.
func (r *Runner) enqueue(ctx context.Context, args Args, delay, most time.Duration) (int64, error) {
	for _, a := range []Args{args, args.Anew()} {
		opts := &river.InsertOpts{UniqueOpts: once}
		if a.Kind() == KindNotify {
			opts.Queue = messages
		}
		if delay > 0 {
			opts.ScheduledAt = r.cfg.Now().Add(delay)
		}
		made, err := r.client.Insert(ctx, a, opts)
		if err != nil {
			return 0, fmt.Errorf("add job: %w", r.cfg.Explain(err))
		}
		if !made.UniqueSkippedAsDuplicate || made.Job.State != running || args.Anew() == args {
			return made.Job.ID, r.hasten(ctx, made.Job, most)
		}
	}
	return 0, nil // one runs and one has just begun to run after it
}

// hasten has a job run now that would wait for longer than most.
func (r *Runner) hasten(ctx context.Context, row *rivertype.JobRow, most time.Duration) error {
	waits := row.State == rivertype.JobStateRetryable || row.State == rivertype.JobStateScheduled
	if !waits || row.ScheduledAt.Sub(r.cfg.Now()) <= most {
		return nil
	}
	_, err := r.client.JobRetry(ctx, row.ID)
	if errors.Is(err, rivertype.ErrNotFound) {
		return nil // it was cancelled, and removed
	}
	if err != nil {
		return fmt.Errorf("begin job %d: %w", row.ID, r.cfg.Explain(err))
	}
	return nil
}
