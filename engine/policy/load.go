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
	"github.com/open-policy-agent/opa/v1/loader"

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
		module, err := ast.ParseModuleWithOpts("policies/"+name, string(text), ast.ParserOptions{ProcessAnnotation: true})
		if err != nil {
			return compileError(err)
		}
		s.modules["policies/"+name] = module
		s.texts["policies/"+name] = string(text)
		return nil
	})
}

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
	return nil
}

// loadTeam reads one folder of a team.
func (s *source) loadTeam(i int, dir string) error {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return &Error{File: dir, Message: "is not a folder of policies", Hint: "name the folder that holds the .rego files"}
	}
	result, err := loader.NewFileLoader().WithProcessAnnotation(true).Filtered([]string{dir}, skipped)
	if err != nil {
		return compileError(err)
	}
	for _, file := range result.Modules {
		s.modules[file.Name] = file.Parsed
		s.team[file.Name] = true
		rel, err := filepath.Rel(dir, file.Name)
		if err != nil {
			rel = file.Name
		}
		s.texts[fmt.Sprintf("team/%d/%s", i, filepath.ToSlash(rel))] = string(file.Raw)
	}
	return s.mergeData(dir, result.Documents)
}

// skipped leaves out of a team's folder what is neither a policy nor its data.
func skipped(_ string, info os.FileInfo, _ int) bool {
	name := info.Name()
	if info.IsDir() {
		return strings.HasPrefix(name, ".") && len(name) > 1 && name != ".."
	}
	switch name {
	case "data.json", "data.yaml", "data.yml":
		return false
	}
	return !strings.HasSuffix(name, ".rego") || strings.HasSuffix(name, "_test.rego")
}

// mergeData takes a team's data over. The roots that diet itself fills are not a team's.
func (s *source) mergeData(dir string, documents map[string]any) error {
	for _, root := range slices.Sorted(maps.Keys(documents)) {
		if root != "team" && root != "settings" {
			return &Error{
				File: dir, Message: fmt.Sprintf("data.%s is not for a team to set", root),
				Hint: "put data under team, or under settings for what the shipped rules read",
			}
		}
		if _, taken := s.data[root]; taken {
			return &Error{File: dir, Message: fmt.Sprintf("data.%s is set in two folders", root), Hint: "keep it in one of them"}
		}
		s.data[root] = documents[root]
	}
	return nil
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
