package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// clause replaces what is known in one clause of a rule by its value.
func (l *lean) clause(r *ast.Rule) {
	if r.Default || !r.Head.Ref().IsGround() {
		return
	}
	for i := 0; i < len(r.Body); {
		expr := r.Body[i]
		if !isPlain(expr) {
			if expr.Negated && len(expr.With) == 0 && l.fails(expr) {
				r.Body = slices.Delete(r.Body, i, i+1)
				continue
			}
			i++
			continue
		}
		l.insert(expr)
		if within := l.named(r, i); within {
			continue
		}
		if v, is := assigned(r, expr); v != "" && substitutable(r, v, is) {
			r.Body = slices.Delete(r.Body, i, i+1)
			substitute(r, v, is)
			i = 0
			continue
		}
		if holds(expr) {
			r.Body = slices.Delete(r.Body, i, i+1)
			continue
		}
		i++
	}
	numbered(r)
}

func isPlain(expr *ast.Expr) bool { return !expr.Negated && len(expr.With) == 0 }

// insert puts constants in the place of the operands of an equation.
func (l *lean) insert(expr *ast.Expr) {
	if !expr.IsEquality() {
		return
	}
	operands := expr.Operands()
	for i, t := range operands {
		if is := l.constant(t); is != nil {
			operands[i] = ast.NewTerm(is.Value).SetLocation(t.Location)
		}
	}
}

// leanVar begins the names of constants.
const leanVar = "__lean"

// named gives a name to the constant that a reference goes into, v = data.ranks[k], and
// reports whether it did: OPA goes into a variable at less cost than into a rule.
func (l *lean) named(r *ast.Rule, i int) bool {
	expr := r.Body[i]
	if !expr.IsEquality() {
		return false
	}
	for _, t := range expr.Operands() {
		ref, ok := t.Value.(ast.Ref)
		if !ok || !ref[0].Equal(ast.DefaultRootDocument) {
			continue
		}
		n := len(ref.GroundPrefix())
		is := l.constants[ref[:n].String()]
		if n == len(ref) || is == nil {
			continue
		}
		name := ast.VarTerm(fmt.Sprintf("%s%d__", leanVar, l.names)).SetLocation(t.Location)
		l.names++
		t.Value = append(ast.Ref{name}, ref[n:]...)
		r.Body = slices.Insert(r.Body, i, ast.Equality.Expr(name, is).SetLocation(expr.Location))
		return true
	}
	return false
}

// constant is what a reference is known to be; nil where it is not.
func (l *lean) constant(t *ast.Term) *ast.Term {
	ref, ok := t.Value.(ast.Ref)
	if !ok || !ref.IsGround() {
		return nil
	}
	switch {
	case ref[0].Equal(ast.DefaultRootDocument):
		if is := l.constants[ref.String()]; is != nil {
			return is
		}
		return l.setting(ref)
	case isConstant(ref[0]):
		value, err := ref[0].Value.Find(ref[1:])
		if err != nil {
			return nil
		}
		return ast.NewTerm(value)
	}
	return nil
}

// setting is a waiver or a setting: data that only diet and the team's settings hold.
func (l *lean) setting(ref ast.Ref) *ast.Term {
	if len(ref) < 2 || !slices.Contains([]ast.Value{ast.String("settings"), ast.String("waivers")}, ref[1].Value) {
		return nil
	}
	var at any = l.source.data
	for _, key := range ref[1:] {
		name, ok := key.Value.(ast.String)
		object, isObject := at.(map[string]any)
		if !ok || !isObject || object[string(name)] == nil {
			return nil
		}
		at = object[string(name)]
	}
	value, err := ast.InterfaceToValue(at)
	if err != nil {
		return nil
	}
	return ast.NewTerm(value)
}

// assigned is a local variable that an expression only gives a name to what is known, or
// makes of an object that is known and another; and what that is.
func assigned(r *ast.Rule, expr *ast.Expr) (ast.Var, ast.Value) {
	if expr.IsEquality() {
		for i := range 2 {
			v, ok := expr.Operand(i).Value.(ast.Var)
			is := expr.Operand(1 - i)
			if ok && isLocal(r, v) && isConstant(is) {
				return v, is.Value
			}
		}
		return "", nil
	}
	if !expr.IsCall() || len(expr.Operands()) == 0 {
		return "", nil
	}
	v, ok := expr.Operand(len(expr.Operands()) - 1).Value.(ast.Var)
	if !ok || !isLocal(r, v) {
		return "", nil
	}
	if is := called(expr); is != nil {
		return v, is
	}
	return "", nil
}

// called is what a call comes to, where that is known; nil where not.
func called(expr *ast.Expr) ast.Value {
	ops := expr.Operands()
	switch {
	case expr.Operator().Equal(ast.ObjectUnion.Ref()) && len(ops) == 3:
		return united(ops[0], ops[1])
	case expr.Operator().Equal(ast.Count.Ref()) && len(ops) == 2 && isConstant(ops[0]):
		switch of := ops[0].Value.(type) {
		case ast.Set:
			return ast.InternedTerm(of.Len()).Value
		case ast.Object:
			return ast.InternedTerm(of.Len()).Value
		}
	}
	return nil
}

// united is the union of an object that is known with one of which the keys are.
func united(a, b *ast.Term) ast.Value {
	left, ok := a.Value.(ast.Object)
	right, also := b.Value.(ast.Object)
	if !ok || !also || !isConstant(a) {
		return nil
	}
	pairs := [][2]*ast.Term{}
	left.Foreach(func(k, v *ast.Term) {
		if right.Get(k) == nil {
			pairs = append(pairs, [2]*ast.Term{k, v})
		}
	})
	known := true
	right.Foreach(func(k, v *ast.Term) {
		over := left.Get(k)
		_, deep := termValue(over).(ast.Object)
		known = known && isConstant(k) && !deep
		pairs = append(pairs, [2]*ast.Term{k, v})
	})
	if !known {
		return nil
	}
	return ast.NewObject(pairs...)
}

func termValue(t *ast.Term) ast.Value {
	if t == nil {
		return nil
	}
	return t.Value
}

// isLocal tells a variable of the compiler's that no argument of the rule is.
func isLocal(r *ast.Rule, v ast.Var) bool {
	if !v.IsGenerated() || strings.HasPrefix(string(v), leanVar) {
		return false
	}
	argument := false
	for _, t := range r.Head.Args {
		ast.WalkVars(t, func(x ast.Var) bool {
			argument = argument || x == v
			return argument
		})
	}
	return !argument
}

// substitutable reports whether a value may stand wherever a clause has a variable: OPA goes
// into references that begin with a variable, and into none that begin with a value.
func substitutable(r *ast.Rule, v ast.Var, is ast.Value) bool {
	can := true
	ast.WalkRefs(r, func(ref ast.Ref) bool {
		if ref[0].Value.Compare(v) == 0 {
			_, err := is.Find(ref[1:])
			can = can && err == nil && ref[1:].IsGround() && isConstant(ast.NewTerm(is))
		}
		return false
	})
	return can
}

// substitute replaces a variable wherever a clause has it.
func substitute(r *ast.Rule, v ast.Var, is ast.Value) {
	within := func(ref ast.Ref) (ast.Value, error) {
		if ref[0].Value.Compare(v) != 0 {
			return ref, nil
		}
		return is.Find(ref[1:])
	}
	in := func(x any) any {
		x, _ = ast.TransformRefs(x, within)
		x, _ = ast.TransformVars(x, func(x ast.Var) (ast.Value, error) {
			if x == v {
				return ast.NewTerm(is).Copy().Value, nil
			}
			return x, nil
		})
		return x
	}
	r.Body = in(r.Body).(ast.Body)
	for _, t := range []*ast.Term{r.Head.Key, r.Head.Value} {
		if t != nil {
			t.Value = in(t.Value).(ast.Value)
		}
	}
}

// holds reports whether an expression is true whatever the input is.
func holds(expr *ast.Expr) bool {
	is, known := outcome(expr)
	return known && is
}

// isTrue reports whether a body has no conditions.
func isTrue(body ast.Body) bool { return len(body) == 1 && isPlain(body[0]) && holds(body[0]) }

// outcome is what an expression of constants comes to.
func outcome(expr *ast.Expr) (is, known bool) {
	if !expr.IsCall() {
		t, ok := expr.Terms.(*ast.Term)
		return ok && !t.Equal(ast.BooleanTerm(false)), ok && isConstant(t)
	}
	ops := expr.Operands()
	if len(ops) != 2 || !isConstant(ops[0]) || !isConstant(ops[1]) {
		return false, false
	}
	if is := called(expr); is != nil {
		return is.Compare(ops[1].Value) == 0, true
	}
	order := ops[0].Value.Compare(ops[1].Value)
	switch expr.Operator().String() {
	case ast.Equality.Name, ast.Equal.Name:
		return order == 0, true
	case ast.NotEqual.Name:
		return order != 0, true
	case ast.GreaterThan.Name:
		return order > 0, true
	case ast.LessThan.Name:
		return order < 0, true
	}
	return false, false
}

// impossible reports whether a body cannot be true, and that is found out before anything
// that could fail.
func (l *lean) impossible(body ast.Body) bool {
	for _, expr := range body {
		if isPlain(expr) && l.fails(expr) {
			return true
		}
		if !l.quiet(expr) {
			return false
		}
	}
	return false
}

// fails reports whether what an expression says, were it not negated, is false or undefined
// whatever the input is.
func (l *lean) fails(expr *ast.Expr) bool {
	if is, known := outcome(expr); known {
		return !is
	}
	terms := []*ast.Term{}
	if t, ok := expr.Terms.(*ast.Term); ok {
		terms = append(terms, t)
	} else if expr.IsEquality() {
		terms = expr.Operands()
	}
	return slices.ContainsFunc(terms, func(t *ast.Term) bool {
		ref, ok := t.Value.(ast.Ref)
		return ok && l.absent(ref)
	})
}

// quiet reports whether an expression can be evaluated without anything that could fail.
func (l *lean) quiet(expr *ast.Expr) bool {
	if len(expr.With) > 0 || !expr.IsEquality() && expr.IsCall() || expr.IsEvery() {
		return false
	}
	quiet := true
	ast.WalkTerms(expr, func(t *ast.Term) bool {
		switch v := t.Value.(type) {
		case ast.Ref:
			quiet = quiet && (!v[0].Equal(ast.DefaultRootDocument) || !l.virtual(v))
		case ast.Call, *ast.ArrayComprehension, *ast.SetComprehension, *ast.ObjectComprehension, *ast.TemplateString:
			quiet = false
		}
		return !quiet
	})
	return quiet
}

// virtual reports whether a reference to data may be to a rule.
func (l *lean) virtual(ref ast.Ref) bool {
	at := l.tree
	for _, key := range ref[1:] {
		if at = at.Child(key.Value); at == nil {
			_, ok := key.Value.(ast.String)
			return !ok
		}
		if len(at.Values) > 0 {
			return true
		}
	}
	return true
}

// absent reports whether nothing is where a reference to data goes.
func (l *lean) absent(ref ast.Ref) bool {
	if !ref[0].Equal(ast.DefaultRootDocument) {
		return false
	}
	at := place{rules: l.tree, data: l.source.data}
	for i, key := range ref[1:] {
		name, ok := key.Value.(ast.String)
		if !ok {
			return false
		}
		if !at.has(string(name)) {
			return true
		}
		at = at.below(name)
		if at.rules != nil && len(at.rules.Values) > 0 {
			set := at.rules.Values[0].Head.RuleKind() == ast.MultiValue
			return l.gone[ref[:i+2].String()] && (!set || len(ref) > i+2)
		}
	}
	return false
}

// isConstant tells a value that is the same wherever it stands.
func isConstant(t *ast.Term) bool {
	switch t.Value.(type) {
	case ast.Var, ast.Ref, ast.Call, *ast.ArrayComprehension, *ast.SetComprehension, *ast.ObjectComprehension, *ast.TemplateString:
		return false
	}
	constant := true
	ast.WalkTerms(t, func(x *ast.Term) bool {
		switch x.Value.(type) {
		case ast.Var, ast.Ref, ast.Call, *ast.ArrayComprehension, *ast.SetComprehension, *ast.ObjectComprehension, *ast.TemplateString:
			constant = false
		}
		return !constant
	})
	return constant
}
