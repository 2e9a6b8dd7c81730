package table

import "slices"

// table holds the records of one model with their indexes.
type table struct {
	model   *Model
	Rows    map[int64]*Record
	IDs     []int64 // ascending
	last    int64   // the sequence: never goes back
	Refs    map[string]map[int64][]int64
	Texts   map[string]map[string][]int64
	unique  []map[string]int64
	Tagged  map[int64][]int64
	Version int64 // counts writes
}

func newTable(m *Model) *table {
	t := &table{
		model: m, Rows: map[int64]*Record{}, Refs: map[string]map[int64][]int64{},
		Texts: map[string]map[string][]int64{}, Tagged: map[int64][]int64{},
	}
	for _, f := range m.Fields {
		if f.Kind.refers {
			t.Refs[f.Name] = map[int64][]int64{}
		}
		if f.Index && !f.Kind.refers {
			t.Texts[f.Name] = map[string][]int64{}
		}
	}
	for _, k := range m.Keys {
		t.Texts[k.Name] = map[string][]int64{}
	}
	for range m.Unique {
		t.unique = append(t.unique, map[string]int64{})
	}
	return t
}

// nextID takes a number from the sequence.
func (t *table) nextID() int64 {
	t.last++
	return t.last
}

// put stores, replaces or (r is nil) removes the record of an id.
func (t *table) put(id int64, r *Record) {
	t.Version++
	old := t.Rows[id]
	switch {
	case r == nil && old == nil:
		return
	case r == nil:
		delete(t.Rows, id)
		t.IDs = Without(t.IDs, id)
	case old == nil:
		t.IDs = With(t.IDs, id)
		t.Rows[id] = r
	default:
		t.Rows[id] = r
	}
	t.reindex(id, old, r)
}

// reindex follows a change in all indexes; what stays the same is not touched.
func (t *table) reindex(id int64, old, r *Record) {
	for name, at := range t.Refs {
		move(at, id, refOf(old, name), refOf(r, name))
	}
	for name, at := range t.Texts {
		was, hadKey := t.keyOf(name, old)
		is, hasKey := t.keyOf(name, r)
		if hadKey && hasKey && was == is {
			continue
		}
		if hadKey {
			shrink(at, was, id)
		}
		if hasKey {
			at[is] = With(at[is], id)
		}
	}
	t.reindexUnique(id, old, r)
	t.reindexTags(id, old, r)
}

func refOf(r *Record, name string) int64 {
	if r == nil {
		return 0
	}
	return r.Ref(name)
}

// move takes an id from one group of an index to another.
func move(at map[int64][]int64, id, from, to int64) {
	if from == to {
		return
	}
	if from != 0 {
		shrink(at, from, id)
	}
	if to != 0 {
		at[to] = With(at[to], id)
	}
}

func (t *table) reindexUnique(id int64, old, r *Record) {
	for i, c := range t.model.Unique {
		if old != nil {
			if key, ok := c.keyOf(old); ok && t.unique[i][key] == id {
				delete(t.unique[i], key)
			}
		}
		if r != nil {
			if key, ok := c.keyOf(r); ok {
				t.unique[i][key] = id
			}
		}
	}
}

func (t *table) reindexTags(id int64, old, r *Record) {
	if old != nil && r != nil && slices.Equal(old.Tags, r.Tags) {
		return
	}
	if old != nil {
		for _, tag := range old.Tags {
			shrink(t.Tagged, tag, id)
		}
	}
	if r != nil {
		for _, tag := range r.Tags {
			t.Tagged[tag] = With(t.Tagged[tag], id)
		}
	}
}

// keyOf is a record's key in a text index, if it has one there.
func (t *table) keyOf(name string, r *Record) (string, bool) {
	if r == nil {
		return "", false
	}
	if f := t.model.ByName[name]; f != nil && f.Index {
		return Plain(r.Get(name)), true
	}
	for _, k := range t.model.Keys {
		if k.Name == name {
			key := k.Key(r)
			return key, key != ""
		}
	}
	return "", false
}

// taken finds another record that a rule of uniqueness makes r collide with.
func (t *table) taken(i int, r *Record) bool {
	key, ok := t.model.Unique[i].keyOf(r)
	if !ok {
		return false
	}
	id, found := t.unique[i][key]
	return found && id != r.ID
}

// Pointing lists the records whose field refers to id.
func (t *table) Pointing(field string, id int64) []int64 { return t.Refs[field][id] }

// With adds an id to a sorted list.
func With(ids []int64, id int64) []int64 {
	if n := len(ids); n == 0 || ids[n-1] < id {
		return append(ids, id)
	}
	i, found := slices.BinarySearch(ids, id)
	if found {
		return ids
	}
	return slices.Insert(ids, i, id)
}

// Without takes an id out of a sorted list.
func Without(ids []int64, id int64) []int64 {
	if i, found := slices.BinarySearch(ids, id); found {
		return slices.Delete(ids, i, i+1)
	}
	return ids
}

func shrink[K comparable](at map[K][]int64, key K, id int64) {
	if left := Without(at[key], id); len(left) > 0 {
		at[key] = left
	} else {
		delete(at, key)
	}
}
