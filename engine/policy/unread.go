package policy

import (
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
)

// checkUnread refuses a set of a team's package that nothing reads: most likely
// it was meant to be guards or defaults.
func checkUnread(c *ast.Compiler, s *source) error {
	read := references(c)
	for _, file := range s.files() {
		path := s.modules[file].Package.Path
		if s.team[file] == nil || len(path) != 3 {
			continue
		}
		for _, r := range c.Modules[file].Rules {
			name := r.Head.Ref()[0].Value.(ast.Var)
			rule := path.Append(ast.StringTerm(string(name)))
			if r.Head.RuleKind() != ast.MultiValue || kindOf(r) != "" || isRead(rule, read) || readsKinds(r, path) {
				continue
			}
			return &Error{
				File: r.Location.File, Line: r.Location.Row,
				Message: fmt.Sprintf("nothing reads %s; diet collects guards and defaults", name),
				Advice:  "name the set guards or defaults, or delete it",
			}
		}
	}
	return nil
}

// references lists what the compiled rules refer to.
func references(c *ast.Compiler) []ast.Ref {
	var out []ast.Ref
	for _, module := range c.Modules {
		for _, r := range module.Rules {
			ast.WalkRefs(r, func(ref ast.Ref) bool {
				if ref[0].Equal(ast.DefaultRootDocument) {
					out = append(out, ref)
				}
				return false
			})
		}
	}
	return out
}

// isRead reports whether one of the references may be to a rule, or to the package
// that it is in.
func isRead(rule ast.Ref, refs []ast.Ref) bool {
	for _, ref := range refs {
		matches := true
		for i := range min(len(rule), len(ref)) {
			if ref[i].IsGround() && !ref[i].Equal(rule[i]) {
				matches = false
			}
		}
		if matches {
			return true
		}
	}
	return false
}

// readsKinds reports whether a rule is made of the guards or defaults of its
// package, for another tool to read.
func readsKinds(r *ast.Rule, path ast.Ref) bool {
	found := false
	ast.WalkRefs(r, func(ref ast.Ref) bool {
		for set := range kinds {
			found = found || ref.HasPrefix(path.Append(ast.StringTerm(set)))
		}
		return false
	})
	return found
}
