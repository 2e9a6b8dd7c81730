package mirror

import (
	"fmt"

	"github.com/diet-project/diet/mirror/value"
)

// OwnedRow is a row of the view owned, as the statements of sql/ select it.
type OwnedRow struct {
	Base        string `db:"base"`
	Initial     string `db:"initial"`
	Keys        string `db:"keys"`
	Released    string `db:"released"`
	Tmp         string `db:"tmp"`
	Doc         string `db:"doc"`
	LastUpdated string `db:"last_updated"`
	Turned      bool   `db:"turned"`
	Version     int    `db:"version"`
	Tagged      string `db:"tagged"`
}

// Owned is an object as the mirror last saw it. Values are those of package value.
type Owned struct {
	Base        map[string]any // field ownership: the value last applied
	Initial     map[string]any // the same, of fields that are only set at creation
	Keys        map[string]any // the natural keys that the shared objects in base had then; of tags their NetBox ids
	Released    map[string]any // fields that a person released
	Tmp         map[string]any // what diet wrote temporarily
	Have        map[string]any // every tracked field
	LastUpdated string         // NetBox's last_updated, the source of the ETag
	Turned      bool           // of a cable: NetBox's side A is b here, its B is a
	Version     int            // of diet's record, 0 for none
	Tags        map[string]any // the NetBox ids of its tags, by the fields that they are in Have
}

// Read decodes a row.
func (r OwnedRow) Read() (Owned, error) {
	o := Owned{LastUpdated: r.LastUpdated, Turned: r.Turned, Version: r.Version}
	for _, part := range []struct {
		name, text string
		dest       *map[string]any
	}{
		{"base", r.Base, &o.Base}, {"initial", r.Initial, &o.Initial}, {"keys", r.Keys, &o.Keys}, {"released", r.Released, &o.Released},
		{"tmp", r.Tmp, &o.Tmp}, {"fields", r.Doc, &o.Have}, {"tags", r.Tagged, &o.Tags},
	} {
		var err error
		if *part.dest, err = value.ReadObject(part.text); err != nil {
			return o, fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return o, nil
}

// Column is a value as a column of the mirror holds it: as JSON if SQLite has no type
// for it.
func Column(v any) (any, error) {
	switch v := value.Of(v).(type) {
	case nil, int64, float64, string:
		return v, nil
	case bool:
		if v {
			return int64(1), nil
		}
		return int64(0), nil
	default:
		return value.Encode(v)
	}
}
