package table

import (
	"slices"
	"strings"
)

// ETagOf is the weak tag of an object: when it was last updated.
func ETagOf(r *Record) string {
	return `W/"` + strings.TrimSuffix(stamp(r.Updated), "Z") + `+00:00"`
}

// Tagged says whether the release sends and heeds entity tags.
func (s *Store) Tagged(m *Model) bool { return s.Rel.EntityTags && !m.NoETag }

// precondition holds an object against the If-Match header.
func (o *Operation) precondition(r *Record) {
	if len(o.Guard) == 0 || !o.Tagged(r.Model) {
		return
	}
	if slices.Contains(o.Guard, "*") || slices.Contains(o.Guard, ETagOf(r)) {
		return
	}
	p := Detail(412, "Precondition failed.")
	p.ETag = ETagOf(r)
	panic(p)
}
