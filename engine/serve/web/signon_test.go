package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/serve/oidc"
	"github.com/diet-project/diet/engine/serve/oidc/oidctest"
	"github.com/diet-project/diet/engine/serve/user"
)

// signOn has people log in at a provider that knows ann.
func (w *world) signOn(at *oidctest.Server) {
	var err error
	w.provider, err = oidc.New(oidc.Config{
		Issuer: at.URL, ClientID: "diet", ClientSecret: oidctest.Secret, Redirect: "http://pages/login/back",
		Roles: map[string][]user.Role{"net": {user.Resolver}},
	})
	if err != nil {
		w.Fatal(err)
	}
}

// TestSignOn logs somebody in at an identity provider: they do what their group may, and nobody
// gets in with an answer that is another browser's.
func TestSignOn(t *testing.T) {
	t.Parallel()
	at := oidctest.New(t, oidctest.Claims{"preferred_username": "ann", "groups": []string{"net"}})
	w := newWorld(t, func(w *world) { w.idle = true; w.signOn(at) })
	b := w.browser()
	var back string // from the provider, whose pages are elsewhere
	b.client.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host == "pages" {
			back = r.URL.RequestURI()
			return http.ErrUseLastResponse
		}
		return nil
	}
	b.get("/jobs").status(http.StatusOK).sees("Log in", "Single sign-on").misses("joe", `type="password"`)
	b.get("/login/away?next=%2Fruns")
	if !strings.HasPrefix(back, "/login/back?") {
		t.Fatalf("it comes back to %q: %s", back, b.last)
	}
	thief := w.browser()
	thief.get(back).status(http.StatusUnauthorized).sees("did not come about")
	thief.get("/jobs").sees("Log in")
	b.get("/login/away?next=%2Fruns") // the thief had the code
	b.get(back).status(http.StatusOK).sees("ann", "Log out")
	if b.at != "/runs" {
		t.Errorf("the login leads to %s", b.at)
	}
	b.get("/jobs").post("/plans/web/check").status(http.StatusOK)
	b.get("/jobs").post("/previews/pv-1/apply").status(http.StatusForbidden).sees("this takes the role applier")
	b.get(back).status(http.StatusUnauthorized) // once
	b.get("/jobs").post("/logout").sees("Single sign-on")
	b.get("/login/away?next=%2Fruns")
	b.get(back).sees("ann", "Log out")
	w.restart()
	b.get("/runs").sees("ann", "Log out")
	w.provider, _ = oidc.New(oidc.Config{
		Issuer: at.URL, ClientID: "diet", ClientSecret: oidctest.Secret, Redirect: "http://pages/login/back",
		Roles: map[string][]user.Role{"other": {user.Resolver}},
	})
	w.restart() // her group has no role any more
	b.get("/runs").sees("Single sign-on").misses("Log out")
	if strings.Contains(w.log.String(), oidctest.Secret) {
		t.Error("the log holds the secret of the client")
	}
}

// TestSignOnDenied lets nobody in who is in no group with a role, nor while the provider is away.
func TestSignOnDenied(t *testing.T) {
	t.Parallel()
	at := oidctest.New(t, oidctest.Claims{"preferred_username": "bob", "groups": []string{"sales"}})
	w := newWorld(t, func(w *world) { w.idle = true; w.signOn(at) })
	w.join("vera", user.Viewer)
	b := w.browser()
	var back string
	b.client.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host == "pages" {
			back = r.URL.RequestURI()
			return http.ErrUseLastResponse
		}
		return nil
	}
	at.Away(true)
	b.get("/login/away").status(http.StatusBadGateway).sees("does not answer", "Single sign-on").sees(`type="password"`)
	at.Away(false)
	b.get("/login/away")
	b.get(back).status(http.StatusUnauthorized).sees("in no group that has a role")
	b.get("/jobs").sees("Log in")
}
