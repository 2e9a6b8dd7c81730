package diff

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/value"
)

// openedRow is an object whose three sides are not one.
type openedRow struct {
	Kind   string `db:"kind"`
	Object string `db:"object"`
	mirror.OwnedRow
}

// compare joins the signatures of the three sides in SQL, and compares the objects that
// differ field by field.
func (d *differ) compare() error {
	if err := d.exec(d.statements.Get("query/signature_want")); err != nil {
		return err
	}
	for _, kind := range d.kinds.Owned() {
		var rows []openedRow
		if err := d.selectAll(&rows, d.statements.For("query/owned_opened", kind)); err != nil {
			return err
		}
		for _, r := range rows {
			if err := d.addChanged(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// addChanged turns an object that differs into its change, if an owned field does.
func (d *differ) addChanged(r openedRow) error {
	w := d.wanted[key{r.Kind, r.Object}]
	if w == nil {
		return fmt.Errorf("diff %s %q: not in the topology", r.Kind, r.Object)
	}
	before, err := read(r.OwnedRow)
	if err != nil {
		return fmt.Errorf("read %s %q: %w", r.Kind, r.Object, err)
	}
	fields := differing(w.fields, before)
	if len(fields) == 0 {
		return nil
	}
	c := d.changed(w)
	c.Before = before
	for _, f := range fields {
		if writes(f.Class) {
			c.Action = change.Update
		}
		if f.Blame, err = d.blame(w.kind, w.id, f.Name, f.Have); err != nil {
			return err
		}
		c.Fields = append(c.Fields, f)
		if err := d.keepDifference(w, f); err != nil {
			return err
		}
	}
	c.Needs = needs(c.Fields)
	d.changes = append(d.changes, c)
	return nil
}

// differing lists the fields of an object that are not in sync, by name. A released
// field is nobody's.
func differing(want map[string]any, before *change.Before) []change.Field {
	names := map[string]bool{}
	for name := range want {
		names[name] = true
	}
	for name := range before.Base {
		names[name] = true
	}
	var out []change.Field
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if _, released := before.Released[name]; released {
			continue
		}
		f := change.Field{Name: name, Have: before.Have[name]}
		f.Want, f.Stated = want[name]
		f.Base, f.Known = before.Base[name]
		if f.Class = classify(f); f.Class != "" {
			out = append(out, f)
		}
	}
	return out
}

// classify says how the three sides of a field stand to each other; "" is in sync.
func classify(f change.Field) change.Class {
	wantIsHave := value.Equal(f.Want, f.Have)
	switch {
	case f.Known && !f.Stated:
		return change.Relinquished
	case f.Known:
		return classifyKnown(value.Equal(f.Want, f.Base), value.Equal(f.Have, f.Base), wantIsHave)
	case wantIsHave:
		return change.Agreed
	case value.Empty(f.Have):
		return change.New
	}
	return change.Conflict
}

// classifyKnown is classify for a field that diet applied before.
func classifyKnown(wantIsBase, haveIsBase, wantIsHave bool) change.Class {
	switch {
	case wantIsBase && haveIsBase:
		return ""
	case haveIsBase:
		return change.Planned
	case wantIsBase:
		return change.Drift
	case wantIsHave:
		return change.Converged
	}
	return change.Conflict
}

// keepDifference records a field for the views change and conflict.
func (d *differ) keepDifference(w *wanted, f change.Field) error {
	sides := make([]any, 3)
	for i, v := range []any{f.Base, f.Want, f.Have} {
		var err error
		if sides[i], err = mirror.Column(v); err != nil {
			return fmt.Errorf("keep %s of %q: %w", f.Name, w.object, err)
		}
	}
	return d.exec(d.statements.Get("query/difference_insert"),
		sql.Named("kind", w.kind), sql.Named("object", w.knownAs), sql.Named("plan", d.plan), sql.Named("field", f.Name),
		sql.Named("base", sides[0]), sql.Named("want", sides[1]), sql.Named("have", sides[2]), sql.Named("class", string(f.Class)))
}

// findRenamed adds the objects whose key was renamed and that differ in nothing
// else: they get their new id.
func (d *differ) findRenamed() error {
	for _, w := range d.order {
		if w.knownAs == w.object || w.changed || d.disputed(w) {
			continue
		}
		c := d.changed(w)
		var err error
		if c.Before, err = d.before(w.kind, w.id); err != nil {
			return err
		}
		d.changes = append(d.changes, c)
	}
	return nil
}

// changed starts the change of an object that is there and ours. One whose key
// was renamed differs in its id, which is ownership alone.
func (d *differ) changed(w *wanted) change.Change {
	w.changed = true
	c := d.changeOf(w, change.Changed, change.Own)
	if w.knownAs != w.object {
		c.Fields = append(c.Fields, change.Field{
			Name: change.ObjectID, Class: change.Planned, Base: w.knownAs, Want: w.object, Have: w.knownAs, Known: true, Stated: true,
		})
	}
	return c
}

// writes reports whether a field of the class may lead to a write of its value.
func writes(class change.Class) bool {
	switch class {
	case change.Converged, change.Agreed, change.Relinquished:
		return false
	}
	return true
}

// before reads an object's ownership and its fields.
func (d *differ) before(kind string, id int64) (*change.Before, error) {
	var rows []mirror.OwnedRow
	if err := d.selectAll(&rows, d.statements.For("query/owned_get", d.kinds.Must(kind)), sql.Named("id", id)); err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("read %s %d: not in the mirror", kind, id)
	}
	before, err := read(rows[0])
	if err != nil {
		return nil, fmt.Errorf("read %s %d: %w", kind, id, err)
	}
	return before, nil
}

func read(row mirror.OwnedRow) (*change.Before, error) {
	owned, err := row.Read()
	before := change.Before(owned)
	return &before, err
}
