package kinds_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/diet-project/diet/mirror/kinds"
)

func TestStandard(t *testing.T) {
	t.Parallel()
	registry := kinds.Standard()
	for i, k := range registry.All() {
		if byType, ok := registry.Of(k.ObjectType); !ok || byType.Name != k.Name {
			t.Errorf("%s is not found by %s", k.Name, k.ObjectType)
		}
		if !strings.HasPrefix(k.Select(), "id,") || !strings.HasSuffix(k.Select(), ",last_updated") {
			t.Errorf("%s selects %s", k.Name, k.Select())
		}
		for _, f := range k.Fields {
			if f.To != "" && f.To != k.Name && registry.Rank(f.To) > i && f.Type != kinds.End {
				t.Errorf("%s comes before %s, which it refers to", k.Name, f.To)
			}
		}
	}
}

func TestNewRegistryChecks(t *testing.T) {
	t.Parallel()
	good := kinds.Kind{Name: "x", Endpoint: "a/x", ObjectType: "a.x", Role: kinds.Mirrored, Label: "name",
		Fields: []kinds.Field{{Name: "name", Type: kinds.Text}}}
	with := func(change func(*kinds.Kind)) kinds.Kind {
		k := good
		k.Fields = slices.Clone(good.Fields)
		change(&k)
		return k
	}
	for want, list := range map[string][]kinds.Kind{
		"x is registered twice": {good, good},
		"no field \"slug\"":     {with(func(k *kinds.Kind) { k.Key = []string{"slug"} })},
		"refers to \"y\"": {with(func(k *kinds.Kind) {
			k.Fields = append(k.Fields, kinds.Field{Name: "y", Type: kinds.Reference, To: "y"})
		})},
		"is of \"y\"":   {with(func(k *kinds.Kind) { k.Fields[0].Of = "y" })},
		"follows \"y\"": {with(func(k *kinds.Kind) { k.Fields[0].Follows = "y" })},
		"no field \"kind\"": {with(func(k *kinds.Kind) {
			k.Fields = append(k.Fields, kinds.Field{Name: "y", Type: kinds.Generic, TypeField: "kind"})
		})},
		"are needed":                      {with(func(k *kinds.Kind) { k.Label = "" })},
		"object type \"x\" is not app.mo": {with(func(k *kinds.Kind) { k.ObjectType = "x" })},
	} {
		func() {
			defer func() {
				if got, _ := recover().(string); !strings.Contains(got, want) {
					t.Errorf("want %q, got %q", want, got)
				}
			}()
			kinds.NewRegistry(list...)
		}()
	}
}

// exempt are the files that name a kind though they are not a kind's own (such a file has
// the kind's name, and may name what it refers to), each with the reason. The plan
// language, the sandbox and the drawings have nouns of their own.
var exempt = map[string]string{
	"engine/apply/apply.go": "the order of the phases of an apply",
	"engine/diff/rules.go":  "what owned kinds have beyond the registry",
	"engine/diff/orphan.go": "words of policy inputs: a custom field, a tag",
	"engine/lease/lease.go": "a lease is a tag",
	"engine/provision.go":   "the custom fields that diet itself makes",
	"engine/reader.go":      "what the applier asks of NetBox between syncs",
	"mirror/changelog.go":   "custom fields rewrite what other objects hold",
	"mirror/sync.go":        "custom fields and tags rewrite what other objects hold",
	"cmd/diet/demo.go":      "the demo's story",
	"cmd/diet/graph.go":     "a flag",
}

// TestKindsAreNamedOnce holds that Go code names a kind in the registry and in the
// kind's own files alone: what is written per kind is forgotten for the next one.
func TestKindsAreNamedOnce(t *testing.T) {
	t.Parallel()
	var names []string
	for _, k := range kinds.Standard().All() {
		names = append(names, k.Name)
	}
	used := map[string]bool{}
	for _, folder := range []string{"cmd", "engine", "mirror", "sql"} {
		for _, path := range goFiles(t, filepath.Join("../..", folder)) {
			path = filepath.ToSlash(strings.TrimPrefix(path, filepath.FromSlash("../../")))
			own := strings.TrimSuffix(filepath.Base(path), ".go")
			for _, name := range literals(t, filepath.Join("../..", path)) {
				if !slices.Contains(names, name) {
					continue
				}
				used[path] = true
				if _, ok := exempt[path]; !ok && !slices.Contains(names, own) {
					t.Errorf("%s names the kind %q: read the registry, or move it to %s.go", path, name, name)
				}
			}
		}
	}
	for path := range exempt {
		if !used[path] {
			t.Errorf("%s is exempt and names no kind", path)
		}
	}
}

func goFiles(t *testing.T, root string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch name := entry.Name(); {
		case entry.IsDir() && (name == "sandbox" || name == "kinds" || name == "draw" || name == "mirrortest"):
			return filepath.SkipDir
		case strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go"):
			out = append(out, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// literals are the texts of a Go file, struct tags aside.
func literals(t *testing.T, path string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil {
				out = append(out, text)
			}
		}
		return true
	})
	return out
}
