package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// checkWords refuses a comparison of the input with a word that it never holds, by
// the schema of the input: input.class == "drfit".
func checkWords(s *source, kinds []string) error {
	schema, _ := s.schemas.Get(ast.SchemaRootRef).(map[string]any)
	for _, file := range s.files() {
		w := words{module: s.modules[file], schema: schema, kinds: kinds}
		ast.NewGenericVisitor(w.visit).Walk(w.module)
		if w.found != nil {
			return w.found
		}
	}
	return nil
}

// words looks for comparisons in one module.
type words struct {
	module *ast.Module
	schema map[string]any
	kinds  []string
	found  error
}

func (w *words) visit(x any) bool {
	switch x := x.(type) {
	case *ast.Expr:
		if x.IsCall() && len(x.Operands()) == 2 {
			w.compare(x.Operator().String(), x.Operand(0), x.Operand(1))
		}
		if x.IsCall() && len(x.Operands()) > 1 {
			w.get(x.Operator().String(), x.Operand(0), x.Operand(1))
		}
	case ast.Call:
		if len(x) == 3 {
			w.compare(x[0].String(), x[1], x[2])
		}
		if len(x) > 2 {
			w.get(x[0].String(), x[1], x[2])
		}
	}
	return w.found != nil
}

func (w *words) compare(operator string, a, b *ast.Term) {
	switch operator {
	case ast.Equality.Name, ast.Equal.Name, ast.NotEqual.Name, "=", "==", "!=":
		w.hold(a, b)
		w.hold(b, a)
	case ast.Member.Name:
		w.hold(a, b)
	}
}

// hold notes a word among those of a constant that a key of the input never has.
func (w *words) hold(key, constant *ast.Term) {
	ref, ok := key.Value.(ast.Ref)
	if !ok || w.found != nil || len(ref) < 2 || !ref[0].Equal(ast.InputRootDocument) {
		return
	}
	known := w.known(ref)
	if known == nil {
		return
	}
	for _, word := range w.texts(constant) {
		if !slices.Contains(known, word) {
			w.found = &Error{
				File: key.Location.File, Line: key.Location.Row,
				Message: fmt.Sprintf("%q is not a value of %s%s", word, ref, suggest(word, known)),
				Advice:  fmt.Sprintf("%s is one of %s", ref, strings.Join(slices.DeleteFunc(known, func(w string) bool { return w == "" }), ", ")),
			}
			return
		}
	}
}

// get notes a key that object.get looks for and that the input never has: it would always be the
// default.
func (w *words) get(operator string, of, path *ast.Term) {
	ref, is := of.Value.(ast.Ref)
	if v, alone := of.Value.(ast.Var); alone && v.Equal(ast.InputRootDocument.Value) {
		ref, is = ast.InputRootRef, true
	}
	if operator != ast.ObjectGet.Name || !is || w.found != nil || !ref[0].Equal(ast.InputRootDocument) || !ref.IsGround() {
		return
	}
	keys := []*ast.Term{path}
	if list, is := path.Value.(*ast.Array); is {
		keys = parts(list)
	}
	for _, key := range keys {
		name, is := key.Value.(ast.String)
		at := schemaAt(w.schema, ref)
		properties, _ := at["properties"].(map[string]any)
		if !is || at["additionalProperties"] != false {
			return
		}
		if _, known := properties[string(name)]; !known {
			w.found = &Error{
				File: key.Location.File, Line: key.Location.Row,
				Message: fmt.Sprintf("%s has no key %q%s", ref, string(name), suggest(string(name), slices.Sorted(maps.Keys(properties)))),
				Advice:  "docs/policies.md lists the keys of the input",
			}
			return
		}
		ref = ref.Append(key)
	}
}

// known lists the words that a key of the input may have; nil where it may have any.
func (w *words) known(ref ast.Ref) []string {
	if ref.String() == "input.kind" && len(w.kinds) > 0 {
		return slices.Sorted(slices.Values(append([]string{KindRun}, w.kinds...)))
	}
	list, _ := schemaAt(w.schema, ref)["enum"].([]any)
	var known []string
	for _, word := range list {
		known = append(known, fmt.Sprint(word))
	}
	return known
}

// texts lists the texts of a constant: a text, a collection of them, or a rule of
// the module that is one.
func (w *words) texts(t *ast.Term) []string {
	switch v := t.Value.(type) {
	case ast.String:
		return []string{string(v)}
	case ast.Var:
		for _, r := range w.module.Rules {
			if r.Head.Ref()[0].Equal(t) && r.Head.Value != nil && alwaysDefined(r) && !r.Default {
				return w.texts(r.Head.Value)
			}
		}
	case *ast.Array, ast.Set:
		var out []string
		for _, part := range parts(v) {
			if text, ok := part.Value.(ast.String); ok {
				out = append(out, string(text))
			}
		}
		return out
	}
	return nil
}

// schemaAt is the part of a JSON Schema that a reference leads to; nil where the
// schema has no such key.
func schemaAt(root map[string]any, ref ast.Ref) map[string]any {
	at := root
	for _, term := range ref[1:] {
		properties, _ := at["properties"].(map[string]any)
		name, isText := term.Value.(ast.String)
		next, ok := properties[string(name)].(map[string]any)
		if !ok && isText {
			next, ok = at["additionalProperties"].(map[string]any)
		}
		if !ok && !isText {
			next, ok = at["items"].(map[string]any)
		}
		if !ok {
			return nil
		}
		at = target(root, next)
	}
	return at
}

// target follows a $ref to the definitions of the schema.
func target(root, at map[string]any) map[string]any {
	name, ok := at["$ref"].(string)
	if !ok {
		return at
	}
	definitions, _ := root["definitions"].(map[string]any)
	definition, _ := definitions[strings.TrimPrefix(name, "#/definitions/")].(map[string]any)
	return definition
}
