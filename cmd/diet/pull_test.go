package main

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
)

// git runs git in a folder, as a person does.
func (g *ground) git(dir string, args ...string) string {
	g.Helper()
	cmd := exec.CommandContext(g.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(slices.Clone(g.env), "GIT_AUTHOR_NAME=maria", "GIT_AUTHOR_EMAIL=m@example.com", "GIT_COMMITTER_NAME=maria",
		"GIT_COMMITTER_EMAIL=m@example.com")
	out, err := cmd.CombinedOutput()
	if err != nil {
		g.Fatalf("git %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// publish makes a repository with a plan, and a diet.yaml that pulls it.
func (g *ground) publish(more string) (host, desk string) {
	g.Helper()
	host, desk = filepath.Join(g.dir, "fabric.git"), filepath.Join(g.dir, "desk")
	g.git(g.dir, "init", "-q", "--bare", "-b", "main", host)
	g.git(g.dir, "init", "-q", "-b", "main", desk)
	g.push(host, desk, "plan.yaml")
	g.write("diet.yaml", "sources: [{name: fabric, url: \"file://"+host+"\", path: plans, interval: 1h"+more+"}]\n"+
		"schedules: [{check: 0 0 1 1 *, apply: 0 0 1 1 *}]\n"+
		"notifications: [{name: noc, urls: [\"logger://\"], on: [failures], group: \"0\", every: \"0\"}]\n"+
		"serve: {hooks: {git: hook-secret-of-16}}\n")
	return host, desk
}

// push has the repository hold a plan.
func (g *ground) push(host, desk, plan string) {
	g.Helper()
	text, err := os.ReadFile(filepath.Join(g.dir, plan))
	if err = errors.Join(err, os.MkdirAll(filepath.Join(desk, "plans"), 0o700)); err == nil {
		err = os.WriteFile(filepath.Join(desk, "plans", "web.yaml"), text, 0o600)
	}
	if err != nil {
		g.Fatal(err)
	}
	g.git(desk, "add", "-A")
	g.git(desk, "commit", "-q", "-m", plan)
	g.git(desk, "push", "-q", host, "HEAD:main")
}

// swap gives a folder another name.
func (g *ground) swap(from, to string) {
	g.Helper()
	if err := os.Rename(from, to); err != nil {
		g.Fatal(err)
	}
}

// fails runs diet, which ends with 1, and returns what it prints.
func (g *ground) fails(args ...string) string {
	g.Helper()
	p := g.start(args...)
	if code := p.end(); code != exitError {
		g.Errorf("diet %v: exit %d: %s", args, code, p.said())
	}
	return p.stdout.String()
}

// rest has jobs that failed wait for five minutes more: how long the commands of a test take does
// not matter then. A schedule begins at once what would wait for much longer.
func (g *ground) rest() {
	g.Helper()
	db, err := mirror.OpenFile(g.Context(), filepath.Join(g.dir, "diet.jobs.db"))
	if err != nil {
		g.Fatal(err)
	}
	_, err = db.ExecContext(g.Context(), "UPDATE river_job SET scheduled_at = datetime('now', '+5 minutes') WHERE state = 'retryable'")
	if err = errors.Join(err, db.Close()); err != nil {
		g.Fatal(err)
	}
}

// TestPulled works on a plan of a repository. While that is away, it says so once, looks for
// drift by the plan that it has, and applies nothing.
func TestPulled(t *testing.T) {
	t.Parallel()
	g := newGround(t)
	host, desk := g.publish("")
	away := host + ".away"
	g.swap(host, away)
	if said := g.fails("watch", "--once"); !strings.Contains(said, "check fabric: failed: plans of fabric cannot be pulled") {
		t.Errorf("without any plan: %s", said)
	}
	g.rest()
	g.swap(away, host)
	if said := g.done("watch", "--once"); !strings.Contains(said, "check web: done\n  not_applied") {
		t.Errorf("first: %s", said)
	}
	g.swap(host, away)
	said := g.fails("watch", "--once", "--all")
	for _, want := range []string{"check web: done\n  error", "apply web: failed: plans of fabric cannot be pulled", "notify: done"} {
		if !strings.Contains(said, want) {
			t.Errorf("while it is away: want %s in %s", want, said)
		}
	}
	g.rest()
	if said := g.done("watch", "--once", "--all"); said != "check web: done\n  error\n" {
		t.Errorf("then: %s", said) // it is told once, and the apply waits
	}
	if runs := g.done("runs"); strings.Contains(runs, "run-") {
		t.Errorf("something was applied: %s", runs)
	}
	g.swap(away, host)
	g.push(host, desk, "more.yaml")
	if err := os.Remove(filepath.Join(g.dir, "diet.jobs.db")); err != nil { // with what waits there to be tried again
		t.Fatal(err)
	}
	if said := g.done("watch", "--once", "--all"); !strings.Contains(said, "apply web: done, run-") {
		t.Errorf("once it is back: %s", said)
	}
	if said := g.done("watch", "--once", "--all"); !strings.Contains(said, "check web: done\n  in_sync") {
		t.Errorf("at last: %s", said)
	}
	g.finishes(filepath.Join("desk", "plans", "web.yaml"))
}

// epoch is a time of files.
var epoch = time.Unix(1, 0)

var formToken = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// TestAnswerPushed commits what somebody answers in the browser, and pulls as soon as the host
// says that there is something.
func TestAnswerPushed(t *testing.T) {
	t.Parallel()
	g := newGround(t)
	host, desk := g.publish(", push: true, mail: example.com")
	g.done("watch", "--once", "--all")
	g.edit("web-001", `{"description":"hers"}`)
	p := g.start("--json", "serve", "--listen", "127.0.0.1:0")
	p.until(`"msg":"serve"`)
	address := servedAt.FindStringSubmatch(p.said())[1]
	jar := &cookies{}
	client := &http.Client{Transport: mirrortest.Client.Transport, Jar: jar}
	ask := func(path string, form url.Values) string {
		t.Helper()
		res, err := client.Get(address + path)
		if form != nil {
			res, err = client.PostForm(address+path, form)
		}
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		text, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode >= 400 {
			t.Fatalf("%s: %s, error %v: %s", path, res.Status, err, text)
		}
		return string(text)
	}
	ask("/plans/web/check", url.Values{"csrf": {formToken.FindStringSubmatch(ask("/plans/web", nil))[1]}})
	p.until(`"kind":"check","plan":"web","result":"done"`)
	page := ask("/plans/web/questions", nil)
	ask("/plans/web/questions", url.Values{
		"csrf": {formToken.FindStringSubmatch(page)[1]}, "all": {"use_user"}, "class": {"drift"}, "kind": {"device"},
		"field": {"description"}, "reason": {"it is hers"},
	})
	g.git(desk, "pull", "-q", host, "main")
	if log := g.git(desk, "log", "-1", "--format=%an %ae: %s"); log != whoAmI()+" "+whoAmI()+"@example.com: Answer web: use_user" {
		t.Errorf("the commit says %q", log)
	}
	if page := ask("/plans/web/answers", nil); !strings.Contains(page, "it is hers") || strings.Contains(page, "Not committed yet") {
		t.Errorf("the answers: %s", page)
	}
	g.push(host, desk, "more.yaml")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/hooks/git", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Gitlab-Token", "hook-secret-of-16")
	res, err := mirrortest.Client.Do(r)
	if err != nil || res.StatusCode != http.StatusAccepted {
		t.Fatalf("the hook: %v, error %v", res, err)
	}
	_ = res.Body.Close()
	p.until(`"commit":"` + g.git(desk, "rev-parse", "HEAD"))
	p.signal(syscall.SIGTERM)
	if code := p.end(); code != exitDone {
		t.Errorf("exit %d: %s", code, p.said())
	}
}

// cookies keep what one server sets.
type cookies struct{ all []*http.Cookie }

func (c *cookies) SetCookies(_ *url.URL, all []*http.Cookie) { c.all = append(all, c.all...) }
func (c *cookies) Cookies(*url.URL) []*http.Cookie           { return c.all }

// edit changes a device by its name, as maria.
func (g *ground) edit(name, body string) {
	g.Helper()
	var base string
	for _, pair := range g.env {
		if url, is := strings.CutPrefix(pair, "NETBOX_URL="); is {
			base = url
		}
	}
	id := regexp.MustCompile(`"id": ?(\d+)`)
	list := g.send(http.MethodGet, base+"/api/dcim/devices/?name="+name, "")
	found := id.FindStringSubmatch(list)
	if found == nil {
		g.Fatalf("no device %s: %s", name, list)
	}
	g.send(http.MethodPatch, base+"/api/dcim/devices/"+found[1]+"/", body)
}

func (g *ground) send(method, address, body string) string {
	g.Helper()
	r, err := http.NewRequestWithContext(g.Context(), method, address, strings.NewReader(body))
	if err != nil {
		g.Fatal(err)
	}
	r.Header.Set("Authorization", "Token "+personToken)
	r.Header.Set("Content-Type", "application/json")
	res, err := mirrortest.Client.Do(r)
	if err != nil {
		g.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 400 {
		g.Fatalf("%s %s: %s, error %v: %s", method, address, res.Status, err, text)
	}
	return string(text)
}

// TestPlaces reads a plan anew where what it imports has changed with the commit, and only then.
func TestPlaces(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, commit := range []string{"one", "two"} {
		if err := os.MkdirAll(filepath.Join(dir, commit), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	f := &planFile{}
	f.Path, f.Key = filepath.Join(dir, "now", "web.yaml"), "web"
	text := "apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: web}\nspec: {site: ams2}\n"
	read := func(commit string) *generate.Plan {
		t.Helper()
		root := filepath.Join(dir, commit)
		f.refresh(place{name: f.Path, file: filepath.Join(root, "web.yaml"), root: root})
		return f.Plan.Plan
	}
	for _, commit := range []string{"one", "two"} {
		name := filepath.Join(dir, commit, "web.yaml")
		if err := errors.Join(os.WriteFile(name, []byte(text), 0o600), os.Chtimes(name, epoch, epoch)); err != nil {
			t.Fatal(err)
		}
	}
	first := read("one")
	if first == nil {
		t.Fatal(f.Err)
	}
	if read("two") != first {
		t.Error("a commit that leaves a plan as it was has it read again")
	}
	name := filepath.Join(dir, "two", "web.yaml")
	if err := os.WriteFile(name, []byte(text+"# more\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if read("two") == first {
		t.Error("a plan that has changed is not read again")
	}
}
