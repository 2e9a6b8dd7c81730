package sandbox

import (
	"net/http"
	"slices"
)

// describe is the answer to OPTIONS. The actions, and with them whether the
// token may write, stand there for those who may take them only.
func (s *Server) describe(c *call, m *model, methods []string) dict {
	d := dict{
		{"name", capital(m.label) + " List"},
		{"description", ""},
		{"renders", []any{"application/json", "text/html"}},
		{"parses", []any{"application/json", "multipart/form-data"}},
	}
	actions := dict{}
	for _, method := range []string{http.MethodPut, http.MethodPost} {
		if slices.Contains(methods, method) && c.account.may(verbs[method], m.objectType()) {
			actions = append(actions, pair{method, s.form(m)})
		}
	}
	if len(actions) > 0 {
		d = append(d, pair{"actions", actions})
	}
	return d
}

// form says what the fields of a model take.
func (s *Server) form(m *model) dict {
	d := dict{}
	for _, f := range m.fields {
		if !f.hidden {
			d = append(d, pair{f.name, s.blank(f)})
		}
	}
	return d
}

// blank describes one field.
func (s *Server) blank(f *field) dict {
	d := dict{
		{"type", f.kind.title()}, {"required", f.required},
		{"read_only", f.readOnly}, {"label", f.heading()},
	}
	if f.max > 0 {
		d = append(d, pair{"max_length", f.max})
	}
	if f.bounded {
		d = append(d, pair{"min_value", f.low}, pair{"max_value", f.high})
	}
	if f.labels != nil && !f.readOnly {
		d = append(d, pair{"choices", f.menu(s.rel)})
	}
	return d
}

// menu lists a field's choices in their order.
func (f *field) menu(rel release) []any {
	list := []any{}
	for _, c := range f.choices {
		if !rel.has(c.since, c.until) {
			continue
		}
		var value any = c.value
		if n, ok := wholeNumber(c.value); ok && f.kind == numberChoice {
			value = n
		}
		list = append(list, dict{{"value", value}, {"display_name", c.label}})
	}
	return list
}

// title is a kind of field in the words of OPTIONS.
func (k kind) title() string {
	switch k {
	case text, color:
		return "string"
	case slug:
		return "slug"
	case integer, identifier:
		return "integer"
	case decimal:
		return "decimal"
	case boolean:
		return "boolean"
	case plainChoice:
		return "choice"
	case reference:
		return "nested object"
	case integers:
		return "list"
	case created, lastUpdated, timestamp:
		return "datetime"
	}
	return "field"
}

// heading is a field's label.
func (f *field) heading() string {
	if f.name == "id" {
		return "ID"
	}
	return capital(f.verbose())
}
