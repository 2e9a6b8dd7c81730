package diff

import (
	"database/sql"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate/natural"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// findCreates sorts the wanted objects whose id NetBox does not have: something is in
// their place, somebody deleted them, or they are new.
func (d *differ) findCreates() error {
	if err := d.loadMakers(); err != nil {
		return err
	}
	for _, w := range d.order {
		if w.id != 0 || d.leftAlone(w) {
			continue
		}
		c, err := d.create(w, d.claims[key{w.kind, w.knownAs}])
		if err != nil {
			return err
		}
		d.changes = append(d.changes, c)
	}
	return nil
}

// create is the change of a wanted object whose id NetBox does not have.
func (d *differ) create(w *wanted, found *claim) (change.Change, error) {
	switch {
	case d.alone[w.owner]:
		return d.changeOf(w, change.Unmanaged, change.None), nil
	case found != nil && found.unmarked():
		return d.unmarked(w, found)
	case found != nil:
		return d.existing(w, found)
	}
	c := d.changeOf(w, change.Absent, change.Create)
	c.Fields = createFields(w.fields, w.initial)
	for i := range c.Fields {
		c.Fields[i].Record = w.apart[c.Fields[i].Name]
	}
	w.need(&c)
	blame, was, err := d.went(w)
	if err != nil {
		return c, err
	}
	c.Was = was
	if blame == nil {
		if blame, err = d.undone(w, &c); err != nil {
			return c, err
		}
	}
	if blame != nil {
		c.Class, c.Blame = change.Missing, blame
		d.goesWith(&c)
	}
	return c, nil
}

// went says who deleted a wanted object, and nothing where nobody did. One that existed and disappeared without a
// reason in the changelog was deleted unlogged, or the token can no longer see it: then was is its NetBox id.
func (d *differ) went(w *wanted) (blame *change.Blame, was int64, err error) {
	names, err := d.everKnownAs(w)
	if err != nil {
		return nil, 0, err
	}
	if blame, err = d.deleted(w.kind, names); blame != nil || err != nil {
		return blame, 0, err
	}
	for _, object := range names {
		if id := d.lost[key{w.kind, object}]; id != 0 {
			return &change.Blame{Actor: change.ActorUnknown}, id, nil
		}
	}
	return nil, 0, nil
}

// plansOfMoved are the plan, and those that objects of it were of before.
func (d *differ) plansOfMoved() []any {
	out := []any{d.plan}
	for _, m := range d.topo.Moved {
		if plan, _, _ := strings.Cut(m.From, "/"); !slices.Contains(out, any(plan)) {
			out = append(out, plan)
		}
	}
	return out
}

// loadLost reads the objects that disappeared like that.
func (d *differ) loadLost() error {
	var rows []struct {
		Kind, Object string
		ID           int64
	}
	plans, err := value.Encode(d.plansOfMoved())
	if err != nil {
		return err
	}
	if err := d.selectAll(&rows, d.statements.Get("query/lost_list"), sql.Named("plans", plans)); err != nil {
		return err
	}
	d.lost = make(map[key]int64, len(rows))
	for _, r := range rows {
		d.lost[key{r.Kind, r.Object}] = r.ID
	}
	return nil
}

// goesWith records that a part goes with its parent: an interface with its device, where
// somebody deleted both, or made both.
func (d *differ) goesWith(c *change.Change) {
	for _, whole := range append([]string{c.Owner}, d.cards(c)...) {
		if i, ok := d.wholes[whole]; ok && (d.changes[i].Class == change.Missing) == (c.Class == change.Missing) {
			c.With = whole
			count(&d.changes[i], c.Kind)
			return
		}
	}
	d.wholes[c.Object] = len(d.changes)
}

// cards are what a part comes with that the plan wants too: of a port, its module.
func (d *differ) cards(c *change.Change) []string {
	w, kind := d.wanted[key{c.Kind, c.Object}], d.kinds.Must(c.Kind)
	var out []string
	for _, f := range kind.Fields {
		if w == nil || !kind.CameWith(f) {
			continue
		}
		if object, pending := change.Pending(w.kind, f.Name, w.fields[f.Name]); pending {
			out = append(out, object)
		}
		if object := w.claims[f.Name]; object != "" {
			out = append(out, object)
		}
	}
	return out
}

// existing is the change of a wanted object whose place is taken. An object of another
// plan, or of another type, is never adopted: it blocks.
func (d *differ) existing(w *wanted, found *claim) (change.Change, error) {
	c := d.changeOf(w, change.Exists, change.Adopt)
	c.NetBoxID, c.Proposed, c.Taken = found.ID, found.proposed, change.TakenName
	if kind := d.kinds.Must(w.kind); found.placed || found.port || len(kind.Key) > 0 && !slices.Contains(kind.Key, kind.Label) {
		c.Taken = change.TakenPlace // a name that is given up frees nothing, and a port of the type is one thing
	}
	c.Other = &change.Other{Kind: w.kind, ID: found.ID, Name: found.Name, Plan: found.Plan, Object: found.Other}
	blame, err := d.made(w, found)
	if err != nil {
		return c, err
	}
	c.Blame, c.Other.Blame = blame, blame
	if c.References, err = d.strangers(w, found); err != nil {
		return c, err
	}
	switch {
	case found.templated && len(c.References) == 0:
		c.Class = change.Templated
	case !found.adoptable:
		c.Class, c.Action, c.NetBoxID = change.Blocked, change.Create, 0
	}
	said, isSaid := d.told.Instead[w.object]
	if isSaid {
		c.Verdict, c.Settled = said, true
	}
	switch {
	case isSaid && said.Decision == change.DecisionRenameExisting:
		return c, d.renameExisting(&c, w, found.before)
	case isSaid:
		c.Action, c.NetBoxID = change.Adopt, found.ID
	}
	if c.Action == change.Create {
		c.Fields = createFields(w.fields, w.initial)
	} else {
		c.Before = found.before
		c.Fields = d.adoptFields(w, found.ID, found.before)
	}
	if c.Class == change.Templated {
		ours(c.Fields)
	}
	w.need(&c)
	if c.Action == change.Adopt && c.Class != change.Templated {
		d.goesWith(&c)
	}
	return c, nil
}

// unmarked is the change of a wanted object that exists, that diet once wrote, and whose
// marks were removed.
func (d *differ) unmarked(w *wanted, found *claim) (change.Change, error) {
	c := d.changeOf(w, change.Identity, change.None)
	c.NetBoxID, c.Differs = found.ID, []string{"diet_object_id"}
	c.Other = &change.Other{Kind: w.kind, ID: found.ID, Name: found.Name, Plan: d.plan, Object: w.object}
	var err error
	c.Blame, err = d.toucher(w.kind, found.ID, "cf.diet_object_id")
	return c, err
}

// another reports whether NetBox's object is a different thing from the wanted one.
func (d *differ) another(w *wanted, have map[string]any) bool {
	return slices.ContainsFunc(d.kinds.Must(w.kind).Fields, func(f kinds.Field) bool {
		return f.Defining && !value.Equal(w.fields[f.Name], have[f.Name])
	})
}

// made returns who made the object found, or who marked it for the plan.
func (d *differ) made(w *wanted, found *claim) (*change.Blame, error) {
	if found.proposed {
		return d.toucher(w.kind, found.ID, "cf.diet_object_id")
	}
	return d.makers[place{w.kind, found.ID}], nil
}

// ours lets the plan's values win: nobody chose what NetBox copied from a template.
func ours(fields []change.Field) {
	for i := range fields {
		if fields[i].Class == change.Conflict {
			fields[i].Class = change.New
		}
	}
}

// adoptFields compares what a plan wants with an object that it does not own yet.
func (d *differ) adoptFields(w *wanted, id int64, before *change.Before) []change.Field {
	turn(w, d.kinds.Must(w.kind).Ends(), before)
	var fields []change.Field
	adopted := &wanted{recalled: w.recalled, fields: w.fields, apart: w.apart} // what is only set at creation keeps its value
	for _, f := range adopted.differing(&change.Before{Have: before.Have}) {
		if f.Class == change.Conflict {
			f.Blame = d.blame(w.kind, id, f.Name, f.Have)
		}
		fields = append(fields, f)
	}
	return fields
}

// turn swaps the ends of a cable if that makes them agree with the plan: which side is A
// means nothing in NetBox.
func turn(w *wanted, ends []string, before *change.Before) {
	if profile, _ := w.fields["profile"].(string); len(ends) != 2 || strings.HasPrefix(profile, "breakout-") {
		return // the trunk of a breakout is at A
	}
	plugged := func(wants, has string) int {
		port, is := value.ID(w.fields[wants])
		if is && slices.Contains(change.Plugs(w.kind, has, before.Have[has]), port) {
			return 1
		}
		return 0
	}
	if a, b := ends[0], ends[1]; plugged(a, b)+plugged(b, a) > plugged(a, a)+plugged(b, b) {
		before.Turn(ends)
	}
}

// createFields lists what a create writes, sorted by name.
func createFields(fields, initial map[string]any) []change.Field {
	out := make([]change.Field, 0, len(fields)+len(initial))
	for name, v := range fields {
		out = append(out, change.Field{Name: name, Class: change.New, Want: v, Stated: true})
	}
	for name, v := range initial {
		out = append(out, change.Field{Name: name, Class: change.New, Want: v, Stated: true})
	}
	slices.SortFunc(out, func(a, b change.Field) int { return natural.Compare(a.Name, b.Name) })
	return out
}
