package diff

import (
	"database/sql"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// asked is a field of which the changelog is to tell who gave it its value.
type asked struct {
	kind  string
	id    int64
	field string
	have  any
	blame *change.Blame

	// foreign says that the value is not what diet last applied, and wrote what of it diet itself
	// wrote last, as JSON: where a run was rolled back, it gave back what somebody else wrote.
	foreign bool
	wrote   string

	// applied says that the value is what diet last applied.
	applied bool
}

// blame returns who gave a field its value, once [differ.tellBlame] has asked for all at
// once; until then it is unknown.
func (d *differ) blame(kind string, id int64, field string, have any) *change.Blame {
	b := &change.Blame{Actor: change.ActorUnknown}
	d.asked = append(d.asked, asked{kind: kind, id: id, field: field, have: have, blame: b})
	return b
}

// blameField is blame for a field of an object of the plan.
func (d *differ) blameField(kind string, id int64, f change.Field) *change.Blame {
	b := d.blame(kind, id, f.Name, f.Have)
	a := &d.asked[len(d.asked)-1]
	a.foreign = f.Class == change.Drift || f.Class == change.Conflict
	a.applied = f.Class == change.Planned && !change.Emptied(kind, f.Name, f.Class, f.Base, f.Have)
	return b
}

// tellBlame finds out who gave the fields their values that blame was asked for.
func (d *differ) tellBlame() error {
	var givenBack []asked
	for part := range slices.Chunk(d.asked, batch) {
		err := d.touchers("query/blame_field_each", part, func(a asked, last *mirror.Touched) {
			*a.blame = *d.blameFor(a, last)
			if a.foreign && a.blame.Actor == change.ActorDiet && last.Wrote != nil {
				a.wrote = *last.Wrote
				givenBack = append(givenBack, a)
			}
		})
		if err != nil {
			return err
		}
	}
	for part := range slices.Chunk(givenBack, batch) {
		err := d.touchers("query/blame_value_each", part, func(a asked, last *mirror.Touched) { *a.blame = *blameOf(last) })
		if err != nil {
			return err
		}
	}
	return nil
}

// touchers asks for the changes that are to blame for some fields.
func (d *differ) touchers(statement string, part []asked, tell func(asked, *mirror.Touched)) error {
	list := make([]any, len(part))
	for i, a := range part {
		kind := d.kinds.Must(a.kind)
		list[i] = []any{kind.ObjectType, a.id, d.loggedAs(kind, a.field), a.wrote}
	}
	text, err := value.Encode(list)
	if err != nil {
		return err
	}
	var rows []struct {
		At int
		mirror.Touched
	}
	if err := d.selectAll(&rows, d.statements.Get(statement), sql.Named("asked", text)); err != nil {
		return err
	}
	for i := range rows {
		tell(part[rows[i].At], &rows[i].Touched)
	}
	return nil
}

// blameFor says who gave a field its value, from the change that last touched it. It is
// unknown if that change does not explain the value, as edits may be unlogged and changes
// are pruned; then it is not diet's own either. What the record says that diet applied is
// explained by that: of what diet made, the changelog's values are not kept.
func (d *differ) blameFor(a asked, last *mirror.Touched) *change.Blame {
	f, _ := d.kinds.Must(a.kind).Field(a.field)
	if last == nil || last.Actor == change.ActorDiet && f.Type != kinds.End && !a.applied && !last.Explains(a.have) {
		return &change.Blame{Actor: change.ActorUnknown}
	}
	return blameOf(last)
}

// loadMakers reads who made what stands where the plan wants objects.
func (d *differ) loadMakers() error {
	d.makers = map[place]*change.Blame{}
	var list []any
	types := map[string]string{}
	for k, c := range d.claims {
		kind := d.kinds.Must(k.kind)
		types[kind.ObjectType] = k.kind
		list = append(list, []any{kind.ObjectType, c.ID})
	}
	if list == nil {
		return nil
	}
	text, err := value.Encode(list)
	if err != nil {
		return err
	}
	var rows []struct {
		ObjectType string `db:"object_type"`
		ID         int64
		change.Blame
	}
	if err := d.selectAll(&rows, d.statements.Get("query/blame_created_each"), sql.Named("objects", text)); err != nil {
		return err
	}
	for i := range rows {
		d.makers[place{types[rows[i].ObjectType], rows[i].ID}] = &rows[i].Blame // the last one stands
	}
	return nil
}

// deleted returns who deleted an object of the plan that went by one of some ids, as far as the
// changelog knows; nil if nobody did, or diet itself.
func (d *differ) deleted(name string, ids []string) (*change.Blame, error) {
	kind := d.kinds.Must(name).ObjectType
	was, err := d.everDeleted()
	for _, object := range ids {
		if was[key{kind, object}] {
			return d.blameOf("query/object_deleted", sql.Named("object", object), sql.Named("type", kind))
		}
	}
	return nil, err
}

// everDeleted are the objects, by type, of which the changelog has a deletion: most that a
// plan wants and NetBox does not have were never there.
func (d *differ) everDeleted() (map[key]bool, error) {
	if d.deletions != nil {
		return d.deletions, nil
	}
	var rows []struct{ Type, Object string }
	if err := d.selectAll(&rows, d.statements.Get("query/object_deleted_list")); err != nil {
		return nil, err
	}
	d.deletions = make(map[key]bool, len(rows))
	for _, r := range rows {
		d.deletions[key{r.Type, r.Object}] = true
	}
	return d.deletions, nil
}

// toucher returns who last touched a field, whatever they wrote; nil if nobody knows.
func (d *differ) toucher(kind string, id int64, field string) (*change.Blame, error) {
	last, err := d.touched(kind, id, field)
	if err != nil || last == nil {
		return nil, err
	}
	return blameOf(last), nil
}

// touched returns the change that last touched a field; nil for none.
func (d *differ) touched(kind string, id int64, field string) (*mirror.Touched, error) {
	var rows []mirror.Touched
	st := d.statements.Get("query/blame_field")
	err := d.selectAll(&rows, st, sql.Named("kind", kind), sql.Named("id", id), sql.Named("field", d.loggedAs(d.kinds.Must(kind), field)))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

func blameOf(t *mirror.Touched) *change.Blame {
	return &change.Blame{Actor: t.Actor, User: t.User, Time: t.Time, Message: t.Message, Request: t.Request}
}

// created returns who made an object; nil if nobody knows.
func (d *differ) created(kind string, id int64) (*change.Blame, error) {
	return d.blameOf("query/blame_created", sql.Named("kind", kind), sql.Named("id", id))
}

func (d *differ) blameOf(name string, args ...any) (*change.Blame, error) {
	var rows []change.Blame
	if err := d.selectAll(&rows, d.statements.Get(name), args...); err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}
