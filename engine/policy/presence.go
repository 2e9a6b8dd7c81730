package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/diet-project/diet/engine/change"
)

// ofFields are the classes of fields.
var ofFields = []change.Class{
	change.Planned, change.Drift, change.Converged, change.Conflict, change.New, change.Agreed, change.Relinquished,
	change.Released, change.InSync,
}

// Keys that only changes of some classes have: of a field, of an object as a whole, of the preview.
var (
	fieldKeys  = []string{"names", "retyped", "unplugs"}
	objectKeys = []string{"cascade", "with", "deletion_policy", "undoes", "removed"}
	changeKeys = []string{"before", "after", "source", "blame", "name", "lapsed"}
	runKeys    = []string{"question"}
	valueKeys  = []string{"want", "base", "have"} // null of anything but a field
)

// actionsOf are what changes of a class would do to an object, of the classes that have one action each: what
// becomes of it after all is decided.
var actionsOf = map[change.Class]change.Action{
	change.Absent: change.Create, change.Missing: change.Create, change.Orphaned: change.Delete, change.Shared: change.None,
	change.Finding: change.None,
}

func isOfField(class string) bool { return slices.Contains(ofFields, change.Class(class)) }

// lacks reports whether no change of a class, and of a kind, has a key of the input. What is shared may be
// half made.
func (v *solver) lacks(s state, key string) bool {
	class := s.class
	switch change.Class(class) {
	case change.Absent, change.Missing:
		if key == "before" && !v.shapes[s.kind].Shared {
			return true
		}
	case change.Orphaned:
		if key == "after" {
			return true
		}
	}
	if of, some := keyClasses[key]; some && !slices.Contains(of, change.Class(class)) {
		return true
	}
	field, whole := isOfField(class), class == string(ClassRun)
	return !field && slices.Contains(fieldKeys, key) || (field || whole) && slices.Contains(objectKeys, key) ||
		whole && slices.Contains(changeKeys, key) || !whole && slices.Contains(runKeys, key)
}

// domain is what a spot may be of a class, as far as a rule has said.
func (v *solver) domain(of spot, s state) *domain {
	if d := s.at[of.key]; d != nil {
		if d.listed && of.isValue() {
			return v.values(s).among(d.values)
		}
		return d
	}
	if of.over != nil && of.ref == nil {
		if value, has := v.evaluate(nil).of(of.in, of.over); has == valued {
			return &domain{listed: true, values: elementsOf(value)}
		}
	}
	if of.ref == nil {
		return domainOf(of.schema, nil)
	}
	if len(of.ref) < 2 {
		return &domain{}
	}
	name, _ := of.ref[1].Value.(ast.String)
	whole := s.class == string(ClassRun)
	switch {
	case v.lacks(s, string(name)):
		return oneOf()
	case len(of.ref) > 2:
		if d := v.sight(of.ref, s); d != nil {
			return d
		}
	case name == "class":
		return oneOf(s.class)
	case name == "kind" && whole:
		return oneOf(KindRun)
	case name == "kind" && s.kind != "":
		return oneOf(s.kind)
	case name == "kind" && len(v.kinds) > 0:
		return oneOf(v.kinds...)
	case name == "field" && !isOfField(s.class), name == "action" && whole:
		return oneOf("")
	case name == "action" && actionsOf[change.Class(s.class)] != "":
		return oneOf(string(actionsOf[change.Class(s.class)]))
	case name == "question":
		return domainOf(schemaAt(v.schema, of.ref), v.asksAbout)
	case name == "object":
		return objects(s.class)
	case name == "field":
		return &domain{admits: func(x ast.Value) bool {
			return x.Compare(ast.String("")) != 0 && v.admits(of.ref, x) && v.hasField(s, x)
		}}
	case of.isValue() && !isOfField(s.class):
		return &domain{listed: true, values: []ast.Value{ast.NullValue}}
	case of.isValue():
		return v.values(s)
	}
	return except(domainOf(schemaAt(v.schema, of.ref), func(x ast.Value) bool { return v.admits(of.ref, x) }), s.class, string(name))
}

// The ids of objects: a diet id has the plan's key first, and what no plan has is KIND:ID. That of the
// run is the plan's key.
const (
	objectID = `^([a-z0-9-]+/.*|[a-z_]+:.*|)$`
	planKey  = `^[a-z0-9-]+$`
)

// objects are what the object of a change may be.
func objects(class string) *domain {
	schema := map[string]any{"type": "string", "pattern": objectID, "examples": []any{"shop/web[1]"}}
	if change.Class(class) == ClassRun {
		schema["pattern"], schema["examples"] = planKey, []any{"shop"}
	}
	return domainOf(schema, nil)
}

// isValue reports whether a spot is the plan's, the applied or NetBox's value of a field.
func (of spot) isValue() bool {
	key, is := strings.CutPrefix(of.key, "input/")
	return is && slices.Contains(valueKeys, key)
}

// values are what the values of the field that a rule is about may be.
func (v *solver) values(s state) *domain {
	types := v.valueTypes(s)
	d := domainOf(map[string]any{"anyOf": types}, nil)
	if len(types) > len(referenceTypes) {
		d.like = referenceSays
	}
	return d
}

// valueTypes are the schemas of what the values of the field that a rule is about may be; none where that
// is not known.
func (v *solver) valueTypes(s state) []any {
	d := s.at["input/field"]
	if d == nil || !d.listed || len(v.fields) == 0 {
		return nil
	}
	types := map[string]bool{}
	for _, field := range d.values {
		name, _ := field.(ast.String)
		for _, kind := range v.kindsIn(s) {
			t, is := v.fields[kind][string(name)]
			if is && t == "" || dynamic(string(name)) {
				return nil
			}
			types[t] = is || types[t]
		}
	}
	delete(types, "") // what a kind has not
	var out []any
	if types[Reference] {
		delete(types, Reference)
		out = slices.Clone(referenceTypes)
	}
	for _, t := range append(slices.Sorted(maps.Keys(types)), "null") {
		out = append(out, map[string]any{"type": t})
	}
	return out
}

// kindsIn are the kinds that a rule is about, as far as it has said.
func (v *solver) kindsIn(s state) []string {
	if s.kind != "" {
		return []string{s.kind}
	}
	d := s.at["input/kind"]
	if d == nil || !d.listed {
		return slices.Sorted(maps.Keys(v.fields))
	}
	var out []string
	for _, kind := range d.values {
		if name, is := kind.(ast.String); is {
			out = append(out, string(name))
		}
	}
	return out
}

// meets reports whether some kind that a rule is about has a field that it is about.
func (v *solver) meets(s state) bool {
	d, kinds := s.at["input/field"], v.kindsIn(s)
	if s.kind != "" {
		return true // of one kind, a field is looked for at once
	}
	if d == nil || !d.listed || len(v.fields) == 0 || !isOfField(s.class) {
		return true
	}
	return slices.ContainsFunc(d.values, func(field ast.Value) bool {
		name, _ := field.(ast.String)
		return dynamic(string(name)) || slices.ContainsFunc(kinds, func(kind string) bool {
			_, is := v.fields[kind][string(name)]
			return is
		})
	})
}

func oneOf(words ...string) *domain {
	d := &domain{listed: true}
	for _, word := range words {
		d.values = append(d.values, ast.String(word))
	}
	return d
}

// domainOf is what a schema lets a value be.
func domainOf(schema map[string]any, admits func(ast.Value) bool) *domain {
	if list, ok := schema["enum"].([]any); ok {
		d := &domain{listed: true}
		for _, word := range list {
			d.values = append(d.values, ast.MustInterfaceToValue(word))
		}
		return d
	}
	types, same := typesIn(schema), schema["same"]
	d := &domain{whole: schema["type"] == "integer", types: types, pattern: patternOf(schema), like: like(schema)}
	d.admits = func(x ast.Value) bool {
		if types != nil && !slices.Contains(types, typeOf(x)) || admits != nil && !admits(x) {
			return false
		}
		if text, is := x.(ast.String); is && d.pattern != nil && !d.pattern.whole.MatchString(string(text)) {
			return false
		}
		if name, ok := same.(string); ok { // what it returns stays as it is if it is done again
			again, err := run(name, []*ast.Term{ast.NewTerm(x)})
			return err == nil && (again == nil || again.Compare(x) == 0)
		}
		return !short(schema, x)
	}
	for _, end := range []struct {
		key string
		of  **limit
	}{{"minimum", &d.from}, {"maximum", &d.to}} {
		if n, ok := schema[end.key]; ok {
			*end.of = &limit{value: ast.MustInterfaceToValue(n)}
		}
	}
	return d
}

// like are examples of what a schema lets a value be, for people.
func like(schema map[string]any) string {
	list, _ := schema["examples"].([]any)
	if either, _ := schema["anyOf"].([]any); list == nil && len(either) > 0 {
		first, _ := either[0].(map[string]any)
		list, _ = first["examples"].([]any)
	}
	texts := make([]string, len(list))
	for i, x := range list {
		texts[i] = fmt.Sprint(x)
	}
	return strings.Join(texts, " or ")
}

// short reports whether a value is empty though what is empty is left out.
func short(schema map[string]any, x ast.Value) bool {
	switch x := x.(type) {
	case ast.String:
		return schema["minLength"] != nil && x == ""
	case *ast.Array:
		return schema["minItems"] != nil && x.Len() == 0
	case ast.Object:
		return schema["minProperties"] != nil && x.Len() == 0
	}
	return false
}

// The types of values, as they are called for people.
const (
	typeText   = "text"
	typeNumber = "a number"
	typeTruth  = "true or false"
	typeList   = "a list"
	typeObject = "an object"
	typeSet    = "a set"
	typeNull   = "null"
)

var schemaTypes = map[string]string{
	"string": typeText, "number": typeNumber, "integer": typeNumber, "boolean": typeTruth, "array": typeList, "object": typeObject,
	"null": typeNull, "set": typeSet,
}

// typesIn are the types that a schema lets a value have; nil for any.
func typesIn(schema map[string]any) []string {
	if t, ok := schema["type"].(string); ok {
		return []string{schemaTypes[t]}
	}
	var out []string
	either, _ := schema["anyOf"].([]any)
	for _, of := range either {
		of, _ := of.(map[string]any)
		out = append(out, typesIn(of)...)
	}
	return out
}

func typeOf(x ast.Value) string {
	switch x.(type) {
	case ast.String:
		return typeText
	case ast.Number:
		return typeNumber
	case ast.Boolean:
		return typeTruth
	case *ast.Array:
		return typeList
	case ast.Object:
		return typeObject
	case ast.Set:
		return typeSet
	}
	return typeNull
}

// classes are those of all changes.
func (v *solver) classes() []string {
	list, _ := schemaAt(v.schema, ast.MustParseRef("input.class"))["enum"].([]any)
	out := make([]string, len(list))
	for i := range list {
		out[i] = fmt.Sprint(list[i])
	}
	return out
}

// always reports whether every change has a spot.
func (v *solver) always(of spot) bool {
	if len(of.ref) != 2 {
		return false
	}
	required, _ := v.schema["required"].([]any)
	return slices.ContainsFunc(required, func(key any) bool { return of.ref[1].Value.Compare(ast.String(fmt.Sprint(key))) == 0 })
}
