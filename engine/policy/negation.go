package policy

import (
	"fmt"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// checkNegations refuses a negated expression that is undefined, not true as it
// reads, where a value is missing: `not f(input.x)`, `not input.x < 3`. OPA
// evaluates what a call is about before the negation, so a guard would not apply.
// Only `not input.x` and `not input.x == 3` are true where input.x is missing.
func checkNegations(s *source) error {
	for _, file := range slices.Sorted(maps.Keys(s.modules)) {
		n := negation{source: s, module: s.modules[file]}
		var found error
		ast.WalkExprs(n.module, func(expr *ast.Expr) bool {
			if missing := n.missing(expr); missing != nil && found == nil {
				found = &Error{
					File: file, Line: expr.Location.Row,
					Message: fmt.Sprintf("this negation is undefined, not true, where %s is missing", missing),
					Advice:  "move what is negated into a helper rule, and negate the helper",
				}
			}
			return found != nil
		})
		if found != nil {
			return found
		}
	}
	return nil
}

// negation looks at the negated expressions of one module.
type negation struct {
	source *source
	module *ast.Module
}

// missing returns what a negated expression needs to be defined, or nil.
func (n negation) missing(expr *ast.Expr) ast.Value {
	if !expr.Negated {
		return nil
	}
	if term, ok := expr.Terms.(*ast.Term); ok {
		return n.operand(term)
	}
	if !expr.IsCall() {
		return nil
	}
	op := expr.Operator().String()
	for _, term := range expr.Operands() {
		needs := n.needs
		if op == ast.Equality.Name || op == ast.Equal.Name {
			needs = n.operand
		}
		if missing := needs(term); missing != nil {
			return missing
		}
	}
	return nil
}

// operand is needs for what stays inside a negation: a term by itself, or one side
// of an equality. Only what it is made of is evaluated before.
func (n negation) operand(term *ast.Term) ast.Value {
	switch v := term.Value.(type) {
	case ast.Ref:
		return n.first(v[1:])
	case ast.Var:
		return nil
	}
	return n.needs(term)
}

// needs returns a reference in a term that may be undefined, or nil.
func (n negation) needs(term *ast.Term) ast.Value {
	switch v := term.Value.(type) {
	case ast.Ref:
		if len(v) > 1 && !n.source.defines(n.resolve(v)) {
			return v
		}
		return n.first(v[1:])
	case ast.Var:
		if n.isRule(v) && !n.source.defines(n.module.Package.Path.Append(ast.StringTerm(string(v)))) {
			return v
		}
	case ast.Call:
		return n.first(v[1:])
	case *ast.Array, ast.Set, ast.Object:
		var found ast.Value
		for _, part := range parts(v) {
			if found = n.needs(part); found != nil {
				break
			}
		}
		return found
	}
	return nil
}

func (n negation) first(terms []*ast.Term) ast.Value {
	for _, term := range terms {
		if missing := n.needs(term); missing != nil {
			return missing
		}
	}
	return nil
}

// parts lists the elements of a collection, of an object its keys and values.
func parts(v ast.Value) []*ast.Term {
	var out []*ast.Term
	add := func(t *ast.Term) { out = append(out, t) }
	switch v := v.(type) {
	case *ast.Array:
		v.Foreach(add)
	case ast.Set:
		v.Foreach(add)
	case ast.Object:
		v.Foreach(func(key, value *ast.Term) { out = append(out, key, value) })
	}
	return out
}

func (n negation) isRule(name ast.Var) bool {
	return slices.ContainsFunc(n.module.Rules, func(r *ast.Rule) bool { return r.Head.Ref()[0].Equal(ast.NewTerm(name)) })
}

// resolve puts the path of an import in the place of its name.
func (n negation) resolve(ref ast.Ref) ast.Ref {
	for _, i := range n.module.Imports {
		if path, ok := i.Path.Value.(ast.Ref); ok && ref[0].Equal(ast.NewTerm(i.Name())) {
			return path.Concat(ref[1:])
		}
	}
	return ref
}

// defines reports whether a reference has a value whatever the input is: data, a
// set of rules, or a rule with a default.
func (s *source) defines(ref ast.Ref) bool {
	if !ref.IsGround() || !ref[0].Equal(ast.DefaultRootDocument) {
		return false
	}
	path := make([]string, len(ref)-1)
	for i, term := range ref[1:] {
		key, ok := term.Value.(ast.String)
		if !ok {
			return false
		}
		path[i] = string(key)
	}
	if held, _ := s.holds(path); held {
		return true
	}
	for _, module := range s.modules {
		if !ref.HasPrefix(module.Package.Path) || len(ref) != len(module.Package.Path)+1 {
			continue
		}
		for _, r := range module.Rules {
			if r.Head.Ref()[0].Value.Compare(ast.Var(path[len(path)-1])) == 0 && alwaysDefined(r) {
				return true
			}
		}
	}
	return false
}

// alwaysDefined reports whether a rule gives its name a value whatever the input is.
func alwaysDefined(r *ast.Rule) bool {
	value := r.Head.Value
	constant := len(r.Head.Args) == 0 && value != nil && value.IsGround() && r.Body.Equal(ast.NewBody(ast.NewExpr(ast.BooleanTerm(true))))
	return r.Default || r.Head.RuleKind() == ast.MultiValue || constant
}
