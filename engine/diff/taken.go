package diff

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// TakenFinding is the id of the finding about objects of a plan that is not named, and that
// another plan takes over.
const TakenFinding = "taken"

// listTaken lists the ids that objects of the plan have as long as they are another plan's.
func (d *differ) listTaken() {
	d.taken, d.takenAt = map[string]string{}, map[place]bool{}
	if len(d.topo.Takes) == 0 {
		return
	}
	for _, m := range d.topo.Moved {
		if !strings.HasPrefix(m.From, d.plan+"/") {
			d.taken[m.From] = m.To
		}
	}
}

// addTaken adds the objects that the plan takes over from others, where those are named: diet's
// record of each must say that it is theirs. Of others they are withheld.
func (d *differ) addTaken(rows []ownedID) ([]ownedID, error) {
	for _, from := range d.topo.Takes {
		var theirs []ownedID
		if err := d.selectAll(&theirs, d.statements.Get("query/owned_id"), sql.Named("plan", from.Plan)); err != nil {
			return nil, err
		}
		theirs = slices.DeleteFunc(theirs, func(r ownedID) bool { return r.Plan != from.Plan || d.taken[r.Object] == "" })
		d.side.passing = d.side.passing || len(theirs) > 0
		if !from.Named {
			d.marks.withheld = append(d.marks.withheld, theirs...)
			continue
		}
		for _, r := range theirs {
			d.takenAt[place{r.Kind, r.ID}] = true
		}
		rows = append(rows, theirs...)
	}
	return rows, nil
}

// isOurs reports whether an object that a record says is a plan's is to be this one's.
func (d *differ) isOurs(plan, object string) bool {
	named := func(t generate.Taking) bool { return t.Named && t.Plan == plan }
	return plan == d.plan || d.taken[object] != "" && slices.ContainsFunc(d.topo.Takes, named)
}

// uidOf is the uid that the record of an object may have.
func (d *differ) uidOf(r ownedID) string {
	for _, t := range d.topo.Takes {
		if t.Plan == r.Plan {
			return t.UID
		}
	}
	return d.topo.Plan.UID
}

// leaveWithheld leaves what belongs to a plan that is not named as it is: it is not made a second
// time, and what refers to it waits.
func (d *differ) leaveWithheld() {
	for _, r := range d.marks.withheld {
		k := key{r.Kind, r.Object}
		d.skip[k], d.ids.byObject[k] = struct{}{}, r.ID
	}
}

// tellTaken tells of what belongs to a plan that is not named.
func (d *differ) tellTaken() error {
	withheld := map[string][]ownedID{}
	for _, r := range d.marks.withheld {
		withheld[r.Plan] = append(withheld[r.Plan], r)
	}
	for _, from := range d.topo.Takes {
		rows := withheld[from.Plan]
		if len(rows) == 0 {
			continue
		}
		slices.SortFunc(rows, ownedID.compare)
		objects := make([]string, len(rows))
		for i, r := range rows {
			objects[i] = d.taken[r.Object]
		}
		d.findings = append(d.findings, change.Notice{
			ID: TakenFinding, Severity: change.Error, Place: "spec.moved", Objects: objects,
			Message: fmt.Sprintf("plan %s takes over %d objects of plan %s, the first %s: take them out of that plan's file, "+
				"and name it in the same command", d.plan, len(objects), from.Plan, rows[0].Object),
		})
	}
	return nil
}
