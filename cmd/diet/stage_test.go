package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/mirrortest"
	"github.com/diet-project/diet/mirror/netbox"
	"github.com/diet-project/diet/mirror/sandbox"
	"github.com/diet-project/diet/mirror/sandbox/conformance"
	"github.com/diet-project/diet/mirror/store/storetest"
)

// stage is the NetBox that a script plays on: a sandbox, or the real server of
// make test-netbox. It stands before the server and counts diet's writes.
type stage struct {
	person string // the token of maria
	hand   string // the Authorization that goes with it
	writes atomic.Int64

	mu     sync.Mutex
	server http.Handler
	sent   []sent // diet's writes since they were last counted
	since  *checkpoint
}

// sent is a write of diet's.
type sent struct {
	method, path string
	items        []map[string]any
}

func newStage(server http.Handler, person string) *stage {
	return &stage{server: server, person: person, hand: "Token " + person}
}

// ServeHTTP implements [http.Handler].
func (s *stage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodOptions && r.Header.Get("Authorization") != s.hand {
		s.writes.Add(1)
		s.note(r)
	}
	s.mu.Lock()
	server := s.server
	s.mu.Unlock()
	server.ServeHTTP(w, r)
}

// note keeps a write of diet's.
func (s *stage) note(r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the server will tell
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	w := sent{method: r.Method, path: r.URL.Path}
	if json.Unmarshal(body, &w.items) != nil {
		var one map[string]any
		_ = json.Unmarshal(body, &one) // a deletion has none
		w.items = []map[string]any{one}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, w)
}

// stages holds the stage of each script, by its work folder.
var stages sync.Map

func stageOf(ts *testscript.TestScript) *stage {
	s, ok := stages.Load(ts.Getenv("WORK"))
	if !ok {
		ts.Fatalf("no netbox in this script: start one with the command netbox")
	}
	return s.(*stage)
}

// raise puts up a stage for the script, and tells the tokens by the environment.
func raise(ts *testscript.TestScript, s *stage, token, reader string) {
	web := httptest.NewServer(s)
	ts.Defer(web.Close)
	stages.Store(ts.Getenv("WORK"), s)
	ts.Setenv("NETBOX_URL", web.URL)
	ts.Setenv("NETBOX_TOKEN", token)
	ts.Setenv("READ_TOKEN", reader)
}

func startNetBox(ts *testscript.TestScript, _ bool, args []string) {
	if onNetBox() {
		visitNetBox(ts, args)
		return
	}
	config := sandbox.Config{Token: dietToken, Tokens: map[string]string{personToken: "maria"}, ReadOnlyTokens: []string{readToken}}
	if len(args) > 0 {
		config.Version = args[0]
	}
	if slices.Contains(args, "branching") {
		config.Plugins = map[string]string{"netbox_branching": "1.2.2"}
	}
	server, err := sandbox.New(config)
	ts.Check(err)
	raise(ts, newStage(server, personToken), dietToken, readToken)
}

// checkpoint is what a script goes back to: the sandbox and the work folder as they were.
type checkpoint struct {
	server *sandbox.Server
	folder string
}

// saveCheckpoint keeps what stands. Nothing may write meanwhile.
func saveCheckpoint(ts *testscript.TestScript, _ bool, _ []string) {
	folder, err := os.MkdirTemp("", "diet-checkpoint")
	ts.Check(err)
	ts.Defer(func() { _ = os.RemoveAll(folder) })
	ts.Check(os.CopyFS(folder, os.DirFS(ts.Getenv("WORK"))))
	s := stageOf(ts)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.since = &checkpoint{s.server.(*sandbox.Server).Fork(dietToken, time.Now), folder}
}

// rewind starts again from the checkpoint, as often as it is called.
func rewind(ts *testscript.TestScript, _ bool, _ []string) {
	s, work := stageOf(ts), ts.Getenv("WORK")
	entries, err := os.ReadDir(work)
	ts.Check(err)
	for _, entry := range entries {
		ts.Check(os.RemoveAll(filepath.Join(work, entry.Name())))
	}
	ts.Check(os.CopyFS(work, os.DirFS(s.since.folder)))
	s.writes.Store(0)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.server, s.sent = s.since.server.Fork(dietToken, time.Now), nil
}

// onNetBox says whether the scripts play on a real server.
func onNetBox() bool { return os.Getenv("DIET_TEST_NETBOX") == "1" }

// visiting is held by the script that plays on the real server.
var visiting sync.Mutex

// visitNetBox empties the real server, and keeps it for this script.
func visitNetBox(ts *testscript.TestScript, args []string) {
	if len(args) > 0 {
		ts.Fatalf("the real server is of one version: let the script begin with [netbox] skip")
	}
	visiting.Lock()
	ts.Defer(visiting.Unlock)
	out, err := exec.Command("bash", "-c", os.Getenv("NETBOX_RESET")).CombinedOutput()
	if err != nil {
		ts.Fatalf("reset the server: %v\n%s", err, out)
	}
	target, err := url.Parse(os.Getenv("NETBOX_URL"))
	ts.Check(err)
	// The links in the answers lead to the stage, as those of the sandbox do.
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
		},
		Transport: &http.Transport{DisableKeepAlives: true}, // gunicorn closes connections that lie idle
	}
	raise(ts, newStage(proxy, os.Getenv("NETBOX_PERSON_TOKEN")), os.Getenv("NETBOX_TOKEN"), os.Getenv("NETBOX_READONLY_TOKEN"))
}

// overwrite sets a text of an object past the API, as QuerySet.update and SQL do: NetBox keeps
// no row of it, and the time of the last update stays.
func overwrite(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 4 {
		ts.Fatalf("usage: overwrite ENDPOINT NAME FIELD VALUE")
	}
	endpoint, field, value := args[0], args[2], args[3]
	id, err := strconv.ParseInt(lookup(ts, "{{"+endpoint+":"+args[1]+"}}"), 10, 64)
	ts.Check(err)
	if !onNetBox() {
		stageOf(ts).server.(*sandbox.Server).Overwrite(endpoint, id, field, value)
		return
	}
	cmd := exec.Command("bash", "-c", os.Getenv("NETBOX_SERVER")+" shell")
	cmd.Stdin = strings.NewReader(fmt.Sprintf(`from django.apps import apps
model = next(m for m in apps.get_app_config("dcim").get_models() if m._meta.verbose_name_plural.replace(" ", "-") == %q)
assert model.objects.filter(pk=%d).update(**{%q: %q}) == 1
`, endpoint, id, field, value))
	if out, err := cmd.CombinedOutput(); err != nil {
		ts.Fatalf("overwrite: %v\n%s", err, out)
	}
}

// scripts lists the scripts to play: all of them, or, on a real server, those of
// the story's tests, or those of DIET_TEST_SCRIPTS. It skips the test where the server cannot be emptied.
func scripts(t *testing.T) []string {
	t.Helper()
	pattern := "*.txtar"
	if onNetBox() {
		conformance.Live(t) // refuses a server that is not for tests
		if os.Getenv("NETBOX_RESET") == "" || os.Getenv("NETBOX_PERSON_TOKEN") == "" {
			t.Skip("the scripts need the server of make netbox, which can be emptied by NETBOX_RESET")
		}
		pattern = cmp.Or(os.Getenv("DIET_TEST_SCRIPTS"), "test_*.txtar")
	}
	files, err := filepath.Glob(filepath.Join("../../testdata/script", pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts %s: %v", pattern, err)
	}
	return slices.DeleteFunc(files, func(file string) bool { return !mirrortest.InSample(filepath.Base(file)) })
}

// condition tells scripts where they play, for what needs a sandbox: [netbox] skip.
func condition(name string) (bool, error) {
	switch name {
	case "netbox":
		return onNetBox(), nil
	case "postgres":
		return storetest.Here(), nil
	}
	return false, fmt.Errorf("unknown condition %q", name)
}

// postgres makes an empty database, and names it as the store.
func postgres(ts *testscript.TestScript, _ bool, _ []string) {
	address, err := storetest.New()
	ts.Check(err)
	password, _ := address.User.Password()
	address.User = url.User(address.User.Username())
	ts.Setenv("DIET_STORE", address.String())
	ts.Setenv("STORE_HOST", address.Host)
	ts.Setenv("PGPASSWORD", password)
}

// objects lists the objects of an endpoint, by the API.
func objects(ts *testscript.TestScript, endpoint string) []map[string]any {
	app := "dcim"
	switch endpoint {
	case "ip-addresses", "prefixes", "vlans":
		app = "ipam"
	case "tags", "custom-fields", "custom-links", "saved-filters":
		app = "extras"
	}
	var all []map[string]any
	next := ts.Getenv("NETBOX_URL") + "/api/" + app + "/" + endpoint + "/?limit=500&ordering=id"
	for next != "" {
		var page struct {
			Next    string
			Results []map[string]any
		}
		ts.Check(json.Unmarshal(ask(ts, http.MethodGet, next, "", false), &page))
		all = append(all, page.Results...)
		next = page.Next
	}
	return all
}

// ask sends a request as maria, and expects it to succeed, or to fail.
func ask(ts *testscript.TestScript, method, address, body string, fails bool) []byte {
	req, err := http.NewRequest(method, address, strings.NewReader(body))
	ts.Check(err)
	req.Header.Set("Authorization", stageOf(ts).hand)
	req.Header.Set("Content-Type", "application/json")
	res, err := mirrortest.Client.Do(req)
	ts.Check(err)
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	ts.Check(err)
	if failed := res.StatusCode >= 300; failed != fails {
		ts.Fatalf("%s %s: %s: %s", method, address, res.Status, text)
	}
	return text
}

// guest makes a user with the permissions of a file, as maria, and sets GUEST_TOKEN. A
// permission is NetBox's, but for object_types that may be ["*", "-ipam"]: what diet needs,
// without an app.
func guest(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: guest FILE")
	}
	send := func(path string, body any) map[string]any {
		text, err := json.Marshal(body)
		ts.Check(err)
		var made map[string]any
		ts.Check(json.Unmarshal(ask(ts, http.MethodPost, ts.Getenv("NETBOX_URL")+"/api/users/"+path+"/", string(text), false), &made))
		return made
	}
	user := send("users", map[string]any{"username": "guest", "password": "Correct-Horse-9-guest"})["id"]
	var permissions []map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &permissions))
	for _, p := range permissions {
		p["users"], p["object_types"] = []any{user}, objectTypes(ts, p["object_types"].([]any))
		send("permissions", p)
	}
	plain := strings.Repeat("9", 40)
	made := send("tokens", map[string]any{"user": user, "version": 1, "token": plain})
	if chosen, _ := made["token"].(string); chosen != "" {
		plain = chosen // NetBox 4.7 makes it up
	}
	ts.Setenv("GUEST_TOKEN", plain)
}

func objectTypes(ts *testscript.TestScript, given []any) []any {
	if given[0] != "*" {
		return given
	}
	client, err := netbox.New(netbox.Config{URL: ts.Getenv("NETBOX_URL"), Token: stageOf(ts).person})
	ts.Check(err)
	without := strings.TrimPrefix(fmt.Sprint(given[1]), "-") + "."
	out := []any{"users.objectpermission"}
	for _, r := range kinds.Standard().Rights() {
		_, there, err := client.May(context.Background(), r.Endpoint, kinds.View)
		ts.Check(err)
		if there && !strings.HasPrefix(r.ObjectType, without) {
			out = append(out, r.ObjectType)
		}
	}
	return out
}
