package policy

import (
	"fmt"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// checkData refuses a reference to data that neither a rule nor a data file has.
func checkData(c *ast.Compiler, s *source) error {
	for _, file := range s.files() {
		for _, r := range c.Modules[file].Rules {
			var found error
			ast.WalkRefs(r, func(ref ast.Ref) bool {
				if found == nil && ref[0].Equal(ast.DefaultRootDocument) {
					found = checkDataRef(c, s, r, ref)
				}
				return found != nil
			})
			if found != nil {
				return found
			}
		}
	}
	return nil
}

func checkDataRef(c *ast.Compiler, s *source, r *ast.Rule, ref ast.Ref) error {
	n, known := unknown(c, s, ref)
	if n == 0 {
		return nil
	}
	line := r.Location.Row
	if at := ref[0].Location; at != nil && at.File == r.Location.File {
		line = at.Row
	}
	return &Error{
		File: r.Location.File, Line: line,
		Message: fmt.Sprintf("%s is not set%s", ref[:n+1], suggest(string(ref[n].Value.(ast.String)), known)),
		Advice:  "correct the name, or set it in a data file of the folder",
	}
}

// unknown returns the index of the first key of a reference that nothing has, and
// the keys that there are in its place; 0 where all are known, or cannot be.
func unknown(c *ast.Compiler, s *source, ref ast.Ref) (int, []string) {
	at := place{rules: c.RuleTree.Child(ast.DefaultRootDocument.Value), data: s.data}
	for i, term := range ref[1:] {
		key, ok := term.Value.(ast.String)
		switch {
		case !ok || at.rules != nil && len(at.rules.Values) > 0:
			return 0, nil
		case i == 0 && key == "waivers":
			return 0, nil
		case i == 0 && key == "settings":
			return s.unknownSetting(ref)
		case !at.has(string(key)) && (i > 0 || key != "team"):
			return i + 1, append(at.keys(), "settings")
		}
		at = at.below(key)
	}
	return 0, nil
}

// unknownSetting is unknown for what the shipped rules read, set or not.
func (s *source) unknownSetting(ref ast.Ref) (int, []string) {
	schema, _ := s.schemas.Get(ast.MustParseRef(settingsSchema)).(map[string]any)
	for i := 2; i < len(ref); i++ {
		if _, ok := ref[i].Value.(ast.String); ok && schemaAt(schema, ref[1:i+1]) == nil {
			properties, _ := schemaAt(schema, ref[1:i])["properties"].(map[string]any)
			return i, slices.Collect(maps.Keys(properties))
		}
	}
	return 0, nil
}

// place is where a reference has come to, among the rules and in the data.
type place struct {
	rules *ast.TreeNode
	data  any
}

func (p place) keys() []string {
	var keys []string
	if p.rules != nil {
		for key := range p.rules.Children {
			if text, ok := key.(ast.String); ok {
				keys = append(keys, string(text))
			}
		}
	}
	object, _ := p.data.(map[string]any)
	return slices.AppendSeq(keys, maps.Keys(object))
}

func (p place) has(key string) bool { return slices.Contains(p.keys(), key) }

func (p place) below(key ast.String) place {
	var next place
	if p.rules != nil {
		next.rules = p.rules.Child(key)
	}
	if object, ok := p.data.(map[string]any); ok {
		next.data = object[string(key)]
	}
	return next
}
