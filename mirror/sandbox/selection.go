package sandbox

import (
	"net/http"
	"strings"
)

// selection is what ?fields=, ?omit= and ?brief= ask for.
type selection struct {
	only  []string
	omit  []string
	brief bool
}

func selectionOf(c *call, rel release) *selection {
	sel := &selection{}
	if v := param(c, "fields"); v != "" {
		sel.only = strings.Split(v, ",")
	} else if v := param(c, "omit"); v != "" && rel.minor >= 5 {
		sel.omit = strings.Split(v, ",")
	}
	if rel.minor <= 6 && param(c, "exclude") == "config_context" {
		sel.omit = append(sel.omit, "config_context")
	}
	if c.Method == http.MethodGet && param(c, "brief") != "" {
		sel.brief = true
	}
	return sel
}

func param(c *call, name string) string {
	if v := c.params[name]; len(v) > 0 {
		return v[len(v)-1]
	}
	return ""
}

func truthy(s string) bool {
	switch strings.ToLower(s) {
	case "1", "true", "t", "yes", "y", "on":
		return true
	}
	return false
}

// has says whether a field takes part.
func (s *selection) has(name string) bool {
	if len(s.only) > 0 {
		return contains(s.only, name)
	}
	return !contains(s.omit, name)
}

func contains(list []string, want string) bool {
	for _, x := range list {
		if strings.TrimSpace(x) == want {
			return true
		}
	}
	return false
}

// fields lists the fields that an answer shows.
func (s *selection) fields(m *model) []*field {
	if s.brief && len(s.only) == 0 {
		return m.pick(m.brief)
	}
	if len(s.only) == 0 && len(s.omit) == 0 {
		return m.fields
	}
	var kept []*field
	for _, f := range m.fields {
		if s.has(f.name) {
			kept = append(kept, f)
		}
	}
	return kept
}
