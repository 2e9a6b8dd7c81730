package engine_test

import (
	"path/filepath"
	"testing"

	"github.com/diet-project/diet/mirror"
)

// An apply of diet's own leaves the desired side that the last diff made: the next diff looks
// only at what was written.
func TestApplyKeepsDesired(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 3))
	w.law(w.plan("one", 3))
	db, err := mirror.OpenFile(t.Context(), filepath.Join(w.dir, "mirror.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	// The table hand is written by those diffs that make everything anew.
	if _, err := db.Exec("INSERT INTO hand (user) VALUES ('left as it was')"); err != nil {
		t.Fatal(err)
	}
	for _, plan := range []struct {
		description string
		servers     int
	}{{"two", 3}, {"two", 5}} {
		w.apply(w.plan(plan.description, plan.servers))
		w.law(w.plan(plan.description, plan.servers))
		var left bool
		if err := db.Get(&left, "SELECT EXISTS (SELECT 1 FROM hand WHERE user = 'left as it was')"); err != nil {
			t.Fatal(err)
		}
		if !left {
			t.Errorf("%+v: everything was made anew", plan)
		}
	}
}
