package policy

import (
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
)

// stampID gives a team's findings the id of their rule's METADATA, whatever they
// say themselves: a verdict names the rule that made it. The usual finding has the
// id from its METADATA and stays as it is.
func stampID(r *ast.Rule, id string) error {
	key := r.Head.Key
	if key == nil || r.Head.RuleKind() != ast.MultiValue {
		return &Error{
			File: r.Location.File, Line: r.Location.Row,
			Message: fmt.Sprintf("%s is not a set of findings", r.Head.Ref()),
			Advice:  fmt.Sprintf("write `%s contains finding if { … }`", r.Head.Ref()),
		}
	}
	said, stated := statedID(key)
	switch key.Value.(type) {
	case ast.String, ast.Number, ast.Boolean, ast.Null, *ast.Array, ast.Set:
		return &Error{
			File: r.Location.File, Line: r.Location.Row, Message: fmt.Sprintf("the finding %s is not an object", key),
			Advice: "write object.union(rego.metadata.rule().custom, {\"message\": …})",
		}
	}
	switch {
	case isCustom(key), isUnion(key) && !stated:
		return nil
	case stated && said != id:
		return &Error{
			File: r.Location.File, Line: r.Location.Row,
			Message: fmt.Sprintf("the finding has the id %s, and the rule's custom.id is %s", said, id),
			Advice:  "leave the id out of the finding; it is that of the METADATA",
		}
	case stated:
		return nil
	}
	stamp := ast.ObjectTerm(ast.Item(ast.StringTerm("id"), ast.StringTerm(id)))
	r.Head.Key = ast.CallTerm(ast.NewTerm(ast.ObjectUnion.Ref()), key, stamp).SetLocation(key.Location)
	return nil
}

// statedID returns the id that a finding has literally.
func statedID(finding *ast.Term) (string, bool) {
	if call, ok := finding.Value.(ast.Call); ok && isUnion(finding) {
		finding = call[2]
	}
	object, ok := finding.Value.(ast.Object)
	if !ok {
		return "", false
	}
	id := object.Get(ast.StringTerm("id"))
	if id == nil {
		return "", false
	}
	text, ok := id.Value.(ast.String)
	return string(text), ok
}

// isUnion tells object.union(rego.metadata.rule().custom, {…}).
func isUnion(t *ast.Term) bool {
	call, ok := t.Value.(ast.Call)
	if !ok || len(call) != 3 || !call[0].Equal(ast.NewTerm(ast.ObjectUnion.Ref())) || !isCustom(call[1]) {
		return false
	}
	object, ok := call[2].Value.(ast.Object)
	return ok && literalKeys(object)
}

// literalKeys reports whether an object's keys are all text.
func literalKeys(object ast.Object) bool {
	literal := true
	object.Foreach(func(key, _ *ast.Term) {
		if _, ok := key.Value.(ast.String); !ok {
			literal = false
		}
	})
	return literal
}

// isCustom tells rego.metadata.rule().custom.
func isCustom(t *ast.Term) bool {
	ref, ok := t.Value.(ast.Ref)
	if !ok || len(ref) != 2 || !ref[1].Equal(ast.StringTerm("custom")) {
		return false
	}
	call, ok := ref[0].Value.(ast.Call)
	return ok && len(call) == 1 && call[0].Equal(ast.NewTerm(ast.RegoMetadataRule.Ref()))
}
