package job_test

import (
	"testing"
	"time"

	"github.com/diet-project/diet/engine/serve/job"
)

// TestSessions keeps sessions for all processes that share the jobs, until they end.
func TestSessions(t *testing.T) {
	t.Parallel()
	for name, shared := range map[string]bool{"file": false, "PostgreSQL": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if shared {
				w.share()
			}
			now := time.Now()
			clock := func(cfg *job.Config) { cfg.Now = func() time.Time { return now } }
			one, other := w.runner(clock).Sessions(), w.runner(clock).Sessions()
			finds := func(s *job.Sessions, want string) {
				t.Helper()
				data, found, err := s.Find("a session")
				if err != nil || string(data) != want || found != (want != "") {
					t.Errorf("got %q %t %v, want %q", data, found, err, want)
				}
			}
			finds(one, "")
			for _, data := range []string{"alice", "alice, with a note"} {
				if err := one.Commit("a session", []byte(data), now.Add(time.Hour)); err != nil {
					t.Fatal(err)
				}
				finds(other, data)
			}
			if err := one.Commit("a session", []byte("alice"), now.Add(2*time.Hour)); err != nil { // she has looked again
				t.Fatal(err)
			}
			now = now.Add(90 * time.Minute)
			finds(other, "alice")
			now = now.Add(time.Hour)
			finds(other, "")
			if err := other.Commit("a session", []byte("bob"), now.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			if err := one.Delete("a session"); err != nil {
				t.Fatal(err)
			}
			finds(other, "")
			key, err := one.Key(t.Context(), "form")
			again, failed := other.Key(t.Context(), "form")
			if err != nil || failed != nil || len(key) < 16 || string(key) != string(again) {
				t.Errorf("the keys are %d bytes and others: %v %v", len(key), err, failed)
			}
		})
	}
}
