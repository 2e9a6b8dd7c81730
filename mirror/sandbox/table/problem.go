package table

import (
	"fmt"
	"slices"
	"strings"
)

// Problem is an answer that is not a success. It travels by panic out of the
// depths of a write, and is caught where the transaction ends.
type Problem struct {
	Status   int
	Body     any
	HTML     string // instead of a body
	ETag     string
	blocking int // how many objects forbid a deletion
}

// Detail is a problem that one sentence explains.
func Detail(status int, format string, args ...any) *Problem {
	return &Problem{Status: status, Body: Dict{{"detail", fmt.Sprintf(format, args...)}}}
}

// Crash is what NetBox answers to an exception that it did not expect.
func Crash(exception, format string, args ...any) *Problem {
	return &Problem{Status: 500, Body: Dict{
		{"error", fmt.Sprintf(format, args...)},
		{"exception", exception},
		{"netbox_version", ""}, // the server fills these in
		{"python_version", ""},
	}}
}

func integrityError(s *Store, c Constraint, r *Record) *Problem {
	values := make([]string, len(c.Fields))
	columns := slices.Clone(c.Fields)
	for i, n := range c.Fields {
		values[i] = Plain(r.Get(n))
		if f := r.Model.ByName[n]; f.Kind == Reference || f.Kind == TypeName {
			columns[i] += "_id"
			values[i] = Plain(s.logged(f, r.Get(n)))
		}
	}
	return Crash("IntegrityError", "duplicate key value violates unique constraint %q\nDETAIL:  Key (%s)=(%s) already exists.",
		c.Name, strings.Join(columns, ", "), strings.Join(values, ", "))
}

// faults collects what is wrong with one object, by field.
type faults struct{ Dict }

// ObjectFault is where the faults stand that concern no single field.
const ObjectFault = "__all__"

func (f *faults) Add(field, format string, args ...any) {
	msg := format
	if len(args) > 0 {
		msg = fmt.Sprintf(format, args...)
	}
	for i, p := range f.Dict {
		if list, ok := p.Value().([]any); ok && p.Key() == field {
			f.Dict[i][1] = append(list, msg)
			return
		}
	}
	f.Dict = append(f.Dict, Pair{field, []any{msg}})
}

// Put sets what is wrong with a field in a shape of its own.
func (f *faults) Put(field string, v any) { f.Dict = append(f.Dict, Pair{field, v}) }

func (f *faults) Any() bool { return len(f.Dict) > 0 }

func (f *faults) on(field string) bool {
	_, found := f.Get(field)
	return found
}

// Missing is the answer for an object that is not there.
func Missing(m *Model) *Problem {
	return Detail(404, "No %s matches the given query.", ClassName(m))
}
