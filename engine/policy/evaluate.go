package policy

import (
	"context"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// known says how far a term can be evaluated from the text of the rules.
type known int

const (
	untold    known = iota
	undefined       // it has no value
	valued          // it has one
)

// evaluation evaluates terms as far as the text of the rules tells their value.
type evaluation struct {
	solver *solver
	at     func(spot) (ast.Value, known) // what changes have
	named  func()                        // told of a rule or data that has a name
}

// of evaluates a term.
func (e evaluation) of(in scope, t *ast.Term) (ast.Value, known) {
	if in.depth++; in.depth > deepest {
		return nil, untold
	}
	switch x := t.Value.(type) {
	case ast.String, ast.Number, ast.Boolean, ast.Null:
		return x, valued
	case *ast.Array:
		return e.list(in, parts(x), func(terms []*ast.Term) ast.Value { return ast.NewArray(terms...) })
	case ast.Set:
		return e.list(in, parts(x), func(terms []*ast.Term) ast.Value { return ast.NewSet(terms...) })
	case ast.Object:
		return e.list(in, parts(x), objectOf)
	case ast.Var:
		return e.variable(in, x, t)
	case ast.Ref:
		return e.reference(in, x, t)
	case ast.Call:
		return e.call(in, x, t)
	}
	return nil, untold
}

// objectOf is an object of keys and values in turn.
func objectOf(terms []*ast.Term) ast.Value {
	object := ast.NewObject()
	for i := 0; i+1 < len(terms); i += 2 {
		object.Insert(terms[i], terms[i+1])
	}
	return object
}

func (e evaluation) list(in scope, terms []*ast.Term, build func([]*ast.Term) ast.Value) (ast.Value, known) {
	out, all := e.all(in, terms)
	if all != valued {
		return nil, all
	}
	return build(out), valued
}

// all evaluates several terms.
func (e evaluation) all(in scope, terms []*ast.Term) ([]*ast.Term, known) {
	out, how := make([]*ast.Term, len(terms)), valued
	for i, t := range terms {
		value, has := e.of(in, t)
		how = min(how, has)
		out[i] = ast.NewTerm(value)
	}
	return out, how
}

func (e evaluation) variable(in scope, x ast.Var, t *ast.Term) (ast.Value, known) {
	if from, arg := in.given(x); arg != nil {
		return e.of(from, arg)
	}
	bound := e.solver.bound(in, x)
	switch {
	case len(bound) == 1 && bound[0].of == itself:
		return e.of(in, bound[0].term)
	case e.solver.isLocal(in, t):
		if s, ok := e.solver.spotOf(in, t); ok {
			return e.at(s)
		}
		return nil, untold
	}
	return e.called(in, in.path(ast.Ref{t}))
}

// called evaluates what is the same for all changes: a rule without a body, a set of rules, or data. A
// switch, true or false, counts as untold: it is there to be turned.
func (e evaluation) called(in scope, path ast.Ref) (ast.Value, known) {
	if e.named != nil {
		e.named()
	}
	rules := in.book.rules[path.String()]
	if len(rules) == 0 {
		value, err := ast.InterfaceToValue(in.book.datum(path))
		if _, isNull := value.(ast.Null); err != nil || isNull {
			return nil, untold
		}
		return fixed(value, valued)
	}
	set := ast.NewSet()
	for _, r := range rules {
		head := r.rule.Head
		r.depth = in.depth
		if len(head.Args) > 0 || r.rule.Default || !r.rule.Body.Equal(ast.NewBody(ast.NewExpr(ast.BooleanTerm(true)))) {
			return nil, untold
		}
		switch {
		case head.RuleKind() == ast.MultiValue && len(head.Ref()) == 1:
			value, has := e.of(r, head.Key)
			if has != valued {
				return nil, untold
			}
			set.Add(ast.NewTerm(value))
		case len(rules) == 1 && head.Value != nil && len(head.Ref()) == 1:
			return fixed(e.of(r, head.Value))
		default:
			return nil, untold
		}
	}
	return set, valued
}

// fixed is a value unless that is a switch, or a list that is empty for now.
func fixed(value ast.Value, has known) (ast.Value, known) {
	switch x := value.(type) {
	case ast.Boolean:
		return nil, untold
	case *ast.Array, ast.Set, ast.Object:
		if len(parts(x)) == 0 {
			return nil, untold
		}
	}
	return value, has
}

func (e evaluation) reference(in scope, x ast.Ref, t *ast.Term) (ast.Value, known) {
	if s, ok := e.solver.spotOf(in, t); ok {
		if value, has := e.at(s); has != untold || s.ref != nil {
			return value, has
		}
	}
	if x[0].Equal(ast.InputRootDocument) {
		return nil, untold
	}
	base, rest, has := e.base(in, x)
	if has != valued {
		return nil, has
	}
	keys, has := e.all(in, rest)
	if has != valued {
		return nil, has
	}
	value, err := base.Find(ast.Ref(keys))
	switch {
	case err != nil:
		return nil, undefined
	case ast.Ref(rest).IsGround():
		return fixed(value, valued)
	}
	return value, valued
}

// base evaluates the longest part of a reference that has a name.
func (e evaluation) base(in scope, x ast.Ref) (ast.Value, []*ast.Term, known) {
	if _, isVar := x[0].Value.(ast.Var); !isVar || e.solver.isLocal(in, x[0]) {
		value, has := e.of(in, x[0])
		return value, x[1:], has
	}
	ground := len(x)
	for i, t := range x {
		if i > 0 && !t.IsGround() {
			ground = i
			break
		}
	}
	for n := ground; n > 0; n-- {
		path := in.path(x[:n])
		if n < ground && in.book.rules[path.String()] == nil {
			continue // what a part of the data holds says nothing of what is not in it
		}
		if value, has := e.called(in, path); has != untold {
			return value, x[n:], has
		}
	}
	return nil, nil, untold
}

// call evaluates a built-in.
func (e evaluation) call(in scope, x ast.Call, t *ast.Term) (ast.Value, known) {
	args, has := e.all(in, x[1:])
	if has == untold && x[0].String() != ast.ObjectGet.Name {
		if s, ok := e.solver.spotOf(in, t); ok {
			return e.at(s)
		}
	}
	if has != valued {
		return nil, has
	}
	return result(x[0].String(), args)
}

// result is what a built-in makes of its arguments.
func result(name string, args []*ast.Term) (ast.Value, known) {
	value, err := run(name, args)
	switch {
	case err != nil:
		return nil, undefined
	case value == nil:
		return nil, untold
	}
	return value, valued
}

// mostGrown is how many values, digits or addresses are made of a few words of a rule while it is only read.
const mostGrown = 1 << 16

var widePattern = regexp.MustCompile(`%[^a-zA-Z%]*([0-9]{5}|\*)`)

// grows reports whether a built-in may make far more of its arguments than there is in them.
func grows(name string, args []*ast.Term) bool {
	switch name {
	case ast.NumbersRange.Name, ast.NumbersRangeStep.Name, ast.BitsShiftLeft.Name:
		return slices.ContainsFunc(args, func(t *ast.Term) bool {
			n, is := t.Value.(ast.Number)
			whole, small := n.Int()
			return is && (!small || max(whole, -whole) > mostGrown)
		})
	case ast.Sprintf.Name:
		format, _ := args[0].Value.(ast.String)
		return widePattern.MatchString(string(format))
	case ast.NetCIDRExpand.Name:
		text, _ := args[0].Value.(ast.String)
		network, err := netip.ParsePrefix(string(text))
		return err == nil && 1<<min(network.Addr().BitLen()-network.Bits(), 62) > mostGrown
	}
	return false
}

// run calls a built-in that depends on nothing but its arguments; nil where it is none.
func run(name string, args []*ast.Term) (out ast.Value, err error) {
	b := ast.BuiltinMap[name]
	if b == nil || outside(b) || strings.HasPrefix(name, "rego.") || b.Relation || len(b.Decl.FuncArgs().Args) != len(args) {
		return nil, nil
	}
	if grows(name, args) {
		return nil, nil
	}
	f := topdown.GetBuiltin(name)
	if f == nil {
		return nil, nil
	}
	defer func() {
		if recover() != nil { // it wants more than arguments
			out, err = nil, nil
		}
	}()
	err = f(topdown.BuiltinContext{Context: context.Background(), Capabilities: Capabilities()}, args, func(t *ast.Term) error {
		out = t.Value
		return nil
	})
	if err == nil && out == nil {
		err = errNoValue
	}
	return out, err
}
