package apply

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// side is what one end of a breakout cable is to be plugged into: NetBox takes all plugs of
// an end at once, and numbers them in the order of the list.
type side struct {
	kind, end string
	ports     map[string]any // by field
}

// list are the plugs as NetBox takes them; a plug that is nowhere is none.
func (s side) list() []any {
	kind, _ := kinds.Standard().Of(s.kind)
	out := []any{}
	for _, field := range kind.PlugsAt(s.end) {
		if port := s.ports[field]; port != nil {
			out = append(out, plugged(s.kind, field, port))
		}
	}
	return out
}

// MarshalJSON writes the list.
func (s side) MarshalJSON() ([]byte, error) { return json.Marshal(s.list()) }

func plugged(kind, field string, port any) any {
	return map[string]any{"object_type": portType(kind, field), "object_id": port}
}

// putPlug plugs a cable into a port. Of a breakout, the other plugs of that end stay.
func putPlug(payload map[string]any, c *change.Change, field string, port any) {
	key := terminations(c, field)
	if s, begun := payload[key].(side); begun {
		s.ports[field] = port
		return
	}
	kind, _ := kinds.Standard().Of(c.Kind)
	f, _ := kind.Field(field)
	end := f.Name
	if f.On != "" {
		end = f.On
	}
	if !breaksOut(c, kind.PlugsAt(end)) {
		payload[key] = []any{plugged(c.Kind, field, port)}
		return
	}
	s := side{kind: c.Kind, end: end, ports: map[string]any{}}
	for _, other := range kind.PlugsAt(end) {
		if c.Before != nil {
			s.ports[other] = c.Before.Have[other]
		}
	}
	s.ports[field] = port
	payload[key] = s
}

// breaksOut reports whether a cable has, or is to have, several plugs at an end.
func breaksOut(c *change.Change, fields []string) bool {
	for _, field := range fields[1:] {
		if c.Before != nil && c.Before.Have[field] != nil || slices.ContainsFunc(c.Fields, func(f change.Field) bool { return f.Name == field }) {
			return true
		}
	}
	return false
}

// portsOf are the ports of one side of a payload, as [change.Port] names them.
func portsOf(v any) []string {
	list, _ := v.([]any)
	if s, is := v.(side); is {
		list = s.list()
	}
	var out []string
	for _, x := range list {
		end, _ := x.(map[string]any)
		if id, is := value.ID(end["object_id"]); is {
			out = append(out, change.Port(fmt.Sprint(end["object_type"]), id))
		}
	}
	return out
}

// displacedSide is the end of a breakout that an item writes; nil for none.
func displacedSide(it *item) *side {
	for _, v := range it.payload {
		if s, is := v.(side); is && it.change.Before != nil {
			return &s
		}
	}
	return nil
}

// displaced are the plugs as they are to be up to the first new one, or up to a lane that leads
// nowhere where a new one comes behind it, and nothing further, where something stays that comes
// behind; nil else.
func displaced(it *item) map[string]any {
	s := displacedSide(it)
	if s == nil {
		return nil
	}
	kind, _ := kinds.Standard().Of(s.kind)
	fields, have := kind.PlugsAt(s.end), map[int64]bool{}
	for _, field := range fields {
		for _, port := range change.Plugs(s.kind, field, it.change.Before.Have[field]) {
			have[port] = true
		}
	}
	stays := func(field string) bool { id, is := value.ID(s.ports[field]); return is && have[id] }
	comes := func(field string) bool { return s.ports[field] != nil && !stays(field) }
	first := slices.IndexFunc(fields, comes)
	if first < 0 {
		return nil
	}
	keep := first + 1
	if hole := slices.IndexFunc(fields[:first], func(field string) bool { return s.ports[field] == nil }); hole >= 0 {
		keep = hole
	}
	if !slices.ContainsFunc(fields[keep:], stays) {
		return nil
	}
	out := maps.Clone(s.ports)
	for _, field := range fields[keep:] {
		out[field] = nil
	}
	return out
}
