package engine

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/engine/refer"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// reader answers the applier from NetBox itself.
type reader struct {
	engine *Engine
	plan   string
	others map[refer.Object]bool // what has the plan's marks and is not its own

	// released are the plan's own objects that the run leaves without an owner.
	released map[refer.Object]bool

	parts map[string][]*change.Change // what goes along, by what it goes with

	mu   sync.Mutex
	low  int64          // all changes up to it were known when the deletions were judged,
	seen map[int64]bool // and these
}

var _ apply.Reader = (*reader)(nil)

// releasedOf are the objects that an apply releases: they stay, without an owner.
func releasedOf(set *change.Set) map[refer.Object]bool {
	out := map[refer.Object]bool{}
	for i := range set.Changes {
		if c := &set.Changes[i]; c.Action == change.Delete && c.Acts() && !c.Deletes() {
			out[refer.Object{Kind: c.Kind, ID: c.NetBoxID}] = true
		}
	}
	return out
}

// Instantiated implements [apply.Reader].
func (r *reader) Instantiated(ctx context.Context, kind, of string, wholes []int64) (map[int64]map[string]int64, error) {
	out := map[int64]map[string]int64{}
	const at = 50 // ids per request line
	for start := 0; start < len(wholes); start += at {
		query := url.Values{}
		for _, id := range wholes[start:min(start+at, len(wholes))] {
			query.Add(of+"_id", fmt.Sprint(id))
		}
		err := r.each(ctx, kind, "id,device,name", query, func(o object) {
			if out[o.Device.ID] == nil {
				out[o.Device.ID] = map[string]int64{}
			}
			out[o.Device.ID][o.Name] = o.ID
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Bearing implements [apply.Reader].
func (r *reader) Bearing(ctx context.Context, kind string, objects []string) (map[string]int64, error) {
	out := map[string]int64{}
	const at = 20 // object ids per request line
	for start := 0; start < len(objects); start += at {
		query := url.Values{"cf_diet_object_id": objects[start:min(start+at, len(objects))]}
		err := r.each(ctx, kind, "id,custom_fields", query, func(o object) {
			if id, ok := o.CustomFields["diet_object_id"].(string); ok {
				out[id] = o.ID
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Named implements [apply.Reader].
func (r *reader) Named(ctx context.Context, name string, payloads []map[string]any) ([]int64, error) {
	if _, err := r.engine.sync(ctx, mirror.Options{}); err != nil {
		return nil, err
	}
	facts, err := r.Facts(ctx, name)
	if err != nil {
		return nil, err
	}
	key := r.engine.db.Kinds().Must(name).Key
	ids := make([]int64, len(payloads))
	for i, payload := range payloads {
		for id, fact := range facts {
			if !slices.ContainsFunc(key, func(field string) bool { return !value.Equal(fact[field], payload[field]) }) {
				ids[i] = id
			}
		}
	}
	return ids, nil
}

// Versions implements [apply.Reader].
func (r *reader) Versions(ctx context.Context, name string, ids []int64) (map[int64]string, error) {
	out := make(map[int64]string, len(ids))
	for page, err := range r.engine.client.ByID(ctx, r.engine.db.Kinds().Must(name), ids, url.Values{"fields": {"id,last_updated"}}) {
		if err != nil {
			return nil, err
		}
		if err := eachObject(page.Body, func(o object) { out[o.ID] = value.Instant(o.LastUpdated) }); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Changed implements [apply.Reader]: it reads the objects into the mirror and compares
// their tracked values.
func (r *reader) Changed(ctx context.Context, kind string, before map[int64]*change.Before) (map[int64]*change.Blame, error) {
	return r.engine.edited(ctx, kind, before)
}

// Held implements [apply.Reader].
func (r *reader) Held(ctx context.Context, kind string, id int64) (*change.Before, error) {
	return r.engine.held(ctx, kind, id)
}

// Overwritten implements [apply.Reader].
func (r *reader) Overwritten(ctx context.Context, kind string, before map[int64]*change.Before) (map[int64]*change.Blame, error) {
	return r.engine.overwritten(ctx, kind, before)
}

// Facts implements [apply.Reader].
func (r *reader) Facts(ctx context.Context, name string) (map[int64]map[string]any, error) {
	var rows []struct {
		ID  int64  `db:"id"`
		Doc string `db:"doc"`
	}
	statement := r.engine.db.Statements().For("query/shared_list", r.engine.db.Kinds().Must(name))
	if err := r.engine.selectStatement(ctx, &rows, statement); err != nil {
		return nil, err
	}
	facts := make(map[int64]map[string]any, len(rows))
	for _, row := range rows {
		doc, err := value.DecodeObject([]byte(row.Doc))
		if err != nil {
			return nil, fmt.Errorf("read %s %d: %w", name, row.ID, err)
		}
		facts[row.ID] = doc
	}
	return facts, nil
}

// Required implements [apply.Reader].
func (r *reader) Required(ctx context.Context, kind string) ([]string, error) {
	var rows []diff.CustomField
	if err := r.engine.selectAll(ctx, &rows, "query/custom_field_owned"); err != nil {
		return nil, err
	}
	var out []string
	for _, row := range rows {
		if row.Kind == kind && row.Required {
			out = append(out, row.Name)
		}
	}
	return out, nil
}

// PortDevices implements [apply.Reader]: from the mirror where it has the ports, else from
// NetBox.
func (r *reader) PortDevices(ctx context.Context, ports []string) (map[string]int64, error) {
	ids := map[string][]string{}
	for _, port := range ports {
		model, id, _ := strings.Cut(port, ":")
		ids[model] = append(ids[model], id)
	}
	out := map[string]int64{}
	for model, list := range ids {
		if err := r.portDevices(ctx, model, list, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r *reader) portDevices(ctx context.Context, model string, ids []string, out map[string]int64) error {
	known := r.engine.db.Kinds().Known()
	at := slices.IndexFunc(known, func(k kinds.Kind) bool { return k.ObjectType == model && k.Parent != "" })
	if at < 0 {
		return nil
	}
	kind := known[at]
	if !kind.Lazy {
		var rows []struct{ ID, Parent int64 }
		st := r.engine.db.Statements().For("query/part_of", kind)
		if err := r.engine.selectStatement(ctx, &rows, st, sql.Named("ids", "["+strings.Join(ids, ",")+"]")); err != nil {
			return err
		}
		for _, row := range rows {
			out[change.Port(model, row.ID)] = row.Parent
		}
		return nil
	}
	for list := range slices.Chunk(ids, 50) { // ids per request line
		err := r.each(ctx, kind.Name, "id,device", url.Values{"id": list}, func(o object) {
			out[change.Port(model, o.ID)] = o.Device.ID
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// object is what the applier's questions need of an object.
type object struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	LastUpdated string `json:"last_updated"`
	Device      struct {
		ID int64 `json:"id"`
	} `json:"device"`
	CustomFields map[string]any `json:"custom_fields"`
}

func (r *reader) each(ctx context.Context, name, fields string, query url.Values, visit func(object)) error {
	query.Set("fields", fields)
	for page, err := range r.engine.client.Pages(ctx, r.engine.db.Kinds().Must(name), query) {
		if err != nil {
			return err
		}
		if err := eachObject(page.Body, visit); err != nil {
			return err
		}
	}
	return nil
}

func eachObject(body []byte, visit func(object)) error {
	var page struct {
		Results []object `json:"results"`
	}
	if err := json.Unmarshal(body, &page); err != nil {
		return fmt.Errorf("read page: %w", err)
	}
	for _, o := range page.Results {
		visit(o)
	}
	return nil
}
