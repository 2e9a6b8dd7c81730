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
	t := &table{model: m, rows: map[int64]*record{}, refs: map[string]map[int64][]int64{},
		texts: map[string]map[string][]int64{}, tagged: map[int64][]int64{}}
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
	if old := t.rows[id]; old != nil {
		t.unindex(old)
		if r == nil {
			delete(t.rows, id)
			t.ids = without(t.ids, id)
			return
		}
	} else if r != nil {
		t.ids = with(t.ids, id)
	}
	if r != nil {
		t.rows[id] = r
		t.index(r)
	}
}

func (t *table) index(r *record) {
	for name, at := range t.refs {
		if n := r.ref(name); n != 0 {
			at[n] = with(at[n], r.id)
		}
	}
	t.eachKey(r, func(at map[string][]int64, key string) { at[key] = with(at[key], r.id) })
	for i, c := range t.model.unique {
		if key, ok := c.keyOf(r); ok {
			t.unique[i][key] = r.id
		}
	}
	for _, tag := range r.tags {
		t.tagged[tag] = with(t.tagged[tag], r.id)
	}
}

func (t *table) unindex(r *record) {
	for name, at := range t.refs {
		if n := r.ref(name); n != 0 {
			shrink(at, n, r.id)
		}
	}
	t.eachKey(r, func(at map[string][]int64, key string) { shrink(at, key, r.id) })
	for i, c := range t.model.unique {
		if key, ok := c.keyOf(r); ok && t.unique[i][key] == r.id {
			delete(t.unique[i], key)
		}
	}
	for _, tag := range r.tags {
		shrink(t.tagged, tag, r.id)
	}
}

// eachKey visits the text indexes with the record's key in each.
func (t *table) eachKey(r *record, visit func(at map[string][]int64, key string)) {
	for _, f := range t.model.fields {
		if f.index && f.kind != reference {
			visit(t.texts[f.name], plain(r.get(f.name)))
		}
	}
	for _, k := range t.model.keys {
		if key := k.key(r); key != "" {
			visit(t.texts[k.name], key)
		}
	}
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
