package main

import (
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/diet-project/diet/mirror/mirrortest"
	"github.com/diet-project/diet/mirror/store/storetest"
)

const approvedDeletions = `package team.deletion

import rego.v1

# METADATA
# title: Somebody approves the deletion of servers
# custom:
#   id: NET020
#   severity: high
#   decision: ask
#   recommended: force_delete
#   approvals: 1
#   message: somebody must approve this deletion
guards contains rego.metadata.rule().custom if {
	input.class == "orphaned"
	input.kind == "device"
}
`

// visitor is somebody in front of a browser.
type visitor struct {
	*ground
	client *http.Client
	base   string
	last   string
	at     string
	code   int
}

func (g *ground) visit(base string) *visitor {
	g.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		g.Fatal(err)
	}
	return &visitor{ground: g, base: base, client: &http.Client{Transport: mirrortest.Client.Transport, Jar: jar, Timeout: time.Minute}}
}

func (v *visitor) do(method, path, form string) *visitor {
	v.Helper()
	r, err := http.NewRequestWithContext(v.Context(), method, v.base+path, strings.NewReader(form))
	if err != nil {
		v.Fatal(err)
	}
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := v.client.Do(r)
	if err != nil {
		v.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		v.Fatal(err)
	}
	v.last, v.at, v.code = html.UnescapeString(string(text)), res.Request.URL.RequestURI(), res.StatusCode
	return v
}

func (v *visitor) get(path string) *visitor {
	v.Helper()
	return v.do(http.MethodGet, path, "")
}

func (v *visitor) post(path string, pairs ...string) *visitor {
	v.Helper()
	form := url.Values{}
	if m := formToken.FindStringSubmatch(v.last); m != nil {
		form.Set("csrf", m[1])
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	if v.do(http.MethodPost, path, form.Encode()); v.code != http.StatusOK {
		v.Fatalf("%s: %d %s", path, v.code, v.last)
	}
	return v
}

// until loads a page again until it says something, or leads to where it does.
func (v *visitor) until(path, text string) *visitor {
	v.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if v.get(path); strings.Contains(v.last, text) {
			return v
		}
	}
	v.Fatalf("%s never says %q: %s", path, text, v.last)
	return v
}

// TestReplicas has two of diet serve share a database, plans in git and a gateway that sends each
// request to the other one than the one before: who is logged in, what is previewed, approved and
// applied, and how the plan stands then, is the same at both.
func TestReplicas(t *testing.T) {
	t.Parallel()
	g := newGround(t)
	host, desk := g.publish(", push: true")
	g.env = append(g.env, "DIET_STORE="+storetest.Postgres(t))
	if err := os.Mkdir(filepath.Join(g.dir, "policies"), 0o700); err != nil {
		t.Fatal(err)
	}
	g.write("policies/team.rego", approvedDeletions)
	salt := []byte("salted for tests")
	b64 := base64.RawStdEncoding
	hash := b64.EncodeToString(argon2.IDKey([]byte("correct horse battery"), salt, 1, 64, 1, 32))
	g.write("users.yaml", fmt.Sprintf("users: {alice: {password: \"$argon2id$v=19$m=64,t=1,p=1$%s$%s\", roles: [%s]}}\n",
		b64.EncodeToString(salt), hash, "resolver, approver, applier"))
	names := []string{"a.db", "b.db"}
	serve := func(name string) (*process, string) {
		p := g.start("--json", "--mirror", name, "serve", "--listen", "127.0.0.1:0")
		p.until(`"msg":"serve"`)
		return p, servedAt.FindStringSubmatch(p.said())[1]
	}
	// The first time each says what signs the approvals that are given there.
	keys := "approval_servers:\n"
	for _, name := range names {
		p, _ := serve(name)
		keys += "  - " + regexp.MustCompile(`"key":"([^"]+)"`).FindStringSubmatch(p.said())[1] + "\n"
		p.signal(syscall.SIGTERM)
		_ = p.end()
	}
	config, err := os.ReadFile(filepath.Join(g.dir, "diet.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	g.write("diet.yaml", string(config)+"policies: [policies]\n"+keys)
	var all []*httputil.ReverseProxy
	var each []string
	for _, name := range names {
		p, address := serve(name)
		t.Cleanup(func() { p.signal(syscall.SIGTERM); _ = p.end() })
		to, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		each = append(each, address)
		all = append(all, &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to); r.SetXForwarded() }})
	}
	var asked atomic.Int64
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		all[asked.Add(1)%2].ServeHTTP(w, r)
	}))
	t.Cleanup(gateway.Close)
	alice := g.visit(gateway.URL)
	alice.get("/login").post("/login", "name", "alice", "password", "correct horse battery")
	previewed := func() string {
		t.Helper()
		alice.get("/plans/web").post("/plans/web/preview").until(alice.at, "<h1>Preview pv-")
		return alice.at
	}
	applied := func(preview string) {
		t.Helper()
		alice.get(preview).post(preview+"/apply").until(alice.at, "<h1>Run run-")
		alice.until(alice.at, "badge good\">done")
	}
	applied(previewed())
	g.push(host, desk, "less.yaml")
	alice.get("/plans/web").post("/plans/web/check").until("/plans/web/drift?show=all", "Somebody approves the deletion")
	preview := previewed()
	alice.get(preview).post(preview + "/approve")
	for range 2 {
		if alice.get(preview); !strings.Contains(alice.last, "Approvals: 1 of 1") {
			t.Fatalf("an approval does not count everywhere: %s", alice.last)
		}
	}
	applied(preview)
	for _, address := range each {
		alone := g.visit(address)
		alone.client.Jar.SetCookies(urlOf(t, address), alice.client.Jar.Cookies(urlOf(t, gateway.URL)))
		alone.until("/", "badge good\">in sync")
	}
	if devices := len(g.server.Objects("devices")); devices != 4 {
		t.Errorf("%d devices are left", devices)
	}
}

func urlOf(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
