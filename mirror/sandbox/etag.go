package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

// etagOf is the weak tag of an object: when it was last updated.
func etagOf(r *record) string {
	return `W/"` + strings.TrimSuffix(stamp(r.updated), "Z") + `+00:00"`
}

// tagged says whether the release sends and heeds entity tags.
func (s *state) tagged(m *model) bool { return s.rel.minor >= 6 && !m.noETag }

// precondition holds an object against the If-Match header.
func (o *operation) precondition(r *record) {
	if len(o.guard) == 0 || !o.tagged(r.model) {
		return
	}
	if slices.Contains(o.guard, "*") || slices.Contains(o.guard, etagOf(r)) {
		return
	}
	p := detail(http.StatusPreconditionFailed, "Precondition failed.")
	p.etag = etagOf(r)
	panic(p)
}

// matchers splits an If-Match header.
func matchers(h http.Header) []string {
	var list []string
	for _, v := range h.Values("If-Match") {
		for tag := range strings.SplitSeq(v, ",") {
			if tag = strings.TrimSpace(tag); tag != "" {
				list = append(list, tag)
			}
		}
	}
	return list
}
