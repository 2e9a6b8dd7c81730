package main

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/generate"
)

// planFile is the file of a plan as a service last read it.
type planFile struct {
	job.Plan
	stamp string   // of the file, and of what it imports
	needs []string // what it imports: files and folders
}

// plans reads the plans of diet.yaml; of a folder, all plans in it. A file that has not changed
// is not read again, nor is what it imports. One that does not load keeps the key that it had,
// or else is called by its path.
func (s *service) plans() []job.Plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	policies := stampOf(s.env.policyDirs()...)
	var out []job.Plan
	for _, path := range planPaths(texts(s.env.config.Plans)) {
		f := s.known[path]
		if f == nil {
			f = &planFile{Plan: job.Plan{Path: path, Key: path}}
			s.known[path] = f
		}
		f.refresh()
		p := f.Plan
		answers := cmp.Or(s.env.cli.String("resolutions"), filepath.Join(filepath.Dir(path), answer.FileName))
		p.Revision = strings.Join([]string{f.stamp, stampOf(answers), policies}, " ")
		out = append(out, p)
	}
	return unlike(out)
}

// refresh reads the file if it, or what it imports, has changed.
func (f *planFile) refresh() {
	stamp := stampOf(append(f.needs, f.Path)...)
	if stamp == f.stamp {
		return
	}
	f.needs = nil
	f.Plan.Plan, f.Err = nil, nil
	data, err := os.ReadFile(f.Path)
	if err != nil {
		f.Err = fmt.Errorf("read plan: %w", err)
	} else {
		beside := besideFile(filepath.Dir(f.Path))
		f.Plan.Plan, f.Err = generate.LoadWith(f.Path, data, func(entry string) ([]generate.File, error) {
			if !filepath.IsAbs(entry) {
				f.needs = append(f.needs, filepath.Join(filepath.Dir(f.Path), entry))
			} else {
				f.needs = append(f.needs, entry)
			}
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
	f.stamp = stampOf(append(f.needs, f.Path)...)
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
	return err == nil && slices.ContainsFunc(strings.Split(string(data), "\n"), func(line string) bool {
		return strings.TrimRight(line, " \r") == "kind: Plan"
	})
}

// stampOf changes with files, and with the files of folders.
func stampOf(paths ...string) string {
	sum := fnv.New64a()
	for _, pattern := range paths {
		roots, _ := filepath.Glob(pattern) // a pattern that is none names nothing
		for _, root := range roots {
			_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
				if err == nil && !d.IsDir() { // what cannot be read is found out by who reads it
					if info, err := d.Info(); err == nil {
						fmt.Fprintf(sum, "%s %d %d\n", path, info.Size(), info.ModTime().UnixNano())
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
