package policy

import (
	"slices"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/diet-project/diet/engine/change"
)

// reader knows which keys of the input the policies read for each class of
// changes. Inputs that agree in those keys have the same verdict and are decided
// once.
type reader struct {
	compiler *ast.Compiler

	mu   sync.Mutex
	keys map[change.Class]keys

	looks func() bool // does a rule look at the object of a change?
}

// keys is a set of keys of the input.
type keys struct {
	all  bool // the policies read the input as a whole
	rows []*inputKey
}

// Reads lists the keys of the input that the policies read for a class of changes,
// or only "input" where they read it as a whole.
func (e *Engine) Reads(class change.Class) []string {
	read := e.ready().reads.of(class)
	if read.all {
		return []string{"input"}
	}
	names := make([]string, len(read.rows))
	for i, k := range read.rows {
		names[i] = k.String()
	}
	slices.Sort(names)
	return names
}

// Looks reports whether a rule looks at the object of a change: at what it is in NetBox,
// or would be.
func (e *Engine) Looks() bool { return e.ready().reads.looks() }

func newReader(c *ast.Compiler) *reader {
	r := &reader{compiler: c, keys: map[change.Class]keys{}}
	r.looks = sync.OnceValue(func() bool {
		w := r.walk(anyClass)
		return w.all || w.names["before"] || w.names["after"]
	})
	return r
}

// anyClass has a walk leave no rule out.
const anyClass = ""

// walk goes over what is read of a class.
func (r *reader) walk(class change.Class) *walk {
	w := &walk{
		compiler: r.compiler, class: ast.String(class), names: map[string]bool{"class": true},
		seen: map[*ast.Rule]bool{}, aliases: map[ast.Var]bool{},
	}
	w.ref(ast.MustParseRef(entrypoint))
	return w
}

// of returns the keys that are read of a class.
func (r *reader) of(class change.Class) keys {
	r.mu.Lock()
	defer r.mu.Unlock()
	k, ok := r.keys[class]
	if !ok {
		k = r.walk(class).keys()
		r.keys[class] = k
	}
	return k
}

// walk follows references from the entrypoint through all rules that can apply to
// one class.
type walk struct {
	compiler *ast.Compiler
	class    ast.String
	all      bool            // the input as a whole is read
	names    map[string]bool // of the keys that are read
	seen     map[*ast.Rule]bool
	aliases  map[ast.Var]bool // of the input as a whole
}

func (w *walk) keys() keys {
	if w.all {
		return keys{all: true, rows: inputKeys}
	}
	var rows []*inputKey
	for _, k := range inputKeys {
		if w.names[k.String()] {
			rows = append(rows, k)
		}
	}
	return keys{rows: rows}
}

func (w *walk) ref(ref ast.Ref) {
	switch {
	case ref[0].Equal(ast.InputRootDocument):
		w.input(ref)
	case ref[0].Equal(ast.DefaultRootDocument):
		for _, rule := range w.compiler.GetRulesDynamicWithOpts(ref, ast.RulesOptions{IncludeHiddenModules: true}) {
			w.rule(rule)
		}
	}
}

func (w *walk) input(ref ast.Ref) {
	if len(ref) < 2 {
		w.all = true
		return
	}
	name, ok := ref[1].Value.(ast.String)
	if !ok {
		w.all = true
		return
	}
	w.names[string(name)] = true
}

func (w *walk) rule(rule *ast.Rule) {
	if w.seen[rule] || w.class != anyClass && w.elsewhere(rule) {
		return
	}
	w.seen[rule] = true
	ast.NewGenericVisitor(w.visit).Walk(rule)
}

// visit notes what a node reads, and reports whether its children are done.
func (w *walk) visit(x any) bool {
	switch x := x.(type) {
	case ast.Ref:
		w.ref(x)
		w.all = w.all || w.isAlias(x[0])
		for _, term := range x[1:] {
			ast.NewGenericVisitor(w.visit).Walk(term)
		}
		return true
	case *ast.Expr:
		return x.IsCall() && (w.alias(x) || w.get(x.Operator(), x.Operands()))
	case ast.Call:
		ref, ok := x[0].Value.(ast.Ref)
		return ok && w.get(ref, x[1:])
	case *ast.With:
		w.all = true
	case ast.Var:
		if x.Equal(ast.InputRootDocument.Value) || w.aliases[x] {
			w.all = true
		}
	}
	return false
}

// alias notes a variable that the compiler made for the input as a whole, as an argument of
// a call, and reports whether an expression is that. What the call reads of it is seen there.
func (w *walk) alias(expr *ast.Expr) bool {
	if !expr.IsEquality() || !expr.Generated || len(expr.Operands()) != 2 || !isInput(expr.Operand(1)) {
		return false
	}
	v, ok := expr.Operand(0).Value.(ast.Var)
	if ok {
		w.aliases[v] = true
	}
	return ok
}

func (w *walk) isAlias(t *ast.Term) bool {
	v, ok := t.Value.(ast.Var)
	return ok && w.aliases[v]
}

// isInput tells the input as a whole.
func isInput(t *ast.Term) bool {
	ref, ok := t.Value.(ast.Ref)
	return ok && len(ref) == 1 && ref[0].Equal(ast.InputRootDocument)
}

// get notes what object.get(input, "key", …) reads, and reports whether that is all.
func (w *walk) get(operator ast.Ref, operands []*ast.Term) bool {
	if !operator.Equal(ast.ObjectGet.Ref()) || len(operands) < 3 {
		return false
	}
	if !isInput(operands[0]) && !w.isAlias(operands[0]) {
		return false
	}
	key := operands[1]
	if path, ok := key.Value.(*ast.Array); ok && path.Len() > 0 {
		key = path.Elem(0)
	}
	name, ok := key.Value.(ast.String)
	if !ok {
		return false
	}
	w.names[string(name)] = true
	for _, term := range operands[1:] {
		ast.NewGenericVisitor(w.visit).Walk(term)
	}
	return true
}

// elsewhere reports whether a rule's body limits it to other classes:
// input.class == "drift", or input.class in {"exists", "blocked"}.
func (w *walk) elsewhere(rule *ast.Rule) bool {
	if rule.Else != nil || rule.Default {
		return false
	}
	for _, expr := range rule.Body {
		if expr.Negated || len(expr.With) > 0 || !expr.IsCall() || len(expr.Operands()) != 2 {
			continue
		}
		a, b := expr.Operand(0), expr.Operand(1)
		if !isClass(a, rule.Body) {
			a, b = b, a
		}
		if isClass(a, rule.Body) && w.excludes(expr, b) {
			return true
		}
	}
	return false
}

// excludes reports whether an expression over input.class cannot hold for the class.
func (w *walk) excludes(expr *ast.Expr, other *ast.Term) bool {
	switch expr.Operator().String() {
	case "eq", "equal":
		word, ok := other.Value.(ast.String)
		return ok && word != w.class
	case "internal.member_2":
		set, ok := other.Value.(ast.Set)
		return ok && set.IsGround() && !set.Contains(ast.NewTerm(w.class))
	}
	return false
}

var classRef = ast.MustParseRef("input.class")

// isClass reports whether a term is input.class, or a local variable that the
// compiler replaced it with.
func isClass(t *ast.Term, body ast.Body) bool {
	switch v := t.Value.(type) {
	case ast.Ref:
		return v.Equal(classRef)
	case ast.Var:
		for _, expr := range body {
			if expr.IsEquality() && !expr.Negated && expr.Operand(0).Equal(t) && expr.Operand(1).Value.Compare(classRef) == 0 {
				return true
			}
		}
	}
	return false
}
