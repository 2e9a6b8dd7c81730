package policy

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// holds reports whether one of several rules holds, whatever a change is of those that a rule is about. What
// cannot be told from the text may not hold.
func (v *solver) holds(rules []scope, s state) bool {
	return slices.ContainsFunc(rules, func(r scope) bool {
		return !slices.ContainsFunc(r.rule.Body, func(expr *ast.Expr) bool { return !v.holdsAlways(r, expr, s) })
	})
}

// holdsAlways reports whether there is no change of which an expression does not hold.
func (v *solver) holdsAlways(in scope, expr *ast.Expr, s state) bool {
	if v.steps--; v.steps < 0 || expr.Negated || len(expr.With) > 0 {
		return false
	}
	switch terms := expr.Terms.(type) {
	case *ast.Term:
		if v.holds(v.helpers(in, terms), s) || v.isThere(in, terms) {
			return true
		}
	case []*ast.Term:
	default:
		return false
	}
	if v.named(in, expr) {
		return false // it is there to be edited
	}
	negated := *expr
	negated.Negated = true
	return v.filter(in, &negated, s.clone()) != nil
}

// isThere reports whether a term is a key that every change has, and that is never false.
func (v *solver) isThere(in scope, t *ast.Term) bool {
	of, ok := v.spotOf(in, t)
	if !ok || of.ref == nil || !v.always(of) {
		return false
	}
	types := typesIn(schemaAt(v.schema, of.ref))
	return len(types) > 0 && !slices.Contains(types, typeTruth)
}
