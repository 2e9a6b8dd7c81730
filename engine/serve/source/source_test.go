package source_test

import (
	"errors"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/serve/source"
)

const secret = "s3cret-0123456789"

// world is a repository on a host, and a checkout of somebody who works on it.
type world struct {
	testing.TB
	host, desk string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{TB: t, host: filepath.Join(t.TempDir(), "fabric.git"), desk: filepath.Join(t.TempDir(), "desk")}
	w.git("", "init", "-q", "--bare", "-b", "main", w.host)
	w.git("", "init", "-q", "-b", "main", w.desk)
	w.push("first", map[string]string{"plans/web.yaml": "kind: Plan\n", "types/server.yaml": "u: 1\n"})
	return w
}

// git runs git as a person does.
func (w *world) git(dir string, args ...string) string {
	w.Helper()
	cmd := exec.CommandContext(w.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=maria", "GIT_AUTHOR_EMAIL=m@example.com", "GIT_COMMITTER_NAME=maria",
		"GIT_COMMITTER_EMAIL=m@example.com", "GIT_CONFIG_GLOBAL=/dev/null")
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.Fatalf("git %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// push has the branch hold more, or other, files.
func (w *world) push(message string, files map[string]string) string {
	w.Helper()
	for name, text := range files {
		write(w, filepath.Join(w.desk, name), text)
	}
	w.git(w.desk, "add", "-A")
	w.git(w.desk, "commit", "-q", "--allow-empty", "-m", message)
	w.git(w.desk, "push", "-q", w.host, "HEAD:main")
	return w.git(w.desk, "rev-parse", "HEAD")
}

// catchUp brings the desk to what the branch has.
func (w *world) catchUp() { w.git(w.desk, "pull", "-q", "--ff-only", w.host, "main") }

func write(t testing.TB, name, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// source opens a source.
func (w *world) source(edit func(*source.Config)) *source.Source {
	w.Helper()
	cfg := source.Config{
		Name: "fabric", URL: "file://" + w.host, Path: "plans", Dir: filepath.Join(w.TempDir(), "fabric"),
		Env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + w.TempDir()},
	}
	if edit != nil {
		edit(&cfg)
	}
	s, err := source.New(cfg)
	if err != nil {
		w.Fatal(err)
	}
	return s
}

func (w *world) pull(s *source.Source) {
	w.Helper()
	if err := s.Pull(w.Context()); err != nil {
		w.Fatal(err)
	}
}

// about is an answer about a field.
func about(field, word, who string) answer.Answer {
	return answer.Answer{
		Plan: "web", Object: "web/web[1]", Field: field, Answer: word, Who: who, When: "2026-11-27T12:00:00Z", Why: "the database team's",
		Situation: "9b1c0ffee4d2a7305f6e81c2",
	}
}

func TestPull(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.source(nil)
	if root, _ := s.Root(); root != "" || s.Commit() != "" {
		t.Errorf("there is something before a pull: %s", root)
	}
	w.pull(s)
	if got := read(t, filepath.Join(s.Folder(), "web.yaml")); got != "kind: Plan\n" {
		t.Errorf("the plan is %q", got)
	}
	before, err := os.Stat(filepath.Join(s.Folder(), "web.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	was, _ := s.Root()
	commit := w.push("another plan", map[string]string{"plans/db.yaml": "kind: Plan\n# db\n"})
	w.pull(s)
	if s.Commit() != commit {
		t.Errorf("at %s, want %s", s.Commit(), commit)
	}
	if _, err := os.Stat(filepath.Join(was, "plans", "web.yaml")); err != nil {
		t.Errorf("who reads the former commit is cut off: %v", err)
	}
	after, err := os.Stat(filepath.Join(s.Folder(), "web.yaml"))
	if err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("a file that a commit leaves as it was counts as changed: %v %v", after, err)
	}
	w.git(w.desk, "rm", "-q", "plans/web.yaml")
	w.push("one less", nil)
	w.pull(s)
	if _, err := os.Stat(filepath.Join(s.Folder(), "web.yaml")); err == nil {
		t.Error("a plan that is gone is still there")
	}
	// A branch that was rewritten is followed.
	w.git(w.desk, "commit", "-q", "--amend", "-m", "rewritten")
	w.git(w.desk, "push", "-q", "--force", w.host, "HEAD:main")
	w.pull(s)
	if want := w.git(w.desk, "rev-parse", "HEAD"); s.Commit() != want {
		t.Errorf("at %s, want %s", s.Commit(), want)
	}
	for range 3 {
		w.push("more", nil)
		w.pull(s)
	}
	left, err := os.ReadDir(filepath.Join(filepath.Dir(was)))
	if err != nil || len(left) > 3 {
		t.Errorf("%d former commits are kept, error %v", len(left), err)
	}
}

// TestPullFails leaves what was pulled last, whatever fails, and says so.
func TestPullFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.source(nil)
	w.pull(s)
	commit := s.Commit()
	away := w.host + ".away"
	if err := os.Rename(w.host, away); err != nil {
		t.Fatal(err)
	}
	err := s.Pull(t.Context())
	var failed *source.PullError
	if !errors.As(err, &failed) || s.Err() == nil || s.Commit() != commit {
		t.Fatalf("got %v, at %s", err, s.Commit())
	}
	if again := s.Pull(t.Context()); again == nil || again.Error() != err.Error() {
		t.Errorf("the same failure says another thing: %v, then %v", err, again)
	}
	if err := os.Rename(away, w.host); err != nil {
		t.Fatal(err)
	}
	if w.pull(s); s.Err() != nil {
		t.Errorf("it works again, and says %v", s.Err())
	}
	// The file of a blob is damaged at the host: the commit cannot be read whole.
	w.push("damaged", map[string]string{"plans/web.yaml": "kind: Plan\n# damaged\n"})
	blob := w.git(w.desk, "rev-parse", "HEAD:plans/web.yaml")
	if err := os.Remove(filepath.Join(w.host, "objects", blob[:2], blob[2:])); err != nil {
		t.Fatal(err)
	}
	if err := s.Pull(t.Context()); err == nil || s.Commit() != commit {
		t.Errorf("half a commit counts: %v, at %s", err, s.Commit())
	}
	if got := read(t, filepath.Join(s.Folder(), "web.yaml")); got != "kind: Plan\n" {
		t.Errorf("the plan is %q", got)
	}
}

// TestKilledPull goes on where a process died between any two steps.
func TestKilledPull(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dir := filepath.Join(t.TempDir(), "fabric")
	open := func() *source.Source { return w.source(func(c *source.Config) { c.Dir = dir }) }
	write(t, filepath.Join(dir, "at", ".half-1", "plans", "web.yaml"), "kind: Pl")
	write(t, filepath.Join(dir, "now.next"), "")
	write(t, filepath.Join(dir, "repo.git", "HEAD"), "")
	s := open()
	w.pull(s)
	if got := read(t, filepath.Join(s.Folder(), "web.yaml")); got != "kind: Plan\n" {
		t.Errorf("the plan is %q", got)
	}
	if _, err := os.Stat(filepath.Join(dir, "at", ".half-1")); err == nil {
		t.Error("half a checkout is left")
	}
}

// TestHostile leaves what a repository could have a checkout do.
func TestHostile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	out := filepath.Join(t.TempDir(), "outside.yaml")
	write(t, out, "secret")
	for name, to := range map[string]string{
		"plans/abs.yaml": out, "plans/up.yaml": "../../../../outside.yaml", "here": ".", "plans/over.yaml": "../here/../outside.yaml",
		"plans/good.yaml": "../types/server.yaml",
	} {
		if err := os.Symlink(to, filepath.Join(w.desk, name)); err != nil {
			t.Fatal(err)
		}
	}
	w.push("links", map[string]string{".gitattributes": "* filter=evil export-ignore\n", "-c": "x", "a b": "y"})
	s := w.source(func(c *source.Config) { c.Path = "" })
	w.pull(s)
	for _, name := range []string{"abs", "up", "over"} {
		if text, err := os.ReadFile(filepath.Join(s.Folder(), "plans", name+".yaml")); err == nil {
			t.Errorf("%s.yaml leads out: %s", name, text)
		}
	}
	if got := read(t, filepath.Join(s.Folder(), "plans", "good.yaml")); got != "u: 1\n" {
		t.Errorf("a link that stays within leads to %q", got)
	}
	for name, bad := range map[string]source.Config{
		"option":    {Name: "a", URL: "--upload-pack=touch /tmp/x"},
		"helper":    {Name: "a", URL: "ext::sh -c id"},
		"other":     {Name: "a", URL: "ftp://host/x.git"},
		"password":  {Name: "a", URL: "https://u:" + secret + "@host/x.git"},
		"user":      {Name: "a", URL: "https://" + secret + "@host/x.git"},
		"plain":     {Name: "a", URL: "http://git.example.com/x.git", Token: secret},
		"ssh token": {Name: "a", URL: "git@host:x.git", Token: secret},
		"branch":    {Name: "a", URL: "git@host:x.git", Branch: "--force"},
		"out":       {Name: "a", URL: "git@host:x.git", Path: "../etc"},
		"name":      {Name: "../a", URL: "git@host:x.git"},
		"unparsed":  {Name: "a", URL: "https://u:" + secret + "@ho st/%zz"},
	} {
		if _, err := source.New(bad); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestKept keeps answers until the branch has them.
func TestKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.source(nil)
	w.pull(s)
	file := filepath.Join(s.Folder(), "resolutions.yaml")
	for _, a := range []answer.Answer{about("description", "use_user", "alice"), about("serial", "use_diet", "alice")} {
		if err := s.Answer(t.Context(), file, []answer.Answer{a}); err != nil {
			t.Fatal(err)
		}
	}
	fields := func() string {
		t.Helper()
		f, err := answer.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, a := range f.Answers {
			out = append(out, a.Field+"="+a.Answer)
		}
		return strings.Join(out, " ")
	}
	if got := fields(); got != "description=use_user serial=use_diet" {
		t.Fatalf("after the answers: %s", got)
	}
	if s.Committed(t.Context(), file) != "" {
		t.Error("the branch has them already")
	}
	w.push("unrelated", nil)
	if w.pull(s); fields() != "description=use_user serial=use_diet" {
		t.Errorf("a pull loses answers: %s", fields())
	}
	// One comes back by a pull request, one is answered otherwise there, later.
	text := strings.Replace(read(t, file), "use_diet", "use_user", 1)
	w.push("answers", map[string]string{"plans/resolutions.yaml": strings.Replace(text, "12:00:00", "13:00:00", 2)})
	if w.pull(s); fields() != "description=use_user serial=use_user" {
		t.Errorf("after the pull request: %s", fields())
	}
	if s.Committed(t.Context(), file) != read(t, file) {
		t.Error("something is kept that the branch has")
	}
	w.git(w.desk, "rm", "-q", "plans/resolutions.yaml")
	w.push("taken back", nil)
	w.pull(s)
	if _, err := os.Stat(file); err == nil {
		t.Errorf("what the branch took back is there again: %s", fields())
	}
}

// TestPushed commits answers in the name of who gave them.
func TestPushed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.push("theirs", map[string]string{"plans/resolutions.yaml": "# ours\nanswers: []\n"})
	s := w.source(func(c *source.Config) { c.Push, c.Mail = true, "example.com" })
	w.pull(s)
	file := filepath.Join(s.Folder(), "resolutions.yaml")
	if err := s.Answer(t.Context(), file, []answer.Answer{about("description", "use_user", "alice")}); err != nil {
		t.Fatal(err)
	}
	w.catchUp()
	if got := w.git(w.desk, "log", "-1", "--format=%an <%ae> %cn: %B"); got != "alice <alice@example.com> diet serve: "+
		"Answer web: use_user\n\nweb/web[1] description: use_user\n\nthe database team's" {
		t.Errorf("the commit says %q", got)
	}
	there := read(t, filepath.Join(w.desk, "plans/resolutions.yaml"))
	if there != read(t, file) || !strings.HasPrefix(there, "# ours\n") || !strings.Contains(there, "use_user") {
		t.Errorf("the branch has %q", there)
	}
	if w.git(w.desk, "rev-parse", "HEAD") != s.Commit() {
		t.Errorf("at %s", s.Commit())
	}
}

// TestRace adds an answer to what others pushed meanwhile, and tells where one of them answered
// the same.
func TestRace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.source(func(c *source.Config) { c.Push = true })
	w.pull(s)
	file := filepath.Join(s.Folder(), "resolutions.yaml")
	other := w.source(func(c *source.Config) { c.Push = true })
	w.pull(other)
	// The other one pushes while the first push is under way: the hook of the host lets it.
	raced := filepath.Join(t.TempDir(), "raced")
	hook := "#!/bin/sh\ntest -e " + raced + " && exit 0\ntouch " + raced + "\ncd " + w.desk +
		" && env -i PATH=\"$PATH\" git push -q " + w.host + " HEAD:main\n"
	write(t, filepath.Join(w.desk, "plans/db.yaml"), "kind: Plan\n")
	w.git(w.desk, "add", "-A")
	w.git(w.desk, "commit", "-q", "-m", "meanwhile")
	write(t, filepath.Join(w.host, "hooks/pre-receive"), hook)
	if err := os.Chmod(filepath.Join(w.host, "hooks/pre-receive"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.Answer(t.Context(), file, []answer.Answer{about("description", "use_user", "alice")}); err != nil {
		t.Fatal(err)
	}
	w.catchUp()
	if got := w.git(w.desk, "log", "--format=%s"); got != "Answer web: use_user\nmeanwhile\nfirst" {
		t.Errorf("the branch has %q", got)
	}
	if _, err := os.Stat(filepath.Join(s.Folder(), "db.yaml")); err != nil {
		t.Errorf("what was pushed meanwhile is not here: %v", err)
	}
	// The other one has not pulled since, and answers the same otherwise.
	there := filepath.Join(other.Folder(), "resolutions.yaml")
	err := other.Answer(t.Context(), there, []answer.Answer{about("description", "use_diet", "bob")})
	var meanwhile *answer.MeanwhileError
	if !errors.As(err, &meanwhile) || meanwhile.There.Who != "alice" {
		t.Errorf("got %v", err)
	}
	if err := other.Answer(t.Context(), there, []answer.Answer{about("serial", "use_diet", "bob")}); err != nil {
		t.Error(err)
	}
	w.pull(other)
	if err := other.Answer(t.Context(), there, []answer.Answer{about("description", "use_diet", "bob")}); err != nil {
		t.Errorf("who has seen the answer may give another one: %v", err)
	}
}

// TestAtOnce loses no answer of several who answer at the same time.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var all sync.WaitGroup
	for _, field := range []string{"a", "b", "c"} {
		s := w.source(func(c *source.Config) { c.Push = true })
		w.pull(s)
		all.Go(func() {
			file := filepath.Join(s.Folder(), "resolutions.yaml")
			if err := s.Answer(t.Context(), file, []answer.Answer{about(field, "use_user", "alice")}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	w.catchUp()
	f, err := answer.Load(filepath.Join(w.desk, "plans/resolutions.yaml"))
	if err != nil || len(f.Answers) != 3 {
		t.Errorf("%d answers, error %v", len(f.Answers), err)
	}
}

// TestRefused writes an answer nowhere that the host does not take.
func TestRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.source(func(c *source.Config) { c.Push = true })
	w.pull(s)
	hook := filepath.Join(w.host, "hooks/pre-receive")
	write(t, hook, "#!/bin/sh\necho main is protected\nexit 1\n")
	if err := os.Chmod(hook, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(s.Folder(), "resolutions.yaml")
	err := s.Answer(t.Context(), file, []answer.Answer{about("description", "use_user", "alice")})
	var failed *source.PushError
	if !errors.As(err, &failed) || !strings.Contains(err.Error(), "main is protected") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("the answer counts here")
	}
}

// TestToken logs in at a host, and shows the token nowhere.
func TestToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.git(w.host, "config", "http.receivepack", "true")
	path, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Fatal(err)
	}
	backend := &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(path)), "git-http-backend"),
		Env:  []string{"GIT_PROJECT_ROOT=" + filepath.Dir(w.host), "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=diet"},
	}
	if _, err := os.Stat(backend.Path); err != nil {
		t.Skip("no git http-backend here")
	}
	var strayed string
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		strayed += r.Header.Get("Authorization")
	}))
	t.Cleanup(elsewhere.Close)
	host := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		switch {
		case strings.HasPrefix(r.URL.Path, "/moved.git"):
			http.Redirect(out, r, elsewhere.URL+r.URL.String(), http.StatusFound)
		case user != "diet" || password != secret:
			out.Header().Set("WWW-Authenticate", `Basic realm="git"`)
			http.Error(out, "who are you? "+password, http.StatusUnauthorized)
		default:
			backend.ServeHTTP(out, r)
		}
	}))
	t.Cleanup(host.Close)
	dir := filepath.Join(t.TempDir(), "fabric")
	at := func(path, token string) *source.Source {
		return w.source(func(c *source.Config) { c.URL, c.Token, c.Push, c.Dir = host.URL+path, token, true, dir })
	}
	s := at("/fabric.git", secret)
	w.pull(s)
	file := filepath.Join(s.Folder(), "resolutions.yaml")
	if err := s.Answer(t.Context(), file, []answer.Answer{about("description", "use_user", "alice")}); err != nil {
		t.Fatal(err)
	}
	for name, wrong := range map[string]*source.Source{
		"wrong": at("/fabric.git", "guess-"+secret), "none": at("/fabric.git", ""), "moved": at("/moved.git", secret),
	} {
		if err := wrong.Pull(t.Context()); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if strayed != "" {
		t.Errorf("the token went elsewhere: %s", strayed)
	}
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && strings.Contains(read(t, path), secret) {
			t.Errorf("%s holds the token", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
