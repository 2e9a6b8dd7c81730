package policy

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

var errNoValue = errors.New("it has no value")

// checkNever refuses a rule of which no change can have all that it says: a key of another class, two
// kinds, a number over five and under three. What cannot be told from the text may hold.
func checkNever(s *source, cfg Config) error {
	v := &solver{vocabulary: newVocabulary(s, cfg), locals: map[*ast.Rule]map[ast.Var][]binding{}}
	for _, in := range newBook(s).scopes() {
		if own := s.team[in.module.Package.Location.File] != nil || s.isEdited(); !own || in.rule.Default {
			continue
		}
		if problem := cmp.Or(v.checkCalls(in), v.check(in)); problem != nil {
			return problem
		}
	}
	return nil
}

// solver looks for a change that a rule is about.
type solver struct {
	vocabulary
	locals map[*ast.Rule]map[ast.Var][]binding
	steps  int // that are left
}

// mostSteps is how many expressions are looked at for one rule and class. A rule that takes more may hold.
const mostSteps = 3000

// mostTries is how many values of the spots of one expression are tried.
const mostTries = 2000

// state is what a change of one class may be, as far as a rule has said, by the key of each spot.
type state struct {
	class string
	kind  string // "" where it is not known which there are
	at    map[string]*domain
}

func (s state) clone() state {
	out := state{class: s.class, kind: s.kind, at: make(map[string]*domain, len(s.at))}
	for key, d := range s.at {
		out.at[key] = d
	}
	return out
}

// clash is an expression that cannot hold with the others of a rule.
type clash struct {
	expr *ast.Expr // of the rule itself
	said []claim   // what it is about may be
	both bool      // what two expressions say does not go together
}

// check looks for a class of changes, and a kind of objects, of which a rule may hold.
func (v *solver) check(in scope) *Error {
	var worst []found
	for _, class := range v.classes() {
		for _, kind := range v.kindsOf(class) {
			v.steps = mostSteps
			c := v.body(in, in.rule.Body, state{class: class, kind: kind, at: map[string]*domain{}})
			if c == nil {
				return nil
			}
			switch at := worst; {
			case at == nil || c.expr.Index > at[0].clash.expr.Index || c.expr == at[0].clash.expr && c.both && !at[0].clash.both:
				worst = []found{{class, kind, c}}
			case c.expr == at[0].clash.expr:
				worst = append(worst, found{class, kind, c})
			}
		}
	}
	if worst == nil {
		return nil
	}
	at := worst[0].clash.expr.Location
	message := strings.TrimSpace(string(at.Text)) + " never holds here"
	if why := said(worst); why != "" {
		message += ": " + why
	}
	return &Error{
		File: at.File, Line: at.Row, Message: message + v.amongWhich(worst),
		Advice: "all lines of a rule hold at once: correct one, or write a rule for each; " +
			"docs/policies.md says which keys and kinds each class has",
	}
}

// body looks at all expressions of a body until they tell nothing new; nil where they may all hold.
func (v *solver) body(in scope, body ast.Body, s state) *clash {
	for range 3 {
		for _, expr := range body {
			if v.steps--; v.steps < 0 {
				return nil
			}
			if c := v.expr(in, expr, s); c != nil {
				return c
			}
		}
	}
	return nil
}

// expr narrows down what a change may be to what an expression says.
func (v *solver) expr(in scope, expr *ast.Expr, s state) *clash {
	if len(expr.With) > 0 {
		return nil
	}
	switch terms := expr.Terms.(type) {
	case *ast.SomeDecl:
		return v.some(in, expr, terms, s)
	case *ast.Every:
		return v.present(in, expr, terms.Domain, s)
	case *ast.Term:
		switch rules := v.helpers(in, terms); {
		case rules != nil && !expr.Negated:
			return v.either(expr, rules, s)
		case expr.Negated && (v.holds(rules, s) || v.isThere(in, terms)):
			return &clash{expr: expr, said: noted("what is negated always holds")}
		}
	case []*ast.Term:
		if rules := v.functions(in, expr); rules != nil && !expr.Negated {
			return v.either(expr, rules, s)
		}
		if expr.Negated {
			break
		}
		if c := v.compare(in, expr, s); c != nil {
			return c
		}
	}
	return v.filter(in, expr, s)
}

// some is an expression that a variable goes over a collection.
func (v *solver) some(in scope, expr *ast.Expr, terms *ast.SomeDecl, s state) *clash {
	for _, symbol := range terms.Symbols {
		if call, ok := symbol.Value.(ast.Call); ok {
			if c := v.present(in, expr, call[len(call)-1], s); c != nil {
				return c
			}
		}
	}
	return nil
}

// present is nil where what an expression reads may be there.
func (v *solver) present(in scope, expr *ast.Expr, t *ast.Term, s state) *clash {
	for _, of := range v.reads(in, t, s) {
		if d := v.domain(of, s); d.empty() {
			return &clash{expr: expr, said: []claim{{text: of.text, is: d}}}
		}
	}
	if value, has := v.evaluate(nil).of(in, t); has == valued && len(elementsOf(value)) == 0 {
		return &clash{expr: expr, said: noted(t.String() + " is empty")}
	}
	return nil
}

// elementsOf are what a collection holds; of anything else, that.
func elementsOf(value ast.Value) []ast.Value {
	var out []ast.Value
	switch x := value.(type) {
	case *ast.Array, ast.Set:
		for _, t := range parts(x) {
			out = append(out, t.Value)
		}
	case ast.Object:
		for _, key := range x.Keys() {
			out = append(out, x.Get(key).Value)
		}
	default:
		out = append(out, value)
	}
	return out
}

// helpers are the rules that a name stands for which is true or not.
func (v *solver) helpers(in scope, t *ast.Term) []scope {
	ref, ok := t.Value.(ast.Ref)
	if _, isVar := t.Value.(ast.Var); isVar {
		ref, ok = ast.Ref{t}, true
	}
	if !ok || v.isLocal(in, ref[0]) || !ref.IsGround() && len(ref) > 1 || in.depth > deepest {
		return nil
	}
	return v.followed(in, in.book.rules[in.path(ref).String()], nil)
}

// functions are the rules of a function that an expression calls.
func (v *solver) functions(in scope, expr *ast.Expr) []scope {
	if in.depth > deepest {
		return nil
	}
	rules := in.book.rules[in.path(expr.Operator()).String()]
	return v.followed(in, rules, &call{in, expr.Operands()})
}

// followed are rules one of which is to hold; nil where that is not all that there is to it.
func (v *solver) followed(in scope, rules []scope, from *call) []scope {
	var out []scope
	for _, r := range rules {
		head := r.rule.Head
		value := head.Value
		isTrue := value == nil || value.Value.Compare(ast.Boolean(true)) == 0
		if head.RuleKind() != ast.SingleValue || !isTrue || (from == nil) != (len(head.Args) == 0) || len(head.Ref()) > 1 {
			if r.rule.Default && value != nil && value.Value.Compare(ast.Boolean(false)) == 0 {
				continue
			}
			return nil
		}
		if from != nil && (len(from.args) != len(head.Args) || !allVars(head.Args)) {
			return nil
		}
		if r.rule.Body.Equal(ast.NewBody(ast.NewExpr(ast.BooleanTerm(true)))) {
			return nil
		}
		r.depth, r.call = in.depth+1, from
		out = append(out, r)
	}
	return out
}

func allVars(terms []*ast.Term) bool {
	return !slices.ContainsFunc(terms, func(t *ast.Term) bool { _, is := t.Value.(ast.Var); return !is })
}

// either narrows down what a change may be to what at least one of several rules says.
func (v *solver) either(expr *ast.Expr, rules []scope, s state) *clash {
	var first *clash
	var states []state
	for _, r := range rules {
		of := s.clone()
		if c := v.body(r, r.rule.Body, of); c != nil {
			if first == nil {
				first = &clash{expr, c.said, c.both}
			}
			continue
		}
		states = append(states, of)
	}
	if len(states) == 0 {
		return first
	}
	for key := range states[0].at {
		d := states[0].at[key]
		for _, of := range states[1:] {
			if d != nil && of.at[key] != nil {
				d = d.or(of.at[key])
			} else {
				d = nil
			}
		}
		if d != nil {
			s.at[key] = d
		}
	}
	return nil
}

// compare narrows down a spot that an expression compares with a constant.
func (v *solver) compare(in scope, expr *ast.Expr, s state) *clash {
	if len(expr.Operands()) != 2 {
		return nil
	}
	operator, a, b := expr.Operator().String(), expr.Operand(0), expr.Operand(1)
	if x, isVar := a.Value.(ast.Var); isVar && (expr.IsAssignment() || expr.IsEquality()) && v.binds(in, x, b) {
		return nil
	}
	return cmp.Or(
		v.against(in, expr, operator, a, b, s), v.against(in, expr, turned[operator], b, a, s), v.member(in, expr, s), v.partly(in, expr, s),
	)
}

// turned are the operators with their sides exchanged.
var turned = map[string]string{
	ast.Equal.Name: ast.Equal.Name, ast.Equality.Name: ast.Equality.Name,
	ast.LessThan.Name: ast.GreaterThan.Name, ast.GreaterThan.Name: ast.LessThan.Name,
	ast.LessThanEq.Name: ast.GreaterThanEq.Name, ast.GreaterThanEq.Name: ast.LessThanEq.Name,
}

// binds reports whether a variable is bound to a term, and to nothing else.
func (v *solver) binds(in scope, x ast.Var, t *ast.Term) bool {
	bound := v.bound(in, x)
	return len(bound) == 1 && bound[0].term == t
}

func (v *solver) against(in scope, expr *ast.Expr, operator string, t, with *ast.Term, s state) *clash {
	of, ok := v.spotOf(in, t)
	if !ok {
		return nil
	}
	value, has := v.evaluate(nil).of(in, with)
	if has != valued {
		return nil
	}
	was := v.domain(of, s)
	now := was
	switch operator {
	case ast.Equal.Name, ast.Equality.Name:
		now = was.among([]ast.Value{value})
	case ast.Member.Name:
		now = was.among(elementsOf(value))
	case ast.LessThan.Name, ast.LessThanEq.Name, ast.GreaterThan.Name, ast.GreaterThanEq.Name:
		if !was.listed {
			now = was.within(operator, value)
		}
	}
	if now.empty() {
		return &clash{expr: expr, said: v.claims(of, was, s)}
	}
	if now != was {
		s.at[of.key] = now
	}
	if !v.meets(s) {
		return &clash{expr: expr, both: true, said: v.claims(of, &domain{}, s)}
	}
	return nil
}

// filter keeps of what the spots of an expression may be that with which it holds.
func (v *solver) filter(in scope, expr *ast.Expr, s state) *clash {
	var spots []spot
	for _, t := range termsOf(expr) {
		spots = append(spots, v.reads(in, t, s)...)
	}
	size, all := 1, len(spots)
	for _, of := range spots {
		d := v.domain(of, s)
		if d.empty() && !expr.Negated {
			return &clash{expr: expr, said: []claim{{text: of.text, is: d}}}
		}
		if expr.Negated && !v.always(of) {
			return nil
		}
		if d.listed {
			size *= len(d.values)
		}
	}
	spots = slices.DeleteFunc(spots, func(of spot) bool { return !v.domain(of, s).listed })
	if size > mostTries || all == 0 && v.named(in, expr) {
		return nil // what has a name alone is there to be edited
	}
	kept := make([][]ast.Value, len(spots))
	held := v.each(s, spots, map[string]ast.Value{}, func(at map[string]ast.Value) bool {
		if v.fails(in, expr, at) {
			return false
		}
		for i, of := range spots {
			kept[i] = append(kept[i], at[of.key])
		}
		return true
	})
	if !held {
		var said []claim
		for _, of := range spots {
			said = append(said, claim{text: of.text, is: v.domain(of, s)})
		}
		return &clash{expr: expr, said: said}
	}
	for i, of := range spots {
		s.at[of.key] = v.domain(of, s).among(kept[i])
	}
	return nil
}

// named reports whether an expression is made of rules or data.
func (v *solver) named(in scope, expr *ast.Expr) bool {
	found := false
	e := v.evaluate(nil)
	e.named = func() { found = true }
	for _, t := range termsOf(expr) {
		e.of(in, t)
	}
	return found
}

// termsOf are the terms that an expression is made of.
func termsOf(expr *ast.Expr) []*ast.Term {
	switch terms := expr.Terms.(type) {
	case *ast.Term:
		return []*ast.Term{terms}
	case []*ast.Term:
		return terms[1:]
	}
	return nil
}

// each goes over all values of several spots, and reports whether any of them is kept.
func (v *solver) each(s state, spots []spot, at map[string]ast.Value, keep func(map[string]ast.Value) bool) bool {
	if len(spots) == 0 {
		return keep(at)
	}
	found := false
	if _, given := at[spots[0].key]; given {
		return v.each(s, spots[1:], at, keep)
	}
	for _, value := range v.domain(spots[0], s).values {
		at[spots[0].key] = value
		found = v.each(s, spots[1:], at, keep) || found
	}
	delete(at, spots[0].key)
	return found
}

// fails reports whether an expression does not hold where its spots have the given values.
func (v *solver) fails(in scope, expr *ast.Expr, at map[string]ast.Value) bool {
	e := v.evaluate(at)
	var value ast.Value
	var has known
	switch terms := expr.Terms.(type) {
	case *ast.Term:
		value, has = e.of(in, terms)
	case []*ast.Term:
		x, isVar := terms[1].Value.(ast.Var)
		if isVar && len(terms) == 3 && (expr.IsAssignment() || expr.IsEquality()) && v.binds(in, x, terms[2]) {
			_, has = e.of(in, terms[2])
			return has == undefined
		}
		args, all := e.all(in, terms[1:])
		if has = all; has == valued {
			value, has = operate(expr.Operator().String(), args)
		}
	}
	if has == untold {
		return false
	}
	holds := has == valued && value.Compare(ast.Boolean(false)) != 0
	return holds == expr.Negated
}

// operate evaluates an operator.
func operate(operator string, args []*ast.Term) (ast.Value, known) {
	if operator == ast.Equality.Name || operator == ast.Assign.Name {
		return ast.Boolean(len(args) == 2 && args[0].Value.Compare(args[1].Value) == 0), valued
	}
	return result(operator, args)
}

// evaluate evaluates terms where spots have the given values.
func (v *solver) evaluate(at map[string]ast.Value) evaluation {
	return evaluation{solver: v, at: func(of spot) (ast.Value, known) {
		if value, is := at[of.key]; is {
			return value, valued
		}
		return nil, untold
	}}
}

// reads are the spots that a term is made of.
func (v *solver) reads(in scope, t *ast.Term, s state) []spot {
	var out []spot
	e := evaluation{solver: v, at: func(of spot) (ast.Value, known) {
		if !slices.ContainsFunc(out, func(other spot) bool { return other.key == of.key }) {
			out = append(out, of)
		}
		if d := v.domain(of, s); d.listed && len(d.values) > 0 {
			return d.values[0], valued
		}
		return nil, untold
	}}
	e.of(in, t)
	return out
}
