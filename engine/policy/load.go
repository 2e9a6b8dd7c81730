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

	edited *Edited // a copy of the shipped policies that takes their place
}

// Edited is a copy of the shipped policies that takes their place. It may lack
// guards: every preview made with it says so.
type Edited struct {
	Dir   string   `json:"dir"`
	Files []string `json:"files"` // that differ from the shipped ones, are new or lacking, sorted
}

// shippedMain is the file that tells a copy of the shipped policies.
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
			return &Error{File: dir, Message: "is a second copy of the shipped policies, beside " + s.edited.Dir, Advice: "name one of them"}
		}
		s.edited = &Edited{Dir: dir}
	}
	return nil
}

// loadShipped reads the shipped policies, or the copy that takes their place. The
// schemas are always the shipped ones: they say what this program hands over.
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

// readPolicies reads the Rego under diet/, but for the tests.
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

// unlike lists the files that two sets of policies do not have alike.
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
		return &Error{File: dir, Message: "is not a folder of policies", Advice: "name the folder that holds the .rego files"}
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

// isShipped tells the folders of a copy of the shipped policies, which are not a
// team's.
func (s *source) isShipped(dir, file string) bool {
	return s.edited != nil && s.edited.Dir == dir && (file == filepath.Join(dir, "diet") || file == filepath.Join(dir, "schema"))
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
		return &Error{File: file, Message: err.Error(), Advice: "a data file is JSON or YAML"}
	}
	if dir != "." {
		parts := strings.Split(dir, "/")
		for _, part := range slices.Backward(parts) {
			value = map[string]any{part: value}
		}
	}
	roots, ok := value.(map[string]any)
	if !ok {
		return &Error{File: file, Message: "holds no object", Advice: "put data under team, or under settings for what the shipped rules read"}
	}
	return s.mergeRoots(file, roots)
}

// mergeRoots takes a team's data over. The roots that diet itself fills are not a team's.
func (s *source) mergeRoots(file string, roots map[string]any) error {
	for _, root := range slices.Sorted(maps.Keys(roots)) {
		if root != "team" && root != "settings" {
			return &Error{
				File: file, Message: fmt.Sprintf("data.%s is not for a team to set", root),
				Advice: "put data under team, or under settings for what the shipped rules read",
			}
		}
	}
	if key := merge(s.data, roots, "data"); key != "" {
		return &Error{File: file, Message: fmt.Sprintf("%s is set twice", key), Advice: "keep it in one file"}
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
