package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// fence is a block of code in a page, and how it begins in the page's text.
type fence struct{ lang, text string }

var fenced = regexp.MustCompile("(?ms)^```([a-z]+)\n(.*?)^```$")

func fencesOf(t *testing.T, page string) []fence {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, page))
	if err != nil {
		t.Fatal(err)
	}
	var out []fence
	for _, m := range fenced.FindAllStringSubmatch(string(text), -1) {
		out = append(out, fence{m[1], m[2]})
	}
	return out
}

// player plays a page as a reader would: it saves what is to be saved and types what is to
// be typed, in one shell. Blocks mean:
//
//	yaml  a file: the one that its first line names as a comment, else plan.yaml
//	sh    commands; a comment "exit code N" behind one tells how it ends
//	text  what the commands before it print, in part; … stands for anything
type player struct {
	testing.TB
	dir, address string
	script       strings.Builder
	commands     []string
	expected     map[int]string // by how many commands come before
}

var exitComment = regexp.MustCompile(`# exit code (\d+)`)

func (p *player) file(text string) {
	name := "plan.yaml"
	if first, _, _ := strings.Cut(text, "\n"); strings.HasPrefix(first, "# ") && strings.HasSuffix(first, ".yaml") {
		name = first[2:]
	}
	fmt.Fprintf(&p.script, "cat > %s <<'END OF FILE'\n%sEND OF FILE\n", name, text)
}

// typed splits a block into commands: a line, with those that it needs to be one.
func (p *player) typed(block string) {
	pending := ""
	for line := range strings.Lines(block) {
		pending += line
		if strings.HasSuffix(strings.TrimSpace(line), "\\") || unended(pending) || exec.Command("bash", "-n", "-c", pending).Run() != nil {
			continue
		}
		p.command(strings.TrimSuffix(pending, "\n"))
		pending = ""
	}
	if pending != "" {
		p.Fatalf("no command: %s", pending)
	}
}

var document = regexp.MustCompile(`<<'(\w+)'`)

// unended reports whether a command begins a document that it does not end.
func unended(command string) bool {
	m := document.FindStringSubmatch(command)
	return m != nil && !strings.HasSuffix(command, "\n"+m[1]+"\n")
}

func (p *player) command(text string) {
	if strings.TrimSpace(text) == "" || strings.HasPrefix(text, "#") {
		return
	}
	want := "0"
	if m := exitComment.FindStringSubmatch(text); m != nil {
		want = m[1]
	}
	p.commands = append(p.commands, text)
	text = strings.ReplaceAll(text, "127.0.0.1:8000", p.address)
	serves := strings.HasPrefix(text, "diet sandbox ")
	text = strings.Replace(text, "diet sandbox ", "diet sandbox --listen "+p.address+" ", 1)
	fmt.Fprintf(&p.script, "%s\ncode=$?\n[ $code = %s ] || { printf '\\n@@@ exit code %%s\\n' $code; exit 1; }\n", text, want)
	if serves {
		fmt.Fprintf(&p.script, "for i in $(seq 300); do curl -s -o /dev/null http://%s/ && break; sleep 0.1; done\n", p.address)
	}
	fmt.Fprintf(&p.script, "printf '\\n@@@ %d\\n'\n", len(p.commands))
}

// play runs all of it, and compares what is shown.
func (p *player) play() {
	ctx, cancel := context.WithTimeout(p.Context(), 10*patience)
	defer cancel()
	shell := exec.CommandContext(ctx, "bash", "-c", "trap 'kill $(jobs -p) 2>/dev/null' EXIT\n"+p.script.String())
	shell.WaitDelay = patience / 10
	shell.Dir = p.dir
	shell.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.dir, "TMPDIR=" + p.dir}, lazyCollector...)
	out, err := shell.CombinedOutput()
	parts := regexp.MustCompile(`\n@@@ [^\n]*\n`).Split(strings.ReplaceAll(string(out), p.address, "127.0.0.1:8000"), -1)
	if err != nil {
		p.Fatalf("%s\n%s\n%v", p.commands[min(strings.Count(string(out), "\n@@@ ")-1, len(p.commands)-1)], out, err)
	}
	for n, want := range p.expected {
		if missing := unseen(parts[n-1], want); missing != "" {
			p.Errorf("%s\nprints\n%s\nwithout %q", p.commands[n-1], parts[n-1], missing)
		}
	}
}

// unseen is the first line that an output does not have, in that order.
func unseen(output, want string) string {
	for line := range strings.Lines(want) {
		line = strings.TrimSpace(line)
		if line == "…" || line == "" {
			continue
		}
		parts := strings.Split(regexp.QuoteMeta(line), "…")
		at := regexp.MustCompile(`(?m)^[ \t]*` + strings.Join(parts, ".*")).FindStringIndex(output)
		if at == nil {
			return line
		}
		output = output[at[1]:]
	}
	return ""
}

func playPage(t *testing.T, page string) *player {
	t.Helper()
	free, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &player{TB: t, dir: t.TempDir(), address: free.Addr().String(), expected: map[int]string{}}
	_ = free.Close()
	for _, f := range fencesOf(t, page) {
		switch f.lang {
		case "yaml":
			p.file(f.text)
		case "sh":
			p.typed(f.text)
		case "text":
			p.expected[len(p.commands)] = f.text
		}
	}
	p.play()
	return p
}

// TestTutorial plays the tutorial from its first plan to the empty NetBox at its end.
func TestTutorial(t *testing.T) {
	t.Parallel()
	if p := playPage(t, "docs/tutorial.md"); len(p.commands) < 30 || len(p.expected) < 10 {
		t.Errorf("it has %d commands and shows %d outputs", len(p.commands), len(p.expected))
	}
}

// TestRunbook rehearses every procedure of the operator's runbook.
func TestRunbook(t *testing.T) {
	t.Parallel()
	if p := playPage(t, "docs/runbook.md"); len(p.commands) < 50 || len(p.expected) < 8 {
		t.Errorf("it has %d commands and shows %d outputs", len(p.commands), len(p.expected))
	}
}

// TestWorkshop plays the exercises of the workshop.
func TestWorkshop(t *testing.T) {
	t.Parallel()
	if p := playPage(t, "docs/workshop.md"); len(p.commands) < 30 {
		t.Errorf("it has %d commands", len(p.commands))
	}
}
