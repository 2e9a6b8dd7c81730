package engine

import (
	"context"
	"database/sql"

	"github.com/diet-project/diet/generate"
)

// prior is where diet last put each cable of a plan: base, never have.
func (e *Engine) prior(ctx context.Context, plan string) (generate.Prior, error) {
	var rows []struct {
		Object  string `db:"object"`
		A       string `db:"a"`
		B       string `db:"b"`
		Plug    int    `db:"plug"`
		Profile string `db:"profile"`
	}
	if err := e.selectAll(ctx, &rows, "query/prior_cable", sql.Named("plan", plan)); err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, nil
	}
	prior := make(generate.Prior, len(rows))
	for _, r := range rows {
		if r.Profile != "" {
			prior.BrokenOut(r.Profile, r.Plug, generate.Ends{A: r.A, B: r.B})
			continue
		}
		prior[r.Object] = generate.Ends{A: r.A, B: r.B}
	}
	return prior, nil
}
