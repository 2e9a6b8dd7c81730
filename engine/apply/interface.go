package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate/natural"
	"github.com/diet-project/diet/mirror/kinds"
)

// parts are the kinds of what devices consist of and cables are plugged into, in order.
func parts() []string {
	var out []string
	for _, kind := range kinds.Standard().Owned() {
		if kind.Parent != "" {
			out = append(out, kind.Name)
		}
	}
	return out
}

// others are the kinds that diet owns and that are neither parts nor made in phases of their own:
// power feeds. They stand in racks, and cables are plugged into them.
func others() []string {
	var out []string
	for _, kind := range kinds.Standard().Owned() {
		if own := []string{"rack", "device", "cable"}; kind.Parent == "" && !slices.Contains(own, kind.Name) {
			out = append(out, kind.Name)
		}
	}
	return out
}

// ofOthers is a phase for each of them.
func ofOthers(verb string, run func(kind string) func(context.Context) error) []phase {
	var out []phase
	for _, kind := range others() {
		out = append(out, phase{verb + kinds.Standard().Must(kind).Words() + "s", run(kind)})
	}
	return out
}

// ofParts is a phase for each kind of parts.
func ofParts(verb string, run func(kind string) func(context.Context) error) []phase {
	var out []phase
	for _, kind := range parts() {
		out = append(out, phase{verb + kinds.Standard().Must(kind).Words() + "s", run(kind)})
	}
	return out
}

// ofWholes is a phase for each kind of parts, those that others are part of, or stand in, last.
func ofWholes(verb string, run func(kind string) func(context.Context) error) []phase {
	out := ofParts(verb, run)
	slices.Reverse(out)
	return out
}

// deleteParts is the phase that deletes or releases parts of a kind, and reports what went with them:
// with a module its ports.
func (a *Applier) deleteParts(kind string) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := a.deletes(kind)(ctx); err != nil {
			return err
		}
		a.unplug(a.wentAlong(kind))
		return nil
	}
}

// writeParts is the phase that takes over the parts of a kind that NetBox made from templates for
// new devices, and creates the others.
func (a *Applier) writeParts(kind string) func(context.Context) error {
	return func(ctx context.Context) error {
		if len(a.acting(kind, change.Create, change.Update, change.Adopt)) == 0 {
			return nil
		}
		made, err := a.instantiated(ctx, kind)
		if err != nil {
			return err
		}
		rest := func(c *change.Change) bool { return !refersToKind(c) }
		if err := a.writeEach(ctx, kind, made, rest); err != nil {
			return err
		}
		return a.writeEach(ctx, kind, made, refersToKind)
	}
}

// refersToKind reports whether a change refers to an object of its own kind that is yet to be
// made: a member of a LAG waits for that.
func refersToKind(c *change.Change) bool {
	return slices.ContainsFunc(c.Fields, func(f change.Field) bool {
		_, pending := c.Pending(f)
		return pending && change.Refers(c.Kind, f.Name) == c.Kind
	})
}

// writeEach writes the parts that some is true of.
func (a *Applier) writeEach(ctx context.Context, kind string, made map[int64]map[string]int64, some func(*change.Change) bool) error {
	not := func(c *change.Change) bool { return !some(c) }
	updates := a.items(slices.DeleteFunc(a.acting(kind, change.Update, change.Adopt), not))
	var creates []*item
	for _, it := range a.items(slices.DeleteFunc(a.acting(kind, change.Create), not)) {
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
	if err := a.send(ctx, patch, kind, updates, a.taken); err != nil {
		return err
	}
	return a.send(ctx, post, kind, creates, a.created)
}

// taken reports a template's part as created: the plan asked for it.
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

// instantiated reads the parts of a kind of what this run created, by device: of new devices, and of
// new modules.
func (a *Applier) instantiated(ctx context.Context, name string) (map[int64]map[string]int64, error) {
	kind := kinds.Standard().Must(name)
	made := map[int64]map[string]int64{}
	for _, f := range kind.Fields {
		if kind.Templates == "" || f.Name != kind.Parent && !kind.CameWith(f) {
			continue
		}
		var wholes []int64
		for _, o := range a.result.Created {
			if o.Kind == f.To {
				wholes = append(wholes, o.ID)
			}
		}
		if len(wholes) == 0 {
			continue
		}
		more, err := a.cfg.Reader.Instantiated(ctx, name, f.Name, wholes)
		if err != nil {
			return nil, fmt.Errorf("read parts of new %ss: %w", kinds.Standard().Must(f.To).Words(), err)
		}
		for device, parts := range more {
			if made[device] == nil {
				made[device] = map[string]int64{}
			}
			maps.Copy(made[device], parts)
		}
	}
	return made, nil
}
