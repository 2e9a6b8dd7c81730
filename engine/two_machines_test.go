package engine_test

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/lease"
	"github.com/diet-project/diet/mirror/sandbox"
)

// TestTwoMachinesAmongFaults has two machines, each with a mirror and a store of its own, apply
// one plan at once while NetBox fails: whoever comes first, one of them works at a time, nothing
// is made twice, and the next run finds the plan done or completes it.
func TestTwoMachinesAmongFaults(t *testing.T) {
	t.Parallel()
	const page = "<html><title>Oops</title></html>"
	made := func(f sandbox.Fault) sandbox.Fault {
		f.Method = http.MethodPost
		if f.PathPrefix == "" {
			f.PathPrefix, f.Times = "/api/dcim/", 3
		}
		return f
	}
	for name, fault := range map[string]sandbox.Fault{
		"none":                            {Times: -1},
		"deadlock":                        sandbox.Deadlock(http.MethodPost, "/api/dcim/devices/"),
		"502 after a commit":              made(sandbox.Fault{Status: 502, Body: page, AfterCommit: true}),
		"a connection cut after a commit": made(sandbox.Fault{CloseConn: true, AfterCommit: true}),
		"half an answer":                  made(sandbox.Fault{Status: 201, Body: `[{"id": 1, "na`, AfterCommit: true}),
		"a lease whose answer is lost":    made(sandbox.Fault{PathPrefix: "/api/extras/tags/", CloseConn: true, AfterCommit: true}),
		"a lease that fails":              made(sandbox.Fault{PathPrefix: "/api/extras/tags/", Status: 500, Body: page}),
		"NetBox restarts":                 {Status: 502, Body: page, Times: 4},
	} {
		for _, version := range []string{"4.4", "4.7"} {
			t.Run(name+", "+version, func(t *testing.T) {
				t.Parallel()
				w := setup(t, version)
				plan := w.plan("one", 4)
				machines := make([]*engine.Engine, 2)
				for i := range machines {
					eng, err := engine.New(t.Context(), engine.Config{
						URL: w.url, Token: token, Mirror: filepath.Join(w.dir, fmt.Sprint("machine", i, ".db")), Host: fmt.Sprint("machine-", i),
						Version: "test", Batch: 3, Wait: time.Second,
					})
					if err != nil {
						t.Fatal(err)
					}
					t.Cleanup(func() { _ = eng.Close() })
					machines[i] = eng
				}
				if fault.Times >= 0 {
					w.server.FailNext(fault)
				}
				var both sync.WaitGroup
				for _, eng := range machines {
					both.Go(func() {
						_, _, err := eng.Apply(t.Context(), plan, engine.ApplyOptions{})
						var held *lease.HeldError
						if err != nil && !errors.As(err, &held) {
							t.Logf("one of them: %v", err)
						}
					})
				}
				both.Wait()
				w.server.ResetFaults()
				w.expire() // a lease that could not be given back
				w.openWaiting(time.Second)
				w.apply(plan)
				w.unique()
				w.law(plan)
			})
		}
	}
}
