package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

var actionLabels = map[string]string{"create": "Created", "update": "Updated", "delete": "Deleted"}

// changes answers for the changelog.
func (s *Server) changes(c *call, id int64) *answer {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if c.Method != http.MethodGet && c.Method != http.MethodHead {
		return s.failure(detail(http.StatusMethodNotAllowed, "Method %q not allowed.", c.Method))
	}
	chosen := selectionOf(c, s.rel)
	if s.rel.minor <= 4 {
		chosen = &selection{} // fields= came with 4.5 here
	}
	if id != 0 {
		for _, x := range s.state.changes {
			if x.id == id {
				return jsonAnswer(http.StatusOK, s.showChange(c, x, chosen))
			}
		}
		return s.failure(detail(http.StatusNotFound, "No ObjectChange matches the given query."))
	}
	return s.changePage(c, chosen)
}

func (s *Server) changePage(c *call, chosen *selection) *answer {
	p, bad := s.pageOf(c)
	if bad != nil {
		return s.failure(bad)
	}
	found, bad := s.state.findChanges(c.params)
	if bad != nil {
		return s.failure(bad)
	}
	total := len(found)
	next, previous := p.links(c, total)
	var count any = total
	if p.cursor {
		at, _ := slices.BinarySearchFunc(found, p.start, func(x *change, id int64) int { return cmp.Compare(x.id, id) })
		found, count = found[at:], nil
	} else {
		arrangeChanges(found, c.params["ordering"])
		found = found[min(p.offset, total):]
	}
	found = found[:min(p.limit, len(found))]
	if p.cursor && len(found) == p.limit {
		next = p.linkTo(c, "start", found[len(found)-1].id+1)
	}
	results := make([]any, len(found))
	for i, x := range found {
		results[i] = s.showChange(c, x, chosen)
	}
	return jsonAnswer(http.StatusOK, dict{{"count", count}, {"next", next}, {"previous", previous}, {"results", results}})
}

// arrangeChanges sorts by id or time; the newest come first by default.
func arrangeChanges(found []*change, ordering []string) {
	for _, o := range ordering {
		switch o {
		case "id":
			return
		case "time":
			slices.SortStableFunc(found, func(a, b *change) int { return a.time.Compare(b.time) })
			return
		case "-id":
			slices.Reverse(found)
			return
		}
	}
	slices.SortStableFunc(found, func(a, b *change) int {
		return cmp.Or(b.time.Compare(a.time), cmp.Compare(b.id, a.id))
	})
}

func (s *Server) showChange(c *call, x *change, chosen *selection) dict {
	d := dict{}
	add := func(name string, since int, value func() any) {
		if s.rel.minor >= since && chosen.has(name) {
			d = append(d, pair{name, value()})
		}
	}
	app := strings.ToUpper(x.model.app)
	if len(app) > 4 {
		app = capital(x.model.app)
	}
	add("id", 0, func() any { return x.id })
	add("url", 0, func() any { return c.base + "/api/core/object-changes/" + plain(x.id) + "/" })
	add("display_url", 0, func() any { return c.base + "/core/changelog/" + plain(x.id) + "/" })
	add("display", 0, func() any {
		return fmt.Sprintf("%s | %s %s %s by %s", app, x.model.label, x.repr, strings.ToLower(actionLabels[x.action]), x.user.name)
	})
	add("time", 0, func() any { return x.time })
	add("user", 0, func() any {
		if s.state.gone[x.user.name] {
			return nil
		}
		return x.user.brief(c.base)
	})
	add("user_name", 0, func() any { return x.user.name })
	add("request_id", 0, func() any { return x.request })
	add("action", 0, func() any { return dict{{"value", x.action}, {"label", actionLabels[x.action]}} })
	add("changed_object_type", 0, func() any { return x.model.objectType() })
	add("changed_object_id", 0, func() any { return x.object })
	add("changed_object", 0, func() any { return s.changedObject(c, x) })
	add("object_repr", 5, func() any { return x.repr })
	add("message", 4, func() any { return x.message })
	add("prechange_data", 0, func() any { return x.before.show(s.state) })
	add("postchange_data", 0, func() any { return x.after.show(s.state) })
	return d
}

func (s *Server) changedObject(c *call, x *change) any {
	r := s.state.find(x.model.kind, x.object)
	if r == nil {
		return nil
	}
	e := &encoder{s: s.state, base: c.base}
	e.embed(r, nil)
	return raw(e.b)
}

// changeTest is a condition on a row of the changelog.
type changeTest func(*change) bool

// findChanges filters the changelog; parameters that it does not know are
// ignored, time__gte among them.
func (s *state) findChanges(params map[string][]string) ([]*change, *problem) {
	from := s.changes
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
			bad.add(strings.TrimSuffix(strings.TrimSuffix(name, "_after"), "_before"), "%s", msg)
		}
		if test != nil {
			tests = append(tests, test)
		}
		if name == "id__gt" && msg == "" {
			from = after(from, values[0])
		}
	}
	if bad.any() {
		return nil, &problem{status: http.StatusBadRequest, body: bad.dict}
	}
	found := make([]*change, 0, min(len(from), 4096))
	for _, c := range from {
		if !slices.ContainsFunc(tests, func(t changeTest) bool { return !t(c) }) {
			found = append(found, c)
		}
	}
	return found, nil
}

// changeFault says what is wrong with the value of a filter.
func (s *state) changeFault(name, v string) string {
	number, err := strconv.ParseInt(v, 10, 64)
	choice := fmt.Sprintf("Select a valid choice. %s is not one of the available choices.", v)
	switch {
	case name == "request_id" && !uuidForm.MatchString(v):
		return "Enter a valid UUID."
	case name == "user_id" && err != nil:
		return fmt.Sprintf("“%s” is not a valid value.", v)
	case name == "changed_object_id" && err != nil:
		return "Enter a whole number."
	case name == "user_id" && s.find("users", number) == nil,
		name == "user" && len(s.tables["users"].texts["username"][v]) == 0,
		name == "action" && actionLabels[v] == "",
		name == "changed_object_type_id" && !slices.ContainsFunc(s.models, func(m *model) bool { return m.typeID == number }):
		return choice
	}
	return ""
}

// after skips the rows up to an id.
func after(rows []*change, id string) []*change {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return rows
	}
	at, _ := slices.BinarySearchFunc(rows, n+1, func(x *change, id int64) int { return cmp.Compare(x.id, id) })
	return rows[at:]
}

func (s *state) changeFilter(name string, values []string) (changeTest, string) {
	among := func(of func(*change) string) changeTest {
		return func(c *change) bool { return slices.Contains(values, of(c)) }
	}
	base, lookup, _ := strings.Cut(name, "__")
	switch {
	case base == "id":
		return changeIDs(lookup, values)
	case name == "action":
		return among(func(c *change) string { return c.action }), ""
	case name == "changed_object_id":
		return among(func(c *change) string { return plain(c.object) }), ""
	case name == "changed_object_type_id":
		return among(func(c *change) string { return plain(c.model.typeID) }), ""
	case name == "changed_object_type":
		return s.changedType(values), ""
	case name == "user_name" || name == "user":
		return among(func(c *change) string { return c.user.name }), ""
	case name == "user_id":
		return among(func(c *change) string { return plain(c.user.id) }), ""
	case name == "request_id":
		return among(func(c *change) string { return c.request }), ""
	case name == "time_after" || name == "time_before":
		return changeTime(name, values)
	}
	return s.changeText(name, lookup, values)
}

func (s *state) changeText(name, lookup string, values []string) (changeTest, string) {
	switch {
	case strings.HasPrefix(name, "object_repr"):
		if how := textLookup(lookup); how != nil {
			return func(c *change) bool {
				return slices.ContainsFunc(values, func(v string) bool { return how(c.repr, v) })
			}, ""
		}
	case name == "q":
		want := strings.ToLower(strings.TrimSpace(values[0]))
		return func(c *change) bool {
			text := c.user.name + "\x00" + c.repr
			if s.rel.minor >= 4 {
				text += "\x00" + c.message
			}
			return strings.Contains(strings.ToLower(text), want)
		}, ""
	}
	return nil, ""
}

// changedType takes one type up to 4.4, and the last one named; from 4.5 any
// number.
func (s *state) changedType(values []string) changeTest {
	if s.rel.minor <= 4 {
		values = values[len(values)-1:]
	}
	return func(c *change) bool { return slices.Contains(values, c.model.objectType()) }
}

func changeIDs(lookup string, values []string) (changeTest, string) {
	m, msg := numberFilter(func(r *record) any { return r.id }, lookup, values)
	if m == nil {
		return nil, msg
	}
	return func(c *change) bool { return m.test(&record{id: c.id}) }, ""
}

func changeTime(name string, values []string) (changeTest, string) {
	var at time.Time
	var ok bool
	if at, ok = readTime(values[0]); !ok {
		return nil, "Enter a valid date/time."
	}
	if name == "time_after" {
		return func(c *change) bool { return !c.time.Before(at) }, ""
	}
	return func(c *change) bool { return !c.time.After(at) }, ""
}

// changeObjects lists the changelog for Objects.
func (s *Server) changeObjects() []map[string]any {
	list := make([]map[string]any, 0, len(s.state.changes))
	for _, x := range s.state.changes {
		var o map[string]any
		if err := json.Unmarshal(appendJSON(nil, s.showChange(&call{}, x, &selection{})), &o); err == nil {
			list = append(list, o)
		}
	}
	return list
}
