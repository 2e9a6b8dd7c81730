package diff

import (
	"database/sql"
	"fmt"

	"github.com/diet-project/diet/mirror/value"
)

// loadDesired writes the topology into the table desired, each object under the id that
// NetBox has it under, with the hash of its fields.
func (d *differ) loadDesired() error {
	d.order = wants(d.topo, d.ids)
	d.wanted = make(map[key]*wanted, len(d.order))
	for _, w := range d.order {
		d.wanted[key{w.kind, w.knownAs}] = w
		if d.leftAlone(w) {
			continue
		}
		if err := d.insert(w); err != nil {
			return fmt.Errorf("load %s %q: %w", w.kind, w.object, err)
		}
	}
	return nil
}

func (d *differ) insert(w *wanted) error {
	fields, err := value.Encode(w.fields)
	if err != nil {
		return err
	}
	initial, err := value.Encode(w.initial)
	if err != nil {
		return err
	}
	owner := sql.NullString{Valid: w.owner != ""}
	if owner.Valid {
		owner.String = d.ids.knownAs(d.kinds.Must(w.kind).ParentKind(), w.owner)
	}
	return d.exec(d.statements.Get("query/desired_insert"),
		sql.Named("kind", w.kind), sql.Named("object", w.knownAs), sql.Named("plan", d.plan), sql.Named("source", w.source),
		sql.Named("id", sql.NullInt64{Int64: w.id, Valid: w.id != 0}), sql.Named("owner", owner),
		sql.Named("fields", fields), sql.Named("initial", initial),
		sql.Named("want", value.Sign(w.fields, d.ids.released[place{w.kind, w.id}], w.fields)))
}
