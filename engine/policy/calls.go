package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/types"
)

// checkCalls refuses calls that have no value whatever the change: a broken regular expression, and
// comparisons of values of two types.
func (v *solver) checkCalls(in scope) *Error {
	var found *Error
	look := func(operator string, args []*ast.Term, at *ast.Location) {
		if found == nil {
			found = v.checkTypes(in, operator, args, at)
		}
		if found == nil {
			found = v.checkTimes(in, operator, args, at)
		}
		if found == nil {
			found = v.checkArguments(in, operator, args, at)
		}
	}
	ast.NewGenericVisitor(func(x any) bool {
		switch x := x.(type) {
		case *ast.Rule:
			return x != in.rule || found != nil
		case *ast.Expr:
			if terms, ok := x.Terms.([]*ast.Term); ok {
				look(terms[0].String(), terms[1:], x.Location)
			}
		case *ast.Term:
			if call, ok := x.Value.(ast.Call); ok {
				look(call[0].String(), call[1:], x.Location)
			}
		}
		return found != nil
	}).Walk(in.rule)
	return found
}

var comparisons = []string{
	ast.Equal.Name, ast.Equality.Name, ast.NotEqual.Name, ast.LessThan.Name, ast.LessThanEq.Name, ast.GreaterThan.Name,
	ast.GreaterThanEq.Name,
}

// checkTypes refuses to compare a number with text: that is the same for all numbers.
func (v *solver) checkTypes(in scope, operator string, args []*ast.Term, at *ast.Location) *Error {
	if !slices.Contains(comparisons, operator) || len(args) != 2 {
		return nil
	}
	a, b := v.types(in, args[0]), v.types(in, args[1])
	if a == nil || b == nil || slices.ContainsFunc(a, func(t string) bool { return slices.Contains(b, t) }) {
		return nil
	}
	advice := "values of two types are never equal, and one type is less than the other whatever the values"
	switch {
	case slices.Contains(a, typeNull) || slices.Contains(b, typeNull):
		advice = "what is not known is left out of the input: write `not input.x` for that it is not there"
	case slices.Contains(a, typeNumber) && slices.Contains(b, typeText), slices.Contains(a, typeText) && slices.Contains(b, typeNumber):
		advice = "write numbers without quotes"
	}
	return &Error{
		File: at.File, Line: at.Row,
		Message: fmt.Sprintf("this compares %s, %s, with %s, %s", args[0], strings.Join(a, " or "), args[1], strings.Join(b, " or ")),
		Advice:  advice,
	}
}

// types are the types that a term may have; nil for any.
func (v *solver) types(in scope, t *ast.Term) []string {
	if value, has := v.evaluate(nil).of(in, t); has == valued {
		return []string{typeOf(value)}
	}
	of, ok := v.spotOf(in, t)
	switch {
	case !ok:
		return nil
	case of.ref != nil:
		return typesIn(schemaAt(v.schema, of.ref))
	}
	return typesIn(of.schema)
}

// results are what built-ins return besides the type.
var results = map[string]map[string]any{
	"count": {"type": "integer", "minimum": 0},
	"lower": {"type": "string", "same": "lower"}, "upper": {"type": "string", "same": "upper"},
	"trim_space": {"type": "string", "same": "trim_space"}, "abs": {"type": "number", "minimum": 0},
	"time.weekday": {
		"type": "string", "enum": []any{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"},
	},
	"time.clock": {"type": "array", "items": []any{upTo(0, 23), upTo(0, 59), upTo(0, 59)}},
	"time.date":  {"type": "array", "items": []any{map[string]any{"type": "integer"}, upTo(1, 12), upTo(1, 31)}},
}

func upTo(from, to int) map[string]any {
	return map[string]any{"type": "integer", "minimum": from, "maximum": to}
}

// returned is the schema of what a built-in returns; nil for anything.
func returned(name string) map[string]any {
	if schema := results[name]; schema != nil {
		return schema
	}
	var t string
	switch ast.BuiltinMap[name].Decl.Result().(type) {
	case types.String:
		t = "string"
	case types.Number:
		t = "number"
	case types.Boolean:
		t = "boolean"
	case *types.Array:
		t = "array"
	case *types.Set:
		t = "set"
	case *types.Object:
		t = "object"
	case types.Null:
		t = "null"
	default:
		return nil
	}
	return map[string]any{"type": t}
}

// samples are arguments with which a built-in has a value, for those that are not known.
var samples = map[string][]ast.Value{
	"regex.match": {ast.String(""), ast.String("")}, "regex.replace": {ast.String(""), ast.String(""), ast.String("")},
	"regex.split": {ast.String(""), ast.String("")}, "regex.find_n": {ast.String(""), ast.String(""), ast.Number("1")},
	"regex.find_all_string_submatch_n": {ast.String(""), ast.String(""), ast.Number("1")},
	"regex.template_match":             {ast.String(""), ast.String(""), ast.String("{"), ast.String("}")},
	"glob.match":                       {ast.String(""), ast.NewArray(), ast.String("")},
	"time.parse_rfc3339_ns":            {nil}, "time.parse_duration_ns": {nil}, "time.parse_ns": {nil, nil},
	"time.clock": {ast.Number("0")}, "time.date": {ast.Number("0")}, "time.weekday": {ast.Number("0")},
	"time.format": {ast.Number("0")}, "to_number": {nil}, "units.parse": {nil}, "units.parse_bytes": {nil},
	"json.unmarshal": {nil}, "yaml.unmarshal": {nil}, "base64.decode": {nil}, "hex.decode": {nil},
	"net.cidr_contains": {ast.String("10.0.0.0/8"), ast.String("10.0.0.1")}, "net.cidr_expand": {nil},
	"net.cidr_intersects": {ast.String("10.0.0.0/8"), ast.String("10.0.0.0/8")},
	"semver.compare":      {ast.String("1.0.0"), ast.String("1.0.0")},
}

// checkArguments refuses a call that has no value with the arguments that are written out.
func (v *solver) checkArguments(in scope, name string, args []*ast.Term, at *ast.Location) *Error {
	sample, ok := samples[name]
	if !ok || len(sample) != len(args) {
		return nil
	}
	with := make([]*ast.Term, len(args))
	var said []string
	for i, arg := range args {
		value, has := v.written(in, arg, sample[i])
		if has != valued {
			return nil
		}
		if value != sample[i] {
			said = append(said, value.String())
		}
		with[i] = ast.NewTerm(value)
	}
	if len(said) == 0 {
		return nil
	}
	if _, err := run(name, with); err != nil {
		return &Error{
			File: at.File, Line: at.Row,
			Message: fmt.Sprintf("%s has no value with %s: %v", name, strings.Join(said, " and "), err),
			Advice:  "correct it: without a value no rule holds",
		}
	}
	return nil
}

// written is the value of an argument, or the sample. A time with a zone has a sample of its own.
func (v *solver) written(in scope, arg *ast.Term, sample ast.Value) (ast.Value, known) {
	value, has := v.evaluate(nil).of(in, arg)
	if has == valued {
		return value, has
	}
	if list, is := arg.Value.(*ast.Array); is && list.Len() > 1 && sample != nil && typeOf(sample) == typeNumber {
		terms := []*ast.Term{ast.NewTerm(sample)}
		for _, t := range parts(list)[1:] {
			value, has := v.evaluate(nil).of(in, t)
			if has != valued {
				return sample, valued
			}
			terms = append(terms, ast.NewTerm(value))
		}
		return ast.NewArray(terms...), valued
	}
	if sample == nil {
		return nil, untold
	}
	return sample, valued
}
