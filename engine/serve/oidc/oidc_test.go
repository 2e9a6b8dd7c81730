package oidc_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine/serve/oidc"
	"github.com/diet-project/diet/engine/serve/oidc/oidctest"
	"github.com/diet-project/diet/engine/serve/user"
	"github.com/diet-project/diet/mirror/mirrortest"
)

// login goes to the provider and back.
func login(t *testing.T, p *oidc.Provider, edit func(*oidc.Flow, url.Values)) (user.Person, error) {
	t.Helper()
	address, flow, err := p.Begin(t.Context())
	if err != nil {
		return user.Person{}, err
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	stay := *mirrortest.Client
	stay.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := stay.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	back, err := url.Parse(res.Header.Get("Location"))
	if err != nil || res.StatusCode != http.StatusFound {
		t.Fatalf("%d: %v", res.StatusCode, err)
	}
	query := back.Query()
	if edit != nil {
		edit(&flow, query)
	}
	return p.Finish(t.Context(), flow, query.Get("state"), query.Get("code"))
}

var roles = map[string][]user.Role{"net": {user.Resolver, user.Applier}, "leads": {user.Approver, user.Resolver}}

func provider(t *testing.T, at *oidctest.Server, edit func(*oidc.Config)) *oidc.Provider {
	t.Helper()
	cfg := oidc.Config{
		Issuer: at.URL, ClientID: "diet", ClientSecret: oidctest.Secret, Redirect: "http://localhost/login/callback", Roles: roles,
	}
	if edit != nil {
		edit(&cfg)
	}
	p, err := oidc.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestRoles gives people the roles of their groups, wherever these stand.
func TestRoles(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		claims oidctest.Claims
		edit   func(*oidc.Config)
		want   string // the name and the roles; "" is denied
	}{
		"groups": {claims: oidctest.Claims{"preferred_username": "ann", "groups": []string{"net", "x"}}, want: "ann applier resolver"},
		"two": {
			claims: oidctest.Claims{"preferred_username": "ann", "groups": []string{"net", "leads"}},
			want:   "ann applier approver resolver",
		},
		"one as text": {claims: oidctest.Claims{"preferred_username": "ann", "groups": "leads"}, want: "ann approver resolver"},
		"deeper": {
			claims: oidctest.Claims{"preferred_username": "ann", "realm_access": map[string]any{"roles": []string{"net"}}},
			edit:   func(cfg *oidc.Config) { cfg.Groups = "realm_access.roles" }, want: "ann applier resolver",
		},
		"by its scope": {
			claims: oidctest.Claims{"preferred_username": "ann", "scopes": oidctest.Claims{"groups": []string{"net"}}},
			want:   "ann applier resolver",
		},
		"without its scope": {
			claims: oidctest.Claims{"preferred_username": "ann", "scopes": oidctest.Claims{"groups": []string{"net"}}},
			edit:   func(cfg *oidc.Config) { cfg.Scopes = []string{"profile"} },
		},
		"asked for": {
			claims: oidctest.Claims{"preferred_username": "ann", "info": oidctest.Claims{"groups": []string{"net"}}},
			want:   "ann applier resolver",
		},
		"no group":      {claims: oidctest.Claims{"preferred_username": "ann", "groups": []string{"x"}}},
		"called like *": {claims: oidctest.Claims{"preferred_username": "ann", "groups": []string{"*"}}},
		"everybody":     {claims: oidctest.Claims{"preferred_username": "ann"}, edit: everybody, want: "ann viewer"},
		"by address": {
			claims: oidctest.Claims{"email": "ann@example.com", "email_verified": true},
			edit:   byAddress, want: "ann@example.com viewer",
		},
		"not verified":   {claims: oidctest.Claims{"email": "ann@example.com"}, edit: byAddress},
		"no name":        {claims: oidctest.Claims{"groups": []string{"net"}}},
		"a name of tags": {claims: oidctest.Claims{"preferred_username": "<script>", "groups": []string{"net"}}},
		"somebody else": {
			claims: oidctest.Claims{"preferred_username": "ann", "info": oidctest.Claims{"sub": "other", "groups": []string{"net"}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := login(t, provider(t, oidctest.New(t, tt.claims), tt.edit), nil)
			words := []string{got.Name}
			for _, r := range got.Roles {
				words = append(words, string(r))
			}
			if said := strings.Join(words, " "); said != tt.want || (err != nil) != (tt.want == "") {
				t.Errorf("got %q, %v", said, err)
			}
		})
	}
}

func everybody(cfg *oidc.Config) { cfg.Roles = map[string][]user.Role{oidc.Everybody: {user.Viewer}} }
func byAddress(cfg *oidc.Config) { everybody(cfg); cfg.Name = "email" }

// TestForged refuses what the provider did not answer to this browser, or did not sign.
func TestForged(t *testing.T) {
	t.Parallel()
	ann := oidctest.Claims{"preferred_username": "ann", "groups": []string{"net"}}
	for name, edit := range map[string]func(*oidc.Flow, url.Values){
		"another state":    func(_ *oidc.Flow, q url.Values) { q.Set("state", "guessed") },
		"no login":         func(f *oidc.Flow, q url.Values) { *f = oidc.Flow{}; q.Del("state") },
		"another nonce":    func(f *oidc.Flow, _ url.Values) { f.Nonce = "guessed" },
		"another verifier": func(f *oidc.Flow, _ url.Values) { f.Verifier = strings.Repeat("x", 43) },
		"another code":     func(_ *oidc.Flow, q url.Values) { q.Set("code", "guessed") },
	} {
		if got, err := login(t, provider(t, oidctest.New(t, ann), nil), edit); err == nil || got.Name != "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for name, spoil := range map[string]oidctest.Claims{
		"for another client": {"aud": "other"}, "of another issuer": {"iss": "https://evil.example.com"}, "long ago": {"exp": 1000},
		"signed by nobody": {"forge": true}, "given to another client": {"aud": []string{"diet", "other"}, "azp": "other"},
		"valid in an hour": {"nbf": time.Now().Add(time.Hour).Unix()}, "without a nonce": {"nonce": ""},
	} {
		if got, err := login(t, provider(t, oidctest.New(t, ann, spoil), nil), nil); err == nil || got.Name != "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	both := oidctest.New(t, ann, oidctest.Claims{"aud": []string{"other", "diet"}, "azp": "diet"})
	if got, err := login(t, provider(t, both, nil), nil); err != nil || got.Name != "ann" {
		t.Errorf("for two clients, given to diet: %+v, %v", got, err)
	}
	old := oidctest.New(t, ann, oidctest.Claims{"exp": 1000})
	if _, err := login(t, provider(t, old, nil), nil); err == nil || !strings.Contains(err.Error(), "do the clocks of both differ?") {
		t.Errorf("long ago: %v", err)
	}
}

// TestAway fails while the provider is away, and no longer.
func TestAway(t *testing.T) {
	t.Parallel()
	at := oidctest.New(t, oidctest.Claims{"preferred_username": "ann", "groups": "net"})
	p := provider(t, at, nil)
	at.Away(true)
	if _, err := login(t, p, nil); err == nil || strings.Contains(err.Error(), oidctest.Secret) {
		t.Errorf("got %v", err)
	}
	at.Away(false)
	if got, err := login(t, p, nil); err != nil || !slices.Equal(got.Roles, []user.Role{user.Applier, user.Resolver}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// TestDenied tells who may do nothing here from who could not be asked.
func TestDenied(t *testing.T) {
	t.Parallel()
	for want, claims := range map[string]oidctest.Claims{
		"the provider names none in the claim groups": {"preferred_username": "ann"},
		"the provider names guests":                   {"preferred_username": "ann", "groups": "guests"},
	} {
		_, err := login(t, provider(t, oidctest.New(t, claims), nil), nil)
		if !errors.Is(err, user.ErrDenied) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "password") {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	_, err := login(t, provider(t, oidctest.New(t, oidctest.Claims{"name": "ann"}), nil), nil)
	said := fmt.Sprint(err)
	if !strings.Contains(said, "nothing in the token is called preferred_username") || !strings.Contains(said, "name, nonce") {
		t.Errorf("without a name: %v", err)
	}
	for _, cfg := range []oidc.Config{
		{}, {Issuer: "x", ClientID: "y"},
		{Issuer: "x", ClientID: "y", Roles: map[string][]user.Role{"a": {"root"}}},
	} {
		if _, err := oidc.New(cfg); err == nil {
			t.Errorf("%+v is taken", cfg)
		}
	}
}
