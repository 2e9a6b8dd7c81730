package mirror

import (
	"flag"
	"os"
	"regexp"
	"testing"

	sqlfile "github.com/diet-project/diet/sql"
)

// TestStandardDigest holds the digest that the program carries against the texts. With -update,
// it is written anew.
func TestStandardDigest(t *testing.T) {
	t.Parallel()
	want := digest(cacheTexts(sqlfile.Standard()))
	if want == standardDigest {
		return
	}
	if flag.Lookup("update").Value.String() != "true" {
		t.Fatalf("the tables or views changed: run go generate ./mirror (digest %s, want %s)", standardDigest, want)
	}
	const file = "migrate_digest.go"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text = regexp.MustCompile(`(?m)^(const standardDigest = ).*`).ReplaceAll(text, []byte(`${1}"`+want+`"`))
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
