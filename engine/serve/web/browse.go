package web

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/diet-project/diet/generate/natural"
)

// pageSize is how many rows a page shows.
const pageSize = 50

// browse is a table as a person looks at it: a part, filtered, sorted, grouped, page by page.
type browse struct {
	Path   string
	query  url.Values
	Tabs   []tab
	Facets []choice
	Search string
	Object string
	Sort   string

	Groups  []group // in place of rows
	GroupBy string
	Rows    []row
	Total   int
	First   int // the number of the first row shown
	Last    int
	Page    int
	Pages   int
}

// tab is a part of the table.
type tab struct {
	Name, Title string
	Count       int
	Here        bool
}

// choice is a filter with its values.
type choice struct {
	Name, Title, Chosen string
	Values              []group
}

// group is a value of a property, and how many rows have it.
type group struct {
	Value string
	Count int
}

// browsed is a table as a query asks for it; part is the part where the query names none.
func (t *table) browsed(path string, query url.Values, part string) *browse {
	b := &browse{
		Path: path, query: query, Search: strings.TrimSpace(query.Get("q")), Object: query.Get("object"), Sort: query.Get("sort"),
		GroupBy: query.Get("group"),
	}
	rows := b.part(t.rows, cmp.Or(query.Get("show"), part))
	rows = keep(rows, func(r row) bool { return b.matches(r) })
	for _, f := range facets {
		b.facet(rows, f)
	}
	for _, f := range facets {
		if chosen := query.Get(f.Name); chosen != "" {
			rows = keep(rows, func(r row) bool { return f.of(r) == strings.TrimPrefix(chosen, none) })
		}
	}
	b.Total = len(rows)
	for _, f := range facets {
		if f.Name == b.GroupBy {
			b.Groups = counted(rows, f.of)
			return b
		}
	}
	b.GroupBy = ""
	sorted(rows, b.Sort)
	b.cut(rows)
	return b
}

// none stands in a query for a property that a row does not have.
const none = "(none)"

// part is the part of the rows that is looked at, and counts the others.
func (b *browse) part(rows []row, name string) []row {
	var out []row
	for _, s := range shows {
		kept := keep(rows, s.keep)
		here := s.Name == name
		if here {
			out = kept
		}
		b.Tabs = append(b.Tabs, tab{s.Name, s.Title, len(kept), here})
	}
	return out
}

func keep(rows []row, question func(row) bool) []row {
	var out []row
	for _, r := range rows {
		if question(r) {
			out = append(out, r)
		}
	}
	return out
}

// matches reports whether a row is about the object that is asked for, or a part of it, and
// has what is searched.
func (b *browse) matches(r row) bool {
	if b.Object != "" && r.Object != b.Object && !strings.HasPrefix(r.Object, b.Object+"/") {
		return false
	}
	if b.Search == "" {
		return true
	}
	for _, s := range []string{r.Name, r.Object, r.Field(), r.Want(), r.Have()} {
		if strings.Contains(strings.ToLower(s), strings.ToLower(b.Search)) {
			return true
		}
	}
	return false
}

// facet adds a filter, where there is something to choose.
func (b *browse) facet(rows []row, f facet) {
	c := choice{Name: f.Name, Title: f.Title, Chosen: b.query.Get(f.Name), Values: counted(rows, f.of)}
	if len(c.Values) > 1 || c.Chosen != "" {
		b.Facets = append(b.Facets, c)
	}
}

// counted are the values of a property, in natural order, with how many rows have each.
func counted(rows []row, of func(row) string) []group {
	counts := map[string]int{}
	for _, r := range rows {
		counts[of(r)]++
	}
	var out []group
	for _, v := range slices.SortedFunc(maps.Keys(counts), natural.Compare) {
		out = append(out, group{cmp.Or(v, none), counts[v]})
	}
	return out
}

// cut leaves one page of the rows.
func (b *browse) cut(rows []row) {
	b.Pages = max(1, (len(rows)+pageSize-1)/pageSize)
	n, err := strconv.Atoi(b.query.Get("page"))
	if err != nil {
		n = 1
	}
	b.Page = min(max(n, 1), b.Pages)
	from := (b.Page - 1) * pageSize
	b.Rows = rows[from:min(from+pageSize, len(rows))]
	b.First, b.Last = from+1, from+len(b.Rows)
}

// With is the address of the same table with something else asked for; "" asks for it no
// more. What page it was is forgotten, unless it is the page that changes.
func (b *browse) With(pairs ...string) string {
	query := maps.Clone(b.query)
	query.Del("page")
	for i := 0; i+1 < len(pairs); i += 2 {
		query.Del(pairs[i])
		if pairs[i+1] != "" {
			query.Set(pairs[i], pairs[i+1])
		}
	}
	if len(query) == 0 {
		return b.Path
	}
	return b.Path + "?" + query.Encode()
}

// Turned is the address of the table sorted by a column, or the other way round.
func (b *browse) Turned(column string) string {
	if b.Sort == column {
		return b.With("sort", "-"+column)
	}
	return b.With("sort", column)
}

// Order is how a column is sorted, in the words of ARIA.
func (b *browse) Order(column string) string {
	switch b.Sort {
	case column:
		return "ascending"
	case "-" + column:
		return "descending"
	}
	return "none"
}

// Prev is the number of the page before, 0 if there is none.
func (b *browse) Prev() int { return b.Page - 1 }

// Next is the number of the page after, 0 if there is none.
func (b *browse) Next() int {
	if b.Page == b.Pages {
		return 0
	}
	return b.Page + 1
}

// Filtered reports whether anything but the part is asked for.
func (b *browse) Filtered() bool {
	for _, f := range facets {
		if b.query.Get(f.Name) != "" {
			return true
		}
	}
	return b.Search != "" || b.Object != ""
}

// Groupings are the properties to group by.
func (b *browse) Groupings() []facet { return facets }
