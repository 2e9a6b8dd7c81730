package engine_test

import (
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/mirror/sandbox"
)

// openLarge is open with requests as large as in use.
func (w *world) openLarge() {
	w.Helper()
	eng, err := engine.New(w.Context(), engine.Config{
		URL: w.url, Token: token, Mirror: filepath.Join(w.dir, "large.db"), Version: "test", Wait: 50 * time.Millisecond,
	})
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { _ = eng.Close() })
	w.eng = eng
}

// TestBears applies to servers that cannot bear requests as they are sent at first: one
// run completes the plan, nothing is made twice, and the requests stay few.
func TestBears(t *testing.T) {
	t.Parallel()
	const gateway = "<html>gateway</html>"
	after := http.Header{"Retry-After": {"1"}}
	above := func(f sandbox.Fault) sandbox.Fault {
		f.MoreThan, f.Times = 5, 1000
		return f
	}
	moment := func(status int) sandbox.Fault {
		return sandbox.Fault{Method: http.MethodPost, Status: status, Header: after, Body: gateway, Times: 4}
	}
	once := sandbox.Fault{Method: http.MethodPost, PathPrefix: "/api/dcim/devices", Status: http.StatusBadGateway, AfterCommit: true}
	for name, tt := range map[string]struct {
		version string
		fault   sandbox.Fault
		most    int // writes
	}{
		"gives no answer above 5 objects":          {"4.6", above(sandbox.Fault{Status: 504, Body: gateway}), 80},
		"gives none above 5, and carries it out":   {"4.4", above(sandbox.Fault{Status: 504, Body: gateway, AfterCommit: true}), 60},
		"cuts the connection above 5":              {"4.7", above(sandbox.Fault{CloseConn: true}), 80},
		"has too many requests for a moment":       {"4.6", moment(http.StatusTooManyRequests), 40},
		"is not there for a moment":                {"4.6", moment(http.StatusServiceUnavailable), 40},
		"loses an answer, and carries it out":      {"4.2", once, 40},
		"takes its time for each object of a list": {"4.6", sandbox.Fault{PerObject: time.Millisecond, Times: 1000}, 40},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, tt.version)
			plan := w.plan("one", 8)
			w.openLarge()
			w.server.ResetRequests()
			w.server.FailNext(tt.fault)
			w.apply(plan)
			if got := w.written(); len(got) > tt.most {
				t.Errorf("%d writes", len(got))
			}
			w.server.ResetFaults()
			w.settled(plan)
		})
	}
}
