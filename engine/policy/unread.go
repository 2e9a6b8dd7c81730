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

// checkIdle refuses a team's package that holds neither guards nor defaults and that nothing
// outside reads: it decides nothing.
func checkIdle(c *ast.Compiler, s *source) error {
	var first *ast.Module
	for _, file := range s.files() {
		module := s.modules[file]
		if s.team[file] == nil || len(module.Rules) == 0 || s.isUsed(c, module.Package.Path) {
			continue
		}
		if first == nil {
			first = module
		}
	}
	if first == nil {
		return nil
	}
	at := first.Package.Location
	return &Error{
		File: at.File, Line: at.Row,
		Message: fmt.Sprintf("%s holds neither guards nor defaults, and no rule of another package reads it", first.Package),
		Advice:  "add rules to the sets guards or defaults of a package team.<name>, or take the file away",
	}
}

// isUsed reports whether a package has guards or defaults, or is read by another one.
func (s *source) isUsed(c *ast.Compiler, path ast.Ref) bool {
	for _, module := range s.modules {
		own := module.Package.Path.Equal(path)
		for _, r := range module.Rules {
			if own && kindOf(r) != "" {
				return true
			}
		}
	}
	for _, module := range c.Modules {
		if module.Package.Path.Equal(path) {
			continue
		}
		read := false
		ast.WalkRefs(module, func(ref ast.Ref) bool {
			read = read || len(ref) >= len(path) && ref.HasPrefix(path)
			return read
		})
		if read {
			return true
		}
	}
	return false
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
