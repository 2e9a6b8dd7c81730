package diff

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// openedRow is an object whose three sides differ.
type openedRow struct {
	Kind   string `db:"kind"`
	Object string `db:"object"`
	ID     int64  `db:"id"`
	mirror.OwnedRow
}

// openKinds are the owned kinds of which objects are to be opened: those that differ, and those
// that are not wanted.
func (d *differ) openKinds() (differ, unwanted []kinds.Kind, err error) {
	var rows []struct {
		Kind              string
		Differs, Unwanted bool
	}
	if err := d.selectAll(&rows, d.statements.Get("query/signature_kinds")); err != nil {
		return nil, nil, err
	}
	for _, kind := range d.kinds.Owned() {
		for _, r := range rows {
			if r.Kind == kind.Name && r.Differs {
				differ = append(differ, kind)
			}
			if r.Kind == kind.Name && r.Unwanted {
				unwanted = append(unwanted, kind)
			}
		}
	}
	return differ, unwanted, nil
}

// compare joins the signatures of the three sides in SQL, and compares the objects that
// differ field by field.
func (d *differ) compare() error {
	differ, _, err := d.openKinds()
	if err != nil {
		return err
	}
	for _, kind := range differ {
		var rows []openedRow
		if err := d.selectAll(&rows, d.statements.For("query/owned_opened", kind)); err != nil {
			return err
		}
		befores, err := d.readEach(kind.Name, rowsOf(rows, func(r openedRow) mirror.OwnedRow { return r.OwnedRow }))
		if err != nil {
			return err
		}
		for i, r := range rows {
			if err := d.addChanged(r, befores[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// addChanged turns an object that differs into its change, if an owned field does.
func (d *differ) addChanged(r openedRow, before *change.Before) error {
	w := d.wanted[key{r.Kind, r.Object}]
	if w == nil {
		return fmt.Errorf("diff %s %q: not in the topology", r.Kind, r.Object)
	}
	if w.id == 0 || d.isTold(w) {
		return nil
	}
	var err error
	if r.ID != w.id { // of two with one id, that is the other
		if before, err = d.before(r.Kind, w.id); err != nil {
			return err
		}
	}
	c, err := d.differences(w, before)
	if err == nil && len(c.Fields) > 0 {
		w.changed = true
		d.changes = append(d.changes, c)
	}
	return err
}

// differences is the change of an object that is there, field by field.
func (d *differ) differences(w *wanted, before *change.Before) (change.Change, error) {
	c := d.changed(w)
	c.Before = before
	var learnt []string
	if d.told.Rebase {
		learnt = d.relearn(w.kind, before)
	}
	half, err := d.emptied(w, before)
	if err != nil {
		return c, err
	}
	if err := d.recallInitial(w, half); err != nil {
		return c, err
	}
	fields, err := d.keptInitial(w, before, w.differing(half))
	if err != nil {
		return c, err
	}
	if err := d.giveBack(w, before, fields); err != nil {
		return c, err
	}
	d.bundle(w, half, fields)
	d.bindSize(w.kind, fields)
	for _, f := range w.learnt(fields, before, learnt) {
		f.Retyped = w.retyped(f, before)
		if writes(f.Class) {
			c.Action = change.Update
		}
		f.Blame = d.blameField(w.kind, w.id, f)
		c.Fields = append(c.Fields, f)
		if err := d.keepDifference(w, f); err != nil {
			return c, err
		}
	}
	w.need(&c)
	return c, nil
}

// bundle treats fields that mean something only together as one value: if the plan
// changed one of them and somebody else another, all of them conflict.
func (d *differ) bundle(w *wanted, before *change.Before, fields []change.Field) {
	of := change.Change{Kind: w.kind, Fields: fields}
	for _, group := range of.Groups() {
		wantIsBase, haveIsBase, wantIsHave := true, true, true
		for _, name := range group {
			want, stated := w.fields[name]
			base, known := before.Base[name]
			if w.apart[name] != nil && value.Equal(want, before.Have[name]) {
				continue // it stays, whoever made it
			}
			if _, released := before.Released[name]; !stated || !known || released {
				continue
			}
			have := before.Have[name]
			if before.Passing(name) {
				have = base // diet itself wrote that, temporarily
			}
			wantIsBase, haveIsBase = wantIsBase && value.Equal(want, base), haveIsBase && value.Equal(have, base)
			wantIsHave = wantIsHave && value.Equal(want, have)
		}
		if classifyKnown(wantIsBase, haveIsBase, wantIsHave) != change.Conflict {
			continue
		}
		for i := range fields {
			f := &fields[i]
			if slices.Contains(group, f.Name) && (f.Class == change.Planned || f.Class == change.Drift) {
				f.Class = change.Conflict
			}
		}
	}
}

// bindSize makes a change of what decides about the size of an object conflict along with its
// place: a device that is to be of no height must leave its rack unit, and somebody has put
// it there.
func (d *differ) bindSize(name string, fields []change.Field) {
	kind := d.kinds.Must(name)
	kept := slices.ContainsFunc(fields, func(f change.Field) bool {
		field, _ := kind.Field(f.Name)
		return field.Vacant && f.Stated && f.Want == nil && f.Class == change.Conflict
	})
	for i := range fields {
		f := &fields[i]
		if field, _ := kind.Field(f.Name); kept && field.Defining && f.Class == change.Planned {
			f.Class = change.Conflict
		}
	}
}

// retyped reports whether a field would refer to a shared object that is yet to be
// created although, as far as is known, the plan did not switch to another one.
func (w *wanted) retyped(f change.Field, before *change.Before) bool {
	wants, shared := w.keys[f.Name]
	_, pending := change.Pending(w.kind, f.Name, f.Want)
	was, known := before.Keys[f.Name].(string)
	to, _ := kinds.Standard().Of(change.Refers(w.kind, f.Name))
	if to.IsOwned() {
		return false
	}
	return shared && pending && f.Known && (!known || sameKey(was, wants))
}

// differing lists the fields of an object that are not in sync, by name. Released fields
// belong to nobody and are left out.
func (w *wanted) differing(before *change.Before) []change.Field {
	names := map[string]bool{}
	for _, side := range []map[string]any{w.fields, w.initial, before.Base, before.Initial, before.Tmp} {
		for name := range side {
			names[name] = true
		}
	}
	var out []change.Field
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if _, released := before.Released[name]; released {
			continue
		}
		f := change.Field{Name: name, Have: before.Have[name]}
		f.Want, f.Stated = w.fields[name]
		f.Base, f.Known = before.Applied(name)
		f.Class = classify(f)
		if vacant(w.kind, f) || givenUp(w.kind, f, before) {
			f.Class = ""
		}
		_, wasInitial := before.Initial[name]
		if v, initial := w.initial[name]; initial {
			f.Want, f.Stated = v, true
			f.Class = classifyInitial(f, before.Version)
			wasInitial = !wasInitial
		}
		if f.Class == "" && f.Known && wasInitial {
			f.Class = change.Converged // the record has it for the other sort
		}
		if f.Record = w.apart[name]; f.Class == change.New && w.cleared(f) {
			f.Class = change.Conflict
		}
		f.Class = settle(f, f.Class)
		if _, half := before.Tmp[name]; half {
			f.Class = finished(f, f.Class, before.Passing(name))
		}
		if f.Class != "" {
			out = append(out, f)
		}
	}
	return out
}

// cleared reports whether somebody emptied a field that is to be as it was at an earlier time. NetBox
// empties only what refers to something that is gone.
func (w *wanted) cleared(f change.Field) bool {
	_, gone := change.Pending(w.recalled, f.Name, f.Want)
	return !gone && (f.Record != nil || change.Refers(w.recalled, f.Name) != "")
}

// classify returns the class of a field from its three sides; "" means in sync.
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

// vacant reports whether a plan wants no value of a field that has none and never had one of
// the plan's, and a record of that is not worth a write.
func vacant(kind string, f change.Field) bool {
	k, _ := kinds.Standard().Of(kind)
	field, _ := k.Field(f.Name)
	return f.Class == change.Agreed && f.Have == nil && field.Vacant
}

// givenUp reports whether a plug that the plan leaves nowhere was given up along with what it is in:
// who has that keeps it.
func givenUp(kind string, f change.Field, before *change.Before) bool {
	k, _ := kinds.Standard().Of(kind)
	field, _ := k.Field(f.Name)
	if field.Type != kinds.End || !f.Stated || f.Want != nil || f.Class != change.Conflict || f.Known {
		return false
	}
	return slices.ContainsFunc(k.Ends(), func(end string) bool { _, applied := before.Base[end]; return applied })
}

// finished is the class of a field that diet wrote temporarily and has not set right
// yet: it is written, or only its mark is removed. If somebody has changed it since, it
// is classified as if diet had not written it.
func finished(f change.Field, class change.Class, passing bool) change.Class {
	switch {
	case !f.Stated && !f.Known:
		return ""
	case !f.Stated:
		return class
	case value.Equal(f.Want, f.Have):
		return change.Converged
	case passing:
		return change.Planned
	default:
		return class
	}
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

// keepDifference notes a field for the views change and conflict.
func (d *differ) keepDifference(w *wanted, f change.Field) error {
	row := []any{w.kind, w.knownAs, d.plan, f.Name, f.Base, f.Want, f.Have, string(f.Class)}
	for i, v := range row {
		var err error
		if row[i], err = mirror.Column(v); err != nil {
			return fmt.Errorf("keep %s of %q: %w", f.Name, w.object, err)
		}
	}
	d.fields = append(d.fields, row)
	return nil
}

// keepDifferences replaces what the last diff found, if there is anything to replace.
func (d *differ) keepDifferences() error {
	var earlier []int
	if err := d.selectAll(&earlier, d.statements.Get("query/difference_any")); err != nil {
		return err
	}
	if len(earlier) == 0 && len(d.fields) == 0 {
		return nil
	}
	return d.mirror.Finish(d.ctx, func() error {
		if err := d.exec(d.statements.Get("query/difference_clear")); err != nil {
			return err
		}
		return d.execEach(d.statements.Get("query/difference_insert"), d.fields)
	})
}

// findRenamed adds the objects whose key was renamed, or whose record has no uid yet, and
// that do not differ otherwise: they get their new id, or their uid.
func (d *differ) findRenamed() error {
	for _, w := range d.order {
		same := w.knownAs == w.object && !d.ids.bare[place{w.kind, w.id}]
		if same || w.changed || d.leftAlone(w) {
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

// changed starts the change of an existing object of the plan. If its key was renamed,
// its id differs, which takes a write of ownership alone.
func (d *differ) changed(w *wanted) change.Change {
	w.changed = true
	c := d.changeOf(w, change.Changed, change.Own)
	if w.knownAs != w.object {
		c.Fields = append(c.Fields, change.Field{
			Name: change.ObjectID, Class: change.Planned, Base: w.knownAs, Want: w.object, Have: w.knownAs, Known: true, Stated: true,
		})
		c.Needs = d.renamedWith(w)
	}
	if d.ids.bare[place{w.kind, w.id}] {
		c.Fields = append(c.Fields, change.Field{Name: change.PlanUID, Class: change.New, Want: d.topo.Plan.UID, Stated: true})
	}
	return c
}

// renamedWith are the objects by which an object is called that gets another id, where they get another
// one too: what it is a part of, and what it is plugged into. They have it first, or none of them has.
func (d *differ) renamedWith(w *wanted) []string {
	kind := d.kinds.Must(w.kind)
	var out []string
	for _, name := range append(kind.Sockets(), kind.Parent) {
		at := key{change.Refers(w.kind, name), w.keys[name]}
		if name != "" && at.kind != "" && at.object != "" && d.ids.knownAs(at.kind, at.object) != at.object {
			out = append(out, at.object)
		}
	}
	return out
}

// writes reports whether a field of the class may lead to a write of its value.
func writes(class change.Class) bool { return !class.Records() }

// before reads an object's ownership and its fields.
func (d *differ) before(kind string, id int64) (*change.Before, error) {
	found, err := d.befores(kind, []int64{id})
	if err == nil && found[id] == nil {
		err = fmt.Errorf("read %s %d: not in the mirror", kind, id)
	}
	return found[id], err
}

// befores reads the ownership and the fields of objects, by NetBox id.
func (d *differ) befores(kind string, ids []int64) (map[int64]*change.Before, error) {
	list, err := value.Encode(ids)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		ID int64
		mirror.OwnedRow
	}
	if err := d.selectAll(&rows, d.statements.For("query/owned_get", d.kinds.Must(kind)), sql.Named("ids", list)); err != nil {
		return nil, err
	}
	owned := make([]mirror.OwnedRow, len(rows))
	for i := range rows {
		owned[i] = rows[i].OwnedRow
	}
	befores, err := d.readEach(kind, owned)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]*change.Before, len(rows))
	for i, r := range rows {
		out[r.ID] = befores[i]
	}
	return out, nil
}
