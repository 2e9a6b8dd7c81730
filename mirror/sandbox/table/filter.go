package table

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Match is what one query parameter asks for.
type Match struct {
	IDs   []int64 // the only candidates, if known
	Known bool
	Test  func(r *Record) bool // further condition; nil is none
	from  int64                // no id below it matches
}

// Filter makes a match of a parameter's values; a message is a 400.
type Filter func(s *Store, lookup string, values []string) (*Match, string)

// Query is a list request as understood.
type Query struct {
	Matches []*Match
	Sort    []string
	faults  faults
	foreign string // a filter that only NetBox has
}

// notFilters are parameters that mean something else.
var notFilters = []string{"limit", "offset", "start", "ordering", "fields", "omit", "brief", "exclude", "format", "export"}

// Understand reads the parameters of a list; those unknown are ignored.
func (s *Store) Understand(m *Model, params map[string][]string) *Query {
	q := &Query{}
	params = s.unfold(params)
	for _, name := range sortedNames(params) {
		values := params[name]
		if slices.Contains(notFilters, name) {
			continue
		}
		if slices.Contains(values, "") && s.byNumber(m, name) {
			q.faults.Add(name, "“” is not a valid value.")
			continue
		}
		values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
		if len(values) == 0 {
			continue
		}
		got, msg, known := s.filter(m, name, values)
		switch {
		case !known:
			q.foreign = name
		case msg != "":
			q.faults.Add(name, "%s", msg)
		case got != nil:
			q.Matches = append(q.Matches, got)
		}
	}
	for _, v := range params["ordering"] {
		q.Sort = append(q.Sort, strings.Split(v, ",")...)
	}
	return q
}

// byNumber says whether a parameter filters by the id of what is referred to.
func (s *Store) byNumber(m *Model, name string) bool {
	base, isID := strings.CutSuffix(name, "_id")
	f := m.ByName[base]
	return isID && f != nil && f.Kind.refers && !f.Hidden
}

func sortedNames(params map[string][]string) []string {
	names := make([]string, 0, len(params))
	for n := range params {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// filter finds the filter that a parameter names; nil is none, for what NetBox
// does not filter by is ignored. What it filters by and the store cannot is not
// known.
func (s *Store) filter(m *Model, name string, values []string) (found *Match, msg string, known bool) {
	if rest, ok := strings.CutPrefix(name, "cf_"); ok && m.Custom {
		found, msg = s.Customs.Filter(m, rest, values)
		return found, msg, true
	}
	base, lookup, _ := strings.Cut(name, "__")
	if !slices.Contains(m.Filters, base) {
		return nil, "", true
	}
	if f := m.Extra[base]; f != nil {
		found, msg = f(s, lookup, values)
		return found, msg, true
	}
	switch base {
	case "id":
		found, msg = idFilter(lookup, values)
	case "q":
		found, msg = s.search(m, values)
	case "tag", "tag_id":
		found, msg = s.tagFilter(m, base, lookup, values)
	case "created", "last_updated":
		found, msg = dateFilter(base, lookup, values)
	case "created_by_request", "updated_by_request", "modified_by_request":
		found, msg = s.requestFilter(m, base, values)
	default:
		return s.fieldFilter(m, base, lookup, values)
	}
	return found, msg, true
}

// fieldFilter filters by a field of the model itself.
func (s *Store) fieldFilter(m *Model, base, lookup string, values []string) (found *Match, msg string, known bool) {
	if f := m.ByName[strings.TrimSuffix(base, "_id")]; f != nil && f.Kind.Filter == "reference" && !f.Hidden {
		found, msg = s.ReferenceFilter(m, f, strings.HasSuffix(base, "_id"), lookup, values)
		return found, msg, true
	}
	f := m.ByName[base]
	if f == nil || f.Hidden {
		return nil, "", false
	}
	switch f.Kind.Filter {
	case "flag":
		found = boolFilter(base, lookup, values)
	case "number":
		found, msg = NumberFilter(func(r *Record) any { return r.Get(base) }, lookup, values)
	case "choice":
		found, msg = choiceFilter(f, lookup, values)
	case "text":
		found, msg = s.wordFilter(m, f, lookup, values)
	default:
		return nil, "", false
	}
	return found, msg, true
}

// wordFilter filters by text, through an index where there is one.
func (s *Store) wordFilter(m *Model, f *Field, lookup string, values []string) (*Match, string) {
	if lookup == "" && f.Index {
		found := &Match{Known: true}
		for _, v := range values {
			for _, id := range s.Tables[m.Kind].Texts[f.Name][v] {
				found.IDs = With(found.IDs, id)
			}
		}
		return found, ""
	}
	return TextFilter(func(r *Record) any { return r.Values[f.Column] }, lookup, values)
}

// TextFilter compares text, as a lookup says.
func TextFilter(of func(*Record) any, lookup string, values []string) (*Match, string) {
	negative := strings.HasPrefix(lookup, "n") && lookup != ""
	how := TextLookup(strings.TrimPrefix(lookup, "n"))
	if lookup == "n" {
		how = func(have, want string) bool { return have == want }
	}
	if lookup == "empty" {
		want := Truthy(values[0])
		return &Match{Test: func(r *Record) bool { return (Plain(of(r)) == "") == want }}, ""
	}
	if how == nil {
		return nil, ""
	}
	return &Match{Test: func(r *Record) bool {
		have := Plain(of(r))
		hit := slices.ContainsFunc(values, func(want string) bool { return how(have, want) })
		return hit != negative
	}}, ""
}

// TextLookup is the comparison of a lookup expression.
func TextLookup(name string) func(have, want string) bool {
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

func choiceFilter(f *Field, lookup string, values []string) (*Match, string) {
	if lookup == "" || lookup == "n" {
		for _, v := range values {
			if _, known := f.Labels[v]; !known && v != "null" {
				return nil, fmt.Sprintf("Select a valid choice. %s is not one of the available choices.", v)
			}
		}
	}
	return TextFilter(func(r *Record) any { return r.Values[f.Column] }, lookup, values)
}

func boolFilter(name, lookup string, values []string) *Match {
	if lookup != "" {
		return nil
	}
	want := Truthy(values[0])
	if !want && strings.ToLower(values[0]) != "false" && values[0] != "0" {
		return nil
	}
	return &Match{Test: func(r *Record) bool { return r.Flag(name) == want }}
}

func idFilter(lookup string, values []string) (*Match, string) {
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
		return &Match{IDs: slices.Compact(wanted), Known: true}, ""
	}
	found, msg := NumberFilter(func(r *Record) any { return r.ID }, lookup, values)
	if found != nil && (lookup == "gt" || lookup == "gte") {
		found.from = slices.Min(wanted)
	}
	return found, msg
}

// NumberFilter filters by a number with n, gt, gte, lt, lte and empty.
func NumberFilter(of func(*Record) any, lookup string, values []string) (*Match, string) {
	if lookup == "empty" {
		want := Truthy(values[0])
		return &Match{Test: func(r *Record) bool { return (of(r) == nil) == want }}, ""
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
	return &Match{Test: func(r *Record) bool {
		v := of(r)
		if v == nil {
			return lookup == "n"
		}
		have, _ := strconv.ParseFloat(Plain(v), 64)
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

func dateFilter(name, lookup string, values []string) (*Match, string) {
	var wanted []time.Time
	for _, v := range values {
		t, ok := ReadTime(v)
		if !ok {
			return nil, "Enter a valid date/time."
		}
		wanted = append(wanted, t)
	}
	how, all := comparison(lookup)
	if how == nil {
		return nil, ""
	}
	return &Match{Test: func(r *Record) bool {
		have := r.Updated
		if name == "created" {
			have = r.Created
		}
		hit := func(want time.Time) bool { return how(float64(have.Compare(want)), 0) }
		if all {
			return !slices.ContainsFunc(wanted, func(w time.Time) bool { return !hit(w) })
		}
		return slices.ContainsFunc(wanted, hit)
	}}, ""
}

// ReadTime takes the forms of a date that NetBox takes; one without a zone is
// in UTC.
func ReadTime(s string) (time.Time, bool) {
	s = strings.Replace(s, " ", "T", 1)
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.Parse(form, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// search is ?q=: any of the model's texts contains the words.
func (s *Store) search(m *Model, values []string) (*Match, string) {
	want := strings.ToLower(strings.TrimSpace(values[0]))
	names := m.Searchable
	if len(names) == 0 {
		names = []string{"name", "slug", "label", "description", "serial", "asset_tag", "comments", "address"}
	}
	return &Match{Test: func(r *Record) bool {
		for _, n := range names {
			if strings.Contains(strings.ToLower(r.Text(n)), want) {
				return true
			}
		}
		return false
	}}, ""
}

var uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}$`)

// requestFilter filters by the request that made or changed an object.
func (s *Store) requestFilter(m *Model, name string, values []string) (*Match, string) {
	found := &Match{Known: true}
	for _, v := range values {
		if !uuidForm.MatchString(v) {
			return nil, "Enter a valid UUID."
		}
		for _, c := range s.byRequest[v] {
			fits := name == "modified_by_request" || c.Action+"d_by_request" == name
			if c.Model == m && fits {
				found.IDs = With(found.IDs, c.object)
			}
		}
	}
	return found, ""
}

// BadFilter is the answer to parameters that make no sense.
func (q *Query) BadFilter() *Problem {
	switch {
	case q.foreign != "":
		return Detail(501, "The sandbox does not have NetBox's filter %q.", q.foreign)
	case !q.faults.Any():
		return nil
	}
	return &Problem{Status: 400, Body: q.faults.Dict}
}
