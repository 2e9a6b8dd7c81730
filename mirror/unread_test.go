package mirror_test

import (
	"strings"
	"testing"

	"github.com/diet-project/diet/mirror/mirrortest"
)

// TestTextAlone holds that what is nested in an object moves nothing but the hash of its text, and
// that another type of a custom field has the same text read again.
func TestTextAlone(t *testing.T) {
	t.Parallel()
	db := mirrortest.Open(t)
	kind := db.Kinds().Must("rack")
	page := `{"results": [{"id": 1, "name": "r", "site": {"id": 2, "name": "old"}, "tags": [], "status": {"value": "active"},
		"custom_fields": {"cost": {"id": 7, "url": "x", "display": "y"}}}]}`
	ingest := func(page string, want int) (row, text string) {
		t.Helper()
		if n, err := db.Ingest(t.Context(), db.SQL(), kind, []byte(page)); err != nil || n != want {
			t.Fatalf("%d rows written, want %d: %v", n, want, err)
		}
		return mirrortest.Dump(t, db, "SELECT hash, custom_fields FROM rack"), mirrortest.Dump(t, db, "SELECT text_hash FROM rack")
	}
	row, text := ingest(page, 1)
	if again, same := ingest(page, 0); again != row || same != text {
		t.Errorf("the same page made %s and %s of %s and %s", again, same, row, text)
	}
	renamed := strings.Replace(page, "old", "new", 1)
	after, moved := ingest(renamed, 0)
	if after != row || moved == text {
		t.Errorf("another name of its site made %s and %s of %s and %s", after, moved, row, text)
	}
	if _, same := ingest(renamed, 0); same != moved {
		t.Errorf("the same text has the hash %s, and had %s", same, moved)
	}
	mirrortest.Seed(t, db, "custom_field", map[string]any{"id": 1, "name": "cost", "type": map[string]any{"value": "json"},
		"object_types": []any{}, "required": false})
	if after, _ := ingest(renamed, 1); !strings.Contains(after, "display") {
		t.Errorf("a JSON field was read as %s", after)
	}
}
