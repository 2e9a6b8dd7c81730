package diff

import (
	"database/sql"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

type orphanRow struct {
	Kind      string  `db:"kind"`
	Object    string  `db:"object"`
	ID        int64   `db:"id"`
	Name      string  `db:"name"`
	Source    string  `db:"source"`
	Owner     *string `db:"owner"`
	Protected bool    `db:"protected"`
	mirror.OwnedRow
}

// findOrphans lists the objects that have the plan's key and are no longer wanted. What
// goes with a doomed device names it in With and counts in the device's cascade.
func (d *differ) findOrphans() error {
	first := len(d.changes)
	doomed := map[string]int{} // object id -> index in changes
	d.orphaned, d.hung = map[place]string{}, map[string]map[string][]orphanRow{}
	var parking []orphanRow
	_, unwanted, err := d.openKinds()
	if err != nil {
		return err
	}
	for _, kind := range unwanted {
		var rows []orphanRow
		if err := d.selectAll(&rows, d.statements.For("query/owned_orphan", kind), sql.Named("plan", d.plan)); err != nil {
			return err
		}
		for _, r := range rows {
			if change.IsParking(r.Object) {
				parking = append(parking, r)
			}
		}
		d.hang(kind, rows)
		rows = slices.DeleteFunc(rows, func(r orphanRow) bool { return change.IsParking(r.Object) || d.left(r) })
		if err := d.addOrphans(kind, rows, doomed); err != nil {
			return err
		}
	}
	if err := d.addUnowned(d.changes[first:]); err != nil {
		return err
	}
	d.waitForTenants(d.changes[first:])
	if err := d.clearParking(parking); err != nil {
		return err
	}
	return d.tellHung()
}

// left reports whether an orphan is left alone: its owner, or that of its parent, is
// doubtful, or it loses its marks, since another object has its id.
func (d *differ) left(r orphanRow) bool {
	if slices.ContainsFunc(d.told.cleared, func(c clearing) bool { return c.Kind == r.Kind && c.ID == r.ID }) {
		return true
	}
	if _, conflict := d.skip[key{r.Kind, r.Object}]; conflict || d.topo.Given[r.Object] != "" {
		return true
	}
	if object, told := d.told.objects[Place{r.Kind, r.ID}]; told && object != r.Object {
		return true
	}
	if len(d.skip) == 0 {
		return false
	}
	holder := d.holder(d.kinds.Must(r.Kind), r)
	return slices.ContainsFunc(d.kinds.Owned(), func(kind kinds.Kind) bool {
		_, conflict := d.skip[key{kind.Name, holder}]
		return conflict
	})
}

// addOrphans adds the orphans of a kind.
func (d *differ) addOrphans(kind kinds.Kind, rows []orphanRow, doomed map[string]int) error {
	if len(rows) == 0 {
		return nil
	}
	kept, err := d.kept(kind)
	if err != nil {
		return err
	}
	labels, err := d.templateLabels(kind, rows)
	if err != nil {
		return err
	}
	befores, err := d.readEach(kind.Name, rowsOf(rows, func(r orphanRow) mirror.OwnedRow { return r.OwnedRow }))
	if err != nil {
		return err
	}
	d.changes = slices.Grow(d.changes, len(rows))
	for i, r := range rows {
		c := d.orphan(r, befores[i])
		if err := d.leaveLabel(&c, labels); err != nil {
			return err
		}
		_, c.Template = slices.BinarySearch(kept, r.ID)
		if c.Template {
			if c.Fields, err = d.tookAll(kind, r.ID, befores[i]); err != nil {
				return err
			}
		}
		owner, ok := doomed[d.holder(kind, r)]
		if came := d.cameWith(kind, befores[i]); !ok && came != "" {
			owner, ok = doomed[came]
			c.Template = c.Template && !ok
		}
		if ok {
			c.With = d.changes[owner].Object
			count(&d.changes[owner], kind.Name)
		}
		doomed[r.Object], d.orphaned[place{r.Kind, r.ID}] = len(d.changes), r.Object
		d.changes = append(d.changes, c)
	}
	return nil
}

// kept lists the objects of a kind that are released rather than deleted, by NetBox id: NetBox
// makes them of a template.
func (d *differ) kept(kind kinds.Kind) ([]int64, error) {
	if kind.Templates == "" {
		return nil, nil
	}
	var ids []int64
	return ids, d.selectAll(&ids, d.statements.For("query/templated_own", kind), sql.Named("plan", d.plan))
}

// holder is the object id of what an orphan goes with: its parent or, for a cable, the
// device that it is named after.
func (d *differ) holder(kind kinds.Kind, r orphanRow) string {
	if r.Owner != nil {
		return *r.Owner
	}
	if holder := rules[kind.Name].holder; holder != nil {
		return holder(r.Object)
	}
	return ""
}

// cameWith is the object id of what of the plan a part came with and dies with: of a port, the module.
func (d *differ) cameWith(kind kinds.Kind, before *change.Before) string {
	for _, f := range kind.Fields {
		id, ok := value.ID(before.Have[f.Name])
		if !ok || !kind.CameWith(f) {
			continue
		}
		if object := d.orphaned[place{f.To, id}]; object != "" {
			return object
		}
	}
	return ""
}

// waitForTenants makes an orphan wait for the orphans that stand in it or are plugged
// into it: a rack for its devices, an interface for its cable.
func (d *differ) waitForTenants(orphans []change.Change) {
	hosts := map[place]*change.Change{}
	for i := range orphans {
		hosts[place{orphans[i].Kind, orphans[i].NetBoxID}] = &orphans[i]
	}
	for i := range orphans {
		c := &orphans[i]
		kind := d.kinds.Must(c.Kind)
		for _, f := range kind.Fields {
			id, ok := value.ID(c.Before.Have[f.Name])
			if !f.IsReference() || !ok || f.Name == kind.Parent || kind.CameWith(f) || f.OnDelete == kinds.SetNull {
				continue
			}
			if host := hosts[place{f.To, id}]; host != nil && host.With == "" {
				host.Needs = append(host.Needs, c.Object)
			}
		}
	}
}

func count(c *change.Change, kind string) {
	if c.Cascade == nil {
		c.Cascade = map[string]int{}
	}
	c.Cascade[kind]++
}

// orphan is the change of one object that the plan no longer wants.
func (d *differ) orphan(r orphanRow, before *change.Before) change.Change {
	c := change.Change{
		Kind: r.Kind, Object: r.Object, Name: r.Name, NetBoxID: r.ID, Plan: d.plan, Source: r.Source,
		Class: change.Orphaned, Action: change.Delete, Protected: r.Protected,
	}
	if r.Owner != nil {
		c.Owner = *r.Owner
	}
	c.Before, c.Instead = before, d.topo.Instead(r.Object)
	if len(c.Instead) > 0 {
		c.ReplacedBy = c.Instead[0]
	}
	c.Edited = d.edited(r.Kind, r.ID, before)
	return c
}

// edited lists what others wrote on an object itself: owned fields that they changed,
// and comments, descriptions, tags and custom fields that nobody owns.
func (d *differ) edited(kind string, id int64, before *change.Before) []change.Reference {
	var out []change.Reference
	for _, name := range slices.Sorted(maps.Keys(before.Have)) {
		was, owned := before.Applied(name)
		v := before.Have[name]
		ours := owned && (value.Equal(was, v) || before.Passing(name) || d.unplugged(kind, name, v))
		if ours || !owned && (value.Empty(v) || !d.kinds.Must(kind).IsPersonal(name)) {
			continue
		}
		out = append(out, change.Reference{Kind: referenceKind(name, owned), Name: name, Value: v, Blame: d.blame(kind, id, name, v)})
	}
	return out
}

// unplugged reports whether a field is an end of a cable that is plugged into nothing: what
// it was plugged into is gone, and nobody wrote anything that could be lost.
func (d *differ) unplugged(kind, name string, v any) bool {
	f, _ := d.kinds.Must(kind).Field(name)
	return f.Type == kinds.End && value.Empty(v)
}

func referenceKind(name string, owned bool) string {
	switch {
	case owned:
		return "edited"
	case strings.HasPrefix(name, "cf."):
		return "custom_field"
	case kinds.IsTag(name):
		return "tag"
	}
	return name
}
