package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// In the shells' tests $PREVIEW and $RUN are the ids that the store has, ⇥ is the key, and
// what a shell is to make of a line is what one that types on would send.
var completedLines = []struct{ typed, want string }{
	{`diet appl⇥`, `diet apply`},
	{`diet apply --target net⇥`, `diet apply --target net.leaf`},
	{`diet apply --target 'web/net.leaf[⇥`, `diet apply --target web/net.leaf[1]`},
	{`diet apply --target web/rack:⇥`, `diet apply --target web/rack:row[1]`},
	{`diet apply --target=web/rack:⇥`, `diet apply --target=web/rack:row[1]`},
	{`diet blame web/rac⇥`, `diet blame web/rack:row[1]`},
	{`diet why plan.yaml web/net⇥`, `diet why plan.yaml web/net.leaf[1]`},
	{`diet apply plan⇥`, `diet apply plan.yaml`},
	{`diet preview "some pl⇥`, `diet preview some plans/`},
	{`diet preview 'some plans/⇥`, `diet preview some plans/a plan.yaml`},
	{`diet preview some\ plans/⇥`, `diet preview some plans/a plan.yaml`},
	{`diet preview pv-⇥`, `diet preview $PREVIEW`},
	{`diet apply pv-⇥`, `diet apply $PREVIEW`},
	{`diet rollback run-⇥`, `diet rollback $RUN`},
	{`diet run r⇥`, `diet run $RUN`},
	{`diet diff --at r⇥`, `diet diff --at $RUN`},
	{`diet destroy w⇥`, `diet destroy web`},
	{`diet diff --detailed⇥`, `diet diff --detailed-exitcode`},
	{`diet preview -o ju⇥`, `diet preview -o junit`},
	{`diet graph --output me⇥`, `diet graph --output mermaid`},
	{`diet branch mer⇥`, `diet branch merge`},
	{`diet user ad⇥`, `diet user add`},
	{`diet import am⇥`, `diet import ams2`},
	{`diet sync --kind=manuf⇥`, `diet sync --kind=manufacturer`},
	{`diet resolve --answer use_d⇥`, `diet resolve --answer use_diet`},
	{`diet user add eve --role view⇥`, `diet user add eve --role viewer`},
	{`diet policy rep⇥`, `diet policy replay`},
	{`diet preview --out kep⇥`, `diet preview --out kept.file`}, // by the shell itself
	{`diet --mirror=kep⇥`, `diet --mirror=kept.file`},
}

// shellPlan has one object of each beginning that the lines above want completed.
const shellPlan = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: web}
spec:
  site: ams2
  catalog:
    deviceTypes:
      leaf: {manufacturer: acme, model: Leaf, u: 1, ports: {"E1/{1-4}": 25gbase-x-sfp28}}
      server: {manufacturer: acme, model: Server, u: 1, ports: {lom-eth0: 25gbase-x-sfp28}}
  racks: {row: {count: 1, units: 48}}
  fabrics:
    net: {switches: {leaf: {role: leaf, type: leaf, count: 1, rack: {pool: row, per: 1, fromU: 40}, zones: {down: {ports: 1-4}}}}}
  nodes:
    web: {count: 2, type: server, nics: {lom: {ports: [eth0], type: 25gbase-x-sfp28}}}
`

// TestShells has real shells complete lines: each runs in a terminal of its own, and reads there
// what a person types. What is not installed is left out.
func TestShells(t *testing.T) {
	t.Parallel()
	g := newGround(t)
	g.write("plan.yaml", shellPlan)
	if err := os.Mkdir(filepath.Join(g.dir, "some plans"), 0o700); err != nil {
		t.Fatal(err)
	}
	g.write("some plans/a plan.yaml", shellPlan)
	g.write("kept.file", "")
	g.done("apply", "--yes", "plan.yaml")
	previewed, runs := g.done("preview", "plan.yaml"), g.done("runs")
	ids := strings.NewReplacer(
		"$PREVIEW", regexp.MustCompile(`pv-\w+`).FindString(previewed), "$RUN", regexp.MustCompile(`run-\w+`).FindString(runs))
	for _, shell := range shells {
		t.Run(shell.name, func(t *testing.T) {
			t.Parallel()
			keys := startShell(t, g, shell)
			for _, line := range completedLines {
				got := strings.Join(openWords(keys.complete(strings.TrimSuffix(line.typed, "⇥"))), " ")
				if want := ids.Replace(line.want); got != want {
					t.Errorf("%s becomes %q, want %q", line.typed, got, want)
				}
			}
		})
	}
}

// shell is one that is tested: how it starts, and what it reads first. In that, the key ^T
// writes the line as it stands to the pipe, and empties it.
type shell struct{ name, start, first string }

var shells = []shell{
	{"bash", "bash --noprofile --rcfile first -i", `
source <(diet completion bash)
tell() { printf '%s\n' "$READLINE_LINE" > told; READLINE_LINE=; }
bind -x '"\C-t": tell'
`},
	{"zsh", "env ZDOTDIR=. zsh -i", `
mkdir -p functions && diet completion zsh > functions/_diet
fpath=($PWD/functions $fpath)
autoload -Uz compinit && compinit -u -D
tell() { print -r -- "$BUFFER" > told; BUFFER= }
zle -N tell
bindkey '^T' tell
`},
	{"zsh-sourced", "env ZDOTDIR=. zsh -i", `
autoload -Uz compinit && compinit -u -D
source <(diet completion zsh)
tell() { print -r -- "$BUFFER" > told; BUFFER= }
zle -N tell
bindkey '^T' tell
`},
	{"fish", "fish -i -N -C 'source first'", `
diet completion fish | source
function tell; commandline > told; commandline ''; end
bind \ct tell
`},
}

// keyboard types into a shell that runs in a terminal.
type keyboard struct {
	testing.TB
	keys io.Writer
	told *bufio.Reader
	pipe *os.File
}

// startShell starts a shell in the folder of a ground, by the program script, which gives it a
// terminal.
func startShell(t *testing.T, g *ground, s shell) *keyboard {
	t.Helper()
	for _, program := range []string{"script", strings.TrimSuffix(s.name, "-sourced")} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(program + " is not installed")
		}
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(g.dir)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"first", ".zshrc"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(s.first), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "told"), 0o600); err != nil {
		t.Fatal(err)
	}
	pipe, err := os.OpenFile(filepath.Join(dir, "told"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pipe.Close() })
	cmd := exec.CommandContext(t.Context(), "script", "-qefc", s.start, filepath.Join(dir, "typescript"))
	cmd.Dir, cmd.Env = dir, append(slices.Clone(g.env), "TERM=xterm", "LC_ALL=C.UTF-8", "HOME="+dir)
	keys, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = io.WriteString(keys, "exit\r")
		_ = keys.Close()
		_ = cmd.Wait()
		if text, err := os.ReadFile(filepath.Join(dir, "typescript")); err == nil && t.Failed() {
			t.Logf("the terminal: %q", text)
		}
	})
	return &keyboard{t, keys, bufio.NewReader(pipe), pipe}
}

// complete types the start of a line and the tab key, and returns the line as it is then.
func (k *keyboard) complete(line string) string {
	k.Helper()
	if err := k.pipe.SetReadDeadline(time.Now().Add(patience)); err != nil {
		k.Fatal(err)
	}
	if _, err := io.WriteString(k.keys, line+"\t\x14"); err != nil {
		k.Fatal(err)
	}
	got, err := k.told.ReadString('\n')
	if err != nil {
		k.Fatalf("after %s: %v", line, err)
	}
	return strings.TrimSuffix(got, "\n")
}

// openWords are the words of a line, the last of which may be in quotes that are still open.
func openWords(line string) []string {
	var out []string
	var word strings.Builder
	quote, inWord := rune(0), false
	escaped := false
	for _, r := range line {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\' && quote != '\'':
			escaped, inWord = true, true
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, inWord = r, true
		case quote == 0 && r == ' ':
			if inWord {
				out = append(out, word.String())
			}
			word.Reset()
			inWord = false
		default:
			word.WriteRune(r)
			inWord = true
		}
	}
	if inWord {
		out = append(out, word.String())
	}
	return out
}
