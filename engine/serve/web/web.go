// Package web shows what diet knows in a browser, and lets people answer, approve and apply.
//
// Every page calls the engine as the commands do, and holds no truth of its own: what it
// keeps is what was last compared, until something moves. Pages are made on the server and
// work without JavaScript; htmx makes them quicker where there is some. What takes long is a
// job. Who may do what is in one list, [routes].
package web

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alexedwards/scs/v2"
	"golang.org/x/crypto/ssh"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/engine/serve/oidc"
	"github.com/diet-project/diet/engine/serve/user"
)

// Config configures the pages.
type Config struct {
	// Open opens the engine for a request, which closes it. Edit changes how it is configured;
	// nil leaves it.
	Open func(ctx context.Context, edit func(*engine.Config)) (*engine.Engine, error)

	// Jobs runs what a page asks for, and reads the plans.
	Jobs *job.Runner

	// Others is the state of plans in NetBox that no file is of.
	Others engine.State

	// Queries are those of diet.yaml.
	Queries map[string]string

	// Users are those who may log in. Without any, whoever reaches the pages is Local and may do
	// everything but approve: that is for loopback alone.
	Users *user.File
	Local string

	// Sessions keep who is logged in, and Form is the secret of the form to log in: processes of
	// which a browser meets now one, now another have both in common. Defaults to the memory of this
	// one.
	Sessions scs.CtxStore
	Form     []byte

	// SignOn logs people in who have no password here. Optional.
	SignOn *oidc.Provider

	// Guarded has everybody log in, also while there are no users: others than this machine
	// reach the pages.
	Guarded bool

	// Signer signs what logged-in approvers approve. Without one nobody approves here.
	Signer ssh.Signer

	// Committed is what version control has of a file, "" for nothing: what people answered
	// since is shown as a difference to that. Optional.
	Committed func(ctx context.Context, file string) string

	// Secure says that browsers come by TLS.
	Secure bool

	Version string
	Logger  *slog.Logger
	Now     func() time.Time // defaults to time.Now
}

// site is all pages.
type site struct {
	cfg      Config
	sessions *scs.SessionManager
	looks    *looks
	logins   *logins
	kept     kept
	opening  chan struct{} // held while a preview is read
	abroad   abroad
	mux      *http.ServeMux
	queries  chan struct{} // those under way
	streams  chan struct{}

	users   atomic.Bool // there were some
	emptied sync.Once   // and the log says that there are none any more
}

// Pages are the pages of diet serve.
type Pages struct {
	http.Handler
	looks *looks
}

// Close ends what the pages do behind the backs of who looks at them. Nobody may ask for one any
// more.
func (p *Pages) Close() { p.looks.close() }

// New returns the pages.
func New(cfg Config) *Pages {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Form == nil {
		cfg.Form = []byte(rand.Text())
	}
	s := &site{
		cfg: cfg, sessions: newSessions(cfg), logins: newLogins(cfg.Now), mux: http.NewServeMux(),
		looks: newLooks(cfg), queries: make(chan struct{}, queriesMost), streams: make(chan struct{}, streamsMost),
		opening: make(chan struct{}, 1),
	}
	s.sessions.ErrorFunc = s.unavailable
	s.routes()
	_, _ = s.unguarded() // so that users who are there now are known; each request meets what is wrong
	return &Pages{s.guard(s.sessions.LoadAndSave(s.mux)), s.looks}
}

// Who may do what. Everybody who is logged in may look.
var (
	anybody   = []user.Role{user.Viewer}
	resolvers = []user.Role{user.Resolver}
	approvers = []user.Role{user.Approver}
	appliers  = []user.Role{user.Applier}

	// workers have something read, or a preview made: nothing of NetBox is written.
	workers = []user.Role{user.Resolver, user.Approver, user.Applier}
)

// route is a page, and who may see or use it.
type route struct {
	pattern string
	roles   []user.Role
	do      func(*request) error
}

// routes lists the pages. Whoever is not logged in sees the login alone.
func routes() []route {
	return []route{
		{"GET /{$}", anybody, dashboard},
		{"POST /check", workers, checkAll},
		{"GET /plans/{plan}", anybody, showPlan},
		{"POST /plans/{plan}/check", workers, checkPlan},
		{"GET /plans/{plan}/drift", anybody, showDrift},
		{"GET /plans/{plan}/object", anybody, showObject},
		{"GET /plans/{plan}/questions", anybody, showQuestions},
		{"POST /plans/{plan}/questions", resolvers, answerQuestions},
		{"GET /plans/{plan}/answers", anybody, showAnswers},
		{"GET /plans/{plan}/resolutions.patch", anybody, sendPatch},
		{"POST /plans/{plan}/preview", workers, makePreview},
		{"GET /previews", anybody, showPreviews},
		{"GET /previews/{preview}", anybody, showPreview},
		{"GET /previews/{preview}/approved", anybody, showApproved},
		{"POST /previews/{preview}/approve", approvers, approve},
		{"POST /previews/{preview}/apply", appliers, applyPreview},
		{"GET /runs", anybody, showRuns},
		{"GET /runs/{run}", anybody, showRun},
		{"GET /runs/{run}/events", anybody, watchRun},
		{"POST /runs/{run}/rollback", appliers, rollBack},
		{"GET /jobs", anybody, showJobs},
		{"GET /jobs/{job}", anybody, showJob},
		{"GET /jobs/{job}/events", anybody, watchJob},
		{"POST /jobs/{job}/cancel", appliers, cancelJob},
		{"GET /plans/{plan}/topology", anybody, showTopology},
		{"GET /plans/{plan}/racks", anybody, showRacks},
		{"GET /sql", anybody, showSQL},
		{"GET /", anybody, func(*request) error { return errNoPage }},
	}
}

// routes adds the pages to the server.
func (s *site) routes() {
	s.mux.Handle("GET /static/", http.HandlerFunc(static))
	s.mux.HandleFunc("GET /login", s.showLogin)
	s.mux.HandleFunc("POST /login", s.login)
	s.mux.HandleFunc("POST /logout", s.logout)
	if s.cfg.SignOn != nil {
		s.mux.HandleFunc("GET "+awayPath, s.signOn)
		s.mux.HandleFunc("GET "+BackPath, s.signedOn)
	}
	for _, r := range routes() {
		s.page(r.pattern, r.roles, r.do)
	}
}
