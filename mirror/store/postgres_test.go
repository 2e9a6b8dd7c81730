package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/diet-project/diet/mirror/store"
	"github.com/diet-project/diet/mirror/store/storetest"
	sqlfile "github.com/diet-project/diet/sql"
)

// TestSameTables holds the tables of the one kind of store against those of the other: the
// same migrations, and the same columns.
func TestSameTables(t *testing.T) {
	t.Parallel()
	theirs := sqlfile.Names("postgres/schema")
	for i := range theirs {
		theirs[i] = strings.TrimPrefix(theirs[i], "postgres/")
	}
	if ours := sqlfile.Names("schema"); !slices.Equal(ours, theirs) {
		t.Errorf("the migrations of SQLite are %v, those of PostgreSQL %v", ours, theirs)
	}
	path, address := filepath.Join(t.TempDir(), "x.store.db"), storetest.Postgres(t)
	open(t, path, "")
	open(t, address, "")
	file := query(t, path, `SELECT group_concat(s.name || '.' || c.name, ' ' ORDER BY s.name, c.cid)
		FROM sqlite_schema AS s JOIN pragma_table_info(s.name) AS c WHERE s.type = 'table'`)
	server := ask(t, address, `SELECT string_agg(table_name || '.' || column_name, ' ' ORDER BY table_name COLLATE "C", ordinal_position)
		FROM information_schema.columns WHERE table_schema = 'diet'`)
	if file != server {
		t.Errorf("the columns differ:\n%s\n%s", file, server)
	}
}

// ask is the one value of a statement on a server.
func ask(t *testing.T, address, statement string) string {
	t.Helper()
	db, err := sqlx.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var out sql.NullString
	if err := db.GetContext(t.Context(), &out, statement); err != nil && !errors.Is(err, sql.ErrNoRows) {
		t.Fatal(err)
	}
	return out.String
}

// TestStatementsOfPostgres has PostgreSQL compile every statement of the store.
func TestStatementsOfPostgres(t *testing.T) {
	t.Parallel()
	address := storetest.Postgres(t)
	open(t, address, "")
	db, err := sqlx.Open("pgx", address+"?search_path=diet")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, name := range slices.Concat(sqlfile.Names("store"), []string{"query/schema_file_list", "query/schema_file_put"}) {
		if ofFile.MatchString(name) {
			continue
		}
		if err := compiles(t, db, sqlfile.Standard().Postgres(name).Text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// compiles has a server compile a statement.
func compiles(t *testing.T, db *sqlx.DB, text string) error {
	for strings.HasPrefix(text, "--") { // a comment, in which a colon names nothing
		_, text, _ = strings.Cut(text, "\n")
	}
	values := map[string]any{}
	for _, m := range name.FindAllStringSubmatch(text, -1) {
		values[m[1]] = ""
	}
	text, _, err := sqlx.Named(text, values)
	if err != nil {
		return err
	}
	st, err := db.PrepareContext(t.Context(), db.Rebind(text))
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	return nil
}

// ofFile are the statements that only a file is asked.
var ofFile = regexp.MustCompile(`^store/(takeover_|table_|references_off$|compact$)`)

// name is how a statement names a value.
var name = regexp.MustCompile(`:([a-z_]+)`)

// TestMigratedAtOnce has many open a new store at the same time.
func TestMigratedAtOnce(t *testing.T) {
	t.Parallel()
	stores(t, func(t *testing.T, where string) {
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				s, err := store.Open(t.Context(), where, "")
				if err != nil {
					t.Error(err)
					return
				}
				_ = s.Close()
			})
		}
		all.Wait()
	})
}

// TestDecideAtOnce has several replace the decisions of a plan, in other orders.
func TestDecideAtOnce(t *testing.T) {
	t.Parallel()
	stores(t, func(t *testing.T, where string) {
		var decisions []store.Decision
		for n := range 300 {
			decisions = append(decisions, store.Decision{NetBox: here, Plan: "web", Kind: "device", Object: fmt.Sprint(n), Message: "a\x00b\xff"})
		}
		var all sync.WaitGroup
		for n := range 4 {
			s, mine := open(t, where, ""), slices.Clone(decisions)
			if n%2 == 1 {
				slices.Reverse(mine)
			}
			all.Go(func() {
				for range 5 {
					if err := s.Decide(t.Context(), here, "web", mine); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if got := loaded(t, open(t, where, ""), "SELECT count(*) FROM decision"); got != "300" {
			t.Errorf("%s decisions are left", got)
		}
	})
}

// TestSchemaOfItsOwn keeps diet's tables apart from others' in the same database, and in the
// schema that the address names.
func TestSchemaOfItsOwn(t *testing.T) {
	t.Parallel()
	address := storetest.Postgres(t)
	ask(t, address, "CREATE TABLE run (whose text)")
	ask(t, address, "CREATE SCHEMA other")
	for schema, where := range map[string]string{"diet": address, "other": address + "?search_path=other"} {
		s := open(t, where, "")
		if err := s.Begin(t.Context(), store.Run{ID: "run-1", NetBox: here, Plan: schema, StartedAt: "1"}); err != nil {
			t.Fatal(err)
		}
		if got := ask(t, address, "SELECT plan FROM "+schema+".run"); got != schema {
			t.Errorf("the run in %s is of %q", schema, got)
		}
	}
	if got := ask(t, address, "SELECT count(*) FROM public.run"); got != "0" {
		t.Errorf("%s rows in somebody else's table", got)
	}
}

// TestNewerServer refuses a store that a newer diet has changed, and says so.
func TestNewerServer(t *testing.T) {
	t.Parallel()
	address := storetest.Postgres(t)
	_ = open(t, address, "").Close()
	ask(t, address, "INSERT INTO diet.schema_file VALUES ('schema/9999_future', '')")
	_, err := store.Open(t.Context(), address, "")
	if newer := (*store.NewerError)(nil); !errors.As(err, &newer) || !strings.Contains(err.Error(), "newer diet") {
		t.Errorf("a newer store: %v", err)
	}
}

// TestPasswordIsNowhere has no message show a password, whatever is wrong with an address.
func TestPasswordIsNowhere(t *testing.T) {
	t.Parallel()
	right, err := url.Parse(storetest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	const secret = "open-sesame"
	wrong := *right
	wrong.User = url.UserPassword("diet", secret)
	elsewhere := *right
	elsewhere.User, elsewhere.Host = url.UserPassword("diet", secret), "127.0.0.1:1"
	for name, address := range map[string]string{
		"a wrong one":           wrong.String(),
		"in a parameter":        "postgres://" + right.Host + "/postgres?user=diet&password=" + secret,
		"out of reach":          elsewhere.String(),
		"no host like that":     "postgres://diet:" + secret + "@nosuch.invalid/diet",
		"an unreadable address": "postgres://diet:" + secret + "@host:port/diet",
		"an escape cut short":   "postgres://diet:" + secret + "%@host/diet",
		"a wrong parameter":     "postgres://diet:" + secret + "@host/diet?sslmode=whatever&password=" + secret,
		"a misspelt scheme":     "postgress://diet:" + secret + "@host/diet",
	} {
		_, err := store.Open(t.Context(), address, "")
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(store.Shown(address), secret) {
			t.Errorf("%s is shown as %s", name, store.Shown(address))
		}
	}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.Contains(e.Name(), "postgres:") {
			t.Errorf("an address was taken for a file: %s", e.Name())
		}
	}
}

// TestWords offers ids from a store that is there, and makes none.
func TestWords(t *testing.T) {
	t.Parallel()
	stores(t, func(t *testing.T, where string) {
		if got := store.Words(t.Context(), where, "store/word_run"); got != nil {
			t.Errorf("an empty store offers %q", got)
		}
		s := open(t, where, "")
		if err := s.Begin(t.Context(), store.Run{ID: "run-1", NetBox: here, Plan: "web", StartedAt: "1"}); err != nil {
			t.Fatal(err)
		}
		if got := store.Words(t.Context(), where, "store/word_run"); !slices.Equal(got, []string{"run-1"}) {
			t.Errorf("it offers %q", got)
		}
	})
}
