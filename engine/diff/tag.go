package diff

import "strings"

// needTags notes which tags of an object NetBox does not have yet.
func (d *differ) needTags(w *wanted) {
	for name, v := range w.fields {
		slug, is := strings.CutPrefix(name, tagPrefix)
		if _, there := d.ids.bySlug[key{tagKind, slug}]; !is || there || v == nil {
			continue
		}
		if w.claims == nil {
			w.claims = map[string]string{}
		}
		w.claims[name] = tagKind + ":" + slug
	}
}

// A tag of an object is a field of its own: tagPrefix and the slug.
const (
	tagKind   = "tag"
	tagPrefix = tagKind + "."
)
