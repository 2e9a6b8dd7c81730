package diff

import (
	"database/sql"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror"
)

// clearParking deletes the ports that an earlier run made to move cables in a circle, once
// nothing ends on them: that is no question, and no rule is asked.
func (d *differ) clearParking(rows []orphanRow) error {
	for _, r := range rows {
		befores, err := d.readEach(r.Kind, []mirror.OwnedRow{r.OwnedRow})
		if err != nil {
			return err
		}
		c := d.orphan(r, befores[0])
		c.Class = change.Parking
		c.Verdict = change.Verdict{Decision: change.DecisionDelete, Message: "diet made it temporarily, to move cables in a circle"}
		var free bool
		if c.Needs, free, err = d.leaving(d.kinds.Must(r.Kind).ObjectType, r.ID); err != nil {
			return err
		}
		if free {
			d.changes = append(d.changes, c)
		}
	}
	return nil
}

// leaving lists what ends on a port and is about to go. It reports false where something
// stays.
func (d *differ) leaving(portType string, port int64) (objects []string, free bool, err error) {
	var cables []int64
	if err := d.selectAll(&cables, d.statements.Get("query/port_cable"), sql.Named("type", portType), sql.Named("port", port)); err != nil {
		return nil, false, err
	}
	for _, id := range cables {
		at := slices.IndexFunc(d.changes, func(c change.Change) bool { return d.leaves(c, id, change.Port(portType, port)) })
		if at < 0 {
			return nil, false, nil
		}
		objects = append(objects, d.changes[at].Object)
	}
	return objects, true, nil
}

// leaves reports whether a change takes a cable off a port, as [change.Port] names it.
func (d *differ) leaves(c change.Change, cable int64, port string) bool {
	if c.NetBoxID != cable || c.Before == nil || len(d.kinds.Must(c.Kind).Ends()) == 0 {
		return false
	}
	return c.Action == change.Delete || slices.ContainsFunc(c.Fields, func(f change.Field) bool {
		return slices.Contains(change.Ports(c.Kind, f.Name, f.Have), port) && writes(f.Class)
	})
}
