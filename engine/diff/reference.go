package diff

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// rowsOf picks one thing of each row.
func rowsOf[R, T any](rows []R, pick func(R) T) []T {
	out := make([]T, len(rows))
	for i := range rows {
		out[i] = pick(rows[i])
	}
	return out
}

// readEach decodes objects of a kind of NetBox.
func (d *differ) readEach(kind string, rows []mirror.OwnedRow) ([]*change.Before, error) {
	out := make([]*change.Before, len(rows))
	for i := range rows {
		owned, err := rows[i].Read()
		if err != nil {
			return nil, fmt.Errorf("read %s %s: %w", kind, rows[i].Base, err)
		}
		before := change.Before(owned)
		out[i] = &before
	}
	for _, f := range d.references(kind) {
		if err := d.lookUpApplied(f, out); err != nil {
			return nil, err
		}
		for _, before := range out {
			d.point(f, before)
		}
	}
	for _, before := range out {
		d.retag(before)
	}
	return out, d.ids.err
}

// lookUpApplied reads the ids of what objects were applied with by a reference.
func (d *differ) lookUpApplied(f kinds.Field, befores []*change.Before) error {
	var objects []string
	for _, before := range befores {
		if object := applied(f, before); object != "" {
			objects = append(objects, object)
		}
	}
	return d.ids.lookUp(f.To, objects...)
}

// applied is the object id that base remembers of a reference, "" for none.
func applied(f kinds.Field, before *change.Before) string {
	object, isText := before.Base[f.Name].(string)
	if !isText {
		object, _ = before.Keys[f.Name].(string)
	}
	return object
}

// references are the fields of a kind that refer to what diet owns.
func (d *differ) references(kind string) []kinds.Field {
	out, known := d.refs[kind]
	if known {
		return out
	}
	for _, f := range d.kinds.Must(kind).Fields {
		if to, known := d.kinds.Of(f.To); f.IsReference() && known && to.IsOwned() {
			out = append(out, f)
		}
	}
	d.refs[kind] = out
	return out
}

// point lets base refer to what has the object id that it remembers, whatever NetBox id
// that has by now: it was deleted and made again, or NetBox was copied. An id that leads
// nowhere is not remembered. What holds the new id already takes it over, and what NetBox
// emptied along with the old one is left to [differ.emptied].
func (d *differ) point(f kinds.Field, before *change.Before) {
	was, based := before.Base[f.Name]
	object := applied(f, before)
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
// half-done work too: whoever deleted the port did not unplug the cable. Who emptied them ahead of that did.
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
		if len(there) > 0 {
			continue
		}
		ahead, err := d.emptiedAhead(w, f, id)
		if err != nil {
			return nil, err
		}
		if !ahead {
			half.Tmp[f.Name] = nil
		}
	}
	return &half, nil
}

// emptiedAhead reports whether others emptied a reference themselves, ahead of the deletion of what it
// referred to: by the changelog, which has what NetBox empties along in the request of the deletion.
func (d *differ) emptiedAhead(w *wanted, f kinds.Field, to int64) (bool, error) {
	last, err := d.touched(w.kind, w.id, f.Name)
	if err != nil || last == nil || last.Actor == change.ActorDiet || !last.Explains(nil) {
		return false, err
	}
	var requests []string
	err = d.selectAll(&requests, d.statements.Get("query/object_deleted_in"),
		sql.Named("type", d.kinds.Must(f.To).ObjectType), sql.Named("id", to))
	return len(requests) > 0 && !slices.Contains(requests, last.Request), err
}
