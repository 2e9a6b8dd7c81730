package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"go.yaml.in/yaml/v3"
)

var ciCommand = regexp.MustCompile(`(?m)^\s+(?:- )?(diet [a-z].*?)(?: \|\| .*)?$`)

// TestCI wants the examples for CI to be YAML, and the program to read each of their commands.
func TestCI(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(repository, "docs/ci/*.yml"))
	if err != nil || len(files) != 2 {
		t.Fatalf("examples %v, %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		if err := yaml.Unmarshal(text, &doc); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		ran := map[string]bool{}
		app := inert(func(name string) { ran[name] = true })
		for _, m := range ciCommand.FindAllStringSubmatch(string(text), -1) {
			if err := app.RunContext(t.Context(), arrange(app, shellWords(m[1]))); err != nil {
				t.Errorf("%s: %s: %v", file, m[1], err)
			}
		}
		for _, name := range []string{"validate", "policy", "preview", "apply"} {
			if !ran[name] {
				t.Errorf("%s runs no diet %s", file, name)
			}
		}
	}
}
