package policy

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/diet-project/diet/policies"
)

// source is what the policies are compiled from.
type source struct {
	modules map[string]*ast.Module // by file
	team    map[string]*Folder     // of the files that are a team's
	folders []*Folder
	texts   map[string]string // file contents, by names that do not depend on where the folders are
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
		team:    map[string]*Folder{},
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
	return s, s.loadFolders(dirs)
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

func (s *source) addModule(file string, text []byte) error {
	module, err := ast.ParseModuleWithOpts(file, string(text), ast.ParserOptions{ProcessAnnotation: true})
	if err != nil {
		return compileError(err)
	}
	s.modules[file] = module
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
