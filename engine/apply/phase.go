package apply

import (
	"context"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// acting lists the acting changes of a kind with one of the actions.
func (a *Applier) acting(kind string, actions ...change.Action) []*change.Change {
	var out []*change.Change
	for i := range a.set.Changes {
		c := &a.set.Changes[i]
		if c.Kind == kind && slices.Contains(actions, c.Action) && c.Acts() {
			out = append(out, c)
		}
	}
	return out
}

// items builds the payloads of changes; those whose needs are not met are reported. What
// failed in an earlier phase is not sent again.
func (a *Applier) items(changes []*change.Change) []*item {
	out := make([]*item, 0, len(changes))
	for _, c := range changes {
		if _, failed := a.bad[c.Object]; failed {
			continue
		}
		it, err := a.build(c)
		if err != nil {
			a.fail(c, err)
			continue
		}
		out = append(out, it)
	}
	return out
}

func (a *Applier) created(it *item, id int64) {
	a.result.Created = append(a.result.Created, outcome(it.change, id))
}

func (a *Applier) updated(it *item, id int64) {
	delete(a.freed, it.change.Object)
	a.result.Updated = append(a.result.Updated, outcome(it.change, id))
}

// frees is the phase in which objects of a kind give up what others are about to take,
// including objects that are deleted only later.
func (a *Applier) frees(kind string, later ...*change.Change) func(context.Context) error {
	return func(ctx context.Context) error { return a.free(ctx, kind, later) }
}

// doomed are the objects of a kind that are to be deleted.
func (a *Applier) doomed(kind string) []*change.Change {
	return slices.DeleteFunc(a.acting(kind, change.Delete), func(c *change.Change) bool { return !c.Deletes() })
}

// writes is the phase that creates the objects of an owned kind, and updates and adopts
// those that now lets through.
func (a *Applier) writes(kind string, now func(*change.Change) bool) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := a.updates(kind, now)(ctx); err != nil {
			return err
		}
		items := a.items(a.acting(kind, change.Create))
		if err := a.send(ctx, post, kind, items, a.created); err != nil {
			return err
		}
		return a.send(ctx, patch, kind, a.stillEmpty(kind, items), func(*item, int64) {})
	}
}

// stillEmpty are the objects just created that are to be empty in fields which NetBox fills itself where a new object has
// nothing there, such as the airflow of a device with that of its type.
func (a *Applier) stillEmpty(kind string, items []*item) []*item {
	var out []*item
	for _, it := range items {
		payload := map[string]any{}
		for field := range kinds.Standard().Must(kind).Given {
			if v, said := it.payload[field]; said && value.Empty(v) {
				payload[field] = v
			}
		}
		if id := a.ids[it.change.Object]; id != 0 && len(payload) > 0 {
			payload["id"] = id
			out = append(out, &item{change: it.change, id: id, payload: payload})
		}
	}
	return out
}

// updates is the part of writes that creates nothing.
func (a *Applier) updates(kind string, now func(*change.Change) bool) func(context.Context) error {
	return func(ctx context.Context) error {
		changes := slices.DeleteFunc(a.acting(kind, change.Update, change.Adopt), func(c *change.Change) bool { return !now(c) })
		return a.send(ctx, patch, kind, a.items(changes), a.updated)
	}
}

func always(*change.Change) bool { return true }

// deletes is the phase that deletes or releases what is doomed. The parts of a doomed
// object need no request of their own: they go with it.
func (a *Applier) deletes(kind string) func(context.Context) error {
	return func(ctx context.Context) error { return a.deletesOf(ctx, kind, a.staying(kind), always) }
}

// deletesOf is deletes for those that now lets through; used are those of a kind that something
// which stays is plugged into.
func (a *Applier) deletesOf(ctx context.Context, kind string, used map[int64]string, now func(*change.Change) bool) error {
	var doomed, loose []*item
	for _, c := range a.acting(kind, change.Delete) {
		it := &item{change: c, id: c.NetBoxID, version: c.Before.LastUpdated}
		switch {
		case c.Class == change.Parking || !now(c):
			continue // it is in use until the cables have been moved
		case c.Class == change.Identity && len(c.Instead) > 0:
			continue // until what is instead has the id
		case !c.Deletes():
			it.payload = a.letGo(c)
			loose = append(loose, it)
		case c.With != "" && isPart(kind), a.goesAlong(c):
			continue
		case used[c.NetBoxID] != "":
			a.stays(c, used[c.NetBoxID], "is in use by "+used[c.NetBoxID]+", which stays")
			a.done++
		default:
			doomed = append(doomed, it)
		}
	}
	release := func() error { return a.send(ctx, patch, kind, loose, a.orphaned) }
	if refersToItself(kind) { // what is given up may be out of what is deleted only then
		if err := release(); err != nil {
			return err
		}
	}
	err := a.send(ctx, remove, kind, doomed, a.deleted)
	a.unrefer(kind, doomed)
	if err == nil && !refersToItself(kind) { // and else it may be back where that stood
		err = release()
	}
	return err
}

// replaced is the phase that takes their marks off the objects that others are instead, once those
// have them.
func (a *Applier) replaced(ctx context.Context) error {
	for _, kind := range kinds.Standard().Owned() {
		var items []*item
		for _, c := range a.acting(kind.Name, change.Delete) {
			if c.Class != change.Identity || len(c.Instead) == 0 {
				continue
			}
			if why, failed := a.bad[c.Instead[0]]; failed {
				a.fail(c, &NeedError{Object: c.Instead[0], Why: why})
				continue
			}
			items = append(items, &item{change: c, id: c.NetBoxID, version: c.Before.LastUpdated, payload: a.letGo(c)})
		}
		byParent(items)
		if err := a.send(ctx, patch, kind.Name, items, a.orphaned); err != nil {
			return err
		}
	}
	return nil
}

// refersToItself reports whether an object of a kind may refer to another one: a port to its LAG.
func refersToItself(name string) bool {
	kind, _ := kinds.Standard().Of(name)
	return slices.ContainsFunc(kind.Fields, func(f kinds.Field) bool { return kind.Refers(f.Name) == name })
}

// letGo is the payload that gives up an object, with what is to be there again: that is decided
// with the object, unless a field is decided by itself.
func (a *Applier) letGo(c *change.Change) map[string]any {
	payload, custom := map[string]any{"id": c.NetBoxID}, a.disowned()
	for _, f := range c.Fields {
		if f.Verdict.Decision != "" && !f.Verdict.Acts() {
			continue
		}
		if name, ok := strings.CutPrefix(f.Name, "cf."); ok {
			custom[name] = f.Want
			continue
		}
		put(payload, c, f.Name, f.Want)
	}
	kind, _ := kinds.Standard().Of(c.Kind)
	for name, v := range a.followed(kind, payload) {
		if _, there := payload[name]; !there {
			payload[name] = v
		}
	}
	payload["custom_fields"] = custom
	return payload
}

// goesAlong reports whether a doomed object stays for as long as what it goes with does.
func (a *Applier) goesAlong(c *change.Change) bool { return c.With != "" && a.dying[c.With] }

// staying are the doomed cables that stay after all, by the ports of a kind that they are
// plugged into: a port that went ahead of its cable would unplug it.
func (a *Applier) staying(kind string) map[int64]string {
	out := map[int64]string{}
	for i := range a.set.Changes {
		c := &a.set.Changes[i]
		if _, stays := a.bad[c.Object]; !stays || c.Action != change.Delete || c.Before == nil {
			continue
		}
		for _, end := range plugs() {
			if fieldOf(c.Kind, end).Type != kinds.End || change.Refers(c.Kind, end) != kind {
				continue
			}
			for _, port := range change.Plugs(c.Kind, end, c.Before.Have[end]) {
				out[port] = c.Object
			}
		}
	}
	return out
}

// unrefer records where NetBox has cleared references to deleted objects: nobody edited
// those.
func (a *Applier) unrefer(name string, doomed []*item) {
	gone := map[int64]bool{}
	for _, it := range doomed {
		if _, failed := a.bad[it.change.Object]; !failed {
			gone[it.id] = true
		}
	}
	if len(gone) == 0 {
		return
	}
	target := kinds.Standard().Must(name)
	if isPart(name) {
		ports := make(map[string]int64, len(gone))
		for id := range gone {
			ports[change.Port(target.ObjectType, id)] = id
		}
		a.unplug(ports)
	}
	for _, r := range kinds.Standard().Referrers(target) {
		if r.Field.OnDelete != kinds.SetNull {
			continue
		}
		for _, c := range a.acting(r.Kind.Name, change.Update, change.Adopt, change.Own) {
			if id, refers := value.ID(c.Before.Have[r.Field.Name]); refers && gone[id] {
				a.empty(c, r.Field.Name, nil)
			}
		}
	}
}

// empty records what NetBox has made of a field that referred to what this run deleted.
func (a *Applier) empty(c *change.Change, field string, left any) {
	had := c.Before.Have[field]
	c.Before.Have[field] = left
	if value.Equal(had, left) {
		return
	}
	if a.emptied[c.Object] == nil {
		a.emptied[c.Object] = map[string]any{}
	}
	if _, noted := a.emptied[c.Object][field]; !noted {
		a.emptied[c.Object][field] = had
	}
}

// isPart reports whether NetBox deletes objects of a kind along with what they are
// parts of.
func isPart(name string) bool {
	kind, _ := kinds.Standard().Of(name)
	return kind.Parent != ""
}

func (a *Applier) orphaned(it *item, id int64) {
	delete(a.ids, it.change.Object)
	a.result.Orphaned = append(a.result.Orphaned, outcome(it.change, id))
}

func (a *Applier) deleted(it *item, id int64) {
	delete(a.ids, it.change.Object)
	delete(a.freed, it.change.Object)
	a.result.Deleted = append(a.result.Deleted, outcome(it.change, id))
	a.lose(it.change, id)
}

// wanted returns the value of a field that is written, or nil.
func wanted(c *change.Change, field string) any {
	for _, f := range c.Fields {
		if f.Name == field && (c.Action == change.Create || f.Writes()) {
			return f.Want
		}
	}
	return nil
}

// ownership makes the writes that change ownership alone; it comes last.
func (a *Applier) ownership(ctx context.Context) error {
	for _, kind := range kinds.Standard().Owned() {
		items := a.items(a.acting(kind.Name, change.Own))
		err := a.send(ctx, patch, kind.Name, items, func(it *item, id int64) {
			a.result.Owned = append(a.result.Owned, outcome(it.change, id))
		})
		if err != nil {
			return err
		}
	}
	return nil
}
