package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// thing is an object of NetBox by its type, such as dcim.device.
type thing struct {
	of string
	id int64
}

// detachment is what a deletion took, as far as others may have had something refer to it.
type detachment struct {
	gone    map[thing]bool
	emptied []logged // what NetBox changed in the same request
}

// newDetachment begins with what a request was to delete.
func newDetachment(reg kinds.Registry, doomed []*change.Change) *detachment {
	d := &detachment{gone: map[thing]bool{}}
	for _, c := range doomed {
		d.gone[thing{reg.Must(c.Kind).ObjectType, c.NetBoxID}] = true
	}
	return d
}

// referringField is a custom field by which objects refer to others.
type referringField struct {
	Name    string `db:"name"`
	Type    string `db:"type"`
	Bearers string `db:"object_types"` // JSON list
	Related string `db:"related_object_type"`
}

// referring are the custom fields by which something may refer to what is gone.
func (r *reader) referring(ctx context.Context, d *detachment) (out []referringField, err error) {
	types := map[string]bool{}
	for t := range d.gone {
		types[t.of] = true
	}
	if err := r.engine.selectAll(ctx, &out, "query/custom_field_object"); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(out, func(f referringField) bool { return !types[f.Related] }), nil
}

// detached is what of others had come to refer to what is gone since that was judged, and stays, without it: by
// a field that NetBox emptied, or by a custom field that keeps an id of nothing.
func (r *reader) detached(d *detachment, fields []referringField, news []logged) (out []apply.Casualty) {
	emptied := map[thing]logged{}
	for _, row := range d.emptied {
		emptied[thing{row.Type, row.Object}] = row
	}
	for _, e := range editsOf(news) {
		at := thing{e.last.Type, e.last.Object}
		if e.last.Action.Value == "delete" || d.gone[at] {
			continue
		}
		field := d.set(e, fields)
		if row, is := emptied[at]; field == "" && is {
			field = d.lost(e, row)
		}
		if field != "" {
			out = append(out, apply.Casualty{
				Kind: r.kindOf(e.last), ID: at.id, Name: nameOf(e.last), User: e.last.User, Field: field,
			})
		}
	}
	return out
}

// edits are what changes made of an object.
type edits struct{ first, last logged }

// editsOf sorts changes by their objects.
func editsOf(news []logged) []edits {
	at := map[thing]int{}
	var out []edits
	for _, n := range slices.SortedFunc(slices.Values(news), func(a, b logged) int { return cmp.Compare(a.ID, b.ID) }) {
		of := thing{n.Type, n.Object}
		if _, known := at[of]; !known {
			at[of] = len(out)
			out = append(out, edits{first: n})
		}
		out[at[of]].last = n
	}
	return out
}

// set is a custom field by which an object came to refer to what is gone, "" for none.
func (d *detachment) set(e edits, fields []referringField) string {
	was, _ := objectOf(e.first.Was)["custom_fields"].(map[string]any)
	is, _ := objectOf(e.last.Is)["custom_fields"].(map[string]any)
	for _, f := range fields {
		if d.has(f.Related, is[f.Name]) && !d.has(f.Related, was[f.Name]) {
			return "cf." + f.Name
		}
	}
	return ""
}

// lost is a field by which an object came to refer to what is gone, and that a change emptied; "" for none.
func (d *detachment) lost(e edits, emptied logged) string {
	was, is, left := objectOf(e.first.Was), objectOf(e.last.Is), objectOf(emptied.Is)
	for _, field := range slices.Sorted(maps.Keys(is)) {
		_, list := left[field].([]any)
		for of := range d.types() {
			if (list || left[field] == nil) && d.has(of, is[field]) && !d.has(of, was[field]) && !d.has(of, left[field]) {
				return field
			}
		}
	}
	return ""
}

// types are those of what is gone.
func (d *detachment) types() map[string]bool {
	out := map[string]bool{}
	for t := range d.gone {
		out[t.of] = true
	}
	return out
}

// has reports whether a value is the id of something of a type that is gone, or a list with one.
func (d *detachment) has(of string, v any) bool {
	values, many := v.([]any)
	if !many {
		values = []any{v}
	}
	return slices.ContainsFunc(values, func(v any) bool {
		id, is := value.ID(v)
		return is && d.gone[thing{of, id}]
	})
}

// objectOf is what a change tells of an object; nothing where that cannot be read.
func objectOf(data json.RawMessage) map[string]any {
	out, err := value.DecodeObject(data)
	if err != nil {
		return nil
	}
	return out
}
