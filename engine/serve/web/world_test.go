package web_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/ssh"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/approval"
	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/engine/serve/oidc"
	"github.com/diet-project/diet/engine/serve/user"
	"github.com/diet-project/diet/engine/serve/web"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
	"github.com/diet-project/diet/mirror/sandbox"
)

const (
	token    = "d1e7000000000000000000000000000000000001"
	hers     = "5e7f000000000000000000000000000000000002"
	password = "correct horse battery"
)

// text is a plan of one rack, two leaves and some servers.
const text = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: web}
spec:
  site: ams2
  defaults: {description: "one"}
  catalog:
    deviceTypes:
      leaf-48: {manufacturer: acme, model: Leaf 48, u: 1, ports: {"E1/{1-32}": 25gbase-x-sfp28}}
      server: {manufacturer: acme, model: Server, u: 1}
  racks:
    row: {count: 1, units: 48}
  fabrics:
    dc:
      switches:
        leaf: {role: leaf, type: leaf-48, group: 2, rack: {pool: row, per: 2, fromU: 43}, zones: {server: {ports: 1-32}}}
  nodes:
    web:
      count: 3
      type: server
      rack: {pool: row, per: 32, fromU: 1}
      nics: {lom: {ports: [eth0, eth1], type: 25gbase-x-sfp28}}
      links: {data: {from: lom, to: dc.leaf/server, spread: alternate}}
  reconcile: {deletionPolicy: delete}
`

// world is a NetBox, a plan that was applied to it, and the pages about both.
type world struct {
	testing.TB
	dir      string
	sandbox  *sandbox.Server
	netbox   *httptest.Server
	jobs     *job.Runner
	base     engine.Config
	users    *user.File
	pages    *httptest.Server
	all      []*web.Pages
	plan     string     // its file
	more     []job.Plan // beside it
	log      bytes.Buffer
	policies []string
	members  string // of the file with users
	guarded  bool   // others than this machine reach the pages
	idle     bool   // no job runs yet
	secure   bool   // browsers come by TLS
	provider *oidc.Provider
	gate     atomic.Pointer[chan struct{}] // what NetBox waits for

	mu sync.Mutex // of base
}

// newWorld starts a NetBox to which the plan was applied, and the pages. Nobody has to log in.
func newWorld(t testing.TB, edits ...func(*world)) *world {
	t.Helper()
	w := &world{TB: t, dir: t.TempDir()}
	var err error
	if w.sandbox, err = sandbox.New(sandbox.Config{Version: "4.6", Token: token, Tokens: map[string]string{hers: "maria"}}); err != nil {
		t.Fatal(err)
	}
	w.netbox = httptest.NewServer(w.gated())
	t.Cleanup(w.netbox.Close)
	w.plan = filepath.Join(w.dir, "web.yaml")
	w.write(text)
	w.users = user.Open(filepath.Join(w.dir, "users.yaml"))
	for _, edit := range edits {
		edit(w)
	}
	w.base = engine.Config{
		URL: w.netbox.URL, Token: token, Mirror: filepath.Join(w.dir, "diet.db"), Version: "test", Wait: 50 * time.Millisecond,
		Policies: w.policies, Approvers: approval.Approvers{}, Index: web.Index,
		Approving: func(person string) bool {
			p, known, err := w.users.Find(person)
			return err == nil && known && p.May(user.Approver)
		},
	}
	mirrortest.Lay(t, w.base.Mirror)
	w.apply()
	w.serve()
	return w
}

// write writes the plan.
func (w *world) write(text string) {
	w.Helper()
	if err := os.WriteFile(w.plan, []byte(text), 0o600); err != nil {
		w.Fatal(err)
	}
}

// load reads the plan.
func (w *world) load() *generate.Plan {
	w.Helper()
	data, err := os.ReadFile(w.plan)
	if err != nil {
		w.Fatal(err)
	}
	plan, err := generate.Load(w.plan, data)
	if err != nil {
		w.Fatal(err)
	}
	return plan
}

// set changes how engines are configured from now on.
func (w *world) set(edit func(*engine.Config)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	edit(&w.base)
}

func (w *world) open(ctx context.Context, edit func(*engine.Config)) (*engine.Engine, error) {
	w.mu.Lock()
	cfg := w.base
	w.mu.Unlock()
	if edit != nil {
		edit(&cfg)
	}
	return engine.New(ctx, cfg)
}

// with uses an engine.
func (w *world) with(do func(*engine.Engine)) {
	w.Helper()
	eng, err := w.open(w.Context(), nil)
	if err != nil {
		w.Fatal(err)
	}
	do(eng)
	if err := eng.Close(); err != nil {
		w.Error(err)
	}
}

// apply applies the plan.
func (w *world) apply() {
	w.Helper()
	w.with(func(eng *engine.Engine) {
		if _, err := eng.Init(w.Context()); err != nil {
			w.Fatal(err)
		}
		if _, _, err := eng.Apply(w.Context(), w.load(), engine.ApplyOptions{}); err != nil {
			w.Fatal(err)
		}
	})
}

// sync reads NetBox.
func (w *world) sync() {
	w.Helper()
	w.with(func(eng *engine.Engine) {
		if _, err := eng.Sync(w.Context(), mirror.Options{}); err != nil {
			w.Fatal(err)
		}
	})
}

// serve starts the jobs and the pages.
func (w *world) serve() {
	w.Helper()
	var err error
	w.jobs, err = job.New(w.Context(), job.Config{
		Path: filepath.Join(w.dir, "jobs.db"), Open: w.open, Plans: w.plans, Host: "here", Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		w.Fatal(err)
	}
	if !w.idle {
		w.start()
	}
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		w.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		w.Fatal(err)
	}
	w.base.Approvers[ssh.FingerprintSHA256(signer.PublicKey())] = approval.Server
	w.pages = httptest.NewServer(w.shown(web.Config{
		Open: w.open, Jobs: w.jobs, Users: w.users, Guarded: w.guarded, Secure: w.secure,
		SignOn: w.provider, Local: "joe", Signer: signer, Version: "test", Sessions: w.jobs.Sessions(),
		Logger:  slog.New(slog.NewTextHandler(&w.log, nil)),
		Queries: map[string]string{"edits by people": "SELECT kind, object, field, have FROM drift"},
	}))
	w.Cleanup(func() {
		w.pages.Close()
		for _, shown := range w.all {
			shown.Close()
		}
		if err := w.jobs.Stop(context.WithoutCancel(w.Context())); err != nil {
			w.Error(err)
		}
		if err := w.jobs.Close(); err != nil {
			w.Error(err)
		}
		if strings.Contains(w.log.String(), token) {
			w.Error("the log holds the token")
		}
	})
}

// shown are pages, which end with the test.
func (w *world) shown(cfg web.Config) *web.Pages {
	w.all = append(w.all, web.New(cfg))
	return w.all[len(w.all)-1]
}

// start has jobs run.
func (w *world) start() {
	w.Helper()
	if err := w.jobs.Start(w.Context()); err != nil {
		w.Fatal(err)
	}
}

func (w *world) plans() []job.Plan {
	data, err := os.ReadFile(w.plan)
	if err != nil {
		return []job.Plan{{Path: w.plan, Key: "web", Err: err}}
	}
	plan, err := generate.Load(w.plan, data)
	return append([]job.Plan{{Path: w.plan, Key: "web", Plan: plan, Err: err}}, w.more...)
}

// object is what NetBox holds under a diet id.
func (w *world) object(endpoint, id string) map[string]any {
	w.Helper()
	for _, o := range w.sandbox.Objects(endpoint) {
		if custom, _ := o["custom_fields"].(map[string]any); custom["diet_object_id"] == id {
			return o
		}
	}
	w.Fatalf("no %s has the id %s", endpoint, id)
	return nil
}

// byHand is a request of Maria's.
func (w *world) byHand(method, path string, body any) {
	w.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		w.Fatal(err)
	}
	req := httptest.NewRequestWithContext(w.Context(), method, "/api/"+path+"/", bytes.NewReader(text))
	req.Header.Set("Authorization", "Token "+hers)
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	w.sandbox.ServeHTTP(rec, req)
	if rec.Code >= http.StatusMultipleChoices {
		w.Fatalf("%s %s: %d %s", method, path, rec.Code, rec.Body)
	}
}

// edit is Maria's PATCH of an object.
func (w *world) edit(endpoint, id string, body any) {
	w.Helper()
	w.byHand(http.MethodPatch, fmt.Sprintf("dcim/%s/%v", endpoint, w.object(endpoint, id)["id"]), body)
}

// remove is Maria's DELETE of an object.
func (w *world) remove(endpoint, id string) {
	w.Helper()
	w.byHand(http.MethodDelete, fmt.Sprintf("dcim/%s/%v", endpoint, w.object(endpoint, id)["id"]), nil)
}

// drift has Maria rename a server, write a description and delete a cable.
func (w *world) drift() {
	w.Helper()
	w.edit("devices", "web/web[1]", map[string]any{"name": "db-primary"})
	w.edit("devices", "web/web[2]", map[string]any{"description": "<script>alert('maria')</script>"})
	w.remove("cables", "web/web[3]/lom.eth0~")
	w.sync()
}

// browser is somebody who looks at the pages.
type browser struct {
	*world
	client *http.Client
	last   string // the page that was seen last
	at     string // and its address
	code   int
}

func (w *world) browser() *browser {
	w.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.Fatal(err)
	}
	return &browser{world: w, client: &http.Client{Transport: mirrortest.Client.Transport, Jar: jar, Timeout: 2 * time.Minute}}
}

// join adds a user, whose password is hashed more cheaply than diet user add does it.
func (w *world) join(name string, roles ...user.Role) {
	w.Helper()
	salt := []byte("salted for tests")
	key := argon2.IDKey([]byte(password), salt, 1, 64, 1, 32)
	b64 := base64.RawStdEncoding
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	w.members += fmt.Sprintf("  %s: {password: \"$argon2id$v=19$m=64,t=1,p=1$%s$%s\", roles: [%s]}\n",
		name, b64.EncodeToString(salt), b64.EncodeToString(key), strings.Join(words, ", "))
	if err := os.WriteFile(w.users.Path(), []byte("users:\n"+w.members), 0o600); err != nil {
		w.Fatal(err)
	}
}

// member is a browser of somebody who is logged in with some roles.
func (w *world) member(name string, roles ...user.Role) *browser {
	w.Helper()
	w.join(name, roles...)
	b := w.browser()
	b.get("/login")
	b.post("/login", "name", name, "password", password)
	b.status(http.StatusOK)
	return b
}

// get opens a page.
func (b *browser) get(path string) *browser {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, b.pages.URL+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	return b.send(req)
}

var csrfField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// post sends a form with the token of the page that was seen last.
func (b *browser) post(path string, pairs ...string) *browser {
	b.Helper()
	csrf := ""
	if m := csrfField.FindStringSubmatch(b.last); m != nil {
		csrf = m[1]
	}
	return b.postWith(csrf, path, pairs...)
}

func (b *browser) postWith(csrf, path string, pairs ...string) *browser {
	b.Helper()
	form := url.Values{"csrf": {csrf}}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.pages.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.send(req)
}

func (b *browser) send(req *http.Request) *browser {
	b.Helper()
	res, err := b.client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.Fatal(err)
	}
	b.last, b.at, b.code = string(body), res.Request.URL.RequestURI(), res.StatusCode
	if strings.Contains(b.last, token) {
		b.Errorf("%s shows the token", b.at)
	}
	if !strings.HasPrefix(b.pages.URL, "http://"+res.Request.URL.Host) {
		return b // an identity provider
	}
	policy := res.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		b.Errorf("%s has the policy %q", b.at, policy)
	}
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		return b
	}
	if strings.Contains(b.last, " style=") || strings.Contains(b.last, " onclick=") || strings.Contains(b.last, "<style") {
		b.Errorf("%s has styles or scripts written into it", b.at)
	}
	return b
}

// status asserts how the last page was answered.
func (b *browser) status(want int) *browser {
	b.Helper()
	if b.code != want {
		b.Fatalf("%s: %d, want %d: %s", b.at, b.code, want, shorten(b.last))
	}
	return b
}

var (
	tags   = regexp.MustCompile(`<[^>]*>`)
	spaces = regexp.MustCompile(`\s+`)

	problem = regexp.MustCompile(`class="problem"`)
)

// shorten is what a page says, without its elements.
func shorten(page string) string {
	_, main, found := strings.Cut(page, "<main")
	if found {
		page = "<main" + main
	}
	return spaces.ReplaceAllString(html.UnescapeString(tags.ReplaceAllString(page, " ")), " ")
}

// sees asserts that the last page holds texts.
func (b *browser) sees(texts ...string) *browser {
	b.Helper()
	for _, text := range texts {
		if !strings.Contains(b.last, text) && !strings.Contains(shorten(b.last), text) {
			b.Errorf("%s lacks %q: %s", b.at, text, shorten(b.last))
		}
	}
	return b
}

// misses asserts that it does not.
func (b *browser) misses(texts ...string) *browser {
	b.Helper()
	for _, text := range texts {
		if strings.Contains(b.last, text) {
			b.Errorf("%s holds %q", b.at, text)
		}
	}
	return b
}

// until opens a page again and again until it holds a text.
func (b *browser) until(path, text string) *browser {
	b.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		if b.get(path); strings.Contains(b.last, text) || strings.Contains(shorten(b.last), text) {
			return b
		}
	}
	b.Fatalf("%s never holds %q: %s", path, text, shorten(b.last))
	return b
}
