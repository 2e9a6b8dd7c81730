package table

import "slices"

// Tx is one transaction: what it wrote can be undone, and what it logged is
// seen once it commits. The numbers that it drew from sequences stay drawn.
type Tx struct {
	*Store
	request string // the X-Request-ID
	User    *Account
	undo    []Effect
	logged  []*Change
	Message string   // changelog_message of the object at hand
	Later   []func() // what follows a deletion
}

// Effect is what a transaction did to one object.
type Effect struct {
	table *table
	id    int64
	was   *Record
}

// Begin starts a transaction for a request of a user.
func (s *Store) Begin(request string, user *Account) *Tx {
	return &Tx{Store: s, request: request, User: user}
}

// Put writes a record (nil deletes it) and remembers what was there.
func (t *Tx) Put(m *Model, id int64, r *Record) {
	tab := t.Tables[m.Kind]
	t.undo = append(t.undo, Effect{tab, id, tab.Rows[id]})
	tab.put(id, r)
}

// Rollback undoes what the transaction wrote.
func (t *Tx) Rollback() {
	for _, u := range slices.Backward(t.undo) {
		u.table.put(u.id, u.was)
	}
	t.undo, t.logged = nil, nil
}

// Suspend takes back what the transaction wrote, and returns it.
func (t *Tx) Suspend() []Effect {
	var effects []Effect
	for _, u := range slices.Backward(t.undo) {
		effects = append(effects, Effect{u.table, u.id, u.table.Rows[u.id]})
		u.table.put(u.id, u.was)
	}
	slices.Reverse(effects)
	return effects
}

// Resume writes again what suspend returned.
func (t *Tx) Resume(effects []Effect) {
	for _, e := range effects {
		e.table.put(e.id, e.was)
	}
}

// Commit shows what the transaction logged; what it wrote stays.
func (t *Tx) Commit() {
	for _, c := range t.logged {
		t.publish(c)
	}
	t.undo, t.logged = nil, nil
}

// Insert stores a new object, sees to its uniqueness, and logs it.
func (t *Tx) Insert(r *Record) {
	r.ID = t.Tables[r.Model.Kind].nextID()
	r.Created = t.Tick()
	r.Updated = t.Tick()
	t.ensureUnique(r)
	t.Put(r.Model, r.ID, r)
	t.Log("create", nil, r)
}

// replace stores a new version of an object and logs the difference.
func (t *Tx) replace(old, r *Record) {
	r.Updated = t.Tick()
	t.ensureUnique(r)
	t.Put(r.Model, r.ID, r)
	t.Log("update", old, r)
}

// Change makes a small alteration of a stored object: saved and logged.
func (t *Tx) Change(r *Record, alter func(*Record)) *Record {
	c := r.Copy()
	alter(c)
	t.replace(r, c)
	return c
}

// Slip alters a stored object without a trace, as a
// QuerySet.update() does: neither logged nor dated.
func (t *Tx) Slip(r *Record, alter func(*Record)) *Record {
	c := r.Copy()
	alter(c)
	t.Put(r.Model, r.ID, c)
	return c
}

// ensureUnique is the database's own check, which answers with a 500.
func (t *Tx) ensureUnique(r *Record) {
	tab := t.Tables[r.Model.Kind]
	for i, c := range slices.Backward(r.Model.Unique) {
		if tab.taken(i, r) {
			panic(integrityError(t.Store, c, r))
		}
	}
}

// failed lists the rules of uniqueness that a record breaks.
func (t *Tx) failed(r *Record) []Constraint {
	var broken []Constraint
	tab := t.Tables[r.Model.Kind]
	for i, c := range r.Model.Unique {
		if tab.taken(i, r) {
			broken = append(broken, c)
		}
	}
	return broken
}

// SlipAll alters, unlogged, all objects of a kind that refer to id.
func (t *Tx) SlipAll(kind, field string, id int64, alter func(*Record)) {
	for _, r := range t.Referring(kind, field, id) {
		t.Slip(r, alter)
	}
}
