package conformance_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/diet-project/diet/mirror/mirrortest"
	"github.com/diet-project/diet/mirror/sandbox"
	"github.com/diet-project/diet/mirror/sandbox/conformance"
)

const reader = "fedcba9876543210fedcba9876543210fedcba98"

// TestConformance runs the suite against the sandbox in every release, or
// against the real server that the environment names.
func TestConformance(t *testing.T) {
	if target, ok := conformance.Live(t); ok {
		conformance.Run(t, target)
		return
	}
	for _, version := range []string{"4.2", "4.4", "4.5", "4.6", "4.7"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			srv, err := sandbox.New(sandbox.Config{Version: version, ReadOnlyTokens: []string{reader}, Token: sandbox.DefaultToken})
			if err != nil {
				t.Fatal(err)
			}
			ts := httptest.NewServer(srv)
			t.Cleanup(ts.Close)
			permit(t, ts.URL)
			conformance.Run(t, conformance.Target{BaseURL: ts.URL, Token: sandbox.DefaultToken, ReadOnlyToken: reader})
		})
	}
}

// permit makes the tag without which the suite does nothing.
func permit(t *testing.T, base string) {
	t.Helper()
	body := strings.NewReader(`{"name":"` + sandbox.Permit + `","slug":"` + sandbox.Permit + `"}`)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/api/extras/tags/", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Token "+sandbox.DefaultToken)
	req.Header.Set("Content-Type", "application/json")
	res, err := mirrortest.Client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		t.Fatalf("create tag: %s", res.Status)
	}
}
