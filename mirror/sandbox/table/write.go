package table

import "slices"

// Compose parses and validates the creation of an object.
func (t *Tx) Compose(m *Model, in map[string]any, chosen *Selection) *Draft {
	d := t.parse(m, in, nil, chosen, false)
	t.validate(nil, d)
	return d
}

// revise parses and validates a change of an object.
func (t *Tx) revise(old *Record, in map[string]any, chosen *Selection, whole bool) *Draft {
	d := t.parse(old.Model, in, old, chosen, whole)
	t.validate(old, d)
	return d
}

// validate runs the model's rules on a draft whose fields are sound.
func (t *Tx) validate(old *Record, d *Draft) {
	m := d.Record.Model
	if !d.Faults.Any() {
		d.Faults.Dict = d.neglected.Dict
	}
	if d.Faults.Any() {
		t.alsoTaken(d)
		return
	}
	if m.Prepare != nil {
		m.Prepare(t, old, d)
	}
	t.Customs.Check(t, d)
	t.checkParent(old, d)
	if m.Clean != nil && !d.Faults.Any() {
		m.Clean(t, old, d)
	}
	for _, c := range t.failed(d.Record) {
		if c.Field == "" && !slices.ContainsFunc(c.Fields, d.Faults.on) {
			d.Faults.Add(ObjectFault, "%s", c.violation(m))
		} else if c.Field != "" && !d.Faults.on(c.Field) {
			d.Faults.Add(c.Field, "%s", c.violation(m))
		}
	}
}

// checkParent refuses a parent that is the object itself, or below it.
func (t *Tx) checkParent(old *Record, d *Draft) {
	m := d.Record.Model
	parent := d.Record.Ref("parent")
	if old == nil || parent == 0 || !m.Tree || d.Faults.Any() || !slices.Contains(t.Descendants(m.Kind, []int64{d.Record.ID}), parent) {
		return
	}
	if t.Rel.TreesByPath {
		d.Faults.Add("parent", "Cannot assign self or a descendant as parent.")
		return
	}
	d.Faults.Add("parent", "Cannot assign self or child %s as parent.", m.Label)
}

// alsoTaken reports, beside other faults, fields whose value must be the only
// one and is not.
func (t *Tx) alsoTaken(d *Draft) {
	for _, c := range t.failed(d.Record) {
		if c.Field != "" && d.Given[c.Field] && !d.Faults.on(c.Field) {
			d.Faults.Add(c.Field, "%s", c.violation(d.Record.Model))
		}
	}
}

// Create stores what compose made.
func (t *Tx) Create(d *Draft) *Record {
	d.Record.Custom = t.Customs.Fill(d.Record.Model, d.Record.Custom)
	wanted := d.Record.Tags
	d.Record.Tags = nil
	t.Insert(d.Record)
	r := d.Record
	if d.Record.Model.Created != nil {
		d.Record.Model.Created(t, r, d)
		r = t.Find(r.Model.Kind, r.ID)
	}
	if len(wanted) > 0 {
		r = t.retag(r, wanted)
	}
	return r
}

// retag gives a new object its tags: they are in the create row, as NetBox
// merges the changes that one request makes to one object.
func (t *Tx) retag(r *Record, wanted []int64) *Record {
	r = t.Slip(r, func(c *Record) { c.Tags = wanted })
	for _, c := range t.logged {
		if c.Action == "create" && c.Model == r.Model && c.object == r.ID {
			c.after = t.Picture(r)
		}
	}
	return r
}

// update stores what revise made.
func (t *Tx) update(old *Record, d *Draft) *Record {
	d.Record.Custom = t.Customs.Fill(d.Record.Model, d.Record.Custom)
	silent := t.Rel.TagsClearedUnlogged && d.Given["tags"] && len(d.Record.Tags) == 0 && len(old.Tags) > 0
	if silent {
		d.Record.Updated = t.Tick()
		t.ensureUnique(d.Record)
		t.Put(d.Record.Model, d.Record.ID, d.Record)
		t.logUntagged(old, d.Record)
	} else {
		t.replace(old, d.Record)
	}
	if d.Record.Model.Updated != nil {
		d.Record.Model.Updated(t, old, d.Record, d)
	}
	return t.Find(old.Model.Kind, old.ID)
}

// logUntagged logs an update that cleared the tags the way 4.2 did: it forgot
// about the tags.
func (t *Tx) logUntagged(old, r *Record) {
	same := r.Copy()
	same.Tags = old.Tags
	t.Log("update", old, same)
}

// Remove deletes an object with all that goes along, or says why it cannot.
func (t *Tx) Remove(r *Record) {
	if r.Model.Doomed != nil {
		r.Model.Doomed(t, r)
		r = t.Find(r.Model.Kind, r.ID)
	}
	c := &collector{Tx: t, seen: map[*Record]bool{}, depth: map[*Record]int{}, images: map[*Record]*Image{}}
	c.collect([]*Record{r}, 0)
	c.release()
	if len(c.blocking) > 0 {
		panic(t.blocked(c.blocking))
	}
	message := t.Message
	for _, victim := range c.order() {
		t.Message = ""
		if victim == r {
			t.Message = message
		}
		c.drop(victim)
	}
	t.Message = ""
	for _, finish := range t.Later {
		finish()
	}
	t.Later = nil
}

// order is how deletions are logged: what depends goes before what it depends
// on, level by level; 4.2 took the levels the other way round.
func (c *collector) order() []*Record {
	slices.SortStableFunc(c.doomed, func(a, b *Record) int {
		x, y := c.depth[a], c.depth[b]
		if c.Rel.LevelsDeletedDownward && x > 0 && y > 0 {
			return x - y
		}
		return y - x
	})
	return c.doomed
}

// collector finds what a deletion takes along.
type collector struct {
	*Tx
	seen       map[*Record]bool
	depth      map[*Record]int
	images     map[*Record]*Image // as it was before anything happened
	doomed     []*Record          // dependents before what they depend on
	blocking   []*Record
	restricted []*Record
}

// collect gathers objects of one model and what goes with them. It is done
// level by level as in Django: what forbids the deletion by a field of its own
// is reported alone, before what is assigned is looked at.
func (c *collector) collect(list []*Record, depth int) {
	list = slices.DeleteFunc(slices.Clone(list), func(r *Record) bool { return c.seen[r] })
	if len(list) == 0 {
		return
	}
	for _, r := range list {
		c.seen[r], c.depth[r], c.images[r] = true, depth, c.Picture(r)
	}
	before := len(c.blocking)
	for _, in := range c.inbound[list[0].Model.Kind] {
		c.referrers(in, list, depth)
	}
	if len(c.blocking) == before {
		c.assigned(list, depth)
	}
	c.doomed = append(c.doomed, list...)
}

// assigned collects what is assigned to objects.
func (c *collector) assigned(list []*Record, depth int) {
	for _, m := range c.bearers {
		var bearers []*Record
		for _, r := range list {
			bearers = append(bearers, c.AssignedTo(m.Kind, r.Model.ObjectType(), r.ID)...)
		}
		c.collect(bearers, depth+1)
	}
	if children := list[0].Model.Children; children != nil {
		var all []*Record
		for _, r := range list {
			all = append(all, children(c.Tx, r)...)
		}
		c.collect(all, depth+1)
	}
}

// referrers treats those that refer to objects by one field.
func (c *collector) referrers(in inbound, list []*Record, depth int) {
	if in.field.OnDelete != Cascade && in.field.OnDelete != Protect && in.field.OnDelete != Restrict {
		return
	}
	var from []*Record
	for _, r := range list {
		from = append(from, c.Referring(in.table.model.Kind, in.field.Name, r.ID)...)
	}
	switch in.field.OnDelete {
	case Cascade:
		c.collect(from, depth+1)
	case Protect:
		c.blocking = append(c.blocking, from...)
	case Restrict:
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
func (c *collector) drop(victim *Record) {
	r := c.Find(victim.Model.Kind, victim.ID)
	if r == nil {
		return
	}
	if !r.Model.Unlogged {
		c.Enter("delete", victim, c.images[victim], nil)
	}
	c.empty(r)
	if r.Model.Removed != nil {
		r.Model.Removed(c.Tx, c.Find(victim.Model.Kind, victim.ID))
	}
	c.Put(r.Model, r.ID, nil)
}

// empty sets the references to a deleted object to null.
func (c *collector) empty(r *Record) {
	for _, in := range c.inbound[r.Model.Kind] {
		if in.field.OnDelete != SetNull && in.field.OnDelete != Forget {
			continue
		}
		for _, from := range c.All(in.table.model.Kind, slices.Clone(in.table.Pointing(in.field.Name, r.ID))) {
			null := func(x *Record) { x.Set(in.field.Name, nil) }
			if in.field.OnDelete == Forget {
				c.Slip(from, null)
			} else if !c.seen[from] || in.table.model.SavedWhileDoomed {
				c.Change(from, null)
			}
		}
	}
}

// blocked is the answer to a deletion that dependents forbid.
func (t *Tx) blocked(by []*Record) *Problem {
	slices.SortFunc(by, func(a, b *Record) int {
		if a.Model != b.Model {
			return int(a.Model.TypeID - b.Model.TypeID)
		}
		return t.compare(a, b)
	})
	by = slices.Compact(by)
	text := ""
	for i, r := range by {
		if i > 0 {
			text += ", "
		}
		text += t.TitleOf(r) + " (" + Plain(r.ID) + ")"
	}
	p := Detail(409, "Unable to delete object. %d dependent objects were found: %s", len(by), text)
	p.blocking = len(by)
	return p
}
