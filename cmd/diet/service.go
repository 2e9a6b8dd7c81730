package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/engine/serve/metric"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
)

// service is what diet serve and diet watch run.
type service struct {
	env     *env
	log     *slog.Logger
	base    engine.Config // of every engine that is opened
	jobs    *job.Runner
	metrics *metric.Metrics

	mu   sync.Mutex
	keys map[string]string // of plan files, as they were last read
}

// newService opens the jobs. Nothing runs yet.
func (e *env) newService() (*service, error) {
	if len(e.config.Plans) == 0 {
		return nil, usage("no plan: list plans in %s", e.cli.String("config"))
	}
	base, err := e.engineConfig()
	if err != nil {
		return nil, err
	}
	s := &service{env: e, log: e.serviceLog(), base: base, metrics: metric.New(version), keys: map[string]string{}}
	s.base.Logger = s.log
	s.base.Progress, s.base.SyncProgress, s.base.Step = func(apply.Event) {}, func(mirror.Event) {}, nil
	timeout, err := time.ParseDuration(e.config.Serve.JobTimeout)
	if err != nil {
		return nil, usage("serve.job_timeout: %w", err)
	}
	s.jobs, err = job.New(e.cli.Context, job.Config{
		Path: cmp.Or(string(e.config.Serve.Jobs), job.Beside(e.mirrorPath())),
		Open: s.open, Plans: s.plans, Workers: e.config.Serve.Workers, Timeout: timeout, Host: base.Host, Logger: s.log,
	})
	return s, err
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

// plans reads the plans of diet.yaml. One that does not load keeps the key that it had, or
// else is called by its path.
func (s *service) plans() []job.Plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []job.Plan
	for _, path := range texts(s.env.config.Plans) {
		plan, err := readPlan(path)
		if err == nil {
			s.keys[path] = plan.Info().Key
		}
		out = append(out, job.Plan{Path: path, Key: cmp.Or(s.keys[path], path), Plan: plan, Err: err})
	}
	return unlike(out)
}

// unlike refuses plans that have one key.
func unlike(plans []job.Plan) []job.Plan {
	var loaded []*generate.Plan
	for _, p := range plans {
		if p.Err == nil {
			loaded = append(loaded, p.Plan)
		}
	}
	findings := generate.CheckKeys(loaded)
	for i := range plans {
		for j := range plans {
			if len(findings) > 0 && i != j && plans[i].Key == plans[j].Key && plans[i].Err == nil {
				plans[i].Err = &generate.FindingsError{Findings: findings}
			}
		}
	}
	return plans
}

// run runs the jobs while do runs, and ends when the context does.
func (s *service) run(ctx context.Context, do func(context.Context) error) error {
	willWrite(ctx) // an apply that is under way is not cut off
	events, undo := s.jobs.Subscribe()
	defer undo()
	counted, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	go func() {
		for {
			select {
			case e := <-events:
				s.metrics.Observe(e)
			case <-counted.Done():
				return
			}
		}
	}()
	if err := s.jobs.Start(ctx); err != nil {
		return errors.Join(err, s.close())
	}
	err := do(ctx)
	s.log.Info("stop")
	return errors.Join(err, s.jobs.Stop(context.WithoutCancel(ctx)), s.close())
}

func (s *service) close() error { return s.jobs.Close() }
