// Package hook takes webhooks of NetBox and of git hosts as hints that something may have
// changed. What has, a check finds out: nothing that a webhook says is believed, and one that
// is lost costs time alone.
package hook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"net/http"
	"strings"
)

// Config configures the hooks.
type Config struct {
	// NetBox and Git are the secrets; a hook without one is not served.
	NetBox, Git string

	// Hint has plans checked soon, and returns how many.
	Hint func(context.Context) (int, error)

	// Counted is told of each hook and its result: done, refused, failed.
	Counted func(source, result string)

	Logger *slog.Logger
}

// heaviest is how large the body of a webhook may be.
const heaviest = 8 << 20

// Handle adds the hooks to a server. Whoever calls them otherwise is told that, and not to log in.
func Handle(mux *http.ServeMux, cfg Config) {
	mux.HandleFunc("/hooks/", http.NotFound)
	for source, hook := range map[string]struct {
		secret string
		proved func(r *http.Request, body []byte, secret string) bool
	}{"netbox": {cfg.NetBox, byNetBox}, "git": {cfg.Git, byGit}} {
		if hook.secret == "" {
			continue
		}
		mux.HandleFunc("/hooks/"+source, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "a webhook is sent by POST", http.StatusMethodNotAllowed)
		})
		mux.HandleFunc("POST /hooks/"+source, func(w http.ResponseWriter, r *http.Request) {
			result, code, text := cfg.take(r, hook.secret, hook.proved)
			cfg.Counted(source, result)
			if code == http.StatusAccepted {
				w.WriteHeader(code)
				fmt.Fprintln(w, text)
				return
			}
			http.Error(w, text, code)
		})
	}
}

// take checks who sent a webhook, and passes the hint on.
func (c *Config) take(
	r *http.Request, secret string, proved func(*http.Request, []byte, string) bool,
) (result string, code int, text string) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, heaviest))
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return "refused", http.StatusRequestEntityTooLarge, "too large"
	}
	if err != nil {
		return "refused", http.StatusBadRequest, "unreadable"
	}
	if !proved(r, body, secret) {
		c.Logger.Warn("webhook refused: it is not signed with the secret", "path", r.URL.Path, "from", r.RemoteAddr)
		return "refused", http.StatusForbidden, "not signed with the secret"
	}
	n, err := c.Hint(r.Context())
	if err != nil {
		c.Logger.Error("webhook", "path", r.URL.Path, "error", err)
		return "failed", http.StatusInternalServerError, "the checks cannot be started; the log says why"
	}
	return "done", http.StatusAccepted, fmt.Sprintf("plans to be checked: %d", n)
}

// byNetBox reports whether NetBox signed a body.
func byNetBox(r *http.Request, body []byte, secret string) bool {
	return signed(sha512.New, r.Header.Get("X-Hook-Signature"), body, secret)
}

// byGit reports whether GitHub or Gitea signed a body, or GitLab knows the token.
func byGit(r *http.Request, body []byte, secret string) bool {
	if sum, github := strings.CutPrefix(r.Header.Get("X-Hub-Signature-256"), "sha256="); github {
		return signed(sha256.New, sum, body, secret)
	}
	if sum := r.Header.Get("X-Gitea-Signature"); sum != "" {
		return signed(sha256.New, sum, body, secret)
	}
	given := sha256.Sum256([]byte(r.Header.Get("X-Gitlab-Token")))
	want := sha256.Sum256([]byte(secret))
	return subtle.ConstantTimeCompare(given[:], want[:]) == 1
}

// signed reports whether a text is the HMAC of a body.
func signed(hash func() hash.Hash, text string, body []byte, secret string) bool {
	given, err := hex.DecodeString(text)
	if err != nil {
		return false
	}
	mac := hmac.New(hash, []byte(secret))
	_, _ = mac.Write(body) // never fails, as hash says
	return hmac.Equal(given, mac.Sum(nil))
}
