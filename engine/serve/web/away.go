package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"

	"github.com/diet-project/diet/engine"
)

// problem is a page that says what is wrong.
type problem struct {
	Message, Hint string
	Code          int
	Again         string // the address to try again, "" for none
}

// comeBack is after how many seconds a page is loaded again that cannot be shown just now.
const comeBack = 10

// What people are told where nothing can be read of who is logged in, or of what is done.
const (
	awayMessage = "diet serve cannot reach its database in PostgreSQL, which holds who is logged in, the jobs, the previews and the runs."
	awayHint    = "Whoever runs it: see whether PostgreSQL is up, and can be reached from this machine. " +
		"The log of diet serve says what was tried. Nothing has to be restarted: once the database is back, so is this page, and the jobs go on."
	closedMessage = "Who is logged in cannot be read just now: try again in a moment."
)

// unavailable says, in place of any page, that what all of them need is out of reach. It asks
// nothing of the session, which cannot be read either.
func (s *site) unavailable(w http.ResponseWriter, r *http.Request, err error) {
	s.cfg.Logger.Error("show page", "path", r.URL.Path, "error", err)
	p := problem{Message: closedMessage, Code: http.StatusServiceUnavailable}
	if engine.StoreAway(err) {
		p.Message, p.Hint = awayMessage, awayHint
	}
	f := frame{Title: http.StatusText(p.Code), Version: s.cfg.Version, Path: r.URL.Path}
	if r.Method == http.MethodGet {
		f.Reload, p.Again = comeBack, r.URL.RequestURI()
	}
	f.Body = p
	var out bytes.Buffer
	if err := templates()["error"].ExecuteTemplate(&out, "frame", f); err != nil {
		out.Reset()
		fmt.Fprintln(&out, p.Message)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Retry-After", strconv.Itoa(comeBack))
	w.WriteHeader(p.Code)
	_, _ = out.WriteTo(w) // the browser may be gone
	if last, is := w.(*onceWriter); is {
		last.over = true // whatever page was being made is not shown
	}
}
