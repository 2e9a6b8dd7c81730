package engine_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
)

// TestQueriesAreBoundedInMemory runs what SQLite makes larger than its own limits before it looks at them. It is alone,
// as it watches the process.
func TestQueriesAreBoundedInMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the system does not tell how much memory a process has")
	}
	w := setup(t, "4.6")
	w.sync()
	const many = " FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000) SELECT i FROM n)"
	for query, want := range map[string]string{
		"SELECT json_group_array(hex(zeroblob(1000000)))" + many: "more than 512 MB of memory",
		"SELECT group_concat(hex(zeroblob(1000000)))" + many:     "too big",
	} {
		_, _, err := w.eng.BoundedQuery(t.Context(), query, engine.Bounds{Rows: 10, Bytes: 128 << 20})
		var wrong *engine.QueryError
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", query, err)
		}
	}
}
