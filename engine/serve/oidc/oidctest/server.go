// Package oidctest is an OpenID Connect provider for tests: whoever asks is logged in at once.
package oidctest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Secret is that of the client diet.
const Secret = "s3cret-of-the-client"

// Claims are what the provider says of a person. Under info stands what it says only when it is
// asked, and under scopes what it says where a scope of that name is asked for, as dex does; with
// forge, it signs with a key that it does not show.
type Claims map[string]any

// Server is a provider.
type Server struct {
	*httptest.Server
	claims Claims
	key    *rsa.PrivateKey
	away   atomic.Bool

	mu    sync.Mutex
	codes map[string]url.Values // what was asked for with each
}

// New starts a provider that knows one person.
func New(t testing.TB, claims ...Claims) *Server {
	t.Helper()
	s := &Server{claims: Claims{"sub": "1"}, codes: map[string]url.Values{}}
	for _, c := range claims {
		maps.Copy(s.claims, c)
	}
	var err error
	if s.key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", s.discovery)
	mux.HandleFunc("GET /authorize", s.authorize)
	mux.HandleFunc("POST /token", s.token)
	mux.HandleFunc("GET /keys", s.keys)
	mux.HandleFunc("GET /info", s.info)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.away.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// Away has the provider answer nothing useful.
func (s *Server) Away(is bool) { s.away.Store(is) }

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func (s *Server) discovery(w http.ResponseWriter, _ *http.Request) {
	scopes := []string{"openid", "profile", "email"}
	if more, is := s.claims["scopes"].(Claims); is {
		scopes = slices.AppendSeq(scopes, maps.Keys(more))
	}
	answer(w, map[string]any{
		"scopes_supported": scopes,
		"issuer":           s.URL, "authorization_endpoint": s.URL + "/authorize",
		"token_endpoint": s.URL + "/token", "jwks_uri": s.URL + "/keys",
		"userinfo_endpoint": s.URL + "/info", "id_token_signing_alg_values_supported": []string{"RS256"},
	})
}

// authorize sends the browser back with a code.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	code := rand.Text()
	s.codes[code] = r.URL.Query()
	back := url.Values{"code": {code}, "state": {r.URL.Query().Get("state")}}
	to := r.URL.Query().Get("redirect_uri") + "?" + back.Encode()
	http.Redirect(w, r, to, http.StatusFound) //nolint:gosec // a provider for tests sends people where they want
}

// token redeems a code, once, for who began the login and knows the client's secret.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked, known := s.codes[r.PostFormValue("code")]
	delete(s.codes, r.PostFormValue("code"))
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	challenge := base64.RawURLEncoding.EncodeToString(sum[:])
	if !known || id != "diet" || secret != Secret || challenge != asked.Get("code_challenge") || asked.Get("code_challenge_method") != "S256" {
		w.WriteHeader(http.StatusBadRequest)
		answer(w, map[string]any{"error": "invalid_grant"})
		return
	}
	now := time.Now()
	claims := Claims{"iss": s.URL, "aud": "diet", "exp": now.Add(time.Hour).Unix(), "iat": now.Unix(), "nonce": asked.Get("nonce")}
	maps.Copy(claims, s.claims)
	if more, is := s.claims["scopes"].(Claims); is {
		for name, v := range more {
			if slices.Contains(strings.Fields(asked.Get("scope")), name) {
				claims[name] = v
			}
		}
	}
	delete(claims, "scopes")
	delete(claims, "info")
	delete(claims, "forge")
	answer(w, map[string]any{"access_token": "opaque", "token_type": "Bearer", "expires_in": 3600, "id_token": s.sign(claims)})
}

func (s *Server) sign(claims Claims) string {
	key := s.key
	if s.claims["forge"] != nil {
		key, _ = rsa.GenerateKey(rand.Reader, 2048) // never fails, as crypto/rand says
	}
	b64 := base64.RawURLEncoding
	payload, _ := json.Marshal(claims) // of plain values: cannot fail
	text := b64.EncodeToString([]byte(`{"alg":"RS256","kid":"k","typ":"JWT"}`)) + "." + b64.EncodeToString(payload)
	sum := sha256.Sum256([]byte(text))
	signature, _ := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:]) // of a key that was made for it
	return text + "." + b64.EncodeToString(signature)
}

func (s *Server) keys(w http.ResponseWriter, _ *http.Request) {
	b64 := base64.RawURLEncoding
	answer(w, map[string]any{"keys": []any{map[string]any{
		"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "k", "n": b64.EncodeToString(s.key.N.Bytes()),
		"e": b64.EncodeToString(big.NewInt(int64(s.key.E)).Bytes()),
	}}})
}

func (s *Server) info(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer opaque" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	more := Claims{"sub": s.claims["sub"]}
	if info, is := s.claims["info"].(Claims); is {
		maps.Copy(more, info)
	}
	answer(w, more)
}
