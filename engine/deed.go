package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/store"
	"github.com/diet-project/diet/mirror/value"
)

// deed is what a run did to an object.
type deed struct {
	did   change.Action
	kind  string
	was   apply.Prior    // the object before the run; the zero Prior if there was none
	wrote map[string]any // the base that the run gave it; nil if none
	ids   map[string]any // of what the references in it were to
	sent  map[string]any // what the run wrote of the fields that it changed, without tags
	tags  []string       // the fields of those that the run put on it
	left  []string       // fields that the run left to people; "" is the object
	taken []string       // those that it took back from them

	righted []string // "" where the run put the marks right that somebody had edited

	renames bool // it is somebody else's, and was in the way
}

// changed are the names of the fields that the run changed.
func (d *deed) changed() []string { return slices.Sorted(maps.Keys(d.sent)) }

// had is what a field held ahead of the run, which wrote over it. An end of a cable counts only
// where it was plugged into one port that the plan cables.
func (d *deed) had(field string) (any, bool) {
	had, there := d.was.Fields[field]
	_, passing := d.was.Tmp[field]
	if _, sent := d.sent[field]; !sent || !there || passing {
		return nil, false
	}
	if kind, _ := kinds.Standard().Of(d.kind); slices.Contains(kind.Sockets(), field) {
		_, plugged := value.ID(had)
		return had, plugged
	}
	return had, true
}

// deletion is the method of a request that deletes, as the journal has it.
const deletion = "DELETE"

// undone reads from a run's journal what it did, by object.
func undone(requests []store.Request) (map[string]*deed, error) {
	out := map[string]*deed{}
	for i := range requests {
		r := &requests[i]
		if r.Status != string(runDone) {
			continue
		}
		var objects []string
		var payload []json.RawMessage
		var prior []*apply.Prior
		for _, part := range []struct {
			text string
			into any
		}{{r.Objects, &objects}, {r.Payload, &payload}, {r.Inverse, &prior}} {
			if err := json.Unmarshal([]byte(part.text), part.into); err != nil {
				return nil, fmt.Errorf("read journal: %w", err)
			}
		}
		if len(payload) != len(objects) || len(prior) != len(objects) {
			return nil, errTooOld
		}
		for j, object := range objects {
			if change.IsParking(object) {
				continue // it is there while something ends on it, whatever is undone
			}
			if err := addDeed(out, r, object, payload[j], prior[j]); err != nil {
				return nil, err
			}
		}
	}
	refill(out)
	return out, nil
}

// refill has what objects were before a run hold what NetBox emptied in the run itself, because the run
// deleted what that was. Where an older diet did not note that, it is what diet had applied.
func refill(deeds map[string]*deed) {
	gone := goneWith(deeds)
	for _, d := range deeds {
		maps.Copy(d.was.Fields, d.was.Emptied)
		if d.was.Emptied != nil {
			continue
		}
		kind, _ := kinds.Standard().Of(d.kind)
		for name, v := range d.was.Base {
			id, is := value.ID(v)
			if had, there := d.was.Fields[name]; is && there && had == nil && gone[diff.Place{Kind: kind.Refers(name), ID: id}] != "" {
				d.was.Fields[name] = v
			}
		}
	}
}

// addDeed adds what one request did to one object.
func addDeed(out map[string]*deed, r *store.Request, object string, payload json.RawMessage, was *apply.Prior) error {
	if was != nil && was.Kind == "" {
		return errTooOld
	}
	d := out[object]
	if d == nil {
		d = &deed{kind: r.Kind, did: change.Create}
		if was != nil {
			d.did, d.was = change.Update, *was
			if !was.Owned {
				d.did = change.Adopt
			}
		}
		out[object] = d
	}
	if was != nil && was.IsRestored() {
		d.righted = append(d.righted, "")
		return nil
	}
	if r.Method == deletion {
		if d.did == change.Create {
			delete(out, object) // it came and went
			return nil
		}
		d.did = change.Delete
		for _, part := range d.was.Parts {
			out[part.Object] = &deed{kind: part.Kind, did: change.Delete, was: part}
		}
		return nil
	}
	d.renames = d.did == change.Adopt && object == fmt.Sprintf("%s:%d", d.kind, d.was.ID)
	w, err := written(payload)
	if w.disowned && err == nil {
		d.did = change.Orphan
	}
	d.wrote, d.ids = w.base, w.ids
	if w.unmanaged && !w.disowned {
		d.left = append(d.left, "")
	}
	for _, name := range slices.Sorted(maps.Keys(w.released)) {
		if _, before := d.was.Released[name]; !before && !slices.Contains(d.left, name) {
			d.left = append(d.left, name)
		}
	}
	d.noteMarks(was, w)
	return errors.Join(err, d.note(payload))
}

// noteMarks adds what a write did to marks that somebody had edited, or that left something to people.
func (d *deed) noteMarks(was *apply.Prior, w marks) {
	if was == nil {
		return
	}
	switch was.Marks {
	case string(change.Unmanaged):
		d.taken = append(d.taken, "")
	case string(change.Identity):
		d.righted = append(d.righted, "")
	}
	for _, name := range slices.Sorted(maps.Keys(d.was.Released)) {
		if _, still := w.released[name]; w.base != nil && !still && !slices.Contains(d.taken, name) {
			d.taken = append(d.taken, name)
		}
	}
}

// note adds what a write changed of an object that was there before.
func (d *deed) note(payload json.RawMessage) error {
	if d.did == change.Create {
		return nil
	}
	body, err := value.DecodeObject(payload)
	if err != nil {
		return fmt.Errorf("read journal: %w", err)
	}
	d.noteTags(body)
	fields := payloadFields(d.kind, d.was.Turned, body)
	d.breakOut(fields, body)
	for name, v := range fields {
		if _, noted := d.sent[name]; noted || !value.Equal(v, value.Of(d.was.Fields[name])) {
			if d.sent == nil {
				d.sent = map[string]any{}
			}
			d.sent[name] = v
		}
	}
	return nil
}

// breakOut adds to the fields of a write the plugs of a breakout: those that it left in, those that its record
// has, and none where neither is in the list.
func (d *deed) breakOut(fields, body map[string]any) {
	kind, _ := kinds.Standard().Of(d.kind)
	before := &change.Before{Turned: d.was.Turned}
	for _, end := range kind.Ends() {
		plugs := kind.PlugsAt(end)
		list, sent := body[before.Side(kind.Ends(), end)+"_terminations"].([]any)
		had := func(plug string) bool { return d.was.Fields[plug] != nil }
		if !sent || len(list) < 2 && !slices.ContainsFunc(plugs[1:], had) {
			continue
		}
		in := map[int64]bool{}
		for _, port := range list {
			if id, is := value.ID(pluggedInto([]any{port})); is {
				in[id] = true
			}
		}
		for _, plug := range plugs {
			fields[plug] = nil
			for _, v := range []any{d.ids[plug], d.was.Fields[plug]} {
				if id, is := value.ID(v); is && in[id] {
					fields[plug] = id
				}
			}
		}
	}
}

// payloadFields are the fields in the payload of a write under diet's names, without tags: an end
// of a cable that is turned is written to the other side.
func payloadFields(name string, turned bool, body map[string]any) map[string]any {
	kind, _ := kinds.Standard().Of(name)
	before := &change.Before{Turned: turned}
	out := maps.Clone(body)
	for _, key := range []string{"id", "tags", "custom_fields"} {
		delete(out, key)
	}
	for _, end := range kind.Ends() {
		key := before.Side(kind.Ends(), end) + "_terminations"
		if plugs, sent := out[key]; sent {
			delete(out, key)
			out[kind.SocketAt(end, portType(plugs), kinds.Standard())] = pluggedInto(plugs)
		}
	}
	custom, _ := body["custom_fields"].(map[string]any)
	for field, v := range custom {
		if !kinds.IsMark(field) {
			out["cf."+field] = v
		}
	}
	return out
}

// portType is the object type of what an end is plugged into, as a write has it.
func portType(plugs any) string {
	list, _ := plugs.([]any)
	if len(list) == 0 {
		return ""
	}
	port, _ := list[0].(map[string]any)
	of, _ := port["object_type"].(string)
	return of
}

// pluggedInto is the id of the one port that an end is plugged into, as a write has it.
func pluggedInto(plugs any) any {
	list, _ := plugs.([]any)
	if len(list) != 1 {
		return nil
	}
	port, _ := list[0].(map[string]any)
	return port["object_id"]
}

// marks is what the payload of a write has of diet's marks.
type marks struct {
	base, ids, released map[string]any // of the record
	disowned            bool           // they are taken away
	unmanaged           bool           // diet_managed becomes false
}

// written are the marks in the payload of a write.
func written(payload json.RawMessage) (w marks, err error) {
	var body struct {
		Custom map[string]json.RawMessage `json:"custom_fields"`
	}
	if err := json.Unmarshal(payload, &body); err != nil {
		return w, fmt.Errorf("read journal: %w", err)
	}
	w.unmanaged = string(body.Custom["diet_managed"]) == "false"
	text, there := body.Custom[kinds.Record]
	if !there || string(text) == "null" {
		w.disowned = there
		return w, nil
	}
	record, err := value.DecodeObject(text)
	if err != nil {
		return w, fmt.Errorf("read journal: %w", err)
	}
	w.base, _ = record["base"].(map[string]any)
	w.ids, _ = record["ids"].(map[string]any)
	w.released, _ = record["released"].(map[string]any)
	return w, nil
}
