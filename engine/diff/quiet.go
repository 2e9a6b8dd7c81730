package diff

import (
	"fmt"
	"slices"

	"github.com/diet-project/diet/mirror/value"
)

// markedOpen reads the objects that are the plan's or have its marks, and returns those of which
// more than the id matters: whose marks are in doubt, of which a field was released, that share
// their id with another. Of the others, nearly all of a million, it keeps eight bytes while it reads.
func (d *differ) markedOpen() ([]ownedID, error) {
	var open []ownedID
	var sums []int64
	err := d.eachMarked(func(r *ownedID) {
		sure := d.certain(*r)
		if sure {
			sums = append(sums, r.sum())
		}
		if !sure || !plain(*r) || d.isBare(*r) {
			open = append(open, *r)
		}
	})
	again := repeated(sums)
	if err != nil || len(again) == 0 {
		return open, err
	}
	shares := func(r *ownedID) bool { return again[r.sum()] && d.certain(*r) }
	open = slices.DeleteFunc(open, func(r ownedID) bool { return shares(&r) })
	return open, d.eachMarked(func(r *ownedID) {
		if shares(r) {
			open = append(open, *r)
		}
	})
}

// sum is a digest of the kind and the object id: objects that share their id have the same.
func (r *ownedID) sum() int64 { return value.DigestText(r.Kind, r.Object) }

// repeated are the numbers of which there are several.
func repeated(sums []int64) map[int64]bool {
	slices.Sort(sums)
	out := map[int64]bool{}
	for i := 1; i < len(sums); i++ {
		if sums[i] == sums[i-1] {
			out[sums[i]] = true
		}
	}
	return out
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
