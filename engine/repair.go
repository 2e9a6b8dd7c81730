package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/diet-project/diet/mirror/netbox"
	"github.com/diet-project/diet/mirror/value"
)

// Repair is what has to be written to have again what init made in NetBox.
type Repair struct {
	Fields []FieldRepair `json:"custom_fields"`
	Marks  []MarkRepair  `json:"marks"` // that NetBox erased, and its changelog has
	Links  *LinksResult  `json:"links,omitempty"`
}

// FieldRepair is what is wrong with a custom field of diet's.
type FieldRepair struct {
	Name   string          `json:"name"`
	Action string          `json:"action"` // create, update or none
	Wrong  []WrongSetting  `json:"wrong"`
	Lost   []string        `json:"lost"`            // the object types on which NetBox erased its values
	Means  string          `json:"means,omitempty"` // what comes of that
	Blame  *SettingsAuthor `json:"blame,omitempty"`

	id int64
}

// WrongSetting is a setting of a custom field that is not as diet needs it.
type WrongSetting struct {
	Setting string `json:"setting"`
	Have    any    `json:"have"`
	Want    any    `json:"want"`
}

// SettingsAuthor last changed or deleted a custom field.
type SettingsAuthor struct {
	User string `json:"user"`
	Time string `json:"time"`
}

// The actions of a repair.
const (
	repairCreate = "create"
	repairUpdate = "update"
	repairNone   = "none" // NetBox cannot change it
)

// Pending counts what a repair writes.
func (r *Repair) Pending() int {
	n := 0
	for _, f := range r.Fields {
		if f.Action != repairNone {
			n++
		}
	}
	n += len(r.Marks)
	if r.Links != nil {
		n += len(r.Links.Created) + len(r.Links.Updated)
	}
	return n
}

// Stuck names the custom fields that NetBox cannot change into what diet needs.
func (r *Repair) Stuck() []string {
	var out []string
	for _, f := range r.Fields {
		if f.Action == repairNone {
			out = append(out, f.Name)
		}
	}
	return out
}

// The consequences of values that NetBox erased.
const (
	marksLost    = "what NetBox's changelog has of them is listed here and written again; the next preview asks about the others"
	writtenAlong = "as far as NetBox's changelog has them they are written again, and else along when diet next writes an object"
)

// losses say what comes of it where NetBox erased the values of a field.
var losses = map[string]string{
	"diet_managed":            "where its changelog does not have them, what people had taken over (set to false) counts as the plan's again",
	"diet_deletion_protected": "where its changelog does not have them, nothing is protected from deletion any more: set it again",
	"diet_plan_id":            marksLost,
	"diet_object_id":          marksLost,
	"diet_managed_fields":     marksLost,
	"diet_source":             writtenAlong,
	"diet_last_applied":       writtenAlong,
	"diet_generator_version":  writtenAlong,
}

// FindRepair says what a repair would write, and writes nothing. Links are repaired where
// some are given.
func (e *Engine) FindRepair(ctx context.Context, links Links) (*Repair, error) {
	if e.client == nil {
		return nil, ErrNoNetBox
	}
	if _, err := e.client.Probe(ctx); err != nil {
		return nil, err
	}
	fields, past, err := e.brokenFields(ctx)
	if err != nil {
		return nil, err
	}
	out := &Repair{Fields: fields}
	if out.Marks, err = e.erasedMarks(ctx, past.erased(fields)); err != nil {
		return nil, err
	}
	if links != nil {
		out.Links, err = e.shown(ctx, links, showing{dry: true, repair: true})
	}
	return out, err
}

// ErasedError says that NetBox erased values of diet's custom fields, and that its changelog has them:
// once a field is assigned again, nothing tells that it ever was not.
type ErasedError struct {
	Fields  []string
	Objects int
}

// Error names the fields.
func (e *ErasedError) Error() string {
	return fmt.Sprintf("custom fields of diet's were taken from a type of objects, and netbox erased their values: %s (objects: %d)",
		strings.Join(e.Fields, ", "), e.Objects)
}

// Hint says what to do.
func (e *ErasedError) Hint() string {
	return "run `diet init --repair`: it sets the fields up, and writes again what NetBox's changelog has of them"
}

// checkErased is an [ErasedError] where a field was taken from a type of objects, and a repair would write
// values again. What was deleted, the changelog tells forever.
func (e *Engine) checkErased(ctx context.Context) error {
	fields, past, err := e.brokenFields(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(fields, func(f FieldRepair) bool { return f.Action == repairUpdate && len(f.Lost) > 0 }) {
		return nil
	}
	marks, err := e.erasedMarks(ctx, past.erased(fields))
	if err != nil || len(marks) == 0 {
		return err
	}
	names := map[string]bool{}
	for _, m := range marks {
		for name := range m.Fields {
			names[name] = true
		}
	}
	return &ErasedError{Fields: slices.Sorted(maps.Keys(names)), Objects: len(marks)}
}

// ErrRepairMoved is returned by Repair where NetBox is not as it was shown any more.
var ErrRepairMoved = errors.New("somebody changed what was to be repaired: look at it again")

// Repair writes what was shown, if that is still what has to be written.
func (e *Engine) Repair(ctx context.Context, shown *Repair, links Links) error {
	if err := e.client.CanWrite(ctx); err != nil {
		return err
	}
	now, err := e.FindRepair(ctx, links)
	switch {
	case err != nil:
		return err
	case hashOf([]any{now}) != hashOf([]any{shown}):
		return ErrRepairMoved
	}
	var creates, updates []map[string]any
	for _, f := range now.Fields {
		if f.Action == repairCreate {
			at := slices.IndexFunc(customFields, func(c customField) bool { return c.name == f.Name })
			creates = append(creates, customFields[at].payload())
		} else if f.Action == repairUpdate {
			updates = append(updates, f.payload())
		}
	}
	if err = e.writeFields(ctx, "diet init --repair", creates, updates); err != nil {
		return err
	}
	if err = e.restoreMarks(ctx, now.Marks); err == nil && links != nil {
		_, err = e.shown(ctx, links, showing{repair: true})
	}
	return err
}

// payload puts the settings right.
func (f FieldRepair) payload() map[string]any {
	out := map[string]any{"id": f.id}
	for _, w := range f.Wrong {
		out[w.Setting] = w.Want
	}
	return out
}

// settings are those that diet relies on. How a field is called and grouped in NetBox's
// pages is everybody's to change.
func (f customField) settings() map[string]any {
	return map[string]any{
		"filter_logic": "exact", "required": false, "unique": false, "default": nil, "is_cloneable": false,
		"ui_visible": "if-set", "ui_editable": f.edit, "validation_regex": "", "choice_set": nil,
	}
}

// definition is a custom field as NetBox has it, with all its settings.
type definition map[string]any

// setting is one of them; known is false where this NetBox has no such setting.
func (d definition) setting(name string) (v any, known bool) {
	v, known = d[name]
	if choice, is := v.(map[string]any); is && choice["label"] != nil {
		v = choice["value"]
	}
	return v, known
}

func (d definition) types() []string {
	var out []string
	list, _ := d["object_types"].([]any)
	for _, t := range list {
		name, _ := t.(string)
		out = append(out, name)
	}
	return out
}

// brokenFields are the custom fields that are not as diet needs them.
func (e *Engine) brokenFields(ctx context.Context) ([]FieldRepair, fieldHistory, error) {
	held, err := e.definitions(ctx)
	if err != nil {
		return nil, nil, err
	}
	past, err := e.fieldHistory(ctx)
	if err != nil {
		return nil, nil, err
	}
	out := []FieldRepair{}
	add := func(r FieldRepair) {
		if len(r.Lost) > 0 {
			r.Means = losses[r.Name]
		}
		out = append(out, r)
	}
	for _, f := range customFields {
		d, id := held.of(f.name, past)
		r := FieldRepair{Name: f.name, Action: repairCreate, id: id, Wrong: []WrongSetting{}, Lost: []string{}}
		if id == 0 {
			if r.Blame = past.deleted(f.name).by(); r.Blame != nil || held.anyOf() {
				r.Lost = slices.Clone(ownedTypes)
			}
			add(r)
			continue
		}
		r.Action, r.Wrong, r.Blame = repairUpdate, f.wrong(d), past.changed(id).by()
		if kind, _ := d.setting("type"); kind != f.kind {
			r.Action, r.Wrong = repairNone, []WrongSetting{{"type", kind, f.kind}}
		}
		r.Lost = append(r.Lost, lacking(d.types(), neededTypes)...)
		if len(r.Wrong) > 0 {
			add(r)
		}
	}
	return out, past, nil
}

// wrong lists the settings of a definition that are not as diet needs them.
func (f customField) wrong(d definition) []WrongSetting {
	out := []WrongSetting{}
	if name := d["name"]; name != f.name {
		out = append(out, WrongSetting{"name", name, f.name})
	}
	types := d.types()
	if lacks := lacking(types, neededTypes); len(lacks) > 0 {
		out = append(out, WrongSetting{"object_types", types, slices.Sorted(slices.Values(slices.Concat(types, lacks)))})
	}
	settings := f.settings()
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if have, known := d.setting(name); known && !value.Equal(value.Of(have), value.Of(settings[name])) {
			out = append(out, WrongSetting{name, have, settings[name]})
		}
	}
	return out
}

// definitions are the custom fields of NetBox by id.
type definitions map[int64]definition

// of is the field of a name, or the one that had the name until somebody renamed it; 0 if
// neither is there.
func (d definitions) of(name string, past fieldHistory) (definition, int64) {
	for id, field := range d {
		if field["name"] == name {
			return field, id
		}
	}
	for _, row := range slices.Backward(past) {
		field, there := d[row.Object]
		if there && row.Was.Name == name && row.Is.Name != "" {
			return field, row.Object
		}
	}
	return nil, 0
}

// anyOf reports whether any field of diet's is there: init has been run once.
func (d definitions) anyOf() bool {
	return slices.ContainsFunc(customFields, func(f customField) bool {
		_, id := d.of(f.name, nil)
		return id != 0
	})
}

// lacking are those of diet's object types that are not among some.
func lacking(types, of []string) []string {
	return slices.DeleteFunc(slices.Clone(of), func(t string) bool { return slices.Contains(types, t) })
}

func (e *Engine) definitions(ctx context.Context) (definitions, error) {
	names := slices.Concat([]string{"id", "name", "type", "object_types"}, slices.Sorted(maps.Keys(customField{}.settings())))
	out := definitions{}
	query := url.Values{"fields": {strings.Join(names, ",")}}
	for page, err := range e.client.Pages(ctx, e.db.Kinds().Must("custom_field"), query) {
		if err != nil {
			return nil, fmt.Errorf("read custom fields: %w", err)
		}
		var body struct {
			Results []definition `json:"results"`
		}
		if err := json.Unmarshal(page.Body, &body); err != nil {
			return nil, fmt.Errorf("read custom fields: %w", err)
		}
		for i, d := range body.Results {
			out[page.IDs[i]] = d
		}
	}
	return out, nil
}

// fieldHistory is NetBox's changelog of its custom fields, the oldest first.
type fieldHistory []fieldChange

type fieldChange struct {
	ID     int64     `json:"id"`
	User   string    `json:"user_name"`
	Time   string    `json:"time"`
	Object int64     `json:"changed_object_id"`
	Was    fieldThen `json:"prechange_data"`
	Is     fieldThen `json:"postchange_data"`
}

type fieldThen struct {
	Name string `json:"name"`
}

// fieldHistory reads it; where the token may not, nothing is known.
func (e *Engine) fieldHistory(ctx context.Context) (fieldHistory, error) {
	kind := e.db.Kinds().Must("custom_field")
	query := url.Values{
		"changed_object_type": {kind.ObjectType},
		"fields":              {"id,user_name,time,changed_object_id,prechange_data,postchange_data"},
	}
	rows, err := netbox.All[fieldChange](e.client.Pages(ctx, netbox.ObjectChange, query))
	if errors.Is(err, netbox.ErrUnauthorized) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read who changed custom fields: %w", err)
	}
	return rows, nil
}

// last is the newest row of which something is true, nil for none.
func (h fieldHistory) last(is func(fieldChange) bool) *fieldChange {
	for _, row := range slices.Backward(h) {
		if is(row) {
			return &row
		}
	}
	return nil
}

// deleted is the deletion of the field of a name, nil if no row tells.
func (h fieldHistory) deleted(name string) *fieldChange {
	return h.last(func(row fieldChange) bool { return row.Was.Name == name && row.Is.Name == "" })
}

// changed is the last change of a field, nil if no row tells.
func (h fieldHistory) changed(id int64) *fieldChange {
	return h.last(func(row fieldChange) bool { return row.Object == id })
}

// by says whose a change is.
func (c *fieldChange) by() *SettingsAuthor {
	if c == nil {
		return nil
	}
	return &SettingsAuthor{c.User, c.Time}
}
