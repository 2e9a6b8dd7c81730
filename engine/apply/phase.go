package apply

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/generate/natural"
)

// acting lists the changes of a kind that act, by what they do.
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

// items builds the payloads of changes; those whose needs are not met are left out by
// name. What has failed in an earlier phase is not sent again.
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
	a.result.Updated = append(a.result.Updated, outcome(it.change, id))
}

// creates is the phase that creates what is shared.
func (a *Applier) creates(kind string) func(context.Context) error {
	return func(ctx context.Context) error {
		return a.send(ctx, post, kind, a.items(a.acting(kind, change.Create)), a.created)
	}
}

// writes is the phase that updates, adopts and creates the objects of an owned kind.
func (a *Applier) writes(kind string) func(context.Context) error {
	return func(ctx context.Context) error {
		updates := a.items(a.acting(kind, change.Update, change.Adopt))
		if err := a.send(ctx, patch, kind, updates, a.updated); err != nil {
			return err
		}
		return a.send(ctx, post, kind, a.items(a.acting(kind, change.Create)), a.created)
	}
}

// deletes is the phase that deletes, or lets go, what is doomed. The interfaces of
// a doomed device need no request of their own: they go with it.
func (a *Applier) deletes(kind string) func(context.Context) error {
	return func(ctx context.Context) error {
		var doomed, loose []*item
		for _, c := range a.acting(kind, change.Delete) {
			it := &item{change: c, id: c.NetBoxID, version: c.Before.LastUpdated}
			switch {
			case !c.Deletes():
				it.payload = map[string]any{"id": it.id, "custom_fields": a.disowned()}
				loose = append(loose, it)
			case c.With != "" && kind == "interface":
				continue
			default:
				doomed = append(doomed, it)
			}
		}
		if err := a.send(ctx, patch, kind, loose, a.orphaned); err != nil {
			return err
		}
		return a.send(ctx, remove, kind, doomed, a.deleted)
	}
}

func (a *Applier) orphaned(it *item, id int64) {
	delete(a.ids, it.change.Object)
	a.result.Orphaned = append(a.result.Orphaned, outcome(it.change, id))
}

func (a *Applier) deleted(it *item, id int64) {
	delete(a.ids, it.change.Object)
	a.result.Deleted = append(a.result.Deleted, outcome(it.change, id))
}

// deleteDevices deletes the doomed devices, and tells of the interfaces that went
// with them.
func (a *Applier) deleteDevices(ctx context.Context) error {
	if err := a.deletes("device")(ctx); err != nil {
		return err
	}
	for _, c := range a.acting("interface", change.Delete) {
		if c.With == "" || !c.Deletes() {
			continue
		}
		a.done++
		if why, failed := a.bad[c.With]; failed {
			o := outcome(c, 0)
			o.Reason = fmt.Sprintf("goes with %s, which %s", c.With, why)
			a.result.Skipped = append(a.result.Skipped, o)
			continue
		}
		a.deleted(&item{change: c}, c.NetBoxID)
	}
	return nil
}

// freeNames gives every device whose name or rack unit is another one's target a
// temporary name, or none: NetBox checks each object of a batch as it goes, so
// that swaps and chains would fail.
func (a *Applier) freeNames(ctx context.Context) error {
	targets := map[string]bool{}
	changes := a.ready(a.acting("device", change.Create, change.Update, change.Adopt))
	for _, c := range changes {
		if name, ok := wanted(c, "name").(string); ok {
			targets[strings.ToLower(name)] = true
		}
	}
	places := placeTargets(changes)
	var wave []*item
	for _, c := range changes {
		if c.Action != change.Update {
			continue
		}
		payload := map[string]any{"id": c.NetBoxID}
		have, _ := c.Before.Have["name"].(string)
		if to, renames := wanted(c, "name").(string); renames && !strings.EqualFold(to, have) && targets[strings.ToLower(have)] {
			payload["name"] = TemporaryName(c.Object)
		}
		if wanted(c, "position") != nil && places[placeOf(c.Before.Have["rack"], c.Before.Have["position"])] {
			payload["position"] = nil
		}
		if len(payload) > 1 {
			wave = append(wave, &item{change: c, payload: payload, id: c.NetBoxID, version: c.Before.LastUpdated})
		}
	}
	return a.send(ctx, patch, "device", wave, func(it *item, _ int64) {
		it.change.Before.LastUpdated = ""
		a.freed[it.change.Object] = true
	})
}

// ready are the changes whose needs are met: no other may take a name or a place from
// what stays as it is.
func (a *Applier) ready(changes []*change.Change) []*change.Change {
	return slices.DeleteFunc(changes, func(c *change.Change) bool {
		return slices.ContainsFunc(c.Fields, func(f change.Field) bool {
			_, err := a.resolve(f.Want)
			return err != nil
		})
	})
}

// TemporaryName is the name that a device bears while its own is not free yet.
func TemporaryName(object string) string {
	sum := sha256.Sum256([]byte(object))
	return "~diet-" + hex.EncodeToString(sum[:6])
}

// wanted returns the value of a field that acts, or nil.
func wanted(c *change.Change, field string) any {
	for _, f := range c.Fields {
		if f.Name == field && (c.Action == change.Create || f.Verdict.Acts()) {
			return f.Want
		}
	}
	return nil
}

func placeTargets(changes []*change.Change) map[string]bool {
	places := map[string]bool{}
	for _, c := range changes {
		if position := wanted(c, "position"); position != nil {
			rack := wanted(c, "rack")
			if rack == nil && c.Before != nil {
				rack = c.Before.Have["rack"]
			}
			places[placeOf(rack, position)] = true
		}
	}
	return places
}

func placeOf(rack, position any) string { return fmt.Sprint(rack, "@", position) }

// writeInterfaces takes over the interfaces that NetBox made from the templates
// of new devices, and creates the others.
func (a *Applier) writeInterfaces(ctx context.Context) error {
	made, err := a.instantiated(ctx)
	if err != nil {
		return err
	}
	updates := a.items(a.acting("interface", change.Update, change.Adopt))
	var creates []*item
	for _, it := range a.items(a.acting("interface", change.Create)) {
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

// taken records a template's interface as created: the plan asked for it.
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

// writeCables moves cables and creates new ones. Moves go in rounds: a port that
// a move frees is taken in the next round.
func (a *Applier) writeCables(ctx context.Context) error {
	pending := a.items(a.acting("cable", change.Update, change.Adopt))
	for len(pending) > 0 {
		ready, blocked := freePorts(pending)
		if len(ready) == 0 {
			for _, it := range blocked {
				a.fail(it.change, fmt.Errorf("its port is held by a cable that waits for this one's port: free one of them by hand"))
			}
			break
		}
		if err := a.send(ctx, patch, "cable", ready, a.updated); err != nil {
			return err
		}
		pending = blocked
	}
	return a.send(ctx, post, "cable", a.items(a.acting("cable", change.Create)), a.created)
}

// freePorts splits moves into those whose ports no other pending move holds, and the rest.
func freePorts(pending []*item) (ready, blocked []*item) {
	held := map[any]*item{}
	for _, it := range pending {
		for _, end := range []string{"a", "b"} {
			if _, moves := it.payload[end+"_terminations"]; moves && it.change.Before != nil {
				held[it.change.Before.Have[end]] = it
			}
		}
	}
	for _, it := range pending {
		taken := false
		for _, end := range []string{"a", "b"} {
			target := wanted(it.change, end)
			if other, ok := held[target]; target != nil && ok && other != it {
				taken = true
			}
		}
		if taken {
			blocked = append(blocked, it)
			continue
		}
		ready = append(ready, it)
	}
	return ready, blocked
}

// ownership writes what is ownership alone, last.
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
