package release

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror/mirrortest"
)

var record = flag.Bool("record", false, "record data from the server that NETBOX_URL and NETBOX_TOKEN name")

// notObjects are endpoints that keep no objects which a client may write, and
// what the sandbox answers without data.
var notObjects = []string{
	"core/background-queues", "core/background-tasks", "core/background-workers", "core/data-files", "core/data-sources", "core/jobs",
	"core/object-changes", "core/object-types", "dcim/connected-device", "extras/config-context-profiles", "extras/dashboard",
	"extras/event-rules", "extras/export-templates", "extras/notification-groups", "extras/notifications", "extras/object-types",
	"extras/scripts", "extras/scripts/upload", "extras/table-configs", "extras/tagged-objects", "users/config",
}

// TestRecord records what a release lists of its endpoints: fields and choices
// by OPTIONS, filters and short forms by the schema, names by its object types.
//
//	NETBOX_URL=… NETBOX_TOKEN=… go test ./mirror/sandbox/release -run TestRecord -record
//
// It only reads. The token must be allowed to add everything, for OPTIONS show
// fields to those who may.
func TestRecord(t *testing.T) {
	if !*record {
		t.Skip("records only with -record")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	r := &recorder{t: t, ctx: ctx, base: strings.TrimSuffix(os.Getenv("NETBOX_URL"), "/")}
	r.get("GET", "/api/schema/?format=json", &r.schema)
	r.learnTypes()
	file := File{Version: r.version(), Endpoints: map[string]*Endpoint{}}
	for _, app := range []string{"circuits", "dcim", "extras", "ipam", "tenancy", "users", "virtualization", "vpn", "wireless"} {
		var words map[string]string
		r.get("GET", "/api/"+app+"/", &words)
		for word := range words {
			path := app + "/" + word
			if slices.Contains(notObjects, path) {
				continue
			}
			if end := r.endpoint(path); end != nil {
				file.Endpoints[path] = end
			}
		}
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(file.Version.Short, "4."), ".")
	if err := os.WriteFile("data/4."+name+".json", layOut(t, file), 0o644); err != nil {
		t.Fatal(err)
	}
}

// recorder asks one server.
type recorder struct {
	t      *testing.T
	ctx    context.Context
	base   string
	types  map[string]objectType
	schema struct {
		Paths map[string]struct {
			Get struct {
				Parameters []struct{ In, Name string }
			}
		}
		Components struct {
			Schemas map[string]struct {
				Properties map[string]any
			}
		}
	}
}

// objectType is what a server says of one kind of object.
type objectType struct {
	App      string `json:"app_label"`
	Model    string `json:"model"`
	Label    string `json:"model_name"`
	Plural   string `json:"model_name_plural"`
	Endpoint string `json:"rest_api_endpoint"`
}

func (r *recorder) get(method, path string, into any) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.ctx, method, r.base+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	keyword := "Token "
	if strings.HasPrefix(os.Getenv("NETBOX_TOKEN"), "nbt_") {
		keyword = "Bearer "
	}
	req.Header.Set("Authorization", keyword+os.Getenv("NETBOX_TOKEN"))
	req.Header.Set("Accept", "application/json")
	res, err := mirrortest.Client.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		r.t.Fatalf("%s %s: %s %v %.200s", method, path, res.Status, err, raw)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		r.t.Fatalf("%s %s: %v", method, path, err)
	}
}

func (r *recorder) version() Version {
	var status struct {
		Short  string            `json:"netbox-version"`
		Full   string            `json:"netbox-full-version"`
		Django string            `json:"django-version"`
		Python string            `json:"python-version"`
		Apps   map[string]string `json:"installed_apps"`
		Old    map[string]string `json:"installed-apps"`
	}
	r.get("GET", "/api/status/", &status)
	return Version{
		Full: cmp.Or(status.Full, status.Short), Short: status.Short, Django: status.Django, Python: status.Python,
		DRF: cmp.Or(status.Apps["rest_framework"], status.Old["rest_framework"]),
	}
}

func (r *recorder) learnTypes() {
	var page struct{ Results []objectType }
	r.get("GET", "/api/core/object-types/?limit=1000", &page)
	r.types = map[string]objectType{}
	for _, t := range page.Results {
		r.types[strings.Trim(strings.TrimPrefix(t.Endpoint, "/api/"), "/")] = t
	}
}

// endpoint records one kind of object.
func (r *recorder) endpoint(path string) *Endpoint {
	var options struct {
		Actions map[string]json.RawMessage
	}
	r.get("OPTIONS", "/api/"+path+"/", &options)
	kind := r.types[path]
	end := &Endpoint{Model: kind.Model, Label: kind.Label, Plural: kind.Plural, Filters: r.filters(path)}
	form := options.Actions["POST"]
	if form == nil {
		r.t.Logf("%s: OPTIONS tell no fields; those recorded before are kept", path)
		return r.before(path)
	}
	for _, name := range keysOf(r.t, form) {
		end.Fields = append(end.Fields, fieldFrom(r.t, name, form))
	}
	end.Brief = r.brief(path, end)
	return end
}

// before is what was recorded of an endpoint earlier, for what a server does not
// tell: the fields of one that only reads.
func (r *recorder) before(path string) *Endpoint {
	release, err := Of(r.version().Short)
	if err != nil {
		r.t.Fatal(err)
	}
	return release.Endpoints[path]
}

// filters lists the names by which lists are filtered, without lookups.
func (r *recorder) filters(path string) string {
	others := []string{"limit", "offset", "ordering", "start", "fields", "omit", "brief", "format", "exclude", "export"}
	names := map[string]bool{}
	for _, p := range r.schema.Paths["/api/"+path+"/"].Get.Parameters {
		name, _, _ := strings.Cut(p.Name, "__")
		if p.In == "query" && name != "" && !slices.Contains(others, name) && !strings.HasPrefix(name, "cf_") {
			names[name] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(names)), " ")
}

// brief is the short form: that of an object that is there, else the one
// recorded before, else that of the schema, which has no counters.
func (r *recorder) brief(path string, end *Endpoint) string {
	var page struct{ Results []json.RawMessage }
	if r.get("GET", "/api/"+path+"/?brief=1&limit=1", &page); len(page.Results) > 0 {
		return strings.Join(keysOf(r.t, page.Results[0]), " ")
	}
	if before := r.before(path); before != nil {
		return before.Brief
	}
	for name, s := range r.schema.Components.Schemas {
		if strings.EqualFold(name, "Brief"+end.Model) {
			return strings.Join(slices.Sorted(maps.Keys(s.Properties)), " ")
		}
	}
	return ""
}

// keysOf lists the members of an object in their order.
func keysOf(t *testing.T, raw json.RawMessage) []string {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(raw))
	var keys []string
	if _, err := dec.Token(); err != nil {
		t.Fatal(err)
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, fmt.Sprint(key))
		var skip json.RawMessage
		if err := dec.Decode(&skip); err != nil {
			t.Fatal(err)
		}
	}
	return keys
}

// fieldFrom is a field as OPTIONS describe it.
func fieldFrom(t *testing.T, name string, form json.RawMessage) Field {
	t.Helper()
	var all map[string]struct {
		Type      string
		Required  bool
		ReadOnly  bool `json:"read_only"`
		Label     string
		MaxLength int             `json:"max_length"`
		Min       json.RawMessage `json:"min_value"`
		Max       json.RawMessage `json:"max_value"`
		Digits    int             `json:"max_digits"`
		Places    int             `json:"decimal_places"`
		Children  json.RawMessage
		Child     struct {
			Type     string
			Children json.RawMessage
		}
		Choices []struct {
			Value any
			Label string `json:"display_name"`
		}
	}
	if err := json.Unmarshal(form, &all); err != nil {
		t.Fatal(err)
	}
	told := all[name]
	f := Field{
		Name: name, Required: told.Required, ReadOnly: told.ReadOnly, MaxLength: told.MaxLength,
		Min: number(told.Min), Max: number(told.Max), Child: told.Child.Type,
	}
	if told.Type != "field" {
		f.Type = told.Type
	}
	if told.Label != f.Heading() {
		f.Label = told.Label
	}
	if told.Digits > 0 {
		f.Digits = []int{told.Digits, told.Places}
	}
	for _, children := range []json.RawMessage{told.Children, told.Child.Children} {
		if children != nil {
			f.Shows = strings.Join(keysOf(t, children), " ")
		}
	}
	// Object types and time zones are as many as a server has.
	if len(told.Choices) > 0 && name != "time_zone" && !strings.Contains(told.Choices[0].Label, " > ") {
		for _, c := range told.Choices {
			f.Choices = append(f.Choices, Choice{c.Value, c.Label})
		}
	}
	return f
}

// number reads a bound, which may stand as text: whole where it is.
func number(raw json.RawMessage) json.Number {
	return json.Number(strings.TrimSuffix(strings.Trim(string(raw), `"`), ".0"))
}

// layOut writes a file with a line for each field.
func layOut(t *testing.T, file File) []byte {
	t.Helper()
	one := func(v any) string {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(b.String())
	}
	var ends []string
	for _, path := range slices.Sorted(maps.Keys(file.Endpoints)) {
		end := *file.Endpoints[path]
		var fields []string
		for _, f := range end.Fields {
			fields = append(fields, one(f))
		}
		end.Fields = nil
		head := strings.TrimSuffix(one(end), `"fields":null}`)
		ends = append(ends, one(path)+": "+head+"\"fields\": [\n"+strings.Join(fields, ",\n")+"\n]}")
	}
	return []byte("{\n\"version\": " + one(file.Version) + ",\n\"endpoints\": {\n" + strings.Join(ends, ",\n") + "\n}\n}\n")
}
