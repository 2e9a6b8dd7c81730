package table

import "slices"

// SelectFrom lists the records that a query wants, by id, from one id on and
// no more than most (0 is all).
func (s *Store) SelectFrom(m *Model, q *Query, from int64, most int) []*Record {
	tab := s.Tables[m.Kind]
	ids := tab.IDs
	for _, x := range q.Matches {
		if x.Known && len(x.IDs) < len(ids) {
			ids = x.IDs
		}
		from = max(from, x.from)
	}
	at, _ := slices.BinarySearch(ids, from)
	ids = ids[at:]
	out := make([]*Record, 0, min(len(ids), 1024))
	for _, id := range ids {
		if r := tab.Rows[id]; r != nil && q.fits(r) {
			if out = append(out, r); len(out) == most {
				break
			}
		}
	}
	return out
}

func (q *Query) fits(r *Record) bool {
	for _, x := range q.Matches {
		if x.Known {
			if _, found := slices.BinarySearch(x.IDs, r.ID); !found {
				return false
			}
		}
		if x.Test != nil && !x.Test(r) {
			return false
		}
	}
	return true
}
