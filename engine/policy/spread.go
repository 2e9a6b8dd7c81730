package policy

import (
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// spread makes a module whose rules collect the guards or defaults of all packages,
//
//	some noun
//	some guard in data.diet[noun].guards
//
// collect them package by package, each only for the classes that its rules are about: OPA
// indexes that, and most packages are not looked at for most changes. What is collected is
// the same.
func (s *source) spread(module *ast.Module) *ast.Module {
	if !slices.ContainsFunc(module.Rules, isCollector) {
		return module
	}
	out := module.Copy()
	rules := out.Rules
	out.Rules = nil
	for _, r := range rules {
		out.Rules = append(out.Rules, s.spreadRule(r, out)...)
	}
	return out
}

func isCollector(r *ast.Rule) bool {
	_, ok := collects(r)
	return ok
}

func (s *source) spreadRule(r *ast.Rule, in *ast.Module) []*ast.Rule {
	at, ok := collects(r)
	if !ok {
		return []*ast.Rule{r}
	}
	sets := s.setsOf(at.root, at.set)
	if len(sets) == 0 {
		return []*ast.Rule{r} // the set stays, and is empty
	}
	var out []*ast.Rule
	for _, name := range slices.Sorted(maps.Keys(sets)) {
		for _, class := range sets[name].conditions() {
			out = append(out, at.one(r, in, name, class))
		}
	}
	return out
}

// collector is where a rule collects from: data.ROOT[noun].SET.
type collector struct {
	root, set string
	declares  int // the expression that declares the noun
	iterates  int // the expression that iterates
}

// collects reports whether a rule collects a set of all packages, and nothing keeps it from
// being taken apart.
func collects(r *ast.Rule) (at collector, ok bool) {
	if r.Default || r.Else != nil || r.Head.RuleKind() != ast.MultiValue || len(r.Body) < 2 {
		return at, false
	}
	noun, declared := declaredVar(r.Body[0])
	ref := iterated(r.Body[1])
	if !declared || len(ref) != 4 || !ref[0].Equal(ast.DefaultRootDocument) {
		return at, false
	}
	root, isRoot := ref[1].Value.(ast.String)
	set, isSet := ref[3].Value.(ast.String)
	if v, isVar := ref[2].Value.(ast.Var); !isRoot || !isSet || !isVar || v != noun || kinds[string(set)] == "" || uses(r, noun) != 2 {
		return at, false
	}
	return collector{root: string(root), set: string(set), declares: 0, iterates: 1}, true
}

// declaredVar is the one variable that `some x` declares.
func declaredVar(expr *ast.Expr) (ast.Var, bool) {
	some, ok := expr.Terms.(*ast.SomeDecl)
	if !ok || len(some.Symbols) != 1 {
		return "", false
	}
	v, ok := some.Symbols[0].Value.(ast.Var)
	return v, ok
}

// iterated is what `some x in REF` goes through; nil for any other expression.
func iterated(expr *ast.Expr) ast.Ref {
	some, ok := expr.Terms.(*ast.SomeDecl)
	if !ok || len(some.Symbols) != 1 {
		return nil
	}
	call, ok := some.Symbols[0].Value.(ast.Call)
	if !ok || len(call) != 3 {
		return nil
	}
	ref, _ := call[2].Value.(ast.Ref)
	return ref
}

// uses counts how often a rule names a variable.
func uses(r *ast.Rule, v ast.Var) int {
	n := 0
	ast.WalkVars(r, func(x ast.Var) bool {
		if x == v {
			n++
		}
		return false
	})
	return n
}

// one is the rule for one package, and one class of changes.
func (at collector) one(r *ast.Rule, in *ast.Module, name string, class ast.Value) *ast.Rule {
	out := r.Copy()
	out.Module = in
	ref := iterated(out.Body[at.iterates])
	ref[2] = ast.NewTerm(ast.String(name)).SetLocation(ref[2].Location)
	out.Body = slices.Delete(out.Body, at.declares, at.declares+1)
	if class != nil {
		is := ast.Equal.Expr(ast.NewTerm(classRef.Copy()), ast.NewTerm(class)).SetLocation(r.Location)
		is.Operand(0).SetLocation(r.Location)
		is.Operand(1).SetLocation(r.Location)
		out.Body = slices.Insert(out.Body, 0, is)
	}
	for i, expr := range out.Body {
		expr.Index = i
	}
	return out
}

// classes are those of changes that a set is about.
type classes struct {
	any  bool
	some map[ast.String]bool
}

// conditions are the classes one by one; nil for any.
func (c *classes) conditions() []ast.Value {
	if c.any {
		return []ast.Value{nil}
	}
	var out []ast.Value
	for _, class := range slices.Sorted(maps.Keys(c.some)) {
		out = append(out, class)
	}
	return out
}

// setsOf are the guards or defaults of the packages under a root, by package. What is there
// as data may be about any class.
func (s *source) setsOf(root, set string) map[string]*classes {
	out := map[string]*classes{}
	of := func(name string) *classes {
		if out[name] == nil {
			out[name] = &classes{some: map[ast.String]bool{}}
		}
		return out[name]
	}
	for _, module := range s.modules {
		path := module.Package.Path
		if len(path) != 3 || !path[1].Equal(ast.StringTerm(root)) {
			continue
		}
		for _, r := range module.Rules {
			if name, ok := path[2].Value.(ast.String); ok && string(r.Head.Ref()[0].Value.(ast.Var)) == set {
				of(string(name)).add(r)
			}
		}
	}
	under, _ := s.data[root].(map[string]any)
	for name, held := range under {
		if keys, ok := held.(map[string]any); ok && keys[set] != nil {
			of(name).any = true
		}
	}
	return out
}

// add adds the classes that a rule is about.
func (c *classes) add(r *ast.Rule) {
	if r.Default || r.Else != nil {
		c.any = true
		return
	}
	for _, expr := range r.Body {
		if list := classesOf(expr); list != nil {
			for _, class := range list {
				c.some[class] = true
			}
			return
		}
	}
	c.any = true
}

// classesOf are the classes that an expression of a rule's body limits it to, as it was
// parsed: input.class == "drift", or input.class in {"exists", "blocked"}; nil where it
// does not.
func classesOf(expr *ast.Expr) []ast.String {
	if expr.Negated || len(expr.With) > 0 || !expr.IsCall() || len(expr.Operands()) != 2 {
		return nil
	}
	a, b := expr.Operand(0), expr.Operand(1)
	switch expr.Operator().String() {
	case "eq", "equal":
		if a.Value.Compare(classRef) != 0 {
			a, b = b, a
		}
		if word, ok := b.Value.(ast.String); ok && a.Value.Compare(classRef) == 0 {
			return []ast.String{word}
		}
	case "internal.member_2":
		if set, ok := b.Value.(ast.Set); ok && a.Value.Compare(classRef) == 0 {
			return textsOf(set)
		}
	}
	return nil
}

// textsOf are the members of a set of texts; nil for any other set.
func textsOf(set ast.Set) []ast.String {
	out := make([]ast.String, 0, set.Len())
	for _, term := range set.Slice() {
		word, ok := term.Value.(ast.String)
		if !ok {
			return nil
		}
		out = append(out, word)
	}
	return out
}
