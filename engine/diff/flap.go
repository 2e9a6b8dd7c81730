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

// fought is a field that somebody edited or, without one, an object that somebody deleted.
type fought struct {
	change *change.Change
	field  *change.Field
	since  time.Time
}

func foughtOver(c *change.Change, f *change.Field, b *change.Blame) (fought, bool) {
	if b == nil {
		return fought{}, false
	}
	last, err := time.Parse(time.RFC3339, b.Time)
	return fought{c, f, last.Add(-flapWindow)}, err == nil
}

// key is what is asked about it.
func (f *fought) key(objectType string) []any {
	since := f.since.UTC().Format(time.RFC3339)
	if f.field == nil {
		return []any{objectType, f.change.Object, since}
	}
	return []any{objectType, f.change.NetBoxID, f.names(), since}
}

// names are those of the field, and of what it means something only together with: where the one is written over, and
// then the other, it is one place that is fought over.
func (f *fought) names() []string {
	if group := f.change.Group(f.field.Name); group != nil {
		return group
	}
	return []string{f.field.Name}
}

// tell says how often it was fought over.
func (f *fought) tell(flap *change.Flap) {
	if f.field == nil {
		f.change.Flap = flap
		return
	}
	f.field.Flap = flap
}

// findFlaps tells of each field that somebody edited how often diet wrote over it, or what belongs to it, within a
// day before the last edit, and of each object that somebody deleted how often diet made it again. It
// has to be known who did, and when.
func (d *differ) findFlaps() error {
	var all, gone []fought
	for i := range d.changes {
		c := &d.changes[i]
		if f, known := foughtOver(c, nil, c.Blame); known && c.Class == change.Missing {
			gone = append(gone, f)
		}
		for j := range c.Fields {
			f := &c.Fields[j]
			if edit, known := foughtOver(c, f, f.Blame); known && f.Class == change.Drift {
				all = append(all, edit)
			}
		}
	}
	for part := range slices.Chunk(all, batch) {
		if err := d.tellFlaps("query/flap", part); err != nil {
			return err
		}
	}
	for part := range slices.Chunk(gone, batch) {
		if err := d.tellFlaps("query/flap_object", part); err != nil {
			return err
		}
	}
	return nil
}

// tellFlaps asks for many fields, or objects, at once.
func (d *differ) tellFlaps(statement string, part []fought) error {
	list := make([]any, len(part))
	for i := range part {
		list[i] = part[i].key(d.kinds.Must(part[i].change.Kind).ObjectType)
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
	if err := d.selectAll(&rows, d.statements.Get(statement), sql.Named("asked", text)); err != nil {
		return err
	}
	for _, r := range rows {
		flap := &change.Flap{Times: r.Times, Since: r.Since}
		if err := json.Unmarshal([]byte(r.Writers), &flap.Writers); err != nil {
			return fmt.Errorf("read who wrote over %s: %w", part[r.At].change.Object, err)
		}
		slices.Sort(flap.Writers)
		part[r.At].tell(flap)
	}
	return nil
}
