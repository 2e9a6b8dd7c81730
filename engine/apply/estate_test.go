package apply_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
)

// estate is a NetBox before a run, and a set that does everything to it that a set
// can do.
type estate struct {
	*fake
	set   *change.Set
	known map[string]int64
	twice []string // the objects that take a temporary name first: they are written twice
	hq    int64    // a site that stands
}

func newEstate() *estate {
	e := &estate{fake: newFake(), set: &change.Set{Plan: "p"}, known: map[string]int64{}}
	e.twice = slices.Concat(swaps, []string{"device_type:srv"})
	e.shared()
	e.racks()
	e.devices()
	e.interfaces()
	e.cables()
	e.set.Sort()
	return e
}

// field wants a value.
func field(name string, want any) change.Field {
	return change.Field{Name: name, Class: change.Planned, Want: want, Stated: true, Verdict: change.Verdict{Decision: "apply"}}
}

func fields(pairs ...any) []change.Field {
	var out []change.Field
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, field(pairs[i].(string), pairs[i+1]))
	}
	return out
}

// make wants an object that is not there.
func (e *estate) make(kind, object string, pairs ...any) *change.Change {
	c := change.Change{
		Kind: kind, Object: object, Name: object, Plan: "p", Class: change.Absent, Action: change.Create,
		Verdict: change.Verdict{Decision: "apply"}, Fields: fields(pairs...),
	}
	if kind == "interface" {
		c.Owner = object[:strings.LastIndex(object, "/")]
	}
	e.set.Changes = append(e.set.Changes, c)
	return &e.set.Changes[len(e.set.Changes)-1]
}

// stands is an object of ours that is there, and of which nothing is wanted.
func (e *estate) stands(kind, object string, have map[string]any) *stored {
	s := e.put(kind, object, have)
	e.known[object] = s.id
	return s
}

// alter wants something of an object that stands.
func (e *estate) alter(
	kind, object string, action change.Action, decision change.Decision, have map[string]any, pairs ...any,
) *change.Change {
	s := e.stands(kind, object, have)
	c := change.Change{
		Kind: kind, Object: object, Name: object, NetBoxID: s.id, Plan: "p", Class: change.Changed, Action: action,
		Verdict: change.Verdict{Decision: decision}, Fields: fields(pairs...), Before: before(kind, s),
	}
	if kind == "interface" {
		c.Owner = object[:strings.LastIndex(object, "/")]
	}
	e.set.Changes = append(e.set.Changes, c)
	return &e.set.Changes[len(e.set.Changes)-1]
}

// before is an object as a mirror has it.
func before(kind string, s *stored) *change.Before {
	have := map[string]any{}
	for name, value := range s.fields {
		if ends, ok := value.([]any); ok && kind == "cable" {
			name, value = strings.TrimSuffix(name, "_terminations"), ends[0].(map[string]any)["object_id"]
		}
		have[name] = value
	}
	return &change.Before{Base: map[string]any{}, Have: have, LastUpdated: s.lastUpdated()}
}

func (e *estate) shared() {
	e.make("tag", "tag:ours", "object", "tag:ours")
	e.make("manufacturer", "manufacturer:acme", "object", "manufacturer:acme")
	e.make("device_type", "device_type:srv", "object", "device_type:srv", "manufacturer", "@manufacturer:acme")
	e.make("interface_template", "interface_template:srv/eth0", "object", "interface_template:srv/eth0",
		"device_type", "@device_type:srv", "name", "eth0")
	e.make("device_role", "device_role:server", "object", "device_role:server")
	e.make("site", "site:lab", "object", "site:lab")
	e.make("location", "location:hall", "object", "location:hall", "site", "@site:lab")
}

func (e *estate) racks() {
	e.hq = e.stands("site", "site:hq", map[string]any{"object": "site:hq"}).id
	cellar := e.stands("location", "location:cellar", map[string]any{"object": "location:cellar", "site": e.hq}).id
	e.make("rack", "p/rack:row[1]", "name", "row-1", "site", e.hq, "location", cellar)
	for n := 2; n <= 4; n++ {
		e.make("rack", fmt.Sprintf("p/rack:row[%d]", n), "name", fmt.Sprint("row-", n), "site", "@site:lab", "location", "@location:hall")
	}
	e.alter("rack", "p/rack:row[7]", change.Delete, "delete", map[string]any{"name": "row-7"})
	e.alter("rack", "p/rack:row[8]", change.Update, "apply", map[string]any{"name": "row-8", "u_height": 42}, "u_height", 48)
	e.alter("rack", "p/rack:row[9]", change.Own, "apply", map[string]any{"name": "row-9"}, "name", "row-9").Fields[0].Class = change.Agreed
}

// made is how many devices are made.
const made = 5

func (e *estate) devices() {
	for n := 1; n <= made; n++ {
		e.make("device", fmt.Sprintf("p/new[%d]", n), "name", fmt.Sprint("new-", n), "device_type", "@device_type:srv",
			"role", "@device_role:server", "site", "@site:lab", "rack", fmt.Sprintf("@p/rack:row[%d]", n%4+1), "tag.ours", true)
	}
	// Two in one site swap their names, and one of them moves to a rack that is made.
	e.alter("device", "p/old[1]", change.Update, "apply", map[string]any{"name": "a", "site": e.hq}, "name", "b")
	e.alter("device", "p/old[2]", change.Update, "apply", map[string]any{"name": "b", "site": e.hq}, "name", "a", "rack", "@p/rack:row[1]")
	e.alter("device", "p/old[3]", change.Update, "apply", map[string]any{"name": "c"}, "description", "new")
	e.alter("device", "p/old[4]", change.Delete, "delete", map[string]any{"name": "d"})
	e.alter("device", "p/old[5]", change.Adopt, "adopt", map[string]any{"name": "e"}, "description", "ours")
	e.alter("device", "p/old[6]", change.Delete, "orphan", map[string]any{"name": "f"})
	e.alter("device", "p/old[7]", change.Delete, "delete", map[string]any{"name": "g"})
	e.alter("device", "p/old[8]", change.Update, "apply", map[string]any{"name": "h"}, "description", "new")
}

func (e *estate) interfaces() {
	for n := 1; n <= made; n++ {
		for _, port := range []string{"eth0", "x1"} { // the first is the type's own
			object := fmt.Sprintf("p/new[%d]/%s", n, port)
			e.make("interface", object, "device", fmt.Sprintf("@p/new[%d]", n), "name", port, "type", "other")
		}
	}
	third := e.known["p/old[3]"]
	for n := range 6 {
		e.stands("interface", fmt.Sprintf("p/old[3]/e%d", n), map[string]any{"device": third, "name": fmt.Sprint("e", n)})
	}
	e.alter("interface", "p/old[3]/type", change.Update, "apply", map[string]any{"device": third, "name": "type"}, "type", "other")
	e.alter("interface", "p/old[3]/gone", change.Delete, "delete", map[string]any{"device": third, "name": "gone"})
	e.alter("interface", "p/old[3]/loose", change.Delete, "release", map[string]any{"device": third, "name": "loose"})
	fourth := e.known["p/old[4]"]
	e.alter("interface", "p/old[4]/with", change.Delete, "delete", map[string]any{"device": fourth, "name": "with"}).With = "p/old[4]"
}

// end is a cable's end as NetBox has it.
func end(id int64) []any {
	return []any{map[string]any{"object_type": "dcim.interface", "object_id": id}}
}

func (e *estate) cables() {
	port := func(n int) int64 { return e.known[fmt.Sprintf("p/old[3]/e%d", n)] }
	// The second takes the port that the first one leaves.
	e.alter("cable", "p/moves[1]~", change.Update, "apply",
		map[string]any{"a_terminations": end(port(0)), "b_terminations": end(port(1))}, "b", port(2))
	e.alter("cable", "p/moves[2]~", change.Update, "apply",
		map[string]any{"a_terminations": end(port(3)), "b_terminations": end(port(4))}, "b", port(1))
	e.alter("cable", "p/gone[1]~", change.Delete, "delete", map[string]any{"label": "x"})
	e.alter("cable", "p/gone[2]~", change.Delete, "delete", map[string]any{"label": "y"})
	e.alter("cable", "p/own~", change.Own, "apply", map[string]any{"label": "z"}, "label", "z").Fields[0].Class = change.Agreed
	for n := 1; n <= made; n++ {
		e.make("cable", fmt.Sprintf("p/new[%d]/eth0~", n), "a", fmt.Sprintf("@p/new[%d]/eth0", n), "b", fmt.Sprintf("@p/new[%d]/x1", n))
	}
}

// remaining is the set that a differ would find now: what is not done yet, compared
// with what is there.
func (e *estate) remaining() (*change.Set, map[string]int64) {
	known := map[string]int64{}
	for _, objects := range e.kinds {
		for id, s := range objects {
			if s.object != "" {
				known[s.object] = id
			}
		}
	}
	set := &change.Set{Plan: e.set.Plan}
	for _, c := range e.set.Changes {
		if e.holds(&c) {
			continue
		}
		if s := e.kinds[c.Kind][c.NetBoxID]; s != nil && c.Action != change.Create {
			c.Before = before(c.Kind, s)
		}
		set.Changes = append(set.Changes, c)
	}
	return set, known
}

// holds reports whether NetBox is as a change wants it.
func (e *estate) holds(c *change.Change) bool {
	s, n := e.find(c.Kind, c.Object)
	switch {
	case c.Action == change.Delete:
		return n == 0
	case n != 1:
		return false
	case c.Action == change.Create:
		return true
	}
	if _, marked := s.fields["custom_fields"]; !marked {
		return false
	}
	for _, f := range c.Fields {
		want, have := f.Want, s.fields[f.Name]
		if f.Class == change.Agreed {
			continue
		}
		if ref, ok := c.Pending(f); ok {
			target, _ := e.find("rack", ref)
			if target == nil {
				return false
			}
			want = target.id
		}
		if f.Name == "b" {
			have, want = s.fields["b_terminations"], end(want.(int64))
		}
		if fmt.Sprint(have) != fmt.Sprint(want) {
			return false
		}
	}
	return true
}
