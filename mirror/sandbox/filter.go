package sandbox

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// match is what one query parameter asks for.
type match struct {
	ids   []int64 // the only candidates, if known
	known bool
	test  func(r *record) bool // further condition; nil is none
	from  int64                // no id below it matches
}

// filterFunc makes a match of a parameter's values; a message is a 400.
type filterFunc func(s *state, lookup string, values []string) (*match, string)

// query is a list request as understood.
type query struct {
	matches []*match
	sort    []string
	faults  faults
	foreign string // a filter that only NetBox has
}

// notFilters are parameters that mean something else.
var notFilters = []string{"limit", "offset", "start", "ordering", "fields", "omit", "brief", "exclude", "format", "export"}

// understand reads the parameters of a list; those unknown are ignored.
func (s *state) understand(m *model, params map[string][]string) *query {
	q := &query{}
	for _, name := range sortedNames(params) {
		values := params[name]
		if slices.Contains(notFilters, name) {
			continue
		}
		if slices.Contains(values, "") && s.byNumber(m, name) {
			q.faults.add(name, "“” is not a valid value.")
			continue
		}
		values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
		if len(values) == 0 {
			continue
		}
		if s.foreignFilter(m, name) {
			q.foreign = name
			continue
		}
		got, msg := s.filter(m, name, values)
		if msg != "" {
			q.faults.add(name, "%s", msg)
		} else if got != nil {
			q.matches = append(q.matches, got)
		}
	}
	for _, v := range params["ordering"] {
		q.sort = append(q.sort, strings.Split(v, ",")...)
	}
	return q
}

// byNumber says whether a parameter filters by the id of what is referred to.
func (s *state) byNumber(m *model, name string) bool {
	base, isID := strings.CutSuffix(name, "_id")
	f := m.byName[base]
	return isID && f != nil && f.kind == reference && !f.hidden
}

func sortedNames(params map[string][]string) []string {
	names := make([]string, 0, len(params))
	for n := range params {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// filter finds the filter that a parameter names; nil is none.
func (s *state) filter(m *model, name string, values []string) (*match, string) {
	if rest, ok := strings.CutPrefix(name, "cf_"); ok && m.custom {
		return s.customFilter(m, rest, values)
	}
	base, lookup, _ := strings.Cut(name, "__")
	if m.unfiltered(base) {
		return nil, ""
	}
	if f := m.extra[base]; f != nil {
		return f(s, lookup, values)
	}
	switch base {
	case "id":
		return idFilter(lookup, values)
	case "q":
		return s.search(m, values)
	case "tag", "tag_id":
		return s.tagFilter(m, base, lookup, values)
	case "created", "last_updated":
		return dateFilter(base, lookup, values)
	case "created_by_request", "updated_by_request", "modified_by_request":
		return s.requestFilter(m, base, values)
	}
	return s.fieldFilter(m, base, lookup, values)
}

// fieldFilter filters by a field of the model itself.
func (s *state) fieldFilter(m *model, base, lookup string, values []string) (*match, string) {
	if f := m.byName[strings.TrimSuffix(base, "_id")]; f != nil && f.kind == reference && f.column >= 0 && !f.hidden {
		return s.referenceFilter(m, f, strings.HasSuffix(base, "_id"), lookup, values)
	}
	f := m.byName[base]
	if f == nil || f.column < 0 || f.kind == jsonValue || f.kind == references {
		return nil, ""
	}
	switch f.kind {
	case boolean:
		return boolFilter(base, lookup, values)
	case integer, decimal:
		return numberFilter(func(r *record) any { return r.get(base) }, lookup, values)
	case choiceOf, plainChoice, numberChoice:
		return choiceFilter(f, lookup, values)
	case typeName:
		return textFilter(func(r *record) any { return r.get(base) }, lookup, values)
	case text, slug, color, address, prefix, macAddress:
		return s.wordFilter(m, f, lookup, values)
	}
	return nil, ""
}

// wordFilter filters by text, through an index where there is one.
func (s *state) wordFilter(m *model, f *field, lookup string, values []string) (*match, string) {
	if lookup == "" && f.index {
		found := &match{known: true}
		for _, v := range values {
			for _, id := range s.tables[m.kind].texts[f.name][v] {
				found.ids = with(found.ids, id)
			}
		}
		return found, ""
	}
	return textFilter(func(r *record) any { return r.values[f.column] }, lookup, values)
}

func textFilter(of func(*record) any, lookup string, values []string) (*match, string) {
	negative := strings.HasPrefix(lookup, "n") && lookup != ""
	how := textLookup(strings.TrimPrefix(lookup, "n"))
	if lookup == "n" {
		how = func(have, want string) bool { return have == want }
	}
	if lookup == "empty" {
		want := truthy(values[0])
		return &match{test: func(r *record) bool { return (plain(of(r)) == "") == want }}, ""
	}
	if how == nil {
		return nil, ""
	}
	return &match{test: func(r *record) bool {
		have := plain(of(r))
		hit := slices.ContainsFunc(values, func(want string) bool { return how(have, want) })
		return hit != negative
	}}, ""
}

// textLookup is the comparison of a lookup expression.
func textLookup(name string) func(have, want string) bool {
	folded := func(f func(a, b string) bool) func(string, string) bool {
		return func(a, b string) bool { return f(strings.ToLower(a), strings.ToLower(b)) }
	}
	switch name {
	case "":
		return func(a, b string) bool { return a == b }
	case "ic":
		return folded(strings.Contains)
	case "ie":
		return folded(func(a, b string) bool { return a == b })
	case "isw":
		return folded(strings.HasPrefix)
	case "iew":
		return folded(strings.HasSuffix)
	case "regex", "iregex":
		return func(a, b string) bool {
			if name == "iregex" {
				b = "(?i)" + b
			}
			ok, err := regexp.MatchString(b, a)
			return err == nil && ok
		}
	}
	return nil
}

func choiceFilter(f *field, lookup string, values []string) (*match, string) {
	if lookup == "" || lookup == "n" {
		for _, v := range values {
			if _, known := f.labels[v]; !known && v != "null" {
				return nil, fmt.Sprintf("Select a valid choice. %s is not one of the available choices.", v)
			}
		}
	}
	return textFilter(func(r *record) any { return r.values[f.column] }, lookup, values)
}

func boolFilter(name, lookup string, values []string) (*match, string) {
	if lookup != "" {
		return nil, ""
	}
	want := truthy(values[0])
	if !want && strings.ToLower(values[0]) != "false" && values[0] != "0" {
		return nil, ""
	}
	return &match{test: func(r *record) bool { return r.flag(name) == want }}, ""
}

func idFilter(lookup string, values []string) (*match, string) {
	wanted := make([]int64, len(values))
	for i, v := range values {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return nil, "Enter a whole number."
		}
		wanted[i] = n
	}
	if lookup == "" {
		slices.Sort(wanted)
		return &match{ids: slices.Compact(wanted), known: true}, ""
	}
	found, msg := numberFilter(func(r *record) any { return r.id }, lookup, values)
	if found != nil && (lookup == "gt" || lookup == "gte") {
		found.from = slices.Min(wanted)
	}
	return found, msg
}

// numberFilter filters by a number with n, gt, gte, lt, lte and empty.
func numberFilter(of func(*record) any, lookup string, values []string) (*match, string) {
	if lookup == "empty" {
		want := truthy(values[0])
		return &match{test: func(r *record) bool { return (of(r) == nil) == want }}, ""
	}
	wanted := make([]float64, len(values))
	for i, v := range values {
		n, err := strconv.ParseFloat(v, 64)
		if err != nil {
			return nil, "Enter a number."
		}
		wanted[i] = n
	}
	how, all := comparison(lookup)
	if how == nil {
		return nil, ""
	}
	return &match{test: func(r *record) bool {
		v := of(r)
		if v == nil {
			return lookup == "n"
		}
		have, _ := strconv.ParseFloat(plain(v), 64)
		hit := func(want float64) bool { return how(have, want) }
		if all {
			return !slices.ContainsFunc(wanted, func(w float64) bool { return !hit(w) })
		}
		return slices.ContainsFunc(wanted, hit)
	}}, ""
}

func comparison(lookup string) (how func(a, b float64) bool, all bool) {
	switch lookup {
	case "":
		return func(a, b float64) bool { return a == b }, false
	case "n":
		return func(a, b float64) bool { return a != b }, true
	case "gt":
		return func(a, b float64) bool { return a > b }, false
	case "gte":
		return func(a, b float64) bool { return a >= b }, false
	case "lt":
		return func(a, b float64) bool { return a < b }, false
	case "lte":
		return func(a, b float64) bool { return a <= b }, false
	}
	return nil, false
}

func dateFilter(name, lookup string, values []string) (*match, string) {
	var wanted []time.Time
	for _, v := range values {
		t, ok := readTime(v)
		if !ok {
			return nil, "Enter a valid date/time."
		}
		wanted = append(wanted, t)
	}
	how, all := comparison(lookup)
	if how == nil {
		return nil, ""
	}
	return &match{test: func(r *record) bool {
		have := r.updated
		if name == "created" {
			have = r.created
		}
		hit := func(want time.Time) bool { return how(float64(have.Compare(want)), 0) }
		if all {
			return !slices.ContainsFunc(wanted, func(w time.Time) bool { return !hit(w) })
		}
		return slices.ContainsFunc(wanted, hit)
	}}, ""
}

// readTime takes the forms of a date that NetBox takes; one without a zone is
// in UTC.
func readTime(s string) (time.Time, bool) {
	s = strings.Replace(s, " ", "T", 1)
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.Parse(form, s); err == nil {
			return t, true
		}
		if t, err := time.Parse(form, strings.Replace(s, "T", "T", 1)); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// referenceFilter filters by a reference: by id, or by the slug or name.
func (s *state) referenceFilter(m *model, f *field, byID bool, lookup string, values []string) (*match, string) {
	if lookup != "" && lookup != "n" {
		return nil, ""
	}
	ids, none, msg := s.resolve(f.target, byID, values)
	if msg != "" {
		return nil, msg
	}
	if f.target == m.kind || isTree(s.byKind[f.target]) {
		if f.name != "parent" || m.kind == "interfaces" {
			ids = s.descendants(f.target, ids)
		}
	}
	if lookup == "" && !none {
		found := &match{known: true}
		for _, id := range ids {
			for _, r := range s.tables[m.kind].pointing(f.name, id) {
				found.ids = with(found.ids, r)
			}
		}
		return found, ""
	}
	return &match{test: func(r *record) bool {
		id := r.ref(f.name)
		hit := slices.Contains(ids, id) || none && id == 0
		return hit == (lookup == "")
	}}, ""
}

// resolve finds the ids that a filter by reference means; "null" is none.
func (s *state) resolve(kind string, byID bool, values []string) (ids []int64, none bool, msg string) {
	for _, v := range values {
		if v == "null" {
			none = true
			continue
		}
		if _, err := strconv.ParseInt(v, 10, 64); byID && err != nil {
			return nil, false, fmt.Sprintf("“%s” is not a valid value.", v)
		}
		found := s.named(kind, byID, v)
		if len(found) == 0 {
			return nil, false, fmt.Sprintf("Select a valid choice. %s is not one of the available choices.", v)
		}
		ids = append(ids, found...)
	}
	return ids, none, ""
}

// named lists the objects that a word in a filter stands for.
func (s *state) named(kind string, byID bool, v string) []int64 {
	tab := s.tables[kind]
	if byID {
		if id, err := strconv.ParseInt(v, 10, 64); err == nil && tab.rows[id] != nil {
			return []int64{id}
		}
		return nil
	}
	if at := tab.texts["slug"]; at != nil {
		return at[v]
	}
	return tab.texts["name"][v]
}

func isTree(m *model) bool { return m != nil && m.byName["parent"] != nil && m.kind != "interfaces" }

// descendants adds what lies below in a tree.
func (s *state) descendants(kind string, ids []int64) []int64 {
	if !isTree(s.byKind[kind]) {
		return ids
	}
	all := slices.Clone(ids)
	for i := 0; i < len(all); i++ {
		all = append(all, s.tables[kind].pointing("parent", all[i])...)
	}
	return all
}

// along filters by a reference that lies several steps away.
func along(byID bool, steps ...string) filterFunc {
	return func(s *state, lookup string, values []string) (*match, string) {
		if lookup != "" && lookup != "n" {
			return nil, ""
		}
		target := ""
		return &match{test: func(r *record) bool {
			at := r
			for _, step := range steps {
				if at = s.to(at, step); at == nil {
					return slices.Contains(values, "null") == (lookup == "")
				}
			}
			target = plain(at.id)
			if !byID {
				target = at.text("slug")
				if target == "" {
					target = at.text("name")
				}
			}
			return slices.Contains(values, target) == (lookup == "")
		}}, ""
	}
}

// search is ?q=: any of the model's texts contains the words.
func (s *state) search(m *model, values []string) (*match, string) {
	want := strings.ToLower(strings.TrimSpace(values[0]))
	names := m.searchable
	if names == nil {
		names = []string{"name", "slug", "label", "description", "serial", "asset_tag", "comments", "address"}
	}
	return &match{test: func(r *record) bool {
		for _, n := range names {
			if strings.Contains(strings.ToLower(r.text(n)), want) {
				return true
			}
		}
		return false
	}}, ""
}

var uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}$`)

// requestFilter filters by the request that made or changed an object.
func (s *state) requestFilter(m *model, name string, values []string) (*match, string) {
	found := &match{known: true}
	for _, v := range values {
		if !uuidForm.MatchString(v) {
			return nil, "Enter a valid UUID."
		}
		for _, c := range s.byRequest[v] {
			fits := name == "modified_by_request" || c.action+"d_by_request" == name
			if c.model == m && fits {
				found.ids = with(found.ids, c.object)
			}
		}
	}
	return found, ""
}

// selectFrom lists the records that a query wants, by id, from one id on and
// no more than most (0 is all).
func (s *state) selectFrom(m *model, q *query, from int64, most int) []*record {
	tab := s.tables[m.kind]
	ids := tab.ids
	for _, x := range q.matches {
		if x.known && len(x.ids) < len(ids) {
			ids = x.ids
		}
		from = max(from, x.from)
	}
	at, _ := slices.BinarySearch(ids, from)
	ids = ids[at:]
	out := make([]*record, 0, min(len(ids), 1024))
	for _, id := range ids {
		if r := tab.rows[id]; r != nil && q.fits(r) {
			if out = append(out, r); len(out) == most {
				break
			}
		}
	}
	return out
}

func (q *query) fits(r *record) bool {
	for _, x := range q.matches {
		if x.known {
			if _, found := slices.BinarySearch(x.ids, r.id); !found {
				return false
			}
		}
		if x.test != nil && !x.test(r) {
			return false
		}
	}
	return true
}

// badFilter is the answer to parameters that make no sense.
func (q *query) badFilter() *problem {
	switch {
	case q.foreign != "":
		return detail(http.StatusNotImplemented, "The sandbox does not have NetBox's filter %q.", q.foreign)
	case !q.faults.any():
		return nil
	}
	return &problem{status: http.StatusBadRequest, body: q.faults.dict}
}
