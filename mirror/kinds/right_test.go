package kinds_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/diet-project/diet/mirror/kinds"
)

var update = flag.Bool("update", false, "rewrite the table of docs/rights.md")

const rightsHead = "| object type | actions | for |\n|---|---|---|\n"

// TestRightsAreDocumented holds the table of docs/rights.md against the registry.
func TestRightsAreDocumented(t *testing.T) {
	t.Parallel()
	const page = "../../docs/rights.md"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, have, found := strings.Cut(string(text), rightsHead)
	if !found {
		t.Fatalf("%s has no table that begins\n%s", page, rightsHead)
	}
	var want strings.Builder
	for _, r := range append(kinds.Standard().Rights(), kinds.Standard().LinkRights()...) {
		fmt.Fprintf(&want, "| `%s` | %s | %s |\n", r.ObjectType, strings.Join(r.Actions, ", "), r.Why)
	}
	switch {
	case *update:
		if err := os.WriteFile(page, []byte(before+rightsHead+want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	case have != want.String():
		t.Errorf("%s is stale: go test ./mirror/kinds -run Rights -update", page)
	}
}
