package diff

import (
	"cmp"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// Told is what people answered that the comparison itself depends on. The zero value is
// nothing.
type Told struct {
	// Asked are objects, and fields of them, that somebody answered something about,
	// whether or not they differ.
	Asked []Asked

	// Whose are objects whose marks do not say whose they are, with what was decided:
	// restore, or adopt.
	Whose map[Place]Said

	// Instead are wanted objects, by diet id, that something stands in the way of, with what
	// was decided: adopt, or rename_existing.
	Instead map[string]change.Verdict

	// Mapped are existing objects, by the diet id of the wanted object that somebody said
	// each is: they are found before anything else is.
	Mapped map[string]Place

	// Named are the shared objects, as kind:slug, that go by their name.
	Named map[string]bool

	// Rebase says that NetBox moved: the ids of shared objects are learnt anew.
	Rebase bool

	// Past is what the journal of a run that is to be undone says of shared objects.
	Past Past
}

// Past are the ids that shared objects had at the time of a run, by kind and natural key.
type Past struct {
	Run    string
	Shared map[string]map[string][]int64
}

// Add adds the id that a shared object had.
func (p *Past) Add(kind, key string, id int64) {
	if p.Shared[kind] == nil {
		p.Shared[kind] = map[string][]int64{}
	}
	if !slices.Contains(p.Shared[kind][key], id) {
		p.Shared[kind][key] = append(p.Shared[kind][key], id)
	}
}

// Asked is an object, or a field of one, that an answer is about.
type Asked struct {
	Object, Field string
	Answer        change.Answer
}

// Said is a verdict, and the diet id that it was given under.
type Said struct {
	change.Verdict
	Object string
}

// Place is an object of NetBox.
type Place struct {
	Kind string
	ID   int64
}

// String is kind:id, as commands take it.
func (p Place) String() string { return fmt.Sprintf("%s:%d", p.Kind, p.ID) }

// told is what the differ makes of [Told].
type told struct {
	Told
	objects map[Place]string       // the diet ids of those whose marks do not say
	bare    map[Place]bool         // those of them whose record counts for nothing
	class   map[Place]change.Class // identity, or unmanaged
	cleared []clearing             // those that lose their marks
}

// clearing is an object that loses its marks, since another one has its id.
type clearing struct {
	ownedID
	verdict change.Verdict
	by      string // the wanted object that another one is instead, or that of which it is a part; "" where none comes
}

// tellWhose settles whose the objects are of which a person said it, and returns those
// that are ours, by object id.
func (d *differ) tellWhose(open, certain []ownedID) ([]ownedID, error) {
	if len(d.told.Whose) == 0 {
		return certain, nil
	}
	wanted := map[key]bool{}
	for _, o := range d.topo.Objects() {
		wanted[key{o.Kind, o.ID}] = true
	}
	certain, err := d.pick(certain, open)
	if err != nil {
		return nil, err
	}
	taken := map[key]bool{}
	for _, r := range certain {
		taken[key{r.Kind, r.Object}] = true
	}
	for _, r := range d.unlisted(open) {
		at := Place{r.Kind, r.ID}
		verdict := d.told.Whose[at]
		object := cmp.Or(r.Object, r.ShownObject)
		if shown := (key{r.Kind, r.ShownObject}); verdict.Decision == change.DecisionAdopt && wanted[shown] && !taken[shown] {
			object = r.ShownObject
		}
		switch {
		case !r.Managed && !wanted[key{r.Kind, object}]:
			d.marks.released = append(d.marks.released, r)
			continue
		case taken[key{r.Kind, object}]:
			d.told.cleared = append(d.told.cleared, clearing{r, verdict.Verdict, object})
			continue
		}
		d.told.objects[at] = object
		if d.told.class[at] = change.Identity; !r.Managed {
			d.told.class[at] = change.Unmanaged
		}
		d.told.bare[at] = r.Managed && (verdict.Decision == change.DecisionAdopt || slices.Contains(d.differs(r), kinds.Record))
		r.Object, r.Plan = object, d.plan
		taken[key{r.Kind, object}] = true
		certain = append(certain, r)
	}
	return certain, nil
}

// pick leaves, of objects that have one id, the one that a person picked, none where that is one of
// copies. The parts of the others are theirs.
func (d *differ) pick(certain, copies []ownedID) ([]ownedID, error) {
	picked := map[key]int64{}
	for _, r := range copies {
		if d.told.Whose[Place{r.Kind, r.ID}].Decision == change.DecisionAdopt && d.isCopy(r) {
			picked[key{r.Kind, r.Object}] = r.ID
		}
	}
	for _, r := range certain {
		if at := (Place{r.Kind, r.ID}); d.told.Whose[at].Decision == change.DecisionAdopt {
			picked[key{r.Kind, r.Object}] = r.ID
			d.told.objects[at], d.told.class[at] = r.Object, change.Identity
		}
	}
	parts := map[Place]clearing{}
	for _, r := range certain {
		if id, is := picked[key{r.Kind, r.Object}]; is && id != r.ID {
			whole := clearing{r, d.told.Whose[Place{r.Kind, id}].Verdict, r.Object}
			parts[Place{r.Kind, r.ID}] = whole
			if err := d.addParts(parts, whole); err != nil {
				return nil, err
			}
		}
	}
	return slices.DeleteFunc(certain, func(r ownedID) bool {
		part, is := parts[Place{r.Kind, r.ID}]
		if is {
			d.told.cleared = append(d.told.cleared, clearing{r, part.verdict, part.by})
		}
		return is
	}), nil
}

// addParts adds the parts of an object that loses its marks.
func (d *differ) addParts(to map[Place]clearing, r clearing) error {
	for _, kind := range d.kinds.Owned() {
		if kind.ParentKind() != r.Kind {
			continue
		}
		var ids []int64
		if err := d.selectAll(&ids, d.statements.For("query/part_list", kind), sql.Named("id", r.ID)); err != nil {
			return err
		}
		for _, id := range ids {
			to[Place{kind.Name, id}] = r
		}
	}
	return nil
}

// unlisted adds the objects that have no marks at all any more.
func (d *differ) unlisted(open []ownedID) []ownedID {
	seen := map[Place]bool{}
	for _, r := range open {
		seen[Place{r.Kind, r.ID}] = true
	}
	for _, at := range d.places() {
		if said := d.told.Whose[at]; d.told.objects[at] == "" && !seen[at] {
			open = append(open, ownedID{Kind: at.Kind, Object: said.Object, Plan: d.plan, ID: at.ID, Managed: true, Released: "{}"})
		}
	}
	return open
}

// places are the objects of which a person said whose they are, in order.
func (d *differ) places() []Place {
	return slices.SortedFunc(maps.Keys(d.told.Whose), func(a, b Place) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
}

// compareTold compares the objects of which a person said whose they are: their marks are
// written, and their fields are compared as those of any object.
func (d *differ) compareTold() error {
	comes := map[string]bool{}
	for _, at := range d.places() {
		w := d.wanted[key{at.Kind, d.told.objects[at]}]
		if w == nil || w.id != at.ID {
			continue
		}
		before, err := d.before(at.Kind, at.ID)
		if err != nil {
			return err
		}
		if d.told.bare[at] {
			before.Base, before.Initial = map[string]any{}, map[string]any{}
			before.Keys, before.Tmp = map[string]any{}, map[string]any{}
		}
		c, err := d.differences(w, before)
		if err != nil {
			return err
		}
		c.Class, c.Action, c.Verdict, c.Settled = d.told.class[at], change.Adopt, d.told.Whose[at].Verdict, true
		for _, r := range d.told.cleared {
			if r.by == c.Object {
				c.Instead = append(c.Instead, cleared(r))
			}
		}
		comes[c.Object] = true
		d.changes = append(d.changes, c)
	}
	for _, r := range d.told.cleared {
		if !comes[r.by] {
			r.by = ""
		}
		if err := d.clearMarks(r); err != nil {
			return err
		}
	}
	return nil
}

// cleared is what the change is called that takes its marks off an object.
func cleared(r clearing) string { return fmt.Sprintf("%s:%d", r.Kind, r.ID) }

// clearMarks is the change that takes its marks off an object: it is another one's copy.
func (d *differ) clearMarks(r clearing) error {
	c := change.Change{
		Kind: r.Kind, Object: cleared(r), Name: r.Name, NetBoxID: r.ID, Plan: d.plan,
		Class: change.Identity, Action: change.Delete, Verdict: r.verdict, Settled: true,
	}
	c.Verdict.Decision = change.DecisionOrphan
	if r.by != "" {
		c.Instead = []string{r.by}
	}
	var err error
	c.Before, err = d.before(r.Kind, r.ID)
	d.changes = append(d.changes, c)
	return err
}

// waitForTold lets what refers to objects of which a person said whose they are wait for that
// to be carried out.
func (d *differ) waitForTold() error {
	if len(d.told.objects) == 0 {
		return nil
	}
	ports := map[string]string{}
	for at, object := range d.told.objects {
		ports[change.Port(d.kinds.Must(at.Kind).ObjectType, at.ID)] = object
	}
	for _, w := range d.order {
		for name, v := range w.fields {
			object := ""
			if id, is := value.ID(v); is {
				object = d.told.objects[Place{change.Refers(w.kind, name), id}]
			}
			for _, port := range change.Ports(w.kind, name, v) {
				object = cmp.Or(object, ports[port])
			}
			if object == "" || object == w.object {
				continue
			}
			if w.claims == nil {
				w.claims = map[string]string{}
			}
			w.claims[name] = object
		}
	}
	return nil
}

// isTold reports whether a person said whose the object is that a wanted one is.
func (d *differ) isTold(w *wanted) bool {
	_, told := d.told.objects[Place{w.kind, w.id}]
	return told
}

// compareAsked adds the objects and fields that somebody answered something about and
// that do not differ.
func (d *differ) compareAsked() error {
	for _, asked := range d.told.Asked {
		w := d.wantedByObject(asked.Object)
		if w == nil || w.id == 0 || d.leftAlone(w) {
			continue
		}
		if err := d.addAsked(w, asked); err != nil {
			return err
		}
	}
	return nil
}

func (d *differ) wantedByObject(object string) *wanted {
	w := d.wantedCalled(object)
	if later, moved := d.ids.later[object]; w == nil && moved {
		return d.wantedCalled(later)
	}
	return w
}

func (d *differ) wantedCalled(object string) *wanted {
	for _, kind := range d.kinds.Owned() {
		if w := d.wanted[key{kind.Name, object}]; w != nil {
			return w
		}
	}
	return nil
}

func (d *differ) addAsked(w *wanted, asked Asked) error {
	before, err := d.before(w.kind, w.id)
	if err != nil {
		return err
	}
	f := change.Field{Name: asked.Field, Class: change.InSync, Have: before.Have[asked.Field]}
	f.Want, f.Stated = w.fields[asked.Field]
	f.Base, f.Known = before.Applied(asked.Field)
	_, released := before.Released[asked.Field]
	if released {
		f.Class = change.Released
	}
	gives, takes := asked.Answer == change.AnswerUnmanage, asked.Answer == change.AnswerAdopt
	if want, initial := w.initial[asked.Field]; initial {
		if f.Want, f.Stated = want, true; !released && !gives {
			d.setAtCreation(w, before, f)
			return nil
		}
	}
	if takes && asked.Field != "" && d.isTold(w) {
		return nil // it is taken back whole
	}
	if asked.Field != "" && (!f.Stated || gives && released || takes && !released) {
		return nil
	}
	c := d.openChange(w, before)
	if asked.Field == "" || slices.ContainsFunc(c.Fields, func(g change.Field) bool { return g.Name == f.Name }) {
		return nil
	}
	if c.Fields = append(c.Fields, f); released {
		c.Action = change.Update
	}
	return nil
}

// setAtCreation notes of an object what somebody asked about a field that is set at creation, where nothing
// is to be decided about it.
func (d *differ) setAtCreation(w *wanted, before *change.Before, f change.Field) {
	c := d.openChange(w, before)
	if slices.ContainsFunc(c.Fields, func(g change.Field) bool { return g.Name == f.Name }) {
		return
	}
	if !value.Equal(f.Want, f.Have) {
		f.Class = change.Unmanaged
	}
	f.Blame = d.blameField(w.kind, w.id, f)
	c.AtCreation = &f
}

// openChange is the change of an object, started where it does not differ.
func (d *differ) openChange(w *wanted, before *change.Before) *change.Change {
	for i := range d.changes {
		if c := &d.changes[i]; c.Kind == w.kind && c.Object == w.object {
			return c
		}
	}
	c := d.changed(w)
	c.Before = before
	d.changes = append(d.changes, c)
	return &d.changes[len(d.changes)-1]
}

// renameExisting makes room for a wanted object: what has its name gets another one,
// and stays whose it is.
func (d *differ) renameExisting(c *change.Change, w *wanted, before *change.Before) error {
	kind := d.kinds.Must(w.kind)
	name, err := d.freeName(kind, c.Other.Name)
	if err != nil {
		return err
	}
	r := change.Change{
		Kind: w.kind, Object: fmt.Sprintf("%s:%d", w.kind, c.Other.ID), Name: c.Other.Name, NetBoxID: c.Other.ID, Plan: d.plan,
		Owner: w.owner, Class: c.Class, Action: change.Rename, Other: c.Other, Before: before, Verdict: c.Verdict, Settled: true,
		Fields: []change.Field{{
			Name: kind.Label, Class: change.Planned, Want: name, Have: before.Have[kind.Label], Stated: true, Verdict: c.Verdict,
		}},
	}
	d.changes = append(d.changes, r)
	c.Action, c.NetBoxID, c.Before = change.Create, 0, nil
	c.Fields = createFields(w.fields, w.initial)
	c.Needs = append(needs(c.Kind, c.Fields), r.Object)
	return nil
}

// freeName is the name that an object in the way gets: its own and -manual, and a number
// where that is taken too.
func (d *differ) freeName(kind kinds.Kind, name string) (string, error) {
	for n := 1; ; n++ {
		suffix := "-manual"
		if n > 1 {
			suffix = fmt.Sprintf("-manual-%d", n)
		}
		const longest = 64 // of the names of racks, devices and interfaces
		text := []rune(name)
		free := string(text[:min(len(text), longest-len(suffix))]) + suffix
		var ids []int64
		if err := d.selectAll(&ids, d.statements.For("query/object_named", kind), sql.Named("name", free)); err != nil {
			return "", err
		}
		if len(ids) == 0 {
			return free, nil
		}
	}
}
