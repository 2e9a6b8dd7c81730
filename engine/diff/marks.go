package diff

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// NewerError is returned by [Diff] where a newer diet has written objects of the plan.
type NewerError struct {
	Plan, Object string
	Version      int
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("plan %q: a newer diet has written %s (its record is of version %d, this program knows %d)",
		e.Plan, e.Object, e.Version, change.RecordVersion)
}

// Hint says the way out.
func (e *NewerError) Hint() string { return "update diet on this machine" }

// ownedID is an object of the plan, or one with its marks. Object and Plan say whose it
// is according to diet's own record; the other two are what people see.
type ownedID struct {
	Kind        string `db:"kind"`
	Object      string `db:"object"`
	Plan        string `db:"plan"`
	UID         string `db:"uid"`
	ID          int64  `db:"id"`
	Name        string `db:"name"`
	Released    string `db:"released"`
	ShownObject string `db:"shown_object"`
	ShownPlan   string `db:"shown_plan"`
	Version     int    `db:"version"`
	Managed     bool   `db:"managed"`
}

// compare orders objects by kind, object id and NetBox id.
func (r ownedID) compare(o ownedID) int {
	return cmp.Or(cmp.Compare(r.Kind, o.Kind), cmp.Compare(r.Object, o.Object), cmp.Compare(r.ID, o.ID))
}

// ownerUID is what differs where an object is of another plan with the same key.
const ownerUID = "uid"

// marks are the objects whose marks do not prove who owns them.
type marks struct {
	released []ownedID             // a person took them over: diet_managed is false
	disputed []ownedID             // the marks and the record differ, or somebody else wrote the record
	proposed map[key]ownedID       // a person marked them: there is no record
	unwanted []ownedID             // the same, but another object has the id already
	withheld []ownedID             // of a plan that is not named, which this one takes over
	written  map[place]*writtenRow // who wrote the record, where it was somebody else
}

// writtenRow is an object whose record somebody else wrote last, with the object and the plan that
// diet's own one named; "" where that is what the record still says.
type writtenRow struct {
	Kind string `db:"kind"`
	ID   int64  `db:"id"`
	change.Blame
	WasObject string `db:"was_object"`
	WasPlan   string `db:"was_plan"`
}

// forged reports whether somebody wrote another object or plan into diet's record of one.
func (w *writtenRow) forged() bool { return w != nil && w.WasObject != "" }

// sortMarks reads the objects that are the plan's or have its marks, and returns
// those that certainly are the plan's. Marks prove nothing, since anybody can
// write them: diet's own record of the object must say the same, and nobody else may
// have written that since.
func (d *differ) sortMarks() ([]ownedID, error) {
	d.marks = marks{proposed: map[key]ownedID{}}
	rows, err := d.marked()
	if err != nil {
		return nil, err
	}
	var ours, open, told []ownedID
	for _, r := range rows {
		_, said := d.told.Whose[Place{r.Kind, r.ID}]
		if w := d.marks.written[place{r.Kind, r.ID}]; w.forged() {
			r.Object, r.Plan = w.WasObject, w.WasPlan // whatever stands there now, diet wrote this
		}
		certain := d.certain(r)
		if !certain || !plain(r) || d.isBare(r) {
			d.doubt(r)
		}
		switch {
		case certain:
			ours = append(ours, r)
		case said && r.Version <= change.RecordVersion:
			told = append(told, r)
		default:
			open = append(open, r)
		}
	}
	if ours, err = d.tellWhose(told, ours); err != nil {
		return nil, err
	}
	return ours, d.sortOpen(open)
}

// certain reports whether marks and record agree that an object is the plan's, and diet may
// write it.
func (d *differ) certain(r ownedID) bool {
	return r.Object != "" && r.Managed && r.Version <= change.RecordVersion && len(d.differs(r)) == 0
}

// plain reports whether nobody released a field of an object.
func plain(r ownedID) bool { return r.Released == "{}" }

// marked reads the objects that are the plan's or have its marks, and who wrote their
// records. Where the marks are those of the last diff, it reads the doubtful ones alone.
func (d *differ) marked() ([]ownedID, error) {
	var err error
	if !d.side.kept {
		if d.marks.written, err = d.written(); err != nil {
			return nil, err
		}
		if len(d.told.Whose)+len(d.topo.Takes) == 0 {
			return d.markedOpen()
		}
		d.ids.whole = true // of some of them people said whose they are, or other plans
		var rows []ownedID
		if err := d.selectAll(&rows, d.statements.Get("query/owned_id"), d.planArg()); err != nil {
			return nil, err
		}
		return d.addTaken(rows)
	}
	var rows []doubtRow
	if err := d.selectAll(&rows, d.statements.Get("query/doubt_list")); err != nil {
		return nil, err
	}
	out := make([]ownedID, len(rows))
	d.marks.written = map[place]*writtenRow{}
	for i, r := range rows {
		if out[i] = r.ownedID; r.Written {
			d.marks.written[place{r.Kind, r.ID}] = &writtenRow{r.Kind, r.ID, r.Blame, r.WasObject, r.WasPlan}
		}
	}
	return out, nil
}

// sortOpen sorts the objects whose marks do not prove whose they are.
func (d *differ) sortOpen(rows []ownedID) error {
	slices.SortFunc(rows, ownedID.compare)
	for _, r := range rows {
		k := key{r.Kind, r.ShownObject}
		_, taken := d.marks.proposed[k]
		switch {
		case r.Version > change.RecordVersion:
			return &NewerError{Plan: d.plan, Object: r.Object, Version: r.Version}
		case !r.Managed:
			d.marks.released = append(d.marks.released, r)
		case r.Object == "" && taken:
			d.marks.unwanted = append(d.marks.unwanted, r)
		case r.Object == "":
			d.marks.proposed[k] = r
		default:
			d.marks.disputed = append(d.marks.disputed, r)
		}
	}
	return nil
}

// written returns the objects whose record somebody else wrote last.
func (d *differ) written() (map[place]*writtenRow, error) {
	var err error
	if d.side.hands, err = d.hands(); err != nil {
		return nil, err
	}
	hands, err := value.Encode(d.side.hands)
	if err != nil {
		return nil, err
	}
	var rows []writtenRow
	if err := d.selectAll(&rows, d.statements.Get("query/owned_written"), sql.Named("hand", hands)); err != nil {
		return nil, err
	}
	out := make(map[place]*writtenRow, len(rows))
	for i := range rows {
		out[place{rows[i].Kind, rows[i].ID}] = &rows[i]
	}
	return out, nil
}

// differs names the custom fields that make the owner of an object doubtful.
func (d *differ) differs(r ownedID) []string {
	var out []string
	if r.ShownObject != r.Object {
		out = append(out, "diet_object_id")
	}
	if r.ShownPlan != r.Plan {
		out = append(out, "diet_plan_id")
	}
	if out == nil && r.UID != "" && r.UID != d.uidOf(r) {
		out = append(out, ownerUID)
	}
	if w := d.marks.written[place{r.Kind, r.ID}]; out == nil && w != nil || w.forged() {
		out = append(out, kinds.Record)
	}
	return out
}

// isCopy reports whether an object has marks and a record that say the same, and that somebody else
// than diet wrote: where another object has that id, they are copied from it.
func (d *differ) isCopy(r ownedID) bool {
	return slices.Equal(d.differs(r), []string{kinds.Record})
}

// findDisputes reports objects whose owner is doubtful. Meanwhile neither the object
// that the marks name nor the one that the record names is written. References go by the
// record, unless something else has that id.
func (d *differ) findDisputes() error {
	for _, r := range d.marks.disputed {
		c := change.Change{
			Kind: r.Kind, Object: r.Object, Name: r.Name, NetBoxID: r.ID, Plan: d.plan,
			Class: change.Identity, Action: change.None, Differs: d.differs(r),
			Other: &change.Other{Kind: r.Kind, ID: r.ID, Name: r.Name, Plan: r.Plan, Object: r.Object},
		}
		if w := d.marks.written[place{r.Kind, r.ID}]; w != nil {
			c.Blame = &w.Blame
		}
		if !d.isOurs(r.Plan, r.Object) {
			c.Object = r.ShownObject
		}
		if original := d.ids.id(r.Kind, r.Object); original != 0 && original != r.ID && d.isCopy(r) {
			was, err := d.before(r.Kind, original)
			if err != nil {
				return err
			}
			name, _ := was.Have[d.kinds.Must(r.Kind).Label].(string)
			c.Taken, c.References = change.TakenCopy, []change.Reference{{Kind: r.Kind, ID: original, Name: name}}
		}
		if err := d.whoseDispute(&c, r); err != nil {
			return err
		}
		d.leave(r.Plan, key{r.Kind, r.Object}, r.ID)
		d.leave(r.ShownPlan, key{r.Kind, r.ShownObject}, 0)
		d.changes = append(d.changes, c)
	}
	return nil
}

// whoseDispute says who edited the marks of an object, or which plan it is of.
func (d *differ) whoseDispute(c *change.Change, r ownedID) error {
	if c.Differs[0] == ownerUID {
		c.Other.Plan, c.Other.UID = fmt.Sprintf("%s (uid %s)", r.Plan, r.UID), r.UID
		return nil
	}
	var err error
	if c.Blame == nil {
		c.Blame, err = d.toucher(r.Kind, r.ID, "cf."+c.Differs[0])
	}
	return err
}

// findReleased lists the objects that a person took over. They keep their ids, so that
// they are not created again; nothing is written to them, and references to them stay.
func (d *differ) findReleased() error {
	for _, r := range d.marks.released {
		c := change.Change{
			Kind: r.Kind, Object: cmp.Or(r.Object, r.ShownObject), Name: r.Name, NetBoxID: r.ID, Plan: d.plan,
			Class: change.Unmanaged, Action: change.None,
		}
		var err error
		if c.Blame, err = d.toucher(r.Kind, r.ID, "cf.diet_managed"); err != nil {
			return err
		}
		d.leave(r.Plan, key{r.Kind, r.Object}, r.ID)
		d.leave(r.ShownPlan, key{r.Kind, r.ShownObject}, r.ID)
		d.alone[c.Object] = true
		d.changes = append(d.changes, c)
	}
	return nil
}

// leave leaves an object of the plan alone; references to it become id, 0 for none.
func (d *differ) leave(plan string, k key, id int64) {
	if !d.isOurs(plan, k.object) || k.object == "" {
		return
	}
	d.skip[k] = struct{}{}
	if id != 0 && d.ids.id(k.kind, k.object) == 0 {
		d.ids.byObject[k] = id
	}
}

// warnOfProposals reports objects that a person marked for the plan and that the plan
// does not want: diet leaves them alone.
func (d *differ) warnOfProposals() error {
	for _, r := range d.marks.proposed {
		if w := d.wanted[key{r.Kind, r.ShownObject}]; w == nil || w.id != 0 {
			d.marks.unwanted = append(d.marks.unwanted, r)
		}
	}
	for _, r := range d.marks.unwanted {
		d.findings = append(d.findings, change.Notice{
			ID: "marks-without-record", Severity: change.Warning, Objects: []string{r.ShownObject},
			Message: fmt.Sprintf("%s %q (id %d) is marked as %s, but diet has no record of it and leaves it alone; "+
				"clear its diet_plan_id and diet_object_id",
				d.kinds.Must(r.Kind).Words(), r.Name, r.ID, r.ShownObject),
		})
	}
	return nil
}
