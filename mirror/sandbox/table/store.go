package table

import (
	"strconv"
	"time"

	"github.com/diet-project/diet/mirror/sandbox/release"
)

// Store is a store: tables of objects and a changelog. Whoever uses it guards
// it with a lock.
type Store struct {
	Rel     *release.Release
	Now     func() time.Time
	last    time.Time
	Models  []*Model
	ByKind  map[string]*Model
	ByType  map[string]*Model
	ByPath  map[string]*Model // by app and endpoint, as dcim/sites
	Tables  map[string]*table
	inbound map[string][]inbound // by kind: who refers to it
	bearers []*Model             // that refer to objects of any kind

	Changes   []*Change
	changeIDs int64
	byRequest map[string][]*Change
	Gone      map[string]bool // users deleted

	Labels  string // the kind of the objects that others carry as tags
	authors string // the kind of the objects that write
	saved   string // the kind of the objects that hold the parameters of a list
	Customs Customs
}

// Customs are fields that are objects themselves, and can be added to models.
type Customs interface {
	// Refresh follows a change of them; it is called before a lock is given up.
	Refresh(s *Store)
	// Check validates those of a draft.
	Check(t *Tx, d *Draft)
	// Defaults are the values of a new object that names none.
	Defaults(m *Model) map[string]any
	// Fill adds the defaults of fields that an object does not have yet.
	Fill(m *Model, values map[string]any) map[string]any
	// Filter is a filter by one of them; nil is none.
	Filter(m *Model, name string, values []string) (*Match, string)
	// Names lists those of a model.
	Names(m *Model) []string
	// Another is an empty set, for another store.
	Another() Customs
}

// inbound is a field that refers to a kind of object.
type inbound struct {
	table *table
	field *Field
}

// Schema is what a store is made of.
type Schema struct {
	Models  []*Model
	Labels  string // the kind whose objects others carry as tags
	Authors string // the kind whose objects write
	Saved   string // the kind whose objects hold the parameters of a list
	Customs Customs
}

// New makes an empty store.
func New(rel *release.Release, now func() time.Time, of Schema) *Store {
	models := of.Models
	s := &Store{
		Rel: rel, Now: now, Models: models, ByKind: map[string]*Model{}, ByType: map[string]*Model{}, ByPath: map[string]*Model{},
		Tables: map[string]*table{}, inbound: map[string][]inbound{},
		byRequest: map[string][]*Change{}, Gone: map[string]bool{}, Labels: of.Labels, authors: of.Authors, saved: of.Saved,
		Customs: of.Customs,
	}
	for i, m := range models {
		m.TypeID = int64(i + 5)
		m.compile()
		s.ByKind[m.Kind] = m
		s.ByType[m.ObjectType()] = m
		s.ByPath[m.App+"/"+m.Endpoint] = m
		s.Tables[m.Kind] = newTable(m)
	}
	s.connect()
	s.Customs.Refresh(s)
	return s
}

// connect notes which tables refer to which kinds.
func (s *Store) connect() {
	for _, m := range s.Models {
		if s.Tables[m.Kind].Texts[Assigned] != nil {
			s.bearers = append(s.bearers, m)
		}
		for _, f := range m.Parents {
			s.inbound[f.Target] = append(s.inbound[f.Target], inbound{s.Tables[m.Kind], f})
		}
	}
}

// Assigned is the index by which objects are found that refer to an object of
// any kind by its type and id. They are deleted along with it.
const Assigned = "assigned"

// Tick is the server's clock: it never stands still. It goes back where it is put right.
func (s *Store) Tick() time.Time {
	t := s.Now().UTC().Truncate(time.Microsecond)
	if !t.After(s.last) && s.last.Sub(t) < time.Second {
		t = s.last.Add(time.Microsecond)
	}
	s.last = t
	return t
}

// Find is the record of an id, or nil.
func (s *Store) Find(kind string, id int64) *Record {
	if t := s.Tables[kind]; t != nil && id != 0 {
		return t.Rows[id]
	}
	return nil
}

// To follows a reference of a record.
func (s *Store) To(r *Record, name string) *Record {
	if r == nil || r.Model.ByName[name] == nil {
		return nil
	}
	f := r.Model.ByName[name]
	return s.Find(f.Target, r.Ref(name))
}

// All lists the records of ids, without those that are gone.
func (s *Store) All(kind string, ids []int64) []*Record {
	t := s.Tables[kind]
	if t == nil {
		return nil
	}
	found := make([]*Record, 0, len(ids))
	for _, id := range ids {
		if r := t.Rows[id]; r != nil {
			found = append(found, r)
		}
	}
	return found
}

// Referring lists the objects of a kind that refer to id by a field.
func (s *Store) Referring(kind, field string, id int64) []*Record {
	return s.All(kind, s.Tables[kind].Pointing(field, id))
}

// Count says how many objects of a kind refer to id by a field.
func (s *Store) Count(kind, field string, id int64) int {
	if t := s.Tables[kind]; t != nil {
		return len(t.Refs[field][id])
	}
	return 0
}

// AssignedTo lists the objects of a kind that are assigned to an object.
func (s *Store) AssignedTo(kind, objectType string, id int64) []*Record {
	return s.All(kind, s.Tables[kind].Texts[Assigned][AssignedKey(objectType, id)])
}

// AssignedKey names an object in the index of what is assigned.
func AssignedKey(objectType string, id int64) string {
	if objectType == "" || id == 0 {
		return ""
	}
	return objectType + "/" + strconv.FormatInt(id, 10)
}

// Generic is the object that a pair of type and id fields refers to.
func (s *Store) Generic(r *Record, typeField, idField string) *Record {
	if m := s.ByType[r.Text(typeField)]; m != nil {
		return s.Find(m.Kind, r.Ref(idField))
	}
	return nil
}

// knowsType says whether there are objects of a type.
func (s *Store) knowsType(name string) bool {
	return s.ByType[name] != nil || name == "core.objectchange"
}
