package engine

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// sight is what rules see of the objects of a set: each as NetBox has it, and as the plan
// would have it. It is read only where a rule looks at it.
type sight struct {
	engine  *Engine
	set     *change.Set
	objects map[string]map[int64]seen   // by kind and NetBox id
	handles map[string]map[int64]string // of what fields refer to, likewise
	at      map[string]*change.Change   // by diet id
}

// seen is an object in NetBox.
type seen struct {
	fields map[string]any
	partOf int64 // the NetBox id of the object that it is part of
}

// sightOf reads what rules see of the objects of a set; nil where there are none, or no rule looks.
func (e *Engine) sightOf(ctx context.Context, set *change.Set) (*sight, error) {
	if len(set.Changes) == 0 || !e.policies.Looks() {
		return nil, nil
	}
	return e.look(ctx, set)
}

// look reads what rules would see of the objects of a set.
func (e *Engine) look(ctx context.Context, set *change.Set) (*sight, error) {
	s := &sight{
		engine: e, set: set, at: map[string]*change.Change{},
		objects: map[string]map[int64]seen{}, handles: map[string]map[int64]string{},
	}
	ids := map[string]map[int64]bool{}
	refers := map[string]map[int64]bool{}
	for i := range set.Changes {
		c := &set.Changes[i]
		s.at[c.Object] = c
		note(ids, c.Kind, standing(c))
		for _, f := range c.Fields {
			id, _ := value.ID(f.Want)
			note(refers, change.Refers(c.Kind, f.Name), id)
			if f.Name == e.db.Kinds().Must(c.Kind).Parent {
				note(ids, change.Refers(c.Kind, f.Name), id)
			}
		}
	}
	if err := s.readObjects(ctx, ids); err != nil {
		return nil, err
	}
	return s, s.readHandles(ctx, refers)
}

// standing is the NetBox id of the object that a change is about: of what exists or
// blocks, if it is of the same kind. 0 where there is none.
func standing(c *change.Change) int64 {
	if c.NetBoxID == 0 && c.Other != nil && c.Other.Kind == c.Kind {
		return c.Other.ID
	}
	return c.NetBoxID
}

func note(ids map[string]map[int64]bool, kind string, id int64) {
	if kind == "" || id == 0 {
		return
	}
	if ids[kind] == nil {
		ids[kind] = map[int64]bool{}
	}
	ids[kind][id] = true
}

// readObjects reads the objects with the given ids, then those that they are part of.
func (s *sight) readObjects(ctx context.Context, ids map[string]map[int64]bool) error {
	for len(ids) > 0 {
		parents := map[string]map[int64]bool{}
		for _, kind := range slices.Sorted(maps.Keys(ids)) {
			var rows []struct {
				ID     int64         `db:"id"`
				PartOf sql.NullInt64 `db:"part_of"`
				Doc    string        `db:"doc"`
			}
			if err := s.read(ctx, "query/object_sight", kind, ids[kind], &rows); err != nil {
				return err
			}
			if s.objects[kind] == nil {
				s.objects[kind] = make(map[int64]seen, len(rows))
			}
			parent := s.engine.db.Kinds().Must(kind).ParentKind()
			for _, r := range rows {
				fields, err := value.DecodeObject([]byte(r.Doc))
				if err != nil {
					return fmt.Errorf("read %s %d: %w", kind, r.ID, err)
				}
				s.objects[kind][r.ID] = seen{fields, r.PartOf.Int64}
				if _, read := s.objects[parent][r.PartOf.Int64]; !read {
					note(parents, parent, r.PartOf.Int64)
				}
			}
		}
		ids = parents
	}
	return nil
}

// readHandles reads how rules call what fields refer to.
func (s *sight) readHandles(ctx context.Context, ids map[string]map[int64]bool) error {
	for _, kind := range slices.Sorted(maps.Keys(ids)) {
		var rows []struct {
			ID   int64   `db:"id"`
			Name *string `db:"name"`
		}
		if err := s.read(ctx, "query/object_handle", kind, ids[kind], &rows); err != nil {
			return err
		}
		s.handles[kind] = make(map[int64]string, len(rows))
		for _, r := range rows {
			if r.Name != nil {
				s.handles[kind][r.ID] = *r.Name
			}
		}
	}
	return nil
}

func (s *sight) read(ctx context.Context, statement, kind string, ids map[int64]bool, rows any) error {
	list, err := json.Marshal(slices.Sorted(maps.Keys(ids)))
	if err != nil {
		return fmt.Errorf("encode ids: %w", err)
	}
	st := s.engine.db.Statements().For(statement, s.engine.db.Kinds().Must(kind))
	return s.engine.selectStatement(ctx, rows, st, sql.Named("ids", string(list)))
}

// of is a change's object as it stands, and as it would be by the plan; nil for what is
// not there, or would not be. Under part_of is the object that it is part of.
func (s *sight) of(c *change.Change) (before, after map[string]any) {
	if s == nil {
		return nil, nil
	}
	before, after = s.alone(c)
	parent := s.engine.db.Kinds().Must(c.Kind).ParentKind()
	if parent == "" {
		return before, after
	}
	host := s.at[c.Owner]
	var was, will map[string]any
	if host != nil {
		was, will = s.alone(host)
	} else {
		was = s.objects[parent][s.hostID(c)].fields
		will = was
	}
	return within(before, was), within(after, will)
}

// hostID is the NetBox id of the object that a change's object is, or would be, part of.
func (s *sight) hostID(c *change.Change) int64 {
	if o, ok := s.objects[c.Kind][standing(c)]; ok {
		return o.partOf
	}
	for _, f := range c.Fields {
		if f.Name == s.engine.db.Kinds().Must(c.Kind).Parent {
			id, _ := value.ID(f.Want)
			return id
		}
	}
	return 0
}

func within(object, host map[string]any) map[string]any {
	if object == nil || host == nil {
		return object
	}
	object = maps.Clone(object)
	object["part_of"] = host
	return object
}

// alone is of without what the object is part of.
func (s *sight) alone(c *change.Change) (before, after map[string]any) {
	before = s.objects[c.Kind][standing(c)].fields
	if c.Action == change.Delete {
		return before, nil
	}
	after = maps.Clone(before)
	if after == nil {
		after = map[string]any{}
	}
	for _, f := range c.Fields {
		if f.Class != change.Relinquished && f.Name != change.ObjectID {
			s.put(after, c, f)
		}
	}
	return before, after
}

// put puts the plan's value of a field where rules see it.
func (s *sight) put(object map[string]any, c *change.Change, f change.Field) {
	if slug, ok := kinds.TagOf(f.Name); ok {
		slug = cmp.Or(c.Tags[f.Name].Slug, slug)
		object["tags"] = withTag(object["tags"], slug, f.Want == true)
		return
	}
	if name, ok := strings.CutPrefix(f.Name, "cf."); ok {
		fields, _ := object["custom_fields"].(map[string]any)
		fields = maps.Clone(fields)
		if fields == nil {
			fields = map[string]any{}
		}
		fields[name] = f.Want
		object["custom_fields"] = fields
		return
	}
	if known, ok := s.engine.db.Kinds().Must(c.Kind).Field(f.Name); !ok || !known.Stored() {
		return // the ends of a cable
	}
	object[f.Name] = s.called(c.Kind, f)
}

// called is the plan's value of a field as rules see it: of a reference the slug or the name,
// of an object that is yet to be made its diet id or slug.
func (s *sight) called(kind string, f change.Field) any {
	to := change.Refers(kind, f.Name)
	if id, ok := value.ID(f.Want); ok && to != "" {
		if name := s.handles[to][id]; name != "" {
			return name
		}
	}
	if object, pending := change.Pending(kind, f.Name, f.Want); pending {
		if c := s.at[object]; c != nil && c.Name != "" && s.engine.db.Kinds().Must(c.Kind).IsOwned() {
			return c.Name
		}
		return strings.TrimPrefix(object, to+":")
	}
	return f.Want
}

// withTag is a sorted list of slugs with one added, or removed.
func withTag(list any, slug string, add bool) []any {
	var tags []string
	have, _ := list.([]any)
	for _, t := range have {
		if s, ok := t.(string); ok && s != slug {
			tags = append(tags, s)
		}
	}
	if add {
		tags = append(tags, slug)
	}
	slices.Sort(tags)
	out := make([]any, len(tags))
	for i, t := range tags {
		out[i] = t
	}
	return out
}
