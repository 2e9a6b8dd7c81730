package engine

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/value"
)

// Unmanaged is an edit of a field that no plan owns.
type Unmanaged struct {
	Kind    string `json:"kind" db:"kind"`
	Object  string `json:"object" db:"object"`
	ID      int64  `json:"-" db:"id"` // in NetBox
	Name    string `json:"name" db:"name"`
	Field   string `json:"field" db:"field"`
	Have    any    `json:"have" db:"have"`
	Called  string `json:"called,omitempty" db:"-"` // what the value refers to
	User    string `json:"user" db:"user"`
	Time    string `json:"time" db:"time"`
	Message string `json:"message,omitempty" db:"message"`
}

// listUnmanaged lists what people wrote in fields of the plan's objects that nobody owns.
func (e *Engine) listUnmanaged(ctx context.Context, p *Preview, plan string) error {
	var edited []bool
	if err := e.selectAll(ctx, &edited, "query/unmanaged_any"); err != nil || !slices.Contains(edited, true) {
		return err
	}
	if err := e.selectAll(ctx, &p.Unmanaged, "query/unmanaged_list", sql.Named("plan", plan)); err != nil {
		return err
	}
	p.Unmanaged = untold(p.Unmanaged, p.Changes)
	slices.SortFunc(p.Unmanaged, func(a, b Unmanaged) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Object, b.Object), cmp.Compare(a.Field, b.Field))
	})
	return e.nameUnmanaged(ctx, p.Unmanaged)
}

// untold leaves out the edits of fields that the plan states now: what becomes of them is told where
// they differ from it.
func untold(list []Unmanaged, changes []change.Change) []Unmanaged {
	told := map[[3]string]bool{}
	for i := range changes {
		for _, f := range changes[i].Fields {
			told[[3]string{changes[i].Kind, changes[i].Object, f.Name}] = true
		}
	}
	return slices.DeleteFunc(list, func(u Unmanaged) bool { return told[[3]string{u.Kind, u.Object, u.Field}] })
}

// nameUnmanaged puts names in the place of the ids of what edits of unmanaged fields refer to.
func (e *Engine) nameUnmanaged(ctx context.Context, list []Unmanaged) error {
	ids := map[string]map[int64]bool{}
	refers := func(u *Unmanaged) (kind string, id int64) {
		id, _ = value.ID(value.Of(u.Have))
		return change.Refers(u.Kind, u.Field), id
	}
	for i := range list {
		kind, id := refers(&list[i])
		note(ids, kind, id)
	}
	names, err := e.namesBy(ctx, ids)
	for i := range list {
		kind, id := refers(&list[i])
		list[i].Called = names[kind][id]
	}
	return err
}
