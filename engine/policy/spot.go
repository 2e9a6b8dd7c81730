package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// spot is a value that a rule looks at and that changes have or not: a key of the input, what a
// variable goes over, or what a built-in returns. Two spots with one key are one value.
type spot struct {
	key  string
	text string  // as it is shown to people
	ref  ast.Ref // of the input; nil for none
	over *ast.Term
	in   scope // where over stands

	schema map[string]any // of what a built-in returns
}

// spotOf is the spot that a term stands for, if it stands for one.
func (v *solver) spotOf(in scope, t *ast.Term) (spot, bool) {
	if in.depth++; in.depth > deepest {
		return spot{}, false
	}
	switch x := t.Value.(type) {
	case ast.Var:
		return v.variable(in, x, t)
	case ast.Ref:
		return v.reference(in, x, t)
	case ast.Call:
		return v.result(in, x, t)
	}
	return spot{}, false
}

func (v *solver) variable(in scope, x ast.Var, t *ast.Term) (spot, bool) {
	if from, arg := in.given(x); arg != nil {
		return v.spotOf(from, arg)
	}
	bound := v.bound(in, x)
	if len(bound) != 1 {
		return spot{}, false
	}
	switch bound[0].of {
	case itself:
		return v.spotOf(in, bound[0].term)
	case elements:
		out := spot{key: in.id() + string(x), text: t.String(), over: bound[0].term, in: in}
		if of, ok := v.spotOf(in, bound[0].term); ok && of.ref != nil {
			out.ref = of.ref.Append(ast.VarTerm("_"))
		}
		return out, true
	}
	return spot{}, false
}

func (v *solver) reference(in scope, x ast.Ref, t *ast.Term) (spot, bool) {
	out := spot{text: t.String()}
	switch head := x[0].Value.(type) {
	case ast.Var:
		if x[0].Equal(ast.InputRootDocument) {
			out.key, out.ref = "input", x
			break
		}
		of, ok := v.spotOf(in, x[0])
		if !ok {
			return spot{}, false
		}
		out.key = of.key
		if of.ref != nil {
			out.ref = of.ref.Concat(x[1:])
		}
	case ast.Call:
		of, ok := v.result(in, head, x[0])
		if !ok {
			return spot{}, false
		}
		out.key, out.schema = of.key, part(of.schema, x)
	default:
		return spot{}, false
	}
	for _, term := range x[1:] {
		out.key += "/" + in.step(term)
	}
	return out, true
}

// part is the schema of one element of what a built-in returns; nil where it is not known.
func part(schema map[string]any, x ast.Ref) map[string]any {
	list, _ := schema["items"].([]any)
	if len(x) != 2 {
		return nil
	}
	n, ok := x[1].Value.(ast.Number)
	if i, whole := n.Int(); ok && whole && i >= 0 && i < len(list) {
		return list[i].(map[string]any)
	}
	return nil
}

// step is what tells one part of a reference from another.
func (in scope) step(t *ast.Term) string {
	switch x := t.Value.(type) {
	case ast.String:
		return string(x)
	case ast.Var:
		return in.id() + string(x)
	}
	return in.id() + textOf(t)
}

// textOf is the text of a term; of one that goes over something, `_`, with what tells it from others.
func textOf(t *ast.Term) string {
	wild := false
	ast.WalkVars(t, func(x ast.Var) bool {
		wild = wild || x.IsWildcard()
		return wild
	})
	if wild {
		return fmt.Sprintf("%s@%p", t, t)
	}
	return t.String()
}

// result is what a built-in returns.
func (v *solver) result(in scope, x ast.Call, t *ast.Term) (spot, bool) {
	name := x[0].String()
	if ast.BuiltinMap[name] == nil || len(x) < 2 || strings.HasPrefix(name, "rego.") || name == ast.ObjectGet.Name {
		return spot{}, false
	}
	out := spot{key: in.id() + textOf(t), text: t.String(), schema: returned(name)}
	if of, ok := v.spotOf(in, x[1]); ok && name == ast.Count.Name && schemaAt(v.schema, of.ref)["minItems"] != nil {
		out.schema = map[string]any{"type": "integer", "minimum": 1}
	}
	return out, true
}

// id tells a rule from others, and one call of a function from another.
func (in scope) id() string { return fmt.Sprintf("%p %p ", in.rule, in.call) }

// given is what a function that was followed from a call got as an argument, and where that stands.
func (in scope) given(x ast.Var) (scope, *ast.Term) {
	if in.call == nil {
		return in, nil
	}
	for i, arg := range in.rule.Head.Args {
		if arg.Value.Compare(x) == 0 && i < len(in.call.args) {
			from := in.call.scope
			from.depth = max(from.depth, in.depth)
			return from, in.call.args[i]
		}
	}
	return in, nil
}

// bound is what a variable of a rule is bound to in the rule's own body, not in one within it.
func (v *solver) bound(in scope, x ast.Var) []binding {
	if v.locals[in.rule] == nil {
		v.locals[in.rule] = bindings(in.rule, true)
	}
	return v.locals[in.rule][x]
}

// isLocal reports whether a name is one of the rule, not of a rule or an import.
func (v *solver) isLocal(in scope, t *ast.Term) bool {
	x, isVar := t.Value.(ast.Var)
	return isVar && (x.IsWildcard() || len(v.bound(in, x)) > 0 || len(in.book.locals[in.rule][x]) > 0 ||
		slices.ContainsFunc(in.rule.Head.Args, func(arg *ast.Term) bool { return arg.Value.Compare(x) == 0 }))
}
