package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/engine/serve/user"
)

// refreshEvery is how often a page of something under way is loaded again where there is no
// JavaScript, in seconds.
const refreshEvery = 2

func jobPath(id int64) string { return "/jobs/" + strconv.FormatInt(id, 10) }

func showJobs(q *request) error {
	all, err := q.cfg.Jobs.Jobs(q.r.Context(), 100)
	if err != nil {
		return err
	}
	return q.show("jobs", "Jobs", jobList(all))
}

// jobPage is a job that somebody waits for.
type jobPage struct {
	job.Listed
	Now *job.Event // nil for one that does not run here
}

// Percent is how far it is.
func (j *jobPage) Percent() int {
	if j.Now == nil || j.Now.Total == 0 {
		return 0
	}
	return 100 * j.Now.Done / j.Now.Total
}

// Over reports whether it has ended, for now or for good.
func (j *jobPage) Over() bool { return j.Finished != nil }

// Next is the page to go on with once it is done, "" if there is none.
func (j *jobPage) Next() string {
	o := j.Outcome
	switch {
	case !j.Over() || o == nil || o.Result != job.Done:
		return ""
	case o.Run != "":
		return "/runs/" + o.Run
	case o.Preview != "":
		return "/previews/" + o.Preview
	case j.Plan != "":
		return planPath(j.Plan)
	}
	return "/"
}

// Failed says why it failed, "" if it has not.
func (j *jobPage) Failed() string {
	if o := j.Outcome; o != nil && o.Result != job.Done && (j.Over() || j.Now == nil) {
		return o.Error
	}
	return ""
}

func (q *request) job() (*jobPage, error) {
	id, err := strconv.ParseInt(q.r.PathValue("job"), 10, 64)
	if err != nil {
		return nil, errNoPage
	}
	found, err := q.cfg.Jobs.Job(q.r.Context(), id)
	if err != nil {
		return nil, err
	}
	page := &jobPage{Listed: found}
	if e, runs := q.cfg.Jobs.Progress(id); runs {
		page.Now = &e
	}
	return page, nil
}

// showJob shows a job until it is done, and then what came of it.
func showJob(q *request) error {
	page, err := q.job()
	if err != nil {
		return err
	}
	if next := page.Next(); next != "" {
		q.looks.forget(page.Plan)
		return q.goTo(next)
	}
	refresh := refreshEvery
	if page.Over() {
		refresh = 0
	}
	q.renderAgain(http.StatusOK, refresh, "job", fmt.Sprintf("%s of %s", page.Kind, page.Plan), page)
	return nil
}

// cancelJob ends a job that waits, or interrupts it.
func cancelJob(q *request) error {
	page, err := q.job()
	if err != nil {
		return err
	}
	if _, err := q.cfg.Jobs.Cancel(q.r.Context(), page.ID, q.person.Name); err != nil {
		return err
	}
	q.looks.forget(page.Plan)
	return q.goTo(jobPath(page.ID))
}

// MayCancel reports whether a person may cancel the job.
func (j *jobPage) MayCancel(person user.Person) bool {
	return person.May(user.Applier) && j.Cancellable()
}

func watchJob(q *request) error {
	return q.stream("job", "job-body", func() (any, bool, error) {
		page, err := q.job()
		return page, err == nil && page.Over(), err
	})
}

// How often what is under way is looked at, and for how long at most: a browser connects
// again.
const (
	watchEvery = 300 * time.Millisecond
	watchMost  = 10 * time.Minute

	// writeMost is how long a browser may take to read what changed, and streamsMost how many
	// look on at once.
	writeMost   = 30 * time.Second
	streamsMost = 200
)

// stream sends a part of a page as an event each time that it changes, until it is over.
func (q *request) stream(page, part string, look func() (body any, over bool, err error)) error {
	select {
	case q.streams <- struct{}{}:
		defer func() { <-q.streams }()
	default:
		return errBusy // the page is loaded again instead
	}
	q.w.Header().Set("Content-Type", "text/event-stream")
	flusher := http.NewResponseController(q.w)
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	end := time.After(watchMost)
	for last := ""; ; {
		if _, known, err := q.identify(q.r); err != nil || !known {
			return err // logged out, or removed
		}
		_ = flusher.SetWriteDeadline(time.Now().Add(writeMost)) // where the server knows no bound, there is none
		body, over, err := look()
		if err != nil {
			return err
		}
		var out bytes.Buffer
		f := frame{CSRF: q.csrf(), Person: q.person, Body: body}
		if err := templates()[page].ExecuteTemplate(&out, part, f); err != nil {
			return fmt.Errorf("make part of page: %w", err)
		}
		if text := out.String(); text != last {
			last = text
			if _, err := q.w.Write(event("progress", text)); err != nil || flusher.Flush() != nil {
				return nil // the browser is gone
			}
		}
		if over {
			_, _ = q.w.Write(event("over", "over")) // it may be gone
			return nil
		}
		select {
		case <-tick.C:
		case <-end:
			return nil
		case <-q.r.Context().Done():
			return nil
		}
	}
}

// event is a server-sent event.
func event(name, text string) []byte {
	var out strings.Builder
	out.WriteString("event: " + name + "\n")
	for line := range strings.SplitSeq(text, "\n") {
		out.WriteString("data: " + line + "\n")
	}
	out.WriteString("\n")
	return []byte(out.String())
}
