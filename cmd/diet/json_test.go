package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/mirror/sandbox"
)

// desk is a folder with plans, and a NetBox that one of them is applied to; the program runs in
// this process.
type desk struct {
	testing.TB
	dir, url string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	server, err := sandbox.New(sandbox.Config{
		Token: dietToken, Tokens: map[string]string{personToken: "maria"}, ReadOnlyTokens: []string{readToken},
	})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	d := &desk{TB: t, dir: t.TempDir(), url: web.URL}
	for name, text := range deskFiles {
		if err := os.WriteFile(filepath.Join(d.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(d.dir, "team"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"init", "apply --yes @one.yaml @two.yaml", "preview @one.yaml --out @one.diet"} {
		if code, out, said := d.runs(line, ""); code != exitDone {
			t.Fatalf("diet %s exits %d: %s%s", line, code, out, said)
		}
	}
	return d
}

const deskPlan = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: NAME}
spec:
  site: SITE
  catalog: {deviceTypes: {server: {manufacturer: acme, model: Server, u: 1}}}
  nodes: {web: {count: COUNT, type: server}}
`

func deskPlanOf(name, site, count string) string {
	return strings.NewReplacer("NAME", name, "SITE", site, "COUNT", count).Replace(deskPlan)
}

var deskFiles = map[string]string{
	"diet.yaml":   "",
	"one.yaml":    deskPlanOf("one", "ams2", "1"),
	"two.yaml":    deskPlanOf("two", "ams3", "1"),
	"more.yaml":   deskPlanOf("one", "ams2", "2"),
	"less.yaml":   deskPlanOf("two", "ams3", "0"),
	"new.yaml":    deskPlanOf("three", "ams2", "1"),
	"twin.yaml":   deskPlanOf("one", "ams2", "1"),
	"bad.yaml":    deskPlanOf("bad", "ams2", "none"),
	"broken.yaml": "{",
	"keys.yaml":   "nokey: true",
	"checks.yaml": "queries: {sound: SELECT 1 WHERE 0, fails: SELECT 1, wrong: SELECT nope}",
	"plans.yaml":  "plans: [one.yaml, two.yaml]",
	"map.csv":     "kind,netbox_id\n",
	"noname.csv":  "kind,netbox_id,object\ndevice,999999,one/web[1]\n",
	"plain.txt":   "plain",
}

// runs runs a line: @FILE is a file of the desk.
func (d *desk) runs(line, stdin string) (code int, stdout, stderr string) {
	d.Helper()
	return d.runsIn(d.Context(), line, stdin)
}

func (d *desk) runsIn(ctx context.Context, line, stdin string) (code int, stdout, stderr string) {
	d.Helper()
	args := []string{"diet"}
	for _, word := range shellWords(line) {
		args = append(args, strings.ReplaceAll(word, "@", d.dir+"/"))
	}
	for _, flag := range []struct{ name, value string }{
		{"--config", d.dir + "/diet.yaml"}, {"--mirror", d.dir + "/diet.db"}, {"--netbox-url", d.url}, {"--token", dietToken},
	} {
		if !slices.Contains(args, flag.name) {
			args = append(args, flag.name, flag.value)
		}
	}
	var out, said bytes.Buffer
	code = run(ctx, args, strings.NewReader(stdin), &out, &said)
	return code, out.String(), said.String()
}

// failing are lines that fail, each with its exit code.
var failing = map[string]int{
	"init @one.yaml":           exitUsage,
	"init --repair":            exitUsage,
	"init --repair --check":    exitUsage,
	"init --links nope":        exitUsage,
	"init --rebase @none.yaml": exitError,
	"init --rebase --token " + readToken + " --yes @one.yaml @bad.yaml": exitError,
	"import":                                 exitUsage,
	"import nosite":                          exitError,
	"import ams2 nosite":                     exitError,
	"import --for @none.yaml":                exitError,
	"import --for @one.yaml ams2":            exitUsage,
	"validate @bad.yaml":                     exitError,
	"validate @one.yaml @twin.yaml":          exitError,
	"validate @one.yaml @new.yaml":           exitError,
	"validate @none.yaml":                    exitError,
	"validate @broken.yaml":                  exitError,
	"validate --sync --fresh @one.yaml":      exitUsage,
	"validate --sync @one.yaml URL":          exitError,
	"generate":                               exitUsage,
	"generate @bad.yaml":                     exitError,
	"graph @none.yaml":                       exitError,
	"graph --fabric nope @one.yaml":          exitError,
	"sync URL":                               exitError,
	"sync --kind nope":                       exitUsage,
	"sync --mirror @team":                    exitError,
	"diff @bad.yaml":                         exitError,
	"diff 'SELECT nope'":                     exitError,
	"diff --at never @one.yaml":              exitError,
	"preview":                                exitUsage,
	"preview @one.yaml --out @none/x":        exitError,
	"preview @less.yaml --out @none/x":       exitError,
	"preview @less.yaml":                     exitPerson,
	"preview @one.yaml @bad.yaml":            exitError,
	"preview @more.yaml @less.yaml":          exitPerson,
	"preview --detailed-exitcode @more.yaml": exitChanges,
	"preview pv-nope":                        exitError,
	"preview URL @one.yaml":                  exitError,
	"preview @plain.txt":                     exitError,
	"preview --target nope @one.yaml":        exitError,
	"preview --policy @nofolder @one.yaml":   exitError,
	"approve @one.diet":                      exitUsage,
	"approve pv-nope --key @none":            exitError,
	"resolve --list @none.yaml":              exitError,
	"resolve":                                exitUsage,
	"resolve @one.yaml --object one/web[1] --answer nope --reason x":         exitUsage,
	"resolve @less.yaml --all --class drift --answer acknowledge --reason x": exitError,
	"ack @one.yaml":                                       exitUsage,
	"ack @one.yaml one/web[1] --reason x":                 exitUsage,
	"unmanage @one.yaml nope --reason x":                  exitError,
	"adopt @one.yaml nope --reason x":                     exitError,
	"adopt @one.yaml --map @none.csv":                     exitUsage,
	"adopt @one.yaml --map @none.csv --reason x":          exitError,
	"adopt @one.yaml --map @map.csv --reason x":           exitError,
	"why @one.yaml":                                       exitUsage,
	"why @one.yaml nope":                                  exitError,
	"blame":                                               exitUsage,
	"blame --sync URL one/web[1]":                         exitError,
	"history":                                             exitUsage,
	"history --sync URL one/web[1]":                       exitError,
	"sql 'SELECT nope'":                                   exitError,
	"sql a b":                                             exitUsage,
	"check":                                               exitUsage,
	"check --config @checks.yaml fails":                   exitError,
	"check --config @checks.yaml wrong":                   exitError,
	"check --config @checks.yaml nope":                    exitUsage,
	"previews --store postgres://nobody@127.0.0.1:1/none": exitError,
	"jobs cancel nope":                                    exitUsage,
	"runs one two":                                        exitUsage,
	"run":                                                 exitUsage,
	"run run-nope":                                        exitError,
	"store":                                               exitUsage,
	"store prune --store @team":                           exitError,
	"apply @one.yaml":                                     exitUsage,
	"apply --yes":                                         exitUsage,
	"apply --yes @bad.yaml":                               exitError,
	"apply --yes @less.yaml":                              exitPerson,
	"apply --yes @less.yaml @one.yaml":                    exitPerson,
	"apply --yes --all-or-nothing @less.yaml":             exitPerson,
	"apply --yes --all-or-nothing @one.yaml @less.yaml":   exitPerson,
	"apply --yes URL @one.yaml":                           exitError,
	"apply --yes URL @one.yaml @two.yaml":                 exitError,
	"apply --yes --token " + readToken + " @more.yaml":    exitError,
	"apply --yes --token " + readToken + " @more.yaml @less.yaml": exitError,
	"apply pv-nope":               exitError,
	"apply @one.diet --target x":  exitUsage,
	"apply @plain.txt":            exitError,
	"branch":                      exitUsage,
	"branch list":                 exitError,
	"branch show spring":          exitError,
	"branch merge spring":         exitError,
	"rollback":                    exitUsage,
	"rollback run-nope":           exitError,
	"destroy":                     exitUsage,
	"destroy nope":                exitError,
	"destroy one --out @none/x":   exitError,
	"destroy one --yes --out @x":  exitUsage,
	"status @none.yaml":           exitError,
	"status --sync URL":           exitError,
	"serve --listen nope":         exitUsage,
	"watch --all":                 exitUsage,
	"watch --once":                exitUsage,
	"user":                        exitUsage,
	"user add bob --role root":    exitUsage,
	"user remove nobody":          exitError,
	"policy":                      exitUsage,
	"policy check @nofolder":      exitError,
	"policy test @team":           exitError,
	"policy test --threshold 200": exitError,
	"policy list @nofolder":       exitError,
	"policy replay":               exitUsage,
	"policy input":                exitUsage,
	"policy input @one.yaml nope": exitError,
	"policy input pv-nope":        exitError,
	"sandbox --listen nope":       exitError,
	"config":                      exitUsage,
	"version --config @none.yaml": exitUsage,
	"completion":                  exitUsage,
	"nope":                        exitUsage,
	"--nope":                      exitUsage,
}

// TestFailuresAreJSON wants of every command with --json, however it fails, one value on the
// standard output: the error, or what came out of it.
func TestFailuresAreJSON(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	lines := map[string]int{}
	for line, code := range failing {
		lines[line] = code
	}
	for _, c := range newApp(strings.NewReader(""), io.Discard, io.Discard).Commands {
		if c.Name == "help" || c.Name == "demo" { // which has no flag to fail by
			continue
		}
		if !slices.ContainsFunc(slices.Collect(maps.Keys(failing)), func(l string) bool { return strings.Fields(l)[0] == c.Name }) {
			t.Errorf("no line has %s fail", c.Name)
		}
		lines[c.Name+" --nonsense"] = exitUsage
		if c.Name != "config" && c.Name != "completion" && c.Name != "sandbox" && c.Name != "demo" {
			lines[c.Name+" --config @keys.yaml"] = exitUsage
		}
	}
	for line, want := range lines {
		words := strings.ReplaceAll(line, "URL", "--netbox-url http://127.0.0.1:1")
		code, out, said := d.runs(words+" --json", "")
		if code != want {
			t.Errorf("%s exits %d, want %d: %s", line, code, want, said)
		}
		value, err := oneValue(out)
		switch {
		case err != nil:
			t.Errorf("%s prints no JSON: %v: %.300q", line, err, out)
		case want == exitPerson, want == exitChanges, line == "check --config @checks.yaml fails":
			// what came out of it says that
		case !tells(value):
			t.Errorf("%s does not tell why it failed: %.500s", line, out)
		}
	}
}

// oneValue is the only value of a text.
func oneValue(text string) (value any, err error) {
	one := json.NewDecoder(strings.NewReader(text))
	if err := one.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := one.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("it is not all")
	}
	if value == nil {
		return nil, errors.New("it is null")
	}
	return value, nil
}

// tells reports whether a value, or one of several plans', holds an error.
func tells(value any) bool {
	if list, is := value.([]any); is {
		return slices.ContainsFunc(list, tells)
	}
	object, _ := value.(map[string]any)
	why, _ := object["error"].(map[string]any)
	message, _ := why["message"].(string)
	return message != "" && why["exit_code"] != nil
}
