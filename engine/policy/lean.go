package policy

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// lean makes the shipped rules cheaper to evaluate, with the same verdicts: what is known
// once the policies are loaded (constants, METADATA, settings, data that is not there) is
// put in its place, clauses that it makes impossible are left out, and the guards and
// defaults of a package stand where they are collected. Only what is evaluated changes;
// the modules, which all checks read, stay as they are.
//
// It is for the rules of this program, which tests hold against stock OPA, and for no
// others: rules of a team, and a copy of the shipped ones that somebody edited, are
// evaluated as they are written. Where a rule evaluates something with other data, rules or
// functions, nothing is known, and all are.
type lean struct {
	source *source
	tree   *ast.TreeNode // of all rules

	constants map[string]*ast.Term // of rules that are one, by path
	gone      map[string]bool      // rules of which no clause can apply
	names     int                  // how many were given
}

// leanStage is a stage of the compiler, for when all modules are checked.
func (s *source) leanStage() ast.CompilerStageDefinition {
	return ast.CompilerStageDefinition{Name: "Lean", MetricName: "compile_stage_lean", Stage: func(c *ast.Compiler) *ast.Error {
		l := &lean{source: s, tree: c.RuleTree.Child(ast.DefaultRootDocument.Value), constants: map[string]*ast.Term{}, gone: map[string]bool{}}
		if l.tree != nil && l.shipped() != nil && !s.isEdited() && !replaces(c) {
			l.all()
		}
		return nil
	}}
}

// isEdited reports whether other rules are in the place of the shipped ones.
func (s *source) isEdited() bool { return s.edited != nil && len(s.edited.Files) > 0 }

// shippedRoot is above the packages of the shipped rules, and of no others.
const shippedRoot = ast.String("diet")

// shipped are the shipped rules.
func (l *lean) shipped() *ast.TreeNode { return l.tree.Child(shippedRoot) }

// replaces reports whether a rule evaluates something with anything replaced but the input.
func replaces(c *ast.Compiler) bool {
	found := false
	for _, m := range c.Modules {
		ast.WalkWiths(m, func(w *ast.With) bool {
			ref, ok := w.Target.Value.(ast.Ref)
			found = found || !ok || !ref[0].Equal(ast.InputRootDocument)
			return found
		})
	}
	return found
}

// all goes over the rules until nothing changes any more: each rule that turns out to be
// constant or impossible may make others so.
func (l *lean) all() {
	l.each(func(node *ast.TreeNode) { node.Values = cloned(node.Values) })
	for changed := true; changed; {
		known := len(l.constants) + len(l.gone)
		l.each(l.simplify)
		l.each(l.learn)
		changed = len(l.constants)+len(l.gone) > known
	}
	l.each(l.hoist)
	l.each(l.simplify)
}

func (l *lean) each(do func(*ast.TreeNode)) {
	l.shipped().DepthFirst(func(node *ast.TreeNode) bool {
		if len(node.Values) > 0 {
			do(node)
		}
		return false
	})
}

func cloned(rules []*ast.Rule) []*ast.Rule {
	out := make([]*ast.Rule, len(rules))
	for i, r := range rules {
		out[i] = r.Copy()
		for a, b := out[i], r; a != nil; a, b = a.Else, b.Else {
			a.Module = b.Module
		}
	}
	return out
}

// simplify simplifies the clauses of a rule, and leaves out those that cannot apply. One
// always stays, since a rule without any is no rule.
func (l *lean) simplify(node *ast.TreeNode) {
	var out []*ast.Rule
	for _, r := range node.Values {
		for c := r; c != nil; c = c.Else {
			l.clause(c)
		}
		if c := l.possible(r); c != nil {
			out = append(out, c)
		}
	}
	if len(out) > 0 {
		node.Values = out
	}
}

// possible leaves out of a chain of clauses those that cannot apply.
func (l *lean) possible(r *ast.Rule) *ast.Rule {
	if r == nil || r.Default {
		return r
	}
	r.Else = l.possible(r.Else)
	if l.impossible(r.Body) {
		return r.Else
	}
	return r
}

// learn notes whether a rule is constant, or cannot apply.
func (l *lean) learn(node *ast.TreeNode) {
	first := node.Values[0]
	path := first.Ref()
	if len(path) == 0 || !path.IsGround() || len(first.Head.Args) > 0 || len(node.Children) > 0 || l.node(path) != node {
		return
	}
	switch {
	case !slices.ContainsFunc(node.Values, func(r *ast.Rule) bool { return r.Default || r.Else != nil || !l.impossible(r.Body) }):
		l.gone[path.String()] = true
		if first.Head.RuleKind() == ast.MultiValue {
			l.constants[path.String()] = ast.SetTerm()
		}
	case len(node.Values) == 1 && first.Head.RuleKind() == ast.SingleValue && first.Else == nil && !first.Default:
		if isTrue(first.Body) && isConstant(first.Head.Value) {
			l.constants[path.String()] = first.Head.Value
		}
	}
}

// hoist puts the rules of a set in the place of one that only goes through it,
//
//	all contains x if { input.class = "drift"; x = data.diet.drift.guards[_] }
//
// for the classes that they are about.
func (l *lean) hoist(node *ast.TreeNode) {
	var out []*ast.Rule
	for _, r := range node.Values {
		from := l.collected(r)
		if from == nil {
			out = append(out, r)
			continue
		}
		for _, inner := range from.Values {
			if hoisted := inside(r, inner); hoisted != nil {
				out = append(out, hoisted)
			}
		}
	}
	if len(out) > 0 {
		node.Values = out
	}
}

// collected is the set that a rule goes through, and does nothing else; nil for any other rule.
func (l *lean) collected(r *ast.Rule) *ast.TreeNode {
	if r.Head.RuleKind() != ast.MultiValue || r.Else != nil || len(r.Body) == 0 || len(r.Body) > 2 {
		return nil
	}
	last := r.Body[len(r.Body)-1]
	if len(r.Body) == 2 && classesOf(r.Body[0]) == nil || !isPlain(last) || !last.IsEquality() || !last.Operand(0).Equal(r.Head.Key) {
		return nil
	}
	ref, ok := last.Operand(1).Value.(ast.Ref)
	if !ok || !ref[0].Equal(ast.DefaultRootDocument) || len(ref) < 3 || !ref[:len(ref)-1].IsGround() {
		return nil
	}
	if _, ok := ref[len(ref)-1].Value.(ast.Var); !ok {
		return nil
	}
	node := l.node(ref[:len(ref)-1])
	if node == nil || len(node.Children) > 0 || slices.ContainsFunc(node.Values, notPlainSet) {
		return nil
	}
	return node
}

func notPlainSet(r *ast.Rule) bool {
	return r.Head.RuleKind() != ast.MultiValue || r.Default || r.Else != nil || r.Head.Key == nil
}

// inside is a rule of a set where another collects it; nil where that is about other classes.
func inside(collector, inner *ast.Rule) *ast.Rule {
	out := cloned([]*ast.Rule{inner})[0]
	out.Head.Name, out.Head.Reference = collector.Head.Name, collector.Head.Reference
	out.Module = collector.Module
	if len(collector.Body) < 2 {
		return out
	}
	class := classesOf(collector.Body[0])
	for i, expr := range out.Body {
		among := classesOf(expr)
		if among == nil {
			continue
		}
		if !slices.Contains(among, class[0]) {
			return nil
		}
		out.Body = slices.Delete(out.Body, i, i+1)
		break
	}
	out.Body = slices.Insert(out.Body, 0, collector.Body[0].Copy())
	return numbered(out)
}

// node is where the shipped rules of a path are; nil for any other path, and where the rules
// of a part of it make what is there.
func (l *lean) node(path ast.Ref) *ast.TreeNode {
	if len(path) < 2 || path[1].Value.Compare(shippedRoot) != 0 {
		return nil
	}
	at := l.tree
	for _, key := range path[1:] {
		if len(at.Values) > 0 {
			return nil
		}
		if at = at.Child(key.Value); at == nil {
			return nil
		}
	}
	return at
}

func numbered(r *ast.Rule) *ast.Rule {
	if len(r.Body) == 0 {
		r.Body = ast.NewBody(ast.NewExpr(ast.BooleanTerm(true).SetLocation(r.Location)).SetLocation(r.Location))
	}
	for i, expr := range r.Body {
		expr.Index = i
	}
	return r
}
