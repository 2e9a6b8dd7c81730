package diff

import (
	"database/sql"
)

// everKnownAs are the ids that a wanted object that is not there has and had, the latest first; then those under which
// what had one of these went, unless they are the plan's for something else: a run that gave it such an id was rolled
// back since, or what the plan said of it then is no longer in it.
func (d *differ) everKnownAs(w *wanted) ([]string, error) {
	names := d.ids.everKnownAs(w.object)
	gone, err := d.goneAs()
	if err != nil {
		return nil, err
	}
	kind := d.kinds.Must(w.kind)
	for _, name := range names {
		for _, later := range gone[key{kind.ObjectType, name}] {
			if d.wanted[key{w.kind, later}] == nil && d.ids.id(w.kind, later) == 0 {
				names = append(names, later)
			}
		}
	}
	return names, nil
}

// goneAs are the ids under which objects of the plan went, by type and by each other id that these had before.
func (d *differ) goneAs() (map[key][]string, error) {
	if d.gone != nil {
		return d.gone, nil
	}
	var rows []struct{ Type, Object, Was string }
	if err := d.selectAll(&rows, d.statements.Get("query/object_gone"), sql.Named("plan", d.plan)); err != nil {
		return nil, err
	}
	d.gone = make(map[key][]string, len(rows))
	for _, r := range rows {
		at := key{r.Type, r.Was}
		d.gone[at] = append(d.gone[at], r.Object)
	}
	return d.gone, nil
}
