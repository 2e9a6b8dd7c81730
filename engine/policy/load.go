package policy

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/util"

	"github.com/diet-project/diet/policies"
)

// source is what the policies are compiled from.
type source struct {
	modules map[string]*ast.Module // by file
	team    map[string]bool        // the files that are a team's
	texts   map[string]string      // file contents, named so that they mean the same everywhere
	data    map[string]any
	schemas *ast.SchemaSet
}

// load reads the shipped policies and those in dirs.
func load(dirs []string) (*source, error) {
	s := &source{
		modules: map[string]*ast.Module{},
		team:    map[string]bool{},
		texts:   map[string]string{},
		data:    map[string]any{},
		schemas: ast.NewSchemaSet(),
	}
	if err := s.loadShipped(); err != nil {
		return nil, err
	}
	for i, dir := range dirs {
		if err := s.loadTeam(i, dir); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *source) loadShipped() error {
	return fs.WalkDir(policies.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(policies.FS, name)
		if err != nil {
			return err
		}
		switch {
		case strings.HasSuffix(name, "_test.rego"):
			return nil
		case path.Ext(name) == ".json":
			return s.addSchema(name, text)
		}
		s.texts["policies/"+name] = string(text)
		return s.addModule("policies/"+name, text)
	})
}

// inputSchema is the version of the input that this package makes.
const inputSchema = "schema.input.v1"

// addSchema makes schema/input/v1.json known as schema.input.v1.
func (s *source) addSchema(name string, text []byte) error {
	var schema any
	if err := json.Unmarshal(text, &schema); err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	ref := slices.Clone(ast.SchemaRootRef)
	for _, part := range strings.Split(strings.TrimSuffix(name, ".json"), "/")[1:] {
		ref = ref.Append(ast.StringTerm(part))
	}
	s.schemas.Put(ref, schema)
	if ref.String() == inputSchema {
		s.schemas.Put(ast.SchemaRootRef, schema) // of the input of every module
	}
	return nil
}

// loadTeam reads one folder of a team.
func (s *source) loadTeam(i int, dir string) error {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return &Error{File: dir, Message: "is not a folder of policies", Hint: "name the folder that holds the .rego files"}
	}
	return filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && file != dir && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case d.IsDir() || !policyFile(d.Name()):
			return nil
		}
		text, err := os.ReadFile(file) //nolint:gosec // the user named the folder
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		s.texts[fmt.Sprintf("team/%d/%s", i, rel)] = string(text)
		if path.Ext(rel) != ".rego" {
			return s.addData(file, path.Dir(rel), text)
		}
		s.team[file] = true
		return s.addModule(file, text)
	})
}

// policyFile tells policies and their data from what else lies in a team's folder.
func policyFile(name string) bool {
	switch name {
	case "data.json", "data.yaml", "data.yml":
		return true
	}
	return strings.HasSuffix(name, ".rego") && !strings.HasSuffix(name, "_test.rego")
}

func (s *source) addModule(file string, text []byte) error {
	module, err := ast.ParseModuleWithOpts(file, string(text), ast.ParserOptions{ProcessAnnotation: true})
	if err != nil {
		return compileError(err)
	}
	s.modules[file] = module
	return nil
}

// addData reads a data file; as with opa, the folders it lies in are keys above it.
func (s *source) addData(file, dir string, text []byte) error {
	var value any
	if err := util.Unmarshal(text, &value); err != nil {
		return &Error{File: file, Message: err.Error(), Hint: "a data file is JSON or YAML"}
	}
	if dir != "." {
		parts := strings.Split(dir, "/")
		for _, part := range slices.Backward(parts) {
			value = map[string]any{part: value}
		}
	}
	roots, ok := value.(map[string]any)
	if !ok {
		return &Error{File: file, Message: "holds no object", Hint: "put data under team, or under settings for what the shipped rules read"}
	}
	return s.mergeRoots(file, roots)
}

// mergeRoots takes a team's data over. The roots that diet itself fills are not a team's.
func (s *source) mergeRoots(file string, roots map[string]any) error {
	for _, root := range slices.Sorted(maps.Keys(roots)) {
		if root != "team" && root != "settings" {
			return &Error{
				File: file, Message: fmt.Sprintf("data.%s is not for a team to set", root),
				Hint: "put data under team, or under settings for what the shipped rules read",
			}
		}
	}
	if key := merge(s.data, roots, "data"); key != "" {
		return &Error{File: file, Message: fmt.Sprintf("%s is set twice", key), Hint: "keep it in one file"}
	}
	return nil
}

// merge adds src to dst, and returns the key that both set, or "".
func merge(dst, src map[string]any, at string) string {
	for _, key := range slices.Sorted(maps.Keys(src)) {
		have, taken := dst[key]
		if !taken {
			dst[key] = src[key]
			continue
		}
		a, isObject := have.(map[string]any)
		b, alsoObject := src[key].(map[string]any)
		if !isObject || !alsoObject {
			return at + "." + key
		}
		if twice := merge(a, b, at+"."+key); twice != "" {
			return twice
		}
	}
	return ""
}

// digest covers every file and all data, waivers among them.
func (s *source) digest() string {
	return hexDigest(func(write func(string)) {
		for _, name := range slices.Sorted(maps.Keys(s.texts)) {
			write(name)
			write(s.texts[name])
		}
		data, err := json.Marshal(s.data)
		if err != nil {
			data = fmt.Append(nil, s.data)
		}
		write(string(data))
	})
}
