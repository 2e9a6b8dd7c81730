package engine

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// The ids in a journal are those that NetBox had then. Where it was filled anew since, they are those of
// something else: shared objects tell, which have a natural key beside the id, and what the plan owns, which has
// its diet id.

// relearn has the record from ahead of a run have the ids that the run learnt anew of what it referred to
// already: there is nothing of that to undo.
func (d *deed) relearn() {
	for name, v := range d.wrote {
		key, id := d.refers(name, v)
		if was, _ := d.was.Keys[name].(string); key == "" || was != key || id == nil {
			continue
		}
		if _, is := value.ID(d.was.Base[name]); is {
			d.was.Base[name] = id
		}
	}
}

// refers is what a reference in the record that a run wrote is to: its key, or diet id, and its NetBox id.
func (d *deed) refers(name string, v any) (key string, id any) {
	switch v := v.(type) {
	case map[string]any:
		key, _ = v["key"].(string)
		return key, v["id"]
	case string:
		if kind, _ := kinds.Standard().Of(d.kind); kind.Refers(name) != "" {
			return v, d.ids[name]
		}
	}
	return "", nil
}

// pastIDs are the ids that the shared objects had that a run referred to, or those that its objects referred
// to ahead of it.
func pastIDs(run string, deeds map[string]*deed) diff.Past {
	past := diff.Past{Run: run, Shared: map[string]map[string][]int64{}}
	for _, d := range deeds {
		kind, _ := kinds.Standard().Of(d.kind)
		for _, f := range kind.Fields {
			to, known := kinds.Standard().Of(f.To)
			if !known || to.IsOwned() {
				continue
			}
			key, v := d.refers(f.Name, d.wrote[f.Name])
			if v == nil {
				key, _ = d.was.Keys[f.Name].(string)
				v = d.was.Base[f.Name]
			}
			if id, is := value.ID(v); is && key != "" {
				past.Add(to.Name, key, id)
			}
		}
	}
	return past
}

// once is an object of the plan as a journal has it: its diet id, and the NetBox id that it had.
type once struct {
	kind, object string
	id           int64
}

// ownedThen are the objects that a run wrote and left there, and what those and others that it made or deleted refer
// to, as far as the plan owns it.
func ownedThen(deeds map[string]*deed) []once {
	all := map[once]bool{}
	add := func(kind, object string, id int64) {
		d := deeds[object]
		if id != 0 && object != "" && isOwned(kind) && (d == nil || d.did != change.Delete && d.did != change.Orphan) {
			all[once{kind, object, id}] = true
		}
	}
	for object, d := range deeds {
		add(d.kind, object, d.was.ID)
		kind, _ := kinds.Standard().Of(d.kind)
		for _, f := range kind.Fields {
			key, v := d.refers(f.Name, d.wrote[f.Name])
			if v == nil {
				key, _ = d.was.Keys[f.Name].(string)
				v = d.was.Base[f.Name]
			}
			if id, is := value.ID(v); is {
				add(f.To, key, id)
			}
		}
	}
	return slices.SortedFunc(maps.Keys(all), func(a, b once) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.object, b.object), cmp.Compare(a.id, b.id))
	})
}

// checkPast refuses to undo a run where most of what the plan owned then has another NetBox id, and nobody deleted
// what had the one in its journal. Of what is not the plan's any more, nothing can be told.
func (e *Engine) checkPast(ctx context.Context, r Rollback, deeds map[string]*deed, now []record) error {
	objectAt, has := map[diff.Place]string{}, map[string]int64{}
	for i := range now {
		objectAt[diff.Place{Kind: now[i].Kind, ID: now[i].ID}] = now[i].Object
		has[now[i].Kind+" "+now[i].Object] = now[i].ID
	}
	same := 0
	var others []once
	for _, o := range ownedThen(deeds) {
		switch {
		case objectAt[diff.Place{Kind: o.kind, ID: o.id}] == o.object:
			same++
		case has[o.kind+" "+o.object] != 0:
			others = append(others, o)
		}
	}
	if len(others) <= same {
		return nil
	}
	moved, err := e.notDeleted(ctx, others)
	if err != nil || len(moved) <= same {
		return err
	}
	last := moved[len(moved)-1]
	return &diff.MovedError{
		Plan: r.Plan.Key, Undoes: r.Run, Moved: len(moved), Of: len(moved) + same,
		Kind: last.kind, Key: last.object, Was: last.id, Is: has[last.kind+" "+last.object],
	}
}

// notDeleted are those of some objects that did not go by what the mirror knows.
func (e *Engine) notDeleted(ctx context.Context, objects []once) ([]once, error) {
	list := make([]any, len(objects))
	for i, o := range objects {
		list[i] = []any{kinds.Standard().Must(o.kind).ObjectType, o.id, o.object}
	}
	text, err := value.Encode(list)
	if err != nil {
		return nil, err
	}
	var gone []int
	if err := e.selectAll(ctx, &gone, "query/object_deleted_as", sql.Named("objects", text)); err != nil {
		return nil, err
	}
	went := make(map[int]bool, len(gone))
	for _, i := range gone {
		went[i] = true
	}
	var out []once
	for i, o := range objects {
		if !went[i] {
			out = append(out, o)
		}
	}
	return out, nil
}
