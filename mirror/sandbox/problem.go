package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// problem is an answer that is not a success. It travels by panic out of the
// depths of a write, and is caught where the transaction ends.
type problem struct {
	status   int
	body     any
	html     string // instead of a body
	etag     string
	blocking int // how many objects forbid a deletion
}

func detail(status int, format string, args ...any) *problem {
	return &problem{status: status, body: dict{{"detail", fmt.Sprintf(format, args...)}}}
}

// crash is what NetBox answers to an exception that it did not expect.
func crash(exception, format string, args ...any) *problem {
	return &problem{status: http.StatusInternalServerError, body: dict{
		{"error", fmt.Sprintf(format, args...)},
		{"exception", exception},
		{"netbox_version", ""}, // the server fills these in
		{"python_version", pythonVersion},
	}}
}

const pythonVersion = "3.14.8"

func integrityError(s *state, c constraint, r *record) *problem {
	values := make([]string, len(c.fields))
	columns := slices.Clone(c.fields)
	for i, n := range c.fields {
		values[i] = plain(r.get(n))
		switch r.model.byName[n].kind {
		case reference:
			columns[i] += "_id"
		case typeName:
			columns[i] += "_id"
			values[i] = plain(logValue(s, r.model.byName[n], r.get(n)))
		}
	}
	return crash("IntegrityError", "duplicate key value violates unique constraint %q\nDETAIL:  Key (%s)=(%s) already exists.",
		c.name, strings.Join(columns, ", "), strings.Join(values, ", "))
}

// faults collects what is wrong with one object, by field.
type faults struct{ dict }

const objectFault = "__all__"

func (f *faults) add(field, format string, args ...any) {
	msg := format
	if len(args) > 0 {
		msg = fmt.Sprintf(format, args...)
	}
	for i, p := range f.dict {
		if list, ok := p.value.([]any); ok && p.key == field {
			f.dict[i].value = append(list, msg)
			return
		}
	}
	f.dict = append(f.dict, pair{field, []any{msg}})
}

// put sets what is wrong with a field in a shape of its own.
func (f *faults) put(field string, v any) { f.dict = append(f.dict, pair{field, v}) }

func (f *faults) any() bool { return len(f.dict) > 0 }

func (f *faults) on(field string) bool {
	_, found := f.get(field)
	return found
}
