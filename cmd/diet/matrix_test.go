package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/crypto/ssh"

	"github.com/diet-project/diet/mirror/mirrortest"
)

// standIns are what the words of an ArgsUsage stand for on a desk; "" leaves one out.
func standIns(d *desk) map[string]string {
	return map[string]string{
		"PLAN": "@one.yaml", "PLAN-KEY": "one", "OBJECT": "one/web[1]", "FIELD": "status", "SITE": "ams2",
		"PREVIEW-ID": d.newest("previews"), "PREVIEW-FILE": "@one.diet", "RUN": d.newest("runs"), "NAME": "bob", "JOB": "1",
		"--map": "--map", "FILE": "@map.csv", "'SELECT": "'SELECT 1'", "…'": "", "ARGUMENT": "", "COMMAND": "apply",
	}
}

// newest is the id of the newest run or preview.
func (d *desk) newest(list string) string {
	d.Helper()
	code, out, said := d.runs(list+" --json", "")
	var all []struct{ ID string }
	if err := json.Unmarshal([]byte(out), &all); code != exitDone || err != nil || len(all) == 0 {
		d.Fatalf("diet %s exits %d: %v: %s", list, code, err, said)
	}
	return all[0].ID
}

// needed are flags without which a command that has them does not come to its work, or does not end here.
var needed = map[string]string{
	"reason": "--reason x", "key": "--key @key", "listen": "--listen 127.0.0.1:0", "role": "--role viewer",
	"once": "--once", "yes": "--yes", "rebase": "--rebase",
}

// usesOf are the lines by which a command does what its ArgsUsage says, each alternative in full.
func usesOf(t *testing.T, c *cli.Command, standIn map[string]string) []string {
	t.Helper()
	var out []string
	for _, one := range strings.Split(c.ArgsUsage, "|") {
		line := c.Name
		for _, word := range strings.Fields(strings.ReplaceAll(one, "...", "")) {
			word = strings.Trim(word, "[]…")
			text, known := standIn[word]
			switch {
			case known && text != "":
				line += " " + text
			case known || word == "" || word == "'":
			case word == strings.ToLower(word):
				line += " " + word // which is typed as it is
			default:
				t.Errorf("%s: say in standIns what %s stands for", c.Name, word)
			}
		}
		for _, f := range c.Flags {
			if text := needed[f.Names()[0]]; text != "" {
				line += " " + text
			}
		}
		if strings.Contains(line, " ams2") {
			line += " --out @imported.yaml --map @imported.csv --force"
		}
		out = append(out, line)
	}
	return out
}

// faults are what may be wrong, each as what it does to a line; "" where the line does not have it.
var faults = map[string]func(line string) string{
	"bad flag":        func(line string) string { return line + " --nonsense" },
	"no value":        func(line string) string { return line + " --mirror" },
	"superfluous":     func(line string) string { return line + " zzz" },
	"missing plan":    func(line string) string { return swapped(line, "@one.yaml", "@none.yaml") },
	"bad plan":        func(line string) string { return swapped(line, "@one.yaml", "@bad.yaml") },
	"altered preview": func(line string) string { return swapped(line, "@one.diet", "@altered.diet") },
	"unknown key":     func(line string) string { return swapped(line, " one", " nokey") },
	"unknown object":  func(line string) string { return swapped(line, "one/web[1]", "one/wbe[7]") },
	"unknown preview": func(line string) string { return swapped(line, "pv-", "pv-0") },
	"unknown run":     func(line string) string { return swapped(line, "run-", "run-0") },
	"unreachable":     func(line string) string { return line + " --netbox-url http://127.0.0.1:1" },
	"no token":        func(line string) string { return line + " --token=" },
	"refused token":   func(line string) string { return line + " --token 3333333333333333333333333333333333333333" },
	"reads only":      func(line string) string { return line + " --token " + readToken },
	"faulty policies": func(line string) string { return line + " --policy @faulty" },
	"no policies":     func(line string) string { return line + " --policy @nofolder" },
	"wrong config":    func(line string) string { return line + " --config @keys.yaml" },
	"no config":       func(line string) string { return line + " --config @none.yaml" },
	"no mirror":       func(line string) string { return line + " --mirror @none/diet.db" },
	"no such mirror":  func(line string) string { return line + " --mirror @team" },
	"no database":     func(line string) string { return line + " --mirror @plain.txt" },
	"no such store":   func(line string) string { return line + " --store @team" },
	"store is away":   func(line string) string { return line + " --store postgres://nobody@127.0.0.1:1/none" },
	"held":            func(line string) string { return swapped(line, "@one.yaml", "@held.yaml") },
}

// swapped is a line with something else in it; "" where it has no such thing.
func swapped(line, old, other string) string {
	if !strings.Contains(line, old) {
		return ""
	}
	return strings.ReplaceAll(line, old, other)
}

// usages are the faults that every command finds ahead of all else.
var usages = []string{"bad flag", "no value"}

// lasting are the commands that do not end by themselves.
var lasting = []string{"serve", "sandbox", "demo", "watch"}

// newMatrixDesk is a desk with what the faults need.
func newMatrixDesk(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"key": pem.EncodeToMemory(key), "altered.diet": []byte("\x1f\x8bnone"), "faulty/a.rego": []byte("package team\nno rego\n"),
		"held.yaml": []byte(deskPlanOf("held", "ams9", "1")),
	} {
		file := filepath.Join(d.dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lease, err := json.Marshal(map[string]string{
		"name": "diet-lease-held", "slug": "diet-lease-held",
		"description": `{"run":"run-99999999","host":"elsewhere","user":"otto","until":"2099-01-01T00:00:00Z","process":"x"}`,
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.url+"/api/extras/tags/", bytes.NewReader(lease))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Token "+personToken)
	r.Header.Set("Content-Type", "application/json")
	answer, err := mirrortest.Client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		t.Fatal(answer.Status)
	}
	return d
}

// TestEveryFaultOfEveryCommand walks the commands as they are, has each do what its help says it takes, with
// one thing wrong at a time, and wants of all the same: with --json one value on the standard output; an error
// in it and, once, in plain words on the standard error; and one of the exit codes that the help lists.
func TestEveryFaultOfEveryCommand(t *testing.T) {
	t.Parallel()
	d := newMatrixDesk(t)
	standIn := standIns(d)
	codes := map[int]int{}
	var away sync.WaitGroup // what asks a NetBox that is away takes seconds, and little else
	defer away.Wait()
	few := make(chan struct{}, 12)
	for _, c := range newApp(strings.NewReader(""), io.Discard, io.Discard).Commands {
		if c.Name == "help" {
			continue
		}
		for _, use := range usesOf(t, c, standIn) {
			for _, fault := range slices.Sorted(maps.Keys(faults)) {
				usage := slices.Contains(usages, fault)
				switch line := faults[fault](use); {
				case line == "", !usage && slices.Contains(lasting, c.Name):
				case fault == "unreachable":
					few <- struct{}{}
					away.Go(func() {
						d.faulty(c, fault, line)
						<-few
					})
				default:
					codes[d.faulty(c, fault, line)]++
				}
			}
			for _, f := range c.Flags {
				if _, is := f.(*cli.BoolFlag); is && f.Names()[0] != "help" && !slices.Contains(lasting, c.Name) {
					d.faulty(c, "refused token", use+" --"+f.Names()[0]+" --token 3333333333333333333333333333333333333333")
				}
			}
		}
	}
	for _, code := range []int{exitError, exitHeld, exitUsage} {
		if codes[code] == 0 {
			t.Errorf("no fault ends with %d: %v", code, codes)
		}
	}
}

// faulty runs a line that something is wrong with, and returns its exit code.
func (d *desk) faulty(c *cli.Command, fault, line string) int {
	d.Helper()
	ctx, stop := context.WithTimeout(d.Context(), time.Minute)
	defer stop()
	code, out, said := d.runsIn(ctx, line+" --json", "a password of many letters\n")
	wrong := func(what string) {
		d.Helper()
		d.Errorf("%s: diet %s --json exits %d and %s\nstdout: %.600s\nstderr: %.600s", fault, line, code, what, out, said)
	}
	switch {
	case slices.Contains(usages, fault) && code != exitUsage:
		wrong("is no wrong usage")
	case !strings.Contains(exitStatus, fmt.Sprintf("\n   %-5d", code)):
		wrong("help does not list that")
	case strings.Contains(said, "goroutine ") || strings.Contains(said, "panic"):
		wrong("panics")
	}
	value, err := oneValue(out)
	if code == exitDone && err != nil && c.Name == "completion" {
		return code // which prints a script, whatever it is asked for
	}
	if err != nil {
		wrong("prints no JSON: " + err.Error())
		return code
	}
	if messages := errorsIn(value); code == exitDone && len(messages) > 0 {
		wrong("has an error")
	} else if code != exitDone {
		d.told(value, code, messages, said, wrong)
	}
	return code
}

// told wants an error that is said to be in the JSON, and the other way round. What only comes out of a
// command, such as of a check, may be an exit code alone.
func (d *desk) told(value any, code int, messages []string, said string, wrong func(string)) {
	d.Helper()
	says := regexp.MustCompile(`(?m)^diet: `).MatchString(withoutNotes(said))
	switch {
	case says && len(messages) == 0:
		wrong("has no error in the JSON")
	case !says && len(messages) > 0:
		wrong("says no error")
	case says && !slices.Contains(codesIn(value), code):
		wrong("has another code in the JSON")
	}
	for _, message := range messages {
		if n := strings.Count(said, "diet: "+message+"\n"); n > 1 {
			wrong("says the error several times")
		}
	}
}

// note are the lines that are no errors.
var note = regexp.MustCompile(`(?m)^diet: (warning: |the mirror is |checked by the mirror|cables stay where|wrote |rules want ).*\n`)

func withoutNotes(said string) string { return note.ReplaceAllString(said, "") }

// errorsIn are the messages of the errors of a value, or of several plans' values.
func errorsIn(value any) []string {
	var out []string
	each(value, func(e map[string]any) {
		if message, _ := e["message"].(string); message != "" {
			out = append(out, message)
		}
	})
	return out
}

// codesIn are the exit codes of the errors of a value.
func codesIn(value any) []int {
	var out []int
	each(value, func(e map[string]any) {
		if code, is := e["exit_code"].(float64); is {
			out = append(out, int(code))
		}
	})
	return out
}

// each passes on the errors of a value, or of several plans' values.
func each(value any, do func(map[string]any)) {
	list, is := value.([]any)
	if !is {
		list = []any{value}
	}
	for _, one := range list {
		object, _ := one.(map[string]any)
		if e, is := object["error"].(map[string]any); is {
			do(e)
		}
	}
}
