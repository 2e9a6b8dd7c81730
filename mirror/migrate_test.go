package mirror

import (
	"flag"
	"os"
	"regexp"
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
	holds(t, "readingDigest", readingDigest, digest(reading))
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
