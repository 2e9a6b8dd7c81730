package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// Fault is a failure that the server shows to the requests it matches. A fault
// with neither Status nor CloseConn only delays.
type Fault struct {
	Method     string // empty matches any
	PathPrefix string // empty matches any
	// BodyContains matches requests whose body contains it; empty matches any.
	// It tells apart requests that differ in nothing else, whichever comes first.
	BodyContains string
	Status       int
	Body         string
	// ContentType defaults to application/json, or to text/html where the
	// body starts with "<".
	ContentType string
	// Header is added to the answer, as Retry-After.
	Header http.Header
	// AfterCommit has the request carried out before it fails.
	AfterCommit bool
	// MoreThan matches requests whose body is a list of more objects.
	MoreThan int
	// Delay passes before anything else happens, and PerObject for each object of the body.
	Delay, PerObject time.Duration
	// Hold has a write carried out, its numbers and times drawn, but neither
	// seen nor answered until the channel is closed: writes made meanwhile
	// overtake it, in the changelog too.
	Hold <-chan struct{}
	// Held is closed once a request is held.
	Held chan<- struct{}
	// CloseConn cuts the connection instead of answering.
	CloseConn bool
	// Times is how many requests it strikes. Defaults to 1.
	Times int
}

// Deadlock is how NetBox fails when two writes wait for one another: nothing
// is written and 500 is answered.
func Deadlock(method, pathPrefix string) Fault {
	return Fault{
		Method: method, PathPrefix: pathPrefix, Status: http.StatusInternalServerError,
		Body: string(table.AppendJSON(nil, table.Dict{
			{"error", "deadlock detected\nDETAIL:  Process 101 waits for ShareLock on transaction 901; blocked by process 102.\n" +
				"Process 102 waits for ShareLock on transaction 902; blocked by process 101.\n" +
				"HINT:  See server log for query details.\nCONTEXT:  while updating tuple (0,1) in relation \"dcim_device\"\n"},
			{"exception", "OperationalError"},
			{"netbox_version", ""},
			{"python_version", ""},
		})),
	}
}

// faultList is the failures to come.
type faultList struct {
	mu   sync.Mutex
	list []*Fault
}

// FailNext has the next matching request fail. Faults are used up in the
// order in which they were set.
func (s *Server) FailNext(f Fault) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	f.Times = max(f.Times, 1)
	f.Body = strings.NewReplacer(`"netbox_version":""`, `"netbox_version":"`+s.rel.Version.Full+`"`,
		`"python_version":""`, `"python_version":"`+s.rel.Version.Python+`"`).Replace(f.Body)
	s.faults.list = append(s.faults.list, &f)
}

// ResetFaults forgets the failures that have not happened.
func (s *Server) ResetFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.list = nil
}

// take finds the first fault that matches a request, and uses it up.
func (l *faultList) take(c *call) *Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, f := range l.list {
		if !f.matches(c) {
			continue
		}
		if f.Times--; f.Times <= 0 {
			l.list = slices.Delete(l.list, i, i+1)
		}
		c := *f
		return &c
	}
	return nil
}

func (f *Fault) matches(c *call) bool {
	return (f.Method == "" || f.Method == c.Method) && strings.HasPrefix(c.URL.Path, f.PathPrefix) &&
		bytes.Contains(c.body, []byte(f.BodyContains)) && (f.MoreThan == 0 || objectsIn(c.body) > f.MoreThan)
}

// objectsIn is how many objects a body lists.
func objectsIn(body []byte) int {
	var list []json.RawMessage
	if json.Unmarshal(body, &list) != nil {
		return 1
	}
	return len(list)
}

func (f *Fault) harmless() bool { return f.Status == 0 && !f.CloseConn }

// replace puts the fault's answer in place of the true one.
func (f *Fault) replace(a *answer) *answer {
	out := newAnswer(f.Status)
	if f.Status == 0 {
		out.status = http.StatusInternalServerError
	}
	for k, v := range f.Header {
		out.header[k] = v
	}
	if id := a.header.Get("X-Request-ID"); id != "" && out.status == http.StatusInternalServerError {
		out.header.Set("X-Request-ID", id)
	}
	out.body = []byte(f.Body)
	kind := f.ContentType
	if kind == "" && strings.HasPrefix(f.Body, "<") {
		kind = "text/html"
	}
	if kind != "" {
		out.header.Set("Content-Type", kind)
	}
	return out
}

// closeConn cuts the connection.
func closeConn(w http.ResponseWriter) {
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			_ = conn.Close() // that is the point
			panic(http.ErrAbortHandler)
		}
	}
	panic(http.ErrAbortHandler)
}

// Request is a request that the server has seen, with its answer's status.
type Request struct {
	Method string
	Path   string
	Query  string
	Status int
	Body   []byte
	// ID is the X-Request-ID of the answer, empty if it was never carried out.
	ID string
}

// journal notes the requests.
type journal struct {
	mu   sync.Mutex
	list []Request
}

func (j *journal) note(c *call, a *answer) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.list = append(j.list, Request{
		Method: c.Method, Path: c.URL.Path, Query: c.URL.RawQuery,
		Status: a.status, Body: c.body, ID: a.header.Get("X-Request-ID"),
	})
}

// Requests lists what was requested since the last reset.
func (s *Server) Requests() []Request {
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	return slices.Clone(s.journal.list)
}

// ResetRequests forgets what was requested.
func (s *Server) ResetRequests() {
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	s.journal.list = nil
}
