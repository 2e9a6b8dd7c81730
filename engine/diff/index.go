package diff

import (
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/diet-project/diet/engine/change"
)

// sharedKinds are found by slug.
var sharedKinds = []string{"site", "location", "manufacturer", "device_type", "device_role", "tag", "tenant", "platform"}

// index knows the NetBox ids of what a plan refers to.
type index struct {
	byObject map[key]int64
	bySlug   map[key]sharedObject
	before   map[string][]string // the ids that an object had before its key was renamed, the latest first
}

// sharedObject is a row of a shared kind.
type sharedObject struct {
	ID  int64
	Doc map[string]any
}

// owned returns the NetBox id of an object of the plan, or 0 where it is not there.
func (x index) owned(kind, object string) int64 { return x.byObject[key{kind, x.bears(kind, object)}] }

// bears returns the object id that NetBox has an object under: its own, or, where
// nothing bears that, the one that it had before its key was renamed.
func (x index) bears(kind, object string) string {
	if _, ok := x.byObject[key{kind, object}]; ok {
		return object
	}
	for _, old := range x.before[object] {
		if _, ok := x.byObject[key{kind, old}]; ok {
			return old
		}
	}
	return object
}

// ref returns the value of a reference to an owned object: its NetBox id, or
// "@" and its object id.
func (x index) ref(kind, object string) any {
	if id := x.owned(kind, object); id != 0 {
		return id
	}
	return "@" + object
}

// shared returns the value of a reference to a shared object: its NetBox id, or
// "@kind:slug".
func (x index) shared(kind, slug string) any {
	if o, ok := x.bySlug[key{kind, slug}]; ok {
		return o.ID
	}
	return "@" + kind + ":" + slug
}

// loadIndex reads the ids of the plan's objects and of all shared ones.
func (d *differ) loadIndex() error {
	d.ids = index{byObject: map[key]int64{}, bySlug: map[key]sharedObject{}, before: map[string][]string{}}
	for _, m := range d.topo.Moved {
		d.ids.before[m.To] = append(d.ids.before[m.To], m.From)
	}
	for _, kind := range Owned {
		var rows []struct {
			Object string `db:"object"`
			ID     int64  `db:"id"`
		}
		if err := d.selectAll(&rows, "query/"+kind+"_ids", sql.Named("plan", d.plan)); err != nil {
			return err
		}
		for _, r := range rows {
			k := key{kind, r.Object}
			if _, twice := d.ids.byObject[k]; !twice {
				d.ids.byObject[k] = r.ID
			}
		}
	}
	for _, kind := range sharedKinds {
		if err := d.loadSharedIDs(kind); err != nil {
			return err
		}
	}
	return nil
}

func (d *differ) loadSharedIDs(kind string) error {
	var rows []struct {
		Slug string `db:"slug"`
		ID   int64  `db:"id"`
		Doc  string `db:"doc"`
	}
	if err := d.selectAll(&rows, "query/"+kind+"_shared"); err != nil {
		return err
	}
	for _, r := range rows {
		o := sharedObject{ID: r.ID}
		if err := json.Unmarshal([]byte(r.Doc), &o.Doc); err != nil {
			return fmt.Errorf("read %s %q: %w", kind, r.Slug, err)
		}
		k := key{kind, r.Slug}
		if held, twice := d.ids.bySlug[k]; !twice || d.fits(kind, r.Slug, o) && !d.fits(kind, r.Slug, held) {
			d.ids.bySlug[k] = o
		}
	}
	return nil
}

// fits tells same-named shared objects apart: a device type's slug is unique
// only within its manufacturer, a location's only within its parent and site.
func (d *differ) fits(kind, slug string, o sharedObject) bool {
	switch kind {
	case "location":
		site, ok := d.ids.bySlug[key{"site", d.topo.Site.Slug}]
		return ok && o.Doc["site"] == float64(site.ID)
	case "device_type":
		for _, t := range d.topo.DeviceTypes {
			m, ok := d.ids.bySlug[key{"manufacturer", t.Manufacturer}]
			if t.Slug == slug && ok {
				return o.Doc["manufacturer"] == float64(m.ID)
			}
		}
	}
	return true
}

// twice tells whether more than one object bears the id of a wanted one.
func (d *differ) twice(w *wanted) bool {
	_, conflict := d.skip[key{w.kind, w.bears}]
	return conflict
}

// findIdentities reports object ids that more than one object bears. Nothing is
// written to either of them until a person picks.
func (d *differ) findIdentities() error {
	d.skip = map[key]struct{}{}
	for _, kind := range Owned {
		var rows []struct {
			Object string `db:"object"`
			ID     int64  `db:"id"`
			Name   string `db:"name"`
		}
		if err := d.selectAll(&rows, "query/"+kind+"_identity", sql.Named("plan", d.plan)); err != nil {
			return err
		}
		for i, r := range rows {
			k := key{kind, r.Object}
			if _, seen := d.skip[k]; seen {
				continue
			}
			d.skip[k] = struct{}{}
			c := change.Change{
				Kind: kind, Object: r.Object, Name: r.Name, NetBoxID: r.ID, Plan: d.plan,
				Class: change.Identity, Action: change.None,
			}
			if i+1 < len(rows) && rows[i+1].Object == r.Object {
				c.Other = &change.Other{Kind: kind, ID: rows[i+1].ID, Name: rows[i+1].Name, Plan: d.plan, Object: r.Object}
			}
			d.changes = append(d.changes, c)
		}
	}
	return nil
}
