package table

import (
	"slices"
	"strings"
)

// Account is who a token stands for.
type Account struct {
	ID       int64
	Name     string
	ReadOnly bool
	Grants   map[string][]any // constraints by permission; nil may everything
}

// Brief is how other objects show an account.
func (a *Account) Brief(base string) Dict {
	return Dict{
		{"id", a.ID},
		{"url", base + "/api/users/users/" + Plain(a.ID) + "/"},
		{"display", a.Name},
		{"username", a.Name},
	}
}

// Everybody stands for the types that every account may see.
const Everybody = ""

// May says whether an account may do something to objects of a type at all.
func (a *Account) May(verb, objectType string) bool {
	if a.ReadOnly && verb != "view" {
		return false
	}
	return a.Grants == nil || objectType == Everybody || a.Grants[verb+" "+objectType] != nil
}

// Bounded says whether an account may do something to some objects only.
func (a *Account) Bounded(verb string, m *Model) bool {
	return a.Grants != nil && !slices.Contains(a.Grants[verb+" "+m.ObjectType()], nil)
}

// Sees says whether an object is within what an account may do something to.
func (a *Account) Sees(s *Store, r *Record, verb string) bool {
	if !a.Bounded(verb, r.Model) {
		return true
	}
	return slices.ContainsFunc(a.Grants[verb+" "+r.Model.ObjectType()], func(c any) bool {
		constraint, _ := c.(map[string]any)
		return s.within(r, constraint, a)
	})
}

// within says whether an object has all that a constraint asks.
func (s *Store) within(r *Record, constraint map[string]any, a *Account) bool {
	for key, want := range constraint {
		if want == "$user" {
			want = a.ID
		}
		if !s.asked(r, strings.Split(key, "__"), want) {
			return false
		}
	}
	return true
}

// asked follows a lookup such as site__slug__in.
func (s *Store) asked(r *Record, path []string, want any) bool {
	head, rest := path[0], path[1:]
	f := r.Model.ByName[head]
	switch {
	case head == "tags":
		return slices.ContainsFunc(s.All(s.Labels, r.Tags), func(t *Record) bool { return s.asked(t, orID(rest), want) })
	case head == "custom_field_data" && len(rest) > 0:
		return compareBy(rest[1:], r.Custom[rest[0]], want)
	case head == "id" || head == "pk":
		return compareBy(rest, r.ID, want)
	case f != nil && f.Kind.refers && len(rest) > 0 && !isLookup(rest[0]):
		to := s.To(r, head)
		return to != nil && s.asked(to, rest, want)
	}
	return compareBy(rest, r.Get(head), want)
}

func orID(path []string) []string {
	if len(path) == 0 {
		return []string{"id"}
	}
	return path
}

// djangoLookups are names of comparisons, and the same in the words of filters.
var djangoLookups = map[string]string{
	"exact": "", "iexact": "ie", "icontains": "ic", "istartswith": "isw", "iendswith": "iew", "regex": "regex", "iregex": "iregex",
}

func isLookup(name string) bool {
	_, known := djangoLookups[name]
	return known || slices.Contains([]string{"in", "isnull", "contains", "startswith", "endswith", "gt", "gte", "lt", "lte"}, name)
}

// compareBy compares as the last word of a lookup says; without one, exactly.
func compareBy(lookup []string, have, want any) bool {
	name := strings.Join(lookup, "__")
	switch name {
	case "":
		return Plain(have) == Plain(want) && (have == nil) == (want == nil)
	case "isnull":
		return (have == nil) == (want == true)
	case "in":
		list, _ := want.([]any)
		return slices.ContainsFunc(list, func(w any) bool { return Plain(w) == Plain(have) })
	case "contains":
		return strings.Contains(Plain(have), Plain(want))
	case "startswith":
		return strings.HasPrefix(Plain(have), Plain(want))
	case "endswith":
		return strings.HasSuffix(Plain(have), Plain(want))
	case "gt", "gte", "lt", "lte":
		return have != nil && compareNumbers(name, have, want)
	}
	how := TextLookup(djangoLookups[name])
	return how != nil && have != nil && how(Plain(have), Plain(want))
}

func compareNumbers(lookup string, have, want any) bool {
	m, _ := NumberFilter(func(*Record) any { return have }, lookup, []string{Plain(want)})
	return m != nil && m.Test(nil)
}

// NotPermitted is the answer to what an account may not do.
var NotPermitted = Dict{{"detail", "You do not have permission to perform this action."}}
