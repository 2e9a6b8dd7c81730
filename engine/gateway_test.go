package engine_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/mirror/sandbox"
)

// TestNetBoxFails plays the ways in which NetBox, and what stands before it, fail: a run
// completes the plan, or stops with a word that helps, and the next one completes it.
func TestNetBoxFails(t *testing.T) {
	t.Parallel()
	const page = "<html><title>Oops</title></html>"
	devices := func(f sandbox.Fault) sandbox.Fault {
		f.Method, f.PathPrefix = http.MethodPost, "/api/dcim/devices/"
		return f
	}
	list := sandbox.Fault{Method: http.MethodGet, PathPrefix: "/api/dcim/devices/", Status: http.StatusOK, Body: page}
	to := http.Header{"Location": {"https://elsewhere.example/api/dcim/devices/"}}
	for name, tt := range map[string]struct {
		fault sandbox.Fault
		says  string // where it stops
	}{
		"deadlock":                        {sandbox.Deadlock(http.MethodPost, "/api/dcim/devices/"), ""},
		"502 after the commit":            {devices(sandbox.Fault{Status: 502, Body: page, AfterCommit: true}), ""},
		"504 after the commit":            {devices(sandbox.Fault{Status: 504, Body: page, AfterCommit: true}), ""},
		"504 and nothing done":            {devices(sandbox.Fault{Status: 504, Body: page}), ""},
		"connection cut after the commit": {devices(sandbox.Fault{CloseConn: true, AfterCommit: true}), ""},
		"connection cut, nothing done":    {devices(sandbox.Fault{CloseConn: true}), ""},
		"an HTML page for a 500":          {devices(sandbox.Fault{Status: 500, Body: page}), ""},
		"an HTML page for a 200":          {devices(sandbox.Fault{Status: 201, Body: page, AfterCommit: true}), ""},
		"half an answer":                  {devices(sandbox.Fault{Status: 201, Body: `[{"id": 1, "na`, AfterCommit: true}), ""},
		"a redirect":                      {devices(sandbox.Fault{Status: 301, Header: to, Times: 99}), "redirected to https://elsewhere"},
		"NetBox restarts":                 {sandbox.Fault{Status: 502, Body: page, Times: 3}, ""},
		"NetBox is gone":                  {sandbox.Fault{PathPrefix: "/api/dcim/", Status: 503, Body: page, Times: 9999}, "503"},
		"an HTML page for a list":         {list, "not a page"},
		"no rights any more":              {denied(`{"detail": "You do not have permission to perform this action."}`), "permission"},
		"the token is deleted":            {denied(`{"detail": "Invalid token"}`), "Invalid token"},
	} {
		for _, version := range []string{"4.4", "4.7"} {
			t.Run(name+", "+version, func(t *testing.T) {
				t.Parallel()
				w := setup(t, version)
				plan := w.plan("one", 3)
				if tt.says == "" {
					w.openWaiting(time.Second)
				}
				w.server.FailNext(tt.fault)
				result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
				said := ""
				if err != nil {
					said = err.Error()
				}
				if result != nil {
					for _, f := range result.Errors {
						said += "; " + f.Error
					}
				}
				if tt.says == "" && said != "" || !strings.Contains(said, tt.says) || strings.Contains(said, "<html>") {
					t.Errorf("it says %q, want %q", said, tt.says)
				}
				w.server.ResetFaults()
				w.apply(plan)
				w.settled(plan)
			})
		}
	}
}

// denied refuses whatever is made, with a text.
func denied(body string) sandbox.Fault {
	return sandbox.Fault{Method: http.MethodPost, PathPrefix: "/api/dcim/", Status: http.StatusForbidden, Body: body, Times: 99}
}

// TestClocks has NetBox's clock be hours ahead of this machine's, or behind: a run, growth, a
// deletion, and a person's edit come out as with clocks that agree.
func TestClocks(t *testing.T) {
	t.Parallel()
	for name, off := range map[string]time.Duration{"ahead": 26 * time.Hour, "behind": -26 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.clock.Add(int64(off))
			w.apply(w.plan("one", 3))
			w.law(w.plan("one", 3))
			w.edit("devices", "web/web[1]", `{"description": "hers"}`)
			plan := w.plan("two", 4)
			w.apply(plan)
			if got := w.object("devices", "web/web[1]")["description"]; got != "hers" {
				t.Errorf("description %v, want hers", got)
			}
			w.law(plan)
			w.apply(w.plan("two", 2))
			w.open("another.db")
			w.law(w.plan("two", 2))
			w.unique()
		})
	}
}
