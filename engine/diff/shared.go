package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/value"
)

// MissingError lists shared objects that a plan names, that it gives no body,
// and that are not in NetBox.
type MissingError struct {
	Plan    string
	Missing []string // kind and slug, sorted
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("plan %q needs objects that are not in NetBox: %s", e.Plan, strings.Join(e.Missing, ", "))
}

// Hint says the way out.
func (e *MissingError) Hint() string {
	return "check the spelling, create it in NetBox, or give it a body in the plan's spec.catalog"
}

// loadShared creates what is absent of the shared kinds, and reports what differs.
func (d *differ) loadShared() error {
	missing := &MissingError{Plan: d.plan}
	for _, w := range d.topo.Shared() {
		have, ok := d.ids.bySlug[key{w.Kind, w.Slug}]
		switch {
		case !ok && !w.Ensure:
			missing.Missing = append(missing.Missing, fmt.Sprintf("%s %q", d.kinds.Must(w.Kind).Words(), w.Slug))
		case !ok:
			d.changes = append(d.changes, d.createShared(w))
		default:
			d.findShared(w, have)
		}
	}
	if err := d.templates(); err != nil {
		return err
	}
	if len(missing.Missing) > 0 {
		slices.Sort(missing.Missing)
		missing.Missing = slices.Compact(missing.Missing)
		return missing
	}
	return nil
}

// createShared is the change that creates a shared object.
func (d *differ) createShared(w generate.Shared) change.Change {
	c := change.Change{
		Kind: w.Kind, Object: w.Kind + ":" + w.Slug, Name: w.Name, Plan: d.plan,
		Class: change.Absent, Action: change.Create,
		Fields: createFields(d.ids.resolve(w.Fields), nil),
	}
	c.Needs = needs(c.Fields)
	return c
}

// findShared reports where a shared object is not what the plan says. It is
// never changed: others use it too.
func (d *differ) findShared(w generate.Shared, have sharedObject) {
	var fields []change.Field
	for _, name := range w.Compare {
		want := value.Of(w.Fields[name])
		if !value.Equal(want, have.doc[name]) {
			fields = append(fields, change.Field{Name: name, Class: change.Conflict, Want: want, Have: have.doc[name], Stated: true})
		}
	}
	if fields != nil {
		d.changes = append(d.changes, change.Change{
			Kind: w.Kind, Object: w.Kind + ":" + w.Slug, Name: w.Name, NetBoxID: have.id, Plan: d.plan,
			Class: change.Finding, Action: change.None, Fields: fields,
		})
	}
}
