package sandbox

import "slices"

// compose parses and validates the creation of an object.
func (t *tx) compose(m *model, in map[string]any, chosen *selection) *draft {
	d := t.parse(m, in, nil, chosen, false)
	t.validate(nil, d)
	return d
}

// revise parses and validates a change of an object.
func (t *tx) revise(old *record, in map[string]any, chosen *selection, whole bool) *draft {
	d := t.parse(old.model, in, old, chosen, whole)
	t.validate(old, d)
	return d
}

// validate runs the model's rules on a draft whose fields are sound.
func (t *tx) validate(old *record, d *draft) {
	m := d.r.model
	if !d.faults.any() {
		d.faults.dict = d.neglected.dict
	}
	if d.faults.any() {
		t.alsoTaken(d)
		return
	}
	if m.prepare != nil {
		m.prepare(t, old, d)
	}
	t.checkCustom(d)
	t.checkParent(old, d)
	if m.clean != nil && !d.faults.any() {
		m.clean(t, old, d)
	}
	for _, c := range t.failed(d.r) {
		if c.field == "" && !slices.ContainsFunc(c.fields, d.faults.on) {
			d.faults.add(objectFault, "%s", c.violation(m))
		} else if c.field != "" && !d.faults.on(c.field) {
			d.faults.add(c.field, "%s", c.violation(m))
		}
	}
}

// checkParent sees that an object of a tree does not come to stand below itself.
func (t *tx) checkParent(old *record, d *draft) {
	m := d.r.model
	parent := d.r.ref("parent")
	if old == nil || parent == 0 || !isTree(m) || d.faults.any() {
		return
	}
	switch own := parent == d.r.id; {
	case !slices.Contains(t.descendants(m.kind, []int64{d.r.id}), parent):
	case t.rel.minor >= 7:
		d.faults.add("parent", "Cannot assign self or a descendant as parent.")
	case m.kind != "inventory-items":
		d.faults.add("parent", "Cannot assign self or child %s as parent.", m.label)
	case own:
		d.faults.add("parent", "Cannot assign self as parent.")
	default:
		panic(crash("InvalidMove", "A node may not be made a child of any of its descendants."))
	}
}

// alsoTaken reports, beside other faults, fields whose value must be the only
// one and is not.
func (t *tx) alsoTaken(d *draft) {
	for _, c := range t.failed(d.r) {
		if c.field != "" && d.given[c.field] && !d.faults.on(c.field) {
			d.faults.add(c.field, "%s", c.violation(d.r.model))
		}
	}
}

// create stores what compose made.
func (t *tx) create(d *draft) *record {
	d.r.custom = t.fillCustom(d.r.model, d.r.custom)
	wanted := d.r.tags
	d.r.tags = nil
	t.insert(d.r)
	r := d.r
	if d.r.model.created != nil {
		d.r.model.created(t, r, d)
		r = t.find(r.model.kind, r.id)
	}
	if len(wanted) > 0 {
		r = t.retag(r, wanted)
	}
	return r
}

// retag gives a new object its tags: they are in the create row, as NetBox
// merges the changes that one request makes to one object.
func (t *tx) retag(r *record, wanted []int64) *record {
	r = t.slip(r, func(c *record) { c.tags = wanted })
	for _, c := range t.logged {
		if c.action == "create" && c.model == r.model && c.object == r.id {
			c.after = t.picture(r)
		}
	}
	return r
}

// update stores what revise made.
func (t *tx) update(old *record, d *draft) *record {
	d.r.custom = t.fillCustom(d.r.model, d.r.custom)
	silent := t.rel.minor <= 2 && d.given["tags"] && len(d.r.tags) == 0 && len(old.tags) > 0
	if silent {
		d.r.updated = t.tick()
		t.ensureUnique(d.r)
		t.put(d.r.model, d.r.id, d.r)
		t.logUntagged(old, d.r)
	} else {
		t.replace(old, d.r)
	}
	if d.r.model.updated != nil {
		d.r.model.updated(t, old, d.r, d)
	}
	return t.find(old.model.kind, old.id)
}

// logUntagged logs an update that cleared the tags the way 4.2 did: it forgot
// about the tags.
func (t *tx) logUntagged(old, r *record) {
	same := r.copy()
	same.tags = old.tags
	t.log("update", old, same)
}

// remove deletes an object with all that goes along, or says why it cannot.
func (t *tx) remove(r *record) {
	if r.model.doomed != nil {
		r.model.doomed(t, r)
		r = t.find(r.model.kind, r.id)
	}
	c := &collector{tx: t, seen: map[*record]bool{}, depth: map[*record]int{}, images: map[*record]*image{}}
	c.collect([]*record{r}, 0)
	c.release()
	if len(c.blocking) > 0 {
		panic(t.blocked(c.blocking))
	}
	message := t.message
	for _, victim := range c.order() {
		t.message = ""
		if victim == r {
			t.message = message
		}
		c.drop(victim)
	}
	t.message = ""
	for _, finish := range t.later {
		finish()
	}
	t.later = nil
}

// order is how deletions are logged: what depends goes before what it depends
// on, level by level; 4.2 took the levels the other way round.
func (c *collector) order() []*record {
	slices.SortStableFunc(c.doomed, func(a, b *record) int {
		x, y := c.depth[a], c.depth[b]
		if c.rel.minor <= 2 && x > 0 && y > 0 {
			return x - y
		}
		return y - x
	})
	return c.doomed
}

// collector finds what a deletion takes along.
type collector struct {
	*tx
	seen       map[*record]bool
	depth      map[*record]int
	images     map[*record]*image // as it was before anything happened
	doomed     []*record          // dependents before what they depend on
	blocking   []*record
	restricted []*record
}

// collect gathers objects of one model and what goes with them. It is done
// level by level as in Django: what forbids the deletion by a field of its own
// is reported alone, before what is assigned is looked at.
func (c *collector) collect(list []*record, depth int) {
	list = slices.DeleteFunc(slices.Clone(list), func(r *record) bool { return c.seen[r] })
	if len(list) == 0 {
		return
	}
	for _, r := range list {
		c.seen[r], c.depth[r], c.images[r] = true, depth, c.picture(r)
	}
	before := len(c.blocking)
	for _, in := range c.inbound[list[0].model.kind] {
		c.referrers(in, list, depth)
	}
	if len(c.blocking) == before {
		c.assigned(list, depth)
	}
	c.doomed = append(c.doomed, list...)
}

// assigned collects what is assigned to objects.
func (c *collector) assigned(list []*record, depth int) {
	for _, m := range c.bearers {
		var bearers []*record
		for _, r := range list {
			bearers = append(bearers, c.all(m.kind, c.tables[m.kind].texts["assigned"][assignedKey(r.model.objectType(), r.id)])...)
		}
		c.collect(bearers, depth+1)
	}
	if children := list[0].model.children; children != nil {
		var all []*record
		for _, r := range list {
			all = append(all, children(c.tx, r)...)
		}
		c.collect(all, depth+1)
	}
}

// referrers treats those that refer to objects by one field.
func (c *collector) referrers(in inbound, list []*record, depth int) {
	if in.field.onDelete != cascade && in.field.onDelete != protect && in.field.onDelete != restrict {
		return
	}
	var from []*record
	for _, r := range list {
		from = append(from, c.referring(in.table.model.kind, in.field.name, r.id)...)
	}
	switch in.field.onDelete {
	case cascade:
		c.collect(from, depth+1)
	case protect:
		c.blocking = append(c.blocking, from...)
	case restrict:
		c.restricted = append(c.restricted, from...)
	}
}

// release turns restrictions that the deletion does not lift itself into
// obstacles.
func (c *collector) release() {
	for _, r := range c.restricted {
		if !c.seen[r] {
			c.blocking = append(c.blocking, r)
		}
	}
}

// drop deletes one object, logs it as it was, and empties what refers to it.
func (c *collector) drop(victim *record) {
	r := c.find(victim.model.kind, victim.id)
	if r == nil {
		return
	}
	if !r.model.unlogged {
		c.enter("delete", victim, c.images[victim], nil)
	}
	c.empty(r)
	if r.model.removed != nil {
		r.model.removed(c.tx, c.find(victim.model.kind, victim.id))
	}
	c.put(r.model, r.id, nil)
}

// empty sets the references to a deleted object to null.
func (c *collector) empty(r *record) {
	for _, in := range c.inbound[r.model.kind] {
		if in.field.onDelete != setNull && in.field.onDelete != forget {
			continue
		}
		for _, from := range c.all(in.table.model.kind, slices.Clone(in.table.pointing(in.field.name, r.id))) {
			null := func(x *record) { x.set(in.field.name, nil) }
			if in.field.onDelete == forget {
				c.slip(from, null)
			} else if !c.seen[from] || in.table.model.kind == "devices" {
				c.change(from, null)
			}
		}
	}
}

// blocked is the answer to a deletion that dependents forbid.
func (t *tx) blocked(by []*record) *problem {
	slices.SortFunc(by, func(a, b *record) int {
		if a.model != b.model {
			return int(a.model.typeID - b.model.typeID)
		}
		return t.compare(a, b)
	})
	by = slices.Compact(by)
	text := ""
	for i, r := range by {
		if i > 0 {
			text += ", "
		}
		text += t.titleOf(r) + " (" + plain(r.id) + ")"
	}
	p := detail(409, "Unable to delete object. %d dependent objects were found: %s", len(by), text)
	p.blocking = len(by)
	return p
}
