package diff

import (
	"database/sql"
	"fmt"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// A tag of an object is a field of its own, which has the name of the tag's slug in the plan. Which
// tag of NetBox's that is base remembers: one that was renamed is the same field.
const tagKind = "tag"

// tags are the tags that the plan means.
type tags struct {
	meant   map[string]int64 // NetBox ids by field; 0 for one that is not there
	fields  map[int64]string // the reverse
	another map[key][]string // by object, the fields of which base remembers another tag than the plan means
}

// nameTags finds out which tags the plan means. One that a topology of an earlier time has is the one
// that it was then.
func (d *differ) nameTags(remembered map[string][]int64) error {
	d.tags = tags{meant: map[string]int64{}, fields: map[int64]string{}, another: map[key][]string{}}
	if d.topo.Recalled != nil {
		for slug, ids := range remembered {
			if o, there := d.ids.shared[place{tagKind, ids[0]}]; there && len(ids) == 1 {
				d.ids.bySlug[key{tagKind, slug}] = o
			}
		}
		return nil
	}
	for _, w := range d.topo.Shared() {
		if w.Kind != tagKind {
			continue
		}
		field, id := kinds.TagField(w.Slug), d.ids.bySlug[key{tagKind, w.Slug}].id
		if d.tags.meant[field] = id; id != 0 {
			d.tags.fields[id] = field
		}
		for _, was := range remembered[w.Slug] {
			if _, there := d.ids.shared[place{tagKind, was}]; !there || was == id {
				continue
			}
			if err := d.findRetagged(field, was); err != nil {
				return err
			}
		}
	}
	return nil
}

// findRetagged finds the objects that have another tag than the one that the plan means by now.
func (d *differ) findRetagged(field string, was int64) error {
	var rows []struct{ Kind, Object string }
	at := sql.Named("path", fmt.Sprintf(`$."%s"`, field))
	if err := d.selectAll(&rows, d.statements.Get("query/tag_remembered"), d.planArg(), at, sql.Named("id", was)); err != nil {
		return err
	}
	for _, r := range rows {
		k := key{r.Kind, r.Object}
		d.tags.another[k] = append(d.tags.another[k], field)
	}
	return nil
}

// needTags notes which tags the fields of an object are, and which of them NetBox does not have yet.
func (d *differ) needTags(w *wanted) {
	for name, v := range w.fields {
		slug, is := kinds.TagOf(name)
		if !is {
			continue
		}
		if o, there := d.ids.bySlug[key{tagKind, slug}]; there {
			if w.tags == nil {
				w.tags = map[string]change.Tag{}
			}
			called, _ := o.doc["slug"].(string)
			w.tags[name] = change.Tag{ID: o.id, Slug: called}
			continue
		}
		if v == nil {
			continue
		}
		if w.claims == nil {
			w.claims = map[string]string{}
		}
		w.claims[name] = tagKind + ":" + slug
	}
}

// retag has the tags of an object be the fields that the plan means by them. A field that is another
// tag by now was never applied as that.
func (d *differ) retag(before *change.Before) {
	for name, v := range before.Keys {
		id, _ := value.ID(v)
		slug, is := kinds.TagOf(name)
		if !is {
			continue
		}
		if is, moved := d.anew[former{tagKind, slug, id}]; moved && d.told.Rebase {
			id = is
		}
		_, there := d.ids.shared[place{tagKind, id}]
		if meant, planned := d.tags.meant[name]; planned && there && meant != id {
			delete(before.Base, name)
			delete(before.Initial, name)
			delete(before.Keys, name)
		}
	}
	if len(before.Tags) == 0 {
		return
	}
	bears := before.Tags
	before.Tags = make(map[string]any, len(bears))
	for name := range bears {
		delete(before.Have, name)
	}
	for name, v := range bears {
		id, _ := value.ID(v)
		name = d.tagField(name, id)
		before.Have[name], before.Tags[name] = true, id
	}
}

// tagField is the field that a tag of an object is, which is called name without the plan.
func (d *differ) tagField(name string, id int64) string {
	if field := d.tags.fields[id]; field != "" {
		return field
	}
	if _, another := d.tags.meant[name]; !another || d.topo.Recalled != nil {
		return name
	}
	slug, _ := d.ids.shared[place{tagKind, id}].doc["slug"].(string)
	if field := kinds.TagField(slug); field != name {
		return d.tagField(field, id)
	}
	return fmt.Sprintf("%s#%d", name, id)
}

// referred is what of the shared objects a field of a change refers to.
func referred(c *change.Change, f *change.Field) (place, bool) {
	if tag, is := c.Tags[f.Name]; is {
		return place{tagKind, tag.ID}, true
	}
	id, ok := value.ID(f.Want)
	return place{change.Refers(c.Kind, f.Name), id}, ok
}

// loggedAs is what the changelog calls a field of an object: a tag by what it is called now.
func (d *differ) loggedAs(kind kinds.Kind, field string) string {
	if o, there := d.ids.shared[place{tagKind, d.tags.meant[field]}]; there {
		slug, _ := o.doc["slug"].(string)
		return kinds.TagField(slug)
	}
	return kind.EndOf(field)
}
