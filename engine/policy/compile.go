package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Error says what is wrong with a policy, and where.
type Error struct {
	File    string
	Line    int // 0 where it is the whole file
	Column  int // 0 where it is the whole line
	Message string
	Advice  string // how to fix it
	More    int    // how many errors follow
}

func (e *Error) Error() string {
	at := e.File
	if e.Line > 0 {
		at = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	if e.Column > 0 {
		at = fmt.Sprintf("%s:%d", at, e.Column)
	}
	if e.More > 0 {
		return fmt.Sprintf("policy %s: %s (and %d more)", at, e.Message, e.More)
	}
	return fmt.Sprintf("policy %s: %s", at, e.Message)
}

// Hint says how to fix it.
func (e *Error) Hint() string { return e.Advice }

// Capabilities are OPA's without the built-ins that reach outside, that do not
// always return the same, or that nothing stops.
func Capabilities() *ast.Capabilities {
	caps := ast.CapabilitiesForThisVersion()
	caps.AllowNet = []string{}
	caps.Builtins = slices.DeleteFunc(caps.Builtins, func(b *ast.Builtin) bool { return outside(b) })
	return caps
}

// outside reports whether a built-in is more than a function of its arguments, or one of which the paths through a
// few dozen switches are more than a life is long, and that no time limit stops.
func outside(b *ast.Builtin) bool {
	if b.Nondeterministic || b.Name == ast.ReachablePathsBuiltin.Name {
		return true
	}
	for _, prefix := range []string{"http.", "net.lookup", "opa.", "rand.", "time.now"} {
		if strings.HasPrefix(b.Name, prefix) {
			return true
		}
	}
	return false
}

// compiler checks modules as strictly as `opa check --strict`.
func (s *source) compiler() *ast.Compiler {
	return ast.NewCompiler().
		WithCapabilities(Capabilities()).
		WithStrict(true).
		WithSchemas(s.schemas).
		WithUseTypeCheckAnnotations(true).
		WithPathConflictsCheck(s.holds)
}

// checks are the stages of the compiler that refuse rules, and leave them as they are.
var checks = []ast.StageID{
	ast.StageCheckUnusedImports, ast.StageCheckKeywordOverrides, ast.StageCheckDuplicateImports, ast.StageCheckVoidCalls,
	ast.StageCheckRuleConflicts, ast.StageCheckUndefinedFuncs, ast.StageCheckSafetyRuleHeads, ast.StageCheckRecursion,
	ast.StageCheckTypes, ast.StageCheckUnsafeBuiltins, ast.StageBuildRequiredCapabilities,
}

// compile compiles all modules together, and checks them unless it is told to skip that.
func compile(s *source, skip ...ast.StageID) (*ast.Compiler, error) {
	c := s.compiler().WithSkipStages(skip...).WithStageAfterID(ast.StageCheckDeprecatedBuiltins, s.leanStage())
	modules := make(map[string]*ast.Module, len(s.modules))
	for name, module := range s.modules {
		modules[name] = s.spread(module)
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

// compileError turns OPA's errors into one [*Error]: the first by file and line.
func compileError(err error) error {
	var list ast.Errors
	var alone *ast.Error
	if errors.As(err, &alone) {
		list = ast.Errors{alone}
	}
	if len(list) == 0 && (!errors.As(err, &list) || len(list) == 0) {
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
		"undefined function " + ast.ReachablePathsBuiltin.Name,
		"nothing stops it, and a fabric has more paths than can be counted; graph.reachable tells what there is a path to",
	},
	{
		"undefined function",
		"policies cannot reach outside: there is no http.send, net.*, opa.runtime, rand.* or time.now_ns; the time is input.now",
	},
	{"undefined ref: input", "docs/policies.md lists the keys of the input"},
	{"empty module", "write `package team.<name>` and the rules below it, or remove the file"},
	{"recursive", "a rule must not read the verdict that it contributes to"},
	{"var", "Rego v1: rules need `if` and `contains`, and every variable needs a value"},
	{"`if` keyword", "Rego v1: write `if` before a rule's body"},
	{"`contains` keyword", "Rego v1: write `guards contains finding if { … }`"},
}
