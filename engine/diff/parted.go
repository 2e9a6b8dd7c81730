package diff

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate/natural"
	"github.com/diet-project/diet/mirror/value"
)

// PartedFinding is the id of the finding about parts that are of another whole than the plan wants.
const PartedFinding = "part-of-another"

// whole is what is told of an object of which something is a part.
type whole struct {
	Name   string `json:"name"`
	Plan   string `json:"plan"`
	Object string `json:"object_id"`
}

// tellParted tells of what is a part of another object than the plan wants: NetBox moves no part to
// another one, so that is never written. Where the other one is of another plan, a move to that was not
// finished: what the plan wants in its place is not made a second time.
func (d *differ) tellParted() error {
	parts := map[string][]string{} // by what is wrong
	for i := range d.changes {
		c := &d.changes[i]
		at := slices.IndexFunc(c.Fields, func(f change.Field) bool { return f.Name == d.kinds.Must(c.Kind).Parent })
		if at < 0 || c.NetBoxID == 0 || c.Before == nil {
			continue
		}
		f := &c.Fields[at]
		id, is := value.ID(f.Have)
		if !is || value.Equal(f.Want, f.Have) {
			continue
		}
		parent := change.Refers(c.Kind, f.Name)
		of, err := d.wholeOf(parent, id)
		if err != nil {
			return err
		}
		why := fmt.Sprintf("parts of %s %q (id %d) are recorded as parts of another one, and NetBox moves none: "+
			"delete them there, or give that one its marks back", parent, of.Name, id)
		objects := []string{c.Object}
		if of.Plan != "" && of.Plan != d.plan {
			why = fmt.Sprintf("objects are half moved to plan %s, and NetBox moves no part of one to another: finish it, "+
				"and apply both plans in one command, with what moved taken out of this one", of.Plan)
			if w := d.wanted[key{c.Kind, c.Object}]; w != nil && w.owner != "" {
				objects = append(objects, w.owner)
			}
		}
		parts[why] = append(parts[why], objects...)
	}
	for _, why := range slices.Sorted(maps.Keys(parts)) {
		objects := parts[why]
		slices.SortFunc(objects, natural.Compare)
		objects = slices.Compact(objects)
		d.findings = append(d.findings, change.Notice{
			ID: PartedFinding, Severity: change.Error, Objects: objects,
			Message: fmt.Sprintf("%s (%d, the first %s)", why, len(objects), objects[0]),
		})
	}
	return nil
}

// wholeOf is what the mirror has of an object; nothing where it is gone.
func (d *differ) wholeOf(kind string, id int64) (out whole, err error) {
	var docs []string
	if err := d.selectAll(&docs, d.statements.For("query/object_doc", d.kinds.Must(kind)), sql.Named("id", id)); err != nil || len(docs) == 0 {
		return out, err
	}
	if err := json.Unmarshal([]byte(docs[0]), &out); err != nil {
		return out, fmt.Errorf("read %s %d: %w", kind, id, err)
	}
	return out, nil
}
