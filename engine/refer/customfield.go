package refer

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
)

// objectField is a custom field that refers to objects.
type objectField struct {
	Name    string `db:"name"`
	Type    string `db:"type"`
	Bearers string `db:"object_types"` // JSON list
	Related string `db:"related_object_type"`
}

// customFields finds what refers to objects of a kind through a custom field.
func (w *walk) customFields(kind kinds.Kind) error {
	if w.NetBox == nil {
		return nil
	}
	var fields []objectField
	if err := w.selectAll(&fields, w.DB.Statements().Get("query/custom_field_object")); err != nil {
		return err
	}
	for _, f := range fields {
		if f.Related != kind.ObjectType {
			continue
		}
		var types []string
		if err := json.Unmarshal([]byte(f.Bearers), &types); err != nil {
			return fmt.Errorf("read custom field %q: %w", f.Name, err)
		}
		for _, bearer := range types {
			if err := w.bearing(kind, f, bearer); err != nil {
				return err
			}
		}
	}
	return nil
}

// bearing finds the objects of a type that refer to objects of a kind through a custom
// field.
func (w *walk) bearing(kind kinds.Kind, f objectField, objectType string) error {
	bearer, known := w.kinds.Of(objectType)
	if !known {
		endpoint, err := w.endpoint(objectType)
		if err != nil {
			return err
		}
		if endpoint == "" {
			w.doubt(kind, fmt.Sprintf("custom field %s of %s refers to it, and NetBox does not say where those are listed", f.Name, objectType))
			return nil
		}
		bearer = kinds.Kind{Name: objectType, Endpoint: endpoint, ObjectType: objectType}
	}
	for part := range slices.Chunk(w.ids(kind), perPage) {
		query := url.Values{"fields": {"id,display,custom_fields"}}
		for _, id := range part {
			query.Add("cf_"+f.Name, strconv.FormatInt(id, 10))
		}
		rows, err := w.pages(bearer, query)
		if why := unreadable(bearer, err); why != "" {
			w.doubt(kind, why)
			return nil
		}
		if err != nil {
			return err
		}
		for _, row := range rows {
			w.addBearer(kind, bearer, f, row)
		}
	}
	return nil
}

func (w *walk) addBearer(kind, bearer kinds.Kind, f objectField, row map[string]any) {
	custom, _ := row["custom_fields"].(map[string]any)
	values, many := custom[f.Name].([]any)
	if !many {
		values = []any{custom[f.Name]}
	}
	id := idOf(row)
	for _, v := range values {
		roots := w.roots[kind.Name][idOf(v)]
		if len(roots) > 0 && len(w.roots[bearer.Name][id]) == 0 {
			found := change.Reference{Kind: bearer.Name, ID: id, Name: name(row, id) + " (" + f.Name + ")", Clears: "cf." + f.Name}
			w.add(found, roots, false)
		}
	}
}
