package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/alexedwards/scs/v2/memstore"

	"github.com/diet-project/diet/engine/serve/user"
)

// What a session holds.
const (
	keyUser  = "user"
	keyStamp = "stamp" // of the password with which they logged in, or of the identity provider
	keyRoles = "roles" // of who has no password here
	keyToken = "token" // of its forms
	keyNote  = "note"  // for the next page
)

// cookieName is that of a cookie. By TLS no other server of the domain can set it.
func cookieName(name string, secure bool) string {
	if secure {
		return "__Host-" + name
	}
	return name
}

// newSessions keeps sessions under digests of their tokens: who reads them where they are kept
// cannot go on with one.
func newSessions(cfg Config) *scs.SessionManager {
	secure := cfg.Secure
	m := scs.New()
	if m.HashTokenInStore = true; cfg.Sessions != nil {
		if memory, is := m.Store.(*memstore.MemStore); is {
			memory.StopCleanup()
		}
		m.Store = cfg.Sessions
	}
	m.Lifetime, m.IdleTimeout = 24*time.Hour, 8*time.Hour
	m.Cookie.Name, m.Cookie.HttpOnly, m.Cookie.SameSite, m.Cookie.Secure = cookieName("diet", secure), true, http.SameSiteLaxMode, secure
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
// Browsers drop tabs and line ends out of addresses, and read a backslash as a slash.
func within(next string) string {
	foreign := func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' }
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") ||
		strings.ContainsFunc(next, foreign) {
		return "/"
	}
	return next
}

// formToken is the token of forms where nobody is logged in: it is made from a cookie, so that nothing
// is kept here for somebody who only looks.
func (s *site) formToken(cookie string) string {
	mac := hmac.New(sha256.New, s.cfg.Form)
	_, _ = mac.Write([]byte(cookie)) // never fails, as hash says
	return hex.EncodeToString(mac.Sum(nil))
}

// formCookie is the cookie of such forms, "" if there is none.
func (s *site) formCookie(r *http.Request) string {
	c, err := r.Cookie(cookieName("diet-form", s.cfg.Secure))
	if err != nil {
		return ""
	}
	return c.Value
}

// keepFormCookie is the same, and gives a browser one that has none.
func (s *site) keepFormCookie(w http.ResponseWriter, r *http.Request) string {
	cookie := s.formCookie(r)
	if cookie == "" {
		cookie = rand.Text()
		http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure wherever the page is served by TLS
			Name: cookieName("diet-form", s.cfg.Secure), Value: cookie, Path: "/", HttpOnly: true, Secure: s.cfg.Secure,
			SameSite: http.SameSiteLaxMode,
		})
	}
	return cookie
}

// given reports whether a form is one that this browser was given.
func (s *site) given(r *http.Request) bool {
	cookie := s.formCookie(r)
	return cookie != "" && subtle.ConstantTimeCompare([]byte(s.formToken(cookie)), []byte(r.PostFormValue("csrf"))) == 1
}

func (s *site) showLogin(w http.ResponseWriter, r *http.Request) {
	if _, known, err := s.identify(r); known && err == nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	if err := s.cfg.Jobs.Ready(r.Context()); err != nil {
		s.unavailable(w, r, err) // nobody can log in
		return
	}
	s.renderLogin(w, r, http.StatusOK, "")
}

func (s *site) renderLogin(w http.ResponseWriter, r *http.Request, code int, problem string) {
	q := &request{site: s, w: w, r: r, form: s.formToken(s.keepFormCookie(w, r))}
	n, _ := s.passwords()
	page := loginPage{
		Next: within(r.FormValue("next")), Name: r.PostFormValue("name"), Problem: problem,
		Password: s.cfg.SignOn == nil || n > 0,
	}
	if s.cfg.SignOn != nil {
		page.Away = awayPath
	}
	q.render(code, "login", "Log in", page)
}

// loginPage is the form to log in.
type loginPage struct {
	Next, Name, Problem string

	Password bool   // there are users with one
	Away     string // the address that leads to the identity provider, "" for none
}

// passwords is how many users have a password here.
func (s *site) passwords() (int, error) {
	if s.cfg.Users == nil {
		return 0, nil
	}
	return s.cfg.Users.Count()
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
	case !s.given(r):
		s.renderLogin(w, r, http.StatusForbidden, errForged.Error())
		return
	case !s.logins.allow(r, name):
		w.Header().Set("Retry-After", "60")
		s.renderLogin(w, r, http.StatusTooManyRequests, "too many attempts: wait a minute")
		return
	}
	person, err := s.cfg.Users.Login(name, r.PostFormValue("password"))
	if errors.Is(err, user.ErrDenied) {
		s.cfg.Logger.Warn("login refused", "name", shortName(name), "from", remote(r))
		s.renderLogin(w, r, http.StatusUnauthorized, err.Error())
		return
	}
	if err == nil {
		s.logins.passed(r, name)
		err = s.sessions.RenewToken(r.Context())
	}
	if err != nil {
		(&request{site: s, w: w, r: r}).fail(err)
		return
	}
	s.sessions.Put(r.Context(), keyUser, person.Name)
	s.sessions.Put(r.Context(), keyStamp, person.Stamp)
	s.sessions.Remove(r.Context(), keyRoles)
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
