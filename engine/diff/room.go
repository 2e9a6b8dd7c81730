package diff

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
)

// roomRow is what room one wanted object takes in a rack, and what of it there is.
type roomRow struct {
	Object   string   `db:"object"`
	Rack     any      `db:"rack"`
	RackName string   `db:"rack_name"`
	Units    float64  `db:"units"`
	Lowest   float64  `db:"lowest"`
	Position *float64 `db:"position"`
	Face     string   `db:"face"`
	Type     string   `db:"type"`
	Known    bool     `db:"known"` // NetBox has the type
	Height   float64  `db:"height"`
	Full     bool     `db:"full"`  // it takes both faces
	Child    bool     `db:"child"` // its type is for bays of other devices

	reckoned float64 // the height that the plan reckons with
	deep     bool    // the plan reckons with both faces
}

// roomless is why something has no room: of one type, or in one rack.
type roomless struct {
	message string
	objects []string
}

// findRoomless reports what would come to where it has no room, by heights that only NetBox knows:
// NetBox would refuse it. What is there already, findBlockers has found.
func (d *differ) findRoomless() error {
	for _, kind := range d.kinds.Owned() {
		rows, err := d.roomOf(kind)
		if err != nil {
			return err
		}
		found, order := map[string]*roomless{}, []string{}
		tell := func(about string, r *roomRow, format string, args ...any) {
			if found[about] == nil {
				found[about] = &roomless{message: fmt.Sprintf(format, args...)}
				order = append(order, about)
			}
			found[about].objects = append(found[about].objects, r.Object)
		}
		settled := map[any][]*roomRow{}
		for i := range rows {
			if r := &rows[i]; r.fits(settled[r.Rack], tell) && r.Position != nil {
				settled[r.Rack] = append(settled[r.Rack], r)
			}
		}
		for _, about := range order {
			d.findings = append(d.findings, found[about].notice())
		}
	}
	return nil
}

// roomOf lists what room the objects of a kind would take, those first whose types are as the plan
// says: they are where they are meant to be.
func (d *differ) roomOf(kind kinds.Kind) ([]roomRow, error) {
	if rules[kind.Name].room == "" {
		return nil, nil
	}
	_, objects := d.listed(kind, func(c *change.Change) bool { return c.Class != change.Blocked && takes(c, placing) })
	if objects == nil {
		return nil, nil
	}
	var rows []roomRow
	if err := d.selectSized(&rows, kind, rules[kind.Name].room, objects); err != nil {
		return nil, err
	}
	heights := map[string]int{}
	for i := range d.topo.DeviceTypes {
		heights[d.topo.DeviceTypes[i].Slug] = i
	}
	for i := range rows {
		r := &rows[i]
		r.reckoned, r.deep = r.Height, r.Full
		if at, stated := heights[r.Type]; stated {
			r.reckoned, r.deep = d.topo.DeviceTypes[at].UHeight, d.topo.DeviceTypes[at].FullDepth
		}
	}
	slices.SortStableFunc(rows, func(a, b roomRow) int {
		return cmp.Or(compareFlags(a.differs(), b.differs()), cmp.Compare(a.at(), b.at()))
	})
	return rows, nil
}

// differs reports whether the type is larger or smaller than the plan reckons with.
func (r *roomRow) differs() bool { return r.Height != r.reckoned || r.Full != r.deep || r.Child }

// compareFlags sorts what is not so first.
func compareFlags(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// at is the lowest unit, 0 at none.
func (r *roomRow) at() float64 {
	if r.Position == nil {
		return 0
	}
	return *r.Position
}

// size says how a type is not as the plan reckons with.
func (r *roomRow) size() string {
	switch {
	case r.Child:
		return fmt.Sprintf("device type %q is for device bays in NetBox (subdevice_role child)", r.Type)
	case r.Height != r.reckoned:
		return fmt.Sprintf("device type %q is %sU in NetBox, the plan reckons with %sU", r.Type, unit(r.Height), unit(r.reckoned))
	case r.Full != r.deep:
		return fmt.Sprintf("device type %q takes both faces of a rack in NetBox, the plan reckons with one", r.Type)
	}
	return fmt.Sprintf("rack %q has U%s to U%s in NetBox", r.RackName, unit(r.Lowest), unit(r.Lowest+r.Units-1))
}

func unit(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// fits reports whether something has the room that it wants beside what is settled in its rack, and
// tells why not.
func (r *roomRow) fits(settled []*roomRow, tell func(string, *roomRow, string, ...any)) bool {
	at := "U" + unit(r.at())
	switch {
	case r.Child || r.Height == 0 && r.Position != nil:
		if r.Position == nil {
			at = "a face"
		}
		tell("place "+r.Type, r, "%s: %s cannot have %s of rack %q", r.size(), r.Object, at, r.RackName)
		return false
	case r.Position == nil:
		return true
	case r.at() < r.Lowest:
		tell("below "+r.RackName, r, "rack %q begins at U%s in NetBox: %s cannot stand at %s", r.RackName, unit(r.Lowest), r.Object, at)
		return false
	case r.at()+r.Height > r.Lowest+r.Units:
		tell("above "+r.Type, r, "%s: %s at %s ends above U%s of rack %q",
			r.size(), r.Object, at, unit(r.Lowest+r.Units-1), r.RackName)
		return false
	}
	for _, o := range settled {
		apart := o.at()+o.Height <= r.at() || r.at()+r.Height <= o.at()
		if apart || o.Face != r.Face && !o.Full && !r.Full {
			continue
		}
		large := r
		if !r.differs() {
			large = o
		}
		tell("overlap "+r.Type+o.Type, r, "%s: in rack %q, %s at %s overlaps with %s at U%s",
			large.size(), r.RackName, r.Object, at, o.Object, unit(o.at()))
		return false
	}
	return true
}

// notice tells of what has no room.
func (f *roomless) notice() change.Notice {
	more := ""
	if n := len(f.objects) - 1; n > 0 {
		more = fmt.Sprintf(" (and %d more)", n)
	}
	return change.Notice{
		ID: "no-room", Severity: change.Error, Objects: f.objects,
		Message: f.message + more + "; give them other units, or say in the plan what is there",
	}
}
