package mirror_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/mirrortest"
	"github.com/diet-project/diet/mirror/netbox"
	"github.com/diet-project/diet/mirror/sandbox"
)

// world is a NetBox, a clock that both sides go by, and a mirror.
type world struct {
	t      *testing.T
	nb     *sandbox.Server
	url    string
	client *netbox.Client
	reader *netbox.Client // what syncs use
	db     *mirror.DB
	syncer *mirror.Syncer
	slugs  []string // of the sites that mirrors are narrowed to

	mu   sync.Mutex
	time time.Time
	hide func(path string, row map[string]any) bool
	ask  func()         // ahead of every answer
	zone *time.Location // in which NetBox tells times; nil for UTC
	skew time.Duration  // how far NetBox's clock is ahead of ours
}

func newWorld(t *testing.T, version string) *world {
	t.Helper()
	w := &world{t: t, time: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	nb, err := sandbox.New(sandbox.Config{Version: version, Now: w.theirs, MaxPageSize: 7})
	if err != nil {
		t.Fatal(err)
	}
	w.nb = nb
	srv := httptest.NewServer(http.HandlerFunc(w.veil))
	t.Cleanup(srv.Close)
	w.url = srv.URL
	w.client = w.newClient(sandbox.DefaultToken)
	w.reader = w.client
	w.db = mirrortest.OpenConfig(t, mirror.Config{Now: w.now})
	w.syncer = w.newSyncer(w.db, w.client)
	return w
}

func (w *world) newClient(token string) *netbox.Client {
	w.t.Helper()
	c, err := netbox.New(netbox.Config{URL: w.url, Token: token, RetryPause: time.Millisecond})
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) newSyncer(db *mirror.DB, c *netbox.Client) *mirror.Syncer {
	w.t.Helper()
	s, err := mirror.NewSyncer(mirror.SyncerConfig{DB: db, Client: c, Sites: w.slugs})
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// now ticks a millisecond each time it is asked.
func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.time = w.time.Add(time.Millisecond)
	return w.time
}

// theirs is NetBox's time.
func (w *world) theirs() time.Time {
	now := w.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	return now.Add(w.skew)
}

// turn sets NetBox's clock to be ahead of ours.
func (w *world) turn(skew time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.skew = skew
}

func (w *world) sleep(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.time = w.time.Add(d)
}

// veil hides rows of lists that hide says are not visible yet, and gives the
// answers the world's time.
func (w *world) veil(rw http.ResponseWriter, r *http.Request) {
	rec := httptest.NewRecorder()
	w.nb.ServeHTTP(rec, r)
	body := rec.Body.Bytes()
	w.mu.Lock()
	hide, ask := w.hide, w.ask
	w.mu.Unlock()
	if ask != nil {
		ask()
	}
	if hide != nil && r.Method == http.MethodGet && rec.Code == http.StatusOK {
		body = filtered(body, func(row map[string]any) bool { return hide(r.URL.Path, row) })
	}
	if w.zone != nil {
		body = told.ReplaceAllFunc(body, func(text []byte) []byte {
			at, err := time.Parse(time.RFC3339Nano, string(text))
			if err != nil {
				return text
			}
			return []byte(at.In(w.zone).Format("2006-01-02T15:04:05.999999-07:00"))
		})
	}
	for name, values := range rec.Header() {
		rw.Header()[name] = values
	}
	rw.Header().Set("Date", w.theirs().Format(http.TimeFormat))
	rw.Header().Del("Content-Length")
	rw.WriteHeader(rec.Code)
	_, _ = rw.Write(body)
}

// told are times in an answer.
var told = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`)

func filtered(body []byte, hide func(map[string]any) bool) []byte {
	var page map[string]any
	if json.Unmarshal(body, &page) != nil {
		return body
	}
	rows, ok := page["results"].([]any)
	if !ok {
		return body
	}
	kept := []any{}
	for _, row := range rows {
		if !hide(row.(map[string]any)) {
			kept = append(kept, row)
		}
	}
	page["results"] = kept
	out, _ := json.Marshal(page)
	return out
}

func (w *world) setHide(hide func(path string, row map[string]any) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hide = hide
}

func (w *world) sync(opt mirror.Options) mirror.Result {
	w.t.Helper()
	res, err := w.syncer.Sync(w.t.Context(), opt)
	if err != nil {
		w.t.Fatal(err)
	}
	return res
}

// follow syncs and checks that the sync was incremental, and that the mirror is
// the one that a first sync makes.
func (w *world) follow(step string) {
	w.t.Helper()
	res := w.sync(mirror.Options{})
	if res.Full {
		w.t.Errorf("%s: the sync was full: %s", step, res.Reason)
	}
	w.same(step)
}

func (w *world) same(step string) {
	w.t.Helper()
	fresh := mirrortest.OpenConfig(w.t, mirror.Config{Now: w.now})
	if _, err := w.newSyncer(fresh, w.reader).Sync(w.t.Context(), mirror.Options{}); err != nil {
		w.t.Fatal(err)
	}
	if got, want := content(w.t, w.db), content(w.t, fresh); got != want {
		w.t.Errorf("%s: the mirror differs from a fresh one:\n%s", step, lineDiff(got, want))
	}
}

// content is everything that a sync writes, but the changelog.
func content(t *testing.T, db *mirror.DB) string {
	var parts []string
	for _, k := range db.Kinds().All() {
		parts = append(parts, mirrortest.Dump(t, db, `SELECT '`+k.Name+`', id, hash, last_updated FROM `+k.Name+` ORDER BY id`))
	}
	return strings.Join(parts, "") + signed(t, db)
}

func lineDiff(got, want string) string {
	var out []string
	there := map[string]bool{}
	for _, line := range strings.Split(want, "\n") {
		there[line] = true
	}
	for _, line := range strings.Split(got, "\n") {
		if !there[line] {
			out = append(out, "- "+line)
		}
		delete(there, line)
	}
	for _, line := range strings.Split(want, "\n") {
		if there[line] {
			out = append(out, "+ "+line)
		}
	}
	return strings.Join(out, "\n")
}

func (w *world) create(kind string, items ...map[string]any) []int64 {
	w.t.Helper()
	res, err := w.client.Create(w.t.Context(), kind, items, netbox.Write{})
	if err != nil {
		w.t.Fatal(err)
	}
	var ids []int64
	for _, o := range res.Objects {
		ids = append(ids, o.ID)
	}
	return ids
}

func (w *world) update(kind string, id int64, fields map[string]any) {
	w.t.Helper()
	item := map[string]any{"id": id}
	for name, value := range fields {
		item[name] = value
	}
	if _, err := w.client.Update(w.t.Context(), kind, []map[string]any{item}, netbox.Write{}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) delete(kind string, ids ...int64) {
	w.t.Helper()
	if _, err := w.client.Delete(w.t.Context(), kind, ids, netbox.Write{}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) query(query string, args ...any) string {
	w.t.Helper()
	return strings.TrimSpace(mirrortest.Dump(w.t, w.db, query, args...))
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	if _, err := w.db.SQL().Exec(query, args...); err != nil {
		w.t.Fatal(err)
	}
}

// fabric is a small data centre in the world.
type fabric struct {
	sites, racks, devices, ports []int64
	location, tag, cable         int64
	model, role                  int64
}

func end(port int64) []map[string]any {
	return []map[string]any{{"object_type": "dcim.interface", "object_id": port}}
}

// build makes two sites, a location, two racks, three devices with two ports
// each, a cable and a tag, with ownership on the first device.
func (w *world) build() fabric {
	w.t.Helper()
	var f fabric
	owned := []string{"dcim.rack", "dcim.device", "dcim.interface", "dcim.cable"}
	for name, typ := range map[string]string{
		"diet_object_id": "text", "diet_plan_id": "text", "diet_source": "text",
		"diet_managed": "boolean", "diet_deletion_protected": "boolean", "diet_managed_fields": "json",
	} {
		w.create("custom_field", map[string]any{"name": name, "type": typ, "object_types": owned, "filter_logic": "exact"})
	}
	f.sites = w.create("site", map[string]any{"name": "A", "slug": "a"}, map[string]any{"name": "B", "slug": "b"})
	f.location = w.create("location", map[string]any{"name": "Hall", "slug": "hall", "site": f.sites[0]})[0]
	maker := w.create("manufacturer", map[string]any{"name": "Acme", "slug": "acme"})[0]
	model := w.create("device_type", map[string]any{"manufacturer": maker, "model": "M", "slug": "m"})[0]
	w.create("interface_template", map[string]any{"device_type": model, "name": "e0", "type": "1000base-t"},
		map[string]any{"device_type": model, "name": "e1", "type": "1000base-t"})
	f.model = model
	role := w.create("device_role", map[string]any{"name": "leaf", "slug": "leaf"})[0]
	f.role = role
	f.tag = w.create("tag", map[string]any{"name": "Red", "slug": "red"})[0]
	f.racks = w.create("rack", map[string]any{"name": "R1", "site": f.sites[0], "location": f.location},
		map[string]any{"name": "R2", "site": f.sites[0]})
	base := map[string]any{"v": 1, "base": map[string]any{"name": "d0", "serial": "", "tag.red": true}, "released": map[string]any{}}
	f.devices = w.create("device",
		map[string]any{
			"name": "d0", "site": f.sites[0], "location": f.location, "rack": f.racks[0], "device_type": model, "role": role, "tags": []any{f.tag},
			"custom_fields": map[string]any{"diet_object_id": "p/device/d0", "diet_plan_id": "p", "diet_managed": true, "diet_managed_fields": base},
		},
		map[string]any{"name": "d1", "site": f.sites[0], "rack": f.racks[1], "device_type": model, "role": role},
		map[string]any{"name": "d2", "site": f.sites[0], "rack": f.racks[1], "device_type": model, "role": role, "tags": []any{f.tag}})
	interfaces := kinds.Standard().Must("interface")
	for page, err := range w.client.Pages(w.t.Context(), interfaces, nil) {
		if err != nil {
			w.t.Fatal(err)
		}
		f.ports = append(f.ports, page.IDs...)
	}
	f.cable = w.create("cable", map[string]any{"a_terminations": end(f.ports[0]), "b_terminations": end(f.ports[2])})[0]
	return f
}

// newest is the id of NetBox's newest change.
func (w *world) newest() int64 {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.url+"/api/core/object-changes/?ordering=-id&limit=1", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Token "+sandbox.DefaultToken)
	res, err := mirrortest.Client.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var list struct{ Results []struct{ ID int64 } }
	if err := json.NewDecoder(res.Body).Decode(&list); err != nil || len(list.Results) != 1 {
		w.t.Fatalf("the changelog: %s: %v", res.Status, err)
	}
	return list.Results[0].ID
}

// sees reports whether the token of syncs sees an object.
func (w *world) sees(kind kinds.Kind, id int64) bool {
	w.t.Helper()
	n, err := w.reader.Count(w.t.Context(), kind, url.Values{"id": {fmt.Sprint(id)}})
	if err != nil {
		w.t.Fatal(err)
	}
	return n > 0
}
