package diff

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
)

// findMistagged reports tags that NetBox gives only to other kinds of objects: it would refuse the
// objects.
func (d *differ) findMistagged() error {
	types, err := d.restrictedTags()
	if err != nil || len(types) == 0 {
		return err
	}
	found := map[key][]string{} // by the kind of the objects, and field
	for i := range d.changes {
		c := &d.changes[i]
		for _, f := range c.Fields {
			only := types[d.tags.meant[f.Name]]
			if len(only) == 0 || !touches(c) || f.Want != true || c.Action != change.Create && !writes(f.Class) {
				continue
			}
			if !slices.Contains(only, d.kinds.Must(c.Kind).ObjectType) {
				found[key{c.Kind, f.Name}] = append(found[key{c.Kind, f.Name}], c.Object)
			}
		}
	}
	order := func(a, b key) int { return strings.Compare(a.kind+" "+a.object, b.kind+" "+b.object) }
	for _, at := range slices.SortedFunc(maps.Keys(found), order) {
		objects, kind := found[at], d.kinds.Must(at.kind)
		d.findings = append(d.findings, change.Notice{
			ID: "tag-refused", Severity: change.Error, Objects: objects,
			Message: fmt.Sprintf("NetBox gives the tag %q to objects of the types %s only, and the plan gives it to %d %ss, the first %s: "+
				"add %s to the tag's object types, or take it out of the plan",
				strings.TrimPrefix(at.object, kinds.TagField("")), strings.Join(types[d.tags.meant[at.object]], ", "), len(objects), kind.Words(),
				objects[0], kind.ObjectType),
		})
	}
	return nil
}

// restrictedTags are the object types of tags that not all may have, by the tag's id.
func (d *differ) restrictedTags() (map[int64][]string, error) {
	var rows []struct {
		ID    int64  `db:"id"`
		Types string `db:"object_types"`
	}
	if err := d.selectAll(&rows, d.statements.Get("query/tag_restricted")); err != nil {
		return nil, err
	}
	out := make(map[int64][]string, len(rows))
	for _, r := range rows {
		var types []string
		if err := json.Unmarshal([]byte(r.Types), &types); err != nil {
			return nil, fmt.Errorf("read tag %d: %w", r.ID, err)
		}
		out[r.ID] = types
	}
	return out, nil
}
