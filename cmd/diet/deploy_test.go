package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// deployed reads a file of docs/deploy, or of the top folder.
func deployed(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// reads asserts that the program reads a command line.
func reads(t *testing.T, where string, words ...string) {
	t.Helper()
	ran := false
	app := inert(func(string) { ran = true })
	if err := app.RunContext(t.Context(), arrange(app, append([]string{"diet"}, words...))); err != nil || !ran {
		t.Errorf("%s: diet %s: %v", where, strings.Join(words, " "), err)
	}
}

// TestUnit reads the systemd unit.
func TestUnit(t *testing.T) {
	t.Parallel()
	keys := map[string]string{}
	section := ""
	for line := range strings.Lines(deployed(t, "docs/deploy/diet.service")) {
		line = strings.TrimSpace(line)
		key, value, pair := strings.Cut(line, "=")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			section = strings.Trim(line, "[]")
		case !pair:
			t.Errorf("%q is no key", line)
		default:
			keys[section+"."+key] = value
		}
	}
	program, words, _ := strings.Cut(keys["Service.ExecStart"], " ")
	if program != "/usr/local/bin/diet" {
		t.Errorf("it starts %q", program)
	}
	reads(t, "diet.service", strings.Fields(words)...)
	for key, want := range map[string]string{
		"Service.KillSignal": "SIGTERM", "Service.Restart": "on-failure", "Service.ProtectSystem": "strict",
		"Service.ReadWritePaths": "-/etc/diet/plans", "Install.WantedBy": "multi-user.target",
	} {
		if keys[key] != want {
			t.Errorf("%s is %q, want %q", key, keys[key], want)
		}
	}
	name, _, _ := strings.Cut(keys["Service.Environment"], "=")
	if !known(name) {
		t.Errorf("no flag reads %s", name)
	}
}

// TestUnitVerified has systemd read the unit, where there is one.
func TestUnitVerified(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("no systemd-analyze here")
	}
	text := strings.Replace(deployed(t, "docs/deploy/diet.service"), "ExecStart=/usr/local/bin/diet", "ExecStart=/bin/true", 1)
	file := filepath.Join(t.TempDir(), "diet.service")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := exec.CommandContext(t.Context(), program, "verify", file).CombinedOutput()
	if err != nil || strings.Contains(string(said), "diet.service") {
		t.Errorf("%v: %s", err, said)
	}
}

// TestDeployVerified has the tools read the files that are theirs, as far as they are here: on a
// machine without one, its check is left out.
func TestDeployVerified(t *testing.T) {
	t.Parallel()
	for _, words := range [][]string{
		{"promtool", "check", "rules", "docs/deploy/alerts.yml"},
		{"promtool", "test", "rules", "docs/deploy/alerts_test.yml"},
		{"hadolint", "docs/deploy/Dockerfile"},
		{"goreleaser", "check"},
	} {
		t.Run(strings.Join(words, " "), func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(words[0]); err != nil {
				t.Skipf("no %s here", words[0])
			}
			cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
			cmd.Dir = repository
			if said, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, said)
			}
		})
	}
}

// TestDashboardVerified has Prometheus parse what the dashboard asks for, where promtool is.
func TestDashboardVerified(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("no promtool here")
	}
	var rules strings.Builder
	rules.WriteString("groups:\n  - name: dashboard\n    rules:\n")
	asked := regexp.MustCompile(`"expr": ("(?:[^"\\]|\\.)*")`).FindAllStringSubmatch(deployed(t, "docs/deploy/grafana-dashboard.json"), -1)
	for i, m := range asked {
		text := strings.NewReplacer("$__rate_interval", "5m", "$plan", "web").Replace(m[1])
		fmt.Fprintf(&rules, "      - {record: \"r%d\", expr: %s}\n", i, text)
	}
	file := filepath.Join(t.TempDir(), "rules.yml")
	if err := os.WriteFile(file, []byte(rules.String()), 0o600); err != nil || len(asked) < 10 {
		t.Fatalf("%d questions, error %v", len(asked), err)
	}
	if said, err := exec.CommandContext(t.Context(), program, "check", "rules", file).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, said)
	}
}

// known reports whether a flag reads a variable of the environment.
func known(name string) bool {
	for _, f := range globalFlags() {
		if with, ok := f.(interface{ GetEnvVars() []string }); ok && slices.Contains(with.GetEnvVars(), name) {
			return true
		}
	}
	return false
}

// TestImage reads the Dockerfile: it builds what go.mod asks for, and runs what diet reads.
func TestImage(t *testing.T) {
	t.Parallel()
	text := deployed(t, "docs/deploy/Dockerfile")
	_, version, _ := strings.Cut(deployed(t, "go.mod"), "\ngo ")
	minor := strings.Join(strings.SplitN(strings.Fields(version)[0], ".", 3)[:2], ".")
	var command, entry []string
	for line := range strings.Lines(text) {
		instruction, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch instruction {
		case "ENTRYPOINT":
			if err := json.Unmarshal([]byte(rest), &entry); err != nil {
				t.Error(err)
			}
		case "CMD":
			if err := json.Unmarshal([]byte(rest), &command); err != nil {
				t.Error(err)
			}
		case "ENV":
			if name, _, _ := strings.Cut(rest, "="); !known(name) {
				t.Errorf("no flag reads %s", name)
			}
		}
	}
	if !strings.Contains(text, "FROM golang:"+minor+" ") || !slices.Equal(entry, []string{"/usr/local/bin/diet"}) {
		t.Errorf("it is of another Go than %s, or starts %v", minor, entry)
	}
	reads(t, "Dockerfile", command...)
}

// TestCompose reads the compose file: diet beside a NetBox.
func TestCompose(t *testing.T) {
	t.Parallel()
	var doc struct {
		Services map[string]struct {
			Image     string
			Command   []string
			Build     struct{ Context, Dockerfile string }
			Volumes   []string
			Ports     []string
			DependsOn any `yaml:"depends_on"`
		}
		Volumes map[string]any
	}
	if err := yaml.Unmarshal([]byte(deployed(t, "docs/deploy/compose.yaml")), &doc); err != nil {
		t.Fatal(err)
	}
	diet := doc.Services["diet"]
	reads(t, "compose.yaml", diet.Command...)
	// People answer in the browser, and answers lie beside the plans.
	writable := slices.Contains(diet.Volumes, "../../etc:/etc/diet")
	if diet.Command[0] != "serve" || !writable || !slices.Contains(diet.Ports, "127.0.0.1:8080:8080") {
		t.Errorf("nobody can answer: %+v", diet)
	}
	if _, err := os.Stat(filepath.Join(repository, "docs/deploy", diet.Build.Context, diet.Build.Dockerfile)); err != nil {
		t.Error(err)
	}
	for name, s := range doc.Services {
		if (s.Image == "") == (s.Build.Context == "") {
			t.Errorf("%s is of no image, or of two", name)
		}
		for _, v := range s.Volumes {
			volume, _, _ := strings.Cut(v, ":")
			if _, declared := doc.Volumes[volume]; !declared && !strings.HasPrefix(volume, ".") {
				t.Errorf("%s: no volume is called %s", name, volume)
			}
		}
		needs, _ := s.DependsOn.([]any)
		for _, n := range needs {
			if _, there := doc.Services[n.(string)]; !there {
				t.Errorf("%s needs %v", name, n)
			}
		}
	}
	for _, name := range []string{"netbox", "postgres", "redis"} {
		if doc.Services[name].Image == "" {
			t.Errorf("there is no %s", name)
		}
	}
}

// TestRelease reads the configuration of goreleaser: what it builds and packs is there.
func TestRelease(t *testing.T) {
	t.Parallel()
	var doc struct {
		Version int
		Builds  []struct {
			Main, Binary        string
			Env, Flags, Ldflags []string
			Goos, Goarch        []string
		}
		Archives []struct{ Files []string }
		SBOMs    []struct{ Artifacts string } `yaml:"sboms"`
	}
	if err := yaml.Unmarshal([]byte(deployed(t, ".goreleaser.yaml")), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Version != 2 || len(doc.Builds) != 1 || len(doc.Archives) != 1 || len(doc.SBOMs) != 1 {
		t.Fatalf("got %+v", doc)
	}
	b := doc.Builds[0]
	_, err := os.Stat(filepath.Join(repository, b.Main, "main.go"))
	if err != nil || b.Binary != "diet" || !slices.Contains(b.Env, "CGO_ENABLED=0") {
		t.Errorf("it builds %+v, %v", b, err)
	}
	sets := strings.Contains(strings.Join(b.Ldflags, " "), "-X main.version=")
	if !sets || !strings.Contains(deployed(t, "cmd/diet/main.go"), "var version = ") {
		t.Error("the version is not set")
	}
	for _, pattern := range doc.Archives[0].Files {
		pattern = strings.ReplaceAll(pattern, "**/", "")
		if found, err := filepath.Glob(filepath.Join(repository, pattern)); err != nil || len(found) == 0 {
			t.Errorf("%s names nothing: %v", pattern, err)
		}
	}
}
