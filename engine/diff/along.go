package diff

import (
	"strings"

	"github.com/diet-project/diet/engine/change"
)

// tellAlong notes which of the parts that are created NetBox makes along with what they are part of,
// of the templates of its type: there is no way to have the one without the other.
func (d *differ) tellAlong() error {
	created := map[string]*change.Change{}
	for i := range d.changes {
		if c := &d.changes[i]; c.Action == change.Create && c.Owner == "" {
			created[c.Object] = c
		}
	}
	names := map[key]map[key]bool{} // of templates, by type
	for i := range d.changes {
		c := &d.changes[i]
		kind, whole := d.kinds.Must(c.Kind), created[c.Owner]
		if c.Action != change.Create || kind.Templates == "" || whole == nil {
			continue
		}
		by := d.kinds.Must(kind.Templates)
		natural := whole.Keys[by.Parent] // maker/slug
		of := key{by.ParentKind(), natural[strings.LastIndexByte(natural, '/')+1:]}
		if names[of] == nil {
			var err error
			if names[of], err = d.templateNames(of); err != nil {
				return err
			}
		}
		c.Along = names[of][key{by.Name, c.Name}]
	}
	return nil
}

// templateNames are the templates that a type has, or will have where it is yet to be made.
func (d *differ) templateNames(of key) (map[key]bool, error) {
	out := map[key]bool{}
	held, err := d.partsOf(of)
	for k := range held {
		out[k] = true
	}
	if _, exists := d.ids.bySlug[of]; !exists {
		for k := range d.wantedParts(of) {
			out[k] = true
		}
	}
	return out, err
}
