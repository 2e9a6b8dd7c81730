package table

import (
	"maps"
	"slices"
	"time"
)

// Fork is a copy of the store that goes on by itself, with a clock of its own. It shares
// the records and the rows of the changelog, which never change.
func (s *Store) Fork(now func() time.Time) *Store {
	f := *s
	f.Now = now
	f.Tables, f.inbound, f.bearers = map[string]*table{}, map[string][]inbound{}, nil
	for _, m := range s.Models {
		f.Tables[m.Kind] = s.Tables[m.Kind].fork()
	}
	f.connect()
	f.Changes, f.byRequest = slices.Clone(s.Changes), groups(s.byRequest)
	f.Gone = maps.Clone(s.Gone)
	f.Customs = s.Customs.Another()
	f.Customs.Refresh(&f)
	return &f
}

func (t *table) fork() *table {
	f := *t
	f.Rows, f.IDs, f.Tagged = maps.Clone(t.Rows), slices.Clone(t.IDs), groups(t.Tagged)
	f.Refs, f.Texts, f.unique = map[string]map[int64][]int64{}, map[string]map[string][]int64{}, nil
	for name, at := range t.Refs {
		f.Refs[name] = groups(at)
	}
	for name, at := range t.Texts {
		f.Texts[name] = groups(at)
	}
	for _, at := range t.unique {
		f.unique = append(f.unique, maps.Clone(at))
	}
	return &f
}

// groups copies lists by key.
func groups[K comparable, V any](of map[K][]V) map[K][]V {
	out := make(map[K][]V, len(of))
	for k, list := range of {
		out[k] = slices.Clone(list)
	}
	return out
}
