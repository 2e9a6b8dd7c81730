// Package web shows what diet knows in a browser.
package web

import (
	"context"
	_ "embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/config"
	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
)

// Config configures the pages.
type Config struct {
	// Open opens the engine for a request, which closes it. Edit changes how it is configured;
	// nil leaves it.
	Open func(ctx context.Context, edit func(*engine.Config)) (*engine.Engine, error)

	// Jobs runs what a page asks for, and reads the plans.
	Jobs *job.Runner

	Settings config.Serve
	Version  string
	Logger   *slog.Logger
}

//go:embed plans.html
var page string

var plansPage = template.Must(template.New("plans").Parse(page))

// New returns the pages.
func New(cfg Config) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		all, err := statuses(r.Context(), cfg)
		if err != nil {
			cfg.Logger.Error("show plans", "error", err)
			http.Error(w, "the plans cannot be read; the log says why", http.StatusInternalServerError)
			return
		}
		if err := plansPage.Execute(w, all); err != nil {
			cfg.Logger.Debug("show plans", "error", err)
		}
	})
	return mux
}

// statuses are those of all plans, by the mirror.
func statuses(ctx context.Context, cfg Config) (all []engine.Status, err error) {
	eng, err := cfg.Open(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, eng.Close()) }()
	var plans []*generate.Plan
	for _, p := range cfg.Jobs.Plans() {
		if p.Err != nil {
			all = append(all, engine.Status{Plan: p.Key, Status: engine.StateError, Error: p.Err.Error()})
			continue
		}
		plans = append(plans, p.Plan)
	}
	read, err := eng.Status(ctx, plans, "")
	if errors.Is(err, mirror.ErrNeverSynced) {
		return all, nil
	}
	return append(all, read...), err
}
