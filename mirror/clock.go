package mirror

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// turnBack sets the times of a state to what NetBox's clock would have said then, if it was put
// back since the last sync, and returns by how much. It shows by the clock itself, or by the
// local one where it has come by again; horizons allow for less.
func (st *state) turnBack(server, local time.Time) time.Duration {
	if st.syncedAt.IsZero() {
		return 0
	}
	back := max(st.server.Sub(server), local.Sub(st.syncedAt)-server.Sub(st.server))
	if back <= overlap {
		return 0
	}
	st.server, st.fullAt, st.verified = st.server.Add(-back), st.fullAt.Add(-back), st.verified.Add(-back)
	for kind, at := range st.asked {
		st.asked[kind] = at.Add(-back)
	}
	if st.recorded.After(st.server) {
		st.recorded = st.server
	}
	return back
}

// turnPast has the versions that NetBox's old clock dates into what is to come end with the last
// sync, so that later ones come after them.
func (ss *session) turnPast(ctx context.Context) error {
	if ss.turned == 0 {
		return nil
	}
	ss.result.Warnings = append(ss.result.Warnings, fmt.Sprintf(
		"NetBox's clock went back by %s since the last sync: what it dated before is told with its old times", ss.turned.Round(time.Second)))
	at := sql.Named("at", ss.state.server.Format(stamp))
	if err := run(ctx, ss.tx, ss.statement("query/past_between"), at); err != nil {
		return err
	}
	return run(ctx, ss.tx, ss.statement("query/past_turn"), at)
}
