package diff

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/diet-project/diet/engine/change"
)

// flapWindow is how far back diet looks for others that write over what it wrote.
const flapWindow = 24 * time.Hour

// findFlaps tells of each field that somebody edited how often diet wrote over it before. It
// has to be known who did.
func (d *differ) findFlaps() error {
	for i := range d.changes {
		c := &d.changes[i]
		for j := range c.Fields {
			f := &c.Fields[j]
			if f.Class != change.Drift || f.Blame == nil || f.Blame.Time == "" {
				continue
			}
			var err error
			if f.Flap, err = d.flap(c, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// flap returns how often diet has written a field that somebody edited, and was edited, within
// a day before the last edit; nil for never.
func (d *differ) flap(c *change.Change, f *change.Field) (*change.Flap, error) {
	last, err := time.Parse(time.RFC3339, f.Blame.Time)
	if err != nil {
		return nil, nil //nolint:nilnil,nilerr // without a time nobody knows how long ago it was
	}
	var rows []struct {
		Times   int    `db:"times"`
		Since   string `db:"since"`
		Writers string `db:"writers"`
	}
	err = d.selectAll(&rows, d.statements.Get("query/flap"), sql.Named("kind", c.Kind), sql.Named("id", c.NetBoxID),
		sql.Named("field", f.Name), sql.Named("since", last.Add(-flapWindow).UTC().Format(time.RFC3339)))
	if err != nil || rows[0].Times == 0 {
		return nil, err
	}
	out := &change.Flap{Times: rows[0].Times, Since: rows[0].Since}
	if err := json.Unmarshal([]byte(rows[0].Writers), &out.Writers); err != nil {
		return nil, fmt.Errorf("read who wrote %s of %s: %w", f.Name, c.Object, err)
	}
	return out, nil
}
