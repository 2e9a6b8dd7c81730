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
	texts   map[string]string      // file contents, by names that do not depend on where the folders are
	data    map[string]any
	schemas *ast.SchemaSet

	edited *Edited // a copy of the shipped policies that takes their place
}

// Edited is a copy of the shipped policies that takes their place. Guards may be
// missing from it, so every preview made with it names it.
type Edited struct {
	Dir   string   `json:"dir"`
	Files []string `json:"files"` // that differ from the shipped ones, are new or are missing; sorted
}

// shippedMain is the file that marks a copy of the shipped policies.
const shippedMain = "diet/main/main.rego"

// load reads the shipped policies and those in dirs.
func load(dirs []string) (*source, error) {
	s := &source{
		modules: map[string]*ast.Module{},
		team:    map[string]bool{},
		texts:   map[string]string{},
		data:    map[string]any{},
		schemas: ast.NewSchemaSet(),
	}
	if err := s.findEdited(dirs); err != nil {
		return nil, err
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

// findEdited looks for a copy of the shipped policies among the folders.
func (s *source) findEdited(dirs []string) error {
	for _, dir := range dirs {
		if _, err := os.Stat(filepath.Join(dir, shippedMain)); err != nil {
			continue
		}
		if s.edited != nil {
			return &Error{File: dir, Message: "is a second copy of the shipped policies, besides " + s.edited.Dir, Advice: "name only one of them"}
		}
		s.edited = &Edited{Dir: dir}
	}
	return nil
}

// loadShipped reads the shipped policies, or the copy that takes their place. The
// schemas are always the shipped ones: they describe the input that this program makes.
func (s *source) loadShipped() error {
	shipped, err := readPolicies(policies.FS)
	if err != nil {
		return err
	}
	in, at := shipped, "policies/"
	if s.edited != nil {
		if in, err = readPolicies(os.DirFS(s.edited.Dir)); err != nil {
			return err
		}
		at = s.edited.Dir + "/"
		s.edited.Files = unlike(shipped, in)
	}
	for name, text := range in {
		s.texts["policies/"+name] = text
		if err := s.addModule(at+name, []byte(text)); err != nil {
			return err
		}
	}
	return fs.WalkDir(policies.FS, "schema", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(policies.FS, name)
		if err != nil {
			return err
		}
		return s.addSchema(name, text)
	})
}

// readPolicies reads the Rego under diet/, without the tests.
func readPolicies(fsys fs.FS) (map[string]string, error) {
	files := map[string]string{}
	err := fs.WalkDir(fsys, "diet", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".rego") || strings.HasSuffix(name, "_test.rego") {
			return err
		}
		text, err := fs.ReadFile(fsys, name)
		files[name] = string(text)
		return err
	})
	return files, err
}

// unlike lists the files in which two sets of policies differ.
func unlike(a, b map[string]string) []string {
	var names []string
	for name, text := range a {
		if other, ok := b[name]; !ok || other != text {
			names = append(names, name)
		}
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
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
		return &Error{File: dir, Message: "is not a folder of policies", Advice: "name the folder with the .rego files"}
	}
	return filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && file != dir && strings.HasPrefix(d.Name(), "."), d.IsDir() && s.isShipped(dir, file):
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

// isShipped reports whether a folder belongs to a copy of the shipped policies,
// and so is not a team's.
func (s *source) isShipped(dir, file string) bool {
	return s.edited != nil && s.edited.Dir == dir && (file == filepath.Join(dir, "diet") || file == filepath.Join(dir, "schema"))
}

// policyFile reports whether a file in a team's folder holds policies or data.
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

// addData reads a data file; as with opa, the folders that it is in are keys above it.
func (s *source) addData(file, dir string, text []byte) error {
	var value any
	if err := util.Unmarshal(text, &value); err != nil {
		return &Error{File: file, Message: err.Error(), Advice: "write JSON or YAML"}
	}
	if dir != "." {
		parts := strings.Split(dir, "/")
		for _, part := range slices.Backward(parts) {
			value = map[string]any{part: value}
		}
	}
	roots, ok := value.(map[string]any)
	if !ok {
		return &Error{File: file, Message: "is not an object", Advice: dataHint}
	}
	return s.mergeRoots(file, roots)
}

const dataHint = "put data for your rules under team, and settings of the shipped rules under settings"

// mergeRoots merges a team's data. A team cannot set what diet itself fills.
func (s *source) mergeRoots(file string, roots map[string]any) error {
	for _, root := range slices.Sorted(maps.Keys(roots)) {
		if root != "team" && root != "settings" {
			return &Error{
				File: file, Message: fmt.Sprintf("a team cannot set data.%s", root), Advice: dataHint,
			}
		}
	}
	if key := merge(s.data, roots, "data"); key != "" {
		return &Error{File: file, Message: fmt.Sprintf("%s is set twice", key), Advice: "keep it in one file"}
	}
	return nil
}

// merge adds src to dst, and returns a key that both set, or "".
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

// digest covers every file and all data, waivers included.
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
