package policy

import (
	"cmp"
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

	"github.com/diet-project/diet/policies"
)

// source is what the policies are compiled from: first the files as they are read, then
// what they hold.
type source struct {
	texts   []file
	folders []*folder
	edited  *Edited                      // a copy of the shipped policies that takes their place
	bundles map[string]map[string][]byte // the files of each, by name

	modules map[string]*ast.Module // by file
	team    map[string]*folder     // of the files that are a team's
	data    map[string]any
	schemas *ast.SchemaSet
}

// file is a file of policies or of data.
type file struct {
	name   string  // where it is
	id     string  // its name, wherever the folders are
	text   []byte  // what it holds
	folder *folder // the team's folder that it is in; nil for a shipped one
	dir    string  // within that folder
}

// Edited is a copy of the shipped policies that takes their place. Guards may be
// missing from it, so every preview made with it names it.
type Edited struct {
	Dir   string   `json:"dir"`
	Files []string `json:"files"` // that differ from the shipped ones, are new or are missing; sorted
}

// shippedMain is the file that marks a copy of the shipped policies.
const shippedMain = "diet/main/main.rego"

// load reads the files of the shipped policies and those in a team's folders and bundles.
func load(cfg Config) (*source, error) {
	s, dirs := &source{bundles: map[string]map[string][]byte{}}, cfg.Dirs
	for _, name := range dirs {
		if !isBundle(name) || s.bundles[name] != nil {
			continue
		}
		files, err := readBundle(name, cfg.Key)
		if err != nil {
			return nil, err
		}
		s.bundles[name] = files
	}
	if err := s.findEdited(dirs); err != nil {
		return nil, err
	}
	if err := s.loadShipped(); err != nil {
		return nil, err
	}
	return s, s.loadFolders(dirs)
}

// parse reads what the files hold.
func (s *source) parse() error {
	s.modules, s.team, s.data = map[string]*ast.Module{}, map[string]*folder{}, map[string]any{}
	if err := s.addSchemas(); err != nil {
		return err
	}
	for _, f := range s.texts {
		if err := s.add(f); err != nil {
			return err
		}
	}
	return s.checkFolders()
}

// add reads what one file holds.
func (s *source) add(f file) error {
	if f.folder != nil && !f.isModule() {
		return s.addData(f.name, f.dir, f.text)
	}
	module, err := ast.ParseModuleWithOpts(f.name, string(f.text), ast.ParserOptions{ProcessAnnotation: true})
	if err != nil {
		return compileError(err)
	}
	s.modules[f.name] = module
	if f.folder != nil {
		s.team[f.name] = f.folder
		f.folder.rules += len(module.Rules)
	}
	return nil
}

func (f file) isModule() bool { return path.Ext(f.name) == ".rego" }

// findEdited looks for a copy of the shipped policies among the folders.
func (s *source) findEdited(dirs []string) error {
	for _, dir := range dirs {
		if _, err := os.Stat(filepath.Join(dir, shippedMain)); err != nil && s.bundles[dir][shippedMain] == nil {
			continue
		}
		if s.edited != nil {
			return &Error{File: dir, Message: "is a second copy of the shipped policies, besides " + s.edited.Dir, Advice: "name only one of them"}
		}
		s.edited = &Edited{Dir: dir}
	}
	return nil
}

// loadShipped reads the shipped policies, or the copy that takes their place.
func (s *source) loadShipped() error {
	shipped, err := readPolicies(policies.FS)
	if err != nil {
		return err
	}
	in, at := shipped, "policies/"
	if s.edited != nil {
		if files, ok := s.bundles[s.edited.Dir]; ok {
			in = shippedIn(files)
		} else if in, err = readPolicies(os.DirFS(s.edited.Dir)); err != nil {
			return err
		}
		at = s.edited.Dir + "/"
		s.edited.Files = unlike(shipped, in)
	}
	for _, name := range slices.Sorted(maps.Keys(in)) {
		s.texts = append(s.texts, file{name: at + name, id: "policies/" + name, text: []byte(in[name])})
	}
	return nil
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

// addSchemas reads the schemas. They are always the shipped ones: they describe the input
// that this program makes.
func (s *source) addSchemas() error {
	s.schemas = ast.NewSchemaSet()
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

// digest covers every file and all data, waivers and exceptions included, wherever the folders are.
func (s *source) digest(exceptions []Exception) string {
	return hexDigest(func(write func(string)) {
		for _, f := range slices.SortedFunc(slices.Values(s.texts), func(a, b file) int { return cmp.Compare(a.id, b.id) }) {
			write(f.id)
			write(string(f.text))
		}
		data, err := json.Marshal(s.data)
		if err != nil {
			data = fmt.Append(nil, s.data)
		}
		write(string(data))
		for _, x := range exceptions {
			x.Place = ""
			if !x.everywhere() {
				write(fmt.Sprint(x))
			}
		}
	})
}

// key covers all that a program is made of: every file, where it is, and the configuration.
func (s *source) key(cfg Config) string {
	return hexDigest(func(write func(string)) {
		for _, f := range s.texts {
			write(f.name)
			write(f.id)
			write(string(f.text))
		}
		for _, in := range s.folders {
			write(fmt.Sprintf("%q %d", in.Dir, in.tests))
		}
		if s.edited != nil {
			write(s.edited.Dir)
		}
		write(fmt.Sprintf(
			"%q %q %q %q %v %q %q %t", cfg.Waivers, cfg.Exceptions, cfg.Kinds, cfg.Fields, cfg.Shapes, cfg.Dependents, cfg.Marks, cfg.idle,
		))
	})
}
