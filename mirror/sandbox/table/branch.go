package table

import (
	"maps"
	"slices"
	"strings"
)

// ForgetChanges begins the changelog anew; its ids go on.
func (s *Store) ForgetChanges() { s.Changes, s.byRequest = nil, map[string][]*Change{} }

// Difference is an object that was created, updated or deleted since the changelog began.
type Difference struct {
	Type, Name, Action string
	ID                 int64
	Before, After      Dict // what it was and is, as the changelog shows it
}

// Differences sums the changelog up, object by object.
func (s *Store) Differences() []Difference {
	at := map[string]int{}
	var out []Difference
	for _, c := range s.Changes {
		d := Difference{c.Model.ObjectType(), c.repr, c.Action, c.object, c.before.show(s), c.after.show(s)}
		key := d.Type + " " + c.repr
		if n, known := at[key]; known && out[n].ID == d.ID {
			d.Action, d.Before = summed(out[n].Action, d.Action), out[n].Before
			out[n] = d
			continue
		}
		at[key] = len(out)
		out = append(out, d)
	}
	return slices.DeleteFunc(out, func(d Difference) bool { return d.Action == "" })
}

// summed is what two changes of an object, one after the other, come to.
func summed(first, then string) string {
	switch {
	case first == "create" && then == "delete":
		return ""
	case first == "create":
		return "create"
	}
	return then
}

// Continue is the store with the changelog of another, to which its own changes are added as
// made now.
func (s *Store) Continue(before *Store) *Store {
	own := s.Changes
	s.Changes, s.byRequest, s.changeIDs = slices.Clone(before.Changes), maps.Clone(before.byRequest), before.changeIDs
	for _, c := range own {
		s.changeIDs++
		again := *c
		again.ID, again.time, again.message = s.changeIDs, s.Now(), ""
		s.publish(&again)
	}
	return s
}

// OnlyLabels reports whether all changes from the nth on are of labels with a prefix.
func (s *Store) OnlyLabels(n int, prefix string) bool {
	return !slices.ContainsFunc(s.Changes[min(n, len(s.Changes)):], func(c *Change) bool {
		return c.Model.Kind != s.Labels || !strings.HasPrefix(c.repr, prefix)
	})
}
