package diff

import (
	"database/sql"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate/natural"
)

// naturalRow is an object found by natural key under a wanted one.
type naturalRow struct {
	Object  string `db:"object"`
	ID      int64  `db:"id"`
	Name    string `db:"name"`
	Plan    string `db:"plan"`
	Other   string `db:"other"`
	Found   string `db:"found"`
	Created any    `db:"created"`
	Same    bool   `db:"same"`
	Native  bool   `db:"native"`
}

// findCreates tells apart, of all that is wanted and bears no object id yet:
// what stands there already, what somebody deleted, and what is simply new.
func (d *differ) findCreates() error {
	for _, kind := range Owned {
		natural, err := d.natural(kind)
		if err != nil {
			return err
		}
		for _, w := range d.order {
			if w.kind != kind || w.id != 0 || d.twice(w) {
				continue
			}
			c, err := d.create(w, natural[w.object])
			if err != nil {
				return err
			}
			d.changes = append(d.changes, c)
		}
	}
	return nil
}

func (d *differ) natural(kind string) (map[string]naturalRow, error) {
	var rows []naturalRow
	if err := d.selectAll(&rows, "query/"+kind+"_natural"); err != nil {
		return nil, err
	}
	first := make(map[string]naturalRow, len(rows))
	for _, r := range rows {
		if _, ok := first[r.Object]; !ok {
			first[r.Object] = r
		}
	}
	return first, nil
}

// create is the change of a wanted object that nothing bears the id of.
func (d *differ) create(w *wanted, found naturalRow) (change.Change, error) {
	if found.ID != 0 {
		return d.existing(w, found)
	}
	c := d.changeOf(w, change.Absent, change.Create)
	c.Fields = createFields(w.fields, w.initial)
	c.Needs = needs(c.Fields)
	blame, err := d.deleted(w)
	if err != nil {
		return c, err
	}
	if blame != nil {
		c.Class, c.Blame = change.Missing, blame
		d.wentWith(&c)
	}
	return c, nil
}

// wentWith notes that a deleted interface went along with its device, which is
// deleted too. Devices are found ahead of interfaces.
func (d *differ) wentWith(c *change.Change) {
	if c.Kind == "device" {
		d.gone[c.Object] = len(d.changes)
		return
	}
	if i, ok := d.gone[c.Owner]; ok {
		c.With = c.Owner
		count(&d.changes[i], c.Kind)
	}
}

// existing is the change of a wanted object that something stands in the place
// of. What another plan owns is never adopted: it blocks.
func (d *differ) existing(w *wanted, found naturalRow) (change.Change, error) {
	c := d.changeOf(w, change.Exists, change.Adopt)
	c.NetBoxID = found.ID
	c.Other = &change.Other{Kind: w.kind, ID: found.ID, Name: found.Name, Plan: found.Plan, Object: found.Other}
	blame, err := d.created(w.kind, found.ID)
	if err != nil {
		return c, err
	}
	c.Blame, c.Other.Blame = blame, blame
	switch {
	case found.Native:
		c.Class = change.Templated
	case found.Other != "":
		c.Class, c.Action, c.NetBoxID = change.Blocked, change.Create, 0
	case !found.Same:
		c.Class, c.Action, c.NetBoxID = change.Blocked, change.Create, 0
	}
	if c.Action == change.Create {
		c.Fields = createFields(w.fields, w.initial)
	} else if c.Before, err = d.before(w.kind, found.ID); err != nil {
		return c, err
	} else if c.Fields, err = d.adoptFields(w, found.ID, c.Before.Have); err != nil {
		return c, err
	}
	if c.Class == change.Templated {
		ours(c.Fields)
	}
	c.Needs = needs(c.Fields)
	return c, nil
}

// ours lets the plan's values win: what NetBox made from a template nobody chose.
func ours(fields []change.Field) {
	for i := range fields {
		if fields[i].Class == change.Conflict {
			fields[i].Class = change.New
		}
	}
}

// adoptFields compares what a plan wants with an object that it does not own yet.
func (d *differ) adoptFields(w *wanted, id int64, have map[string]any) ([]change.Field, error) {
	if w.kind == "cable" && !same(have["a"], w.fields["a"]) && same(have["a"], w.fields["b"]) {
		have["a"], have["b"] = have["b"], have["a"]
	}
	var fields []change.Field
	for _, name := range sortedKeys(w.fields) {
		f := change.Field{Name: name, Class: change.Conflict, Want: w.fields[name], Have: have[name], Stated: true}
		switch {
		case same(f.Want, f.Have):
			f.Class = change.Agreed
		case f.Have == nil || f.Have == "":
			f.Class = change.New
		}
		if f.Class == change.Conflict {
			var err error
			if f.Blame, err = d.blame(w.kind, id, name); err != nil {
				return nil, err
			}
		}
		fields = append(fields, f)
	}
	return fields, nil
}

// createFields lists what a create writes, sorted by name.
func createFields(fields, initial map[string]any) []change.Field {
	out := make([]change.Field, 0, len(fields)+len(initial))
	for name, v := range fields {
		out = append(out, change.Field{Name: name, Class: change.New, Want: v, Stated: true})
	}
	for name, v := range initial {
		out = append(out, change.Field{Name: name, Class: change.New, Want: v})
	}
	slices.SortFunc(out, func(a, b change.Field) int { return natural.Compare(a.Name, b.Name) })
	return out
}

// deleted says who deleted an object of ours, as far as the changelog knows; nil
// where nobody did, or diet itself.
func (d *differ) deleted(w *wanted) (*change.Blame, error) {
	var rows []struct {
		Time    string `db:"time"`
		User    string `db:"user"`
		Message string `db:"message"`
	}
	err := d.selectAll(&rows, "query/object_deleted", sql.Named("object", w.object), sql.Named("type", "dcim."+w.kind))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &change.Blame{Actor: change.ActorPerson, User: rows[0].User, Time: rows[0].Time, Message: rows[0].Message}, nil
}

// blame says who last touched a field of an object; nil where nobody knows.
func (d *differ) blame(kind string, id int64, field string) (*change.Blame, error) {
	return d.blameOf("query/blame_field", sql.Named("kind", kind), sql.Named("id", id), sql.Named("field", field))
}

// created says who made an object; nil where nobody knows.
func (d *differ) created(kind string, id int64) (*change.Blame, error) {
	return d.blameOf("query/blame_created", sql.Named("kind", kind), sql.Named("id", id))
}

func (d *differ) blameOf(name string, args ...any) (*change.Blame, error) {
	var rows []struct {
		Actor   string `db:"actor"`
		User    string `db:"user"`
		Time    string `db:"time"`
		Message string `db:"message"`
	}
	if err := d.selectAll(&rows, name, args...); err != nil || len(rows) == 0 {
		return nil, err
	}
	return &change.Blame{Actor: rows[0].Actor, User: rows[0].User, Time: rows[0].Time, Message: rows[0].Message}, nil
}
