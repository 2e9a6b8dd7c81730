package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/util"
	"go.yaml.in/yaml/v3"
)

// Folder is a team's folder of policies, and how much of it decides.
type Folder struct {
	Dir string `json:"dir"`
	Count
	Data int `json:"data,omitempty"` // data files
}

// folder is one with what it holds besides: rules of any name, and files of tests.
type folder struct {
	Folder
	rules, tests int
}

// Count is a number of rules.
type Count struct {
	Guards   int `json:"guards"`
	Defaults int `json:"defaults"`
}

func (c *Count) add(r Rule) {
	if r.Kind == guardKind {
		c.Guards++
	} else {
		c.Defaults++
	}
}

// loadFolders reads a team's folders, each of them once.
func (s *source) loadFolders(dirs []string) error {
	seen := map[string]bool{}
	for i, dir := range dirs {
		if files, ok := s.bundles[dir]; ok {
			if !seen[dir] {
				s.loadBundle(i, dir, files)
			}
			seen[dir] = true
			continue
		}
		target, err := filepath.EvalSymlinks(dir)
		if info, statErr := os.Stat(dir); err != nil || statErr != nil || !info.IsDir() {
			message := "is not a folder of policies"
			if errors.Is(statErr, fs.ErrNotExist) {
				message = "there is no such folder"
			}
			return &Error{File: dir, Message: message, Advice: "name the folder with the .rego files"}
		}
		if seen[target] {
			continue
		}
		seen[target] = true
		if err := s.loadFolder(i, dir); err != nil {
			return err
		}
	}
	return nil
}

// loadFolder reads the files of one folder.
func (s *source) loadFolder(i int, dir string) error {
	files, err := s.listFiles(dir, dir, map[string]bool{})
	if err != nil {
		return err
	}
	in := &folder{Folder: Folder{Dir: dir}}
	s.folders = append(s.folders, in)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.rego") {
			if err := testsOnly(name); err != nil {
				return err
			}
			in.tests++
			continue
		}
		if err := s.loadFile(i, in, name); err != nil {
			return err
		}
	}
	return nil
}

// testsOnly refuses a file of tests that has rules which look as if they decided. What cannot be
// parsed is for the tests to tell.
func testsOnly(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return unreadable(name, err)
	}
	module, err := ast.ParseModuleWithOpts(name, string(text), ast.ParserOptions{RegoVersion: ast.RegoV1})
	if err != nil || module == nil {
		return nil //nolint:nilerr // diet policy test says it
	}
	for _, r := range module.Rules {
		if r.Head.RuleKind() == ast.MultiValue && kindOf(r) != "" {
			return &Error{
				File: name, Line: r.Location.Row, Message: "rules in files named *_test.rego never decide",
				Advice: "move it into a file of another name",
			}
		}
	}
	return nil
}

// checkFolders refuses a folder that decides nothing, but for a copy of the shipped
// policies, which is a team's only as far as there is more in it.
func (s *source) checkFolders() error {
	var decide []*folder
	for _, in := range s.folders {
		copied := s.edited != nil && s.edited.Dir == in.Dir
		if in.rules == 0 && in.Data == 0 && !copied {
			return nothing(in.Dir, in.tests)
		}
		if slices.ContainsFunc(s.texts, func(f file) bool { return f.folder == in }) {
			decide = append(decide, in)
		}
	}
	s.folders = decide
	return nil
}

// nothing is the error of a folder that decides nothing.
func nothing(dir string, tests int) error {
	if tests > 0 {
		return &Error{File: dir, Message: "holds only tests", Advice: "name the folder with the rules; *_test.rego is left out when diet runs"}
	}
	return &Error{File: dir, Message: "holds no policies and no data", Advice: "name the folder with the .rego files"}
}

// loadFile reads a file of policies or of data.
func (s *source) loadFile(i int, in *folder, name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(in.Dir, name)
	if err != nil {
		return err
	}
	rel = filepath.ToSlash(rel)
	f := file{name: name, id: fmt.Sprintf("team/%d/%s", i, rel), text: text, folder: in, dir: path.Dir(rel)}
	if !f.isModule() {
		in.Data++
	}
	s.texts = append(s.texts, f)
	return nil
}

// listFiles lists the files of policies, tests and data below a folder, as stock
// opa reads them: links are followed, and what is hidden is left out.
func (s *source) listFiles(top, dir string, seen map[string]bool) ([]string, error) {
	target, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, unreadable(dir, err)
	}
	if seen[target] {
		return nil, nil
	}
	seen[target] = true
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, unreadable(dir, err)
	}
	var files []string
	for _, entry := range entries {
		name := filepath.Join(dir, entry.Name())
		if strings.HasPrefix(entry.Name(), ".") || s.isShipped(top, name) {
			continue
		}
		info, err := os.Stat(name)
		if err != nil {
			return nil, unreadable(name, err)
		}
		if info.IsDir() {
			below, err := s.listFiles(top, name, seen)
			if err != nil {
				return nil, err
			}
			files = append(files, below...)
		} else if policyFile(name) {
			if err := readable(name, info); err != nil {
				return nil, err
			}
			files = append(files, name)
		}
	}
	return files, nil
}

func unreadable(name string, err error) error {
	return &Error{File: name, Message: err.Error(), Advice: "make it readable, or move it out of the folder"}
}

// isShipped reports whether a folder belongs to a copy of the shipped policies,
// and so is not a team's.
func (s *source) isShipped(top, name string) bool {
	return s.edited != nil && s.edited.Dir == top && (name == filepath.Join(top, "diet") || name == filepath.Join(top, "schema"))
}

// policyFile reports whether a file holds policies, tests of them or data, by its ending however
// that is written.
func policyFile(name string) bool {
	return slices.Contains([]string{".rego", ".json", ".yaml", ".yml"}, strings.ToLower(filepath.Ext(name)))
}

// readable refuses what looks as if it were read: OPA takes endings in small letters alone.
func readable(name string, info os.FileInfo) error {
	switch ext := filepath.Ext(name); {
	case ext != strings.ToLower(ext):
		return &Error{File: name, Message: "is not read because of its ending " + ext, Advice: "write " + strings.ToLower(ext)}
	case !info.Mode().IsRegular():
		return &Error{File: name, Message: "is no regular file", Advice: "move it out of the folder"}
	}
	return nil
}

var lineOfYAML = regexp.MustCompile(`^(?:yaml: )?(?:unmarshal errors:\s*)?(?:line (\d+): )?([^\n]*)`)

// misread says what is wrong with a data file, and in which line as far as that is told.
func misread(file string, text []byte, err error) *Error {
	out := &Error{File: file, Message: err.Error(), Advice: "write JSON or YAML: one document, each key once"}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		before := text[:min(int(syntax.Offset), len(text))]
		out.Line, out.Advice = bytes.Count(before, []byte("\n"))+1, "write JSON: without comments, and without a comma after the last"
		return out
	}
	if m := lineOfYAML.FindStringSubmatch(err.Error()); m != nil && m[1] != "" {
		out.Line, _ = strconv.Atoi(m[1])
		out.Message = m[2]
	}
	return out
}

// addData reads a data file; as with opa, the folders that it is in are keys above it.
func (s *source) addData(file, dir string, text []byte) error {
	var value any
	err := oneDocument(text)
	if err == nil && filepath.Ext(file) == ".json" {
		err = json.Unmarshal(text, &value) // YAML takes more, and OPA does not
	}
	if err == nil {
		err = util.Unmarshal(text, &value)
	}
	if err != nil {
		return misread(file, text, err)
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

// oneDocument refuses data of which OPA would take a part and leave the rest: a second document, or
// a key that stands twice.
func oneDocument(text []byte) error {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var value any
	if err := decoder.Decode(&value); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if err := decoder.Decode(&value); !errors.Is(err, io.EOF) {
		return errors.New("holds more than one document")
	}
	return nil
}

const dataHint = "put data for your rules under team, settings of the shipped rules under settings, and other files out of the folder"

// mergeRoots merges a team's data. A team cannot set what diet itself fills.
func (s *source) mergeRoots(file string, roots map[string]any) error {
	for _, root := range slices.Sorted(maps.Keys(roots)) {
		if root != "team" && root != "settings" {
			return &Error{File: file, Message: fmt.Sprintf("a team cannot set data.%s", root), Advice: dataHint}
		}
	}
	if key := merge(s.data, roots, "data"); key != "" {
		return &Error{File: file, Message: fmt.Sprintf("%s is set twice", key), Advice: "keep it in one file"}
	}
	return nil
}
