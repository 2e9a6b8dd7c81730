package sandbox

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// schema is the description of the API in OpenAPI's form: its paths, and what
// their lists can be filtered by. NetBox gives it without asking who wants it.
func (s *Server) schema() *answer {
	s.mu.RLock()
	defer s.mu.RUnlock()
	paths := dict{}
	for _, m := range s.state.models {
		paths = append(paths, pair{m.path(), s.listPath(m)}, pair{m.path() + "{id}/", s.objectPath(m)})
	}
	paths = append(paths, pair{"/api/status/", dict{{"get", action("status_retrieve", "status", nil)}}})
	return jsonAnswer(http.StatusOK, dict{
		{"openapi", "3.0.3"},
		{"info", dict{{"title", "NetBox REST API"}, {"version", s.rel.full}, {"license", dict{{"name", "Apache v2 License"}}}}},
		{"paths", paths},
		{"components", dict{{"securitySchemes", dict{{"tokenAuth", dict{
			{"type", "apiKey"}, {"in", "header"}, {"name", "Authorization"},
			{"description", "`Token <token>` (v1) or `Bearer <key>.<token>` (v2)"},
		}}}}}},
		{"servers", []any{dict{{"url", ""}, {"description", "NetBox"}}}},
	})
}

func (s *Server) listPath(m *model) dict {
	id := operationID(m)
	d := dict{{"get", action(id+"_list", m.app, s.state.parameters(m))}}
	if !m.frozen {
		d = append(d, pair{"post", action(id+"_create", m.app, nil)}, pair{"put", action(id+"_bulk_update", m.app, nil)},
			pair{"patch", action(id+"_bulk_partial_update", m.app, nil)}, pair{"delete", action(id+"_bulk_destroy", m.app, nil)})
	}
	return d
}

func (s *Server) objectPath(m *model) dict {
	id := operationID(m)
	number := []any{dict{{"in", "path"}, {"name", "id"}, {"schema", dict{{"type", "integer"}}}, {"required", true}}}
	d := dict{{"get", action(id+"_retrieve", m.app, number)}}
	if !m.frozen {
		d = append(d, pair{"put", action(id+"_update", m.app, number)}, pair{"patch", action(id+"_partial_update", m.app, number)},
			pair{"delete", action(id+"_destroy", m.app, number)})
	}
	return d
}

func operationID(m *model) string { return m.app + "_" + strings.ReplaceAll(m.kind, "-", "_") }

func action(id, tag string, parameters []any) dict {
	d := dict{{"operationId", id}, {"tags", []any{tag}}}
	if parameters != nil {
		d = append(d, pair{"parameters", parameters})
	}
	return append(d, pair{"security", []any{dict{{"tokenAuth", []any{}}}}}, pair{"responses", dict{{"200", dict{{"description", ""}}}}})
}

// lookups are the ways to compare that the kinds of filters know.
var lookups = map[string][]string{
	"text":   {"", "n", "ic", "nic", "ie", "nie", "isw", "nisw", "iew", "niew", "empty", "regex", "iregex"},
	"number": {"", "n", "gt", "gte", "lt", "lte", "empty"},
	"choice": {"", "n"},
	"flag":   {""},
}

// parameters lists what a list of objects can be filtered by.
func (s *state) parameters(m *model) []any {
	list := []any{}
	add := func(name, kind string) {
		for _, l := range lookups[kind] {
			full := name
			if l != "" {
				full += "__" + l
			}
			list = append(list, dict{{"in", "query"}, {"name", full}, {"schema", dict{{"type", "string"}}}})
		}
	}
	for _, name := range []string{"brief", "fields", "omit", "limit", "offset", "ordering", "start", "q", "created_by_request", "updated_by_request", "modified_by_request"} {
		add(name, "flag")
	}
	for _, name := range []string{"id", "created", "last_updated"} {
		add(name, "number")
	}
	if m.tagged {
		add("tag", "choice")
		add("tag_id", "choice")
	}
	for _, name := range slices.Sorted(maps.Keys(m.extra)) {
		add(name, "choice")
	}
	for _, f := range m.fields {
		name, kind := f.filtered()
		add(name, kind)
		if f.kind == reference {
			add(name+"_id", kind)
		}
	}
	for _, d := range s.customs(m) {
		add("cf_"+d.name, "text")
	}
	return list
}

// filtered is by what name and how a field is filtered, if it is.
func (f *field) filtered() (name, kind string) {
	if f.hidden || f.column < 0 {
		return "", ""
	}
	switch f.kind {
	case text, slug, color, address, prefix, macAddress, typeName:
		return f.name, "text"
	case integer, decimal:
		return f.name, "number"
	case choiceOf, plainChoice, numberChoice, reference:
		return f.name, "choice"
	case boolean:
		return f.name, "flag"
	}
	return "", ""
}
