package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
)

// customField is one of the custom fields that hold ownership.
type customField struct {
	name, kind, label, description string

	edit string // ui_editable: yes, no or hidden
}

// ownedTypes are the object types that diet owns, sorted.
var ownedTypes = func() []string {
	var out []string
	for _, kind := range kinds.Standard().Owned() {
		out = append(out, kind.ObjectType)
	}
	slices.Sort(out)
	return out
}()

// neededTypes are those of them that NetBox must be set up for, whatever plans hold.
var neededTypes = func() []string {
	var out []string
	for _, kind := range kinds.Standard().Owned() {
		if !kind.Later {
			out = append(out, kind.ObjectType)
		}
	}
	return out
}()

// customFields hold the ownership of an object: the plan that owns it, and the values
// last applied.
var customFields = []customField{
	{"diet_managed", "boolean", "Managed by diet", "True while a diet plan owns this object; false once it was released.", "no"},
	{"diet_plan_id", "text", "Plan", "The key of the diet plan that owns this object.", "no"},
	{"diet_object_id", "text", "Object id", "The id that diet finds this object by, whatever its name.", "no"},
	{"diet_managed_fields", "json", "Managed fields",
		"Which fields diet owns, with the value it last applied, and which a person released.", "hidden"},
	{"diet_source", "text", "Source", "The class of the plan that generated this object.", "no"},
	{"diet_last_applied", "datetime", "Last applied", "When diet last wrote this object.", "no"},
	{"diet_generator_version", "text", "Generator version", "The version of diet that last wrote this object.", "hidden"},
	{"diet_deletion_protected", "boolean", "Deletion protected", "Set this and diet will never delete the object.", "yes"},
}

// InitResult says what Init did.
type InitResult struct {
	Created  []string `json:"created"`
	Assigned []string `json:"assigned"`
	Present  []string `json:"present"`
}

// Init provisions the custom fields that hold ownership: it creates missing ones and
// assigns the others to the kinds that lack them. It never unassigns a kind: NetBox
// would erase its data. Where values are to be written again first, it is an [ErasedError].
func (e *Engine) Init(ctx context.Context) (*InitResult, error) {
	if e.client == nil {
		return nil, ErrNoNetBox
	}
	if _, err := e.client.Probe(ctx); err != nil {
		return nil, err
	}
	if err := e.client.CanWrite(ctx); err != nil {
		return nil, err
	}
	if err := e.checkErased(ctx); err != nil {
		return nil, err
	}
	held, err := e.definitions(ctx)
	if err != nil {
		return nil, err
	}
	result := &InitResult{Created: []string{}, Assigned: []string{}, Present: []string{}}
	var creates, updates []map[string]any
	for _, f := range customFields {
		have, id := held.of(f.name, nil)
		if id == 0 {
			creates = append(creates, f.payload())
			result.Created = append(result.Created, f.name)
			continue
		}
		lacks := lacking(have.types(), ownedTypes)
		if len(lacks) == 0 {
			result.Present = append(result.Present, f.name)
			continue
		}
		updates = append(updates, map[string]any{"id": id, "object_types": slices.Sorted(slices.Values(slices.Concat(have.types(), lacks)))})
		result.Assigned = append(result.Assigned, f.name)
	}
	if err := e.writeFields(ctx, "diet init", creates, updates); err != nil {
		return nil, err
	}
	return result, nil
}

// writeFields creates custom fields, and changes others.
func (e *Engine) writeFields(ctx context.Context, message string, creates, updates []map[string]any) error {
	if _, err := e.client.Create(ctx, "custom_field", creates, netbox.Write{Message: message}); err != nil {
		return fmt.Errorf("create custom fields: %w", err)
	}
	if _, err := e.client.Update(ctx, "custom_field", updates, netbox.Write{Message: message}); err != nil {
		return fmt.Errorf("change custom fields: %w", err)
	}
	return nil
}

func (f customField) payload() map[string]any {
	return map[string]any{
		"name": f.name, "label": f.label, "type": f.kind, "description": f.description,
		"object_types": ownedTypes, "group_name": "diet", "filter_logic": "exact",
		"required": false, "is_cloneable": false, "ui_visible": "if-set", "ui_editable": f.edit,
	}
}

// ErrNotProvisioned is returned when NetBox lacks the custom fields that hold ownership:
// without them, diet cannot tell its own objects from others.
var ErrNotProvisioned = errors.New("netbox is not set up for diet")

// checkProvisionedFor does so for the kinds of a topology's objects too.
func (e *Engine) checkProvisionedFor(ctx context.Context, topo *generate.Topology) error {
	var types []string
	for i := range topo.Len() {
		name, _ := topo.IDAt(i)
		if kind := kinds.Standard().Must(name); kind.Later && !slices.Contains(types, kind.ObjectType) {
			types = append(types, kind.ObjectType)
		}
	}
	if len(types) == 0 {
		return nil
	}
	return e.checkProvisioned(ctx, types...)
}

// checkProvisioned compares the mirror's custom fields with what diet needs.
func (e *Engine) checkProvisioned(ctx context.Context, more ...string) error {
	var rows []struct {
		Name        string `db:"name"`
		ObjectTypes string `db:"object_types"`
	}
	if err := e.selectAll(ctx, &rows, "query/custom_field_diet"); err != nil {
		return err
	}
	held := map[string]string{}
	for _, r := range rows {
		held[r.Name] = r.ObjectTypes
	}
	var lacks []string
	for _, f := range customFields {
		types, ok := held[f.name]
		if !ok {
			lacks = append(lacks, f.name)
			continue
		}
		for _, t := range slices.Concat(neededTypes, more) {
			if !strings.Contains(types, `"`+t+`"`) {
				lacks = append(lacks, f.name+" on "+t)
			}
		}
	}
	if len(lacks) > 0 {
		return fmt.Errorf("%w: custom fields missing: %s", ErrNotProvisioned, strings.Join(lacks, ", "))
	}
	return nil
}
