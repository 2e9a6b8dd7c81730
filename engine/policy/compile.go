package policy

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
)

// Error says what is wrong with a policy, and where.
type Error struct {
	File    string
	Line    int // 0 where it is the whole file
	Message string
	Advice  string // how to fix it
	More    int    // how many errors follow
}

func (e *Error) Error() string {
	at := e.File
	if e.Line > 0 {
		at = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	if e.More > 0 {
		return fmt.Sprintf("policy %s: %s (and %d more)", at, e.Message, e.More)
	}
	return fmt.Sprintf("policy %s: %s", at, e.Message)
}

// Hint says how to fix it.
func (e *Error) Hint() string { return e.Advice }

// Capabilities are OPA's without the built-ins that reach outside or that do not
// always return the same.
func Capabilities() *ast.Capabilities {
	caps := ast.CapabilitiesForThisVersion()
	caps.AllowNet = []string{}
	caps.Builtins = slices.DeleteFunc(caps.Builtins, func(b *ast.Builtin) bool { return outside(b) })
	return caps
}

// outside reports whether a built-in is more than a function of its arguments.
func outside(b *ast.Builtin) bool {
	if b.Nondeterministic {
		return true
	}
	for _, prefix := range []string{"http.", "net.lookup", "opa.", "rand.", "time.now"} {
		if strings.HasPrefix(b.Name, prefix) {
			return true
		}
	}
	return false
}

// compile checks and compiles all modules together.
func compile(s *source) (*ast.Compiler, error) {
	c := ast.NewCompiler().
		WithCapabilities(Capabilities()).
		WithStrict(true).
		WithSchemas(s.schemas).
		WithUseTypeCheckAnnotations(true).
		WithPathConflictsCheck(s.holds)
	modules := make(map[string]*ast.Module, len(s.modules))
	for name, module := range s.modules {
		modules[name] = module
	}
	c.Compile(modules)
	if c.Failed() {
		return nil, compileError(c.Errors)
	}
	return c, nil
}

// holds reports whether there is data at a path, where a rule must not be.
func (s *source) holds(path []string) (bool, error) {
	var at any = s.data
	for _, key := range path {
		object, ok := at.(map[string]any)
		if !ok {
			return false, nil
		}
		if at, ok = object[key]; !ok {
			return false, nil
		}
	}
	return true, nil
}

// checkNegations refuses `not f(input.x)` in a team's modules. OPA evaluates the
// arguments before the negation, so where input.x is missing the whole expression
// is undefined, not true as it reads: a guard would not apply.
func checkNegations(s *source) error {
	for _, file := range slices.Sorted(maps.Keys(s.modules)) {
		if s.team[file] == nil {
			continue
		}
		var found error
		ast.WalkExprs(s.modules[file], func(expr *ast.Expr) bool {
			if ref := hoisted(expr); ref != nil && found == nil {
				found = &Error{
					File: file, Line: expr.Location.Row,
					Message: fmt.Sprintf("this negated call is undefined, not true, where %s is missing", ref),
					Advice:  "move the call into a helper rule and negate the helper",
				}
			}
			return found != nil
		})
		if found != nil {
			return found
		}
	}
	return nil
}

// hoisted returns a reference to the input that a negated expression passes to a call.
func hoisted(expr *ast.Expr) ast.Ref {
	if !expr.Negated {
		return nil
	}
	terms := expr.Operands()
	if op := expr.Operator(); op != nil && slices.Contains(comparisons, op.String()) {
		terms = slices.DeleteFunc(slices.Clone(terms), func(t *ast.Term) bool { _, call := t.Value.(ast.Call); return !call })
	}
	if !expr.IsCall() {
		return nil
	}
	var found ast.Ref
	for _, term := range terms {
		ast.WalkRefs(term, func(ref ast.Ref) bool {
			if found == nil && len(ref) > 1 && ref[0].Equal(ast.InputRootDocument) {
				found = ref
			}
			return false
		})
	}
	return found
}

// comparisons are the operators whose operands stay inside a negation.
var comparisons = []string{"eq", "equal", "neq", "lt", "lte", "gt", "gte"}

// checkSettings checks data.settings against its schema.
func checkSettings(ctx context.Context, s *source) error {
	settings, stated := s.data["settings"]
	if !stated {
		return nil
	}
	schema := s.schemas.Get(ast.MustParseRef("schema.settings.v1"))
	rs, err := rego.New(
		rego.Query("json.match_schema(input.settings, input.schema)"),
		rego.Input(map[string]any{"settings": settings, "schema": schema}),
		rego.StrictBuiltinErrors(true),
	).Eval(ctx)
	if err != nil {
		return &Error{File: "data.settings", Message: err.Error(), Advice: settingsHint}
	}
	if len(rs) == 0 {
		return &Error{File: "data.settings", Message: "cannot be checked against its schema", Advice: settingsHint}
	}
	result, _ := rs[0].Expressions[0].Value.([]any)
	if len(result) == 2 && result[0] == true {
		return nil
	}
	return &Error{File: "data.settings", Message: fmt.Sprintf("does not match its schema: %v", result[1:]), Advice: settingsHint}
}

const settingsHint = "docs/policies.md describes data.settings"

// compileError turns OPA's errors into one [*Error]: the first by file and line.
func compileError(err error) error {
	var list ast.Errors
	if !errors.As(err, &list) || len(list) == 0 {
		return &Error{File: "policies", Message: err.Error()}
	}
	list = slices.Clone(list)
	list.Sort()
	first := list[0]
	out := &Error{Message: first.Message, Advice: hint(first), More: len(list) - 1}
	if first.Location != nil {
		out.File, out.Line = first.Location.File, first.Location.Row
	}
	return out
}

// hint says how to fix an error of the compiler.
func hint(err *ast.Error) string {
	for _, h := range hints {
		if strings.Contains(err.Message, h.part) {
			return h.hint
		}
	}
	return "run `opa check --strict` on the folder"
}

var hints = []struct{ part, hint string }{
	{
		"undefined function",
		"policies cannot reach outside: there is no http.send, net.*, opa.runtime, rand.* or time.now_ns; the time is input.now",
	},
	{"undefined ref: input", "docs/policies.md lists the keys of the input"},
	{"recursive", "a rule must not read the verdict that it contributes to"},
	{"var", "Rego v1: rules need `if` and `contains`, and every variable needs a value"},
	{"`if` keyword", "Rego v1: write `if` before a rule's body"},
	{"`contains` keyword", "Rego v1: write `guards contains finding if { … }`"},
}
