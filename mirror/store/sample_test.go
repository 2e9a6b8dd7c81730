package store_test

import (
	"testing"

	"github.com/diet-project/diet/mirror/store"
)

// TestSamples lists the newest in order of time, and drops those that are too old but never
// the last one.
func TestSamples(t *testing.T) {
	t.Parallel()
	stores(t, keepsSamples)
}

func keepsSamples(t *testing.T, where string) {
	s, ctx := open(t, where, ""), t.Context()
	for _, at := range []string{"2026-01-01", "2026-01-02", "2026-01-03", "2026-01-03"} {
		if err := s.KeepSample(ctx, store.Sample{NetBox: here, Plan: "web", At: at, Status: "in_sync", Objects: 7, Accepted: 1}, ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.KeepSample(ctx, store.Sample{NetBox: there, Plan: "web", At: "2026-01-02", Status: "ahead"}, ""); err != nil {
		t.Fatal(err)
	}
	got, err := s.Samples(ctx, here, "web", "2026-01-01", 2)
	if err != nil || len(got) != 2 || got[0].At != "2026-01-02" || got[1].At != "2026-01-03" || got[1].Objects != 7 || got[1].Accepted != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := s.KeepSample(ctx, store.Sample{NetBox: here, Plan: "web", At: "2026-01-04", Status: "in_sync"}, "2026-02-01"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Samples(ctx, here, "web", "", 100); err != nil || len(got) != 1 || got[0].At != "2026-01-04" {
		t.Errorf("kept %+v, %v", got, err)
	}
	if got, err := s.Samples(ctx, there, "web", "", 100); err != nil || len(got) != 1 {
		t.Errorf("of another NetBox: %+v, %v", got, err)
	}
}

// TestNotices keeps what was said while what stands moves on.
func TestNotices(t *testing.T) {
	t.Parallel()
	stores(t, keepsNotices)
}

func keepsNotices(t *testing.T, where string) {
	s, ctx := open(t, where, ""), t.Context()
	one := store.Notice{NetBox: here, Rule: "ops", Plan: "web", Topic: "drift", Standing: `{"a":"x"}`}
	told := one
	told.Said, told.SaidAt = one.Standing, "2026-01-01"
	later := one
	later.Standing = `{"b":"y"}`
	for _, err := range []error{
		s.Stand(ctx, []store.Notice{one}), s.Say(ctx, []store.Notice{told}), s.Stand(ctx, []store.Notice{later}),
		s.Schedule(ctx, store.Scheduled{NetBox: here, Plan: "web", Task: "check", At: "1"}),
		s.Schedule(ctx, store.Scheduled{NetBox: here, Plan: "web", Task: "check", At: "2"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := told
	want.Standing = later.Standing
	if got, err := s.Notices(ctx, here, "ops"); err != nil || len(got) != 1 || got[0] != want {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := s.Notices(ctx, here, "other"); err != nil || len(got) != 0 {
		t.Errorf("of another rule: %+v, %v", got, err)
	}
	if got, err := s.Schedules(ctx, here); err != nil || len(got) != 1 || got[0].At != "2" {
		t.Errorf("scheduled %+v, %v", got, err)
	}
}
