package main

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/engine/serve/source"
	"github.com/diet-project/diet/generate"
)

// planFile is the file of a plan as a service last read it.
type planFile struct {
	job.Plan
	stamp string   // of the file, and of what it imports
	needs []string // what it imports: files and folders, as it names them
	root  string   // of the commit that it was read from
}

// plans reads the plans of diet.yaml; of a folder, all plans in it. A file that has not changed
// is not read again, nor is what it imports. One that does not load keeps the key that it had,
// or else is called by its path.
func (s *service) plans() []job.Plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	policies := stampOf(s.env.policyDirs()...)
	var out []job.Plan
	for _, at := range s.places() {
		f := s.known[at.name]
		if f == nil {
			f = &planFile{Plan: job.Plan{Path: at.name, Key: at.name}}
			s.known[at.name] = f
		}
		f.refresh(at)
		p := f.Plan
		answers := cmp.Or(s.env.cli.String("resolutions"), filepath.Join(filepath.Dir(at.file), answer.FileName))
		p.Revision = strings.Join([]string{f.stamp, at.stamp(answers), policies}, " ")
		if at.source != nil {
			if p.Behind = at.source.Err(); p.Behind != nil {
				p.Revision += " " + p.Behind.Error()
			}
		}
		out = append(out, p)
	}
	return unlike(append(out, s.unpulled()...))
}

// place is where a plan lies: its file, and the name under which it is known. They differ where it
// was pulled: the name stays, and the file is of one commit, which nothing changes while it is read.
type place struct {
	name, file string
	root       string // what the file's name begins with that changes with the commit
	source     *source.Source
}

// stamp changes with files, and with those of folders, wherever the commit lies.
func (at place) stamp(paths ...string) string { return stampIn(at.root, paths...) }

// places are where the plans lie, of the files of diet.yaml and of its sources.
func (s *service) places() []place {
	var out []place
	for _, path := range planPaths(texts(s.env.config.Plans)) {
		out = append(out, place{name: path, file: path})
	}
	for _, src := range s.sources {
		root, base := src.Root()
		if root == "" {
			continue
		}
		for _, path := range planPaths([]string{src.Within(root)}) {
			out = append(out, place{name: base + strings.TrimPrefix(path, root), file: path, root: root, source: src})
		}
	}
	return out
}

// unpulled stand for the plans of sources that could never be pulled.
func (s *service) unpulled() []job.Plan {
	var out []job.Plan
	for _, src := range s.sources {
		if root, _ := src.Root(); root == "" && src.Err() != nil {
			out = append(out, job.Plan{Path: src.Shown(), Key: src.Name(), Err: src.Err(), Revision: src.Err().Error()})
		}
	}
	return out
}

// refresh reads the file if it, or what it imports, has changed.
func (f *planFile) refresh(at place) {
	moved := f.root != at.root // to another commit, where all that is needed has another name
	needs := func() []string {
		var out []string
		for _, need := range f.needs {
			if !filepath.IsAbs(need) {
				need = filepath.Join(filepath.Dir(at.file), need)
			}
			out = append(out, need)
		}
		return append(out, at.file)
	}
	stamp := at.stamp(needs()...)
	if f.root = at.root; stamp == f.stamp && (!moved || f.Err == nil) {
		return
	}
	f.needs = nil
	f.Plan.Plan, f.Err = nil, nil
	data, err := os.ReadFile(at.file)
	if err != nil {
		f.Err = fmt.Errorf("read plan: %w", err)
	} else {
		beside := besideFile(filepath.Dir(at.file))
		f.Plan.Plan, f.Err = generate.LoadWith(f.Path, data, func(entry string) ([]generate.File, error) {
			f.needs = append(f.needs, entry)
			return beside(entry)
		})
	}
	switch {
	case f.Err == nil:
		f.Key = f.Plan.Plan.Info().Key
	default:
		f.Plan.Plan = nil
		f.Key = cmp.Or(keyOf(data), f.Key)
	}
	f.stamp = at.stamp(needs()...)
}

// keyOf is the key that a plan states which may be wrong otherwise; "" if none can be read.
func keyOf(data []byte) string {
	var plan struct {
		Metadata struct {
			Name string `yaml:"name"`
		} `yaml:"metadata"`
	}
	_ = yaml.Unmarshal(data, &plan) // as far as it goes
	return plan.Metadata.Name
}

// planlessError is a folder that holds no plan.
type planlessError string

func (e planlessError) Error() string { return string(e) + " holds no plan" }

// Hint says what diet looks for.
func (e planlessError) Hint() string {
	return "a plan is a file in the folder itself that ends in .yaml or .yml and has the line kind: Plan"
}

// planFiles is planPaths, and refuses a folder that holds no plan.
func planFiles(paths []string) ([]string, error) {
	var out []string
	for _, path := range paths {
		if isCarried(path) {
			return nil, usage("%s is a preview in a file, and no plan: "+
				"name its plan or, where the store has it, its id (`diet previews` lists them)", path)
		}
		files := planPaths([]string{path})
		if len(files) == 0 {
			return nil, planlessError(path)
		}
		out = append(out, files...)
	}
	return out, nil
}

// planPaths lists the files of plans; of a folder, its YAML files that hold one.
func planPaths(paths []string) []string {
	var out []string
	for _, path := range paths {
		entries, err := os.ReadDir(path)
		if err != nil {
			out = append(out, path) // a file, or nothing: who reads it tells
			continue
		}
		for _, entry := range entries {
			name := filepath.Join(path, entry.Name())
			if slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(name)) && holdsPlan(name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// holdsPlan reports whether a file says that it is a plan: answers lie in the same folder.
func holdsPlan(path string) bool {
	data, err := os.ReadFile(path)
	return err == nil && kindPlan.Match(data)
}

// kindPlan is the line of a plan that says so.
var kindPlan = regexp.MustCompile(`(?m)^\x{FEFF}?(kind|"kind"|'kind')[ \t]*:[ \t]+(Plan|"Plan"|'Plan')[ \t]*(#.*)?\r?$`)

// stampOf changes with files, and with the files of folders.
func stampOf(paths ...string) string { return stampIn("", paths...) }

// stampIn is stampOf, wherever the folder lies in which the files are.
func stampIn(folder string, paths ...string) string {
	sum := fnv.New64a()
	for _, pattern := range paths {
		roots, _ := filepath.Glob(pattern) // a pattern that is none names nothing
		for _, root := range roots {
			_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
				if err == nil && !d.IsDir() { // what cannot be read is found out by who reads it
					if info, err := d.Info(); err == nil {
						fmt.Fprintf(sum, "%s %d %d\n", strings.TrimPrefix(path, folder), info.Size(), info.ModTime().UnixNano())
					}
				}
				return nil
			})
		}
	}
	return fmt.Sprintf("%x", sum.Sum64())
}

// unlike refuses plans that have one key.
func unlike(plans []job.Plan) []job.Plan {
	var loaded []*generate.Plan
	for _, p := range plans {
		if p.Err == nil {
			loaded = append(loaded, p.Plan)
		}
	}
	findings := generate.CheckKeys(loaded)
	for i := range plans {
		for j := range plans {
			if len(findings) > 0 && i != j && plans[i].Key == plans[j].Key && plans[i].Err == nil {
				plans[i].Err = &generate.FindingsError{Findings: findings}
			}
		}
	}
	return plans
}
