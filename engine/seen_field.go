package engine

import (
	"context"
	"maps"
	"slices"

	"github.com/diet-project/diet/mirror/kinds"
)

// SeenField fails with an [*UnseenError] for an object that is not in the mirror, and of which nobody changed
// anything as far as that knows; and for a field that objects of that kind have not: neither in the
// mirror, nor in what NetBox's changelog tells of this one. "" is no field.
func (e *Engine) SeenField(ctx context.Context, object, field string) error {
	edits, err := e.Blame(ctx, object, "")
	if err == nil && len(edits) == 0 {
		err = e.seen(ctx, object)
	}
	if err != nil || field == "" || kinds.IsTag(field) {
		return err
	}
	kind, err := e.kindOf(ctx, object, edits)
	if err != nil || kind.Name == "" {
		return err
	}
	fields := slices.Concat(kind.Content, slices.Collect(maps.Keys(kind.Given)), slices.Collect(maps.Keys(kind.Signs)))
	for _, f := range kind.Fields {
		fields = append(fields, f.Name)
	}
	for _, edit := range edits {
		fields = append(fields, edit.Fields...)
	}
	var custom []struct{ Name, Type string }
	if err := e.selectAll(ctx, &custom, "query/custom_field_type"); err != nil {
		return err
	}
	for _, c := range custom {
		fields = append(fields, "cf."+c.Name)
	}
	slices.Sort(fields)
	if fields = slices.Compact(fields); slices.Contains(fields, field) {
		return nil
	}
	return noField(kind.Name, field, fields)
}

// kindOf is the kind of an object, by what it is called, by its changes or as the mirror has it.
func (e *Engine) kindOf(ctx context.Context, object string, edits []Edit) (kinds.Kind, error) {
	name, _ := reference(object)
	if name == "" && len(edits) > 0 {
		name = edits[0].Kind
	}
	if name == "" {
		rows, err := e.past(ctx, "", 0, object)
		if err != nil {
			return kinds.Kind{}, err
		}
		if len(rows) > 0 {
			name = rows[0].Kind
		}
	}
	kind, _ := e.db.Kinds().Of(name)
	return kind, nil
}
