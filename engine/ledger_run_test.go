package engine_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/policy"
)

// TestRunsAreLogged has each apply add what it decided to the decision log and to the store, under the
// run, whether it was previewed before, writes anything or not.
func TestRunsAreLogged(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	var log bytes.Buffer
	eng := w.later(0, engine.Keep{}, &log)
	plan := w.plan("one", 2)
	applied := func(want int, opt engine.ApplyOptions) {
		t.Helper()
		log.Reset()
		if _, _, err := eng.Apply(t.Context(), plan, opt); err != nil {
			t.Fatal(err)
		}
		runs, err := eng.Runs(t.Context(), "web", 1)
		if err != nil {
			t.Fatal(err)
		}
		lines, written := 0, 0
		for line := range strings.Lines(log.String()) {
			var entry policy.Entry
			if err := json.Unmarshal([]byte(line), &entry); err != nil {
				t.Fatal(err)
			}
			if lines++; entry.Labels["run"] != runs[0].ID || entry.Labels["preview"] == "" ||
				opt.Preview != nil && entry.Labels["preview"] != opt.Preview.ID {
				t.Errorf("%v, want those of %+v", entry.Labels, runs[0])
			}
			if entry.Result["decision"] == "apply" {
				written++
			}
		}
		kept, err := eng.InputsOf(t.Context(), runs[0].ID)
		if err != nil || len(kept) != lines || lines == 0 || written < want {
			t.Errorf("%d lines, %d of them applied, want %d; %d kept, %v", lines, written, want, len(kept), err)
		}
	}
	applied(3, engine.ApplyOptions{})
	applied(0, engine.ApplyOptions{})
	plan = w.plan("two", 3)
	p, err := eng.Preview(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	applied(3, engine.ApplyOptions{Preview: p})
	w.law(plan)
}
