package diff

import (
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// giveBack has fields that the plan no longer states, and of which diet wrote another value than NetBox
// gives when nobody says, get that again: a port that was taken out of use is in use again.
func (d *differ) giveBack(w *wanted, before *change.Before, fields []change.Field) error {
	kind := d.kinds.Must(w.kind)
	for i := range fields {
		f := &fields[i]
		field, _ := kind.Field(f.Name)
		if f.Class != change.Relinquished {
			continue
		}
		if is, err := d.tookAway(kind, w.id, field, before); err != nil || !is {
			if err != nil {
				return err
			}
			continue
		}
		f.Class, f.Want, f.Stated, f.Record = change.Planned, field.Usual, true, &change.Record{}
	}
	return nil
}

// tookAll are those fields of an object that is released whole, with what they get again.
func (d *differ) tookAll(kind kinds.Kind, id int64, before *change.Before) (out []change.Field, err error) {
	for _, field := range kind.Fields {
		is, err := d.tookAway(kind, id, field, before)
		if err != nil {
			return nil, err
		}
		if is {
			have := before.Have[field.Name]
			out = append(out, change.Field{Name: field.Name, Class: change.Planned, Want: field.Usual, Have: have, Stated: true})
		}
	}
	return out, nil
}

// tookAway reports whether diet wrote another value of a field than the usual one, which still stands.
// What a person wrote ahead of diet is theirs.
func (d *differ) tookAway(kind kinds.Kind, id int64, field kinds.Field, before *change.Before) (bool, error) {
	base, applied := before.Applied(field.Name)
	stands := field.Usual != nil && applied && value.Equal(base, before.Have[field.Name])
	if !stands || value.Equal(base, field.Usual) {
		return false, nil
	}
	last, err := d.touched(kind.Name, id, field.Name)
	return err == nil && (last == nil || last.Actor == change.ActorDiet), err
}
