package sandbox

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// apps lists the parts of the API.
func (s *Server) apps(c *call) *answer {
	d := table.Dict{}
	for _, app := range s.appNames() {
		d = append(d, table.Pair{app, c.base + "/api/" + app + "/"})
	}
	return jsonAnswer(http.StatusOK, append(d, table.Pair{"status", c.base + "/api/status/"}))
}

func (s *Server) appNames() []string {
	names := []string{}
	for path := range s.special {
		app, _, _ := strings.Cut(path, "/")
		names = append(names, app)
	}
	for _, m := range s.state.Models {
		names = append(names, m.App)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// endpoints lists what one part of the API offers.
func (s *Server) endpoints(c *call, app string) *answer {
	var kinds []string
	for _, m := range s.state.Models {
		if m.App == app {
			kinds = append(kinds, m.Endpoint)
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
	d := table.Dict{}
	for _, k := range kinds {
		d = append(d, table.Pair{k, c.base + "/api/" + app + "/" + k + "/"})
	}
	return jsonAnswer(http.StatusOK, d)
}

// plugins lists what the status tells of plugins.
func (s *Server) plugins() *answer {
	list := []any{}
	for _, name := range slices.Sorted(maps.Keys(s.config.Plugins)) {
		list = append(list, table.Dict{
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
	apps := table.Dict{{"rest_framework", s.rel.Version.DRF}}
	d := table.Dict{{"django-version", s.rel.Version.Django}}
	if s.rel.StatusNamesHost {
		d = append(d, table.Pair{"hostname", "sandbox"}, table.Pair{"installed_apps", apps})
	} else {
		d = append(d, table.Pair{"installed-apps", apps})
	}
	d = append(d, table.Pair{"netbox-version", s.rel.Version.Short})
	if s.rel.StatusNamesHost {
		d = append(d, table.Pair{"netbox-full-version", s.rel.Version.Full})
	}
	return jsonAnswer(http.StatusOK, append(d, table.Pair{"plugins", plugins},
		table.Pair{"python-version", s.rel.Version.Python}, table.Pair{"rq-workers-running", 0}))
}
