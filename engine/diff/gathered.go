package diff

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate/natural"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// GatheredFinding is the id of the finding about members that people put into LAGs of the plan.
const GatheredFinding = "members"

// member is what refers to something that consists of what refers to it: a port to its LAG.
type member struct {
	Target int64
	ID     int64
	Name   string
	Object string // its diet id
}

// gathering are the fields by which objects of a kind consist of others.
func (d *differ) gathering(kind kinds.Kind) []kinds.Referrer {
	return slices.DeleteFunc(d.kinds.Referrers(kind), func(r kinds.Referrer) bool { return !r.Field.Gathers })
}

// strangers are the members of what stands in the place of a wanted object that the plan does not have in
// it, as references: adopted, it keeps them.
func (d *differ) strangers(w *wanted, found *claim) ([]change.Reference, error) {
	kind := d.kinds.Must(w.kind)
	if d.topo.Recalled != nil || len(d.gathering(kind)) == 0 {
		return nil, nil
	}
	if d.gathered[kind.Name] == nil {
		if err := d.loadGathered(kind); err != nil {
			return nil, err
		}
	}
	return d.gathered[kind.Name][found.ID], nil
}

// loadGathered reads them for all that is claimed of a kind.
func (d *differ) loadGathered(kind kinds.Kind) error {
	of, ids := map[int64]*claim{}, []int64{}
	for k, c := range d.claims {
		if k.kind == kind.Name {
			of[c.ID] = c
			ids = append(ids, c.ID)
		}
	}
	list, err := value.Encode(ids)
	if err != nil {
		return err
	}
	out := map[int64][]change.Reference{}
	d.gathered[kind.Name] = out
	for _, ref := range d.gathering(kind) {
		var rows []member
		if err := d.selectAll(&rows, d.statements.ForField("query/gathered", ref.Kind, ref.Field), sql.Named("ids", list)); err != nil {
			return err
		}
		for _, r := range rows {
			v, _ := d.wantedOf(ref, r)
			if object, _ := change.Pending(ref.Kind.Name, ref.Field.Name, v); object == of[r.Target].Object || value.Equal(v, r.Target) {
				continue
			}
			out[r.Target] = append(out[r.Target], change.Reference{Kind: ref.Kind.Name, ID: r.ID, Name: r.Name, Clears: ref.Field.Name})
		}
	}
	return nil
}

// wantedOf is what the plan wants a member to be in.
func (d *differ) wantedOf(ref kinds.Referrer, r member) (v any, stated bool) {
	w := d.claimed[place{ref.Kind.Name, r.ID}]
	if w == nil && r.Object != "" {
		w = d.wanted[key{ref.Kind.Name, r.Object}]
	}
	if w == nil {
		return nil, false
	}
	v, stated = w.fields[ref.Field.Name]
	return v, stated
}

// tellGathered tells which members people put into objects of the plan. Those of which the plan says what
// they are to be in differ themselves.
func (d *differ) tellGathered() error {
	if d.topo.Recalled != nil {
		return nil
	}
	told := map[string][]string{}
	for _, kind := range d.kinds.Owned() {
		for _, ref := range d.gathering(kind) {
			var rows []struct {
				member
				Into string `db:"into_object"`
			}
			st := d.statements.ForField("query/gathered_beside", ref.Kind, ref.Field)
			if err := d.selectAll(&rows, st, sql.Named("plan", d.plan)); err != nil {
				return err
			}
			for _, r := range rows {
				_, stated := d.wantedOf(ref, r.member)
				if stated || d.orphaned[place{kind.Name, r.Target}] != "" {
					continue
				}
				told[r.Into] = append(told[r.Into], r.Name)
			}
		}
	}
	if len(told) == 0 {
		return nil
	}
	objects := slices.SortedFunc(maps.Keys(told), natural.Compare)
	texts := make([]string, len(objects))
	for i, object := range objects {
		texts[i] = fmt.Sprintf("%s has %s", object, listed(told[object]))
	}
	d.findings = append(d.findings, change.Notice{
		ID: GatheredFinding, Severity: change.Warning, Objects: objects,
		Message: "the plan does not have all members of what it owns: " + listed(texts),
	})
	return nil
}
