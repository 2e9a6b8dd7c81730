package policy

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"

	"github.com/diet-project/diet/policies"
)

// TestReport is what the Rego tests of a set of policies came to.
type TestReport struct {
	Tests    []TestResult  `json:"tests"` // by file and line
	Failed   int           `json:"failed"`
	Coverage *cover.Report `json:"coverage"` // of the rules under test, as `opa test --coverage` reports it
}

// TestResult is one test.
type TestResult struct {
	Package  string  `json:"package"`
	Name     string  `json:"name"`
	File     string  `json:"file"`
	Line     int     `json:"line"`
	Pass     bool    `json:"pass"`
	Skip     bool    `json:"skip,omitempty"`
	Error    string  `json:"error,omitempty"`
	Duration float64 `json:"duration_ms"`
}

// Test runs the Rego tests of the team's folders, or without any those of the shipped
// policies, together with all rules. Filter is a regular expression over their names; ""
// runs all. It fails as [New] does where the policies cannot work.
func Test(ctx context.Context, cfg Config, filter string) (*TestReport, error) {
	if _, err := New(ctx, cfg); err != nil {
		return nil, err
	}
	src, err := load(cfg)
	if err != nil {
		return nil, err
	}
	if err := src.parse(); err != nil {
		return nil, err
	}
	tests, err := src.tests()
	if err != nil {
		return nil, err
	}
	modules := maps.Clone(src.modules)
	maps.Copy(modules, tests)
	src.data["waivers"] = waiverData(exceptionsOf(cfg))
	return src.run(ctx, modules, filter)
}

// run compiles rules and tests as `opa test` does, and runs the tests.
func (s *source) run(ctx context.Context, modules map[string]*ast.Module, filter string) (*TestReport, error) {
	store := inmem.NewFromObject(s.data)
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		return nil, fmt.Errorf("read policy data: %w", err)
	}
	defer store.Abort(ctx, txn)
	coverage := cover.New()
	compiler := ast.NewCompiler().WithCapabilities(Capabilities()).WithSchemas(s.schemas).WithUseTypeCheckAnnotations(true).
		WithEnablePrintStatements(true)
	results, err := tester.NewRunner().SetCompiler(compiler).SetStore(store).SetModules(modules).CapturePrintOutput(true).
		SetCoverageQueryTracer(coverage).RaiseBuiltinErrors(true).SetTimeout(testLimit).Filter(filter).RunTests(ctx, txn)
	if err != nil {
		return nil, compileError(err)
	}
	report := &TestReport{Tests: []TestResult{}}
	for r := range results {
		result := resultOf(r)
		if !result.Pass && !result.Skip {
			report.Failed++
		}
		report.Tests = append(report.Tests, result)
	}
	slices.SortStableFunc(report.Tests, func(a, b TestResult) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	under := s.underTest()
	covered := coverage.Report(under)
	report.Coverage = &covered
	maps.DeleteFunc(covered.Files, func(file string, _ *cover.FileReport) bool { return under[file] == nil })
	recount(&covered)
	return report, nil
}

// testLimit is how long one test may take.
const testLimit = 5 * time.Second

// recount counts the lines of the files that are left in a report.
func recount(r *cover.Report) {
	r.CoveredLines, r.NotCoveredLines, r.Coverage = 0, 0, 100
	for _, f := range r.Files {
		r.CoveredLines += f.CoveredLines
		r.NotCoveredLines += f.NotCoveredLines
	}
	if all := r.CoveredLines + r.NotCoveredLines; all > 0 {
		r.Coverage = float64(r.CoveredLines) * 100 / float64(all)
	}
}

func resultOf(r *tester.Result) TestResult {
	out := TestResult{
		Package: strings.TrimPrefix(r.Package, "data."), Name: r.Name, File: r.Location.File, Line: r.Location.Row,
		Pass: r.Pass(), Skip: r.Skip, Duration: float64(r.Duration.Microseconds()) / 1000,
	}
	if r.Error != nil {
		out.Error = r.Error.Error()
	} else if r.FailedAt != nil {
		out.Error = fmt.Sprintf("%s:%d: %s", r.FailedAt.Location.File, r.FailedAt.Location.Row, r.FailedAt)
	}
	return out
}

// underTest are the modules whose coverage counts: the team's, or without any the shipped
// ones.
func (s *source) underTest() map[string]*ast.Module {
	if len(s.team) == 0 {
		return s.modules
	}
	out := map[string]*ast.Module{}
	for file := range s.team {
		if m := s.modules[file]; m != nil {
			out[file] = m
		}
	}
	return out
}

// tests parses the tests of the team's folders and bundles, or without any those of the
// shipped policies, or of the copy that takes their place.
func (s *source) tests() (map[string]*ast.Module, error) {
	files := map[string][]byte{}
	for _, in := range s.folders {
		if err := s.addTests(in, files); err != nil {
			return nil, err
		}
	}
	if len(s.team) == 0 {
		if err := s.addShippedTests(files); err != nil {
			return nil, err
		}
	}
	out := make(map[string]*ast.Module, len(files))
	for name, text := range files {
		module, err := ast.ParseModuleWithOpts(name, string(text), ast.ParserOptions{ProcessAnnotation: true})
		if err != nil {
			return nil, compileError(err)
		}
		out[name] = module
	}
	return out, nil
}

func (s *source) addTests(in *folder, files map[string][]byte) error {
	if bundled, ok := s.bundles[in.Dir]; ok {
		for rel, text := range bundled {
			if strings.HasSuffix(rel, "_test.rego") {
				files[in.Dir+"!"+rel] = text
			}
		}
		return nil
	}
	names, err := s.listFiles(in.Dir, in.Dir, map[string]bool{})
	if err != nil {
		return err
	}
	for _, name := range names {
		if !strings.HasSuffix(name, "_test.rego") {
			continue
		}
		if files[name], err = os.ReadFile(name); err != nil {
			return err
		}
	}
	return nil
}

func (s *source) addShippedTests(files map[string][]byte) error {
	var from fs.FS = policies.FS
	at := "policies"
	if s.edited != nil {
		if s.bundles[s.edited.Dir] != nil {
			return nil // they were added with those of the bundle
		}
		from, at = os.DirFS(s.edited.Dir), s.edited.Dir
	}
	return fs.WalkDir(from, "diet", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, "_test.rego") {
			return err
		}
		text, err := fs.ReadFile(from, name)
		files[filepath.ToSlash(path.Join(at, name))] = text
		return err
	})
}
