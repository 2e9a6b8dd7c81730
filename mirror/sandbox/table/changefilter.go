package table

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

var actionLabels = map[string]string{"create": "Created", "update": "Updated", "delete": "Deleted"}

// ShowChange writes a row of the changelog as the API shows it.
func (e *Encoder) ShowChange(x *Change, chosen *Selection) Dict {
	d := Dict{}
	add := func(name string, there bool, value func() any) {
		if there && chosen.has(name) {
			d = append(d, Pair{name, value()})
		}
	}
	always := true
	add("id", always, func() any { return x.ID })
	add("url", always, func() any { return e.Base + "/api/core/object-changes/" + Plain(x.ID) + "/" })
	add("display_url", always, func() any { return e.Base + "/core/changelog/" + Plain(x.ID) + "/" })
	add("display", always, func() any {
		return fmt.Sprintf("%s | %s %s %s by %s", x.Model.appName(), x.Model.Label, x.repr, strings.ToLower(actionLabels[x.Action]), x.user.Name)
	})
	add("time", always, func() any { return x.time })
	add("user", always, func() any {
		if e.Store.Gone[x.user.Name] {
			return nil
		}
		return x.user.Brief(e.Base)
	})
	add("user_name", always, func() any { return x.user.Name })
	add("request_id", always, func() any { return x.request })
	add("action", always, func() any { return Dict{{"value", x.Action}, {"label", actionLabels[x.Action]}} })
	add("changed_object_type", always, func() any { return x.Model.ObjectType() })
	add("changed_object_id", always, func() any { return x.object })
	add("changed_object", always, func() any { return e.changedObject(x) })
	add("object_repr", e.Store.Rel.ChangelogRepr, func() any { return x.repr })
	add("message", e.Store.Rel.ChangelogMessage, func() any { return x.message })
	add("prechange_data", always, func() any { return x.before.show(e.Store) })
	add("postchange_data", always, func() any { return x.after.show(e.Store) })
	return d
}

// appName is the model's app in a row's title.
func (m *Model) appName() string {
	if len(m.App) <= 4 {
		return strings.ToUpper(m.App)
	}
	return Capital(m.App)
}

func (e *Encoder) changedObject(x *Change) any {
	r := e.Store.Find(x.Model.Kind, x.object)
	if r == nil {
		return nil
	}
	inner := &Encoder{Store: e.Store, Base: e.Base}
	inner.Embed(r, nil)
	return Raw(inner.Bytes)
}

// changeTest is a condition on a row of the changelog.
type changeTest func(*Change) bool

// FindChanges filters the changelog; parameters that it does not know are
// ignored, time__gte among them.
func (s *Store) FindChanges(params map[string][]string) ([]*Change, *Problem) {
	from := s.Changes
	if ids := params["request_id"]; len(ids) == 1 {
		from = s.byRequest[ids[0]]
	}
	var tests []changeTest
	var bad faults
	for _, name := range sortedNames(params) {
		values := params[name]
		if len(values) == 0 || values[0] == "" {
			continue
		}
		test, msg := s.changeFilter(name, values)
		if msg == "" {
			msg = s.changeFault(name, values[len(values)-1])
		}
		if msg != "" {
			bad.Add(strings.TrimSuffix(strings.TrimSuffix(name, "_after"), "_before"), "%s", msg)
		}
		if test != nil {
			tests = append(tests, test)
		}
		if name == "id__gt" && msg == "" {
			from = after(from, values[0])
		}
	}
	if bad.Any() {
		return nil, &Problem{Status: 400, Body: bad.Dict}
	}
	found := make([]*Change, 0, min(len(from), 4096))
	for _, c := range from {
		if !slices.ContainsFunc(tests, func(t changeTest) bool { return !t(c) }) {
			found = append(found, c)
		}
	}
	return found, nil
}

// changeFault says what is wrong with the value of a filter.
func (s *Store) changeFault(name, v string) string {
	number, err := strconv.ParseInt(v, 10, 64)
	choice := fmt.Sprintf("Select a valid choice. %s is not one of the available choices.", v)
	switch {
	case name == "request_id" && !uuidForm.MatchString(v):
		return "Enter a valid UUID."
	case name == "user_id" && err != nil:
		return fmt.Sprintf("“%s” is not a valid value.", v)
	case name == "changed_object_id" && err != nil:
		return "Enter a whole number."
	case name == "user_id" && s.Find(s.authors, number) == nil,
		name == "user" && len(s.Named(s.authors, false, v)) == 0,
		name == "action" && actionLabels[v] == "",
		name == "changed_object_type_id" && !slices.ContainsFunc(s.Models, func(m *Model) bool { return m.TypeID == number }):
		return choice
	}
	return ""
}

// after skips the rows up to an id.
func after(rows []*Change, id string) []*Change {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return rows
	}
	at, _ := slices.BinarySearchFunc(rows, n+1, func(x *Change, id int64) int { return cmp.Compare(x.ID, id) })
	return rows[at:]
}

func (s *Store) changeFilter(name string, values []string) (changeTest, string) {
	among := func(of func(*Change) string) changeTest {
		return func(c *Change) bool { return slices.Contains(values, of(c)) }
	}
	base, lookup, _ := strings.Cut(name, "__")
	switch {
	case base == "id":
		return changeIDs(lookup, values)
	case name == "action":
		return among(func(c *Change) string { return c.Action }), ""
	case name == "changed_object_id":
		return among(func(c *Change) string { return Plain(c.object) }), ""
	case name == "changed_object_type_id":
		return among(func(c *Change) string { return Plain(c.Model.TypeID) }), ""
	case name == "changed_object_type":
		return s.changedType(values), ""
	case name == "user_name" || name == "user":
		return among(func(c *Change) string { return c.user.Name }), ""
	case name == "user_id":
		return among(func(c *Change) string { return Plain(c.user.ID) }), ""
	case name == "request_id":
		return among(func(c *Change) string { return c.request }), ""
	case name == "time_after" || name == "time_before":
		return changeTime(name, values)
	}
	return s.changeText(name, lookup, values)
}

func (s *Store) changeText(name, lookup string, values []string) (changeTest, string) {
	switch {
	case strings.HasPrefix(name, "object_repr"):
		if how := TextLookup(lookup); how != nil {
			return func(c *Change) bool {
				return slices.ContainsFunc(values, func(v string) bool { return how(c.repr, v) })
			}, ""
		}
	case name == "q":
		want := strings.ToLower(strings.TrimSpace(values[0]))
		return func(c *Change) bool {
			text := c.user.Name + "\x00" + c.repr
			if s.Rel.ChangelogMessage {
				text += "\x00" + c.message
			}
			return strings.Contains(strings.ToLower(text), want)
		}, ""
	}
	return nil, ""
}

// changedType takes one type up to 4.4, and the last one named; from 4.5 any
// number.
func (s *Store) changedType(values []string) changeTest {
	if !s.Rel.ChangelogManyTypes {
		values = values[len(values)-1:]
	}
	return func(c *Change) bool { return slices.Contains(values, c.Model.ObjectType()) }
}

func changeIDs(lookup string, values []string) (changeTest, string) {
	m, msg := NumberFilter(func(r *Record) any { return r.ID }, lookup, values)
	if m == nil {
		return nil, msg
	}
	return func(c *Change) bool { return m.Test(&Record{ID: c.ID}) }, ""
}

func changeTime(name string, values []string) (changeTest, string) {
	var at time.Time
	var ok bool
	if at, ok = ReadTime(values[0]); !ok {
		return nil, "Enter a valid date/time."
	}
	if name == "time_after" {
		return func(c *Change) bool { return !c.time.Before(at) }, ""
	}
	return func(c *Change) bool { return !c.time.After(at) }, ""
}

// ArrangeChanges sorts by id or time; the newest come first by default.
func ArrangeChanges(found []*Change, ordering []string) {
	for _, o := range ordering {
		switch o {
		case "id":
			return
		case "time":
			slices.SortStableFunc(found, func(a, b *Change) int { return a.time.Compare(b.time) })
			return
		case "-id":
			slices.Reverse(found)
			return
		}
	}
	slices.SortStableFunc(found, func(a, b *Change) int {
		return cmp.Or(b.time.Compare(a.time), cmp.Compare(b.ID, a.ID))
	})
}
