package diff

import (
	"encoding/json"
	"fmt"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/value"
)

// statedVersion is raised where the same plan comes to want something else of its objects:
// what an older program kept of it is made anew then.
const statedVersion = 1

// side says what the desired side was made of, and is made of now. As long as that is the
// same, neither the marks of all objects nor what is wanted of all are looked at.
type side struct {
	kept       bool // the ids are those that the last diff of the plan found
	moved      bool // but for objects whose marks have moved since
	fresh      bool // of which some were not in NetBox then
	last       loadedRow
	revision   int64          // of the marks
	frame      int64          // over what the plan says beside its objects, and the ids of what it shares
	passing    bool           // objects are on their way from another plan to this one
	doubts     [][]any        // rows of the table doubt
	doubtful   map[place]bool // the objects that these are about
	remembered [][]any        // rows of that table
	hands      []string
}

// loadedRow is the row of the table loaded.
type loadedRow struct {
	Plan, UID            string
	Stated, Frame, Marks int64
}

// recallLoaded reads what the desired side was made of.
func (d *differ) recallLoaded() error {
	var revision []int64
	if err := d.selectAll(&revision, d.statements.Get("query/marks_revision")); err != nil {
		return err
	}
	var last []loadedRow
	if err := d.selectAll(&last, d.statements.Get("query/loaded_get")); err != nil {
		return err
	}
	d.side.revision = revision[0]
	if len(last) > 0 {
		d.side.last = last[0]
		d.side.kept = d.keepable() && last[0].Plan == d.plan && last[0].UID == d.topo.Plan.UID && last[0].Marks == revision[0]
	}
	if !d.side.kept {
		return nil
	}
	var err error
	d.side.kept, err = d.renew()
	return err
}

// keepable reports whether the next diff may keep anything of this one. What a person told
// of whose objects are counts for one diff only; a topology of an earlier time refers to
// shared objects by their ids, whatever those are called. Nor is anything kept while objects
// come from another plan, or have another tag than the plan means.
func (d *differ) keepable() bool {
	return len(d.told.Whose)+len(d.tags.another) == 0 && d.topo.Recalled == nil && !d.side.passing
}

// frameOf is a digest of all that decides what is wanted of an object beside the object
// itself and the ids of the plan's own objects: the rest of the topology, and the ids of
// what it shares. What else there is, such as the tag of a lease, comes and goes.
func (d *differ) frameOf() (int64, error) {
	t := d.topo
	rest, err := json.Marshal([]any{
		statedVersion, t.Plan.Reconcile.Initial, t.Site, t.Locations, t.Manufacturers, t.DeviceTypes, t.Roles, t.Tags, t.Moved,
	})
	if err != nil {
		return 0, fmt.Errorf("digest the plan: %w", err)
	}
	var shared []any
	for _, w := range t.Shared() {
		shared = append(shared, []any{w.Kind, w.Slug, d.ids.bySlug[key{w.Kind, w.Slug}].id})
	}
	return value.Hash(string(rest), shared), nil
}

// doubt notes that the marks of an object have to be looked at in every diff.
func (d *differ) doubt(r ownedID) {
	row := []any{r.Kind, r.ID, nil, nil, nil, nil, nil, nil}
	if b := d.marks.written[place{r.Kind, r.ID}]; b != nil {
		row = []any{r.Kind, r.ID, b.Actor, b.User, b.Time, b.Message, b.WasObject, b.WasPlan}
	}
	d.side.doubts = append(d.side.doubts, row)
	d.side.doubtful[place{r.Kind, r.ID}] = true
}

// keep notes what the desired side is made of.
func (s *side) keep(d *differ, stated int64) error {
	for _, name := range []string{"query/loaded_clear", "query/moved_clear"} {
		if err := d.exec(d.statements.Get(name)); err != nil {
			return err
		}
	}
	if !d.keepable() {
		return nil
	}
	row := []any{d.plan, d.topo.Plan.UID, stated, s.frame, s.revision}
	if err := d.exec(d.statements.Get("query/loaded_insert"), row...); err != nil {
		return err
	}
	if !s.kept || s.moved {
		if err := d.replace("query/remembered_clear", "query/remembered_insert", s.remembered); err != nil {
			return err
		}
	}
	if s.kept {
		return nil
	}
	hands := make([][]any, len(s.hands))
	for i, user := range s.hands {
		hands[i] = []any{user}
	}
	if err := d.replace("query/hand_clear", "query/hand_insert", hands); err != nil {
		return err
	}
	return d.replace("query/doubt_clear", "query/doubt_insert", s.doubts)
}

// replace writes rows in place of all that a table has.
func (d *differ) replace(emptying, insert string, rows [][]any) error {
	if err := d.exec(d.statements.Get(emptying)); err != nil {
		return err
	}
	return d.execEach(d.statements.Get(insert), rows)
}

// doubtRow is a row of the table doubt, with the object.
type doubtRow struct {
	ownedID
	Written bool
	change.Blame
	WasObject string `db:"was_object"`
	WasPlan   string `db:"was_plan"`
}
