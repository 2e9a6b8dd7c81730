package sandbox

import (
	"slices"
	"strings"
	"time"
)

// change is a row of the changelog. It keeps the records themselves, which
// are immutable, and writes them out when it is read.
type change struct {
	id      int64
	time    time.Time
	user    *account
	request string
	action  string
	model   *model
	object  int64
	repr    string
	message string
	before  *image
	after   *image
}

// image is a record as the changelog keeps it, with what the record itself
// does not hold: the names of its tags at the time, a cable's terminations.
type image struct {
	r    *record
	tags []string
	more dict
}

// log notes a change, unless nothing but the date differs.
func (t *tx) log(action string, old, r *record) {
	subject := r
	if r == nil {
		subject = old
	}
	if subject.model.unlogged {
		return
	}
	before, after := t.picture(old), t.picture(r)
	if action == "update" && !differ(before, after) {
		return
	}
	t.enter(action, subject, before, after)
}

// enter writes the row without asking.
func (t *tx) enter(action string, subject *record, before, after *image) {
	t.changeIDs++
	t.logged = append(t.logged, &change{
		id: t.changeIDs, time: t.tick(), user: t.user, request: t.request, action: action,
		model: subject.model, object: subject.id, repr: t.titleOf(subject), message: t.message,
		before: before, after: after,
	})
}

func (t *tx) picture(r *record) *image {
	if r == nil {
		return nil
	}
	img := &image{r: r, tags: t.tagNames(r)}
	if r.model.logExtra != nil {
		img.more = r.model.logExtra(t.state, r)
	}
	return img
}

func (s *state) tagNames(r *record) []string {
	if len(r.tags) == 0 {
		return nil
	}
	var names []string
	for _, t := range s.all("tags", r.tags) {
		names = append(names, t.text("name"))
	}
	slices.Sort(names)
	return names
}

// differ compares what two images would show.
func differ(a, b *image) bool {
	if !slices.Equal(a.tags, b.tags) || !equal(a.r.custom, b.r.custom) {
		return true
	}
	for _, f := range a.r.model.fields {
		if f.column >= 0 && !f.unlogged && !equal(a.r.values[f.column], b.r.values[f.column]) {
			return true
		}
	}
	return false
}

// publish makes a row visible, in its place by id.
func (s *state) publish(c *change) {
	at := len(s.changes)
	for at > 0 && s.changes[at-1].id > c.id {
		at--
	}
	s.changes = slices.Insert(s.changes, at, c)
	s.byRequest[c.request] = append(s.byRequest[c.request], c)
}

// PruneChanges forgets the rows of the changelog before a time, as NetBox's
// housekeeping does.
func (s *Server) PruneChanges(before time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := func(c *change) bool { return c.time.Before(before) }
	s.state.changes = slices.DeleteFunc(s.state.changes, old)
	for id, rows := range s.state.byRequest {
		if rows = slices.DeleteFunc(rows, old); len(rows) == 0 {
			delete(s.state.byRequest, id)
		} else {
			s.state.byRequest[id] = rows
		}
	}
}

// DeleteUser has the changelog forget who a user was: rows keep the name only.
func (s *Server) DeleteUser(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.gone[name] = true
}

// show writes an image in the form of Django's serialiser.
func (i *image) show(s *state) dict {
	if i == nil {
		return dict{}
	}
	d := dict{}
	for _, f := range i.r.model.fields {
		switch {
		case f.column >= 0 && !f.unlogged:
			d = append(d, pair{f.name, logValue(s, f, i.r.values[f.column])})
		case f.logs != nil:
			d = append(d, pair{f.name, f.logs})
		}
	}
	if i.r.model.tagged {
		d = append(d, pair{"tags", append([]string{}, i.tags...)})
	}
	if i.r.model.custom {
		d = append(d, pair{"custom_fields", i.r.custom})
	}
	return sortedPairs(append(d, i.more...))
}

func sortedPairs(d dict) dict {
	slices.SortStableFunc(d, func(a, b pair) int {
		if len(a.key) != len(b.key) {
			return len(a.key) - len(b.key)
		}
		return strings.Compare(a.key, b.key)
	})
	return d
}

// logValue is a value in the changelog: decimals as text, types as numbers.
func logValue(s *state, f *field, v any) any {
	switch f.kind {
	case decimal:
		if n, ok := v.(float64); ok {
			return fixed(n, f.places)
		}
	case references:
		if v == nil {
			return []any{}
		}
	case typeName:
		if m := s.byType[plain(v)]; m != nil {
			return m.typeID
		}
	case typeNames:
		return s.typeIDs(v)
	}
	return v
}

func (s *state) typeIDs(v any) []int64 {
	ids := []int64{}
	names, _ := v.([]string)
	for _, n := range names {
		if m := s.byType[n]; m != nil {
			ids = append(ids, m.typeID)
		}
	}
	return ids
}
