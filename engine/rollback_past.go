package engine

import (
	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// The ids in a journal are those that NetBox had then. Where it was filled anew since, they are those of
// something else: shared objects tell, which have a natural key beside the id.

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
