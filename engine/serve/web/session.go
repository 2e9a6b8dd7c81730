package web

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
	"golang.org/x/time/rate"

	"github.com/diet-project/diet/engine/serve/user"
)

// What a session holds.
const (
	keyUser  = "user"
	keyToken = "token" // of its forms
	keyNote  = "note"  // for the next page
)

func newSessions(secure bool) *scs.SessionManager {
	m := scs.New()
	m.Lifetime, m.IdleTimeout = 24*time.Hour, 8*time.Hour
	m.Cookie.Name, m.Cookie.HttpOnly, m.Cookie.SameSite, m.Cookie.Secure = "diet", true, http.SameSiteLaxMode, secure
	return m
}

// toLogin sends a browser to the login page, and back afterwards where that makes sense.
func (s *site) toLogin(w http.ResponseWriter, r *http.Request) {
	next := ""
	if r.Method == http.MethodGet && r.URL.Path != "/" {
		next = r.URL.RequestURI()
	}
	http.Redirect(w, r, address("/login", "next", next), http.StatusSeeOther)
}

// within is an address of these pages, "/" for any other: a login never leads elsewhere.
func within(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n") {
		return "/"
	}
	return next
}

func (s *site) showLogin(w http.ResponseWriter, r *http.Request) {
	if _, known, err := s.identify(r); known && err == nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	s.renderLogin(w, r, http.StatusOK, "")
}

func (s *site) renderLogin(w http.ResponseWriter, r *http.Request, code int, problem string) {
	q := &request{site: s, w: w, r: r}
	q.render(code, "login", "Log in", struct{ Next, Name, Problem string }{within(r.FormValue("next")), r.PostFormValue("name"), problem})
}

// login checks a name and a password. It is slow on purpose, and slower for who keeps trying.
func (s *site) login(w http.ResponseWriter, r *http.Request) {
	name := r.PostFormValue("name")
	switch local, err := s.unguarded(); {
	case err != nil:
		(&request{site: s, w: w, r: r}).fail(err)
		return
	case local:
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	case !s.sealed(r):
		s.renderLogin(w, r, http.StatusForbidden, errForged.Error())
		return
	case !s.logins.allow(r, name):
		w.Header().Set("Retry-After", "60")
		s.renderLogin(w, r, http.StatusTooManyRequests, "too many attempts: wait a minute")
		return
	}
	person, err := s.cfg.Users.Login(name, r.PostFormValue("password"))
	if errors.Is(err, user.ErrDenied) {
		s.cfg.Logger.Warn("login refused", "name", name, "from", remote(r))
		s.renderLogin(w, r, http.StatusUnauthorized, err.Error())
		return
	}
	if err == nil {
		err = s.sessions.RenewToken(r.Context())
	}
	if err != nil {
		(&request{site: s, w: w, r: r}).fail(err)
		return
	}
	s.sessions.Put(r.Context(), keyUser, person.Name)
	s.sessions.Remove(r.Context(), keyToken)
	s.cfg.Logger.Info("login", "name", person.Name, "from", remote(r))
	http.Redirect(w, r, within(r.PostFormValue("next")), http.StatusSeeOther) //nolint:gosec // within leads nowhere else
}

func (s *site) logout(w http.ResponseWriter, r *http.Request) {
	if !s.sealed(r) {
		(&request{site: s, w: w, r: r}).fail(errForged)
		return
	}
	if err := s.sessions.Destroy(r.Context()); err != nil {
		(&request{site: s, w: w, r: r}).fail(err)
		return
	}
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// remote is where a request comes from.
func remote(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// How often a name, and a machine, may try to log in: so many at once, then one so often.
const (
	burstName, burstRemote = 5, 20
	everyName, everyRemote = 12 * time.Second, 3 * time.Second
)

// logins limits how fast passwords can be tried.
type logins struct {
	now func() time.Time
	mu  sync.Mutex
	by  map[string]*rate.Limiter
}

func newLogins(now func() time.Time) *logins {
	return &logins{now: now, by: map[string]*rate.Limiter{}}
}

// allow reports whether a login may be tried now. Who guesses names is limited by where they
// are, and who guesses a password from many machines by the name.
func (l *logins) allow(r *http.Request, name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.by) > 10_000 {
		l.by = map[string]*rate.Limiter{}
	}
	now := l.now()
	here := l.of("from "+remote(r), everyRemote, burstRemote).AllowN(now, 1)
	named := l.of("name "+name, everyName, burstName).AllowN(now, 1)
	return here && named
}

func (l *logins) of(key string, every time.Duration, burst int) *rate.Limiter {
	if l.by[key] == nil {
		l.by[key] = rate.NewLimiter(rate.Every(every), burst)
	}
	return l.by[key]
}
