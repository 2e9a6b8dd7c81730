package sandbox

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/diet-project/diet/mirror/sandbox/model"
	"github.com/diet-project/diet/mirror/sandbox/release"
	"github.com/diet-project/diet/mirror/sandbox/table"
)

// Config says which NetBox the sandbox is.
type Config struct {
	// Version is 4.2, 4.4, 4.5, 4.6 or 4.7. Defaults to 4.6.
	Version string
	// Token is accepted for reading and writing, as the user "diet".
	// Defaults to DefaultToken where Tokens is empty too.
	Token string
	// Tokens maps further tokens to the names of their users.
	Tokens map[string]string
	// ReadOnlyTokens may read only; those not in Tokens are the user "reader".
	ReadOnlyTokens []string
	// Now is the server's clock. Defaults to time.Now.
	Now func() time.Time
	// MaxPageSize is how many objects a page may hold. Defaults to 1000.
	MaxPageSize int
	// PageSize is how many it holds where nothing is said. Defaults to 50.
	PageSize int
	// Plugins is what the status tells about plugins, name to version.
	Plugins map[string]string
}

// DefaultToken is accepted by a server that was given no token.
const DefaultToken = "0123456789abcdef0123456789abcdef01234567"

// Permit is the slug of the tag by which a real NetBox says that it may be
// tested and played with.
const Permit = "diet-test-server"

// Server is an in-process NetBox. It is safe for concurrent use.
type Server struct {
	config   Config
	rel      *release.Release
	accounts map[string]*table.Account
	special  map[string]func(*call, int64) *answer
	faults   faultList
	journal  journal

	mu       sync.RWMutex
	state    *table.Store
	sessions map[string]string // tokens of browsers that logged in
	branches []*branch
}

// New makes an empty NetBox.
func New(c Config) (*Server, error) {
	s, err := newServer(c)
	if err != nil {
		return nil, err
	}
	s.enrol()
	return s, nil
}

// newServer makes a NetBox without anything in it, users neither.
func newServer(c Config) (*Server, error) {
	if c.Version == "" {
		c.Version = "4.6"
	}
	rel, err := release.Of(c.Version)
	if err != nil {
		return nil, err
	}
	if c.Token == "" && len(c.Tokens) == 0 {
		c.Token = DefaultToken
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.MaxPageSize <= 0 {
		c.MaxPageSize = 1000
	}
	if c.PageSize <= 0 {
		c.PageSize = min(50, c.MaxPageSize)
	}
	s := &Server{config: c, rel: rel, accounts: accountsOf(c), state: table.New(rel, c.Now, model.Schema(rel)), sessions: map[string]string{}}
	s.special = s.specials()
	return s, nil
}

// Versions are the versions of NetBox that a sandbox imitates.
func Versions() []string { return slices.Clone(release.Names) }

// Version is the full version that the server claims to be.
func (s *Server) Version() string { return s.rel.Version.Full }

// Objects lists all objects of a kind (devices, cables, custom-fields,
// object-changes, …) as the API shows them, by id. Unknown kinds have none.
func (s *Server) Objects(kind string) []map[string]any {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if kind == "object-changes" {
		return s.changeObjects()
	}
	m := s.state.ByKind[kind]
	if m == nil {
		return nil
	}
	tab := s.state.Tables[kind]
	list := make([]map[string]any, 0, len(tab.IDs))
	for _, r := range s.state.All(kind, tab.IDs) {
		e := &table.Encoder{Store: s.state}
		e.Object(r, m.Fields, false)
		var o map[string]any
		if err := json.Unmarshal(e.Bytes, &o); err == nil {
			list = append(list, o)
		}
	}
	return list
}

// Overwrite sets a value as QuerySet.update and SQL do: without a row in the changelog,
// and without a new last_updated. A custom field is cf. and its name.
func (s *Server) Overwrite(kind string, id int64, field string, value any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.state.Begin(newUUID(), &table.Account{})
	t.Slip(s.state.Find(kind, id), func(r *table.Record) {
		name, custom := strings.CutPrefix(field, "cf.")
		if !custom {
			r.Set(field, value)
			return
		}
		r.Custom = maps.Clone(r.Custom)
		r.Custom[name] = value
	})
	t.Commit()
}

// Fork is a copy of the NetBox that goes on by itself, with a clock of its own. It takes
// token for the one of the configuration. Faults and the list of requests stay behind.
func (s *Server) Fork(token string, now func() time.Time) *Server {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.fork(token, now)
}

func (s *Server) fork(token string, now func() time.Time) *Server {
	c := s.config
	c.Token, c.Now = token, now
	f := &Server{config: c, rel: s.rel, accounts: accountsOf(c), state: s.state.Fork(now), sessions: maps.Clone(s.sessions)}
	f.special = f.specials()
	return f
}

// answer is a response in the making.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func newAnswer(status int) *answer { return &answer{status: status, header: http.Header{}} }

// call is one request with what the server found out about it.
type call struct {
	*http.Request
	id      string // the X-Request-ID
	base    string
	body    []byte
	account *table.Account
	params  map[string][]string
	hold    <-chan struct{}
	held    chan<- struct{}
	fill    func(*table.Tx, any) any // completes the body of a write
}

// ServeHTTP answers a request as NetBox would.
func (s *Server) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	c, err := newCall(req)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fault := s.faults.take(c)
	if fault != nil {
		c.hold, c.held = fault.Hold, fault.Held
		delay(c, fault.Delay+time.Duration(objectsIn(c.body))*fault.PerObject)
	}
	var a *answer
	switch {
	case fault == nil || fault.harmless():
		a = s.handle(c)
	case fault.AfterCommit:
		a = s.handle(c)
		a = fault.replace(a)
	default:
		a = fault.replace(newAnswer(0))
	}
	s.journal.note(c, a)
	if fault != nil && fault.CloseConn {
		closeConn(w)
	}
	s.send(w, c, a)
}

// delay lets time pass, until the client gives up: the request is carried
// out all the same.
func delay(c *call, d time.Duration) {
	if d <= 0 {
		return
	}
	select {
	case <-time.After(d):
	case <-c.Context().Done():
	}
}

func newCall(req *http.Request) (*call, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, errors.New("read request body")
	}
	scheme := "http"
	if req.TLS != nil {
		scheme = "https"
	}
	return &call{
		Request: req, id: newUUID(), base: scheme + "://" + req.Host, body: body,
		params: req.URL.Query(),
	}, nil
}

// handle authenticates and routes.
func (s *Server) handle(c *call) *answer {
	on, a := s.ofBranch(c)
	if a == nil {
		a = on.route(c)
	}
	a.header.Set("X-Request-ID", c.id)
	if strings.HasPrefix(c.URL.Path, "/api/") && (s.rel.APIVersionAlways || c.Header.Get("Content-Type") == "application/json") {
		a.header.Set("API-Version", s.rel.API())
	}
	return s.render(c, a)
}

// send writes an answer.
func (s *Server) send(w http.ResponseWriter, c *call, a *answer) {
	h := w.Header()
	for k, v := range a.header {
		h[k] = v
	}
	h.Set("Date", s.config.Now().UTC().Format(http.TimeFormat))
	if h.Get("Content-Type") == "" && len(a.body) > 0 {
		h.Set("Content-Type", "application/json")
	}
	h.Set("Vary", "HX-Request, Cookie, Accept-Language, origin")
	body := a.body
	if a.status != http.StatusNoContent {
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(a.status)
	if c.Method != http.MethodHead && a.status != http.StatusNoContent {
		_, _ = w.Write(body) // the client may be gone; there is nobody to tell
	}
}

// jsonAnswer holds any value.
func jsonAnswer(status int, v any) *answer {
	a := newAnswer(status)
	a.body = table.AppendJSON(nil, v)
	a.header.Set("Content-Type", "application/json")
	return a
}

func htmlAnswer(status int, body string) *answer {
	a := newAnswer(status)
	a.body = []byte(body)
	a.header.Set("Content-Type", "text/html; charset=utf-8")
	return a
}

// failure turns a problem into an answer.
func (s *Server) failure(p *table.Problem) *answer {
	if p.HTML != "" {
		return htmlAnswer(p.Status, p.HTML)
	}
	if d, ok := p.Body.(table.Dict); ok && p.Status == http.StatusInternalServerError {
		for i := range d {
			switch d[i].Key() {
			case "netbox_version":
				d[i][1] = s.rel.Version.Full
			case "python_version":
				d[i][1] = s.rel.Version.Python
			}
		}
	}
	a := jsonAnswer(p.Status, p.Body)
	if p.ETag != "" {
		a.header.Set("ETag", p.ETag)
	}
	return a
}

func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
