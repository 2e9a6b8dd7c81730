package engine_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/natural"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/sandbox"
)

// record names the release whose dumps TestRecordTakeover writes. Those of earlier
// releases are never written again.
var record = flag.String("record", "", "record what this program leaves in NetBox, as `RELEASE` in testdata/takeover")

const takeoverDir = "../testdata/takeover"

// dump is what a program left in a NetBox: every write in order, by whose hand, so
// that the same requests give the same objects, ids and changelog.
type dump struct {
	NetBox    string        `json:"netbox"`
	Writes    []dumpedWrite `json:"writes"`
	Questions []string      `json:"questions"` // that stood open at the end, and no others may
}

// dumpedWrite is one write that NetBox accepted.
type dumpedWrite struct {
	At     time.Time       `json:"at"`
	Token  string          `json:"token"`
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Body   json.RawMessage `json:"body,omitempty"`
	IDs    []int64         `json:"ids,omitempty"` // of the objects in the answer
}

// scribe is a NetBox that notes what is written to it.
type scribe struct {
	http.Handler
	mu   sync.Mutex
	dump *dump
}

func (s *scribe) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet || r.Method == http.MethodOptions {
		s.Handler.ServeHTTP(w, r)
		return
	}
	s.mu.Lock() // one write after the other
	defer s.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	at := time.Now().UTC()
	s.Handler.ServeHTTP(answer, r)
	if answer.Code < http.StatusMultipleChoices {
		s.dump.Writes = append(s.dump.Writes, dumpedWrite{
			At: at, Token: strings.TrimPrefix(r.Header.Get("Authorization"), "Token "),
			Method: r.Method, Path: r.URL.Path, Body: body, IDs: answeredIDs(answer.Body.Bytes()),
		})
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// answeredIDs are the ids in the answer to a write of one object or of a list.
func answeredIDs(body []byte) []int64 {
	type object struct{ ID int64 }
	var one object
	if json.Unmarshal(body, &one) == nil && one.ID != 0 {
		return []int64{one.ID}
	}
	var many []object
	if json.Unmarshal(body, &many) != nil {
		return nil
	}
	ids := make([]int64, len(many))
	for i, o := range many {
		ids[i] = o.ID
	}
	return ids
}

// replay is a world whose NetBox holds what a dump says.
func replay(t *testing.T, d *dump) *world {
	t.Helper()
	var clock struct {
		sync.Mutex
		at time.Time
	}
	server, err := sandbox.New(sandbox.Config{
		Version: d.NetBox, Token: token, Tokens: map[string]string{person: "maria"},
		Now: func() time.Time {
			clock.Lock()
			defer clock.Unlock()
			if clock.at.IsZero() {
				return time.Now()
			}
			return clock.at
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	set := func(at time.Time) {
		clock.Lock()
		defer clock.Unlock()
		clock.at = at
	}
	for _, w := range d.Writes {
		set(w.At)
		w.send(t, server)
	}
	set(time.Time{})
	server.ResetRequests()
	return serve(t, server)
}

// send sends a dumped write again, and asserts that it makes the same objects.
func (d *dumpedWrite) send(t *testing.T, server http.Handler) {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), d.Method, d.Path, bytes.NewReader(d.Body))
	req.Header.Set("Authorization", "Token "+d.Token)
	req.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	server.ServeHTTP(answer, req)
	if answer.Code >= http.StatusMultipleChoices || !slices.Equal(answeredIDs(answer.Body.Bytes()), d.IDs) {
		t.Fatalf("the sandbox no longer takes %s %s as it did: %d %.300s", d.Method, d.Path, answer.Code, answer.Body)
	}
}

func readDump(t *testing.T, path string) *dump {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var d dump
	if err := json.NewDecoder(unzipped).Decode(&d); err != nil {
		t.Fatal(err)
	}
	return &d
}

func writeDump(t *testing.T, path string, d *dump) {
	t.Helper()
	var b bytes.Buffer
	zipped := gzip.NewWriter(&b)
	if err := json.NewEncoder(zipped).Encode(d); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// growths are how the plan of each dump grows: what is replaced by what.
var growths = map[string][]string{
	"demo": storyGrows,
	"story": {
		"count: 6, units", "count: 7, units", "count: 128", "count: 150",
		"racks: 6", "racks: 7", "devices: 148", "devices: 173", "cables: 458", "cables: 536",
		"dc.leaf: 12", "dc.leaf: 14", "oob.tor: 6", "oob.tor: 7",
	},
	"every-field": {"count: 4\n", "count: 6\n", everyFieldExpects, ""},
}

const everyFieldExpects = "  expect: {racks: 4, devices: 15, interfaces: 82, cables: 41, switches: {fe.leaf: 2}}\n"

var storyGrows = []string{
	"count: 4, units", "count: 6, units", "count: 96", "count: 128", "racks: 4", "racks: 6",
	"devices: 110", "devices: 148", "cables: 338", "cables: 458", "dc.leaf: 8", "dc.leaf: 12", "oob.tor: 4", "oob.tor: 6",
}

// TestTakeover holds that this program takes over what an older one applied: on an
// empty mirror the same plan finds nothing to do and nothing to ask that the older
// one did not ask, and the plan grows from there.
func TestTakeover(t *testing.T) {
	t.Parallel()
	dumps, err := filepath.Glob(filepath.Join(takeoverDir, "*", "*.json.gz"))
	if err != nil || len(dumps) == 0 {
		t.Fatalf("%d dumps, %v", len(dumps), err)
	}
	for _, path := range dumps {
		base := strings.TrimSuffix(path, ".json.gz")
		name := filepath.Base(base)
		t.Run(filepath.Base(filepath.Dir(path))+"/"+name, func(t *testing.T) {
			t.Parallel()
			d := readDump(t, path)
			w := replay(t, d)
			text, err := os.ReadFile(base + ".yaml")
			if err != nil {
				t.Fatal(err)
			}
			w.takeOver(w.load(name, string(text)), d.Questions)
			grown := strings.NewReplacer(growths[name]...).Replace(string(text))
			if grown == string(text) {
				t.Fatal("the plan does not grow")
			}
			plan := w.load(name, grown)
			before := len(w.server.Objects("devices"))
			w.apply(plan)
			w.law(plan)
			w.unique()
			if after := len(w.server.Objects("devices")); after <= before {
				t.Errorf("%d devices, and %d once the plan has grown", before, after)
			}
		})
	}
}

// takeOver previews and applies a plan that an older program has applied.
func (w *world) takeOver(plan *generate.Plan, questions []string) {
	w.Helper()
	if _, err := w.eng.Sync(w.Context(), mirror.Options{}); err != nil {
		w.Fatal(err)
	}
	p, err := w.eng.Preview(w.Context(), plan)
	if err != nil {
		w.Fatal(err)
	}
	if asked := asks(p); !slices.Equal(asked, questions) {
		w.Errorf("it asks %q, the older program asked %q", asked, questions)
	}
	for _, c := range p.Changes {
		if c.Acts() {
			w.Errorf("it would %s %s %s: %+v", c.Action, c.Kind, c.Object, c.Fields)
		}
	}
	result, _, err := w.eng.Apply(w.Context(), plan, engine.ApplyOptions{Preview: p})
	if err != nil {
		w.Fatal(err)
	}
	if result.Requests != 0 || len(result.Failed) != 0 {
		w.Errorf("%d requests, failed %+v", result.Requests, result.Failed)
	}
	for _, r := range w.server.Requests() {
		if r.Method != http.MethodGet && r.Method != http.MethodOptions {
			w.Errorf("it sent %s %s", r.Method, r.Path)
		}
	}
}

// asks lists what a preview asks or tells a person about.
func asks(p *engine.Preview) []string {
	out := []string{}
	for _, x := range p.Conflicts {
		out = append(out, strings.TrimSpace(x.Kind+" "+x.Object+" "+x.Field))
	}
	slices.SortFunc(out, natural.Compare)
	return out
}

func (w *world) load(name, text string) *generate.Plan {
	w.Helper()
	plan, err := generate.Load(name+".yaml", []byte(text))
	if err != nil {
		w.Fatal(err)
	}
	return plan
}

// stories are what is recorded: what each program did to a NetBox of its own.
var stories = map[string]func(w *world) (plan string){
	"demo":        playDemo,
	"story":       playStory,
	"every-field": playEveryField,
}

// TestRecordTakeover records, where it is asked to, what this program leaves.
func TestRecordTakeover(t *testing.T) {
	t.Parallel()
	if *record == "" {
		t.Skip("run with -record RELEASE to record a release")
	}
	dir := filepath.Join(takeoverDir, *record)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	for name, play := range stories {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, err := sandbox.New(sandbox.Config{Version: "4.6", Token: token, Tokens: map[string]string{person: "maria"}})
			if err != nil {
				t.Fatal(err)
			}
			d := &dump{NetBox: "4.6"}
			w := serve(t, server)
			w.handler = &scribe{Handler: server, dump: d}
			text := play(w)
			plan := w.load(name, text)
			w.law(plan)
			p, err := w.eng.Diff(t.Context(), plan)
			if err != nil {
				t.Fatal(err)
			}
			d.Questions = asks(p)
			writeDump(t, filepath.Join(dir, name+".json.gz"), d)
			if err := os.WriteFile(filepath.Join(dir, name+".yaml"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func (w *world) init() {
	w.Helper()
	if _, err := w.eng.Init(w.Context()); err != nil {
		w.Fatal(err)
	}
}

// playDemo is the beginning of the demo's story: an empty NetBox becomes the plan.
func playDemo(w *world) string {
	text, err := os.ReadFile("../cmd/diet/demo.yaml")
	if err != nil {
		w.Fatal(err)
	}
	w.init()
	w.apply(w.load("demo", string(text)))
	return string(text)
}

// playStory is the whole of it: maria edits, and the plan grows.
func playStory(w *world) string {
	text := playDemo(w)
	w.edit("devices", "web96/web[1]", `{"description": "db primary, call maria first"}`)
	w.edit("devices", "web96/dc.leaf[1]", `{"name": "core-left"}`)
	w.remove("cables", "web96/web[7]/lom.eth0~")
	like := w.object("devices", "web96/web[1]")
	id := func(field string) any { return like[field].(map[string]any)["id"] }
	w.post("dcim/devices", fmt.Sprintf(`{"name": "ams2-web-0097", "site": %v, "device_type": %v, "role": %v, "comments": "maria's lab box"}`,
		id("site"), id("device_type"), id("role")))
	text = strings.NewReplacer(storyGrows...).Replace(text)
	w.apply(w.load("story", text))
	return text
}

// releases is a team's policy that lets fields go that a person edits.
const releases = `package team.takeover

# METADATA
# title: Descriptions that people edit are theirs
# custom:
#   id: TAKE001
#   severity: low
#   decision: unmanage
defaults contains object.union(rego.metadata.rule().custom, {"message": "people describe these"}) if {
	input.class == "drift"
	input.field == "description"
}
`

// playEveryField applies a plan with every key of the language, in the ways in
// which a field comes to be held: made, renamed, dropped, edited and let go.
func playEveryField(w *world) string {
	text, err := os.ReadFile(filepath.Join(takeoverDir, "4d7dc3f", "every-field.yaml"))
	if err != nil {
		w.Fatal(err)
	}
	w.init()
	w.prepareEveryField()
	older := strings.NewReplacer(
		"    gpu:\n", "    old:\n", "  moved: [{from: old, to: gpu}]\n", "", everyFieldExpects, "",
		"tags: [ours, \"{role}\"]", "tags: [ours, dropped, \"{role}\"]",
		"kind: spare}", "kind: spare, dropped: soon gone}",
	).Replace(string(text))
	w.apply(w.load("every-field", strings.NewReplacer("halves: {count: 2", "halves: {count: 3", "count: 4\n", "count: 5\n").Replace(older)))
	w.apply(w.load("every-field", older))
	w.edit("devices", "every/halves[1]", `{"description": "hers"}`)
	w.edit("devices", "every/halves[2]", `{"status": "failed", "serial": "S1", "custom_fields": {"hers": 1, "due": null}}`)
	w.releasing()
	w.apply(w.load("every-field", older))
	w.apply(w.load("every-field", string(text)))
	return string(text)
}

// releasing goes on with a team's policy.
func (w *world) releasing() {
	w.Helper()
	dir := filepath.Join(w.dir, "team")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "takeover.rego"), []byte(releases), 0o600); err != nil {
		w.Fatal(err)
	}
	w.policies = []string{dir}
	w.open("released.db")
}

// prepareEveryField is what others have made in NetBox already.
func (w *world) prepareEveryField() {
	w.Helper()
	w.post("dcim/regions", `{"name": "Europe", "slug": "eu"}`)
	w.post("tenancy/tenants", `{"name": "Operations", "slug": "ops"}`)
	w.post("dcim/platforms", `{"name": "Linux", "slug": "linux"}`)
	w.post("dcim/manufacturers", `{"name": "Generic", "slug": "generic"}`)
	w.post("dcim/device-types", `{"manufacturer": {"slug": "generic"}, "model": "Server", "slug": "srv", "u_height": 1}`)
	w.post("dcim/device-types", `{"manufacturer": {"slug": "generic"}, "model": "OOB", "slug": "oob-sw", "u_height": 1}`)
	w.post("dcim/device-roles", `{"name": "OOB", "slug": "oob", "color": "aabbcc"}`)
	w.post("extras/custom-field-choice-sets", `{"name": "kinds", "extra_choices": [["spare", "Spare"], ["live", "Live"]]}`)
	for name, kind := range map[string]string{
		"team": "text", "cost": "integer", "share": "decimal", "backup": "boolean", "due": "date",
		"nothing": "text", "dropped": "longtext", "hers": "integer",
	} {
		w.post("extras/custom-fields", fmt.Sprintf(`{"name": %q, "type": %q, "object_types": ["dcim.device"]}`, name, kind))
	}
	w.post("extras/custom-fields", `{"name": "kind", "type": "select", "object_types": ["dcim.device"], "choice_set": {"name": "kinds"}}`)
}

// post is a person's POST.
func (w *world) post(endpoint, body string) {
	w.Helper()
	w.byHandJSON(http.MethodPost, endpoint, body)
}
