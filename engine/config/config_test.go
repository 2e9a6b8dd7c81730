package config_test

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/config"
	"github.com/diet-project/diet/generate"
)

var update = flag.Bool("update", false, "rewrite config.schema.json and docs/configuration.md")

// TestGenerated holds what is generated from the Go type against the type.
func TestGenerated(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{"config.schema.json": string(encoded(t)), "../../docs/configuration.md": page(t)} {
		if *update {
			if err := os.WriteFile(file, []byte(want), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s is stale: run go generate ./engine/config", file)
		}
	}
}

// TestExample reads the example of the page, which states every key but the secret.
// kept is how long the store keeps things by default.
var kept = config.Keep{Previews: 90, Runs: 730, Decisions: 50, DecisionsEach: 100000}

func TestExample(t *testing.T) {
	t.Parallel()
	got, err := config.Read("/etc/diet/diet.yaml", []byte(example))
	if err != nil {
		t.Fatal(err)
	}
	if place := got.Place("schedules[0]"); !strings.HasPrefix(place, "/etc/diet/diet.yaml:") || !strings.HasSuffix(place, ": schedules[0]") {
		t.Errorf("the first schedule is at %s", place)
	}
	got.Place = nil
	want := &config.Config{
		NetBox: config.NetBox{URL: "https://netbox.example.com", Parallel: 4, WriteTimeout: "120s"},
		Mirror: config.Mirror{File: "/etc/diet/diet.db", Sites: []string{"ams2"}}, History: 365, Keep: kept,
		Plans: []config.Path{"/etc/diet/fabric.yaml"}, Policies: []config.Path{"/etc/diet/policies"},
		Queries: map[string]string{"devices without a serial": "SELECT name FROM device WHERE plan IS NOT NULL AND serial = ''"},
		Waivers: map[string]string{"DEL103": "the racks of hall 2 are scrapped"},
		Exceptions: []config.Exception{{
			Guard: "RUN104", Reason: "the migration, CHG-4711", Who: "alice", Plan: "web96", Kind: "run", Object: "web96", Expires: "2026-12-31",
			Place: "/etc/diet/diet.yaml:14:5: exceptions[0]",
		}},
		Serve:     served,
		Schedules: []config.Schedule{{Check: "*/15 * * * *", Apply: "0 3 * * 1-5"}},
		Notifications: []config.Notification{{
			Name: "network", URLs: []string{"slack://hook:${SLACK_HOOK}@webhook"}, On: []string{"conflicts", "failures"},
			Thresholds: []config.Threshold{{Kind: "device", Percent: 5}}, Group: "30s", Every: "15m",
		}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if err := validate(t, example); err != nil {
		t.Errorf("the schema refuses the example: %v", err)
	}
}

// served is how diet serve works if the file does not say.
var served = config.Serve{
	Listen: "127.0.0.1:8080", Workers: 2, JobTimeout: "6h", Samples: 365, Poll: "5s",
	OIDC: config.OIDC{Name: "preferred_username", Groups: "groups"},
}

// TestDefaults fills in what a file leaves out; default paths are not the file's.
func TestDefaults(t *testing.T) {
	t.Parallel()
	want := config.Config{
		NetBox: config.NetBox{Parallel: 4, WriteTimeout: "120s"}, Mirror: config.Mirror{File: "diet.db"}, History: 365, Keep: kept, Serve: served,
	}
	if got := config.Default(); !reflect.DeepEqual(*got, want) {
		t.Errorf("without a file: %+v, want %+v", *got, want)
	}
	for _, text := range []string{"", "# nothing\n", "---\n", "netbox:\n", "{}", "mirror: null\n"} {
		got, err := config.Read("/etc/diet/diet.yaml", []byte(text))
		if err == nil {
			got.Place = nil
		}
		if err != nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

// TestAbsolutePaths leaves absolute paths as they are.
func TestAbsolutePaths(t *testing.T) {
	t.Parallel()
	got, err := config.Read("/etc/diet/diet.yaml", []byte("mirror: /var/lib/diet.db\nplans: [/a.yaml, ../b.yaml]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got.Mirror.File != "/var/lib/diet.db" || got.Plans[0] != "/a.yaml" || got.Plans[1] != "/etc/b.yaml" {
		t.Errorf("got %+v", got)
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "diet.yaml")
	if _, err := config.Load(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	got, err := config.LoadIfExists(file)
	if err != nil || !reflect.DeepEqual(got, config.Default()) {
		t.Errorf("a file that need not be there: %+v, %v", got, err)
	}
	if err := os.WriteFile(file, []byte("mirror: a.db\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, load := range []func(string) (*config.Config, error){config.Load, config.LoadIfExists} {
		got, err := load(file)
		if err != nil || got.Mirror.File != config.Path(filepath.Join(dir, "a.db")) {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	if _, err := config.LoadIfExists(dir); err == nil {
		t.Error("a folder is read")
	}
}

// TestRefuses names the place of whatever is wrong, the nearest key, and the way out.
func TestRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"unknown key": {"plan: [a.yaml]\n", []string{`diet.yaml:1:1: plan: unknown key "plan" (did you mean plans?)`}},
		"unknown deep key": {"netbox:\n  url: x\n  parallels: 3\n", []string{
			`diet.yaml:3:3: netbox.parallels: unknown key "parallels" (did you mean parallel?)`,
		}},
		"all at once": {"mirrors: a.db\nplans: a.yaml\n", []string{
			`diet.yaml:1:1: mirrors: unknown key "mirrors" (did you mean mirror?)`,
			`diet.yaml:2:8: plans: a single value where a list is needed (write [a, b])`,
		}},
		"no number":     {"netbox: {parallel: many}\n", []string{`diet.yaml:1:20: netbox.parallel: "many" where a number is needed`}},
		"out of bounds": {"netbox: {parallel: 0}\n", []string{`diet.yaml:1:20: netbox.parallel: 0 is below 1`}},
		"no duration": {"netbox: {write_timeout: 5 minutes}\n", []string{
			`diet.yaml:1:25: netbox.write_timeout: "5 minutes" is not valid here`,
		}},
		"below zero": {"netbox: {parallel: -3}\n", []string{`diet.yaml:1:20: netbox.parallel: -3 is below 1`}},
		"no mapping": {"netbox: https://netbox.example.com\n", []string{`diet.yaml:1:9: netbox: a single value where a mapping is needed`}},
		"no reasons": {"waivers: [DEL103]\n", []string{`diet.yaml:1:10: waivers: a list where a mapping is needed`}},
		"no reason":  {"exceptions:\n  - {guard: DEL103}\n", []string{`diet.yaml:2:5: exceptions[0].reason: "reason" is missing`}},
		"no date": {"exceptions:\n  - {guard: DEL103, reason: x, expires: tomorrow}\n", []string{
			`diet.yaml:2:41: exceptions[0].expires: "tomorrow" is not valid here`,
		}},
		"no site": {"mirror: {sites: ams2}\n", []string{
			`diet.yaml:1:17: mirror.sites: a single value where a list is needed (write [a, b])`,
		}},
		"no text":     {"mirror: [a.db]\n", []string{`diet.yaml:1:9: mirror: a list where a mapping is needed`}},
		"no rule":     {"notifications: [{urls: [x]}]\n", []string{`diet.yaml:1:17: notifications[0].name: "name" is missing`}},
		"given twice": {"mirror: a\nmirror: b\n", []string{`diet.yaml:2:1: mirror: the key "mirror" is given twice, first in line 1`}},
		"two documents": {"mirror: a\n---\nmirror: b\n", []string{
			`diet.yaml:2:1: there is a second document (one file holds one configuration)`,
		}},
		"no YAML":         {"mirror: [\n", []string{`diet.yaml:1:1: yaml: `}},
		"not even a text": {"mirror: \xff\n", []string{`diet.yaml:1:1: the configuration is not UTF-8 text`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Read("diet.yaml", []byte(test.text))
			var wrong *config.Error
			var findings *generate.FindingsError
			if !errors.As(err, &wrong) || !errors.As(err, &findings) || !strings.Contains(wrong.Hint(), "docs/configuration.md") {
				t.Fatalf("got %v", err)
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != len(test.want) {
				t.Fatalf("got\n%v", err)
			}
			for i, want := range test.want {
				if !strings.HasPrefix(lines[i], want) {
					t.Errorf("got  %s\nwant %s", lines[i], want)
				}
			}
		})
	}
}
