package diff

import (
	"fmt"
	"slices"
)

// markedOpen reads the objects that are the plan's or have its marks, and returns those of which
// more than the id matters: whose marks are in doubt, of which a field was released, that share
// their id with another. Of the others, nearly all of a million, it keeps the id alone.
func (d *differ) markedOpen() ([]ownedID, error) {
	var open []ownedID
	again := map[key]bool{}
	err := d.eachMarked(func(r *ownedID) {
		sure := d.certain(*r)
		if sure {
			k := key{r.Kind, r.Object}
			if _, held := d.ids.byObject[k]; held {
				again[k] = true
			}
			d.ids.byObject[k] = r.ID
		}
		if !sure || !plain(*r) || d.isBare(*r) {
			open = append(open, *r)
		}
	})
	if err != nil || len(again) == 0 {
		return open, err
	}
	shares := func(r *ownedID) bool { return again[key{r.Kind, r.Object}] && d.certain(*r) }
	open = slices.DeleteFunc(open, func(r ownedID) bool { return shares(&r) })
	for k := range again {
		delete(d.ids.byObject, k)
	}
	return open, d.eachMarked(func(r *ownedID) {
		if shares(r) {
			open = append(open, *r)
		}
	})
}

// eachMarked reads those objects one by one, into the same place.
func (d *differ) eachMarked(do func(r *ownedID)) error {
	st := d.statements.Get("query/owned_id")
	rows, err := d.mirror.Tx().QueryxContext(d.ctx, st.Text, d.planArg())
	if err != nil {
		return fmt.Errorf("run %s: %w", st.Name, err)
	}
	defer func() { _ = rows.Close() }()
	var r ownedID
	var kind string
	for rows.Next() {
		if err := rows.StructScan(&r); err != nil {
			return fmt.Errorf("run %s: %w", st.Name, err)
		}
		if r.Kind != kind {
			kind = r.Kind
		}
		r.Kind = kind // which all of the kind share
		do(&r)
	}
	return rows.Err()
}
