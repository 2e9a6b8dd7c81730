package apply_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/netbox"
)

// TestEveryWriteOnce fails each write of a run in turn, once, in every way in which
// a write can fail. What holds of any run is asserted by [attempt.run], and that the
// next run completes the plan by [attempt.finish].
func TestEveryWriteOnce(t *testing.T) {
	t.Parallel()
	for name, doom := range map[string]fate{
		"refused, 400":                       {err: refused(http.StatusBadRequest)},
		"refused, 409":                       {err: refused(http.StatusConflict)},
		"refused, 412":                       {err: refused(http.StatusPreconditionFailed)},
		"rolled back, 500":                   {err: refused(http.StatusInternalServerError)},
		"no answer, nothing written":         {err: lost()},
		"no answer, and it was written":      {err: lost(), commit: true},
		"no answer, and it is written later": {err: lost(), later: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(a *attempt, n int) { a.strike(n, doom) })
		})
	}
}

// TestLostAnswers loses the answer to each write in turn, of a server that goes on at once
// or restarts first: the run finds out what became of it and completes the plan itself.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	for name, doom := range map[string]fate{
		"nothing written":     {err: lost()},
		"it was written":      {err: lost(), commit: true},
		"it is written later": {err: lost(), later: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, s := range []settings{{1, true}, {1, false}, {4, true}} {
				for n := range writesOf(t, s) {
					a := begin(t)
					a.strike(n, doom)
					if s.parallel == 1 && doom.commit {
						a.readFate = a.restarts(2)
					}
					a.run(s)
					if left, _ := a.remaining(); a.err != nil || len(a.result.Failed)+len(a.result.Skipped)+len(left.Changes) > 0 {
						t.Errorf("write %d, %+v: %v, failed %+v, skipped %+v, left %d", n, s, a.err, a.result.Failed, a.result.Skipped, len(left.Changes))
					}
				}
			}
		})
	}
}

// TestTardyCommits loses the answer to each create in turn, which is carried out only when the
// run has waited long enough and sends it again: what is refused then is there.
func TestTardyCommits(t *testing.T) {
	t.Parallel()
	struck := 0
	for _, s := range []settings{{1, true}, {4, true}} {
		for n := range writesOf(t, s) {
			a := begin(t)
			a.wait = 20 * time.Millisecond
			a.destiny = func(c *call) fate {
				if c.n != n || c.method != http.MethodPost || len(unique[c.kind]) == 0 {
					return fate{}
				}
				struck++
				return fate{err: lost(), tardy: true}
			}
			a.run(s)
			if left, _ := a.remaining(); a.err != nil || len(a.result.Failed)+len(a.result.Skipped)+len(left.Changes) > 0 {
				t.Errorf("write %d, %+v: %v, failed %+v, skipped %+v, left %d", n, s, a.err, a.result.Failed, a.result.Skipped, len(left.Changes))
			}
		}
	}
	if struck == 0 {
		t.Error("no create was struck")
	}
}

// restarts has the first reads after an answer was lost fail.
func (a *attempt) restarts(reads int) func(string, int) error {
	return func(string, int) error {
		if reads == 0 || !slices.ContainsFunc(a.calls, func(c *call) bool { return c.unanswered }) {
			return nil
		}
		reads--
		return &netbox.Error{Method: http.MethodGet, Path: "dcim/x", Detail: "connection refused"}
	}
}

// TestAnswers gives each create in turn an answer that is not what was sent.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func([]netbox.Object) []netbox.Object{
		"short":    func(objects []netbox.Object) []netbox.Object { return objects[:len(objects)/2] },
		"empty":    func([]netbox.Object) []netbox.Object { return nil },
		"reversed": func(objects []netbox.Object) []netbox.Object { slices.Reverse(objects); return objects },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(a *attempt, n int) {
				a.destiny = func(c *call) fate {
					if c.n != n || c.method == http.MethodDelete || name == "reversed" && !slices.Contains(ownedKinds, c.kind) {
						return fate{}
					}
					return fate{answer: answer}
				}
			})
		})
	}
}

// TestPassedOver has NetBox pass over the first object of each update and deletion
// in turn, and write the others.
func TestPassedOver(t *testing.T) {
	t.Parallel()
	each(t, func(a *attempt, n int) {
		a.destiny = func(c *call) fate {
			if c.n != n || c.method == http.MethodPost {
				return fate{}
			}
			return fate{skip: func(object string) bool { return object == c.objects[0] }}
		}
	})
}

// TestRefusedObject has NetBox refuse one object whatever batch it is in: it alone
// fails, what needs it is left out by name, and all the rest goes in.
func TestRefusedObject(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusBadRequest, http.StatusForbidden, http.StatusConflict, http.StatusPreconditionFailed} {
		for _, c := range newEstate().set.Changes {
			if c.With != "" || status == http.StatusPreconditionFailed && c.Action == change.Create {
				continue
			}
			t.Run(http.StatusText(status)+" "+c.Object, func(t *testing.T) {
				t.Parallel()
				a := begin(t)
				a.destiny = func(x *call) fate {
					if x.kind == c.Kind && slices.Contains(x.objects, c.Object) {
						return fate{err: refused(status)}
					}
					return fate{}
				}
				a.run(settings{parallel: 1, ifMatch: true})
				if a.err != nil {
					t.Fatal(a.err)
				}
				a.alone(&c)
				a.finish()
			})
		}
	}
}

// cause is what an object that was left out is said to wait for in the end.
func (a *attempt) cause(object string) string {
	for _, o := range a.result.Skipped {
		if o.Object == object {
			return o.Cause
		}
	}
	return ""
}

// alone asserts that one change failed, and that what needs it was left out, by name.
func (a *attempt) alone(c *change.Change) {
	a.Helper()
	out := map[string]bool{c.Object: true}
	for i := range a.set.Changes {
		x := &a.set.Changes[i]
		lists, reason := a.where(x.Kind, x.Object)
		need := needOf(x, out)
		switch {
		case x.Object == c.Object:
			if lists[0] != "failed" {
				a.Errorf("%s is refused, and told as %q", x.Object, lists)
			}
		case need != "":
			out[x.Object] = true
			if lists[0] != "skipped" || !strings.Contains(reason, need) || a.cause(x.Object) != c.Object {
				a.Errorf("%s needs %s, and is told as %q: %s", x.Object, need, lists, reason)
			}
		case a.entangled(c, x):
		case lists[0] == "failed" || lists[0] == "skipped":
			a.Errorf("%s has nothing to do with %s, and is told as %q: %s", x.Object, c.Object, lists, reason)
		}
	}
}

// needOf is the first of what a change needs that is out, or "".
func needOf(c *change.Change, out map[string]bool) string {
	if out[c.With] {
		return c.With
	}
	for _, f := range c.Fields {
		if ref, ok := c.Pending(f); ok && out[ref] {
			return ref
		}
	}
	return ""
}

// entangled reports whether a change wants the name or the port that the refused one keeps: it
// is left out, and says so.
func (a *attempt) entangled(refused, c *change.Change) bool {
	var keeps bool
	switch refused.Object {
	case "p/old[1]", "p/old[2]", "p/rack:row[1]":
		keeps = slices.Contains(swaps, c.Object)
	case "p/moves[1]~":
		keeps = c.Object == "p/moves[2]~"
	case "site:lab", "location:hall":
		return true
	}
	return keeps && a.cause(c.Object) == refused.Object
}

// TestStops has each write in turn answered by what all others would be answered by
// too: the run ends there, and the next one goes on.
func TestStops(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]error{
		"no such token":   refused(http.StatusUnauthorized),
		"not reached":     &netbox.Error{Method: http.MethodPost, Path: "dcim/x", Detail: "connection refused"},
		"no service":      refused(http.StatusServiceUnavailable),
		"no NetBox error": errors.New("unknown kind"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for n := range writesOf(t, settings{1, true}) {
				a := begin(t)
				a.destiny = func(c *call) fate {
					if c.n >= n {
						return fate{err: answer}
					}
					return fate{}
				}
				a.run(settings{1, true})
				if !errors.Is(a.err, answer) || len(a.calls) > n+2 || a.after(n) > 0 {
					t.Errorf("write %d: %v, and %d writes were sent", n, a.err, len(a.calls))
				}
				a.finish()
			}
		})
	}
}

// TestNoRights has NetBox refuse all writes from one on for lack of rights: that may be for
// one object, so some more are tried, and then the run ends.
func TestNoRights(t *testing.T) {
	t.Parallel()
	for n := range writesOf(t, settings{1, true}) {
		a := begin(t)
		a.destiny = func(c *call) fate {
			if c.n >= n {
				return fate{err: refused(http.StatusForbidden)}
			}
			return fate{}
		}
		a.run(settings{1, true})
		if after := a.after(n); after > 6 || after > 3 && a.err == nil {
			t.Errorf("write %d: %v, and %d writes after it", n, a.err, after)
		}
		a.finish()
	}
}

// after counts the writes beyond the nth that do not give a name back.
func (a *attempt) after(n int) int {
	count := 0
	for _, c := range a.calls[min(n+1, len(a.calls)):] {
		if c.method != http.MethodPatch || c.kind != "device" || !slices.Contains(swaps, c.objects[0]) {
			count++
		}
	}
	return count
}

// TestInterrupted cancels the run during each write in turn: that one is finished
// and written down, and no other is sent.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	writes := writesOf(t, settings{1, true})
	for n := range writes {
		a := begin(t)
		a.destiny = func(c *call) fate {
			if c.n == n {
				a.cancel()
			}
			return fate{}
		}
		a.run(settings{1, true})
		last := n == writes-1
		if !last && !errors.Is(a.err, apply.ErrInterrupted) || a.after(n) > 0 {
			t.Errorf("write %d: %v, and %d writes were sent", n, a.err, len(a.calls))
		}
		a.finish()
	}
}

// TestJournalFails has the journal fail at each request in turn, before it is sent
// and after: nothing is sent that is not written down, and what was written stands
// in the result.
func TestJournalFails(t *testing.T) {
	t.Parallel()
	full := errors.New("disk full")
	for n := range writesOf(t, settings{1, true}) {
		for name, hook := range map[string]func(*journal, func(int) error){
			"sent": func(j *journal, f func(int) error) { j.sent = f },
			"done": func(j *journal, f func(int) error) { j.done = f },
		} {
			a := begin(t)
			hook(a.journal, func(i int) error {
				if i == n {
					return full
				}
				return nil
			})
			a.run(settings{1, true})
			if !errors.Is(a.err, full) {
				t.Errorf("%s %d: %v", name, n, a.err)
			}
			a.finish()
		}
	}
}

// TestReaderFails has each read in turn fail, with a write of unknown outcome ahead
// of it: the run ends or goes on, and what was sent stands in the result.
func TestReaderFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection reset")
	for n := range writesOf(t, settings{1, false}) {
		for _, s := range []settings{{1, false}, {1, true}} {
			a := begin(t)
			a.destiny = at(n, fate{err: lost(), commit: true})
			a.readFate = func(_ string, i int) error {
				if i >= n {
					return broken
				}
				return nil
			}
			a.run(s)
			a.finish()
		}
	}
}

// TestPeople lets a person edit or delete each object that is written, while the run
// is under way: nothing of hers is overwritten, and the rest goes in.
func TestPeople(t *testing.T) {
	t.Parallel()
	for _, s := range []settings{{1, true}, {1, false}} {
		for _, c := range newEstate().set.Changes {
			if c.NetBoxID == 0 || c.With != "" {
				continue
			}
			for _, deletes := range []bool{false, true} {
				a := begin(t)
				a.destiny = func(x *call) fate {
					a.mu.Lock()
					defer a.mu.Unlock()
					if x.n == 0 && deletes {
						a.remove(c.Kind, a.kinds[c.Kind][c.NetBoxID])
					}
					if x.n == 0 && !deletes {
						a.clock++
						mine := a.kinds[c.Kind][c.NetBoxID]
						mine.edited, mine.version = true, a.clock
					}
					return fate{}
				}
				a.run(s)
				lists, reason := a.where(c.Kind, c.Object)
				want := "failed"
				if deletes && slices.Contains(methods(&c), http.MethodDelete) {
					want = "deleted"
				}
				if a.err != nil || !slices.Equal(lists, []string{want}) {
					t.Errorf("%+v, %s %s, deleted %v: %v, told as %q (%s), want %s", s, c.Kind, c.Object, deletes, a.err, lists, reason, want)
				}
			}
		}
	}
}
