package web

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/diet-project/diet/engine"
)

// The bounds of a query: how long it may take, and how many rows it may yield.
const (
	queryTime   = 20 * time.Second
	queryRows   = 1000
	queryBytes  = 16 << 20
	queriesMost = 2 // at once
)

// sqlPage is a query and what it yields.
type sqlPage struct {
	Statement string
	Columns   []string
	Rows      [][]any
	Ran       bool
	Problem   string
	Hint      string
	Synced    time.Time
	Saved     []savedQuery
}

// savedQuery is one of diet.yaml.
type savedQuery struct{ Name, Statement string }

// showSQL runs a read-only query over the mirror and the store, as diet sql does.
func showSQL(q *request) error {
	page := &sqlPage{Statement: strings.TrimSpace(q.r.URL.Query().Get("q"))}
	for _, name := range slices.Sorted(maps.Keys(q.cfg.Queries)) {
		page.Saved = append(page.Saved, savedQuery{name, q.cfg.Queries[name]})
	}
	if page.Statement != "" {
		leave, err := q.enter()
		if err != nil {
			return err
		}
		defer leave()
	}
	err := q.using(false, func(eng *engine.Engine) (err error) {
		if page.Synced, err = eng.Synced(q.r.Context()); err != nil || page.Statement == "" {
			return err
		}
		return page.run(q.r.Context(), eng)
	})
	if err != nil {
		return err
	}
	return q.show("sql", "SQL", page)
}

// enter waits until few enough queries are under way.
func (q *request) enter() (leave func(), err error) {
	wait := time.NewTimer(queryTime)
	defer wait.Stop()
	select {
	case q.queries <- struct{}{}:
		return func() { <-q.queries }, nil
	case <-wait.C:
		return nil, errBusy
	case <-q.r.Context().Done():
		return nil, q.r.Context().Err()
	}
}

// run runs the statement; what is wrong with it is said on the page.
func (page *sqlPage) run(ctx context.Context, eng *engine.Engine) error {
	ctx, cancel := context.WithTimeout(ctx, queryTime)
	defer cancel()
	var err error
	page.Ran = true
	page.Columns, page.Rows, err = eng.BoundedQuery(ctx, page.Statement, engine.Bounds{Rows: queryRows, Bytes: queryBytes})
	var wrong *engine.QueryError
	switch {
	case err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded):
		page.Problem = "it was not done after " + queryTime.String() + ": narrow it"
	case errors.As(err, &wrong):
		page.Problem, page.Hint = err.Error(), wrong.Hint()
	default:
		return err
	}
	page.Columns, page.Rows = nil, nil
	return nil
}
