package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"html/template"
	"net/http"

	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/mirror"
)

// headShown is what a page that waits for something says of what it shows, when it asks whether that
// has changed.
const headShown = "X-Diet-Shown"

// again is how a page that waits for something comes by it: with JavaScript it asks for itself every few
// seconds, and takes what has changed; without, it is loaded again.
type again struct {
	Address string
	Shown   string // a digest of what it shows
	Every   int    // in seconds
}

// awaiting is the body of a page that may wait for something.
type awaiting interface {
	// awaits is after how many seconds to ask whether what is shown has changed by itself, 0 for not
	// at all: nothing that a person has typed may be lost by that.
	awaits() int
}

// comesAgain notes on the frame of a page that waits how it goes on, and what it shows, so that it is drawn
// once; true if who asks has it already.
func (q *request) comesAgain(f *frame, name string, code int) (same bool, err error) {
	body, is := f.Body.(awaiting)
	if !is || body.awaits() == 0 || q.r.Method != http.MethodGet || code >= http.StatusInternalServerError {
		return false, nil
	}
	var drawn bytes.Buffer
	if err := templates()[name].ExecuteTemplate(&drawn, "body", *f); err != nil {
		return false, err
	}
	sum := sha256.Sum256(drawn.Bytes())
	f.Drawn = template.HTML(drawn.String()) //nolint:gosec // the template has escaped what is in it
	f.Again = &again{q.r.URL.RequestURI(), hex.EncodeToString(sum[:8]), body.awaits()}
	return q.r.Header.Get(headShown) == f.Again.Shown, nil
}

func (o *overview) awaits() int {
	soonest := 0
	for i := range o.Cards {
		soonest = sooner(soonest, o.Cards[i].Awaits)
	}
	return soonest
}

// awaits is that of the plan on a page without a field to type in, or without anything to show yet.
func (p *planPage) awaits() int {
	if p.typed() {
		return 0
	}
	return p.Card.Awaits
}

// typed reports whether the page has fields in which somebody may have typed, or chosen.
func (p *planPage) typed() bool {
	return (p.Here == "drift" || p.Here == "racks") && p.Card.Look.table != nil
}

// awaits is never: somebody may be about to answer.
func (page *questionPage) awaits() int { return 0 }

// sooner is the smaller one of two times to wait, of which 0 is none.
func sooner(a, b int) int {
	if a == 0 || b == 0 {
		return a + b
	}
	return min(a, b)
}

// laterEvery is how often a page asks for what a job will change that is not at work yet, in seconds.
const laterEvery = 10

// jobAwaited is after how many seconds to ask what has come of the jobs of a plan, or of all for "", 0 where
// none is under way.
func jobAwaited(plan string, jobs []job.Listed) int {
	soonest := 0
	for i := range jobs {
		l := &jobs[i]
		switch {
		case plan != "" && l.Plan != plan || l.Kind == job.KindNotify || l.Finished != nil:
		case l.Waiting() && l.Outcome != nil:
			soonest = sooner(soonest, laterEvery) // it is tried again
		default:
			soonest = sooner(soonest, refreshEvery)
		}
	}
	return soonest
}

// jobList is the page with all jobs.
type jobList []job.Listed

func (l jobList) awaits() int { return jobAwaited("", l) }

// firstReading is what people are told until there is anything to show.
const firstReading = "NetBox is being read for the first time: nothing has been compared yet."

// neverRead is a page that cannot be shown before NetBox was read, which is under way.
type neverRead struct{ problem }

func (neverRead) awaits() int { return refreshEvery }

// firstRead shows such a page, if that is why there is nothing to show.
func (q *request) firstRead(err error) bool {
	if !errors.Is(err, mirror.ErrNeverSynced) || q.r.Method != http.MethodGet {
		return false
	}
	jobs, listed := q.cfg.Jobs.Jobs(q.r.Context(), 200)
	if behind, _ := q.cfg.Jobs.CatchingUp(); listed != nil || !behind && !reading(jobs) {
		return false
	}
	q.render(http.StatusConflict, "error", http.StatusText(http.StatusConflict), neverRead{problem{
		Message: firstReading, Hint: "this page is shown as soon as it has been", Code: http.StatusConflict,
	}})
	return true
}
