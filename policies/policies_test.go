package policies_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"

	"github.com/diet-project/diet/policies"
)

// files returns the embedded files with an extension, by name.
func files(t *testing.T, ext string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := fs.WalkDir(policies.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ext {
			return err
		}
		out[name], err = fs.ReadFile(policies.FS, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func modules(t *testing.T) map[string]*ast.Module {
	t.Helper()
	out := map[string]*ast.Module{}
	for name, text := range files(t, ".rego") {
		module, err := ast.ParseModuleWithOpts(name, string(text), ast.ParserOptions{ProcessAnnotation: true})
		if err != nil {
			t.Fatal(err)
		}
		out[name] = module
	}
	return out
}

// compiler is that of `opa check --strict --schema policies/schema`.
func compiler(t *testing.T) *ast.Compiler {
	t.Helper()
	schemas := ast.NewSchemaSet()
	for name, text := range files(t, ".json") {
		var schema any
		if err := json.Unmarshal(text, &schema); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		schemas.Put(schemaRef(name), schema)
	}
	return ast.NewCompiler().WithStrict(true).WithSchemas(schemas).WithUseTypeCheckAnnotations(true)
}

// schemaRef is how METADATA calls a schema: schema.input.v1.
func schemaRef(name string) ast.Ref {
	var ref ast.Ref
	for i, part := range strings.Split(strings.TrimSuffix(name, ".json"), "/") {
		if i == 0 {
			ref = append(ref, ast.VarTerm(part))
			continue
		}
		ref = append(ref, ast.StringTerm(part))
	}
	return ref
}

func TestFormat(t *testing.T) {
	for name, text := range files(t, ".rego") {
		formatted, err := format.Source(name, text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !bytes.Equal(formatted, text) {
			t.Errorf("%s: not formatted; run opa fmt -w policies", name)
		}
	}
}

func TestCompile(t *testing.T) {
	c := compiler(t)
	c.Compile(modules(t))
	if c.Failed() {
		t.Fatal(c.Errors)
	}
}

func TestRego(t *testing.T) {
	mods := modules(t)
	store := inmem.New()
	txn := storage.NewTransactionOrDie(t.Context(), store)
	defer store.Abort(t.Context(), txn)
	results, err := tester.NewRunner().SetCompiler(compiler(t)).SetStore(store).SetModules(mods).
		RaiseBuiltinErrors(true).SetTimeout(time.Minute).RunTests(t.Context(), txn)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for result := range results {
		n++
		if !result.Pass() {
			t.Errorf("%s: %s %v", result.Location, result.Name, result.Error)
		}
	}
	if n < 100 {
		t.Errorf("ran %d tests, want at least 100", n)
	}
}

// TestLayout holds the path of a file, the name of its package and its tests together.
func TestLayout(t *testing.T) {
	mods := modules(t)
	for name, module := range mods {
		want := "data." + strings.ReplaceAll(path.Dir(name), "/", ".")
		if strings.HasSuffix(name, "_test.rego") {
			want += "_test"
		}
		if got := module.Package.Path.String(); got != want {
			t.Errorf("%s: package %s, want %s", name, got, want)
		}
		dir := path.Dir(name)
		tests := dir + "/" + path.Base(dir) + "_test.rego"
		if mods[tests] == nil && dir != "diet" && !strings.HasSuffix(dir, "verdict") {
			t.Errorf("%s: no tests in %s", name, tests)
		}
	}
}

// TestMetadata asks of every guard and default for an id, a severity and a title.
func TestMetadata(t *testing.T) {
	seen := map[string]string{}
	entrypoints := map[*ast.Annotations]bool{}
	mods := modules(t)
	for _, name := range slices.Sorted(maps.Keys(mods)) {
		for _, rule := range mods[name].Rules {
			for _, a := range rule.Annotations {
				if a.Entrypoint {
					entrypoints[a] = true
				}
			}
			set := rule.Head.Ref().String()
			if strings.HasSuffix(name, "_test.rego") || !strings.HasPrefix(set, "guards") && !strings.HasPrefix(set, "defaults") {
				continue
			}
			checkMetadata(t, rule, seen)
		}
	}
	if len(entrypoints) != 1 {
		t.Errorf("%d entrypoints, want 1", len(entrypoints))
	}
}

func checkMetadata(t *testing.T, rule *ast.Rule, seen map[string]string) {
	t.Helper()
	if len(rule.Annotations) != 1 || rule.Annotations[0].Title == "" {
		t.Errorf("%s: no METADATA with a title", rule.Location)
		return
	}
	custom := rule.Annotations[0].Custom
	id, _ := custom["id"].(string)
	if id == "" || custom["severity"] == nil || custom["decision"] == nil {
		t.Errorf("%s: custom lacks id, severity or decision: %v", rule.Location, custom)
	}
	if where, taken := seen[id]; taken {
		t.Errorf("%s: id %s is taken at %s", rule.Location, id, where)
	}
	seen[id] = rule.Location.String()
}

// TestNoStringTemplates keeps the policies fit for tools on an older OPA.
func TestNoStringTemplates(t *testing.T) {
	for name, text := range files(t, ".rego") {
		if bytes.Contains(text, []byte(`$"`)) || bytes.Contains(text, []byte("$`")) {
			t.Errorf("%s: string template; use sprintf", name)
		}
	}
}
