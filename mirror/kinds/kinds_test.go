package kinds_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
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
			if f.To != "" && f.To != k.Name && registry.Rank(f.To) > i && f.Type != kinds.End && !k.CameWith(f) {
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
	"engine/apply/apply.go":   "the order of the phases of an apply",
	"engine/diff/rules.go":    "what owned kinds have beyond the registry",
	"engine/diff/orphan.go":   "words of policy inputs: a custom field, a tag",
	"engine/change/change.go": "words of policy inputs: a custom field, a tag",
	"engine/import.go":        "a parameter of statements",
	"engine/lease/lease.go":   "a lease is a tag",
	"engine/provision.go":     "the custom fields that diet itself makes",
	"engine/repair.go":        "the custom fields that diet itself makes",
	"mirror/netbox/probe.go":  "whether a token may write is asked of devices",
	"mirror/changelog.go":     "custom fields rewrite what other objects hold",
	"mirror/logged.go":        "the changelog names tags",
	"mirror/sync.go":          "custom fields and tags rewrite what other objects hold",
	"cmd/diet/demo.go":        "the demo's story",
	"cmd/diet/graph.go":       "a flag",

	"engine/survey/render.go":     "the plan language",
	"engine/serve/web/picture.go": "people choose what is drawn by its rack",
	"engine/serve/web/table.go":   "people filter by where things are",
}

// TestKindsAreNamedOnce holds that Go code names a kind in the registry and in the
// kind's own files alone: what is written per kind is forgotten for the next one.
func TestKindsAreNamedOnce(t *testing.T) {
	t.Parallel()
	var names []string
	for _, k := range kinds.Standard().All() {
		names = append(names, k.Name)
	}
	used, namedIn := map[string]bool{}, naming()
	for _, folder := range []string{"cmd", "engine", "mirror", "sql"} {
		for _, path := range goFiles(t, filepath.Join("../..", folder)) {
			path = filepath.ToSlash(strings.TrimPrefix(path, filepath.FromSlash("../../")))
			own := strings.TrimSuffix(filepath.Base(path), ".go")
			for _, text := range literals(t, filepath.Join("../..", path)) {
				name := namedIn(text)
				if name == "" {
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

// naming finds the kind that a text names: by the text as a whole, or by an object type or
// an endpoint somewhere in it.
func naming() func(text string) string {
	names := map[string]string{}
	var words []string
	for _, k := range kinds.Standard().All() {
		names[k.Name], names[k.ObjectType], names[k.Endpoint] = k.Name, k.Name, k.Name
		words = append(words, regexp.QuoteMeta(k.ObjectType), regexp.QuoteMeta(k.Endpoint))
	}
	inside := regexp.MustCompile(`(?:^|[^\w.-])(` + strings.Join(words, "|") + `)(?:[^\w-]|$)`)
	return func(text string) string {
		if m := inside.FindStringSubmatch(text); m != nil {
			return names[m[1]]
		}
		return names[text]
	}
}

// exemptSQL are the statements that name a kind though they are not a kind's own.
var exemptSQL = map[string]string{
	"query/remembered_list.sql":    "tags are stored by id and remembered in a map",
	"query/shared_remembered.sql":  "tags are stored by id and remembered in a map",
	"cache/0002_trigger.sql":       "what is compared with an object and stored elsewhere",
	"query/hold_list.sql":          "a hold is a tag",
	"query/lease_get.sql":          "a lease is a tag",
	"query/own_request_leased.sql": "a lease is a tag",
	"query/object_sight.sql":       "tags are stored by id and seen by slug",
	"query/scope_count.sql":        "a mirror is narrowed to sites",
	"query/scope_left.sql":         "a mirror is narrowed to sites",
	"query/scope_plan.sql":         "a mirror is narrowed to sites",
	"query/scope_referred.sql":     "a mirror is narrowed to sites",
	"query/scope_unread.sql":       "a mirror is narrowed to sites",
	"view/0002_object.sql":         "a lease is a tag",
	"view/0003_owned.sql":          "tags are stored by id and compared by slug",
	"view/0005_scope.sql":          "a mirror is narrowed to sites",
	"view/0009_authored.sql":       "a lease is a tag",
	"view/0013_unmanaged.sql":      "what NetBox writes where something is plugged in",
}

// TestStatementsNameNoKind holds that a statement for every kind names none: it is a
// template over the registry. A kind's own statements have its name in theirs.
func TestStatementsNameNoKind(t *testing.T) {
	t.Parallel()
	comment := regexp.MustCompile(`--[^\n]*`)
	word := regexp.MustCompile(`[a-z_]+`)
	used := map[string]bool{}
	files, err := filepath.Glob("../../sql/*/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no statements: %v", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.ToSlash(strings.TrimPrefix(file, filepath.FromSlash("../../sql/")))
		for _, name := range word.FindAllString(comment.ReplaceAllString(string(raw), ""), -1) {
			k, ok := kinds.Standard().Of(strings.TrimSuffix(name, "_id"))
			if !ok || ownStatement(path) {
				continue
			}
			used[path] = true
			if _, ok := exemptSQL[path]; !ok {
				t.Errorf("%s names the kind %q", path, k.Name)
			}
		}
	}
	for path := range exemptSQL {
		if !used[path] {
			t.Errorf("%s is exempt and names no kind", path)
		}
	}
}

// ownStatement reports whether a statement is about one kind, whose name is in its own.
func ownStatement(path string) bool {
	return slices.ContainsFunc(kinds.Standard().All(), func(k kinds.Kind) bool {
		return regexp.MustCompile(`(^|[/_])` + k.Name + `[_.]`).MatchString(path)
	})
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

// TestFlagsAreRead holds that every part of an entry is read where the registry is used, or
// by a statement, or by a method here that is: a flag that nobody reads says nothing.
func TestFlagsAreRead(t *testing.T) {
	t.Parallel()
	read := map[string]bool{}
	for _, path := range []string{"kind.go", "registry.go", "right.go"} {
		readFlags(t, path, read)
	}
	for _, folder := range []string{"cmd", "engine", "mirror", "sql"} {
		for _, path := range goFiles(t, filepath.Join("../..", folder)) {
			readFlags(t, path, read)
		}
	}
	err := filepath.WalkDir("../../sql", func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".sql") {
			var text []byte
			text, err = os.ReadFile(path)
			for _, m := range regexp.MustCompile(`\.([A-Z]\w+)`).FindAllSubmatch(text, -1) {
				read[string(m[1])] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range []reflect.Type{reflect.TypeFor[kinds.Kind](), reflect.TypeFor[kinds.Field]()} {
		for f := range entry.Fields() {
			if !read[f.Name] {
				t.Errorf("%s.%s is set and nobody reads it", entry.Name(), f.Name)
			}
		}
	}
}

// readFlags notes what is selected in a file and not assigned to.
func readFlags(t *testing.T, path string, read map[string]bool) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	written := map[ast.Node]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			return !strings.HasPrefix(n.Name.Name, "check") // of entries: what follows from them is elsewhere
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				written[left] = true
			}
		case *ast.SelectorExpr:
			if !written[n] {
				read[n.Sel.Name] = true
			}
		}
		return true
	})
}
