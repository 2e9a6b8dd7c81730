package engine

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/store"
	"github.com/diet-project/diet/mirror/value"
)

// Rollback is the intent that what a run did is undone, as far as nothing later builds on
// it. All other objects of the plan are left alone.
type Rollback struct {
	Run string

	// Plan is the plan of the run, as far as it is still known: at least its key. Its labels
	// and its spec.reconcile are what the policies go by.
	Plan generate.PlanInfo

	past *past // of a preview that came in a file
}

// past is a run with its journal.
type past struct {
	told     store.Told
	requests []store.Request
}

// pastOf is the run that is to be undone: of the store, or as it came.
func (e *Engine) pastOf(ctx context.Context, r Rollback) (*past, error) {
	if r.past != nil {
		return r.past, nil
	}
	told, requests, err := e.store.Run(ctx, r.Run)
	return &past{told, requests}, err
}

// Info implements [Intent].
func (r Rollback) Info() generate.PlanInfo {
	info := r.Plan
	info.Digest = hashOf([]any{"rollback", r.Run, info.Digest})
	info.Removed = nil
	return info
}

// Of is the rollback with what is known of its plan from a file. What is held after it stays what
// the run did, whatever the file says by now.
func (r Rollback) Of(plan generate.PlanInfo) Rollback {
	did := cmp.Or(r.Plan.Digest, plan.Meaning)
	r.Plan = plan
	r.Plan.Digest = did
	return r
}

// errTooOld is a run whose journal does not say enough.
var errTooOld = errors.New("an older diet applied it, and did not note what was there before")

// RollbackError is a run that cannot be undone.
type RollbackError struct {
	Run string
	err error
}

func (e *RollbackError) Error() string { return fmt.Sprintf("roll back %s: %s", e.Run, e.err) }

// Unwrap is why.
func (e *RollbackError) Unwrap() error { return e.err }

// Rollback is that of a run in the store. It fails with [ErrNotInStore] for a run that is
// not there, and with a [*RollbackError] for one that cannot be undone.
func (e *Engine) Rollback(ctx context.Context, run string) (Rollback, error) {
	told, requests, err := e.store.Run(ctx, run)
	if err != nil {
		return Rollback{}, e.noRun(ctx, err, run)
	}
	address, err := e.netbox(ctx)
	if err != nil {
		return Rollback{}, err
	}
	switch {
	case told.NetBox != "" && told.NetBox != address:
		return Rollback{}, &RollbackError{run, &ElsewhereError{Wrote: told.NetBox, Here: address}}
	case e.stateOf(told.Status, told.Active) == runRunning:
		if killed, err := e.wasKilled(ctx, told.Plan, run); err != nil || !killed {
			return Rollback{}, cmp.Or(err, error(&RollbackError{run, errors.New("it is still under way")}))
		}
	}
	if _, err := undone(requests); err != nil {
		return Rollback{}, &RollbackError{run, err}
	}
	if err := e.doneAgain(ctx, &told, address); err != nil {
		return Rollback{}, err
	}
	plan, err := e.known(ctx, address, told.Plan)
	if err != nil {
		return Rollback{}, err
	}
	plan.Digest = deedIn(&told)
	if plan.Digest != "" && ofPlan(plan.Digest) {
		if plan.Digest, err = e.inForce(ctx, address, plan); err != nil {
			return Rollback{}, err
		}
	}
	return Rollback{Run: run, Plan: plan}, nil
}

// doneAgain fails where a run was rolled back, and another one has written since: what that made
// has the object ids of what this one made.
func (e *Engine) doneAgain(ctx context.Context, told *store.Told, address string) error {
	runs, err := e.store.Runs(ctx, told.Plan, 50)
	if err != nil {
		return err
	}
	newest := ""
	for i := range runs {
		switch r := &runs[i]; {
		case r.ID == told.ID:
			return nil
		case r.Requests == 0 || r.NetBox != address:
		case newest == "":
			if newest = r.ID; deedIn(r) == told.ID {
				return nil // there is nothing left to undo
			}
		case deedIn(r) == told.ID:
			return &RollbackError{told.ID, fmt.Errorf("%s rolled it back already, and %s wrote since: roll %[2]s back", r.ID, newest)}
		}
	}
	return nil
}

// wasKilled reports whether a run that has not ended is known to be gone: it has left its lease
// behind in NetBox, which is read for that. Then what became of its last requests is found out.
func (e *Engine) wasKilled(ctx context.Context, plan, run string) (bool, error) {
	if e.client != nil {
		if _, err := e.sync(ctx, mirror.Options{}); err != nil {
			return false, err
		}
	}
	h, gone, err := e.lastHolder(ctx, plan)
	if err != nil || !gone || h.Run != run || e.client == nil {
		return gone && h.Run == run, err
	}
	_, err = e.settle(ctx, plan, "")
	return true, err
}

// inForce is the digest of the plan as it was applied last, to one NetBox: that is what would undo
// the rollback of an older run as well.
func (e *Engine) inForce(ctx context.Context, address string, plan generate.PlanInfo) (string, error) {
	runs, err := e.store.Runs(ctx, plan.Key, 50)
	if err != nil {
		return "", err
	}
	for i := range runs {
		if deed := deedIn(&runs[i]); deed != "" && ofPlan(deed) && runs[i].NetBox == address {
			return deed, nil
		}
	}
	return plan.Digest, nil
}

// deedIn is what a run did, as a hold keeps it; "" where that is not known: then its plan is held
// whatever it is by now. An older diet noted the digest of a plan's text in the result.
func deedIn(told *store.Told) string {
	if told.Intent != "" {
		return told.Intent
	}
	var r apply.Result
	if err := json.Unmarshal([]byte(told.Result), &r); err != nil {
		return "" // the run never ended
	}
	return r.PlanDigest
}

// record is one object as diet's record has it.
type record struct {
	Kind   string `db:"kind"`
	Object string `db:"object"`
	ID     int64  `db:"id"`
	Name   string `db:"name"`
	Source string `db:"source"`
	Owner  string `db:"owner"`
	mirror.OwnedRow
}

// records are all objects of a plan.
func (e *Engine) records(ctx context.Context, plan string) ([]record, error) {
	var out []record
	for _, kind := range e.db.Kinds().Owned() {
		var rows []record
		if err := e.selectStatement(ctx, &rows, e.db.Statements().For("query/owned_whole", kind), sql.Named("plan", plan)); err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// rollback is what NetBox had before a run, according to diet's own records: what it has
// now, but for what the run did and nothing later changed.
func (e *Engine) rollback(ctx context.Context, r Rollback) (*aim, error) {
	run, err := e.pastOf(ctx, r)
	if err != nil {
		return nil, err
	}
	deeds, err := undone(run.requests)
	if err != nil {
		return nil, &RollbackError{r.Run, err}
	}
	for _, d := range deeds {
		d.relearn()
	}
	lost, err := casualtiesOf(run.told.Result)
	if err != nil {
		return nil, &RollbackError{r.Run, err}
	}
	now, err := e.records(ctx, r.Plan.Key)
	if err == nil {
		err = e.checkPast(ctx, r, deeds, now)
	}
	if err != nil {
		return nil, err
	}
	back := &undoing{
		deeds: deeds, objects: map[string]generate.Object{}, made: map[string]generate.Object{}, classes: map[string]bool{},
		plan: r.Plan.Key, called: map[diff.Place]string{}, gone: goneWith(deeds), over: map[string][]string{}, initial: r.Plan.Reconcile.Initial,
		seen: func(kind string, id int64) (bool, error) { return e.isSeen(ctx, kind, id) },
	}
	back.take(renamedBy(deeds, now, r.Plan.Key), now)
	for i := range now {
		if err := back.keep(&now[i]); err != nil {
			return nil, err
		}
	}
	if back.absent, err = e.absent(ctx, deeds); err != nil {
		return nil, err
	}
	back.restore()
	back.leaveGone()
	if back.err != nil {
		return nil, back.err
	}
	back.needed()
	info := r.Info()
	info.Classes = slices.Sorted(maps.Keys(back.classes))
	return &aim{
		topo: &generate.Topology{Plan: info, Recalled: back.sorted(), Moved: back.moved}, run: r.Run,
		undoes: back.undoes(), emptied: back.emptied(), given: back.given(), released: back.givenUp(),
		notes: back.notes(r.Run, lost), known: back.released(), past: pastIDs(r.Run, deeds),
	}, nil
}

// undoing is a rollback that is being put together.
type undoing struct {
	plan    string
	deeds   map[string]*deed
	objects map[string]generate.Object // that are wanted
	made    map[string]generate.Object // by the run: they are not
	stays   []string                   // made by the run, and something later needs it
	called  map[diff.Place]string      // the diet ids that objects have today, or get back
	gone    map[diff.Place]string      // those that objects had that the run deleted
	classes map[string]bool

	ids   renamedIDs
	moved []generate.Move // those that get an id back

	initial []string            // the fields that are set at creation
	over    map[string][]string // by object, the fields in which the run wrote over what others had
	lost    map[string][]string // those that had what cannot be there again

	absent map[string]bool // what the run released, and somebody has deleted since

	seen func(kind string, id int64) (bool, error) // whether NetBox has an object
	err  error
}

// keep wants an object that there is as it is, but for what the run did to it.
func (u *undoing) keep(r *record) error {
	u.classes[r.Source] = true
	owned, err := r.Read()
	if err != nil {
		return fmt.Errorf("read %s %q: %w", r.Kind, r.Object, err)
	}
	base := maps.Clone(owned.Base)
	maps.Copy(base, owned.Initial)
	o := generate.Object{
		Kind: r.Kind, ID: r.Object, Source: r.Source, Name: r.Name, Owner: r.Owner, Fields: u.recalled(r.Kind, base, owned.Keys),
	}
	d := u.deeds[r.Object]
	switch {
	case d == nil:
	case d.did == change.Create || d.did == change.Adopt:
		u.made[r.Object] = o
		return nil
	case d.did == change.Update:
		u.revert(&o, d, &owned)
	default: // it was made again since the run deleted it
		u.remake(&o, d)
	}
	u.objects[r.Object] = o
	return nil
}

// restore wants what the run deleted, or gave up.
func (u *undoing) restore() {
	for object, d := range u.deeds {
		if _, there := u.objects[object]; there || u.absent[object] || d.did != change.Delete && d.did != change.Orphan || !isOwned(d.kind) {
			continue
		}
		u.classes[d.was.Source] = true
		o := generate.Object{
			Kind: d.kind, ID: object, Source: d.was.Source, Name: d.was.Name, Owner: d.was.Owner,
			Fields: u.recalled(d.kind, d.was.Base, d.was.Keys),
		}
		if d.did == change.Delete {
			u.remake(&o, d)
		} else {
			u.retake(&o, d)
		}
		u.objects[object] = o
	}
}

// needed keeps what the run made and something that stays refers to.
func (u *undoing) needed() {
	for again := true; again; {
		again = false
		for _, o := range u.sorted() {
			for _, v := range o.Fields {
				ref, _ := v.(generate.Ref)
				if made, is := u.made[ref.Object]; is && ref.Object != "" {
					u.objects[ref.Object] = made
					u.stays = append(u.stays, ref.Object)
					delete(u.made, ref.Object)
					again = true
				}
			}
		}
	}
	slices.Sort(u.stays)
}

// sorted are the wanted objects, what others refer to first.
func (u *undoing) sorted() []generate.Object {
	out := make([]generate.Object, 0, len(u.objects))
	for _, object := range slices.Sorted(maps.Keys(u.objects)) {
		out = append(out, u.objects[object])
	}
	slices.SortStableFunc(out, func(a, b generate.Object) int { return change.Rank(a.Kind) - change.Rank(b.Kind) })
	return out
}

// undoes is what the run did to each object that is to be as before.
func (u *undoing) undoes() map[string]change.Action {
	out := map[string]change.Action{}
	for object, d := range u.deeds {
		if isOwned(d.kind) && !slices.Contains(u.stays, object) {
			out[object] = d.did
		}
	}
	return out
}

// given are the deeds on objects that the run took over and that are given up again.
func (u *undoing) given() map[string]*deed {
	out := map[string]*deed{}
	for object := range u.made {
		if d := u.deeds[object]; d.did == change.Adopt && len(d.sent) > 0 {
			out[object] = d
		}
	}
	return out
}

// givenUp are the deeds on objects that the run gave up.
func (u *undoing) givenUp() map[string]*deed {
	out := map[string]*deed{}
	for object, d := range u.deeds {
		if d.did == change.Orphan {
			out[object] = d
		}
	}
	return out
}

// released are the objects that the run gave up, where NetBox had them.
func (u *undoing) released() mapping {
	out := mapping{}
	for object, d := range u.deeds {
		if d.did == change.Orphan && d.was.ID != 0 && isOwned(d.kind) && !u.absent[object] {
			out[object] = diff.Place{Kind: d.kind, ID: d.was.ID}
		}
	}
	return out
}

// some names the first of many objects.
func some(objects []string) string {
	const show = 5
	return upTo(show, objects)
}

// keyOf is the key of what a reference is to.
func (u *undoing) keyOf(to kinds.Kind, key string) string {
	if to.IsOwned() {
		return u.idOf(key)
	}
	return key
}

// recalled are fields as a topology states them: what was applied, its references by what
// they refer to, which may have got another key since.
func (u *undoing) recalled(name string, base, keys map[string]any) map[string]any {
	kind, _ := kinds.Standard().Of(name)
	out := make(map[string]any, len(base))
	for field, v := range base {
		out[field] = v
		to, known := kinds.Standard().Of(kind.Refers(field))
		if !known || v == nil {
			continue
		}
		if pair, is := v.(map[string]any); is { // as the record has it
			v = pair["id"]
		}
		key, _ := keys[field].(string)
		if object, is := v.(string); is {
			key = object
		}
		id, _ := value.ID(v)
		if now := u.called[diff.Place{Kind: to.Name, ID: id}]; now != "" && key != "" {
			key = now
		}
		key = u.keyOf(to, key)
		switch {
		case !to.IsOwned():
			out[field] = generate.Ref{Kind: to.Name, ID: id, Key: key}
		case key != "":
			out[field] = generate.Ref{Kind: to.Name, Object: key}
		}
	}
	return out
}
