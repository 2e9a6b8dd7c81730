package diff

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
)

type orphanRow struct {
	Kind      string  `db:"kind"`
	Object    string  `db:"object"`
	ID        int64   `db:"id"`
	Name      string  `db:"name"`
	Source    string  `db:"source"`
	Owner     *string `db:"owner"`
	Template  bool    `db:"template"`
	Protected bool    `db:"protected"`
}

// findOrphans lists what bears the plan's key and is wanted no more, with what
// hangs on it. What goes with a doomed device is told by With and counted in
// the device's cascade.
func (d *differ) findOrphans() error {
	doomed := map[string]int{} // device object id -> index in changes
	first := len(d.changes)
	defer func() { waitForTenants(d.changes[first:]) }()
	for _, kind := range Owned {
		var rows []orphanRow
		if err := d.selectAll(&rows, "query/"+kind+"_orphan", sql.Named("plan", d.plan)); err != nil {
			return err
		}
		for _, r := range rows {
			if _, conflict := d.skip[key{kind, r.Object}]; conflict {
				continue
			}
			c, err := d.orphan(r)
			if err != nil {
				return err
			}
			if owner := d.doomedOwner(r, doomed); owner != "" {
				c.With = owner
				count(&d.changes[doomed[owner]], kind)
			}
			d.changes = append(d.changes, c)
			if kind == "device" {
				doomed[r.Object] = len(d.changes) - 1
			}
		}
	}
	return nil
}

// waitForTenants lets an orphan wait for the orphans that stand in it or are
// plugged into it: a rack for its devices, an interface for its cable.
func waitForTenants(orphans []change.Change) {
	hosts := map[string]map[any]*change.Change{"rack": {}, "interface": {}}
	for i := range orphans {
		if byID, ok := hosts[orphans[i].Kind]; ok {
			byID[float64(orphans[i].NetBoxID)] = &orphans[i]
		}
	}
	for i := range orphans {
		c := &orphans[i]
		for _, in := range []struct{ kind, field, host string }{{"device", "rack", "rack"}, {"cable", "a", "interface"}, {"cable", "b", "interface"}} {
			if host := hosts[in.host][c.Before.Have[in.field]]; c.Kind == in.kind && host != nil && host.With == "" {
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

// orphan is the change of one object that the plan has no more.
func (d *differ) orphan(r orphanRow) (change.Change, error) {
	c := change.Change{
		Kind: r.Kind, Object: r.Object, Name: r.Name, NetBoxID: r.ID, Plan: d.plan, Source: r.Source,
		Class: change.Orphaned, Action: change.Delete, Template: r.Template, Protected: r.Protected,
	}
	if r.Owner != nil {
		c.Owner = *r.Owner
	}
	var rows []struct {
		Kind string `db:"kind"`
		ID   int64  `db:"id"`
		Name string `db:"name"`
	}
	if err := d.selectAll(&rows, "query/"+r.Kind+"_reference", sql.Named("id", r.ID), sql.Named("plan", d.plan)); err != nil {
		return c, err
	}
	for _, x := range rows {
		blame, err := d.created(x.Kind, x.ID)
		if err != nil {
			return c, err
		}
		c.References = append(c.References, change.Reference{Kind: x.Kind, ID: x.ID, Name: x.Name, Blame: blame})
	}
	var err error
	if c.Before, err = d.before(r.Kind, r.ID); err != nil {
		return c, err
	}
	c.Edited, err = d.edited(r.Kind, r.ID, c.Before)
	return c, err
}

// doomedOwner returns the doomed device that an interface or cable goes with.
func (d *differ) doomedOwner(r orphanRow, doomed map[string]int) string {
	switch r.Kind {
	case "interface":
		if r.Owner != nil {
			if doomedHas(doomed, *r.Owner) {
				return *r.Owner
			}
		}
	case "cable":
		// A cable is named by its A end: <plan>/<device>/<port>~.
		plan, rest, _ := strings.Cut(r.Object, "/")
		device, _, _ := strings.Cut(rest, "/")
		device, _, _ = strings.Cut(device, "~")
		if owner := plan + "/" + device; doomedHas(doomed, owner) {
			return owner
		}
	}
	return ""
}

func doomedHas(doomed map[string]int, object string) bool {
	_, ok := doomed[object]
	return ok
}

// ignored are fields that say nothing of a person's work on an object.
var ignored = map[string]bool{"status": true, "site": true, "location": true, "device": true, "enabled": true}

// edited lists what others wrote on an object itself: owned fields that they
// changed, and comments, descriptions, tags and custom fields nobody owns.
func (d *differ) edited(kind string, id int64, before *change.Before) ([]change.Reference, error) {
	var out []change.Reference
	for _, name := range sortedKeys(before.Have) {
		was, owned := before.Base[name]
		value := before.Have[name]
		if owned && same(was, value) || !owned && (ignored[name] || blank(value) || !personal(name)) {
			continue
		}
		blame, err := d.blame(kind, id, name)
		if err != nil {
			return nil, err
		}
		out = append(out, change.Reference{Kind: referenceKind(name, owned), Name: name, Value: value, Blame: blame})
	}
	return out, nil
}

// personal reports whether an unowned field with a value is somebody's work.
func personal(name string) bool {
	switch name {
	case "comments", "description", "serial", "asset_tag", "label":
		return true
	}
	return strings.HasPrefix(name, "tag.") || strings.HasPrefix(name, "cf.")
}

func referenceKind(name string, owned bool) string {
	switch {
	case owned:
		return "edited"
	case strings.HasPrefix(name, "cf."):
		return "custom_field"
	case strings.HasPrefix(name, "tag."):
		return "tag"
	}
	return name
}

func blank(v any) bool { return v == nil || v == "" }

// before reads an object's ownership and its fields.
func (d *differ) before(kind string, id int64) (*change.Before, error) {
	var rows []struct {
		Base        string `db:"base"`
		Released    string `db:"released"`
		Doc         string `db:"doc"`
		LastUpdated string `db:"last_updated"`
	}
	if err := d.selectAll(&rows, "query/"+kind+"_before", sql.Named("id", id)); err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("read %s %d: not in the mirror", kind, id)
	}
	b := &change.Before{LastUpdated: rows[0].LastUpdated}
	for _, part := range []struct {
		text string
		dest *map[string]any
	}{{rows[0].Base, &b.Base}, {rows[0].Released, &b.Released}, {rows[0].Doc, &b.Have}} {
		if err := json.Unmarshal([]byte(part.text), part.dest); err != nil {
			return nil, fmt.Errorf("read %s %d: %w", kind, id, err)
		}
	}
	return b, nil
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
