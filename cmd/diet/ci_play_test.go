package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/diet-project/diet/mirror/sandbox"
)

// forge is what an example for CI runs on: a repository with plans, a NetBox, the secrets of
// both, and where comments go.
type forge struct {
	testing.TB
	repo, tools string
	secrets     map[string]string
	writes      *stage

	mu       sync.Mutex
	comments []string
}

func newForge(t *testing.T) *forge {
	t.Helper()
	server, err := sandbox.New(sandbox.Config{Token: dietToken, ReadOnlyTokens: []string{readToken}})
	if err != nil {
		t.Fatal(err)
	}
	f := &forge{TB: t, repo: t.TempDir(), tools: t.TempDir(), writes: newStage(server, personToken)}
	netbox := httptest.NewServer(f.writes)
	t.Cleanup(netbox.Close)
	notes := httptest.NewServer(http.HandlerFunc(f.note))
	t.Cleanup(notes.Close)
	f.secrets = map[string]string{
		"NETBOX_URL": netbox.URL, "NETBOX_TOKEN": dietToken, "NETBOX_READ_TOKEN": readToken, "COMMENT_TOKEN": "of-the-project",
		"NOTES": notes.URL,
	}
	f.commit("diet.yaml", "plans: [plans]\npolicies: [policies]\nactors: {diet: [diet]}\n")
	f.commit("plans/web.yaml", fmt.Sprintf(platform, "one", 2))
	f.commit("policies/ours.rego", noThirdServer)
	return f
}

// noThirdServer is a rule of a team's own.
const noThirdServer = `package team.ours

# METADATA
# title: Two servers are enough
# custom:
#   id: OUR001
#   severity: high
#   decision: deny
#   message: two servers are enough here
guards contains rego.metadata.rule().custom if {
	input.kind == "device"
	input.object == "web/web[3]"
}
`

// note takes a comment as GitLab does.
func (f *forge) note(w http.ResponseWriter, r *http.Request) {
	var body struct{ Body string }
	text, err := io.ReadAll(r.Body)
	if err != nil || json.Unmarshal(text, &body) != nil || r.Header.Get("PRIVATE-TOKEN") != f.secrets["COMMENT_TOKEN"] ||
		r.Method != http.MethodPost || r.URL.Path != "/projects/7/merge_requests/5/notes" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.comments = append(f.comments, body.Body)
	w.WriteHeader(http.StatusCreated)
}

func (f *forge) commit(name, text string) {
	f.Helper()
	path := filepath.Join(f.repo, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		f.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		f.Fatal(err)
	}
}

// run plays a step in a folder as a runner does, and returns its exit code and what it said.
func (f *forge) run(dir string, env map[string]string, shell []string, script string) (int, string) {
	f.Helper()
	file := filepath.Join(f.TempDir(), "step.sh")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		f.Fatal(err)
	}
	cmd := exec.CommandContext(f.Context(), shell[0], append(slices.Clone(shell[1:]), file)...)
	cmd.Dir = dir
	cmd.Env = append([]string{"PATH=" + f.tools + ":" + os.Getenv("PATH"), "HOME=" + dir, "CI=true"}, lazyCollector...)
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	err := cmd.Run()
	if err != nil && cmd.ProcessState == nil {
		f.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), said.String()
}

// clone is a clean folder with the repository in it.
func (f *forge) clone() string {
	f.Helper()
	dir := f.TempDir()
	if err := os.CopyFS(dir, os.DirFS(f.repo)); err != nil {
		f.Fatal(err)
	}
	return dir
}

// told is what was commented since the last time.
func (f *forge) told() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := strings.Join(f.comments, "\n---\n")
	f.comments = nil
	return out
}

// runner plays one job of an example, and says how it ends.
type runner func(f *forge, job string) (int, string)

// onGitHub runs the steps of a job until one fails, each by the shell that GitHub starts.
// In the place of gh is what takes down the comment.
func onGitHub(t *testing.T) runner {
	t.Helper()
	var doc struct {
		Jobs map[string]struct {
			Env   map[string]string
			Steps []struct{ Uses, Run string }
		}
	}
	readYAML(t, "docs/ci/github-preview.yml", &doc)
	expression := regexp.MustCompile(`\$\{\{ ([\w.]+) \}\}`)
	return func(f *forge, job string) (int, string) {
		fill := func(text string) string {
			return expression.ReplaceAllStringFunc(text, func(e string) string {
				name := expression.FindStringSubmatch(e)[1]
				known := map[string]string{"github.token": "of-the-job", "github.event.number": "5"}
				if value, ok := known[name]; ok {
					return value
				}
				value, ok := f.secrets[strings.TrimPrefix(name, "secrets.")]
				if !ok {
					f.Fatalf("what is %s?", e)
				}
				return value
			})
		}
		env := map[string]string{}
		for name, value := range doc.Jobs[job].Env {
			env[name] = fill(value)
		}
		gh := "#!/bin/bash\n[ \"$GH_TOKEN $*\" = 'of-the-job pr comment 5 --edit-last --create-if-none --body-file comment.md' ] || exit 9\n" +
			"jq -Rs '{body: .}' comment.md | curl --silent --fail -H 'PRIVATE-TOKEN: of-the-project' --data @- " +
			f.secrets["NOTES"] + "/projects/7/merge_requests/5/notes\n"
		if err := os.WriteFile(filepath.Join(f.tools, "gh"), []byte(gh), 0o700); err != nil {
			f.Fatal(err)
		}
		dir, all := f.clone(), ""
		for _, step := range doc.Jobs[job].Steps {
			if step.Run == "" {
				continue
			}
			code, said := f.run(dir, env, []string{"bash", "-e"}, fill(step.Run))
			if all += said; code != 0 {
				return code, all
			}
		}
		return 0, all
	}
}

// onGitLab runs the script of a job as GitLab's runner does in bash.
func onGitLab(t *testing.T) runner {
	t.Helper()
	type job struct {
		Variables map[string]string
		Script    []string
	}
	var doc map[string]yaml.Node
	readYAML(t, "docs/ci/gitlab-ci.yml", &doc)
	return func(f *forge, name string) (int, string) {
		var j job
		node := doc[name]
		if err := node.Decode(&j); err != nil {
			f.Fatal(err)
		}
		env := map[string]string{
			"NETBOX_URL": f.secrets["NETBOX_URL"], "CI_API_V4_URL": f.secrets["NOTES"], "CI_PROJECT_ID": "7", "CI_MERGE_REQUEST_IID": "5",
			"COMMENT_TOKEN": f.secrets["COMMENT_TOKEN"], "NETBOX_READ_TOKEN": f.secrets["NETBOX_READ_TOKEN"],
		}
		if name == "apply" { // protected, and of the environment
			env["NETBOX_TOKEN"] = f.secrets["NETBOX_TOKEN"]
		}
		for name, value := range j.Variables {
			env[name] = os.Expand(value, func(v string) string { return env[v] })
		}
		return f.run(f.clone(), env, []string{"bash"}, "set -eo pipefail\n"+strings.Join(j.Script, "\n"))
	}
}

func readYAML(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, file))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

// TestCIPlayed plays the jobs of both examples, step by step and each in a clean clone, as the
// forges' runners do: before anything is there, with a question, denied, broken, and merged.
func TestCIPlayed(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"bash", "jq", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(program + " is not installed")
		}
	}
	for name, on := range map[string]func(*testing.T) runner{"GitHub": onGitHub, "GitLab": onGitLab} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, job := newForge(t), on(t)
			ends := func(name string, want int, says, comment string) {
				t.Helper()
				code, said := job(f, name)
				told := f.told()
				if code != want || !strings.Contains(said, says) || !strings.Contains(told, comment) || comment == "" && told != "" {
					t.Errorf("%s ends with %d, want %d\nsays %s\nwant %q\ncomments %q\nwant %q", name, code, want, said, says, told, comment)
				}
				for _, secret := range []string{dietToken, readToken} {
					if strings.Contains(said+told, secret) {
						t.Errorf("%s tells a token: %s%s", name, said, told)
					}
				}
				if sent := f.writes.writes.Swap(0); name == "preview" && sent > 0 {
					t.Errorf("the preview sent %d writes", sent)
				}
			}
			ends("preview", 1, "diet init", "") // NetBox is not set up
			if code, said := f.run(f.clone(), f.secrets, []string{"bash"}, "diet init"); code != 0 {
				t.Fatal(said)
			}
			f.writes.writes.Store(0)
			ends("preview", 0, "", "31 to create")
			ends("apply", 0, "4 devices", "")
			ends("apply", 0, "nothing to do; 0 errors, 0 write requests", "")
			ends("preview", 0, "", "nothing to write")

			f.commit("plans/web.yaml", strings.Replace(fmt.Sprintf(platform, "one", 1), "  reconcile: {deletionPolicy: delete}\n", "", 1))
			ends("preview", 0, "", "diet resolve") // asks: it passes, and the comment tells how to answer
			ends("apply", 3, "", "")

			f.commit("plans/web.yaml", fmt.Sprintf(platform, "one", 3))
			ends("preview", 4, "", "two servers are enough here")

			f.commit("plans/web.yaml", "apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: web}\nspec: {sitee: ams2}\n")
			ends("preview", 1, "sitee", "")
			f.commit("plans/web.yaml", fmt.Sprintf(platform, "one", 2))
			f.commit("policies/ours.rego", "package team.ours\n\nguards contains {\n")
			ends("preview", 1, "ours.rego", "")
		})
	}
}
