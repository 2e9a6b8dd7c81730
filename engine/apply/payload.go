package apply

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// item is one object of a request, with the change that it carries out.
type item struct {
	change  *change.Change
	payload map[string]any
	id      int64 // 0 for a create

	passing map[string]any // what is written temporarily, if nothing else is

	version string // last_updated, for If-Match
	raced   int    // how often it was sent with an outdated version

	compared bool // its values in NetBox are those that the change was made for

	batch string // the request that it was last sent in
	seq   int64  // its number in the journal
	lost  string // the request of which the answer was lost

	failures, alone int // how often NetBox failed with a request that it was in, and with it alone
}

// NeedError says that something a change needs is not there.
type NeedError struct{ Object, Why string }

func (e *NeedError) Error() string { return fmt.Sprintf("needs %s, which %s", e.Object, e.Why) }

// resolve turns the wanted value of a field into what NetBox takes: references to objects
// created in this run become their ids.
func (a *Applier) resolve(kind, field string, value any) (any, error) {
	ref, ok := change.Pending(kind, field, value)
	if !ok {
		return value, nil
	}
	if id, ok := a.ids[ref]; ok {
		return id, nil
	}
	why, ok := a.bad[ref]
	if !ok {
		why = "is not in NetBox"
	}
	return nil, &NeedError{Object: ref, Why: why}
}

// unmet names what a change needs and could not be written; nil for nothing. What is yet to be
// made, such as a LAG of its members, is not missing.
func (a *Applier) unmet(c *change.Change) error {
	needs := slices.Clone(c.Needs)
	for _, f := range c.Fields {
		if ref, pending := c.Pending(f); pending && isSent(c, &f) {
			needs = append(needs, ref)
		}
	}
	for _, need := range needs {
		if why, failed := a.bad[need]; failed {
			return &NeedError{Object: need, Why: why}
		}
	}
	return nil
}

// isSent reports whether what a change wants of a field is written, as the value or in diet's record.
func isSent(c *change.Change, f *change.Field) bool {
	return c.Action == change.Create || f.Owns()
}

// build makes the payload of a change: the fields that act, and the resulting ownership.
func (a *Applier) build(c *change.Change) (*item, error) {
	if err := a.unmet(c); err != nil {
		return nil, err
	}
	return a.buildOnly(c, func(string) bool { return true })
}

// buildOnly is build for some of the fields.
func (a *Applier) buildOnly(c *change.Change, only func(field string) bool) (*item, error) {
	it := &item{change: c, payload: map[string]any{}, id: c.NetBoxID}
	if c.Action == change.Create {
		it.id = 0
	}
	base := c.Before.AllApplied()
	released := map[string]any{}
	if c.Before != nil {
		maps.Copy(released, c.Before.Released)
		it.version = c.Before.LastUpdated
	}
	custom := map[string]any{}
	for _, f := range c.Fields {
		if change.OfRecord(f.Name) || !only(f.Name) {
			continue // ownership writes it
		}
		var value any
		if isSent(c, &f) {
			var err error
			if value, err = a.resolve(c.Kind, f.Name, f.Want); err != nil {
				return nil, err
			}
		}
		if !a.take(c, f, value, base, released) {
			continue
		}
		if name, ok := strings.CutPrefix(f.Name, "cf."); ok {
			custom[name] = value
			continue
		}
		put(it.payload, c, f.Name, value)
	}
	if tags := a.tagsOf(c); tags != nil && only("tags") {
		it.payload["tags"] = tags
	}
	a.complete(it)
	if it.id != 0 {
		it.payload["id"] = it.id
	}
	if owned(c.Kind) {
		maps.Copy(custom, a.ownershipOf(c, a.record(c, a.tagged(c, keyed(c, a.begun(c, base, released))), released, passing(it))))
	}
	if len(custom) > 0 {
		it.payload["custom_fields"] = custom
	}
	return it, nil
}

// complete adds to a payload what NetBox requires along with it, and what the object
// gave up temporarily, which is written again whether or not it differs.
func (a *Applier) complete(it *item) {
	if f := a.freed[it.change.Object]; f != nil {
		for field, v := range f.will {
			if _, there := it.payload[field]; !there {
				put(it.payload, it.change, field, v)
			}
		}
	}
	kind, _ := kinds.Standard().Of(it.change.Kind)
	if it.id == 0 {
		a.mapped(kind, it.payload)
		return
	}
	for name, v := range a.followed(kind, it.payload) {
		it.payload[name] = v
	}
}

// mapped writes a reference in the list that newer releases have for it.
func (a *Applier) mapped(kind kinds.Kind, payload map[string]any) {
	ref, there := payload[kind.Mapped]
	if !there || kind.Mapped == "" || !a.cfg.PortMappings {
		return
	}
	position, given := payload[kind.Mapped+"_position"]
	if !given {
		position = 1
	}
	delete(payload, kind.Mapped)
	delete(payload, kind.Mapped+"_position")
	payload[kind.MappedTo] = []any{map[string]any{"position": 1, kind.Mapped: ref, kind.Mapped + "_position": position}}
}

// take updates base according to a field's verdict, and reports whether the field's
// value is to be written.
func (a *Applier) take(c *change.Change, f change.Field, value any, base, released map[string]any) bool {
	if c.Action == change.Create {
		if f.Stated {
			applies(f, value, base)
		}
		return true
	}
	switch {
	case f.Verdict.Decision == change.DecisionUnmanage:
		delete(base, f.Name)
		released[f.Name] = map[string]any{"at": a.now(), "why": f.Verdict.Message}
		return false
	case !f.Verdict.Acts():
		return false
	case f.Class == change.Relinquished:
		delete(base, f.Name)
		return false
	}
	delete(released, f.Name)
	applies(f, value, base)
	return f.Writes()
}

// applies puts a value that is written into base, unless it is somebody else's.
func applies(f change.Field, value any, base map[string]any) {
	switch {
	case f.Record == nil:
		base[f.Name] = value
	case f.Record.Known:
		base[f.Name] = f.Record.Base
	default:
		delete(base, f.Name)
	}
}

// put writes a field under NetBox's own name. Tags and custom fields are written as a whole.
func put(payload map[string]any, c *change.Change, field string, value any) {
	switch {
	case kinds.IsTag(field):
	case end(c.Kind, field):
		putPlug(payload, c, field, value)
	case value == nil && blank(c.Kind, field):
		payload[field] = ""
	default:
		payload[field] = value
	}
}

// portType is the object type of what an end of a cable is plugged into.
func portType(name, end string) string {
	kind, _ := kinds.Standard().Of(name)
	return kinds.Standard().Must(kind.Refers(end)).ObjectType
}

// keyFor is the key under which NetBox takes a field.
func keyFor(c *change.Change, field string) string {
	if end(c.Kind, field) {
		return terminations(c, field)
	}
	return field
}

// terminations is the key under which NetBox takes an end of a cable: that of the side
// where the end was read, which may be the other one.
func terminations(c *change.Change, end string) string {
	kind, _ := kinds.Standard().Of(c.Kind)
	return c.Before.Side(kind.Ends(), kind.EndOf(end)) + "_terminations"
}

// blank reports whether NetBox stores "" for a field without a value.
func blank(kind, field string) bool { return fieldOf(kind, field).Blank }

// end reports whether a field is an end of a cable.
func end(kind, field string) bool { return fieldOf(kind, field).Type == kinds.End }

func fieldOf(kind, field string) kinds.Field {
	k, _ := kinds.Standard().Of(kind)
	f, _ := k.Field(field)
	return f
}

// owned reports whether objects of the kind carry diet's custom fields.
func owned(kind string) bool {
	k, _ := kinds.Standard().Of(kind)
	return k.IsOwned()
}

// ownershipOf is what makes an object the plan's: the plan, the object id, and the last
// applied value of every field.
func (a *Applier) ownershipOf(c *change.Change, record map[string]any) map[string]any {
	return map[string]any{
		"diet_managed":           true,
		"diet_plan_id":           planOf(c),
		"diet_object_id":         objectID(c),
		"diet_source":            c.Source,
		"diet_managed_fields":    record,
		"diet_last_applied":      a.now(),
		"diet_generator_version": a.cfg.Version,
	}
}

// begun adds to a base what the plan says of fields that are only set at creation, where
// nothing is known to have been applied: from now on, what differs from that is a change.
func (a *Applier) begun(c *change.Change, base, released map[string]any) map[string]any {
	for name, want := range c.Initial {
		_, known := base[name]
		_, free := released[name]
		if v, err := a.resolve(c.Kind, name, want); !known && !free && err == nil {
			base[name] = v
		}
	}
	return base
}

// initial names the fields of a base that are only set at creation: the plan says so or,
// where it no longer speaks of them, said so.
func initial(c *change.Change, base map[string]any) []string {
	out := []string{}
	for _, name := range slices.Sorted(maps.Keys(base)) {
		_, is := c.Initial[name]
		if !is && c.Before != nil {
			_, was := c.Before.Initial[name]
			is = was && slices.ContainsFunc(c.Fields, func(f change.Field) bool { return f.Name == name && !f.Stated })
		}
		if is {
			out = append(out, name)
		}
	}
	return out
}

// record is diet's own record of an object: its base, the ids of what its references
// refer to, its marks again, which prove who owns it, and what is written temporarily.
func (a *Applier) record(c *change.Change, base applied, released, tmp map[string]any) map[string]any {
	r := map[string]any{"v": change.RecordVersion, "plan": planOf(c), "object": objectID(c), "base": base.base, "released": released}
	if names := initial(c, base.base); len(names) > 0 {
		r["initial"] = names
	}
	if a.cfg.UID != "" && agreed(c, change.PlanUID) {
		r["uid"] = a.cfg.UID
	}
	if len(base.ids) > 0 {
		r["ids"] = base.ids
	}
	if len(tmp) > 0 {
		r["tmp"] = tmp
	}
	if c.Class == change.Identity && c.Action == change.Adopt {
		r["settled"] = a.now() // also where all else is as somebody else wrote it, diet writes it now
	}
	return r
}

// applied is a base as it is written: references to objects of diet's as object ids, whose
// NetBox ids stand beside it, those to shared ones with their natural keys.
type applied struct{ base, ids map[string]any }

// keyed is a base whose references say what they refer to: an object is who it was,
// whatever it is called later, or whatever id it has. A field that differs and is not
// written now keeps what it was applied with.
func keyed(c *change.Change, base map[string]any) applied {
	kept, apart := map[string]bool{}, map[string]string{}
	for _, f := range c.Fields {
		if kept[f.Name] = c.PerField() && !f.Verdict.Acts(); f.Record != nil && !kept[f.Name] {
			apart[f.Name] = f.Record.Key
		}
	}
	return refer(c, base, func(name string) string {
		if key, is := apart[name]; is {
			return key
		}
		if key := c.Keys[name]; key != "" && !kept[name] {
			return key
		}
		return appliedKey(c, name)
	})
}

// asApplied is a base as it was before this run.
func asApplied(c *change.Change) applied {
	return refer(c, c.Before.AllApplied(), func(name string) string { return appliedKey(c, name) })
}

// refer writes the references of a base with what they refer to.
func refer(c *change.Change, base map[string]any, key func(field string) string) applied {
	out := applied{base: maps.Clone(base), ids: map[string]any{}}
	for name, v := range base {
		id, ok := value.ID(v)
		k := key(name)
		switch {
		case kinds.IsTag(name):
			if was := appliedTag(c, name); was != 0 {
				out.ids[name] = was
			}
		case !ok || k == "":
		case owned(change.Refers(c.Kind, name)):
			out.base[name], out.ids[name] = k, id
		default:
			out.base[name] = map[string]any{"id": id, "key": k}
		}
	}
	return out
}

// appliedKey is what a field's reference was applied with: a natural key or an object id.
func appliedKey(c *change.Change, field string) string {
	if c.Before == nil {
		return ""
	}
	key, _ := c.Before.Keys[field].(string)
	return key
}

// passing is what is still temporary once an item is written.
func passing(it *item) map[string]any {
	tmp := map[string]any{}
	if it.change.Before == nil || it.id == 0 {
		return tmp
	}
	for field, v := range it.change.Before.Tmp {
		if _, written := it.payload[keyFor(it.change, field)]; !written && it.change.Before.Passing(field) {
			tmp[field] = v
		}
	}
	return tmp
}

// objectID is the id that an object should have: its own, unless its key was renamed and
// the policies keep the old one.
func objectID(c *change.Change) any {
	if agreed(c, change.ObjectID) {
		return c.Object
	}
	i := slices.IndexFunc(c.Fields, func(f change.Field) bool { return f.Name == change.ObjectID })
	return c.Fields[i].Have
}

// planOf is the plan that an object should be of: the one that it was of, where the policies
// keep its id.
func planOf(c *change.Change) string {
	old, _ := objectID(c).(string)
	if plan, _, is := strings.Cut(old, "/"); is && !agreed(c, change.ObjectID) {
		return plan
	}
	return c.Plan
}

// agreed reports whether the policies let a field of the record be written, where it differs.
func agreed(c *change.Change, field string) bool {
	return !slices.ContainsFunc(c.Fields, func(f change.Field) bool { return f.Name == field && !f.Verdict.Acts() })
}

// disowned is what gives up the ownership of an object.
func (a *Applier) disowned() map[string]any {
	return map[string]any{
		"diet_managed":           false,
		"diet_plan_id":           nil,
		"diet_object_id":         nil,
		"diet_source":            nil,
		"diet_managed_fields":    nil,
		"diet_last_applied":      a.now(),
		"diet_generator_version": a.cfg.Version,
	}
}

func (a *Applier) now() string { return a.cfg.Now().UTC().Format("2006-01-02T15:04:05Z07:00") }
