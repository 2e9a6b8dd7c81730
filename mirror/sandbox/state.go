package sandbox

import (
	"time"
)

// state is everything the server holds; the Server guards it with a lock.
type state struct {
	rel     release
	now     func() time.Time
	last    time.Time
	models  []*model
	byKind  map[string]*model
	byType  map[string]*model
	tables  map[string]*table
	inbound map[string][]inbound // by kind: who refers to it
	bearers []*model             // that refer to objects of any kind

	changes     []*change
	changeIDs   int64
	byRequest   map[string][]*change
	definitions map[string][]*definition
	definedAt   int64
	gone        map[string]bool // users deleted
}

// inbound is a field that refers to a kind of object.
type inbound struct {
	table *table
	field *field
}

func newState(rel release, now func() time.Time) *state {
	s := &state{
		rel: rel, now: now, byKind: map[string]*model{}, byType: map[string]*model{},
		tables: map[string]*table{}, inbound: map[string][]inbound{},
		byRequest: map[string][]*change{}, definedAt: -1, gone: map[string]bool{},
	}
	for i, m := range allModels() {
		m.typeID = int64(i + 5)
		m.compile(rel)
		s.models = append(s.models, m)
		s.byKind[m.kind] = m
		s.byType[m.objectType()] = m
		s.tables[m.kind] = newTable(m)
	}
	for _, m := range s.models {
		if s.tables[m.kind].texts["assigned"] != nil {
			s.bearers = append(s.bearers, m)
		}
		for _, f := range m.parents {
			s.inbound[f.target] = append(s.inbound[f.target], inbound{s.tables[m.kind], f})
		}
	}
	s.refresh()
	return s
}

// tick is the server's clock: it never stands still.
func (s *state) tick() time.Time {
	t := s.now().UTC().Truncate(time.Microsecond)
	if !t.After(s.last) {
		t = s.last.Add(time.Microsecond)
	}
	s.last = t
	return t
}

// find is the record of an id, or nil.
func (s *state) find(kind string, id int64) *record {
	if t := s.tables[kind]; t != nil && id != 0 {
		return t.rows[id]
	}
	return nil
}

// to follows a reference of a record.
func (s *state) to(r *record, name string) *record {
	f := r.model.byName[name]
	if f == nil {
		return nil
	}
	return s.find(f.target, r.ref(name))
}

// all lists the records of ids, without those that are gone.
func (s *state) all(kind string, ids []int64) []*record {
	t := s.tables[kind]
	if t == nil {
		return nil
	}
	found := make([]*record, 0, len(ids))
	for _, id := range ids {
		if r := t.rows[id]; r != nil {
			found = append(found, r)
		}
	}
	return found
}

// referring lists the objects of a kind that refer to id by a field.
func (s *state) referring(kind, field string, id int64) []*record {
	return s.all(kind, s.tables[kind].pointing(field, id))
}

// count says how many objects of a kind refer to id by a field.
func (s *state) count(kind, field string, id int64) int {
	if t := s.tables[kind]; t != nil {
		return len(t.refs[field][id])
	}
	return 0
}

// counter is a computed field that counts the objects referring to this one.
func counter(name, kind, by string, opts ...option) *field {
	return computedField(name, func(e *encoder, r *record) {
		e.value(e.s.count(kind, by, r.id))
	}, opts...)
}
