package diff

import (
	"database/sql"
	"fmt"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// index knows the NetBox ids of what a plan refers to.
type index struct {
	byObject map[key]int64                              // of what is to be looked at, and of what is left alone; 0 is not there
	lookedUp map[key]int64                              // of the others, as far as they were needed: see lookUp
	lookUp   func(kind string, objects ...string) error // reads ids into lookedUp
	whole    bool                                       // byObject has all that there are: nothing is to be looked up
	err      error                                      // of a look-up
	bySlug   map[key]sharedObject
	shared   map[place]sharedObject
	earlier  map[string][]string // the ids that an object had before its key was renamed, the latest first
	later    map[string]string   // what of the plan had an id before
	released map[place]map[string]any
	fitting  map[key][]int64 // all that the plan may mean by a slug
	certain  map[key]bool    // the slugs of which base says what has them
	bare     map[place]bool  // those whose record has no uid, though the plan has one
	twice    []ownedID       // objects that share their id with another, in order
}

// sharedObject is a row of a shared kind.
type sharedObject struct {
	id  int64
	doc map[string]any
}

// owned returns the NetBox id of an object of the plan; 0 if it is not there.
func (x *index) owned(kind, object string) int64 {
	return x.id(kind, x.knownAs(kind, object))
}

// id returns the NetBox id of what has an object id.
func (x *index) id(kind, object string) int64 {
	k := key{kind, object}
	id, known := x.known(k)
	if !known && x.err == nil {
		x.err = x.lookUp(kind, object)
		id = x.lookedUp[k]
	}
	return id
}

// known is an id that was read already.
func (x *index) known(k key) (int64, bool) {
	id, known := x.byObject[k]
	if !known {
		id, known = x.lookedUp[k]
	}
	return id, known
}

// knownAs returns the object id under which NetBox has an object: its own or, if nothing
// has that, the one from before its key was renamed.
func (x *index) knownAs(kind, object string) string {
	renamed := x.earlier[object]
	if len(renamed) == 0 || x.id(kind, object) != 0 {
		return object
	}
	for _, old := range renamed {
		if x.id(kind, old) != 0 {
			return old
		}
	}
	return object
}

// everKnownAs are the ids that an object has and had, the latest first.
func (x *index) everKnownAs(object string) []string {
	return append([]string{object}, x.earlier[object]...)
}

// reference returns the value of a reference: a NetBox id, or "@" and the object id, or
// "@kind:slug" of a shared object.
func (x *index) reference(ref generate.Ref) any {
	if ref.ID != 0 {
		if _, there := x.shared[place{ref.Kind, ref.ID}]; there {
			return ref.ID
		}
		return "@" + ref.Kind + ":" + ref.Key
	}
	if o, ok := x.bySlug[key{ref.Kind, ref.Object}]; ok {
		return o.id
	}
	if kind, ok := kinds.Standard().Of(ref.Kind); ok && !kind.IsOwned() {
		return "@" + ref.Kind + ":" + ref.Object
	}
	if id := x.owned(ref.Kind, ref.Object); id != 0 {
		return id
	}
	return "@" + ref.Object
}

// loadIndex reads the ids of all shared objects, and of those of the plan's objects whose marks
// are to be looked at; those of the others are read as far as they are needed.
func (d *differ) loadIndex() error {
	d.ids = index{
		bySlug: map[key]sharedObject{}, shared: map[place]sharedObject{}, earlier: map[string][]string{}, later: map[string]string{},
		fitting: map[key][]int64{}, certain: map[key]bool{},
	}
	for _, m := range d.topo.Moved {
		d.ids.earlier[m.To], d.ids.later[m.From] = append(d.ids.earlier[m.To], m.From), m.To
	}
	d.listTaken()
	if err := d.recallLoaded(); err != nil {
		return err
	}
	remembered, err := d.remembered()
	if err != nil {
		return err
	}
	listed := map[string][]sharedObject{}
	for _, kind := range d.slugged() {
		if listed[kind.Name], err = d.loadSharedIDs(kind); err != nil {
			return err
		}
	}
	if err := d.findMoved(remembered, listed); err != nil {
		return err
	}
	d.rememberMakers(remembered)
	for _, kind := range d.slugged() {
		d.nameShared(kind, listed[kind.Name])
		if err := d.recall(kind, remembered[kind.Name]); err != nil {
			return err
		}
	}
	if err := d.nameTags(remembered[tagKind]); err != nil {
		return err
	}
	for k := range d.ids.fitting {
		if d.ids.ambiguous(k) {
			delete(d.ids.bySlug, k)
		}
	}
	if d.side.frame, err = d.frameOf(); err != nil {
		return err
	}
	d.side.kept = d.side.kept && d.side.frame == d.side.last.Frame
	return d.loadOwnedIDs()
}

// ambiguous reports whether the plan may mean several objects by a slug, and base does not
// say which.
func (x *index) ambiguous(k key) bool { return len(x.fitting[k]) > 1 && !x.certain[k] }

// slugged are the kinds that are referred to by a slug, those that others lie in first.
func (d *differ) slugged() []kinds.Kind {
	return slices.DeleteFunc(slices.Clone(d.kinds.All()), func(kind kinds.Kind) bool {
		return kind.CalledBy() == ""
	})
}

// loadOwnedIDs reads the ids of the plan's objects, and sorts out those whose marks are
// in doubt.
func (d *differ) loadOwnedIDs() error {
	d.ids.byObject, d.ids.released, d.ids.bare = map[key]int64{}, map[place]map[string]any{}, map[place]bool{}
	d.ids.lookedUp, d.ids.lookUp = map[key]int64{}, d.lookUpIDs
	rows, err := d.sortMarks()
	if err != nil {
		return err
	}
	first := make(map[key]int, len(rows)) // by place in rows
	twice := map[int]bool{}
	for i, r := range rows {
		k := key{r.Kind, r.Object}
		if other, held := first[k]; held {
			twice[other], twice[i] = true, true
		}
		if id, held := d.ids.byObject[k]; !held || r.ID < id {
			first[k], d.ids.byObject[k] = i, r.ID
		}
		if d.isBare(r) {
			d.ids.bare[place{r.Kind, r.ID}] = true
			d.bareObjects[k] = true
		}
		if err := d.loadReleased(r); err != nil {
			return err
		}
	}
	for i := range twice {
		d.ids.twice = append(d.ids.twice, rows[i])
		if plain(rows[i]) && !d.isBare(rows[i]) {
			d.doubt(rows[i])
		}
	}
	slices.SortFunc(d.ids.twice, ownedID.compare)
	return nil
}

// lookUpIDs reads the ids of objects of a kind that no mark makes doubtful.
func (d *differ) lookUpIDs(kind string, objects ...string) error {
	if d.ids.whole {
		return nil
	}
	slices.Sort(objects)
	ask := slices.DeleteFunc(slices.Compact(objects), func(object string) bool {
		_, known := d.ids.known(key{kind, object})
		return known
	})
	for part := range slices.Chunk(ask, batch) {
		list, err := value.Encode(part)
		if err != nil {
			return err
		}
		var rows []struct {
			Object string
			ID     int64
		}
		st := d.statements.For("query/owned_lookup", d.kinds.Must(kind))
		if err := d.selectAll(&rows, st, sql.Named("objects", list), sql.Named("plan", d.plan)); err != nil {
			return err
		}
		for _, object := range part {
			d.ids.lookedUp[key{kind, object}] = 0
		}
		for _, r := range rows {
			k := key{kind, r.Object}
			if first := d.ids.lookedUp[k]; !d.side.doubtful[place{kind, r.ID}] && (first == 0 || r.ID < first) {
				d.ids.lookedUp[k] = r.ID
			}
		}
	}
	return nil
}

// isBare reports whether the record of an object has no uid, though the plan has one.
func (d *differ) isBare(r ownedID) bool { return r.UID == "" && d.topo.Plan.UID != "" }

// loadReleased reads which fields of an object nobody owns any more.
func (d *differ) loadReleased(r ownedID) error {
	if r.Released == "{}" {
		return nil
	}
	released, err := value.DecodeObject([]byte(r.Released))
	if err != nil {
		return fmt.Errorf("read %s %q: %w", r.Kind, r.Object, err)
	}
	d.ids.released[place{r.Kind, r.ID}] = released
	return nil
}

// loadSharedIDs reads the objects of a shared kind, in the order of their ids.
func (d *differ) loadSharedIDs(kind kinds.Kind) ([]sharedObject, error) {
	var rows []struct {
		ID  int64  `db:"id"`
		Doc string `db:"doc"`
	}
	if err := d.selectAll(&rows, d.statements.For("query/shared_list", kind)); err != nil {
		return nil, err
	}
	out := make([]sharedObject, len(rows))
	for i, r := range rows {
		doc, err := value.DecodeObject([]byte(r.Doc))
		if err != nil {
			return nil, fmt.Errorf("read %s %d: %w", kind.Name, r.ID, err)
		}
		out[i] = sharedObject{r.ID, doc}
		d.ids.shared[place{kind.Name, r.ID}] = out[i]
	}
	return out, nil
}

// nameShared finds the objects of a shared kind by their slugs.
func (d *differ) nameShared(kind kinds.Kind, listed []sharedObject) {
	for _, o := range listed {
		slug, _ := o.doc[kind.CalledBy()].(string)
		k := key{kind.Name, slug}
		if !d.fits(k, o) {
			continue
		}
		d.ids.fitting[k] = append(d.ids.fitting[k], o.id)
		if _, held := d.ids.bySlug[k]; !held {
			d.ids.bySlug[k] = o
		}
	}
}

// fits tells apart shared objects with one slug, where slugs are unique only within a
// parent.
func (d *differ) fits(k key, o sharedObject) bool {
	field, within := d.topo.Place(k.kind, k.object)
	if field == "" {
		return true
	}
	place, ok := d.ids.bySlug[key{within.Kind, within.Object}]
	return ok && value.Equal(o.doc[field], place.id)
}

// leftAlone reports whether nothing is written to a wanted object: its identity is open,
// or a person took it over.
func (d *differ) leftAlone(w *wanted) bool {
	_, alone := d.skip[key{w.kind, w.knownAs}]
	return alone
}

// findIdentities reports object ids that more than one object has. Nothing is written to
// any of them until a person picks one.
func (d *differ) findIdentities() error {
	d.skip, d.alone = map[key]struct{}{}, map[string]bool{}
	d.leaveWithheld()
	if err := d.findReleased(); err != nil {
		return err
	}
	if err := d.findDisputes(); err != nil {
		return err
	}
	rows := d.ids.twice
	for i, r := range rows {
		k := key{r.Kind, r.Object}
		if _, seen := d.skip[k]; seen {
			continue
		}
		d.skip[k] = struct{}{}
		c := change.Change{
			Kind: r.Kind, Object: r.Object, Name: r.Name, NetBoxID: r.ID, Plan: d.plan,
			Class: change.Identity, Action: change.None, Taken: change.TakenID,
		}
		for _, next := range rows[i:] {
			if next.Object == r.Object && next.Kind == r.Kind {
				c.References = append(c.References, change.Reference{Kind: r.Kind, ID: next.ID, Name: next.Name})
			}
		}
		if next := rows[i+1]; next.Object == r.Object && next.Kind == r.Kind {
			c.Other = &change.Other{Kind: r.Kind, ID: next.ID, Name: next.Name, Plan: d.plan, Object: r.Object}
		}
		d.changes = append(d.changes, c)
	}
	return nil
}
