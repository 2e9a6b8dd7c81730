package engine_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
)

// TestBy names in NetBox's changelog on whose behalf a run writes; blame knows it for diet's all
// the same, and a request whose answer is lost is found by its message.
func TestBy(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.plan("one", 2)
	eng, err := engine.New(t.Context(), engine.Config{
		URL: w.url, Token: w.token, Mirror: filepath.Join(w.dir, "by.db"), Version: "test", Wait: 50 * time.Millisecond,
		By: "alice\x1b[31m " + strings.Repeat("long ", 40),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = eng.Close() })
	w.committed = true
	w.fail.Store(2)
	_, _, _ = eng.Apply(t.Context(), plan, engine.ApplyOptions{})
	w.fail.Store(-1)
	if _, _, err := eng.Apply(t.Context(), plan, engine.ApplyOptions{}); err != nil {
		t.Fatal(err)
	}
	w.eng = eng
	w.law(plan)
	w.unique()
	if actors := w.rows("SELECT DISTINCT a.actor FROM authored AS a WHERE a.message GLOB 'diet run-*'"); actors != "[[diet]]" {
		t.Errorf("blame says %s", actors)
	}
	if n := w.rows("SELECT count(*) FROM object_change WHERE message GLOB 'diet run-*/* by alice [[]31m long*'"); n == "[[0]]" {
		t.Error("no message names alice")
	}
}
