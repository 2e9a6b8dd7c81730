package table

import (
	"encoding/gob"
	"fmt"
	"io"
	"time"
)

// saved is a store as a file holds it. Records stand in one list: the tables and the
// changelog refer to them by their place, since they share most of them.
type saved struct {
	Version   string // of NetBox
	Last      time.Time
	ChangeIDs int64
	Gone      map[string]bool
	Records   []savedRecord
	Tables    map[string]savedTable
	Changes   []savedChange
}

type savedTable struct {
	Last int64
	Rows []int // places of records
}

// savedRecord holds values by field, so that a release with more fields reads it too.
type savedRecord struct {
	Kind             string
	ID               int64
	Values           map[string]any
	Tags             []int64
	Custom           map[string]any
	Created, Updated time.Time
}

type savedChange struct {
	ID            int64
	Time          time.Time
	UserID        int64
	User          string
	Request       string
	Action        string
	Kind          string
	Object        int64
	Repr, Message string
	Before, After *savedImage
}

type savedImage struct {
	Record int
	Tags   []string
	More   Dict
}

func init() {
	for _, v := range []any{Dict{}, []Dict{}, Raw(""), []any{}, map[string]any{}, time.Time{}} {
		gob.Register(v)
	}
}

// Revision is another one after each write.
func (s *Store) Revision() int64 {
	n := s.changeIDs
	for _, t := range s.Tables {
		n += t.Version
	}
	return n
}

// Save writes all that the store holds.
func (s *Store) Save(w io.Writer) error {
	out := &saved{
		Version: s.Rel.Version.Full, Last: s.last, ChangeIDs: s.changeIDs, Gone: s.Gone, Tables: map[string]savedTable{},
	}
	places := map[*Record]int{}
	for kind, t := range s.Tables {
		st := savedTable{Last: t.last}
		for _, id := range t.IDs {
			st.Rows = append(st.Rows, out.place(places, t.Rows[id]))
		}
		out.Tables[kind] = st
	}
	for _, c := range s.Changes {
		out.Changes = append(out.Changes, savedChange{
			ID: c.ID, Time: c.time, UserID: c.user.ID, User: c.user.Name, Request: c.request, Action: c.Action, Kind: c.Model.Kind,
			Object: c.object, Repr: c.repr, Message: c.message, Before: out.image(places, c.before), After: out.image(places, c.after),
		})
	}
	if err := gob.NewEncoder(w).Encode(out); err != nil {
		return fmt.Errorf("save sandbox: %w", err)
	}
	return nil
}

// place is where a record stands in the list.
func (f *saved) place(places map[*Record]int, r *Record) int {
	if at, ok := places[r]; ok {
		return at
	}
	values := map[string]any{}
	for _, field := range r.Model.Fields {
		if field.Column >= 0 && r.Values[field.Column] != nil {
			values[field.Name] = r.Values[field.Column]
		}
	}
	places[r] = len(f.Records)
	f.Records = append(f.Records, savedRecord{r.Model.Kind, r.ID, values, r.Tags, r.Custom, r.Created, r.Updated})
	return places[r]
}

func (f *saved) image(places map[*Record]int, i *Image) *savedImage {
	if i == nil {
		return nil
	}
	return &savedImage{f.place(places, i.r), i.tags, i.more}
}

// Load fills an empty store with what Save wrote. One of an older release is upgraded; it
// returns an error for one of a newer release.
func (s *Store) Load(r io.Reader) error {
	var in saved
	if err := gob.NewDecoder(r).Decode(&in); err != nil {
		return fmt.Errorf("load sandbox: %w", err)
	}
	if semver(in.Version) > semver(s.Rel.Version.Full) {
		return fmt.Errorf("load sandbox: it is a NetBox %s, not %s", in.Version, s.Rel.Version.Full)
	}
	records := make([]*Record, len(in.Records))
	for i := range in.Records {
		record, err := s.restored(&in.Records[i])
		if err != nil {
			return fmt.Errorf("load sandbox: %w", err)
		}
		records[i] = record
	}
	for kind, t := range in.Tables {
		for _, at := range t.Rows {
			s.Tables[kind].put(records[at].ID, records[at])
		}
		s.Tables[kind].last = t.Last
	}
	s.last, s.changeIDs = in.Last, in.ChangeIDs
	if in.Gone != nil {
		s.Gone = in.Gone
	}
	for i := range in.Changes {
		s.publish(s.restoredChange(records, &in.Changes[i]))
	}
	s.Customs.Refresh(s)
	return nil
}

// semver is a version by its first two numbers, to compare.
func semver(version string) int {
	var major, minor int
	_, _ = fmt.Sscanf(version, "%d.%d", &major, &minor) // 0 for what is none
	return 100*major + minor
}

func (s *Store) restored(in *savedRecord) (*Record, error) {
	m := s.ByKind[in.Kind]
	if m == nil {
		return nil, fmt.Errorf("there are no %s here", in.Kind)
	}
	r := NewRecord(m)
	r.ID, r.Tags, r.Custom, r.Created, r.Updated = in.ID, in.Tags, in.Custom, in.Created, in.Updated
	if r.Custom == nil && m.Custom {
		r.Custom = map[string]any{}
	}
	for name, v := range in.Values {
		r.Set(name, v)
	}
	return r, nil
}

func (s *Store) restoredChange(records []*Record, in *savedChange) *Change {
	image := func(i *savedImage) *Image {
		if i == nil {
			return nil
		}
		return &Image{r: records[i.Record], tags: i.Tags, more: i.More}
	}
	return &Change{
		ID: in.ID, time: in.Time, user: &Account{ID: in.UserID, Name: in.User}, request: in.Request, Action: in.Action,
		Model: s.ByKind[in.Kind], object: in.Object, repr: in.Repr, message: in.Message, before: image(in.Before), after: image(in.After),
	}
}
