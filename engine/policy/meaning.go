package policy

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// meaning is what a term of a rule may stand for, as far as it can be told from the text: keys
// of the input, or constants.
type meaning struct {
	keys  []ast.Ref // of the input
	words []word
	open  bool // it may be something else too
}

// word is a constant text, and where it stands.
type word struct {
	text string
	at   *ast.Location
}

// join adds what a term may stand for too.
func (m *meaning) join(other meaning) {
	m.keys = append(m.keys, other.keys...)
	m.words = append(m.words, other.words...)
	m.open = m.open || other.open
}

// anything is what cannot be told.
var anything = meaning{open: true}

// scope is where a term stands: a rule, in a module.
type scope struct {
	book   *book
	module *ast.Module
	rule   *ast.Rule
	depth  int // of rules and functions that were followed

	call *call // that led to a function; nil where all calls of it count
}

// deepest is how many rules, functions and variables are followed.
const deepest = 8

// book is what the rules of all modules mean by their names.
type book struct {
	source *source
	rules  map[string][]scope // by path, with the modules
	calls  map[string][]call
	locals map[*ast.Rule]map[ast.Var][]binding
}

// call is one call of a function.
type call struct {
	scope
	args []*ast.Term
}

// binding is what a variable of a rule is bound to: a term, or the elements, or the keys, of one.
type binding struct {
	term *ast.Term
	of   string
}

const (
	itself   = ""
	elements = "elements"
	itsKeys  = "keys"
)

func newBook(s *source) *book {
	b := &book{source: s, rules: map[string][]scope{}, calls: map[string][]call{}, locals: map[*ast.Rule]map[ast.Var][]binding{}}
	for _, file := range s.files() {
		module := s.modules[file]
		for _, r := range module.Rules {
			for at := r; at != nil; at = at.Else {
				in := scope{book: b, module: module, rule: at}
				path := module.Package.Path.Append(ast.StringTerm(string(r.Head.Ref()[0].Value.(ast.Var)))).String()
				b.rules[path] = append(b.rules[path], in)
				b.locals[at] = bindings(at, false)
				b.note(in)
			}
		}
	}
	return b
}

// note notes the calls in a rule.
func (b *book) note(in scope) {
	add := func(operator *ast.Term, args []*ast.Term) {
		if ref, ok := operator.Value.(ast.Ref); ok {
			path := in.path(ref).String()
			b.calls[path] = append(b.calls[path], call{in, args})
		}
	}
	ast.NewGenericVisitor(func(x any) bool {
		switch x := x.(type) {
		case *ast.Rule:
			return x != in.rule // what is else is a rule of its own
		case *ast.Expr:
			if terms, ok := x.Terms.([]*ast.Term); ok {
				add(terms[0], terms[1:])
			}
		case ast.Call:
			add(x[0], x[1:])
		}
		return false
	}).Walk(in.rule)
}

// path is what a name of a module is in full.
func (in scope) path(ref ast.Ref) ast.Ref {
	if ref[0].Equal(ast.DefaultRootDocument) {
		return ref
	}
	for _, i := range in.module.Imports {
		if path, ok := i.Path.Value.(ast.Ref); ok && ref[0].Equal(ast.NewTerm(i.Name())) {
			return path.Concat(ref[1:])
		}
	}
	name, ok := ref[0].Value.(ast.Var)
	if !ok {
		return ref
	}
	return in.module.Package.Path.Append(ast.StringTerm(string(name))).Concat(ref[1:])
}

// bindings are those of all variables in a rule or, shallow, of its own body alone.
func bindings(r *ast.Rule, shallow bool) map[ast.Var][]binding {
	out := map[ast.Var][]binding{}
	bind := func(t, to *ast.Term, of string) {
		if v, ok := t.Value.(ast.Var); ok && !v.Equal(ast.InputRootDocument.Value) {
			out[v] = append(out[v], binding{to, of})
		}
	}
	ast.NewGenericVisitor(func(x any) bool {
		switch x := x.(type) {
		case *ast.Rule:
			return x != r
		case *ast.ArrayComprehension, *ast.SetComprehension, *ast.ObjectComprehension:
			return shallow
		case *ast.Every:
			if shallow {
				return true
			}
			bind(x.Value, x.Domain, elements)
			if x.Key != nil {
				bind(x.Key, x.Domain, itsKeys)
			}
		case *ast.SomeDecl:
			bindSome(x, bind)
		case *ast.Expr:
			if x.IsAssignment() || x.IsEquality() {
				bind(x.Operand(0), x.Operand(1), itself)
				bindParts(x.Operand(0), x.Operand(1), bind)
			}
		}
		return false
	}).Walk(r)
	return out
}

// bindParts binds the variables of a list to the parts of what it is: [hour, minute, _] := time.clock(now).
func bindParts(t, to *ast.Term, bind func(t, to *ast.Term, of string)) {
	list, isList := t.Value.(*ast.Array)
	if !isList {
		return
	}
	written, isWritten := to.Value.(*ast.Array)
	for i := range list.Len() {
		switch v := list.Elem(i).Value.(type) {
		case ast.Var:
			if !v.IsWildcard() && isWritten && i < written.Len() {
				bind(list.Elem(i), written.Elem(i), itself)
			} else if !v.IsWildcard() {
				bind(list.Elem(i), ast.NewTerm(ast.Ref{to, ast.IntNumberTerm(i)}).SetLocation(to.Location), itself)
			}
		}
	}
}

func bindSome(x *ast.SomeDecl, bind func(t, to *ast.Term, of string)) {
	for _, symbol := range x.Symbols {
		in, ok := symbol.Value.(ast.Call)
		switch {
		case ok && len(in) == 3:
			bind(in[1], in[2], elements)
		case ok && len(in) == 4:
			bind(in[1], in[3], itsKeys)
			bind(in[2], in[3], elements)
		}
	}
}

// of is what a term means.
func (in scope) of(t *ast.Term) meaning {
	if in.depth > deepest {
		return anything
	}
	switch v := t.Value.(type) {
	case ast.String:
		return meaning{words: []word{{string(v), t.Location}}}
	case ast.Var:
		return in.variable(v)
	case ast.Ref:
		return in.reference(v, t.Location)
	case ast.Call:
		if got, ok := in.get(v); ok {
			return got
		}
	}
	return anything
}

// variable is what a variable means: one of the rule, an argument of its, or a rule.
func (in scope) variable(v ast.Var) meaning {
	bound := in.book.locals[in.rule][v]
	if len(bound) > 0 {
		var out meaning
		for _, b := range bound {
			deeper := in
			deeper.depth++
			out.join(deeper.bound(b))
		}
		return out
	}
	for i, arg := range in.rule.Head.Args {
		if arg.Value.Compare(v) == 0 {
			return in.argument(i)
		}
	}
	return in.named(in.path(ast.Ref{ast.NewTerm(v)}))
}

func (in scope) bound(b binding) meaning {
	switch b.of {
	case elements:
		return in.elements(b.term)
	case itsKeys:
		return in.keysOf(b.term)
	}
	return in.of(b.term)
}

// argument is what a function is called with.
func (in scope) argument(i int) meaning {
	path := in.path(in.rule.Head.Ref()[:1]).String()
	calls := in.book.calls[path]
	if len(calls) == 0 {
		return anything
	}
	var out meaning
	for _, c := range calls {
		if i >= len(c.args) || c.rule == in.rule {
			return anything
		}
		at := c.scope
		at.depth = in.depth + 1
		out.join(at.of(c.args[i]))
	}
	return out
}

// named is what the rules of a name come to.
func (in scope) named(path ast.Ref) meaning {
	rules := in.book.rules[path.String()]
	if len(rules) == 0 {
		return anything
	}
	var out meaning
	for _, r := range rules {
		if r.rule.Head.RuleKind() != ast.SingleValue || len(r.rule.Head.Args) > 0 || r.rule.Head.Value == nil || len(r.rule.Head.Ref()) > 1 {
			return anything
		}
		r.depth = in.depth + 1
		out.join(r.of(r.rule.Head.Value))
	}
	return out
}

// reference is what a reference means: a key of the input, a rule, data, or what a collection holds.
func (in scope) reference(ref ast.Ref, at *ast.Location) meaning {
	if ref[0].Equal(ast.InputRootDocument) {
		return meaning{keys: []ast.Ref{ref}}
	}
	if _, isVar := ref[0].Value.(ast.Var); !isVar {
		return in.held(ref)
	}
	path := in.path(ref)
	if path[0].Equal(ast.DefaultRootDocument) && in.book.rules[path.String()] != nil {
		return in.named(path)
	}
	if text, ok := in.book.datum(path).(string); ok {
		return meaning{words: []word{{text, at}}}
	}
	head := ast.NewTerm(ref[0].Value)
	if len(ref) == 2 && !ref[1].IsGround() {
		if held := in.elements(head); !held.open {
			return held
		}
	}
	// A variable that is the input, or a part of it.
	base := in.variable(ref[0].Value.(ast.Var))
	if base.open || len(base.words) > 0 || len(base.keys) == 0 {
		return anything
	}
	out := meaning{}
	for _, key := range base.keys {
		out.keys = append(out.keys, key.Concat(ref[1:]))
	}
	return out
}

// held is what a collection that is written out has under any key.
func (in scope) held(ref ast.Ref) meaning {
	if len(ref) == 2 && !ref[1].IsGround() {
		return in.elements(ref[0])
	}
	return anything
}

// get is what object.get of the input means: the key, or the default.
func (in scope) get(c ast.Call) (meaning, bool) {
	if len(c) != 4 || c[0].String() != ast.ObjectGet.Name {
		return meaning{}, false
	}
	base, isInput := c[1].Value.(ast.Ref)
	switch v := c[1].Value.(type) {
	case ast.Var:
		if isInput = v.Equal(ast.InputRootDocument.Value); isInput {
			base = ast.InputRootRef
		}
	case ast.Ref:
		isInput = v[0].Equal(ast.InputRootDocument)
	}
	if !isInput {
		return meaning{}, false
	}
	path := []*ast.Term{c[2]}
	if list, is := c[2].Value.(*ast.Array); is {
		path = parts(list)
	}
	out := meaning{keys: []ast.Ref{base.Concat(path)}}
	other := in.of(c[3])
	if _, isText := c[3].Value.(ast.String); !isText && other.open {
		other = meaning{} // null, or a number: no text
		if _, isVar := c[3].Value.(ast.Var); isVar {
			return anything, true
		}
	}
	out.join(other)
	return out, true
}

// elements is what a collection holds.
func (in scope) elements(t *ast.Term) meaning {
	if in.depth > deepest {
		return anything
	}
	switch v := t.Value.(type) {
	case *ast.Array, ast.Set:
		return in.all(parts(v))
	case ast.Object:
		var values []*ast.Term
		v.Foreach(func(_, value *ast.Term) { values = append(values, value) })
		return in.all(values)
	case ast.Ref:
		if v[0].Equal(ast.InputRootDocument) {
			return meaning{keys: []ast.Ref{v.Append(ast.VarTerm("_"))}}
		}
		return in.collection(v, t.Location, scope.elements)
	case ast.Var:
		return in.collection(ast.Ref{t}, t.Location, scope.elements)
	}
	return anything
}

// keysOf is what an object has as keys.
func (in scope) keysOf(t *ast.Term) meaning {
	if in.depth > deepest {
		return anything
	}
	switch v := t.Value.(type) {
	case ast.Object:
		return in.all(v.Keys())
	case ast.Ref:
		if !v[0].Equal(ast.InputRootDocument) {
			return in.collection(v, t.Location, scope.keysOf)
		}
	case ast.Var:
		return in.collection(ast.Ref{t}, t.Location, scope.keysOf)
	}
	return anything
}

func (in scope) all(terms []*ast.Term) meaning {
	var out meaning
	for _, t := range terms {
		out.join(in.of(t))
	}
	return out
}

// collection is what a collection that has a name holds: a variable, a rule, or data.
func (in scope) collection(ref ast.Ref, at *ast.Location, read func(scope, *ast.Term) meaning) meaning {
	in.depth++
	if v, isVar := ref[0].Value.(ast.Var); isVar && len(ref) == 1 {
		if bound := in.book.locals[in.rule][v]; len(bound) == 1 && bound[0].of == itself {
			return read(in, bound[0].term)
		} else if len(bound) > 0 {
			return anything
		}
	}
	path := in.path(ref)
	rules := in.book.rules[path.String()]
	if len(rules) == 0 {
		return in.book.texts(path, at)
	}
	var out meaning
	for _, r := range rules {
		r.depth = in.depth
		head := r.rule.Head
		switch {
		case len(head.Args) > 0:
			return anything
		case head.RuleKind() == ast.MultiValue:
			out.join(r.of(head.Key))
		case head.Value != nil && len(head.Ref()) == 1:
			out.join(read(r, head.Value))
		default:
			return anything
		}
	}
	return out
}

// datum is what a team's data files have at a path; nil for nothing.
func (b *book) datum(path ast.Ref) any {
	if !path.IsGround() || !path[0].Equal(ast.DefaultRootDocument) {
		return nil
	}
	var at any = b.source.data
	for _, term := range path[1:] {
		key, ok := term.Value.(ast.String)
		object, is := at.(map[string]any)
		if !ok || !is {
			return nil
		}
		at = object[string(key)]
	}
	return at
}

// texts are the texts of a list in a team's data files.
func (b *book) texts(path ast.Ref, at *ast.Location) meaning {
	list, ok := b.datum(path).([]any)
	if !ok {
		return anything
	}
	var out meaning
	for _, item := range list {
		if text, ok := item.(string); ok {
			out.words = append(out.words, word{text, at})
		}
	}
	return out
}

// scopes are all rules, in order.
func (b *book) scopes() []scope {
	var out []scope
	for _, rules := range b.rules {
		out = append(out, rules...)
	}
	slices.SortStableFunc(out, func(x, y scope) int { return x.rule.Location.Compare(y.rule.Location) })
	return out
}
