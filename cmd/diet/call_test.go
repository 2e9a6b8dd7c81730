package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestWaysOutHaveTheSettings holds that the commands which hints and notes tell people to run stand in
// backticks: only so they get the settings that diet was called with.
func TestWaysOutHaveTheSettings(t *testing.T) {
	t.Parallel()
	var names []string
	for _, c := range newApp(nil, nil, nil).Commands {
		names = append(names, c.Name)
	}
	bare := regexp.MustCompile("(^|[^`\\w-])diet (" + strings.Join(names, "|") + `)\b`)
	spoken := []string{ // that diet does something; nobody is to run it
		"diet resolve writes answers", "diet serve works in NetBox itself", "as diet import writes it", "at which people reach diet serve",
		"empty; diet import writes one", "see diet policy --help", "diet config schema prints",
	}
	seen := 0
	for _, dir := range []string{".", "../../engine", "../../mirror", "../../generate"} {
		for _, file := range goFiles(t, dir) {
			for _, text := range advice(t, file) {
				seen++
				without := text
				for _, s := range spoken {
					without = strings.ReplaceAll(without, s, "")
				}
				if bare.MatchString(without) {
					t.Errorf("%s: a command without backticks: %q", file, text)
				}
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d texts were looked at", seen)
	}
}

func goFiles(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// advice are the texts of a file in what says how to go on: hints, errors in how diet was called, notes.
func advice(t *testing.T, path string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	texts := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			if lit, is := n.(*ast.BasicLit); is && lit.Kind == token.STRING {
				text, _ := strconv.Unquote(lit.Value)
				out = append(out, text)
			}
			return true
		})
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if slices.Contains([]string{"Hint", "hintOf"}, n.Name.Name) && n.Body != nil {
				texts(n.Body)
				return false
			}
		case *ast.CallExpr:
			name := ""
			switch f := n.Fun.(type) {
			case *ast.Ident:
				name = f.Name
			case *ast.SelectorExpr:
				name = f.Sel.Name
			}
			if slices.Contains([]string{"usage", "say", "Notice"}, name) {
				for _, arg := range n.Args {
					texts(arg)
				}
			}
		}
		return true
	})
	return out
}
