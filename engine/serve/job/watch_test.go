package job_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine/serve/job"
)

// TestChanged checks a plan whose file changes.
func TestChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.runner(func(cfg *job.Config) { cfg.Poll = time.Millisecond })
	events, undo := r.Subscribe()
	defer undo()
	w.start(r)
	w.write(strings.Replace(small, "count: 3", "count: 4", 1))
	if o := w.ended(events); o.Kind != job.KindCheck || o.Plan != "web" || o.Result != job.Done {
		t.Errorf("got %+v", o)
	}
}

// TestGoneFile tells of a plan that no file has any more while NetBox has objects of it, once, and that
// it is back; its metrics have an end.
func TestGoneFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n, told := failures(t, nil)
	r := w.runner(func(cfg *job.Config) {
		cfg.Notifier, cfg.Retry, cfg.Poll = n, time.Millisecond, time.Millisecond
		cfg.Plans = func() []job.Plan {
			return slices.DeleteFunc(w.plans(), func(p job.Plan) bool { return p.Revision == "" })
		}
	})
	w.start(r)
	if o := w.play(r, job.ApplyArgs{Plan: "web"}); o.Result != job.Done {
		t.Fatalf("got %+v", o)
	}
	events, undo := r.Subscribe()
	defer undo()
	w.write("")
	if o := w.endedOf(events, job.KindCheck); !o.Gone || o.Result != job.Cancelled {
		t.Errorf("got %+v", o)
	}
	if text := <-told; !strings.Contains(text, "no file has this plan any more, and ") {
		t.Errorf("told %q", text)
	}
	w.write(small)
	if o := w.endedOf(events, job.KindCheck); o.Result != job.Done {
		t.Errorf("got %+v", o)
	}
	if text := <-told; !strings.Contains(text, "works again") {
		t.Errorf("told %q", text)
	}
}
