package sandbox

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// readReference resolves a reference given as a number, as numeric text, or
// as an object of attributes.
func (t *tx) readReference(f *field, v any) (any, string) {
	if attrs, ok := v.(map[string]any); ok {
		return t.byAttributes(f, attrs)
	}
	id, ok := pythonInt(v)
	if !ok {
		return nil, "Related objects must be referenced by numeric ID or by dictionary of attributes. Received an unrecognized value: " + strings.Trim(pythonText(v), "'")
	}
	if t.find(f.target, id) == nil {
		return nil, fmt.Sprintf("Related object not found using the provided numeric ID: %d", id)
	}
	return id, ""
}

// pythonInt is what Python's int() makes of a value: 1 of true and of 1.5.
func pythonInt(v any) (int64, bool) {
	switch x := v.(type) {
	case bool:
		if x {
			return 1, true
		}
		return 0, true
	case float64:
		return int64(x), true
	}
	return wholeNumber(v)
}

func (t *tx) byAttributes(f *field, attrs map[string]any) (any, string) {
	if m := t.byKind[f.target]; m != nil {
		for _, p := range sortedDict(attrs) {
			if name, _, _ := strings.Cut(p.key, "__"); !m.resolves(name) {
				return nil, fmt.Sprintf("Cannot resolve keyword '%s' into field. Choices are: %s", name, strings.Join(m.keywords(), ", "))
			}
		}
	}
	found := t.matching(f.target, attrs)
	switch len(found) {
	case 1:
		return found[0], ""
	case 0:
		return nil, "Related object not found using the provided attributes: " + pythonAttrs(attrs)
	}
	return nil, "Multiple objects match the provided attributes: " + pythonAttrs(attrs)
}

// resolves says whether objects of a model can be looked up by a name.
func (m *model) resolves(name string) bool {
	return name == "pk" || slices.Contains(m.keywords(), name)
}

// keywords are the names by which objects can be looked up, those of NetBox
// that are kept here.
func (m *model) keywords() []string {
	names := []string{"created", "custom_field_data", "id", "last_updated", "tags"}
	for _, f := range m.fields {
		if f.column >= 0 {
			names = append(names, f.name)
		}
		if f.kind == reference {
			names = append(names, f.name+"_id")
		}
	}
	slices.Sort(names)
	return names
}

// pythonAttrs prints attributes the way NetBox flattens them.
func pythonAttrs(attrs map[string]any) string {
	flat := dict{}
	for _, p := range sortedDict(attrs) {
		if sub, ok := p.value.(map[string]any); ok {
			for _, q := range sortedDict(sub) {
				flat = append(flat, pair{p.key + "__" + q.key, q.value})
			}
			continue
		}
		flat = append(flat, p)
	}
	return pythonText(flat)
}

// matching lists the objects with the given attributes.
func (s *state) matching(kind string, attrs map[string]any) []int64 {
	tab := s.tables[kind]
	if tab == nil {
		return nil
	}
	var found []int64
	for _, id := range s.candidates(tab, attrs) {
		if r := tab.rows[id]; r != nil && s.matches(r, attrs) {
			found = append(found, id)
		}
	}
	return found
}

// candidates narrows a search by the first index that helps.
func (s *state) candidates(tab *table, attrs map[string]any) []int64 {
	if id, ok := wholeNumber(attrs["id"]); ok {
		return []int64{id}
	}
	for name, at := range tab.texts {
		if v, ok := attrs[name].(string); ok {
			return at[v]
		}
	}
	return tab.ids
}

func (s *state) matches(r *record, attrs map[string]any) bool {
	for key, want := range attrs {
		if !s.matchesOne(r, key, want) {
			return false
		}
	}
	return true
}

func (s *state) matchesOne(r *record, key string, want any) bool {
	head, rest, deep := strings.Cut(key, "__")
	if sub, ok := want.(map[string]any); ok {
		to := s.to(r, head)
		return to != nil && s.matches(to, sub)
	}
	if deep {
		to := s.to(r, head)
		return to != nil && s.matchesOne(to, rest, want)
	}
	if s.to(r, strings.TrimSuffix(key, "_id")) != nil && strings.HasSuffix(key, "_id") {
		key = strings.TrimSuffix(key, "_id")
	}
	if key == "id" || key == "pk" {
		return strconv.FormatInt(r.id, 10) == plain(want)
	}
	return plain(r.get(key)) == plain(want)
}

func (t *tx) readReferences(f *field, v any) (any, string) {
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Sprintf("Expected a list of items but got type %q.", pythonType(v))
	}
	ids := []int64{}
	for _, x := range list {
		id, ok := wholeNumber(x)
		if !ok {
			return nil, fmt.Sprintf("Incorrect type. Expected pk value, received %s.", pythonType(x))
		}
		if t.find(f.target, id) == nil {
			return nil, fmt.Sprintf("Invalid pk \"%d\" - object does not exist.", id)
		}
		ids = with(ids, id)
	}
	return slices.Clip(ids), ""
}

// pythonText is a value as Python prints it.
func pythonText(v any) string {
	switch x := v.(type) {
	case string:
		return "'" + x + "'"
	case bool:
		if x {
			return "True"
		}
		return "False"
	case nil:
		return "None"
	case map[string]any:
		return pythonText(sortedDict(x))
	case dict:
		parts := make([]string, len(x))
		for i, p := range x {
			parts[i] = "'" + p.key + "': " + pythonText(p.value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		parts := make([]string, len(x))
		for i, e := range x {
			parts[i] = pythonText(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return plain(v)
}
