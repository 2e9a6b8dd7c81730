package diff

import (
	"cmp"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// referrerRow is an object that refers to a doomed one.
type referrerRow struct {
	Target int64  `db:"target"`
	ID     int64  `db:"id"`
	Name   string `db:"name"`
	Plan   string `db:"plan"`
}

// references finds what hangs on the doomed objects of a kind and does not belong to the
// plan, by NetBox id. Parts go with the whole and are looked into in their place: an IP
// address on an interface hangs on the device.
func (d *differ) references(kind kinds.Kind, ids []int64) (map[int64][]change.Reference, error) {
	found := map[int64]map[place]string{}
	roots := make(map[int64][]int64, len(ids))
	for _, id := range ids {
		found[id] = map[place]string{}
		roots[id] = []int64{id}
	}
	if err := d.findReferrers(kind, roots, found); err != nil {
		return nil, err
	}
	out := make(map[int64][]change.Reference, len(found))
	for id, places := range found {
		for _, p := range slices.SortedFunc(maps.Keys(places), func(a, b place) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.id, b.id)) }) {
			blame, err := d.created(p.kind, p.id)
			if err != nil {
				return nil, err
			}
			out[id] = append(out[id], change.Reference{Kind: p.kind, ID: p.id, Name: places[p], Blame: blame})
		}
	}
	return out, nil
}

// findReferrers adds what refers to objects of a kind to what was found for the doomed
// objects that these are, or are parts of: roots.
func (d *differ) findReferrers(kind kinds.Kind, roots map[int64][]int64, found map[int64]map[place]string) error {
	if len(roots) == 0 {
		return nil
	}
	ids, err := idList(roots)
	if err != nil {
		return err
	}
	for _, ref := range d.kinds.Referrers(kind) {
		if ref.Field.Name == ref.Kind.StandsFor {
			continue // a cable's own terminations
		}
		var rows []referrerRow
		err := d.selectAll(&rows, d.statements.ForField("query/referrer", ref.Kind, ref.Field), sql.Named("ids", ids), sql.Named("type", kind.ObjectType))
		if err != nil {
			return err
		}
		if ref.Kind.Parent == ref.Field.Name {
			parts := map[int64][]int64{}
			for _, r := range rows {
				parts[r.ID] = append(parts[r.ID], roots[r.Target]...)
			}
			if err := d.findReferrers(ref.Kind, parts, found); err != nil {
				return err
			}
			continue
		}
		d.addReferrers(ref.Kind, rows, roots, found)
	}
	return nil
}

func (d *differ) addReferrers(kind kinds.Kind, rows []referrerRow, roots map[int64][]int64, found map[int64]map[place]string) {
	counted := cmp.Or(kind.Refers(kind.StandsFor), kind.Name)
	for _, r := range rows {
		if r.Plan == d.plan {
			continue
		}
		for _, root := range roots[r.Target] {
			found[root][place{counted, r.ID}] = r.Name
		}
	}
}

// idList makes the JSON array that statements take as :ids.
func idList[V any](ids map[int64]V) (string, error) {
	list := make([]any, 0, len(ids))
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		list = append(list, id)
	}
	text, err := value.Encode(list)
	if err != nil {
		return "", fmt.Errorf("encode ids: %w", err)
	}
	return text, nil
}
