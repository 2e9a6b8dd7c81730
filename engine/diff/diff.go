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
	"errors"
	"fmt"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	sqlfile "github.com/diet-project/diet/sql"
)

// attempts is how often a diff begins again because another process has written the mirror
// meanwhile. The last time it keeps others out.
const attempts = 4

// Diff compares one plan's topology with the mirror as it stands at one moment. The set is
// sorted; its verdicts are empty, but for what people told. Other processes may write the
// mirror meanwhile: nothing is locked but for the moments in which it writes itself.
func Diff(ctx context.Context, db *mirror.DB, topo *generate.Topology, said Told) (*change.Set, error) {
	for n := 1; ; n++ {
		set, err := diff(ctx, db, topo, said, n == attempts)
		if !errors.Is(err, mirror.ErrMoved) {
			return set, err
		}
	}
}

func diff(ctx context.Context, db *mirror.DB, topo *generate.Topology, said Told, held bool) (*change.Set, error) {
	snapshot, err := db.Snapshot(ctx, held)
	if err != nil {
		return nil, fmt.Errorf("begin diff: %w", err)
	}
	defer snapshot.Close()
	if err := db.Finished(ctx, snapshot.Tx()); err != nil {
		return nil, err
	}
	d := &differ{
		ctx: ctx, mirror: snapshot, kinds: db.Kinds(), statements: db.Statements(),
		topo: topo, plan: topo.Plan.Key, refs: map[string][]kinds.Field{}, wholes: map[string]int{},
		begun: map[place]string{}, bareObjects: map[key]bool{}, gathered: map[string]map[int64][]change.Reference{},
		side: side{doubtful: map[place]bool{}},
		told: told{Told: said, objects: map[Place]string{}, bare: map[Place]bool{}, class: map[Place]change.Class{}},
	}
	return d.run()
}

// differ is one diff in progress.
type differ struct {
	ctx        context.Context
	mirror     *mirror.Snapshot
	kinds      kinds.Registry
	statements *sqlfile.Statements
	topo       *generate.Topology
	plan       string

	anew map[former]int64 // shared objects that have another id than the records say

	side    side                     // what the desired side is made of
	ids     index                    // NetBox ids of what the plan refers to
	refs    map[string][]kinds.Field // by kind, the fields that refer to what diet owns
	wanted  map[key]*wanted          // the objects of the topology that the diff looks at
	order   []*wanted                // the same, in topology order
	changes []change.Change          // what has been found so far

	fields [][]any                 // rows of the table difference
	asked  []asked                 // what the changelog is asked at the end
	makers map[place]*change.Blame // who made what stands where the plan wants objects

	tags   tags                // that the plan means
	traded map[string][]string // by cable, those of an earlier plan that it is instead of; nil until asked for

	claims  map[key]*claim    // what stands where the plan wants objects that nothing has the id of
	claimed map[place]*wanted // the same, by what stands there

	hung map[string]map[string][]orphanRow // what stays with what a person took over, by that and by kind

	gathered map[string]map[int64][]change.Reference // by kind, members of what is claimed that the plan does not have

	orphaned map[place]string // what the plan no longer wants, by what it is in NetBox

	lasting []lasting // fields that are set at creation, and stay as others made them

	begun map[place]string // slugs of the shared objects that an earlier run began and this one finishes

	findings []change.Notice  // problems and notes found so far
	skip     map[key]struct{} // objects that are left alone: nothing is written to them
	alone    map[string]bool  // those of them that a person took over, by diet id

	bareObjects map[key]bool // those whose record has no uid

	taken   map[string]string // the ids of other plans' objects that the plan takes over, with those that they get
	takenAt map[place]bool    // those of them that there are

	marks     marks            // objects whose marks do not prove who owns them
	lost      map[key]int64    // objects that disappeared without an explanation
	deletions map[key]bool     // by type, those that the changelog has a deletion of; nil until it is asked
	gone      map[key][]string // by type and a former id, those under which such objects went; nil until it is asked
	wholes    map[string]int   // objects that somebody deleted or made, by their place in changes
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
		d.loadIndex,
		d.loadLost,
		d.findIdentities,
		d.loadShared,
		d.loadDesired,
		d.claim,
		d.waitForTold,
		d.compare,
		d.compareTold,
		d.findRenamed,
		d.tellKept,
		d.compareAsked,
		d.findCreates,
		d.tellAlong,
		d.findCustom,
		d.findMistagged,
		d.findOrphans,
		d.suggestMoves,
		d.warnOfProposals,
		d.tellGathered,
		d.tellTaken,
		d.tellParted,
		d.waitForAsked,
		d.findBlockers,
		d.findRoomless,
		d.tellBlame,
		d.findFlaps,
		d.keepDifferences,
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

// changeOf starts the change of a wanted object.
func (d *differ) changeOf(w *wanted, class change.Class, action change.Action) change.Change {
	return change.Change{
		Kind: w.kind, Object: w.object, Name: w.name, NetBoxID: w.id, Plan: d.plan,
		Source: w.source, Owner: w.owner, Class: class, Action: action, Keys: w.keys, Tags: w.tags, Initial: w.initial,
		Earlier: d.ids.earlier,
	}
}

// exec runs one statement of sql/.
func (d *differ) exec(st sqlfile.Statement, args ...any) error {
	if _, err := d.mirror.Tx().ExecContext(d.ctx, st.Text, args...); err != nil {
		return fmt.Errorf("run %s: %w", st.Name, err)
	}
	return nil
}

// execEach runs one statement of sql/ over rows.
func (d *differ) execEach(st sqlfile.Statement, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	// A context that can end may break off the transaction.
	if err := mirror.ExecRows(context.WithoutCancel(d.ctx), d.mirror.Tx(), st.Text, rows); err != nil {
		return fmt.Errorf("run %s: %w", st.Name, err)
	}
	return d.ctx.Err()
}

// selectAll runs one query of sql/ and reads all its rows.
func (d *differ) selectAll(dest any, st sqlfile.Statement, args ...any) error {
	if err := d.mirror.Tx().SelectContext(d.ctx, dest, st.Text, args...); err != nil {
		return fmt.Errorf("run %s: %w", st.Name, err)
	}
	return nil
}
