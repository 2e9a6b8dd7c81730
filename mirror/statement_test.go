package mirror_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/mirrortest"
	sqlfile "github.com/diet-project/diet/sql"
)

// renderings are a statement for every kind and field that it can be asked for.
func renderings(t *testing.T, db *mirror.DB, name string) []sqlfile.Statement {
	t.Helper()
	text, err := fs.ReadFile(sqlfile.FS(), name+".sql")
	if err != nil {
		t.Fatal(err)
	}
	var out []sqlfile.Statement
	for _, kind := range db.Kinds().All() {
		switch {
		case strings.Contains(string(text), ".Field."):
			for _, r := range db.Kinds().Referrers(kind) {
				out = append(out, db.Statements().ForField(name, r.Kind, r.Field))
			}
		case name == "query/natural" && !kind.IsOwned(), name == "query/shared_list" && kind.IsOwned(), strings.HasPrefix(name, "query/sign_") && !kind.IsOwned(),
			name == "query/templated" && kind.Templates == "":
			continue
		case strings.Contains(string(text), ".Kind."):
			out = append(out, db.Statements().For(name, kind))
		default:
			return []sqlfile.Statement{db.Statements().Get(name)}
		}
	}
	return out
}

// TestStatementsPrepare prepares every statement against a new mirror, for every kind.
func TestStatementsPrepare(t *testing.T) {
	t.Parallel()
	db := mirrortest.Open(t)
	for _, name := range append(sqlfile.Names("query"), sqlfile.Names("ingest")...) {
		if name == "query/schema_file_create" {
			continue // it has been run
		}
		for _, st := range renderings(t, db, name) {
			stmt, err := db.SQL().Prepare(st.Text)
			if err != nil {
				t.Errorf("%s: %v\n%s", st.Name, err, st.Text)
				continue
			}
			_ = stmt.Close()
		}
	}
}

// TestStatementsAreCalled fails for a statement that no Go file names, tests aside.
func TestStatementsAreCalled(t *testing.T) {
	t.Parallel()
	named := map[string]bool{}
	literal := regexp.MustCompile(`"((?:query|ingest)/[a-z_]+)"`)
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range literal.FindAllStringSubmatch(string(text), -1) {
			named[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	statements := append(sqlfile.Names("query"), sqlfile.Names("ingest")...)
	for _, name := range statements {
		if !named[name] {
			t.Errorf("nothing calls %s", name)
		}
		delete(named, name)
	}
	for name := range named {
		t.Errorf("%s is called, and is not there", name)
	}
}

// TestViewsOpenAnywhere keeps diet's own functions out of views and indexes: any SQLite
// must be able to open the file.
func TestViewsOpenAnywhere(t *testing.T) {
	t.Parallel()
	statements := sqlfile.New(kinds.Standard())
	for _, name := range slices.Concat(sqlfile.Names("view"), sqlfile.Names("cache"), sqlfile.Names("schema")) {
		if strings.Contains(statements.Get(name).Text, "diet_fold(") || strings.Contains(statements.Get(name).Text, "diet_sign(") {
			t.Errorf("%s uses a function of diet's", name)
		}
	}
}
