package mirror_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/mirror/mirrortest"
	sqlfile "github.com/diet-project/diet/sql"
)

// TestViewsAreDocumented holds docs/sql.md against the views: those that it lists,
// with their columns in order, and no others.
func TestViewsAreDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/sql.md")
	if err != nil {
		t.Fatal(err)
	}
	db := mirrortest.Open(t)
	var documented []string
	word := regexp.MustCompile("`([a-z_]+)`")
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || !word.MatchString(cells[1]) {
			continue
		}
		view := word.FindStringSubmatch(cells[1])[1]
		documented = append(documented, view)
		var want []string
		for _, m := range word.FindAllStringSubmatch(cells[3], -1) {
			want = append(want, m[1])
		}
		rows, err := db.SQL().QueryxContext(t.Context(), "SELECT * FROM "+view+" LIMIT 0")
		if err != nil {
			t.Errorf("%s: %v", view, err)
			continue
		}
		got, err := rows.Columns()
		_ = rows.Close()
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s has the columns %v, documented are %v (%v)", view, got, want, err)
		}
	}
	if !slices.Equal(documented, sqlfile.Views()) {
		t.Errorf("documented are %v, offered %v", documented, sqlfile.Views())
	}
}
