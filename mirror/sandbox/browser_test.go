package sandbox_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/diet-project/diet/mirror/mirrortest"
	"github.com/diet-project/diet/mirror/sandbox"
)

// browser is a client with cookies that asks for pages.
type browser struct {
	*world
	c *http.Client
}

func newBrowser(w *world) *browser {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return &browser{w, &http.Client{Transport: mirrortest.Client.Transport, Jar: jar}}
}

func (b *browser) visit(method, path, form string) (status int, kind, text string) {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.ctx, method, b.url+path, strings.NewReader(form))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
	if form != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := b.c.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("Content-Type"), string(raw)
}

// A browser has no token to send: it logs in, and then reads the API as pages.
func TestBrowser(t *testing.T) {
	w := newWorld(t, "4.6")
	w.must(201, "POST", "/api/dcim/sites/", obj{"name": `<script>alert("x")</script>`, "slug": "a", "description": "http://x/\"onload=\"y"})
	b := newBrowser(w)
	expect := func(method, path, form string, status int, words ...string) string {
		t.Helper()
		got, kind, text := b.visit(method, path, form)
		if got != status || !strings.HasPrefix(kind, "text/html") {
			t.Errorf("%s %s: %d %s", method, path, got, kind)
		}
		for _, word := range words {
			if !strings.Contains(text, word) {
				t.Errorf("%s %s lacks %q:\n%s", method, path, word, text)
			}
		}
		return text
	}
	expect("GET", "/", "", 200, "<form")
	expect("GET", "/api/dcim/sites/?limit=5", "", 403, "Authentication credentials were not provided.",
		`/login/?next=%2fapi%2fdcim%2fsites%2f%3flimit%3d5`)
	expect("GET", "/login/?next=//evil.example/", "", 200, `value="/api/"`)
	expect("POST", "/login/", "token=wrong", 403, "Invalid v1 token", "<form")
	text := expect("POST", "/login/", url.Values{"token": {sandbox.DefaultToken}, "next": {"/api/dcim/sites/"}}.Encode(), 200,
		"Dcim sites", "GET /api/dcim/sites/", "&lt;script&gt;", `<a href="`+w.url+`/api/dcim/sites/1/">`, "log out")
	if strings.Contains(text, "<script>") || strings.Contains(text, `"onload`) {
		t.Error("the page is not escaped")
	}
	expect("GET", "/dcim/sites/1/", "", 200, "GET /api/dcim/sites/1/", "ETag")
	expect("GET", "/api/dcim/sites/9/", "", 404, "No Site matches the given query.")
	expect("DELETE", "/api/dcim/sites/1/", "", 403, "CSRF Failed")
	if _, kind, text := b.visit("GET", "/api/dcim/sites/?format=json", ""); kind != "application/json" || !strings.HasPrefix(text,
		`{"count":1,`) {
		t.Errorf("?format=json: %s %s", kind, text)
	}
	expect("GET", "/logout/", "", 200)
	expect("GET", "/api/", "", 403)
}

// Programs get JSON, whatever they accept besides.
func TestProgramsGetJSON(t *testing.T) {
	w := newWorld(t, "4.6")
	for _, accept := range []string{"", "*/*", "application/json", "application/json, text/html"} {
		req, err := http.NewRequestWithContext(w.ctx, http.MethodGet, w.url+"/api/status/", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Token "+sandbox.DefaultToken)
		req.Header.Set("Accept", accept)
		res, err := mirrortest.Client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if got := res.Header.Get("Content-Type"); got != "application/json" {
			t.Errorf("Accept %q: %s", accept, got)
		}
	}
}
