package sandbox

import (
	"net/http"
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// schema is the description of the API in OpenAPI's form: its paths, and what
// their lists can be filtered by. NetBox gives it without asking who wants it.
func (s *Server) schema() *answer {
	s.mu.RLock()
	defer s.mu.RUnlock()
	paths := table.Dict{}
	for _, m := range s.state.Models {
		paths = append(paths, table.Pair{m.Path(), s.listPath(m)}, table.Pair{m.Path() + "{id}/", s.objectPath(m)})
	}
	paths = append(paths, table.Pair{"/api/status/", table.Dict{{"get", operationOf("status_retrieve", "status", nil)}}})
	return jsonAnswer(http.StatusOK, table.Dict{
		{"openapi", "3.0.3"},
		{"info", table.Dict{{"title", "NetBox REST API"}, {"version", s.rel.Version.Full},
			{"license", table.Dict{{"name", "Apache v2 License"}}}}},
		{"paths", paths},
		{"components", table.Dict{{"securitySchemes", table.Dict{{"tokenAuth", table.Dict{
			{"type", "apiKey"}, {"in", "header"}, {"name", "Authorization"},
			{"description", "`Token <token>` (v1) or `Bearer <key>.<token>` (v2)"},
		}}}}}},
		{"servers", []any{table.Dict{{"url", ""}, {"description", "NetBox"}}}},
	})
}

func (s *Server) listPath(m *table.Model) table.Dict {
	id := operationID(m)
	d := table.Dict{{"get", operationOf(id+"_list", m.App, parameters(s.state, m))}}
	if !m.Frozen {
		d = append(d, table.Pair{"post", operationOf(id+"_create", m.App, nil)}, table.Pair{"put", operationOf(id+"_bulk_update", m.App, nil)},
			table.Pair{"patch", operationOf(id+"_bulk_partial_update", m.App, nil)},
			table.Pair{"delete", operationOf(id+"_bulk_destroy", m.App, nil)})
	}
	return d
}

func (s *Server) objectPath(m *table.Model) table.Dict {
	id := operationID(m)
	number := []any{table.Dict{{"in", "path"}, {"name", "id"}, {"schema", table.Dict{{"type", "integer"}}}, {"required", true}}}
	d := table.Dict{{"get", operationOf(id+"_retrieve", m.App, number)}}
	if !m.Frozen {
		d = append(d, table.Pair{"put", operationOf(id+"_update", m.App, number)},
			table.Pair{"patch", operationOf(id+"_partial_update", m.App, number)},
			table.Pair{"delete", operationOf(id+"_destroy", m.App, number)})
	}
	return d
}

func operationID(m *table.Model) string {
	return m.App + "_" + strings.ReplaceAll(m.Endpoint, "-", "_")
}

func operationOf(id, tag string, parameters []any) table.Dict {
	d := table.Dict{{"operationId", id}, {"tags", []any{tag}}}
	if parameters != nil {
		d = append(d, table.Pair{"parameters", parameters})
	}
	return append(d, table.Pair{"security", []any{table.Dict{{"tokenAuth", []any{}}}}},
		table.Pair{"responses", table.Dict{{"200", table.Dict{{"description", ""}}}}})
}

// lookups are the ways to compare that the kinds of filters know.
var lookups = map[string][]string{
	"text":   {"", "n", "ic", "nic", "ie", "nie", "isw", "nisw", "iew", "niew", "empty", "regex", "iregex"},
	"number": {"", "n", "gt", "gte", "lt", "lte", "empty"},
	"choice": {"", "n"},
	"flag":   {""},
}

// parameters lists what a list of objects can be filtered by.
func parameters(s *table.Store, m *table.Model) []any {
	list := []any{}
	add := func(name, kind string) {
		for _, l := range lookups[kind] {
			full := name
			if l != "" {
				full += "__" + l
			}
			list = append(list, table.Dict{{"in", "query"}, {"name", full}, {"schema", table.Dict{{"type", "string"}}}})
		}
	}
	for _, name := range []string{"brief", "fields", "omit", "limit", "offset", "ordering", "start"} {
		add(name, "flag")
	}
	for _, name := range m.Filters {
		add(name, compares(m, name))
	}
	for _, name := range s.Customs.Names(m) {
		add("cf_"+name, "text")
	}
	return list
}

// compares says how a filter compares.
func compares(m *table.Model, name string) string {
	f := m.ByName[name]
	switch {
	case name == "id" || name == "created" || name == "last_updated":
		return "number"
	case m.Extra[name] != nil || f == nil || f.Kind.Filter == "" || f.Kind.Filter == "reference":
		return "choice"
	}
	return f.Kind.Filter
}
