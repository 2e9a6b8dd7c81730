package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// remake has an object that the run deleted made again as NetBox had it ahead of the run, as far as its
// record is still that of then: where others had written, moved or plugged something else than diet had
// applied, that, and what they had in fields that nobody owned.
func (u *undoing) remake(o *generate.Object, d *deed) {
	m := &remade{undoing: u, o: o, d: d, kind: kinds.Standard().Must(d.kind), was: u.recalled(d.kind, d.was.Base, d.was.Keys)}
	names := maps.Clone(d.was.Fields)
	for name := range m.was {
		names[name] = nil
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		m.field(name)
	}
}

// remade is an object that is made again.
type remade struct {
	*undoing
	o    *generate.Object
	d    *deed
	kind kinds.Kind
	was  map[string]any // its record before the run
}

func (m *remade) field(name string) {
	had, there := m.d.was.Fields[name]
	applied, known := m.was[name]
	_, passing := m.d.was.Tmp[name]
	switch {
	case passing || !there && !kinds.IsMember(name):
		return
	case known && (value.Equal(had, value.Of(m.d.was.Base[name])) || !sameAs(m.o.Fields[name], applied)):
		return // or a later run has written it
	case !known && (value.Empty(had) && !m.fills(name) || !m.isWritable(name)):
		return
	case slices.Contains(m.kind.Sockets(), name) && known:
		if _, plugged := value.ID(had); !plugged {
			m.lose(m.o, name) // nothing plugs it in there again
			return
		}
	}
	v, there := m.goal(m.d.kind, name, had)
	if !there {
		m.lose(m.o, name)
		return
	}
	setApart(m.o, name, v, generate.Applied{Value: applied, Known: known})
	if known || m.kind.IsPersonal(name) {
		m.over[m.o.ID] = append(m.over[m.o.ID], name)
	}
}

// fills reports whether NetBox fills a field itself where a new object says nothing: one that was empty is emptied
// again.
func (m *remade) fills(name string) bool {
	empty, given := m.kind.Given[name]
	return given && empty == nil
}

// isWritable reports whether a field that nobody owned is for people to write, rather than NetBox's own.
func (m *remade) isWritable(name string) bool {
	if kinds.IsMember(name) {
		return true
	}
	f, known := m.kind.Field(name)
	follows := f.Follows != "" && !value.Empty(m.d.was.Fields[f.Follows])
	return known && !f.Shown && !follows && !m.kind.CameWith(f) && f.Type != kinds.End && name != m.kind.Parent
}

// unwritten are the objects that are made again without what others had written in fields that the
// mirror does not hold, each with these.
func (u *undoing) unwritten() []string {
	var out []string
	for object, d := range u.deeds {
		o, back := u.objects[object]
		if d.did != change.Delete || !back {
			continue
		}
		var fields []string
		for _, r := range d.was.Written {
			field := r.FieldName()
			if _, held := o.Fields[field]; !held && !slices.Contains(u.lost[object], field) {
				fields = append(fields, field)
			}
		}
		if len(fields) > 0 {
			out = append(out, fmt.Sprintf("%s (%s)", object, strings.Join(fields, ", ")))
		}
	}
	return out
}
