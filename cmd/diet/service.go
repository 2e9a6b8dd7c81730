package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/serve/hook"
	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/engine/serve/metric"
	"github.com/diet-project/diet/engine/serve/notify"
	"github.com/diet-project/diet/engine/serve/source"
	"github.com/diet-project/diet/mirror"
)

// service is what diet serve and diet watch run.
type service struct {
	env     *env
	log     *slog.Logger
	base    engine.Config // of every engine that is opened
	jobs    *job.Runner
	metrics *metric.Metrics
	hooks   hook.Config
	sources []*source.Source
	hinted  chan struct{} // wakes who pulls

	mu    sync.Mutex
	known map[string]*planFile // by path
}

// newService opens the jobs. Nothing runs yet.
func (e *env) newService() (*service, error) {
	if len(e.config.Plans)+len(e.config.Sources) == 0 {
		return nil, usage("no plan: list plans in %s", e.cli.String("config"))
	}
	base, err := e.engineConfig()
	if err != nil {
		return nil, err
	}
	s := &service{
		env: e, log: e.serviceLog(), base: base, metrics: metric.New(version), known: map[string]*planFile{}, hinted: make(chan struct{}, 1),
	}
	s.base.Logger = s.log
	if s.sources, err = e.sources(); err != nil {
		return nil, err
	}
	s.base.Answer = s.answer
	s.base.Progress, s.base.SyncProgress, s.base.Step = func(apply.Event) {}, func(mirror.Event) {}, nil
	cfg, err := s.jobConfig()
	if err != nil {
		return nil, usage("%w", err)
	}
	if cfg.Database, err = engine.SharedDatabase(e.cli.Context, base.Store); err != nil {
		return nil, err
	}
	cfg.Explain = engine.ExplainShared(base.Store)
	if s.jobs, err = job.New(e.cli.Context, cfg); err != nil {
		return nil, err
	}
	s.pull(e.cli.Context)
	for _, text := range e.strangers(keysOf(s.plans())) {
		s.log.Warn(text)
	}
	s.hooks.Hint, s.hooks.Counted, s.hooks.Logger = s.hint, s.metrics.Hooked, s.log
	return s, nil
}

// jobSettings is what diet.yaml alone says of jobs.
func (s *service) jobSettings() (job.Config, error) {
	file := s.env.config
	serve := file.Serve
	timeout, badTimeout := time.ParseDuration(serve.JobTimeout)
	poll, badPoll := time.ParseDuration(serve.Poll)
	schedules, badSchedule := schedulesOf(file)
	rules, badRule := rulesOf(file)
	var badNetBox, badGit error
	s.hooks.NetBox, badNetBox = hookSecret(file, "netbox", serve.Hooks.NetBox)
	s.hooks.Git, badGit = hookSecret(file, "git", serve.Hooks.Git)
	if err := errors.Join(badTimeout, badPoll, badSchedule, badRule, badNetBox, badGit, checkServe(file)); err != nil {
		return job.Config{}, err
	}
	notifier, err := notify.New(notify.Config{
		Rules: rules, URL: serve.URL, Sent: s.metrics.Sent,
		Wrong: func(rule int, key string, why error) error {
			return file.Wrong(fmt.Sprintf("notifications[%d].%s", rule, key), why)
		},
	})
	return job.Config{
		Schedules: schedules, Notifier: notifier, Samples: time.Duration(serve.Samples) * 24 * time.Hour, Poll: poll,
		Workers: serve.Workers, Timeout: timeout,
	}, err
}

// jobConfig is how jobs run.
func (s *service) jobConfig() (job.Config, error) {
	cfg, err := s.jobSettings()
	cfg.Path = s.env.jobsPath()
	cfg.Open, cfg.Plans, cfg.Pull, cfg.Host, cfg.Logger = s.open, s.plans, s.pull, s.base.Host, s.log
	return cfg, err
}

// serviceLog is a log of a line for each thing that happens.
func (e *env) serviceLog() *slog.Logger {
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	if e.cli.Bool("verbose") {
		options.Level = slog.LevelDebug
	}
	if e.cli.Bool("json") {
		return slog.New(slog.NewJSONHandler(e.err, options))
	}
	return slog.New(slog.NewTextHandler(e.err, options))
}

// open opens an engine; who asks for it closes it.
func (s *service) open(ctx context.Context, edit func(*engine.Config)) (*engine.Engine, error) {
	cfg := s.base
	if edit != nil {
		edit(&cfg)
	}
	return engine.New(ctx, cfg)
}

// observe counts events until the context ends.
func (s *service) observe(ctx context.Context, events <-chan job.Event) {
	for {
		select {
		case e := <-events:
			s.metrics.Observe(e)
		case <-ctx.Done():
			return
		}
	}
}

// run runs the jobs while do runs, and ends when the context does.
func (s *service) run(ctx context.Context, do func(context.Context) error) error {
	willWrite(ctx) // an apply that is under way is not cut off
	events, undo := s.jobs.Subscribe()
	defer undo()
	counted, stop := context.WithCancel(context.WithoutCancel(ctx))
	var counting sync.WaitGroup
	defer counting.Wait()
	defer stop()
	counting.Go(func() { s.observe(counted, events) })
	pulling := s.keepPulling(counted)
	defer pulling()
	err := s.recall(ctx)
	if err == nil {
		err = s.jobs.Start(ctx)
	}
	if err != nil {
		return errors.Join(err, s.close())
	}
	err = do(ctx)
	s.log.Info("stop")
	return errors.Join(err, s.jobs.Stop(context.WithoutCancel(ctx)), s.close())
}

// recall has the metrics say how plans stood when they were last checked.
func (s *service) recall(ctx context.Context) error {
	eng, err := s.open(ctx, nil)
	if err != nil {
		return err
	}
	for _, p := range s.plans() {
		samples, failed := eng.Samples(ctx, p.Key, time.Time{}, 1)
		if err = errors.Join(err, failed); len(samples) > 0 {
			s.metrics.Recall(samples[0])
		}
	}
	return errors.Join(err, eng.Close())
}

func (s *service) close() error { return s.jobs.Close() }
