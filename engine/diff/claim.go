package diff

import (
	"database/sql"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// claim is what stands in NetBox where the plan wants an object that nothing has the id
// of: its own natural key tells, a person, or its place.
type claim struct {
	naturalRow
	before *change.Before

	proposed  bool // a person marked it for the plan
	templated bool // NetBox made it from a template
	port      bool // its device's type has a template of its name: it is that very thing
	placed    bool // it has the place, not the name
	adoptable bool // nobody owns it, and it is the same thing
}

// naturalRow is an object found under a wanted one.
type naturalRow struct {
	Object string `db:"object"`
	ID     int64  `db:"id"`
	Name   string `db:"name"`
	Plan   string `db:"plan"`
	Other  string `db:"other"`
	Based  bool   `db:"based"` // diet once wrote it
}

// unmarked reports whether diet once wrote what stands there, and the marks were taken
// off it.
func (c *claim) unmarked() bool { return c.Based && c.Other == "" }

// claim finds what stands where the plan wants objects that nothing has the id of, what
// others refer to first: what is a part of such an object, or plugged into it, is then
// found on it. Each object of NetBox is claimed once: by what a person marked or named it
// for, else by its natural key, else by its place.
func (d *differ) claim() error {
	d.claims, d.claimed = map[key]*claim{}, map[place]*wanted{}
	absent := d.absentKinds()
	for _, kind := range d.kinds.Owned() {
		if !absent[kind.Name] {
			continue // the statements take long to compile
		}
		n := len(d.claims)
		if err := d.claimProposed(kind); err != nil {
			return err
		}
		if err := d.claimMapped(kind); err != nil {
			return err
		}
		if err := d.claimNatural(kind); err != nil {
			return err
		}
		if err := d.claimInstead(kind); err != nil {
			return err
		}
		if len(d.claims) == n {
			continue
		}
		if err := d.findTemplated(kind); err != nil {
			return err
		}
		if err := d.resolve(kind); err != nil {
			return err
		}
	}
	return nil
}

// absentKinds are those of which the plan wants objects that nothing has the id of.
func (d *differ) absentKinds() map[string]bool {
	out := map[string]bool{}
	for k, w := range d.wanted {
		if w.id == 0 {
			out[k.kind] = true
		}
	}
	return out
}

// claimProposed takes what people marked for the plan.
func (d *differ) claimProposed(kind kinds.Kind) error {
	var found []*claim
	for k, p := range d.marks.proposed {
		w := d.wanted[k]
		if k.kind == kind.Name && w != nil && w.id == 0 && !d.leftAlone(w) {
			found = append(found, &claim{naturalRow: naturalRow{Object: k.object, ID: p.ID, Name: p.Name}, proposed: true})
		}
	}
	return d.takeEach(kind, found)
}

// claimMapped takes what somebody named for objects of the plan.
func (d *differ) claimMapped(kind kinds.Kind) error {
	ids := map[string]any{}
	for object, at := range d.told.Mapped {
		if w := d.wanted[key{kind.Name, object}]; at.Kind == kind.Name && w != nil && w.id == 0 && !d.leftAlone(w) {
			ids[w.knownAs] = at.ID
		}
	}
	if len(ids) == 0 {
		return nil
	}
	list, err := value.Encode(ids)
	if err != nil {
		return err
	}
	var rows []naturalRow
	if err := d.selectAll(&rows, d.statements.For("query/mapped", kind), sql.Named("map", list)); err != nil {
		return err
	}
	return d.takeEach(kind, rowsOf(rows, func(r naturalRow) *claim { return &claim{naturalRow: r} }))
}

// claimNatural takes what is found by natural key, then what is found otherwise.
func (d *differ) claimNatural(kind kinds.Kind) error {
	statements := rules[kind.Name].found
	if len(kind.Key) > 0 {
		statements = append([]string{"query/natural"}, statements...)
	}
	for _, name := range statements {
		var rows []naturalRow
		if err := d.selectAll(&rows, d.statements.For(name, kind)); err != nil {
			return err
		}
		placed := name != "query/natural"
		if err := d.takeEach(kind, rowsOf(rows, func(r naturalRow) *claim { return &claim{naturalRow: r, placed: placed} })); err != nil {
			return err
		}
	}
	return nil
}

// claimInstead takes what holds a port of an object, where a person answered that it be
// adopted.
func (d *differ) claimInstead(kind kinds.Kind) error {
	if len(d.told.Instead) == 0 {
		return nil
	}
	var objects []any
	for object, said := range d.told.Instead {
		w := d.wanted[key{kind.Name, object}]
		if w != nil && w.id == 0 && d.claims[key{kind.Name, w.knownAs}] == nil && said.Decision == change.DecisionAdopt {
			objects = append(objects, w.knownAs)
		}
	}
	if objects == nil {
		return nil
	}
	list, err := value.Encode(objects)
	if err != nil {
		return err
	}
	for _, b := range rules[kind.Name].blocked {
		var rows []blockerRow
		if err := d.selectAll(&rows, d.statements.For(b.statement, kind), sql.Named("objects", list)); err != nil {
			return err
		}
		var found []*claim
		for _, r := range rows {
			if r.Port != 0 && r.Kind == kind.Name && !r.Own {
				at := naturalRow{Object: r.Object, ID: r.ID, Name: r.Name, Plan: r.Plan, Other: r.Other}
				found = append(found, &claim{naturalRow: at, placed: true})
			}
		}
		if err := d.takeEach(kind, found); err != nil {
			return err
		}
	}
	return nil
}

// takeEach gives wanted objects of a kind what stands in their place.
func (d *differ) takeEach(kind kinds.Kind, found []*claim) error {
	if len(found) == 0 {
		return nil
	}
	ids := make([]int64, len(found))
	for i, c := range found {
		ids[i] = c.ID
	}
	befores, err := d.befores(kind.Name, ids)
	if err != nil {
		return err
	}
	for _, c := range found {
		if c.before = befores[c.ID]; c.before == nil {
			if c.before, err = d.before(kind.Name, c.ID); err != nil {
				return err
			}
		}
		delete(befores, c.ID) // two may want it, and each turns its ends its own way
		d.take(d.wanted[key{kind.Name, c.Object}], c)
	}
	return nil
}

// take gives a wanted object what stands in its place, unless it has something already or
// that is another one's. What is the plan's own stands there for the moment: see blockers.
func (d *differ) take(w *wanted, c *claim) {
	k, at := key{w.kind, w.knownAs}, place{w.kind, c.ID}
	own := c.Other != "" && (c.Plan == d.plan || d.takenAt[at])
	if own || d.claims[k] != nil || d.claimed[at] != nil || d.elsewhere(w, c.before.Have) {
		return
	}
	c.adoptable = c.Other == "" && !d.another(w, c.before.Have)
	d.claims[k] = c
	if d.takes(w.object, c) {
		d.claimed[at] = w
	}
}

// elsewhere reports whether a part came with something else than what the wanted one comes with,
// and goes with that: a port of the module whose bay another one is to stand in.
func (d *differ) elsewhere(w *wanted, have map[string]any) bool {
	kind := d.kinds.Must(w.kind)
	return slices.ContainsFunc(kind.Fields, func(f kinds.Field) bool {
		return kind.CameWith(f) && have[f.Name] != nil && w.fields[f.Name] != nil && !value.Equal(w.fields[f.Name], have[f.Name])
	})
}

// takes reports whether a wanted object becomes what stands in its place: nobody owns that
// and it is the same thing, or a person said so.
func (d *differ) takes(object string, c *claim) bool {
	said, is := d.told.Instead[object]
	if is {
		return said.Decision == change.DecisionAdopt
	}
	return c.adoptable
}

// findTemplated marks what NetBox itself made from a template, and what has the name of one.
func (d *differ) findTemplated(kind kinds.Kind) error {
	if kind.Templates == "" {
		return nil
	}
	var ids []int64
	if err := d.selectAll(&ids, d.statements.For("query/native", kind)); err != nil {
		return err
	}
	var ports []int64
	if err := d.selectAll(&ports, d.statements.For("query/templated_found", kind)); err != nil {
		return err
	}
	for k, c := range d.claims {
		if k.kind == kind.Name {
			_, c.templated = slices.BinarySearch(ids, c.ID)
			_, c.port = slices.BinarySearch(ports, c.ID)
		}
	}
	return nil
}

// resolve lets what refers to claimed objects of a kind refer to what stands there. Until
// that is adopted, it waits for it.
func (d *differ) resolve(kind kinds.Kind) error {
	var rows [][]any
	for _, w := range d.order {
		if d.leftAlone(w) {
			continue
		}
		found := d.pointed(w, w.fields, kind)
		if d.pointed(w, w.initial, kind) || found {
			row, err := d.pointRow(w)
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return d.mirror.Write(d.ctx, func() error {
		if err := d.exec(d.statements.Get("query/loaded_outdate")); err != nil {
			return err
		}
		return d.execEach(d.statements.Get("query/desired_point"), rows)
	})
}

// pointed resolves the references among fields to claimed objects of a kind.
func (d *differ) pointed(w *wanted, fields map[string]any, kind kinds.Kind) bool {
	found := false
	for name, v := range fields {
		object, pending := change.Pending(w.kind, name, v)
		c := d.claims[key{kind.Name, object}]
		if !pending || c == nil || !d.takes(object, c) || change.Refers(w.kind, name) != kind.Name {
			continue
		}
		fields[name], found = c.ID, true
		if w.claims == nil {
			w.claims = map[string]string{}
		}
		w.claims[name] = object
	}
	return found
}

// pointRow is what a wanted object's row of the table desired holds now.
func (d *differ) pointRow(w *wanted) ([]any, error) {
	fields, err := value.Encode(w.fields)
	if err != nil {
		return nil, err
	}
	initial, err := value.Encode(w.initial)
	return []any{fields, initial, w.pending(), w.sign(d.ids.released[place{w.kind, w.id}]), w.kind, w.knownAs}, err
}
