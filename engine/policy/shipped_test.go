package policy

import (
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
)

// TestShippedPassChecks holds the shipped policies to all that those of a team are held to: at work, they
// are compiled unchecked.
func TestShippedPassChecks(t *testing.T) {
	t.Parallel()
	src, err := load(Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := readAll(t.Context(), src, Config{}, true); err != nil {
		t.Fatal(err)
	}
	if err := checkSource(t.Context(), src, Config{}); err != nil {
		t.Error(err)
	}
	checked, err := compileAll(t.Context(), src, true)
	if err != nil {
		t.Fatal(err)
	}
	unchecked, err := compileAll(t.Context(), src, false)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(checked.answers, unchecked.answers) {
		t.Errorf("the answers differ: %v and %v", checked.answers, unchecked.answers)
	}
	want, got := rulesOf(checked.compiler), rulesOf(unchecked.compiler)
	if len(want) < 50 || !maps.EqualFunc(want, got, slices.Equal) {
		t.Errorf("the rules of %d and %d paths differ", len(want), len(got))
	}
}

// rulesOf are the rules that are evaluated, as text, by path.
func rulesOf(c *ast.Compiler) map[string][]string {
	out := map[string][]string{}
	c.RuleTree.DepthFirst(func(node *ast.TreeNode) bool {
		for _, r := range node.Values {
			at := r.Ref().String()
			out[at] = append(out[at], r.String())
		}
		return false
	})
	return out
}

// TestShippedCompileLate holds that the shipped policies are read when somebody asks about them, and compiled when
// something is decided, and not before; their digest is the same.
func TestShippedCompileLate(t *testing.T) {
	t.Parallel()
	src, err := load(Config{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := build(t.Context(), src, Config{})
	if err != nil {
		t.Fatal(err)
	}
	made, seen := 0, 0
	compile, read := p.compile, p.read
	p.compile = func() (*compiled, error) {
		made++
		return compile()
	}
	p.read = func() (*listed, error) {
		seen++
		return read()
	}
	e := &Engine{program: p}
	digest := e.Digest()
	if src.modules != nil || seen > 0 || digest == "" {
		t.Errorf("read %d times, and %d modules parsed, for the digest %q", seen, len(src.modules), digest)
	}
	if len(e.Rules()) == 0 || e.Sources(time.Now()).Shipped.Guards == 0 || seen == 0 {
		t.Error("rules and sources are not there")
	}
	if now := src.digest(nil); now != digest {
		t.Errorf("the digest of what is read is %s, and %s before", now, digest)
	}
	if verdicts, err := e.Decide(t.Context(), nil); len(verdicts) > 0 || err != nil || made > 0 {
		t.Errorf("%d times compiled for nothing to decide; verdicts %v, error %v", made, verdicts, err)
	}
	if len(e.Answers("drift")) == 0 || made == 0 {
		t.Errorf("compiled %d times for the answers", made)
	}
}
