package web

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/diet-project/diet/engine"
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

	Groups     []group // in place of rows
	MoreGroups int
	GroupBy    string
	Rows       []row
	Total      int
	First      int // the number of the first row shown
	Last       int
	Page       int
	Pages      int
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
	b := newBrowse(path, query)
	here := b.chosen(t.columns, cmp.Or(query.Get("show"), part))
	lines := here.lines
	if b.searches() {
		lines = slices.DeleteFunc(slices.Clone(lines), func(i uint32) bool { return !b.matches(t.rows[i]) })
	}
	for _, i := range b.shown(t.columns, here, lines) {
		b.Rows = append(b.Rows, t.rows[i])
	}
	return b
}

// browsed is the same of a stored preview.
func (s *shelf) browsed(ctx context.Context, eng *engine.Engine, t *table, path string, query url.Values, part string) (*browse, error) {
	b := newBrowse(path, query)
	here := b.chosen(s.columns, cmp.Or(query.Get("show"), part))
	lines := here.lines
	var err error
	if b.searches() {
		if lines, err = s.matching(ctx, eng, lines, b.Object, b.Search); err != nil {
			return nil, err
		}
	}
	b.Rows, err = s.rows(ctx, eng, t, b.shown(s.columns, here, lines))
	return b, err
}

func newBrowse(path string, query url.Values) *browse {
	return &browse{
		Path: path, query: query, Search: strings.TrimSpace(query.Get("q")), Object: query.Get("object"), Sort: query.Get("sort"),
		GroupBy: query.Get("group"),
	}
}

// searches reports whether anything is searched, so that each row has to be looked at.
func (b *browse) searches() bool { return b.Object != "" || b.Search != "" }

// chosen is the part that is looked at, and counts the others.
func (b *browse) chosen(c *columns, name string) *section {
	here := slices.IndexFunc(shows, func(s show) bool { return s.Name == name })
	found := c.section(here)
	for i, s := range shows {
		b.Tabs = append(b.Tabs, tab{s.Name, s.Title, found.counts[i], i == here})
	}
	return found
}

// shown are the lines that a page shows of those of a part that match what is searched.
func (b *browse) shown(c *columns, here *section, lines []uint32) []uint32 {
	for i := range facets {
		groups := here.groups[i]
		if b.searches() {
			groups = c.counted(lines, i)
		}
		b.facet(facets[i], groups)
	}
	for i, f := range facets {
		if chosen := b.query.Get(f.Name); chosen != "" {
			lines = c.having(lines, i, strings.TrimPrefix(chosen, none))
		}
	}
	b.Total = len(lines)
	if by := slices.IndexFunc(facets, func(f facet) bool { return f.Name == b.GroupBy }); by >= 0 {
		groups := c.counted(lines, by)
		b.Groups = groups[:min(len(groups), mostGroups)]
		b.MoreGroups = len(groups) - len(b.Groups)
		return nil
	}
	b.GroupBy = ""
	by, down := strings.CutPrefix(b.Sort, "-")
	return b.cut(c.sorted(lines, by, down))
}

// none stands in a query for a property that a row does not have.
const none = "(none)"

// How many values of a property a page lists: to choose from, and as groups.
const mostChoices, mostGroups = 300, 1000

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

// facet adds a filter, where there is something to choose. Of very many values those are found by
// grouping.
func (b *browse) facet(f facet, groups []group) {
	choice := choice{Name: f.Name, Title: f.Title, Chosen: b.query.Get(f.Name), Values: groups}
	if len(groups) > mostChoices {
		choice.Values = slices.DeleteFunc(slices.Clone(groups), func(g group) bool { return g.Value != choice.Chosen })
	}
	if len(choice.Values) > 1 || choice.Chosen != "" {
		b.Facets = append(b.Facets, choice)
	}
}

// cut leaves one page of the lines.
func (b *browse) cut(lines []uint32) []uint32 {
	b.Pages = max(1, (len(lines)+pageSize-1)/pageSize)
	n, err := strconv.Atoi(b.query.Get("page"))
	if err != nil {
		n = 1
	}
	b.Page = min(max(n, 1), b.Pages)
	from := (b.Page - 1) * pageSize
	page := lines[from:min(from+pageSize, len(lines))]
	b.First, b.Last = from+1, from+len(page)
	return page
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

// Empty reports whether nothing differs at all, in whatever part.
func (b *browse) Empty() bool {
	return !slices.ContainsFunc(b.Tabs, func(t tab) bool { return t.Count > 0 })
}

// Groupings are the properties to group by.
func (b *browse) Groupings() []facet { return facets }
