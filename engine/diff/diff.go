// Package diff joins what a plan wants with what NetBox has.
//
// A topology is loaded into the desired_* tables of the mirror, references
// resolved to NetBox ids; the statements under sql/diff compare the three sides
// (want, base, have); what they find becomes a [change.Set]. Objects that exist
// on one side only are told apart: absent, missing, found by natural key,
// blocked, orphaned. The package decides nothing and writes nothing but the
// desired side and the result of the last diff.
package diff

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
	sqlfile "github.com/diet-project/diet/sql"
)

// Owned lists the kinds whose objects diet owns, what others need first.
var Owned = []string{"rack", "device", "interface", "cable"}

// Diff compares one plan's topology with the mirror, in one transaction. The
// set is sorted; its verdicts are empty. It fails with a [*MissingError] where
// the plan names shared objects that must exist and do not.
func Diff(ctx context.Context, db *sqlx.DB, topo *generate.Topology) (*change.Set, error) {
	tx, err := mirror.Begin(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("begin diff: %w", err)
	}
	defer func() { _ = tx.Rollback() }()

	d := &differ{ctx: ctx, tx: tx, topo: topo, plan: topo.Plan.Key, gone: map[string]int{}}
	set, err := d.run()
	if err != nil {
		return nil, err
	}
	if err := tx.Commit(); err != nil {
		return nil, fmt.Errorf("commit diff: %w", err)
	}
	return set, nil
}

// differ is one diff under way.
type differ struct {
	ctx  context.Context
	tx   *sqlx.Tx
	topo *generate.Topology
	plan string

	ids     index            // NetBox ids of what the plan refers to
	wanted  map[key]*wanted  // every object of the topology
	order   []*wanted        // the same, in topology order
	changes []change.Change  // what has been found so far
	skip    map[key]struct{} // objects with an identity conflict
	gone    map[string]int   // devices that somebody deleted, by their place in changes
}

type key struct{ kind, object string }

func (d *differ) run() (*change.Set, error) {
	steps := []func() error{
		d.clear,
		d.loadIndex,
		d.findIdentities,
		d.loadShared,
		d.loadDesired,
		d.compare,
		d.findRenamed,
		d.findCreates,
		d.findOrphans,
		d.findBlockers,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	set := &change.Set{Plan: d.plan, Changes: d.changes}
	set.Sort()
	return set, nil
}

// clear forgets the last diff.
func (d *differ) clear() error {
	names := []string{"query/difference_clear", "query/signature_forget", "query/signature_sweep"}
	for _, kind := range Owned {
		names = append(names, "query/desired_"+kind+"_clear")
	}
	for _, name := range names {
		if err := d.exec(name); err != nil {
			return err
		}
	}
	return nil
}

// compare runs the three-way diff of each kind and reads its result.
func (d *differ) compare() error {
	for _, kind := range Owned {
		if err := d.exec("query/signature_" + kind + "_want"); err != nil {
			return err
		}
		if err := d.exec("diff/" + kind); err != nil {
			return err
		}
	}
	var rows []differenceRow
	if err := d.selectAll(&rows, "query/difference_list", sql.Named("plan", d.plan)); err != nil {
		return err
	}
	for start := 0; start < len(rows); {
		end := start + 1
		for end < len(rows) && rows[end].Kind == rows[start].Kind && rows[end].Object == rows[start].Object {
			end++
		}
		if err := d.addChanged(rows[start:end]); err != nil {
			return err
		}
		start = end
	}
	return nil
}

type differenceRow struct {
	Kind   string       `db:"kind"`
	Object string       `db:"object"`
	Field  string       `db:"field"`
	Class  change.Class `db:"class"`
	Base   any          `db:"base"`
	Want   any          `db:"want"`
	Have   any          `db:"have"`
	Known  bool         `db:"known"`
	Stated bool         `db:"stated"`
}

// addChanged turns the differing fields of one object into its change.
func (d *differ) addChanged(rows []differenceRow) error {
	w := d.wanted[key{rows[0].Kind, rows[0].Object}]
	if w == nil {
		return fmt.Errorf("diff %s %q: not in the topology", rows[0].Kind, rows[0].Object)
	}
	c, err := d.changed(w)
	if err != nil {
		return err
	}
	for _, r := range rows {
		f := change.Field{
			Name: r.Field, Class: r.Class,
			Base: r.Base, Want: r.Want, Have: r.Have,
			Known: r.Known, Stated: r.Stated,
		}
		if writes(r.Class) {
			c.Action = change.Update
		}
		blame, err := d.blame(w.kind, w.id, r.Field)
		if err != nil {
			return err
		}
		f.Blame = blame
		c.Fields = append(c.Fields, f)
	}
	c.Needs = needs(c.Fields)
	d.changes = append(d.changes, c)
	return nil
}

// findRenamed adds the objects whose key was renamed and that differ in nothing
// else: they bear their new id from now on.
func (d *differ) findRenamed() error {
	for _, w := range d.order {
		if w.bears == w.object || w.changed || d.twice(w) {
			continue
		}
		c, err := d.changed(w)
		if err != nil {
			return err
		}
		d.changes = append(d.changes, c)
	}
	return nil
}

// changed starts the change of an object that is there and ours. One whose key
// was renamed differs in its id, which is ownership alone.
func (d *differ) changed(w *wanted) (change.Change, error) {
	w.changed = true
	c := d.changeOf(w, change.Changed, change.Own)
	if w.bears != w.object {
		c.Fields = append(c.Fields, change.Field{
			Name: change.ObjectID, Class: change.Planned, Base: w.bears, Want: w.object, Have: w.bears, Known: true, Stated: true,
		})
	}
	var err error
	c.Before, err = d.before(w.kind, w.id)
	return c, err
}

// writes reports whether a field of the class may lead to a write of its value.
func writes(class change.Class) bool {
	switch class {
	case change.Converged, change.Agreed, change.Relinquished:
		return false
	}
	return true
}

// changeOf starts the change of a wanted object.
func (d *differ) changeOf(w *wanted, class change.Class, action change.Action) change.Change {
	return change.Change{
		Kind: w.kind, Object: w.object, Name: w.name, NetBoxID: w.id, Plan: d.plan,
		Source: w.source, Owner: w.owner, Class: class, Action: action,
	}
}

// exec runs one statement of sql/.
func (d *differ) exec(name string, args ...any) error {
	if _, err := d.tx.ExecContext(d.ctx, sqlfile.MustLoad(name), args...); err != nil {
		return fmt.Errorf("run %s: %w", name, err)
	}
	return nil
}

// selectAll reads all rows of one statement of sql/.
func (d *differ) selectAll(dest any, name string, args ...any) error {
	if err := d.tx.SelectContext(d.ctx, dest, sqlfile.MustLoad(name), args...); err != nil {
		return fmt.Errorf("run %s: %w", name, err)
	}
	return nil
}
