package policy

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/diet-project/diet/policies"
)

// TestLeanIsForShippedRules evaluates the rules of a team as they are written, and all of
// them where something is evaluated with other data, or the shipped ones were edited.
func TestLeanIsForShippedRules(t *testing.T) {
	t.Parallel()
	const rules = `# METADATA
# title: x
package team.x

limit := 3

none := data.team.x.cfg

# METADATA
# title: x
# custom: {id: X1, severity: low, decision: deny}
guards contains object.union(rego.metadata.rule().custom, {"message": "m"}) if {
	input.class == "drift"
	limit == 3`
	write := func(dir, name, text string) string {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	data := `{"team": {"x": {"cfg": null}}}`
	team := write(write(t.TempDir(), "x.rego", rules+"\n\tnone\n}\n"), "data.json", data)
	other := write(write(t.TempDir(), "x.rego", rules+"\n\tnone with limit as 4\n}\n"), "data.json", data)
	edited := t.TempDir()
	if err := os.CopyFS(edited, policies.FS); err != nil {
		t.Fatal(err)
	}
	write(edited, "diet/text/more.rego", "package diet.text\n\nmore := 1\n")
	for name, test := range map[string]struct {
		dirs []string
		lean bool
	}{
		"a team's":        {[]string{team}, true},
		"with other data": {[]string{other}, false},
		"edited":          {[]string{edited, team}, false},
	} {
		e, err := New(t.Context(), Config{Dirs: test.dirs})
		if err != nil {
			t.Fatal(name, err)
		}
		written := map[*ast.Rule]bool{}
		for _, m := range e.ready().compiler.Modules {
			for _, r := range m.Rules {
				written[r] = true
			}
		}
		root := e.ready().compiler.RuleTree.Child(ast.DefaultRootDocument.Value)
		count := func(of string) (rewritten, all int) {
			root.Child(ast.String(of)).DepthFirst(func(node *ast.TreeNode) bool {
				for _, r := range node.Values {
					if all++; !written[r] {
						rewritten++
					}
				}
				return false
			})
			return rewritten, all
		}
		if n, all := count("team"); n > 0 || all != 3 {
			t.Errorf("%s: of %d rules of the team, %d are not evaluated as they are written", name, all, n)
		}
		n, _ := count("diet")
		if lean := n > 0; lean != test.lean {
			t.Errorf("%s: %d shipped rules are rewritten", name, n)
		}
	}
}
