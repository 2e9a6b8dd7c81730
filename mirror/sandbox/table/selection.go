package table

import (
	"strings"
)

// Selection is what ?fields=, ?omit= and ?brief= ask for.
type Selection struct {
	Only  []string
	Omit  []string
	Brief bool
}

// Truthy says whether a parameter means yes.
func Truthy(s string) bool {
	switch strings.ToLower(s) {
	case "1", "true", "t", "yes", "y", "on":
		return true
	}
	return false
}

// has says whether a field takes part.
func (s *Selection) has(name string) bool {
	if len(s.Only) > 0 {
		return contains(s.Only, name)
	}
	return !contains(s.Omit, name)
}

func contains(list []string, want string) bool {
	for _, x := range list {
		if strings.TrimSpace(x) == want {
			return true
		}
	}
	return false
}

// Fields lists the fields that an answer shows.
func (s *Selection) Fields(m *Model) []*Field {
	if s.Brief && len(s.Only) == 0 {
		return m.pick(m.Brief)
	}
	if len(s.Only) == 0 && len(s.Omit) == 0 {
		return m.Fields
	}
	var kept []*Field
	for _, f := range m.Fields {
		if s.has(f.Name) {
			kept = append(kept, f)
		}
	}
	return kept
}
