package mirror

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	sqlfile "github.com/diet-project/diet/sql"
)

// TestStandardDigest holds the digests that the program carries against what they are of: the texts
// of the tables, and the source of what reads objects. With -update, they are written anew.
func TestStandardDigest(t *testing.T) {
	t.Parallel()
	var reading []string
	for _, file := range []string{"row.go", "value/split.go", "value/list.go", "value/encode.go", "value/instant.go", "value/value.go"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		reading = append(reading, string(text))
	}
	holds(t, "standardDigest", standardDigest, digest(cacheTexts(sqlfile.Standard())))
	holds(t, "standardParts", standardParts, newParts(t))
	holds(t, "readingDigest", readingDigest, digest(reading))
}

// newParts is how many parts a new mirror has.
func newParts(t *testing.T) string {
	t.Helper()
	db, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "mirror.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	n, err := pick[int](t.Context(), db.db, db.statements.Get("query/schema_count"))
	if err != nil {
		t.Fatal(err)
	}
	return strconv.Itoa(n[0])
}

func holds(t *testing.T, name, got, want string) {
	t.Helper()
	if want == got {
		return
	}
	if flag.Lookup("update").Value.String() != "true" {
		t.Fatalf("what %s is of changed: run go generate ./mirror (digest %s, want %s)", name, got, want)
	}
	const file = "migrate_digest.go"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text = regexp.MustCompile(`(?m)^(const `+name+` = ).*`).ReplaceAll(text, []byte(`${1}"`+want+`"`))
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
