package diff

import (
	"database/sql"
	"slices"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/value"
)

// concernedRow is what is wanted of an object, as it was loaded.
type concernedRow struct {
	Kind, Object    string
	ID              int64
	Fields, Initial string
}

// findConcerned picks the objects of the topology that the diff looks at: those that differ
// or are not in NetBox, what refers to such, and what people and marks make special. The
// others cost nothing but the pass over them.
func (d *differ) findConcerned() error {
	rows, err := d.concerned()
	if err != nil {
		return err
	}
	if err := d.lookUpRenamed(); err != nil {
		return err
	}
	d.wanted = make(map[key]*wanted, len(rows))
	for i := range d.topo.Len() {
		kind, object := d.topo.IDAt(i)
		k := key{kind, d.ids.knownAs(kind, object)}
		row, is := rows[k]
		_, alone := d.skip[k]
		if !is && !alone {
			continue
		}
		w, err := d.recallWanted(i, row)
		if err != nil {
			return err
		}
		d.wanted[k] = w
		d.order = append(d.order, w)
	}
	d.changes = slices.Grow(d.changes, len(d.order)) // most of these are changes, and each is large
	return d.ids.err
}

// concerned reads what is wanted of those objects.
func (d *differ) concerned() (map[key]*concernedRow, error) {
	also, err := value.Encode(d.alsoConcerned())
	if err != nil {
		return nil, err
	}
	var rows []concernedRow
	if err := d.selectAll(&rows, d.statements.Get("query/desired_concerned"), sql.Named("also", also)); err != nil {
		return nil, err
	}
	out := make(map[key]*concernedRow, len(rows))
	for i := range rows {
		out[key{rows[i].Kind, rows[i].Object}] = &rows[i]
	}
	return out, nil
}

// alsoConcerned lists what the diff looks at whether it differs or not, as pairs of kind
// and object id.
func (d *differ) alsoConcerned() []any {
	out := []any{}
	add := func(object string) {
		for _, kind := range d.kinds.Owned() {
			out = append(out, []any{kind.Name, object})
		}
	}
	for _, a := range d.told.Asked {
		add(a.Object)
	}
	for object := range d.told.Instead {
		add(object)
	}
	for _, object := range d.told.objects {
		add(object)
	}
	for _, m := range d.topo.Moved {
		add(m.From)
		add(m.To)
	}
	for k := range d.bareObjects {
		out = append(out, []any{k.kind, k.object})
	}
	for k := range d.marks.proposed {
		out = append(out, []any{k.kind, k.object})
	}
	return out
}

// recallWanted makes a wanted object of what was loaded of it.
func (d *differ) recallWanted(i int, row *concernedRow) (*wanted, error) {
	if row == nil {
		return d.want(i), d.ids.err
	}
	o := d.topo.At(i)
	w := d.begin(&o)
	w.id = row.ID
	var err error
	if w.fields, err = value.ReadObject(row.Fields); err == nil {
		w.initial, err = value.ReadObject(row.Initial)
	}
	w.apart = d.apart(o.Kind, o.Apart)
	d.needTags(w)
	return w, err
}

// lookUpRenamed reads the ids of what may be known by an earlier id.
func (d *differ) lookUpRenamed() error {
	if len(d.ids.earlier) == 0 {
		return nil
	}
	var renamed []int
	for i := range d.topo.Len() {
		if _, object := d.topo.IDAt(i); len(d.ids.earlier[object]) > 0 {
			renamed = append(renamed, i)
		}
	}
	return d.lookUpRefs(renamed)
}

// lookUpRefs reads the ids of some objects of the topology, and of what they refer to.
func (d *differ) lookUpRefs(part []int) error {
	ask := map[string][]string{}
	add := func(kind, object string) {
		ask[kind] = append(ask[kind], object)
		ask[kind] = append(ask[kind], d.ids.earlier[object]...)
	}
	for _, i := range part {
		o := d.topo.At(i)
		add(o.Kind, o.ID)
		for _, v := range o.Fields {
			ref, is := v.(generate.Ref)
			if kind, known := d.kinds.Of(ref.Kind); is && known && kind.IsOwned() {
				add(ref.Kind, ref.Object)
			}
		}
	}
	for kind, objects := range ask {
		if err := d.ids.lookUp(kind, objects...); err != nil {
			return err
		}
	}
	return nil
}
