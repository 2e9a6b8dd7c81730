package main

import (
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// inert is the program with commands that only read their command line.
func inert(read func(name string)) *cli.App {
	app := newApp(strings.NewReader(""), io.Discard, io.Discard)
	for _, c := range app.Commands {
		c.Action = func(c *cli.Context) error {
			read(c.Command.Name)
			return nil
		}
	}
	return app
}

// shellWords splits a line as a shell does, up to a pipe or a redirection.
func shellWords(line string) []string {
	var out []string
	for _, w := range regexp.MustCompile(`(?:'[^']*'|"[^"]*"|[^\s'"])+`).FindAllString(line, -1) {
		if w == "|" || w == ">" || w == "<" {
			break
		}
		out = append(out, strings.NewReplacer("'", "", `"`, "").Replace(w))
	}
	return out
}

var example = regexp.MustCompile(`(?m)^   (?:\S+=\S+ )*(?:source <\()?(diet [^)\n]*)`)

// TestExamples wants an example in the help of every command, and all of them to be read by
// the program.
func TestExamples(t *testing.T) {
	t.Parallel()
	shown := map[string]bool{}
	app := inert(func(name string) { shown[name] = true })
	for _, c := range app.Commands {
		for _, m := range example.FindAllStringSubmatch(c.Description, -1) {
			if err := app.RunContext(t.Context(), arrange(app, shellWords(m[1]))); err != nil {
				t.Errorf("help of %s: %s: %v", c.Name, m[1], err)
			}
		}
	}
	for _, c := range app.Commands {
		if c.Name != "help" && !shown[c.Name] {
			t.Errorf("no help shows an example of %s", c.Name)
		}
		if c.Name != "help" && len(globalsOf[c.Name]) == 0 {
			t.Errorf("the help of %s names no global flag", c.Name)
		}
	}
}

// TestGlobalsAreKnown wants each global flag that a help names to be one.
func TestGlobalsAreKnown(t *testing.T) {
	t.Parallel()
	for command, names := range globalsOf {
		for _, name := range names {
			if !slices.ContainsFunc(globalFlags(), func(f cli.Flag) bool { return f.Names()[0] == name }) {
				t.Errorf("%s: no global flag is called %s", command, name)
			}
		}
	}
}

// TestOutput wants -o to be the form of the output wherever it is a flag.
func TestOutput(t *testing.T) {
	t.Parallel()
	for _, c := range inert(func(string) {}).Commands {
		for _, f := range c.Flags {
			if names := f.Names(); slices.Contains(names, "o") != (names[0] == "output") {
				t.Errorf("%s: -o and --output are two things: %v", c.Name, names)
			}
		}
	}
}
