package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/diet-project/diet/engine/serve/oidc"
	"github.com/diet-project/diet/engine/serve/user"
)

// awayPath leads to the identity provider, and BackPath is where it sends browsers back to.
const (
	awayPath = "/login/away"
	BackPath = "/login/back"
)

// flowLasts is how long somebody may take to log in at the provider.
const flowLasts = 10 * time.Minute

// signOn sends a browser to the provider, with a cookie that knows what has to come back.
func (s *site) signOn(w http.ResponseWriter, r *http.Request) {
	if !s.logins.here(r) {
		s.renderLogin(w, r, http.StatusTooManyRequests, "too many attempts: wait a minute")
		return
	}
	address, flow, err := s.cfg.SignOn.Begin(r.Context())
	if err != nil {
		s.cfg.Logger.Error("single sign-on", "error", err)
		s.renderLogin(w, r, http.StatusBadGateway, "the identity provider does not answer; the log says why")
		return
	}
	text := strings.Join([]string{flow.State, flow.Nonce, flow.Verifier, within(r.FormValue("next"))}, " ")
	s.flowCookie(w, text, int(flowLasts.Seconds()))
	http.Redirect(w, r, address, http.StatusSeeOther)
}

// flowCookie sets the cookie of a login under way, or deletes it.
func (s *site) flowCookie(w http.ResponseWriter, value string, age int) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure wherever the page is served by TLS
		Name: cookieName("diet-flow", s.cfg.Secure), Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: s.cfg.Secure,
		SameSite: http.SameSiteLaxMode, Quoted: true,
	})
}

// flowOf is the login that a browser has begun, and where it leads.
func (s *site) flowOf(r *http.Request) (flow oidc.Flow, next string) {
	c, err := r.Cookie(cookieName("diet-flow", s.cfg.Secure))
	if err != nil {
		return flow, "/"
	}
	parts := strings.SplitN(c.Value, " ", 4)
	if len(parts) < 4 {
		return flow, "/"
	}
	return oidc.Flow{State: parts[0], Nonce: parts[1], Verifier: parts[2]}, within(parts[3])
}

// signedOn is where the provider sends a browser back to.
func (s *site) signedOn(w http.ResponseWriter, r *http.Request) {
	flow, next := s.flowOf(r)
	s.flowCookie(w, "", -1)
	person, err := s.cfg.SignOn.Finish(r.Context(), flow, r.FormValue("state"), r.FormValue("code"))
	if err != nil {
		answer := shortName(r.FormValue("error"))
		s.cfg.Logger.Warn("login refused", "by", "the identity provider", "answer", answer, "from", remote(r), "error", err)
		problem := "the login did not come about; the log says why"
		if errors.Is(err, user.ErrDenied) {
			problem = "you are in no group that has a role here"
		}
		s.renderLogin(w, r, http.StatusUnauthorized, problem)
		return
	}
	if err := s.sessions.RenewToken(r.Context()); err != nil {
		(&request{site: s, w: w, r: r}).fail(err)
		return
	}
	words := make([]string, len(person.Roles))
	for i, role := range person.Roles {
		words[i] = string(role)
	}
	s.sessions.Put(r.Context(), keyUser, person.Name)
	s.sessions.Put(r.Context(), keyStamp, s.cfg.SignOn.Stamp())
	s.sessions.Put(r.Context(), keyRoles, strings.Join(words, " "))
	s.sessions.Remove(r.Context(), keyToken)
	s.cfg.Logger.Info("login", "name", person.Name, "by", "the identity provider", "from", remote(r))
	http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // within leads nowhere else
}

// signed is who logged in at the provider, with the roles that they had then.
func (s *site) signed(r *http.Request) (user.Person, bool) {
	words := strings.Fields(s.sessions.GetString(r.Context(), keyRoles))
	if s.cfg.SignOn == nil || len(words) == 0 || s.sessions.GetString(r.Context(), keyStamp) != s.cfg.SignOn.Stamp() {
		return user.Person{}, false
	}
	person := user.Person{Name: s.sessions.GetString(r.Context(), keyUser)}
	for _, word := range words {
		person.Roles = append(person.Roles, user.Role(word))
	}
	return person, true
}
