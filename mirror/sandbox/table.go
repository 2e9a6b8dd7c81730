package sandbox

import "slices"

// table holds the records of one model with their indexes.
type table struct {
	model   *model
	rows    map[int64]*record
	ids     []int64 // ascending
	last    int64   // the sequence: never goes back
	refs    map[string]map[int64][]int64
	texts   map[string]map[string][]int64
	unique  []map[string]int64
	tagged  map[int64][]int64
	version int64 // counts writes
}

func newTable(m *model) *table {
	t := &table{
		model: m, rows: map[int64]*record{}, refs: map[string]map[int64][]int64{},
		texts: map[string]map[string][]int64{}, tagged: map[int64][]int64{},
	}
	for _, f := range m.fields {
		if f.index && f.kind == reference {
			t.refs[f.name] = map[int64][]int64{}
		}
		if f.index && f.kind != reference {
			t.texts[f.name] = map[string][]int64{}
		}
	}
	for _, k := range m.keys {
		t.texts[k.name] = map[string][]int64{}
	}
	for range m.unique {
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
func (t *table) put(id int64, r *record) {
	t.version++
	old := t.rows[id]
	switch {
	case r == nil && old == nil:
		return
	case r == nil:
		delete(t.rows, id)
		t.ids = without(t.ids, id)
	case old == nil:
		t.ids = with(t.ids, id)
		t.rows[id] = r
	default:
		t.rows[id] = r
	}
	t.reindex(id, old, r)
}

// reindex follows a change in all indexes; what stays the same is not touched.
func (t *table) reindex(id int64, old, r *record) {
	for name, at := range t.refs {
		move(at, id, refOf(old, name), refOf(r, name))
	}
	for name, at := range t.texts {
		was, hadKey := t.keyOf(name, old)
		is, hasKey := t.keyOf(name, r)
		if hadKey && hasKey && was == is {
			continue
		}
		if hadKey {
			shrink(at, was, id)
		}
		if hasKey {
			at[is] = with(at[is], id)
		}
	}
	t.reindexUnique(id, old, r)
	t.reindexTags(id, old, r)
}

func refOf(r *record, name string) int64 {
	if r == nil {
		return 0
	}
	return r.ref(name)
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
		at[to] = with(at[to], id)
	}
}

func (t *table) reindexUnique(id int64, old, r *record) {
	for i, c := range t.model.unique {
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

func (t *table) reindexTags(id int64, old, r *record) {
	if old != nil && r != nil && slices.Equal(old.tags, r.tags) {
		return
	}
	if old != nil {
		for _, tag := range old.tags {
			shrink(t.tagged, tag, id)
		}
	}
	if r != nil {
		for _, tag := range r.tags {
			t.tagged[tag] = with(t.tagged[tag], id)
		}
	}
}

// keyOf is a record's key in a text index, if it has one there.
func (t *table) keyOf(name string, r *record) (string, bool) {
	if r == nil {
		return "", false
	}
	if f := t.model.byName[name]; f != nil && f.index {
		return plain(r.get(name)), true
	}
	for _, k := range t.model.keys {
		if k.name == name {
			key := k.key(r)
			return key, key != ""
		}
	}
	return "", false
}

// taken finds another record that a rule of uniqueness makes r collide with.
func (t *table) taken(i int, r *record) bool {
	key, ok := t.model.unique[i].keyOf(r)
	if !ok {
		return false
	}
	id, found := t.unique[i][key]
	return found && id != r.id
}

// pointing lists the records whose field refers to id.
func (t *table) pointing(field string, id int64) []int64 { return t.refs[field][id] }

func with(ids []int64, id int64) []int64 {
	if n := len(ids); n == 0 || ids[n-1] < id {
		return append(ids, id)
	}
	i, found := slices.BinarySearch(ids, id)
	if found {
		return ids
	}
	return slices.Insert(ids, i, id)
}

func without(ids []int64, id int64) []int64 {
	if i, found := slices.BinarySearch(ids, id); found {
		return slices.Delete(ids, i, i+1)
	}
	return ids
}

func shrink[K comparable](at map[K][]int64, key K, id int64) {
	if left := without(at[key], id); len(left) > 0 {
		at[key] = left
	} else {
		delete(at, key)
	}
}
