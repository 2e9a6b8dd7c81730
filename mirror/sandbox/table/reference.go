package table

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ReadReference resolves a reference given as a number, as numeric text, or
// as an object of attributes.
func ReadReference(t *Tx, f *Field, v any) (any, string) {
	if attrs, ok := v.(map[string]any); ok {
		return t.byAttributes(f, attrs)
	}
	id, ok := pythonInt(v)
	if !ok {
		return nil, "Related objects must be referenced by numeric ID or by dictionary of attributes. " +
			"Received an unrecognized value: " + strings.Trim(PythonText(v), "'")
	}
	if t.Find(f.Target, id) == nil {
		return nil, fmt.Sprintf("Related object not found using the provided numeric ID: %d", id)
	}
	return id, ""
}

func (t *Tx) byAttributes(f *Field, attrs map[string]any) (any, string) {
	if m := t.ByKind[f.Target]; m != nil {
		for _, p := range SortedDict(attrs) {
			if name, _, _ := strings.Cut(p.Key(), "__"); !m.resolves(name) {
				return nil, fmt.Sprintf("Cannot resolve keyword '%s' into field. Choices are: %s", name, strings.Join(m.keywords(), ", "))
			}
		}
	}
	found := t.matching(f.Target, attrs)
	switch len(found) {
	case 1:
		return found[0], ""
	case 0:
		return nil, "Related object not found using the provided attributes: " + pythonAttrs(attrs)
	}
	return nil, "Multiple objects match the provided attributes: " + pythonAttrs(attrs)
}

// resolves says whether objects of a model can be looked up by a name.
func (m *Model) resolves(name string) bool {
	return name == "pk" || slices.Contains(m.keywords(), name)
}

// keywords are the names by which objects can be looked up, those of NetBox
// that are kept here.
func (m *Model) keywords() []string {
	names := []string{"created", "custom_field_data", "id", "last_updated", "tags"}
	for _, f := range m.Fields {
		if f.Column >= 0 {
			names = append(names, f.Name)
		}
		if f.Kind.refers {
			names = append(names, f.Name+"_id")
		}
	}
	slices.Sort(names)
	return names
}

// pythonAttrs prints attributes the way NetBox flattens them.
func pythonAttrs(attrs map[string]any) string {
	flat := Dict{}
	for _, p := range SortedDict(attrs) {
		if sub, ok := p.Value().(map[string]any); ok {
			for _, q := range SortedDict(sub) {
				flat = append(flat, Pair{p.Key() + "__" + q.Key(), q.Value()})
			}
			continue
		}
		flat = append(flat, p)
	}
	return PythonText(flat)
}

// matching lists the objects with the given attributes.
func (s *Store) matching(kind string, attrs map[string]any) []int64 {
	tab := s.Tables[kind]
	if tab == nil {
		return nil
	}
	var found []int64
	for _, id := range s.candidates(tab, attrs) {
		if r := tab.Rows[id]; r != nil && s.matches(r, attrs) {
			found = append(found, id)
		}
	}
	return found
}

// candidates narrows a search by the first index that helps.
func (s *Store) candidates(tab *table, attrs map[string]any) []int64 {
	if id, ok := WholeNumber(attrs["id"]); ok {
		return []int64{id}
	}
	for name, at := range tab.Texts {
		if v, ok := attrs[name].(string); ok {
			return at[v]
		}
	}
	return tab.IDs
}

func (s *Store) matches(r *Record, attrs map[string]any) bool {
	for key, want := range attrs {
		if !s.matchesOne(r, key, want) {
			return false
		}
	}
	return true
}

func (s *Store) matchesOne(r *Record, key string, want any) bool {
	head, rest, deep := strings.Cut(key, "__")
	if sub, ok := want.(map[string]any); ok {
		to := s.To(r, head)
		return to != nil && s.matches(to, sub)
	}
	if deep {
		to := s.To(r, head)
		return to != nil && s.matchesOne(to, rest, want)
	}
	if s.To(r, strings.TrimSuffix(key, "_id")) != nil && strings.HasSuffix(key, "_id") {
		key = strings.TrimSuffix(key, "_id")
	}
	if key == "id" || key == "pk" {
		return strconv.FormatInt(r.ID, 10) == Plain(want)
	}
	return Plain(r.Get(key)) == Plain(want)
}

func readReferences(t *Tx, f *Field, v any) (any, string) {
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Sprintf("Expected a list of items but got type %q.", PythonType(v))
	}
	ids := []int64{}
	for _, x := range list {
		id, ok := WholeNumber(x)
		if !ok {
			return nil, fmt.Sprintf("Incorrect type. Expected pk value, received %s.", PythonType(x))
		}
		if t.Find(f.Target, id) == nil {
			return nil, fmt.Sprintf("Invalid pk \"%d\" - object does not exist.", id)
		}
		ids = With(ids, id)
	}
	return slices.Clip(ids), ""
}

// PythonText is a value as Python prints it.
func PythonText(v any) string {
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
		return PythonText(SortedDict(x))
	case Dict:
		parts := make([]string, len(x))
		for i, p := range x {
			parts[i] = "'" + p.Key() + "': " + PythonText(p.Value())
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		parts := make([]string, len(x))
		for i, e := range x {
			parts[i] = PythonText(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return Plain(v)
}
