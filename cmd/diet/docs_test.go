package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// pages are the texts for users, by path from the top folder.
func pages(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(repository, "docs/*.md"))
	if err != nil || len(files) < 15 {
		t.Fatalf("%d pages, %v", len(files), err)
	}
	out := map[string]string{}
	for _, file := range append(files, filepath.Join(repository, "README.md"), filepath.Join(repository, "CONTRIBUTING.md")) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(repository, file)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = string(text)
	}
	return out
}

var (
	anyFence      = regexp.MustCompile("(?ms)^ *```[a-z]*\n.*?^ *```$")
	shownCommand  = regexp.MustCompile(`(?m)^(?:\S+=\S+ )*(?:bin/)?(diet [^\n]*)$`)
	inlineCommand = regexp.MustCompile("`(diet [a-z]+ [^`]*)`")
	linked        = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading       = regexp.MustCompile(`(?m)^#+ (.*)$`)
)

// commandsOf are the commands that a page shows, in blocks and in lines.
func commandsOf(text string) []string {
	var out []string
	for _, block := range anyFence.FindAllString(text, -1) {
		for _, m := range shownCommand.FindAllStringSubmatch(block, -1) {
			out = append(out, m[1])
		}
	}
	for _, m := range inlineCommand.FindAllStringSubmatch(anyFence.ReplaceAllString(text, ""), -1) {
		out = append(out, m[1])
	}
	return out
}

// TestDocsCommands has the program read every command of the docs: there is no such command
// or flag as one that it refuses.
func TestDocsCommands(t *testing.T) {
	t.Parallel()
	read := 0
	app := inert(func(string) { read++ })
	known := map[string]bool{}
	for _, c := range app.Commands {
		known[c.Name] = true
	}
	for page, text := range pages(t) {
		for _, line := range commandsOf(text) {
			command, _, _ := strings.Cut(line, " #")
			args := shellWords(strings.TrimRight(strings.TrimSpace(command), "&"))
			err := app.RunContext(t.Context(), arrange(app, args))
			if err != nil && strings.Contains(err.Error(), "flag needs an argument") && !strings.Contains(text, "\n"+line) {
				err = app.RunContext(t.Context(), arrange(app, append(args, "ARGUMENT"))) // a sentence names the flag
			}
			if err != nil {
				t.Errorf("%s: %s: %v", page, line, err)
			}
			if len(args) > 1 && !strings.HasPrefix(args[1], "-") && !known[args[1]] {
				t.Errorf("%s: %s: there is no such command", page, line)
			}
		}
	}
	if read < 150 {
		t.Errorf("%d commands were read", read)
	}
}

// anchors are what links to a page's headings are called.
func anchors(text string) map[string]bool {
	out := map[string]bool{}
	for _, m := range regexp.MustCompile(`<a id="([^"]*)">`).FindAllStringSubmatch(text, -1) {
		out[m[1]] = true
	}
	for _, m := range heading.FindAllStringSubmatch(anyFence.ReplaceAllString(text, ""), -1) {
		var b strings.Builder
		for _, r := range strings.ToLower(regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`).ReplaceAllString(m[1], "$1")) {
			switch {
			case r == ' ':
				b.WriteByte('-')
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				b.WriteRune(r)
			}
		}
		out[b.String()] = true
	}
	return out
}

// TestDocsLinks wants every link within the repository to lead to a file, and to a heading.
func TestDocsLinks(t *testing.T) {
	t.Parallel()
	all := pages(t)
	for page, text := range all {
		for _, m := range linked.FindAllStringSubmatch(anyFence.ReplaceAllString(text, ""), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			file, anchor, _ := strings.Cut(m[1], "#")
			target := page
			if file != "" {
				target = filepath.Join(filepath.Dir(page), file)
			}
			if _, err := os.Stat(filepath.Join(repository, target)); err != nil {
				t.Errorf("%s: %s leads nowhere", page, m[1])
			}
			if to, isPage := all[target]; anchor != "" && isPage && !anchors(to)[anchor] {
				t.Errorf("%s: %s has no such heading", page, m[1])
			}
		}
	}
}

// TestHowDoI wants the page of answers to have at least twenty, and one for each kind of
// question.
func TestHowDoI(t *testing.T) {
	t.Parallel()
	text := pages(t)["docs/how-do-i.md"]
	if n := strings.Count(text, "\n### "); n < 20 {
		t.Errorf("it has %d answers", n)
	}
	for class := range plays {
		word, _, _ := strings.Cut(string(class), "/")
		for _, answer := range []string{"use_diet", "use_user", "unmanage", "recreate", "release", "force_delete", "orphan", "adopt",
			"rename_existing", "skip", "restore", "keep", "use_name", "approve"} {
			if _, taken := plays[class].checks[answer]; taken && !strings.Contains(text, answer) && !strings.Contains(text, "diet "+answer) {
				t.Errorf("it does not name the answer %s, which fits %s", answer, word)
			}
		}
	}
}
