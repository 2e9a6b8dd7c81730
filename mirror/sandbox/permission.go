package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

// verbs are the permissions that methods need.
var verbs = map[string]string{
	http.MethodGet: "view", http.MethodHead: "view", http.MethodPost: "add",
	http.MethodPut: "change", http.MethodPatch: "change", http.MethodDelete: "delete",
}

// grants lists the constraints of all that a user may do, by permission.
func (s *state) grants(user int64) map[string][]any {
	all := map[string][]any{}
	for _, p := range s.permissions(user) {
		if !p.flag("enabled") {
			continue
		}
		types, _ := p.get("object_types").([]string)
		actions, _ := p.get("actions").([]any)
		constraints, many := p.get("constraints").([]any)
		if !many {
			constraints = []any{p.get("constraints")}
		}
		for _, name := range types {
			for _, action := range actions {
				key := plain(action) + " " + name
				all[key] = append(all[key], constraints...)
			}
		}
	}
	return all
}

// may says whether an account may do something to objects of a type at all.
func (a *account) may(verb, objectType string) bool {
	if a.readOnly && verb != "view" {
		return false
	}
	return a.grants == nil || objectType == everybody || a.grants[verb+" "+objectType] != nil
}

// bounded says whether an account may do something to some objects only.
func (a *account) bounded(verb string, m *model) bool {
	return a.grants != nil && !slices.Contains(a.grants[verb+" "+m.objectType()], nil)
}

// sees says whether an object is within what an account may do something to.
func (a *account) sees(s *state, r *record, verb string) bool {
	if !a.bounded(verb, r.model) {
		return true
	}
	return slices.ContainsFunc(a.grants[verb+" "+r.model.objectType()], func(c any) bool {
		constraint, _ := c.(map[string]any)
		return s.within(r, constraint, a)
	})
}

// within says whether an object has all that a constraint asks.
func (s *state) within(r *record, constraint map[string]any, a *account) bool {
	for key, want := range constraint {
		if want == "$user" {
			want = a.id
		}
		if !s.asked(r, strings.Split(key, "__"), want) {
			return false
		}
	}
	return true
}

// asked follows a lookup such as site__slug__in.
func (s *state) asked(r *record, path []string, want any) bool {
	head, rest := path[0], path[1:]
	f := r.model.byName[head]
	switch {
	case head == "tags":
		return slices.ContainsFunc(s.all("tags", r.tags), func(t *record) bool { return s.asked(t, orID(rest), want) })
	case head == "custom_field_data" && len(rest) > 0:
		return compareBy(rest[1:], r.custom[rest[0]], want)
	case head == "id" || head == "pk":
		return compareBy(rest, r.id, want)
	case f != nil && f.kind == reference && len(rest) > 0 && !isLookup(rest[0]):
		to := s.to(r, head)
		return to != nil && s.asked(to, rest, want)
	}
	return compareBy(rest, r.get(head), want)
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
		return plain(have) == plain(want) && (have == nil) == (want == nil)
	case "isnull":
		return (have == nil) == (want == true)
	case "in":
		list, _ := want.([]any)
		return slices.ContainsFunc(list, func(w any) bool { return plain(w) == plain(have) })
	case "contains":
		return strings.Contains(plain(have), plain(want))
	case "startswith":
		return strings.HasPrefix(plain(have), plain(want))
	case "endswith":
		return strings.HasSuffix(plain(have), plain(want))
	case "gt", "gte", "lt", "lte":
		return have != nil && compareNumbers(name, have, want)
	}
	how := textLookup(djangoLookups[name])
	return how != nil && have != nil && how(plain(have), plain(want))
}

func compareNumbers(lookup string, have, want any) bool {
	m, _ := numberFilter(func(*record) any { return have }, lookup, []string{plain(want)})
	return m != nil && m.test(nil)
}

// everybody stands for the types that every account may see.
const everybody = ""

// singular names the type of an endpoint that has no model here:
// dcim/device-bays is dcim.devicebay.
func singular(parts []string) string {
	kind := strings.ReplaceAll(parts[1], "-", "")
	switch {
	case kind == "objecttypes":
		return everybody
	case strings.HasSuffix(kind, "addresses"), strings.HasSuffix(kind, "prefixes"):
		kind = strings.TrimSuffix(kind, "es")
	case !strings.HasSuffix(kind, "chassis"):
		kind = strings.TrimSuffix(kind, "s")
	}
	return parts[0] + "." + kind
}
