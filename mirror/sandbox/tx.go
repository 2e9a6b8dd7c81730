package sandbox

import "slices"

// tx is one transaction: what it wrote can be undone, and what it logged is
// seen once it commits. The numbers that it drew from sequences stay drawn.
type tx struct {
	*state
	request string // the X-Request-ID
	user    *account
	undo    []revert
	logged  []*change
	message string   // changelog_message of the object at hand
	later   []func() // what follows a deletion
}

type revert struct {
	table *table
	id    int64
	was   *record
}

func (s *state) begin(request string, user *account) *tx {
	return &tx{state: s, request: request, user: user}
}

// put writes a record (nil deletes it) and remembers what was there.
func (t *tx) put(m *model, id int64, r *record) {
	tab := t.tables[m.kind]
	t.undo = append(t.undo, revert{tab, id, tab.rows[id]})
	tab.put(id, r)
}

func (t *tx) rollback() {
	for _, u := range slices.Backward(t.undo) {
		u.table.put(u.id, u.was)
	}
	t.undo, t.logged = nil, nil
}

// suspend takes back what the transaction wrote, and returns it.
func (t *tx) suspend() []revert {
	var effects []revert
	for _, u := range slices.Backward(t.undo) {
		effects = append(effects, revert{u.table, u.id, u.table.rows[u.id]})
		u.table.put(u.id, u.was)
	}
	slices.Reverse(effects)
	return effects
}

// resume writes again what suspend returned.
func (t *tx) resume(effects []revert) {
	for _, e := range effects {
		e.table.put(e.id, e.was)
	}
}

func (t *tx) commit() {
	for _, c := range t.logged {
		t.publish(c)
	}
	t.undo, t.logged = nil, nil
}

// insert stores a new object, sees to its uniqueness, and logs it.
func (t *tx) insert(r *record) {
	r.id = t.tables[r.model.kind].nextID()
	r.created = t.tick()
	r.updated = t.tick()
	t.ensureUnique(r)
	t.put(r.model, r.id, r)
	t.log("create", nil, r)
}

// replace stores a new version of an object and logs the difference.
func (t *tx) replace(old, r *record) {
	r.updated = t.tick()
	t.ensureUnique(r)
	t.put(r.model, r.id, r)
	t.log("update", old, r)
}

// change makes a small alteration of a stored object: saved and logged.
func (t *tx) change(r *record, alter func(*record)) *record {
	c := r.copy()
	alter(c)
	t.replace(r, c)
	return c
}

// slip alters a stored object behind the changelog's back, as a
// QuerySet.update() does: neither logged nor dated.
func (t *tx) slip(r *record, alter func(*record)) *record {
	c := r.copy()
	alter(c)
	t.put(r.model, r.id, c)
	return c
}

// ensureUnique is the database's own check, which answers with a 500.
func (t *tx) ensureUnique(r *record) {
	tab := t.tables[r.model.kind]
	for i, c := range slices.Backward(r.model.unique) {
		if tab.taken(i, r) {
			panic(integrityError(t.state, c, r))
		}
	}
}

// failed lists the rules of uniqueness that a record breaks.
func (t *tx) failed(r *record) []constraint {
	var broken []constraint
	tab := t.tables[r.model.kind]
	for i, c := range r.model.unique {
		if tab.taken(i, r) {
			broken = append(broken, c)
		}
	}
	return broken
}
