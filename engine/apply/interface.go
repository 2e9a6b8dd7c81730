package apply

import (
	"context"
	"fmt"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate/natural"
)

// writeInterfaces takes over the interfaces that NetBox made from templates for new
// devices, and creates the others.
func (a *Applier) writeInterfaces(ctx context.Context) error {
	made, err := a.instantiated(ctx)
	if err != nil {
		return err
	}
	rest := func(c *change.Change) bool { return !refersToKind(c) }
	if err := a.writeEach(ctx, made, rest); err != nil {
		return err
	}
	return a.writeEach(ctx, made, refersToKind)
}

// refersToKind reports whether a change refers to an object of its own kind that is yet to be
// made: a member of a LAG waits for that.
func refersToKind(c *change.Change) bool {
	return slices.ContainsFunc(c.Fields, func(f change.Field) bool {
		_, pending := change.Pending(f.Want)
		return pending && change.Refers(c.Kind, f.Name) == c.Kind
	})
}

// writeEach writes the interfaces that some is true of.
func (a *Applier) writeEach(ctx context.Context, made map[int64]map[string]int64, some func(*change.Change) bool) error {
	not := func(c *change.Change) bool { return !some(c) }
	updates := a.items(slices.DeleteFunc(a.acting("interface", change.Update, change.Adopt), not))
	var creates []*item
	for _, it := range a.items(slices.DeleteFunc(a.acting("interface", change.Create), not)) {
		device, _ := it.payload["device"].(int64)
		name, _ := it.payload["name"].(string)
		if id, ok := made[device][name]; ok {
			it.id = id
			it.payload["id"] = id
			delete(it.payload, "device")
			delete(it.payload, "name")
			updates = append(updates, it)
			continue
		}
		creates = append(creates, it)
	}
	byParent(updates)
	byParent(creates)
	if err := a.send(ctx, patch, "interface", updates, a.taken); err != nil {
		return err
	}
	return a.send(ctx, post, "interface", creates, a.created)
}

// taken reports a template's interface as created: the plan asked for it.
func (a *Applier) taken(it *item, id int64) {
	if it.change.Action == change.Create {
		a.created(it, id)
		return
	}
	a.updated(it, id)
}

// byParent sorts items by the device they are on: NetBox locks its row.
func byParent(items []*item) {
	slices.SortStableFunc(items, func(x, y *item) int { return natural.Compare(x.change.Owner, y.change.Owner) })
}

// instantiated reads the interfaces of the devices that this run created.
func (a *Applier) instantiated(ctx context.Context) (map[int64]map[string]int64, error) {
	var devices []int64
	for _, o := range a.result.Created {
		if o.Kind == "device" {
			devices = append(devices, o.ID)
		}
	}
	if len(devices) == 0 {
		return nil, nil
	}
	made, err := a.cfg.Reader.Instantiated(ctx, devices)
	if err != nil {
		return nil, fmt.Errorf("read interfaces of new devices: %w", err)
	}
	return made, nil
}
