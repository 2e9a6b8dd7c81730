package engine_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/mirror/sandbox"
)

// forever is more often than any run asks.
const forever = 1 << 30

// TestNetBoxKeepsFailing has NetBox fail with every request of one endpoint, or about one object:
// a run tries a few times, tells what it could not write and why, writes the rest, and ends; the
// next one finishes. Nothing is made twice.
func TestNetBoxKeepsFailing(t *testing.T) {
	t.Parallel()
	const boom = `{"error": "boom", "exception": "TypeError", "netbox_version": "", "python_version": ""}`
	const page = "<html><title>Server Error (500)</title></html>"
	fails := func(body, endpoint, about string) sandbox.Fault {
		return sandbox.Fault{Method: http.MethodPost, Status: 500, Body: body, PathPrefix: "/api/dcim/" + endpoint + "/", BodyContains: about}
	}
	gone := sandbox.Fault{Method: http.MethodPost, Status: 500, Body: boom, AfterCommit: true, PathPrefix: "/api/dcim/"}
	for name, tt := range map[string]struct {
		fault      sandbox.Fault
		fails      string // the kind that cannot be written, "" for none
		failed     int
		most       int // requests to that endpoint
		notWritten bool
	}{
		"every cable":            {fails(boom, "cables", ""), "cable", 16, 60, true},
		"every cable, as a page": {fails(page, "cables", ""), "cable", 16, 60, true},
		"one device":             {fails(boom, "devices", "web/web[7]"), "device", 1, 20, false},
		"after each commit":      {gone, "", 0, 99, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			plan := w.plan("one", 8)
			w.openWaiting(time.Second)
			tt.fault.Times = forever
			w.server.FailNext(tt.fault)
			w.server.ResetRequests()
			result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if len(result.Failed) != tt.failed {
				t.Errorf("%d failed: %+v", len(result.Failed), result.Errors)
			}
			for _, f := range result.Errors {
				if f.Kind != tt.fails || !strings.Contains(f.Error, "500") {
					t.Errorf("failed: %+v", f)
				}
			}
			n := 0
			for _, r := range w.written() {
				if strings.HasPrefix(r, tt.fault.Method+" "+tt.fault.PathPrefix) {
					n++
				}
			}
			if n > tt.most {
				t.Errorf("%d requests", n)
			}
			if made := created(result, "device"); tt.notWritten && made < 8 {
				t.Errorf("%d devices were made", made)
			}
			w.server.ResetFaults()
			w.apply(plan)
			w.settled(plan)
			w.unique()
		})
	}
}

// created counts what a run made of a kind.
func created(r *apply.Result, kind string) int {
	n := 0
	for _, o := range r.Created {
		if o.Kind == kind {
			n++
		}
	}
	return n
}
