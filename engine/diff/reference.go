package diff

import (
	"database/sql"
	"fmt"
	"maps"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// read decodes an object of NetBox.
func (d *differ) read(kind string, row mirror.OwnedRow) (*change.Before, error) {
	owned, err := row.Read()
	before := change.Before(owned)
	for _, f := range d.references(kind) {
		d.point(f, &before)
	}
	return &before, err
}

// references are the fields of a kind that refer to what diet owns.
func (d *differ) references(kind string) []kinds.Field {
	var out []kinds.Field
	for _, f := range d.kinds.Must(kind).Fields {
		if to, known := d.kinds.Of(f.To); f.IsReference() && known && to.IsOwned() {
			out = append(out, f)
		}
	}
	return out
}

// point lets base refer to what has the object id that it remembers, whatever NetBox id
// that has by now: it was deleted and made again, or NetBox was copied. An id that leads
// nowhere is not remembered. What holds the new id already takes it over, and what NetBox
// emptied along with the old one is left to [differ.emptied].
func (d *differ) point(f kinds.Field, before *change.Before) {
	was, based := before.Base[f.Name]
	object, isText := was.(string)
	if !isText {
		object, _ = before.Keys[f.Name].(string)
	}
	if !based || object == "" {
		return
	}
	id, known := value.ID(was)
	have, now := before.Have[f.Name], d.ids.owned(f.To, object)
	switch {
	case now == 0 && !known:
		delete(before.Base, f.Name)
	case now != 0 && (!known || id != now && have != nil && !value.Equal(have, now)):
		before.Base[f.Name] = now
	}
}

// emptied takes references that are empty because what they referred to is gone for
// half-done work too: whoever deleted the port did not unplug the cable.
func (d *differ) emptied(w *wanted, before *change.Before) (*change.Before, error) {
	half := *before
	half.Tmp = maps.Clone(before.Tmp)
	for _, f := range d.references(w.kind) {
		id, known := value.ID(before.Base[f.Name])
		if !known || before.Have[f.Name] != nil || f.Type != kinds.End && f.OnDelete != kinds.SetNull {
			continue
		}
		var there []int64
		seen := d.statements.For("query/object_seen", d.kinds.Must(f.To))
		if err := d.selectAll(&there, seen, sql.Named("ids", fmt.Sprintf("[%d]", id))); err != nil {
			return nil, err
		}
		if len(there) == 0 {
			half.Tmp[f.Name] = nil
		}
	}
	return &half, nil
}
