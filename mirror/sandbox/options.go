package sandbox

import (
	"net/http"
	"slices"

	"github.com/diet-project/diet/mirror/sandbox/release"
	"github.com/diet-project/diet/mirror/sandbox/table"
)

// describe is the answer to OPTIONS. The actions, and with them whether the
// token may write, stand there for those who may take them only.
func (s *Server) describe(c *call, m *table.Model, methods []string) table.Dict {
	d := table.Dict{
		{"name", table.Capital(m.Label) + " List"},
		{"description", ""},
		{"renders", []any{"application/json", "text/html"}},
		{"parses", []any{"application/json", "multipart/form-data"}},
	}
	actions := table.Dict{}
	for _, method := range []string{http.MethodPut, http.MethodPost} {
		if slices.Contains(methods, method) && c.account.May(verbs[method], m.ObjectType()) {
			actions = append(actions, table.Pair{method, form(s.rel.Endpoints[m.App+"/"+m.Endpoint])})
		}
	}
	if len(actions) > 0 {
		d = append(d, table.Pair{"actions", actions})
	}
	return d
}

// form says what the fields of a model take.
func form(end *release.Endpoint) table.Dict {
	d := table.Dict{}
	for _, f := range end.Fields {
		d = append(d, table.Pair{f.Name, blankOf(f)})
	}
	return d
}

// blankOf describes one field.
func blankOf(f release.Field) table.Dict {
	d := table.Dict{{"type", f.Kind()}, {"required", f.Required}, {"read_only", f.ReadOnly}, {"label", f.Heading()}}
	if f.MaxLength > 0 {
		d = append(d, table.Pair{"max_length", f.MaxLength})
	}
	if f.Min != "" {
		d = append(d, table.Pair{"min_value", table.Raw(f.Min)})
	}
	if f.Max != "" {
		d = append(d, table.Pair{"max_value", table.Raw(f.Max)})
	}
	if f.Choices != nil {
		menu := []any{}
		for _, c := range f.Choices {
			menu = append(menu, table.Dict{{"value", c.Value()}, {"display_name", c.Label()}})
		}
		d = append(d, table.Pair{"choices", menu})
	}
	return d
}
