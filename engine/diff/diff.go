// Package diff compares what a plan wants with what NetBox has.
//
// It loads a topology into the mirror's table desired, with references resolved to
// NetBox ids. SQL joins the signatures of the three sides (want, base, have) and opens
// the objects that differ; their differences become a [change.Set]. Objects that exist
// on one side only are told apart: absent, missing, found by natural key, blocked,
// orphaned. The package decides nothing and writes nothing but the desired side and the
// result of the last diff.
package diff

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	sqlfile "github.com/diet-project/diet/sql"
)

// Diff compares one plan's topology with the mirror, in one transaction. The
// set is sorted; its verdicts are empty, but for what people told.
func Diff(ctx context.Context, db *mirror.DB, topo *generate.Topology, said Told) (*change.Set, error) {
	tx, err := db.Begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("begin diff: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := db.Finished(ctx, tx); err != nil {
		return nil, err
	}

	d := &differ{
		ctx: ctx, tx: tx, kinds: db.Kinds(), statements: db.Statements(), compiled: map[string]*sqlx.Stmt{},
		topo: topo, plan: topo.Plan.Key, wholes: map[string]int{}, begun: map[place]string{},
		told: told{Told: said, objects: map[Place]string{}, bare: map[Place]bool{}, class: map[Place]change.Class{}},
	}
	set, err := d.run()
	if err != nil {
		return nil, err
	}
	if err := tx.Commit(); err != nil {
		return nil, fmt.Errorf("commit diff: %w", err)
	}
	return set, nil
}

// differ is one diff in progress.
type differ struct {
	ctx        context.Context
	tx         *sqlx.Tx
	kinds      kinds.Registry
	statements *sqlfile.Statements
	compiled   map[string]*sqlx.Stmt // closed with the transaction
	topo       *generate.Topology
	plan       string

	ids     index           // NetBox ids of what the plan refers to
	wanted  map[key]*wanted // every object of the topology
	order   []*wanted       // the same, in topology order
	changes []change.Change // what has been found so far

	claims  map[key]*claim    // what stands where the plan wants objects that nothing has the id of
	claimed map[place]*wanted // the same, by what stands there

	lasting []lasting // fields that are set at creation, and stay as others made them

	begun map[place]string // slugs of the shared objects that an earlier run began and this one finishes

	findings []change.Notice  // problems and notes found so far
	skip     map[key]struct{} // objects that are left alone: nothing is written to them
	alone    map[string]bool  // those of them that a person took over, by diet id

	marks     marks          // objects whose marks do not prove who owns them
	lost      map[key]bool   // objects that disappeared without an explanation
	deletions map[key]bool   // by type, those that the changelog has a deletion of; nil until it is asked
	wholes    map[string]int // objects that somebody deleted or made, by their place in changes
	told      told
}

// key is an object of the plan.
type key struct{ kind, object string }

// place is an object of NetBox.
type place struct {
	kind string
	id   int64
}

func (d *differ) run() (*change.Set, error) {
	steps := []func() error{
		d.clear,
		d.loadIndex,
		d.loadLost,
		d.findIdentities,
		d.loadShared,
		d.loadDesired,
		d.claim,
		d.compare,
		d.compareTold,
		d.findRenamed,
		d.tellKept,
		d.compareAsked,
		d.findCreates,
		d.findRequired,
		d.findOrphans,
		d.warnOfProposals,
		d.waitForAsked,
		d.findBlockers,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	set := &change.Set{Plan: d.plan, Changes: d.changes, Findings: d.findings}
	set.Sort()
	return set, nil
}

// clear forgets what the last diff found.
func (d *differ) clear() error { return d.exec(d.statements.Get("query/difference_clear")) }

// changeOf starts the change of a wanted object.
func (d *differ) changeOf(w *wanted, class change.Class, action change.Action) change.Change {
	return change.Change{
		Kind: w.kind, Object: w.object, Name: w.name, NetBoxID: w.id, Plan: d.plan,
		Source: w.source, Owner: w.owner, Class: class, Action: action, Keys: w.keys, Initial: w.initial,
	}
}

// prepare compiles a statement, once per diff; its transaction closes it.
func (d *differ) prepare(st sqlfile.Statement) (*sqlx.Stmt, error) {
	if stmt := d.compiled[st.Name]; stmt != nil {
		return stmt, nil
	}
	stmt, err := d.tx.PreparexContext(d.ctx, st.Text)
	if err != nil {
		return nil, fmt.Errorf("prepare %s: %w", st.Name, err)
	}
	d.compiled[st.Name] = stmt
	return stmt, nil
}

// exec runs one statement of sql/.
func (d *differ) exec(st sqlfile.Statement, args ...any) error {
	stmt, err := d.prepare(st) //nolint:sqlclosecheck // see prepare
	if err != nil {
		return err
	}
	if _, err := stmt.ExecContext(d.ctx, args...); err != nil {
		return fmt.Errorf("run %s: %w", st.Name, err)
	}
	return nil
}

// selectAll runs one query of sql/ and reads all its rows.
func (d *differ) selectAll(dest any, st sqlfile.Statement, args ...any) error {
	stmt, err := d.prepare(st) //nolint:sqlclosecheck // see prepare
	if err != nil {
		return err
	}
	if err := stmt.SelectContext(d.ctx, dest, args...); err != nil {
		return fmt.Errorf("run %s: %w", st.Name, err)
	}
	return nil
}
