package sandbox

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// apps lists the parts of the API.
func (s *Server) apps(c *call) *answer {
	d := dict{}
	for _, app := range s.appNames() {
		d = append(d, pair{app, c.base + "/api/" + app + "/"})
	}
	return jsonAnswer(http.StatusOK, append(d, pair{"status", c.base + "/api/status/"}))
}

func (s *Server) appNames() []string {
	names := []string{}
	for path := range s.special {
		app, _, _ := strings.Cut(path, "/")
		names = append(names, app)
	}
	for _, m := range s.state.models {
		names = append(names, m.app)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// endpoints lists what one part of the API offers.
func (s *Server) endpoints(c *call, app string) *answer {
	var kinds []string
	for _, m := range s.state.models {
		if m.app == app {
			kinds = append(kinds, m.kind)
		}
	}
	for path := range s.special {
		if len(path) > len(app) && path[:len(app)+1] == app+"/" {
			kinds = append(kinds, path[len(app)+1:])
		}
	}
	if len(kinds) == 0 {
		return notFoundPage()
	}
	slices.Sort(kinds)
	d := dict{}
	for _, k := range kinds {
		d = append(d, pair{k, c.base + "/api/" + app + "/" + k + "/"})
	}
	return jsonAnswer(http.StatusOK, d)
}

// plugins lists what the status tells of plugins.
func (s *Server) plugins() *answer {
	list := []any{}
	for _, name := range slices.Sorted(maps.Keys(s.config.Plugins)) {
		list = append(list, dict{
			{"name", name},
			{"package", name},
			{"author", nil},
			{"author_email", nil},
			{"description", nil},
			{"version", s.config.Plugins[name]},
		})
	}
	return jsonAnswer(http.StatusOK, list)
}

// status is what /api/status/ tells.
func (s *Server) status() *answer {
	plugins := map[string]any{}
	for name, version := range s.config.Plugins {
		plugins[name] = version
	}
	apps := dict{{"rest_framework", s.rel.drf}}
	d := dict{{"django-version", s.rel.django}}
	if s.rel.minor >= 4 {
		d = append(d, pair{"hostname", "sandbox"}, pair{"installed_apps", apps})
	} else {
		d = append(d, pair{"installed-apps", apps})
	}
	d = append(d, pair{"netbox-version", s.rel.short})
	if s.rel.minor >= 4 {
		d = append(d, pair{"netbox-full-version", s.rel.full})
	}
	return jsonAnswer(http.StatusOK, append(d, pair{"plugins", plugins},
		pair{"python-version", pythonVersion}, pair{"rq-workers-running", 0}))
}
