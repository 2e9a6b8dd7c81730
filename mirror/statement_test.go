package mirror_test

import (
	"database/sql"
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
	text, err := os.ReadFile("../sql/" + name + ".sql")
	if err != nil {
		t.Fatal(err)
	}
	var out []sqlfile.Statement
	for _, kind := range db.Kinds().All() {
		switch {
		case name == "query/unique_blocker":
			for _, f := range kind.Fields {
				if f.Unique && kind.IsOwned() {
					out = append(out, db.Statements().ForField(name, kind, f))
				}
			}
		case strings.Contains(string(text), ".Field."):
			for _, r := range db.Kinds().Referrers(kind) {
				if r.Field.Gathers || !strings.HasPrefix(name, "query/gathered") {
					out = append(out, db.Statements().ForField(name, r.Kind, r.Field))
				}
			}
		case strings.Contains(string(text), "desired_{{") && !kind.IsOwned(), name == "query/shared_list" && kind.IsOwned(),
			(strings.HasPrefix(name, "query/sign") || strings.HasPrefix(name, "query/owned_")) &&
				strings.Contains(string(text), ".Kind.") && !kind.IsOwned(),
			(name == "query/lost_insert" || name == "query/mapped") && !kind.IsOwned(),
			(name == "query/sync_dangling" || name == "query/name_blocker") && !kind.IsOwned(),
			name == "query/module_blocker" && kind.Name != "module",
			name == "query/type_users",
			strings.HasPrefix(name, "query/scope_") && kind.Placed == "",
			(name == "query/scope_left" || name == "query/scope_unread") && kind.Placed != kinds.BySite,
			(name == "query/native" || strings.HasPrefix(name, "query/templated")) && kind.Templates == "",
			(name == "query/part_list" || name == "query/part_of" || name == "query/port_held") && kind.Parent == "":
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
			prepares(t, db, st)
		}
	}
}

// TestUnmanagedIsLookedUp goes from the few edits to the objects, whatever SQLite thinks of
// their number.
func TestUnmanagedIsLookedUp(t *testing.T) {
	t.Parallel()
	db := mirrortest.Open(t)
	steps := mirrortest.Dump(t, db, "EXPLAIN QUERY PLAN SELECT * FROM unmanaged WHERE plan = 'p' ORDER BY kind, object, field")
	kinds := len(db.Kinds().Owned())
	if strings.Count(steps, "SCAN e\n") != kinds || strings.Contains(steps, "AUTOMATIC") {
		t.Errorf("unmanaged scans objects:\n%s", steps)
	}
}

func prepares(t *testing.T, db *mirror.DB, st sqlfile.Statement) {
	t.Helper()
	stmt, err := db.SQL().Prepare(st.Text)
	if err != nil {
		t.Errorf("%s: %v\n%s", st.Name, err, st.Text)
		return
	}
	defer func() { _ = stmt.Close() }()
}

// TestStatementsAreCalled fails for a statement that no Go file names, tests aside.
func TestStatementsAreCalled(t *testing.T) {
	t.Parallel()
	named := map[string]bool{}
	literal := regexp.MustCompile(`"((?:query|ingest|store|job)/[a-z_]+)"`)
	err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
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
	statements := slices.Concat(sqlfile.Names("query"), sqlfile.Names("ingest"), sqlfile.Names("store"), sqlfile.Names("job"))
	for _, name := range slices.Concat(sqlfile.Names("postgres/store"), sqlfile.Names("postgres/query"), sqlfile.Names("postgres/job")) {
		statements = append(statements, strings.TrimPrefix(name, "postgres/"))
	}
	slices.Sort(statements)
	for _, name := range slices.Compact(statements) {
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

// TestOwnedIsLookedUp keeps the statements that go through the views of owned kinds from
// reading every object whole: SQLite does not push a join into a UNION ALL.
func TestOwnedIsLookedUp(t *testing.T) {
	t.Parallel()
	db := mirrortest.Open(t)
	for _, kind := range db.Kinds().Owned() {
		for name, want := range map[string]string{
			"query/owned_opened": "SEARCH s USING INDEX signature_differs_idx",
			"query/owned_get":    "SEARCH r USING INTEGER PRIMARY KEY",
			"query/owned_bears":  "SEARCH r USING INTEGER PRIMARY KEY",
			"query/owned_orphan": "SEARCH s USING INDEX signature_unwanted_idx",
			"query/sign":         "USING INDEX " + kind.Name + "_stale_idx",
		} {
			st := db.Statements().For(name, kind)
			steps := mirrortest.Dump(t, db, "EXPLAIN QUERY PLAN "+st.Text, sql.Named("plan", "p"), sql.Named("ids", "[1]"), sql.Named("id", 1))
			if !strings.Contains(steps, want) || strings.Contains(steps, "CO-ROUTINE owned") || strings.Contains(steps, "AUTOMATIC") {
				t.Errorf("%s does not %s:\n%s", st.Name, want, steps)
			}
		}
	}
}

// TestReferrersAreLookedUp keeps diet from reading a table whole to find what refers to an
// object that it deletes.
func TestReferrersAreLookedUp(t *testing.T) {
	t.Parallel()
	db := mirrortest.Open(t)
	for _, kind := range db.Kinds().Owned() {
		for _, r := range db.Kinds().Referrers(kind) {
			st := db.Statements().ForField("query/referrer", r.Kind, r.Field)
			steps := mirrortest.Dump(t, db, "EXPLAIN QUERY PLAN "+st.Text, sql.Named("ids", "[]"), sql.Named("type", kind.ObjectType))
			if strings.Contains(steps, "SCAN o") || strings.Contains(steps, "SCAN r") {
				t.Errorf("%s reads all:\n%s", st.Name, steps)
			}
		}
	}
}

// TestStatementsAreSmall counts the steps of SQLite's program of every statement. A view that
// stands in a statement several times, or whose columns take work and are named several
// times, makes it large: to compile it then takes longer than to run it.
func TestStatementsAreSmall(t *testing.T) {
	t.Parallel()
	db := mirrortest.Open(t)
	const most = 6000
	parameter := regexp.MustCompile(`[:?][a-z_]*`)
	for _, name := range append(sqlfile.Names("query"), sqlfile.Names("ingest")...) {
		if name == "query/integrity" {
			continue // it goes over all tables
		}
		for _, st := range renderings(t, db, name) {
			var args []any
			for _, p := range parameter.FindAllString(st.Text, -1) {
				if args = append(args, nil); p != "?" {
					args[len(args)-1] = sql.Named(p[1:], nil)
				}
			}
			steps := strings.Count(mirrortest.Dump(t, db, "EXPLAIN "+st.Text, args...), "\n")
			if steps > most {
				t.Errorf("%s has %d steps, more than %d", st.Name, steps, most)
			}
		}
	}
}
