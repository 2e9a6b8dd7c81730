package sandbox

import (
	"net/http"
	"slices"
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// objectTypes lists the kinds of objects.
func (s *Server) objectTypes(c *call, id int64) *answer {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if c.Method != http.MethodGet && c.Method != http.MethodHead {
		return s.failure(table.Detail(http.StatusMethodNotAllowed, "Method %q not allowed.", c.Method))
	}
	var all []any
	for _, m := range s.state.Models {
		d := s.typeOf(c, m)
		if id == m.TypeID {
			return jsonAnswer(http.StatusOK, d)
		}
		if wantsType(c, m) {
			all = append(all, d)
		}
	}
	if id != 0 {
		return s.failure(table.Detail(http.StatusNotFound, "No ObjectType matches the given query."))
	}
	p, bad := s.pageOf(c)
	if bad != nil {
		return s.failure(bad)
	}
	total := len(all)
	next, previous := p.links(c, total)
	all = all[min(p.offset, total):min(p.offset+p.limit, total)]
	return jsonAnswer(http.StatusOK, table.Dict{{"count", total}, {"next", next}, {"previous", previous},
		{"results", append([]any{}, all...)}})
}

func wantsType(c *call, m *table.Model) bool {
	for name, have := range map[string]string{"app_label": m.App, "model": m.Name, "id": table.Plain(m.TypeID)} {
		if want := c.params[name]; len(want) > 0 && !slices.Contains(want, have) {
			return false
		}
	}
	return !table.Truthy(param(c, "is_plugin_model"))
}

func (s *Server) typeOf(c *call, m *table.Model) table.Dict {
	apps := map[string]string{"dcim": "DCIM", "ipam": "IPAM"}
	app := apps[m.App]
	if app == "" {
		app = table.Capital(m.App)
	}
	root := "core"
	if strings.HasPrefix(c.URL.Path, "/api/extras/") {
		root = "extras"
	}
	d := table.Dict{
		{"id", m.TypeID},
		{"url", c.base + "/api/" + root + "/object-types/" + table.Plain(m.TypeID) + "/"},
		{"display", app + " > " + table.Capital(m.Label)},
		{"app_label", m.App},
		{"app_name", app},
		{"model", m.Name},
		{"model_name", m.Label},
		{"model_name_plural", m.Plural},
	}
	if s.rel.CoreObjectTypes {
		d = append(d, table.Pair{"public", true}, table.Pair{"features", features(m)})
	}
	d = append(d, table.Pair{"is_plugin_model", false}, table.Pair{"rest_api_endpoint", m.Path()}, table.Pair{"description", ""})
	return d
}

// features are what NetBox offers for a kind.
func features(m *table.Model) []string {
	list := []string{"change_logging"}
	if m.Custom {
		list = append(list, "custom_fields")
	}
	if m.Tagged {
		list = append(list, "journaling", "tags")
	}
	return list
}
