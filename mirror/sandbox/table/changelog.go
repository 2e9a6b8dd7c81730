package table

import (
	"slices"
	"time"
)

// Change is a row of the changelog. It keeps the records themselves, which
// are immutable, and writes them out when it is read.
type Change struct {
	ID      int64
	time    time.Time
	user    *Account
	request string
	Action  string
	Model   *Model
	object  int64
	repr    string
	message string
	before  *Image
	after   *Image
}

// Image is a record as the changelog keeps it, with what the record itself
// does not hold: the names of its tags at the time, a cable's terminations.
type Image struct {
	r    *Record
	tags []string
	more Dict // counters and columns that the API does not show
}

// Log notes a change, unless nothing but the date differs.
func (t *Tx) Log(action string, old, r *Record) {
	subject := r
	if r == nil {
		subject = old
	}
	if subject.Model.Unlogged {
		return
	}
	before, after := t.Picture(old), t.Picture(r)
	if action == "update" && !differ(before, after) {
		return
	}
	t.Enter(action, subject, before, after)
}

// Enter writes the row without asking.
func (t *Tx) Enter(action string, subject *Record, before, after *Image) {
	t.changeIDs++
	t.logged = append(t.logged, &Change{
		ID: t.changeIDs, time: t.Tick(), user: t.User, request: t.request, Action: action,
		Model: subject.Model, object: subject.ID, repr: t.TitleOf(subject), message: t.Message,
		before: before, after: after,
	})
}

// Picture is a record as the changelog keeps it now.
func (t *Tx) Picture(r *Record) *Image {
	if r == nil {
		return nil
	}
	img := &Image{r: r, tags: t.tagNames(r)}
	for _, f := range r.Model.counters {
		img.more = append(img.more, Pair{f.Name, t.Count(f.Count.Kind, f.Count.By, r.ID)})
	}
	if r.Model.LogExtra != nil {
		img.more = append(img.more, r.Model.LogExtra(t.Store, r)...)
	}
	return img
}

func (s *Store) tagNames(r *Record) []string {
	if len(r.Tags) == 0 {
		return nil
	}
	var names []string
	for _, t := range s.All(s.Labels, r.Tags) {
		names = append(names, t.Text("name"))
	}
	slices.Sort(names)
	return names
}

// differ compares what two images would show.
func differ(a, b *Image) bool {
	if !slices.Equal(a.tags, b.tags) || !Equal(a.r.Custom, b.r.Custom) {
		return true
	}
	for _, f := range a.r.Model.Fields {
		if f.Column >= 0 && !f.Unlogged && !Equal(a.r.Values[f.Column], b.r.Values[f.Column]) {
			return true
		}
	}
	return false
}

// publish makes a row visible, in its place by id.
func (s *Store) publish(c *Change) {
	at := len(s.Changes)
	for at > 0 && s.Changes[at-1].ID > c.ID {
		at--
	}
	s.Changes = slices.Insert(s.Changes, at, c)
	s.byRequest[c.request] = append(s.byRequest[c.request], c)
}

// Prune forgets the rows before a time, as NetBox's housekeeping does.
func (s *Store) Prune(before time.Time) {
	old := func(c *Change) bool { return c.time.Before(before) }
	s.Changes = slices.DeleteFunc(s.Changes, old)
	for id, rows := range s.byRequest {
		if rows = slices.DeleteFunc(rows, old); len(rows) == 0 {
			delete(s.byRequest, id)
		} else {
			s.byRequest[id] = rows
		}
	}
}

// show writes an image in the form of Django's serialiser.
func (i *Image) show(s *Store) Dict {
	if i == nil {
		return Dict{}
	}
	d := Dict{}
	for _, f := range i.r.Model.Fields {
		switch {
		case f.Column >= 0 && !f.Unlogged:
			d = append(d, Pair{f.Name, s.logged(f, i.r.Values[f.Column])})
		case f.Logs != nil:
			d = append(d, Pair{f.Name, f.Logs})
		}
	}
	if i.r.Model.Tagged {
		d = append(d, Pair{"tags", append([]string{}, i.tags...)})
	}
	if i.r.Model.Custom {
		d = append(d, Pair{"custom_fields", i.r.Custom})
	}
	return sortedPairs(append(d, i.more...))
}

// logged is a value as the changelog shows it.
func (s *Store) logged(f *Field, v any) any {
	if f.Kind.log != nil {
		return f.Kind.log(s, f, v)
	}
	return v
}
