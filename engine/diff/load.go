package diff

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"

	"github.com/diet-project/diet/mirror/value"
)

// loadDesired brings the table desired up to what the topology wants, each object under
// the id that NetBox has it under. What the last diff wanted already stays as it is.
func (d *differ) loadDesired() error {
	d.order = wants(d.topo, d.ids)
	d.wanted = make(map[key]*wanted, len(d.order))
	loaded, err := d.loaded()
	if err != nil {
		return err
	}
	var rows [][]any
	for _, w := range d.order {
		k := key{w.kind, w.knownAs}
		d.wanted[k] = w
		if d.leftAlone(w) {
			continue
		}
		row := d.desiredRow(w)
		if digest, ok := loaded[k]; !ok || digest != row[len(row)-1] {
			rows = append(rows, row)
		}
		delete(loaded, k)
	}
	return d.write(func() error {
		if err := d.writeDesired(rows); err != nil {
			return err
		}
		return d.forgetDesired(loaded)
	}, len(rows)+len(loaded))
}

// loaded are the digests of what the last diff wanted.
func (d *differ) loaded() (map[key]int64, error) {
	var rows []struct {
		Kind   string
		Object string
		Digest int64
	}
	if err := d.selectAll(&rows, d.statements.Get("query/desired_digest")); err != nil {
		return nil, err
	}
	out := make(map[key]int64, len(rows))
	for _, r := range rows {
		out[key{r.Kind, r.Object}] = r.Digest
	}
	return out, nil
}

// desiredRow is an object's row of the table desired, in the order of its columns; the
// last one is a digest of all others.
func (d *differ) desiredRow(w *wanted) []any {
	var id, owner any
	if w.id != 0 {
		id = w.id
	}
	if w.owner != "" {
		owner = d.ids.knownAs(d.kinds.Must(w.kind).ParentKind(), w.owner)
	}
	want := w.sign(d.ids.released[place{w.kind, w.id}])
	row := []any{w.kind, w.knownAs, d.plan, w.source, id, owner, w.fields, w.initial, want}
	return append(row, value.Hash(row...))
}

// batch is how many rows go into one statement.
const batch = 1000

// writeDesired writes rows of the table desired, and the want side of their signatures.
func (d *differ) writeDesired(rows [][]any) error {
	slices.SortFunc(rows, func(a, b []any) int {
		return cmp.Or(cmp.Compare(a[0].(string), b[0].(string)), cmp.Compare(a[1].(string), b[1].(string)))
	})
	for part := range slices.Chunk(rows, batch) {
		text, err := value.Encode(part)
		if err != nil {
			return fmt.Errorf("load the desired side: %w", err)
		}
		for _, name := range []string{"query/desired_insert", "query/signature_want"} {
			if err := d.exec(d.statements.Get(name), sql.Named("rows", text)); err != nil {
				return err
			}
		}
	}
	return nil
}

// forgetDesired deletes what the last diff wanted and this one does not.
func (d *differ) forgetDesired(unwanted map[key]int64) error {
	if len(unwanted) == 0 {
		return nil
	}
	rows := make([][]any, 0, len(unwanted))
	for k := range unwanted {
		rows = append(rows, []any{k.kind, k.object})
	}
	text, err := value.Encode(rows)
	if err != nil {
		return fmt.Errorf("load the desired side: %w", err)
	}
	for _, name := range []string{"query/desired_delete", "query/signature_forget"} {
		if err := d.exec(d.statements.Get(name), sql.Named("rows", text)); err != nil {
			return err
		}
	}
	return d.exec(d.statements.Get("query/signature_sweep"))
}
