package engine

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
)

// MarkRepair is an object whose marks NetBox erased along with a custom field, and what they
// were: as NetBox's own changelog has the object, the last time before that.
type MarkRepair struct {
	Kind   string                     `json:"kind"`
	ID     int64                      `json:"netbox_id"`
	Name   string                     `json:"name"`
	Plan   string                     `json:"plan"`
	Fields map[string]json.RawMessage `json:"fields"`

	object string // its diet id
	tag    string // of the version that was read
}

// erasure is the row of the changelog by which NetBox erased the values of custom fields, by
// object type and field.
type erasure map[string]map[string]int64

// erased says which values of diet's NetBox erased by what happened to the custom fields:
// one was deleted, whether it is there again or not, or is not assigned to a type of objects.
func (h fieldHistory) erased(broken []FieldRepair) erasure {
	out := erasure{}
	add := func(field string, types []string, by *fieldChange) {
		for _, t := range types {
			if by == nil {
				continue
			}
			if out[t] == nil {
				out[t] = map[string]int64{}
			}
			out[t][field] = max(out[t][field], by.ID)
		}
	}
	for _, f := range customFields {
		stuck := func(r FieldRepair) bool { return r.Name == f.name && r.Action == repairNone }
		if !slices.ContainsFunc(broken, stuck) {
			add(f.name, ownedTypes, h.deleted(f.name))
		}
	}
	for _, r := range broken {
		if r.Action == repairUpdate {
			add(r.Name, r.Lost, h.changed(r.id))
		}
	}
	return out
}

// then is an object in a row of NetBox's changelog.
type then struct {
	ID     int64 `json:"id"`
	Object int64 `json:"changed_object_id"`
	Is     struct {
		Fields map[string]json.RawMessage `json:"custom_fields"`
	} `json:"postchange_data"`
}

// erasedMarks finds the marks that NetBox erased: what was there last before that, of objects
// that have had none of it since. An edit that no row of the changelog tells of is not seen, and
// neither is an object whose rows NetBox has pruned.
func (e *Engine) erasedMarks(ctx context.Context, lost erasure) ([]MarkRepair, error) {
	out := []MarkRepair{}
	for _, kind := range kinds.Standard().Owned() {
		gone := lost[kind.ObjectType]
		if len(gone) == 0 {
			continue
		}
		was, err := e.marksBefore(ctx, kind, gone)
		if err != nil {
			return nil, err
		}
		if len(was) == 0 {
			continue
		}
		found, err := e.unmarked(ctx, kind, was)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// marksBefore are the values that objects had when NetBox erased them, by NetBox id.
func (e *Engine) marksBefore(ctx context.Context, kind kinds.Kind, gone map[string]int64) (map[int64]map[string]json.RawMessage, error) {
	out := map[int64]map[string]json.RawMessage{}
	query := url.Values{"changed_object_type": {kind.ObjectType}, "fields": {"id,changed_object_id,postchange_data"}}
	for row, err := range netbox.Each[then](e.client.Pages(ctx, netbox.ObjectChange, query)) {
		if err != nil {
			return nil, fmt.Errorf("read what NetBox erased: %w", err)
		}
		for field, at := range gone {
			value, has := row.Is.Fields[field]
			switch empty := len(value) == 0 || bytes.Equal(value, []byte("null")) || bytes.Equal(value, []byte(`""`)); {
			case !has, row.ID >= at && empty: // it had no such field, or was made without a value
			case empty, row.ID >= at: // somebody emptied it, or wrote another one since
				delete(out[row.Object], field)
			default:
				if out[row.Object] == nil {
					out[row.Object] = map[string]json.RawMessage{}
				}
				out[row.Object][field] = value
			}
		}
	}
	maps.DeleteFunc(out, func(_ int64, fields map[string]json.RawMessage) bool { return len(fields) == 0 })
	return out, nil
}

// marksNow are the marks of an object as NetBox has them.
type marksNow struct {
	ID      int64                      `json:"id"`
	Name    string                     `json:"name"`
	Display string                     `json:"display"`
	Device  struct{ Name string }      `json:"device"`
	Updated string                     `json:"last_updated"`
	Fields  map[string]json.RawMessage `json:"custom_fields"`
}

// unmarked are those of the objects that still lack what they had.
func (e *Engine) unmarked(ctx context.Context, kind kinds.Kind, was map[int64]map[string]json.RawMessage) ([]MarkRepair, error) {
	var out []MarkRepair
	query := url.Values{"fields": {"id,name,display,device,last_updated,custom_fields"}}
	for o, err := range netbox.Each[marksNow](e.client.ByID(ctx, kind, slices.Sorted(maps.Keys(was)), query)) {
		if err != nil {
			return nil, fmt.Errorf("read what lost its marks: %w", err)
		}
		m := MarkRepair{
			Kind: kind.Name, ID: o.ID, Name: cmp.Or(o.Name, o.Display), Fields: map[string]json.RawMessage{}, tag: netbox.ETag(o.Updated),
		}
		if o.Device.Name != "" {
			m.Name = o.Device.Name + "/" + m.Name
		}
		for field, value := range was[o.ID] {
			if now := o.Fields[field]; len(now) == 0 || bytes.Equal(now, []byte("null")) {
				m.Fields[field] = value
			}
		}
		m.Plan, m.object = m.text(o.Fields, "diet_plan_id", "plan"), m.text(o.Fields, "diet_object_id", "object")
		if len(m.Fields) > 0 && m.Plan != "" {
			out = append(out, m)
		}
	}
	return out, nil
}

// text is a mark as it was or is, or what the record says of it.
func (m *MarkRepair) text(now map[string]json.RawMessage, field, inRecord string) string {
	for _, from := range []map[string]json.RawMessage{m.Fields, now} {
		var text string
		if json.Unmarshal(from[field], &text) == nil && text != "" {
			return text
		}
	}
	for _, from := range []map[string]json.RawMessage{m.Fields, now} {
		var record map[string]any
		if json.Unmarshal(from[kinds.Record], &record) == nil {
			if text, _ := record[inRecord].(string); text != "" {
				return text
			}
		}
	}
	return ""
}

// restoreMarks writes marks again, those of each plan as a run of its own under its lease.
func (e *Engine) restoreMarks(ctx context.Context, marks []MarkRepair) error {
	byPlan := map[string][]MarkRepair{}
	for _, m := range marks {
		byPlan[m.Plan] = append(byPlan[m.Plan], m)
	}
	for _, plan := range slices.Sorted(maps.Keys(byPlan)) {
		if err := e.restorePlan(ctx, plan, byPlan[plan]); err != nil {
			return fmt.Errorf("restore the marks of plan %s: %w", plan, err)
		}
	}
	return nil
}

func (e *Engine) restorePlan(ctx context.Context, plan string, marks []MarkRepair) (err error) {
	j := &journal{engine: e, run: newID("run")}
	held, err := e.take(ctx, plan, j.run, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.release(context.WithoutCancel(ctx), held, nil)) }()
	if err := j.begin(ctx, &Preview{Plan: plan}); err != nil {
		return err
	}
	result := &apply.Result{Run: j.run, Plan: plan}
	defer func() { err = errors.Join(err, j.end(context.WithoutCancel(ctx), result, err)) }()
	for _, kind := range kinds.Standard().Owned() {
		some := slices.DeleteFunc(slices.Clone(marks), func(m MarkRepair) bool { return m.Kind != kind.Name })
		for batch := range slices.Chunk(some, 50) {
			if err := held.Check(ctx); err != nil {
				return err
			}
			if err := e.restoreBatch(ctx, j, kind.Name, batch, result); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *Engine) restoreBatch(ctx context.Context, j *journal, kind string, batch []MarkRepair, result *apply.Result) error {
	r := apply.Request{Batch: fmt.Sprintf("%s/%d", j.run, j.seq+1), Method: "PATCH", Kind: kind, Guarded: true}
	var items []map[string]any
	write := netbox.Write{Message: "diet " + r.Batch}
	for _, m := range batch {
		item := map[string]any{"id": m.ID, "custom_fields": m.Fields}
		items = append(items, item)
		write.IfMatch = append(write.IfMatch, m.tag)
		r.Objects, r.Payload = append(r.Objects, m.object), append(r.Payload, item)
		r.Inverse = append(r.Inverse, &apply.Prior{
			ID: m.ID, Kind: kind, Object: m.object, Name: m.Name, Owned: true, Marks: apply.Restored,
		})
	}
	seq, err := j.Sent(ctx, r)
	if err != nil {
		return err
	}
	answer, failure := e.client.Update(ctx, kind, items, write)
	if err := j.Done(context.WithoutCancel(ctx), seq, answer.RequestID, failure); err != nil {
		return errors.Join(failure, err)
	}
	if failure != nil {
		return failure
	}
	result.Requests++
	for _, m := range batch {
		result.Updated = append(result.Updated, apply.Outcome{
			Kind: kind, Object: m.object, Name: m.Name, ID: m.ID, Reason: "restored " + strings.Join(m.Names(), ", "),
		})
	}
	return nil
}

// Names are the custom fields that are restored.
func (m *MarkRepair) Names() []string { return slices.Sorted(maps.Keys(m.Fields)) }
