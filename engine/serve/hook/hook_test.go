package hook_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"hash"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/serve/hook"
)

func sum(h func() hash.Hash, body, secret string) string {
	mac := hmac.New(h, []byte(secret))
	_, _ = mac.Write([]byte(body))
	return hex.EncodeToString(mac.Sum(nil))
}

// TestHooks take what is signed with their secret, and nothing else.
func TestHooks(t *testing.T) {
	t.Parallel()
	const body, secret = `{"event": "updated"}`, "s3cret"
	for name, tt := range map[string]struct {
		path, header, value string
		body                string
		fails               error
		want                int
	}{
		"netbox":             {path: "netbox", header: "X-Hook-Signature", value: sum(sha512.New, body, secret), want: 202},
		"netbox, another":    {path: "netbox", header: "X-Hook-Signature", value: sum(sha512.New, body, "other"), want: 403},
		"netbox, of another": {path: "netbox", header: "X-Hook-Signature", value: sum(sha512.New, body+" ", secret), want: 403},
		"netbox, shorter":    {path: "netbox", header: "X-Hook-Signature", value: sum(sha256.New, body, secret), want: 403},
		"netbox, unsigned":   {path: "netbox", want: 403},
		"netbox, no hex":     {path: "netbox", header: "X-Hook-Signature", value: "zz", want: 403},
		"github":             {path: "git", header: "X-Hub-Signature-256", value: "sha256=" + sum(sha256.New, body, secret), want: 202},
		"github, another":    {path: "git", header: "X-Hub-Signature-256", value: "sha256=" + sum(sha256.New, body, "x"), want: 403},
		"github, empty":      {path: "git", header: "X-Hub-Signature-256", value: "sha256=", want: 403},
		"gitea":              {path: "git", header: "X-Gitea-Signature", value: sum(sha256.New, body, secret), want: 202},
		"gitlab":             {path: "git", header: "X-Gitlab-Token", value: secret, want: 202},
		"gitlab, another":    {path: "git", header: "X-Gitlab-Token", value: "other", want: 403},
		"git, unsigned":      {path: "git", want: 403},
		"too large":          {path: "git", header: "X-Gitlab-Token", value: secret, body: strings.Repeat("x", 9<<20), want: 413},
		"no jobs":            {path: "git", header: "X-Gitlab-Token", value: secret, fails: errors.New("disk full"), want: 500},
		"unknown":            {path: "svn", want: 404},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hints, counted := 0, ""
			mux := http.NewServeMux()
			hook.Handle(mux, hook.Config{
				NetBox: secret, Git: secret, Logger: slog.New(slog.DiscardHandler),
				Hint:    func(context.Context) (int, error) { hints++; return 2, tt.fails },
				Counted: func(source, result string) { counted = source + " " + result },
			})
			if tt.body == "" {
				tt.body = body
			}
			r := httptest.NewRequest(http.MethodPost, "/hooks/"+tt.path, strings.NewReader(tt.body))
			r.Header.Set(tt.header, tt.value)
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, r)
			if w.Code != tt.want || (hints == 1) != (tt.want == 202 || tt.want == 500) || strings.Contains(w.Body.String(), "disk") {
				t.Errorf("%d %q, %d hints, %s", w.Code, w.Body, hints, counted)
			}
			want := map[int]string{202: " done", 403: " refused", 413: " refused", 500: " failed", 404: ""}[tt.want]
			if want != "" {
				want = tt.path + want
			}
			if counted != want {
				t.Errorf("counted %q, want %q", counted, want)
			}
		})
	}
}

// TestOtherMethods tells who calls a webhook otherwise than by POST that, not to log in.
func TestOtherMethods(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusSeeOther) })
	hook.Handle(mux, hook.Config{Git: "s3cret"})
	for path, want := range map[string]int{"git": http.StatusMethodNotAllowed, "netbox": http.StatusNotFound, "": http.StatusNotFound} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/hooks/"+path, nil))
		if w.Code != want {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// TestNoSecret serves no hook without a secret.
func TestNoSecret(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	hook.Handle(mux, hook.Config{})
	for _, path := range []string{"netbox", "git"} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/hooks/"+path, nil))
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
