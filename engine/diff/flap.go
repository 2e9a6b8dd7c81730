package diff

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/value"
)

// flapWindow is how far back diet looks for others that write over what it wrote.
const flapWindow = 24 * time.Hour

// fought is a field that somebody edited.
type fought struct {
	change *change.Change
	field  *change.Field
	since  time.Time
}

// findFlaps tells of each field that somebody edited how often diet wrote over it within a
// day before the last edit. It has to be known who did, and when.
func (d *differ) findFlaps() error {
	var all []fought
	for i := range d.changes {
		c := &d.changes[i]
		for j := range c.Fields {
			f := &c.Fields[j]
			if f.Class != change.Drift || f.Blame == nil {
				continue
			}
			if last, err := time.Parse(time.RFC3339, f.Blame.Time); err == nil {
				all = append(all, fought{c, f, last.Add(-flapWindow)})
			}
		}
	}
	for part := range slices.Chunk(all, batch) {
		if err := d.tellFlaps(part); err != nil {
			return err
		}
	}
	return nil
}

// tellFlaps asks for many fields at once.
func (d *differ) tellFlaps(part []fought) error {
	list := make([]any, len(part))
	for i, f := range part {
		since := f.since.UTC().Format(time.RFC3339)
		list[i] = []any{d.kinds.Must(f.change.Kind).ObjectType, f.change.NetBoxID, f.field.Name, since}
	}
	text, err := value.Encode(list)
	if err != nil {
		return err
	}
	var rows []struct {
		At, Times int
		Since     string
		Writers   string
	}
	if err := d.selectAll(&rows, d.statements.Get("query/flap"), sql.Named("asked", text)); err != nil {
		return err
	}
	for _, r := range rows {
		flap := &change.Flap{Times: r.Times, Since: r.Since}
		if err := json.Unmarshal([]byte(r.Writers), &flap.Writers); err != nil {
			return fmt.Errorf("read who wrote %s of %s: %w", part[r.At].field.Name, part[r.At].change.Object, err)
		}
		slices.Sort(flap.Writers)
		part[r.At].field.Flap = flap
	}
	return nil
}
