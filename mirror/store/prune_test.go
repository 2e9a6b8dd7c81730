package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/mirror/store"
)

// TestPrune removes what is old, and nothing that something needs.
func TestPrune(t *testing.T) {
	t.Parallel()
	stores(t, prunes)
}

func prunes(t *testing.T, where string) {
	s, ctx := open(t, where, ""), t.Context()
	must := func(errs ...error) {
		t.Helper()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
	}
	preview := func(id, netbox, at, document string) {
		p := store.Preview{
			ID: id, NetBox: netbox, Plan: "web", CreatedAt: at, Document: document, Rows: map[string][]string{"changes": {"1", "2"}},
		}
		decided := store.Situation{Preview: id, NetBox: netbox, Plan: "web", CreatedAt: at, Decisions: []byte{1}}
		must(s.KeepPreview(ctx, p), s.KeepSituation(ctx, decided, 50))
	}
	run := func(id, netbox, of, at, status string, answered ...string) {
		must(s.Begin(ctx, store.Run{ID: id, NetBox: netbox, Plan: "web", Preview: of, StartedAt: at}))
		for n, outcome := range answered {
			request := fmt.Sprint("of-", id, "-", n)
			r := store.Request{Run: id, Seq: int64(n + 1), Method: "POST", Kind: "device", Objects: "[]", Payload: "[]", Inverse: "[]"}
			must(s.Sent(ctx, r))
			if outcome != "sent" {
				r.DoneAt, r.Status, r.RequestID = at, outcome, &request
				must(s.Answered(ctx, r))
			}
		}
		if status != "running" {
			must(s.End(ctx, store.Run{ID: id, FinishedAt: at, Status: status, Result: "{}"}))
		}
	}
	preview("pv-old", here, "2025-01-01", "{}")
	preview("pv-applied", here, "2025-01-02", "{}")
	preview("pv-approved", here, "2025-01-03", "{}")
	preview("pv-open", here, "2025-01-04", "{}")
	preview("pv-there", there, "2025-01-05", "{}")
	preview("pv-young", here, "2026-01-01", "{}")
	preview("pv-back", here, "2026-01-02", `{"rollback_of":"run-undone"}`)
	must(
		s.Approve(ctx, store.Approval{Preview: "pv-applied", Signer: "a", Document: "{}"}),
		s.Approve(ctx, store.Approval{Preview: "pv-approved", Signer: "a", Document: "{}"}),
	)
	run("run-old", here, "pv-applied", "2025-01-01", "done", "done", "failed")
	run("run-held", here, "", "2025-01-02", "done", "done")
	run("run-undone", here, "", "2025-01-02", "done", "done")
	run("run-lost", here, "", "2025-01-03", "failed", "done", "sent")
	run("run-open", here, "pv-open", "2025-01-03", "running")
	run("run-there", there, "", "2025-01-04", "done", "done")
	run("run-last-failed", here, "", "2025-01-05", "failed", "done")
	run("run-last", here, "", "2025-01-06", "done", "done")
	run("run-idle", here, "", "2025-01-07", "done")

	p := store.Pruning{NetBox: here, Previews: "2025-06-01", Runs: "2025-06-01", Newest: 1, Keep: []string{"run-held"}, Dry: true}
	want := store.Pruned{Previews: []string{"pv-old", "pv-applied"}, Runs: []string{"run-old"}, Requests: 2}
	for _, dry := range []bool{true, false} {
		p.Dry = dry
		got, err := s.Prune(ctx, p)
		if err != nil || !slices.Equal(got.Previews, want.Previews) || !slices.Equal(got.Runs, want.Runs) || got.Requests != want.Requests {
			t.Fatalf("dry %v: pruned %+v, %v, want %+v", dry, got, err, want)
		}
	}
	if again, err := s.Prune(ctx, p); err != nil || len(again.Previews)+len(again.Runs) > 0 {
		t.Errorf("again: %+v, %v", again, err)
	}
	if none, err := s.Prune(ctx, store.Pruning{NetBox: here}); err != nil || len(none.Previews)+len(none.Runs) > 0 {
		t.Errorf("with everything kept: %+v, %v", none, err)
	}
	must(s.Compact(ctx))
	if _, err := s.Preview(ctx, here, "pv-old"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("pv-old: %v", err)
	}
	if _, _, err := s.Run(ctx, "run-old"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("run-old: %v", err)
	}
	if got, err := s.Approvals(ctx, "pv-approved"); err != nil || len(got) != 1 {
		t.Errorf("approvals %q, %v", got, err)
	}
	if got, err := s.Open(ctx, here, "web"); err != nil || len(got) != 1 || got[0].Run != "run-lost" {
		t.Errorf("open %+v, %v", got, err)
	}
	if got := loaded(t, s, "SELECT count(*) || ' ' || count(DISTINCT preview) FROM preview_row"); got != "10 5" {
		t.Errorf("rows of previews: %s", got)
	}
	if got := loaded(t, s, "SELECT group_concat(preview, ' ' ORDER BY preview) FROM situation"); strings.Contains(got, "pv-old") {
		t.Errorf("situations of %s", got)
	}
	// What diet changed stays diet's.
	got, err := s.Requests(ctx, here)
	if err != nil || len(got) != 7 || !slices.Contains(got, "of-run-old-0") || slices.Contains(got, "of-run-there-0") {
		t.Errorf("requests %q, %v", got, err)
	}
}

// TestSituations keeps those of the newest previews of a plan.
func TestSituations(t *testing.T) {
	t.Parallel()
	stores(t, func(t *testing.T, where string) {
		s, ctx := open(t, where, ""), t.Context()
		for n := range 5 {
			one := store.Situation{
				Preview: fmt.Sprint("pv-", n), NetBox: here, Plan: "web", CreatedAt: fmt.Sprint(n), Decisions: []byte{0, 255, 7}, LeftOut: n,
			}
			if err := s.KeepSituation(ctx, one, 2); err != nil {
				t.Fatal(err)
			}
		}
		got, err := s.Situations(ctx, here, "web", "", 10)
		if err != nil || len(got) != 2 || got[0].Preview != "pv-4" || got[0].LeftOut != 4 || !slices.Equal(got[1].Decisions, []byte{0, 255, 7}) {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}
