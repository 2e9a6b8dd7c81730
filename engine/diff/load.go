package diff

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/value"
)

const (
	// batch is how many objects go into one statement.
	batch = 1000

	// burst is how many rows are written before others may write too.
	burst = 20_000
)

// loader brings the table desired up to what the topology wants.
type loader struct {
	*differ
	stated  []int64      // of each object of the topology, in order: a digest of what it states
	loaded  []loaded     // rows of the table, by digest
	left    int          // how many of them nothing has claimed yet
	rows    [][]any      // to be written
	written map[key]bool // what has been written while there was anything left of them
}

// loaded is a row of the table.
type loaded struct {
	digest, row int64
	claimed     bool
}

// loadDesired brings the table desired up to what the topology wants, each object under
// the id that NetBox has it under. What the last diff wanted already stays as it is; where
// the ids are the same too, only what the plan states otherwise is looked at.
func (d *differ) loadDesired() error {
	l := loader{differ: d, written: map[key]bool{}}
	total := l.state()
	bring := d.renewLoaded
	if !d.side.kept || d.side.fresh || d.side.last.Stated != total {
		bring = func() error { return l.load(total) }
	}
	if err := bring(); err != nil {
		return err
	}
	return d.findConcerned()
}

// state makes the digests of what the objects of the topology state, and one over all.
func (l *loader) state() (total int64) {
	l.stated = make([]int64, l.topo.Len())
	var buf []byte
	for i := range l.stated {
		buf = l.topo.StatedAt(buf[:0], i)
		l.stated[i] = value.Digest(buf)
	}
	return value.DigestAll(l.stated)
}

// load writes what differs from what the last diff wanted.
func (l *loader) load(total int64) error {
	if err := l.readLoaded(); err != nil {
		return err
	}
	var part []int
	for i := range l.stated {
		if l.side.kept && l.claimed(l.stated[i]) {
			continue
		}
		if part = append(part, i); len(part) == batch {
			if err := l.add(part); err != nil {
				return err
			}
			part = part[:0]
		}
	}
	if err := l.add(part); err != nil {
		return err
	}
	stale, err := l.stale()
	if err != nil {
		return err
	}
	return l.mirror.Write(l.ctx, func() error {
		if err := l.flush(); err != nil {
			return err
		}
		if err := l.forget(stale); err != nil {
			return err
		}
		return l.side.keep(l.differ, total)
	})
}

// readLoaded reads the digests of what the last diff wanted: of what was stated, or of the
// whole rows where the ids may be others. Where some objects are there only now, those are
// of what was not yet there, and of what refers to such.
func (l *loader) readLoaded() error {
	name := "query/desired_digest"
	switch {
	case l.side.kept && l.side.fresh:
		name = "query/desired_open"
	case l.side.kept:
		name = "query/desired_stated"
	}
	rows, err := l.mirror.Tx().QueryContext(l.ctx, l.statements.Get(name).Text)
	if err != nil {
		return fmt.Errorf("run %s: %w", name, err)
	}
	defer func() { _ = rows.Close() }()
	var row, digest any // which are scanned faster than numbers
	for rows.Next() {
		if err := rows.Scan(&row, &digest); err != nil {
			return err
		}
		l.loaded = append(l.loaded, loaded{digest: digest.(int64), row: row.(int64)})
	}
	l.left = len(l.loaded)
	slices.SortFunc(l.loaded, func(a, b loaded) int { return cmp.Compare(a.digest, b.digest) })
	return rows.Err()
}

// claimed reports whether a row has a digest, and keeps it.
func (l *loader) claimed(digest int64) bool {
	i, is := slices.BinarySearchFunc(l.loaded, digest, func(row loaded, digest int64) int { return cmp.Compare(row.digest, digest) })
	if !is || l.loaded[i].claimed {
		return false
	}
	l.loaded[i].claimed = true
	l.left--
	return true
}

// add makes the rows of objects of the topology, by their places there, and writes them
// now and then.
func (l *loader) add(part []int) error {
	if err := l.lookUpRefs(part); err != nil {
		return err
	}
	for _, i := range part {
		w := l.want(i)
		if l.leftAlone(w) {
			continue
		}
		row, err := l.row(w, l.stated[i])
		if err != nil {
			return fmt.Errorf("load %s %q: %w", w.kind, w.object, err)
		}
		if l.claimed(row[len(row)-1].(int64)) {
			continue
		}
		if l.rows = append(l.rows, row); l.left > 0 {
			l.written[key{w.kind, w.knownAs}] = true // else nothing can be stale
		}
	}
	clear(l.ids.lookedUp) // what lies near in the plan refers to the same
	if len(l.rows) < burst {
		return nil
	}
	return l.mirror.Write(l.ctx, func() error {
		if err := l.exec(l.statements.Get("query/loaded_clear")); err != nil {
			return err
		}
		return l.flush()
	})
}

// row is an object's row of the table desired, in the order of its columns; the last one
// is a digest of all others.
func (d *differ) row(w *wanted, stated int64) ([]any, error) {
	var id, owner any
	if w.id != 0 {
		id = w.id
	}
	if w.owner != "" {
		owner = d.ids.knownAs(d.kinds.Must(w.kind).ParentKind(), w.owner)
	}
	fields, err := value.Encode(w.fields)
	if err != nil {
		return nil, err
	}
	initial, err := value.Encode(w.initial)
	row := []any{
		w.kind, w.knownAs, d.plan, w.source, id, owner, fields, initial, w.pending(), w.sign(d.ids.released[place{w.kind, w.id}]), stated,
	}
	return append(row, value.Hash(row...)), err
}

// pending reports whether an object refers to one that is not in NetBox yet.
func (w *wanted) pending() bool {
	for _, fields := range []map[string]any{w.fields, w.initial} {
		for name, v := range fields {
			if _, is := change.Pending(w.kind, name, v); is {
				return true
			}
		}
	}
	return false
}

// byKey orders rows that begin with the kind and the object as their tables do: SQLite finds the
// place of each beside that of the last one.
func byKey(a, b []any) int {
	return cmp.Or(cmp.Compare(a[0].(string), b[0].(string)), cmp.Compare(a[1].(string), b[1].(string)))
}

// flush writes rows, and the want side of their signatures.
func (l *loader) flush() error {
	slices.SortFunc(l.rows, byKey)
	signatures := make([][]any, len(l.rows))
	for i, row := range l.rows {
		signatures[i] = []any{row[0], row[1], row[4], row[2], row[9]}
	}
	if err := l.execEach(l.statements.Get("query/desired_insert"), l.rows); err != nil {
		return err
	}
	l.rows = l.rows[:0]
	return l.execEach(l.statements.Get("query/signature_want"), signatures)
}

// stale are what the last diff wanted and this one does not.
func (l *loader) stale() ([][]any, error) {
	rows := make([]int64, 0, l.left)
	for _, row := range l.loaded {
		if !row.claimed {
			rows = append(rows, row.row)
		}
	}
	slices.Sort(rows)
	var out [][]any
	for part := range slices.Chunk(rows, batch) {
		list, err := value.Encode(part)
		if err != nil {
			return nil, err
		}
		var names []struct{ Kind, Object string }
		if err := l.selectAll(&names, l.statements.Get("query/desired_stale"), sql.Named("rows", list)); err != nil {
			return nil, err
		}
		for _, n := range names {
			if !l.written[key{n.Kind, n.Object}] {
				out = append(out, []any{n.Kind, n.Object})
			}
		}
	}
	slices.SortFunc(out, byKey)
	return out, nil
}

// forget deletes what the last diff wanted and this one does not.
func (l *loader) forget(stale [][]any) error {
	if len(stale) == 0 {
		return nil
	}
	for _, name := range []string{"query/desired_delete", "query/signature_forget"} {
		if err := l.execEach(l.statements.Get(name), stale); err != nil {
			return err
		}
	}
	return l.exec(l.statements.Get("query/signature_sweep"))
}
