package diff

import (
	"cmp"
	"database/sql"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/value"
)

// unowned is what somebody wrote in a field that no plan owns.
type unowned struct {
	Kind, Object, Name, Field string
	ID                        int64
	Have                      any
	User, Time, Message       string
}

// addUnowned adds to what is no longer wanted what others wrote on it in fields that no plan owns:
// it would be lost as comments and tags would, which [differ.edited] lists.
func (d *differ) addUnowned(orphans []change.Change) error {
	if len(orphans) == 0 {
		return nil
	}
	var edited []bool
	if err := d.selectAll(&edited, d.statements.Get("query/unmanaged_any")); err != nil || !slices.Contains(edited, true) {
		return err
	}
	var rows []unowned
	if err := d.selectAll(&rows, d.statements.Get("query/unmanaged_list"), sql.Named("plan", d.plan)); err != nil {
		return err
	}
	slices.SortFunc(rows, func(a, b unowned) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Field, b.Field))
	})
	doomed := make(map[place]*change.Change, len(orphans))
	for i := range orphans {
		doomed[place{orphans[i].Kind, orphans[i].NetBoxID}] = &orphans[i]
	}
	for _, r := range rows {
		c, have, kind := doomed[place{r.Kind, r.ID}], value.Of(r.Have), d.kinds.Must(r.Kind)
		_, given := kind.Given[r.Field]
		if c == nil || value.Empty(have) || given || slices.Contains(kind.Content, r.Field) ||
			slices.ContainsFunc(c.Edited, func(e change.Reference) bool { return e.Name == r.Field }) {
			continue // of Given and Content NetBox itself tells
		}
		c.Edited = append(c.Edited, change.Reference{
			Kind: r.Field, Name: r.Field, Value: have, Blame: d.blame(r.Kind, r.ID, r.Field, have),
		})
	}
	return nil
}
