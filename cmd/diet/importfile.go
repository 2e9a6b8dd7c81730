package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/diet-project/diet/generate"
)

// maxImport is how many files one entry may name: more is a slip, such as a home folder.
const maxImport = 50_000

// besideFile reads the files that a plan imports, relative to the plan's folder.
func besideFile(folder string) generate.Files {
	return func(entry string) ([]generate.File, error) {
		if !filepath.IsAbs(entry) {
			entry = filepath.Join(folder, entry)
		}
		roots, err := filepath.Glob(entry)
		if err != nil {
			return nil, fmt.Errorf("read %q: %w", entry, err)
		}
		var paths []string
		for _, root := range roots {
			found, err := typeFiles(root)
			if err != nil {
				return nil, err
			}
			if paths = append(paths, found...); len(paths) > maxImport {
				return nil, fmt.Errorf("%q holds more than %d types", entry, maxImport)
			}
		}
		return readFiles(paths)
	}
}

// typeFiles lists the YAML files of a folder, and of those within it, but for hidden ones, which in a
// checkout are settings of tools; a file is itself.
func typeFiles(root string) ([]string, error) {
	info, err := os.Stat(root)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{root}, nil
	}
	var out []string
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		case strings.HasPrefix(d.Name(), ".") && path != root:
		case !d.IsDir() && slices.Contains([]string{".yaml", ".yml"}, strings.ToLower(filepath.Ext(path))):
			out = append(out, path)
		}
		return nil
	})
	return out, err
}

func readFiles(paths []string) ([]generate.File, error) {
	out := make([]generate.File, 0, len(paths))
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		out = append(out, generate.File{Name: path, Data: data})
	}
	return out, nil
}
