package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the scripts' expected output")

func TestMain(m *testing.M) {
	shellWaits = patience // a busy machine is no fault of the words
	testscript.Main(m, map[string]func(){"diet": main})
}

// TestScript plays testdata/script through the real main, each script with a
// NetBox of its own. Commands beside diet:
//
//	netbox [VERSION [branching]]  starts a sandbox, with the branching plugin, and sets
//	                           NETBOX_URL and NETBOX_TOKEN
//	postgres                   makes an empty database, and sets DIET_STORE and PGPASSWORD
//	old-netbox VERSION         sets NETBOX_URL to what says that it is of that version
//	person METHOD PATH [JSON]  sends a request as maria; {{devices:web-001}} is the
//	                           id of that name or diet id, {{interfaces:web-001/eth0}} of a port
//	writes N                   asserts how many writes diet has sent since the last call
//	patched ENDPOINT ID FIELD… asserts that diet's writes since then PATCH that object once,
//	                           and carry those fields alone beside diet's own
//	converged PLAN             asserts the law: an apply finds nothing to write
//	ssh-key NAME               makes a pair of keys, NAME and NAME.pub
//	approvers FILE NAME …      writes a diet.yaml by which those who have these keys approve
//	preview-id                 sets PREVIEW to the id that the last output ends in
//	answer CLASS ANSWER [OBJECT]  runs the first command that the last output printed for a question
//	                           of that class, with that answer in the place of the recommended one
//	                           and, if it names one, about that object
//	holds ENDPOINT ID PATH VALUE  asserts that a value of the object with a diet id matches;
//	                           base.X and released.X are of diet's record
//	named ENDPOINT NAME FIELD VALUE  asserts a field of what is called so
//	absent ENDPOINT NAME       asserts that nothing is called so
//	unowned ENDPOINT NAME      asserts that something is called so, and that no plan owns it
//	plans                      copies testdata/plan/*.yaml here
//	shipped-policies DIR       copies the shipped policies there
//	replace OLD NEW FILE       replaces a text, which must be there, in a file
//	may PROGRAM …              runs a program, however it exits
//	exits CODE PROGRAM …       runs a program and asserts its exit code
//	json PATH VALUE            asserts a value of the last output, by a path such as
//	                           summary.device.create or changes.0.name; len counts a list
//	guest FILE                 makes a user with the permissions of a file, and sets
//	                           GUEST_TOKEN
//	remember ENDPOINT          notes when each object was last updated
//	untouched ENDPOINT         asserts that those noted are all there and as they were
//	kept ENDPOINT              asserts that those noted are all there, under the same NetBox ids
//	checkpoint                 keeps the sandbox and the work folder as they are
//	rewind                     goes back to the checkpoint
//	requests METHOD ENDPOINT N MOST  asserts that diet's writes since the last call of writes
//	                           carry N objects there, in at most so many requests
func TestScript(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Files:               scripts(t),
		Condition:           condition,
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Cmds:                commands,
		Setup:               withLazyCollector,
	})
}

// lazyCollector lets garbage lie in processes that end soon: collecting it is a fifth of
// their time.
var lazyCollector = []string{"GOGC=off", "GOMEMLIMIT=512MiB"}

func withLazyCollector(env *testscript.Env) error {
	env.Vars = append(env.Vars, lazyCollector...)
	return nil
}

var commands = map[string]func(*testscript.TestScript, bool, []string){
	"ssh-key":          sshKey,
	"approvers":        approvers,
	"netbox":           startNetBox,
	"postgres":         postgres,
	"old-netbox":       oldNetBox,
	"person":           person,
	"overwrite":        overwrite,
	"writes":           writes,
	"converged":        converged,
	"plans":            copyPlans,
	"answer":           answerQuestion,
	"preview-id":       previewID,
	"shipped-policies": copyPolicies,
	"replace":          replace,
	"exits":            exits,
	"may":              func(ts *testscript.TestScript, _ bool, args []string) { _ = ts.Exec(args[0], args[1:]...) },
	"json":             jsonValue,
	"guest":            guest,
	"remember":         remember,
	"untouched":        untouched,
	"kept":             kept,
	"checkpoint":       saveCheckpoint,
	"rewind":           rewind,
	"requests":         requests,
	"holds":            holds,
	"patched":          patched,
	"named":            named,
	"absent":           absent,
	"unowned":          unowned,
}

const (
	dietToken   = "d1e7000000000000000000000000000000000001"
	personToken = "5e7f000000000000000000000000000000000002"
	readToken   = "0ead000000000000000000000000000000000003"
)

// repository is the top folder, which scripts do not run in.
var repository = func() string {
	dir, err := filepath.Abs("../..")
	if err != nil {
		panic(err)
	}
	return dir
}()

func oldNetBox(ts *testscript.TestScript, _ bool, args []string) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Method != http.MethodGet || r.URL.Path != "/api/status/" {
			w.WriteHeader(http.StatusTeapot) // nothing else may be asked of it
			return
		}
		fmt.Fprintf(w, `{"netbox-version": %q, "plugins": {}}`, args[0])
	}))
	ts.Defer(web.Close)
	ts.Setenv("NETBOX_URL", web.URL)
	ts.Setenv("NETBOX_TOKEN", dietToken)
}

// lookup replaces {kind:name} by the id of the object of that name, slug,
// address or diet id.
func lookup(ts *testscript.TestScript, text string) string {
	for {
		start := strings.Index(text, "{{")
		if start < 0 {
			return text
		}
		end := strings.Index(text[start:], "}}") + start
		if end < start {
			return text
		}
		kind, name, _ := strings.Cut(text[start+2:end], ":")
		text = text[:start] + strconv.FormatInt(objectID(ts, kind, name), 10) + text[end+2:]
	}
}

func objectID(ts *testscript.TestScript, kind, name string) int64 {
	for _, o := range objects(ts, kind) {
		custom, _ := o["custom_fields"].(map[string]any)
		names := []any{o["name"], o["slug"], o["model"], o["serial"], o["address"], custom["diet_object_id"]}
		if device, on := o["device"].(map[string]any); on {
			names = append(names, fmt.Sprint(device["name"], "/", o["name"]))
		}
		for _, v := range names {
			if v == name {
				id, _ := o["id"].(float64)
				return int64(id)
			}
		}
	}
	ts.Fatalf("no %s is called %q", kind, name)
	return 0
}

func person(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: person METHOD PATH [JSON]")
	}
	body := ""
	if len(args) > 2 {
		body = lookup(ts, args[2])
	}
	ask(ts, args[0], ts.Getenv("NETBOX_URL")+lookup(ts, args[1]), body, neg)
}

// writes counts diet's writes: those that did not come from a person.
func writes(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts)
	got := s.writes.Swap(0)
	s.mu.Lock()
	s.sent = nil
	s.mu.Unlock()
	if len(args) == 1 && args[0] != fmt.Sprint(got) {
		ts.Fatalf("diet sent %d writes, want %s", got, args[0])
	}
}

func converged(ts *testscript.TestScript, _ bool, args []string) {
	writes(ts, false, nil)
	_ = ts.Exec("diet", append([]string{"apply", "--yes"}, args...)...)
	writes(ts, false, []string{"0"})
}

func copyPolicies(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.CopyFS(ts.MkAbs(args[0]), os.DirFS(filepath.Join(repository, "policies"))))
}

func replace(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[2])
	if !strings.Contains(text, args[0]) {
		ts.Fatalf("%s does not hold %q", args[2], args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(strings.Replace(text, args[0], args[1], 1)), 0o600))
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM …")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("%s exits %d, want %s", strings.Join(args[1:], " "), code, args[0])
	}
}

func jsonValue(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: json PATH VALUE")
	}
	var value any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &value))
	for _, step := range strings.Split(args[0], ".") {
		list, isList := value.([]any)
		n, err := strconv.Atoi(step)
		switch {
		case isList && step == "len":
			value = float64(len(list))
		case isList && err == nil && n < len(list):
			value = list[n]
		case isList:
			ts.Fatalf("%s: a list of %d has no %s", args[0], len(list), step)
		default:
			object, _ := value.(map[string]any)
			var ok bool
			if value, ok = object[step]; !ok {
				ts.Fatalf("%s: there is no %s", args[0], step)
			}
		}
	}
	if got := fmt.Sprint(value); (got == args[1]) == neg {
		ts.Fatalf("%s is %s, want %s", args[0], got, args[1])
	}
}

// remembered holds last_updated by endpoint and id, by the script's work folder.
var remembered sync.Map

func lastUpdated(ts *testscript.TestScript, endpoint string) map[any]any {
	out := map[any]any{}
	for _, o := range objects(ts, endpoint) {
		out[o["id"]] = o["last_updated"]
	}
	return out
}

func remember(ts *testscript.TestScript, _ bool, args []string) {
	remembered.Store(ts.Getenv("WORK")+args[0], lastUpdated(ts, args[0]))
}

func untouched(ts *testscript.TestScript, _ bool, args []string) {
	was, ok := remembered.Load(ts.Getenv("WORK") + args[0])
	if !ok || len(was.(map[any]any)) == 0 {
		ts.Fatalf("no %s were remembered", args[0])
	}
	is := lastUpdated(ts, args[0])
	for id, at := range was.(map[any]any) {
		if is[id] != at {
			ts.Fatalf("%s %v was touched", args[0], id)
		}
	}
}

func kept(ts *testscript.TestScript, _ bool, args []string) {
	was, ok := remembered.Load(ts.Getenv("WORK") + args[0])
	if !ok || len(was.(map[any]any)) == 0 {
		ts.Fatalf("no %s were remembered", args[0])
	}
	is := lastUpdated(ts, args[0])
	for id := range was.(map[any]any) {
		if _, there := is[id]; !there {
			ts.Fatalf("%s %v is gone", args[0], id)
		}
	}
}

func requests(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 4 {
		ts.Fatalf("usage: requests METHOD ENDPOINT N MOST")
	}
	want, err := strconv.Atoi(args[2])
	ts.Check(err)
	most, err := strconv.Atoi(args[3])
	ts.Check(err)
	s := stageOf(ts)
	s.mu.Lock()
	defer s.mu.Unlock()
	sent, carried := 0, 0
	for _, w := range s.sent {
		if w.method == args[0] && strings.HasSuffix(w.path, "/"+args[1]+"/") {
			sent++
			carried += len(w.items)
		}
	}
	if carried != want || sent > most {
		ts.Fatalf("diet sent %d objects in %d requests, want %d in at most %d", carried, sent, want, most)
	}
}

func previewID(ts *testscript.TestScript, _ bool, _ []string) {
	words := strings.Fields(ts.ReadFile("stdout"))
	if len(words) == 0 || !strings.HasPrefix(words[len(words)-1], "pv-") {
		ts.Fatalf("the output does not end in a preview's id")
	}
	ts.Setenv("PREVIEW", words[len(words)-1])
}

func patched(ts *testscript.TestScript, _ bool, args []string) {
	id := float64(objectID(ts, args[0], args[1]))
	s := stageOf(ts)
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []string
	for _, w := range s.sent {
		for _, item := range w.items {
			if w.method != http.MethodPatch || !strings.Contains(w.path, "/"+args[0]+"/") || item["id"] != id {
				continue
			}
			for field := range item {
				if field != "id" && field != "custom_fields" && field != "changelog_message" {
					found = append(found, field)
				}
			}
		}
	}
	slices.Sort(found)
	if want := slices.Sorted(slices.Values(args[2:])); !slices.Equal(found, want) {
		ts.Fatalf("diet wrote %v of %s %s, want %v", found, args[0], args[1], want)
	}
}

func holds(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 4 {
		ts.Fatalf("usage: holds ENDPOINT ID PATH VALUE")
	}
	path := args[2]
	for _, part := range []string{"base.", "released."} {
		if strings.HasPrefix(path, part) {
			path = "custom_fields.diet_managed_fields." + path
		}
	}
	for _, o := range objects(ts, args[0]) {
		if custom, _ := o["custom_fields"].(map[string]any); custom["diet_object_id"] != args[1] {
			continue
		}
		var value any = o
		for _, step := range strings.Split(path, ".") {
			object, _ := value.(map[string]any)
			value = object[step]
		}
		if got := fmt.Sprint(value); regexp.MustCompile("^("+args[3]+")$").MatchString(got) == neg {
			ts.Fatalf("%s of %s %s is %q, want %q", args[2], args[0], args[1], got, args[3])
		}
		return
	}
	ts.Fatalf("no %s has the id %s", args[0], args[1])
}

// called are the objects of an endpoint that have a name, or a slug.
func called(ts *testscript.TestScript, args []string) []map[string]any {
	if len(args) != 2 {
		ts.Fatalf("usage: ENDPOINT NAME")
	}
	var out []map[string]any
	for _, o := range objects(ts, args[0]) {
		if o["name"] == args[1] || o["slug"] == args[1] {
			out = append(out, o)
		}
	}
	return out
}

func named(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 4 {
		ts.Fatalf("usage: named ENDPOINT NAME FIELD VALUE")
	}
	all := called(ts, args[:2])
	if len(all) != 1 {
		ts.Fatalf("%d %s are called %s, want 1", len(all), args[0], args[1])
	}
	if got := fmt.Sprint(all[0][args[2]]); (got == args[3]) == neg {
		ts.Fatalf("%s of %s %q is %q, want %q", args[2], args[0], args[1], got, args[3])
	}
}

func absent(ts *testscript.TestScript, _ bool, args []string) {
	if n := len(called(ts, args)); n > 0 {
		ts.Fatalf("%d %s are called %s", n, args[0], args[1])
	}
}

func unowned(ts *testscript.TestScript, _ bool, args []string) {
	all := called(ts, args)
	if len(all) != 1 {
		ts.Fatalf("%d %s are called %s, want 1", len(all), args[0], args[1])
	}
	if custom, _ := all[0]["custom_fields"].(map[string]any); custom["diet_object_id"] != nil || custom["diet_managed"] == true {
		ts.Fatalf("%s %s has %v", args[0], args[1], custom)
	}
}

func copyPlans(ts *testscript.TestScript, _ bool, _ []string) {
	files, err := filepath.Glob(filepath.Join(repository, "testdata/plan/*.yaml"))
	ts.Check(err)
	for _, file := range files {
		data, err := os.ReadFile(file)
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(filepath.Base(file)), data, 0o600))
	}
}

// TestNoTerminal takes neither a file nor a device such as /dev/null for a terminal.
func TestNoTerminal(t *testing.T) {
	t.Parallel()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = null.Close() }()
	for name, w := range map[string]io.Writer{"null": null, "buffer": &strings.Builder{}} {
		if isTerminal(w) {
			t.Errorf("%s is a terminal", name)
		}
	}
}

// TestDemoPlan makes sure that the demo's plan is the one of testdata.
func TestDemoPlan(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile("../../testdata/plan/web-96.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != demoPlan {
		t.Error("cmd/diet/demo.yaml differs from testdata/plan/web-96.yaml: copy it")
	}
}
