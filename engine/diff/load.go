package diff

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/jmoiron/sqlx"

	sqlfile "github.com/diet-project/diet/sql"
)

// loadDesired writes the topology into the desired_* tables, each object under
// the id that NetBox has it under.
func (d *differ) loadDesired() error {
	d.order = wants(d.topo, d.ids)
	d.wanted = make(map[key]*wanted, len(d.order))
	inserts := map[string]*sqlx.Stmt{}
	for _, kind := range Owned {
		stmt, err := d.tx.PreparexContext(d.ctx, sqlfile.MustLoad("query/desired_"+kind+"_insert"))
		if err != nil {
			return fmt.Errorf("prepare desired %s: %w", kind, err)
		}
		defer func() { _ = stmt.Close() }()
		inserts[kind] = stmt
	}
	for _, w := range d.order {
		d.wanted[key{w.kind, w.bears}] = w
		if d.twice(w) {
			continue
		}
		if err := d.insert(inserts[w.kind], w); err != nil {
			return fmt.Errorf("load %s %q: %w", w.kind, w.object, err)
		}
	}
	return nil
}

func (d *differ) insert(stmt *sqlx.Stmt, w *wanted) error {
	fields, err := encode(w.fields)
	if err != nil {
		return err
	}
	initial, err := encode(w.initial)
	if err != nil {
		return err
	}
	args := []any{
		sql.Named("object", w.bears), sql.Named("plan", d.plan), sql.Named("source", w.source),
		sql.Named("id", sql.NullInt64{Int64: w.id, Valid: w.id != 0}),
		sql.Named("fields", fields), sql.Named("initial", initial),
	}
	if w.kind == "interface" {
		args = append(args, sql.Named("owner", d.ids.bears("device", w.owner)))
	}
	_, err = stmt.ExecContext(d.ctx, args...)
	return err
}

// encode writes an object with its keys sorted and no HTML escapes.
func encode(v any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", fmt.Errorf("encode fields: %w", err)
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}
