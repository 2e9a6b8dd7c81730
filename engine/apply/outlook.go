package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate/natural"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// outlook is an object before and after this run: was is nil for a create, will for a
// deletion.
type outlook struct {
	change    *change.Change
	was, will map[string]any
}

// outlooks are those of the changes whose needs are met: what stays as it is gives up
// neither its name nor its place.
func (a *Applier) outlooks(changes []*change.Change) []*outlook {
	out := make([]*outlook, 0, len(changes))
	for _, c := range changes {
		if _, failed := a.bad[c.Object]; failed {
			continue
		}
		if o, err := a.outlook(c); err == nil {
			out = append(out, o)
		}
	}
	return out
}

func (a *Applier) outlook(c *change.Change) (*outlook, error) {
	o := &outlook{change: c}
	if c.Before != nil && c.Action != change.Create {
		o.was = c.Before.Have
	}
	if c.Action == change.Delete {
		return o, nil
	}
	o.will = maps.Clone(o.was)
	if o.will == nil {
		o.will = map[string]any{}
	}
	for _, f := range c.Fields {
		if c.Action != change.Create && !f.Writes() {
			continue
		}
		v, err := a.resolve(c.Kind, f.Name, f.Want)
		if err != nil {
			return nil, err
		}
		o.will[f.Name] = v
	}
	kind, _ := kinds.Standard().Of(c.Kind)
	for name, v := range a.followed(kind, o.will) {
		o.will[name] = v
	}
	return o, nil
}

// followed are the fields in which NetBox wants an object to agree with its parent: the
// site and the location of a device are its rack's.
func (a *Applier) followed(kind kinds.Kind, fields map[string]any) map[string]any {
	out := map[string]any{}
	for _, f := range kind.Followers() {
		id, ok := value.ID(fields[f.Follows])
		if holder := a.held(kind.Refers(f.Follows), id); ok && holder != nil {
			out[f.Name] = holder[f.Name]
		}
	}
	return out
}

// held is an object that others refer to, as far as this run has got; nil if unknown.
func (a *Applier) held(kind string, id int64) map[string]any {
	return a.facts[kind][id]
}

// learn reads what decides about names and places: the sizes of types, where the racks
// stand. What this run is about to do to them is laid over it.
func (a *Applier) learn(ctx context.Context) error {
	if a.total == 0 {
		return nil
	}
	for _, kind := range kinds.Standard().Owned() {
		for _, f := range kind.Fields {
			followed := slices.ContainsFunc(kind.Followers(), func(g kinds.Field) bool { return g.Follows == f.Name })
			if !followed && !f.Defining || a.facts[f.To] != nil {
				continue
			}
			facts, err := a.cfg.Reader.Facts(ctx, f.To)
			if err != nil {
				return fmt.Errorf("read what is in NetBox: %w", err)
			}
			a.facts[f.To] = facts
		}
	}
	return nil
}

// note lays what has just been written to an object over what is known of it.
func (a *Applier) note(c *change.Change, id int64) {
	facts := a.facts[c.Kind]
	if facts == nil || c.Action == change.Delete {
		return
	}
	o, err := a.outlook(c)
	if err != nil {
		return
	}
	fields := maps.Clone(facts[id])
	if fields == nil {
		fields = map[string]any{}
	}
	maps.Copy(fields, o.will)
	facts[id] = fields
}

// keys are the values that must be unique within a kind, by the field that is emptied to
// give one up: a name within its scope, an asset tag.
func keys(kind kinds.Kind, fields map[string]any) map[string]string {
	out := map[string]string{}
	if slices.Contains(kind.Key, kind.Label) && fields[kind.Label] != nil {
		out[kind.Label] = keyOf(kind, kind.Key, fields)
	}
	for _, f := range kind.Fields {
		if f.Unique && !value.Empty(fields[f.Name]) {
			out[f.Name] = keyOf(kind, []string{f.Name}, fields)
		}
	}
	return out
}

func keyOf(kind kinds.Kind, names []string, fields map[string]any) string {
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = fmt.Sprintf("%s=%v", name, fields[name])
		if f, _ := kind.Field(name); f.Folded {
			parts[i] = natural.Fold(parts[i])
		}
	}
	return strings.Join(parts, "\x00")
}
