package web

import (
	"errors"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/engine/serve/user"
)

func showRuns(q *request) error {
	var all []engine.RunSummary
	err := q.using(false, func(eng *engine.Engine) (err error) {
		all, err = eng.Runs(q.r.Context(), q.r.URL.Query().Get("plan"), 100)
		return err
	})
	if err != nil {
		return err
	}
	return q.show("runs", "Runs", all)
}

// runPage is one run, request by request.
type runPage struct {
	*engine.RunDetail
	Done     int
	MayApply bool
	Stored   bool // its preview: where nothing was to do, there is none
}

// Running reports whether the run is under way.
func (r *runPage) Running() bool { return string(r.Status) == "running" }

func (q *request) run() (*runPage, error) {
	page := &runPage{MayApply: q.person.May(user.Applier)}
	err := q.using(false, func(eng *engine.Engine) (err error) {
		if page.RunDetail, err = eng.Run(q.r.Context(), q.r.PathValue("run")); err != nil {
			return err
		}
		_, err = eng.PreviewHead(q.r.Context(), page.Preview)
		if page.Stored = err == nil; errors.Is(err, engine.ErrNoPreview) {
			return nil
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, r := range page.Journal {
		if string(r.Status) == "done" {
			page.Done++
		}
	}
	return page, nil
}

func showRun(q *request) error {
	page, err := q.run()
	if err != nil {
		return err
	}
	refresh := 0
	if page.Running() {
		refresh = refreshEvery
	}
	q.renderAgain(200, refresh, "run", "Run "+page.ID, page)
	return nil
}

// watchRun tells how a run goes on, as the store has it: whatever process it runs in.
func watchRun(q *request) error {
	return q.stream("run", "run-body", func() (any, bool, error) {
		page, err := q.run()
		return page, err == nil && !page.Running(), err
	})
}

// rollBack has a preview made that undoes a run.
func rollBack(q *request) error {
	page, err := q.run()
	if err != nil {
		return err
	}
	return q.enqueue(job.PreviewArgs{Plan: page.Plan, Run: page.ID, User: q.person.Name})
}
