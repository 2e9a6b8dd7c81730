package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

// objectTypes lists the kinds of objects.
func (s *Server) objectTypes(c *call, id int64) *answer {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if c.Method != http.MethodGet && c.Method != http.MethodHead {
		return s.failure(detail(http.StatusMethodNotAllowed, "Method %q not allowed.", c.Method))
	}
	var all []any
	for _, m := range s.state.models {
		d := s.typeOf(c, m)
		if id == m.typeID {
			return jsonAnswer(http.StatusOK, d)
		}
		if wantsType(c, m) {
			all = append(all, d)
		}
	}
	if id != 0 {
		return s.failure(detail(http.StatusNotFound, "No ObjectType matches the given query."))
	}
	p, bad := s.pageOf(c)
	if bad != nil {
		return s.failure(bad)
	}
	total := len(all)
	next, previous := p.links(c, total)
	all = all[min(p.offset, total):min(p.offset+p.limit, total)]
	return jsonAnswer(http.StatusOK, dict{{"count", total}, {"next", next}, {"previous", previous}, {"results", append([]any{}, all...)}})
}

func wantsType(c *call, m *model) bool {
	for name, have := range map[string]string{"app_label": m.app, "model": m.name, "id": plain(m.typeID)} {
		if want := c.params[name]; len(want) > 0 && !slices.Contains(want, have) {
			return false
		}
	}
	return !truthy(param(c, "is_plugin_model"))
}

func (s *Server) typeOf(c *call, m *model) dict {
	apps := map[string]string{"dcim": "DCIM", "ipam": "IPAM"}
	app := apps[m.app]
	if app == "" {
		app = capital(m.app)
	}
	root := "core"
	if strings.HasPrefix(c.URL.Path, "/api/extras/") {
		root = "extras"
	}
	d := dict{
		{"id", m.typeID},
		{"url", c.base + "/api/" + root + "/object-types/" + plain(m.typeID) + "/"},
		{"display", app + " > " + capital(m.label)},
		{"app_label", m.app},
		{"app_name", app},
		{"model", m.name},
		{"model_name", m.label},
		{"model_name_plural", m.plural},
	}
	if s.rel.minor >= 4 {
		d = append(d, pair{"public", true}, pair{"features", m.features()})
	}
	d = append(d, pair{"is_plugin_model", false}, pair{"rest_api_endpoint", m.path()}, pair{"description", ""})
	return d
}

// features are what NetBox offers for a kind.
func (m *model) features() []string {
	list := []string{"change_logging"}
	if m.custom {
		list = append(list, "custom_fields")
	}
	if m.tagged {
		list = append(list, "journaling", "tags")
	}
	return list
}
