package mirror_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
	"github.com/diet-project/diet/mirror/sandbox"
)

var (
	seed   = flag.Uint64("seed", 0, "replay the random edits of this `SEED`")
	rounds = flag.Int("rounds", 5, "`ROUNDS` of random edits")
)

// TestRandom edits at random, through the API, past the changelog and in transactions that
// end late, kills syncs at random, puts backups of NetBox back, takes sight of objects from the
// token, and holds that the next sync leaves the mirror as a first one would: with little to
// write at once, and with so much that it is committed; with all sites and with some.
func TestRandom(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.4", "4.6", "4.7"} {
		for name, how := range map[string]manner{
			"restored": {restores: true}, "as it comes": {spill: 1}, "some sites, restored": {sites: []string{"a"}, restores: true},
			"some sites, as it comes, narrowed view": {spill: 1, sites: []string{"a", "none"}, constrained: true},
		} {
			t.Run(version+" "+name, func(t *testing.T) {
				t.Parallel()
				from := *seed
				switch {
				case from != 0:
				case how.restores || how.constrained:
					from = 14666891111369323448 // it found what is out of sight; too few others were played to take any
				default:
					from = rand.Uint64()
				}
				t.Logf("replay with -seed %d", from)
				play(t, version, how, rand.New(rand.NewPCG(from, 0)))
			})
		}
	}
}

// manner is how a mirror is kept.
type manner struct {
	spill       int
	sites       []string
	restores    bool // now and then, NetBox is what it was a while ago
	constrained bool // now and then, the token gains or loses sight of objects
}

func play(t *testing.T, version string, how manner, random *rand.Rand) {
	t.Helper()
	w := newWorld(t, version)
	w.slugs = how.sites
	if shift := random.IntN(3); shift > 0 {
		w.zone = time.FixedZone("", (shift*12-18)*3600) // NetBox's TIME_ZONE is six hours behind UTC, or ahead of it
	}
	e := &editor{world: w, Rand: random, fabric: w.build(), hidden: map[string]bool{}, late: map[string]bool{}}
	e.addDevice(e.sites[1])
	e.addDevice(e.sites[1])
	if how.constrained {
		e.constrain()
	}
	var moments []moment
	for round := range *rounds {
		if how.restores {
			e.restore()
		}
		w.setHide(e.hides)
		for range 1 + e.IntN(6) {
			e.edit()
		}
		pause := 40
		if len(e.late) > 0 {
			pause = 10 // a change that becomes visible later than the horizon is not read any more
		}
		w.sleep(time.Duration(e.IntN(pause)) * time.Minute)
		for range e.IntN(3) {
			e.killed(how.spill)
		}
		syncer, err := mirror.NewSyncer(mirror.SyncerConfig{DB: w.db, Client: w.reader, Spill: how.spill, Sites: w.slugs})
		if err != nil {
			t.Fatal(err)
		}
		looked := how.constrained && e.look() // no change tells of it: that is what --verify is for
		if _, err := syncer.Sync(t.Context(), mirror.Options{Full: e.IntN(10) == 0, Verify: looked}); err != nil {
			t.Fatal(err)
		}
		step := fmt.Sprintf("round %d", round)
		w.same(step)
		e.inside(step)
		e.sameChanges(step)
		w.setHide(nil)
		clear(e.late)
		moments = append(moments, moment{w.now(), remembered(t, w.db)})
		w.sleep(2 * time.Second) // a sync goes by NetBox's clock, in seconds
	}
	for i, m := range moments {
		m.recalled(w, fmt.Sprintf("round %d", i), how.spill > 0)
	}
	if e.slugs != nil && !e.spared {
		t.Error("a mirror of some sites never held less than one of everything")
	}
}

// moment is what a mirror held at a time.
type moment struct {
	at   time.Time
	held string
}

// remembered is what a mirror holds, but for times.
func remembered(t *testing.T, db *mirror.DB) string {
	var parts []string
	for _, k := range db.Kinds().All() {
		columns := strings.Join(slices.DeleteFunc(k.Columns(), func(c string) bool { return c == "last_updated" }), ", ")
		parts = append(parts, mirrortest.Dump(t, db, `SELECT '`+k.Name+`', id, `+columns+` FROM `+k.Name+` ORDER BY id`))
	}
	return strings.Join(parts, "") + signed(t, db)
}

// recalled holds that a mirror knows what it held.
func (m moment) recalled(w *world, step string, spilled bool) {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), "then.db")
	err := w.db.CopyAt(w.t.Context(), path, m.at)
	if before := (*mirror.HistoryError)(nil); errors.As(err, &before) && !before.Future && spilled {
		return // a sync that was killed left a part: the history began anew
	}
	if err != nil {
		w.t.Error(err)
		return
	}
	if got := remembered(w.t, mirrortest.OpenConfig(w.t, mirror.Config{Path: path})); got != m.held {
		w.t.Errorf("%s: what the mirror was is not what it recalls:\n%s", step, lineDiff(got, m.held))
	}
}

// constrain has syncs use a token that sees everything, until look takes some of it away.
func (e *editor) constrain() {
	e.t.Helper()
	token := "1234567890123456789012345678901234567890"
	user := e.send(http.MethodPost, "users/users/", map[string]any{"username": "guest", "password": "Correct-Horse-9-guest"}).ID
	// From 4.5 on a token has a version, and the newest servers choose it themselves.
	made := e.send(http.MethodPost, "users/tokens/", map[string]any{"user": user, "key": token, "version": 1, "token": token})
	token = cmp.Or(made.Token, token)
	view := func(constraints any, types ...string) int64 {
		return e.send(http.MethodPost, "users/permissions/", map[string]any{
			"name": e.name(), "object_types": types, "actions": []string{"view"}, "users": []int64{user}, "constraints": constraints,
		}).ID
	}
	types := []string{"core.objectchange"}
	for _, k := range e.db.Kinds().All() {
		if k.Name != "rack" && k.Name != "interface" {
			types = append(types, k.ObjectType)
		}
	}
	view(nil, types...)
	e.sights = []int64{view(nil, "dcim.rack"), view(nil, "dcim.interface")}
	e.reader = e.newClient(token)
}

// look changes what the token of syncs sees, and reports whether it did.
func (e *editor) look() bool {
	e.t.Helper()
	if e.IntN(2) == 0 {
		return false
	}
	constraints := []any{nil, map[string]any{"name": "R2"}, map[string]any{"name": "e0"}}[e.IntN(3)]
	e.send(http.MethodPatch, fmt.Sprintf("users/permissions/%d/", e.one(e.sights)), map[string]any{"constraints": constraints})
	return true
}

// answered is what NetBox answers of an object.
type answered struct {
	ID    int64
	Token string
}

// send makes or changes an object that diet knows no kind for.
func (e *editor) send(method, path string, body map[string]any) (made answered) {
	e.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		e.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(e.t.Context(), method, e.url+"/api/"+path, bytes.NewReader(text))
	if err != nil {
		e.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Token "+sandbox.DefaultToken)
	req.Header.Set("Content-Type", "application/json")
	res, err := mirrortest.Client.Do(req)
	if err != nil {
		e.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(res.Body).Decode(&made); err != nil || made.ID == 0 {
		e.t.Fatalf("%s %s: %s: %v", method, path, res.Status, err)
	}
	return made
}

// backup is a NetBox as it was, and what the editor knew of it.
type backup struct {
	nb     *sandbox.Server
	fabric fabric
	hidden map[string]bool
	cables int64
	top    int64 // its newest change
}

// restore takes a backup now and then, and puts one back now and then: one that loses a
// change which the mirror has, as nothing tells of a restore that loses none.
func (e *editor) restore() {
	switch e.IntN(3) {
	case 0:
		f := e.fabric
		f.sites, f.racks, f.devices, f.ports = slices.Clone(f.sites), slices.Clone(f.racks), slices.Clone(f.devices), slices.Clone(f.ports)
		e.saved = &backup{e.nb.Fork(sandbox.DefaultToken, e.now), f, maps.Clone(e.hidden), e.cables, e.newest()}
	case 1:
		if e.saved != nil && mirrortest.Dump(e.t, e.db, fmt.Sprintf("SELECT 1 FROM object_change WHERE id > %d LIMIT 1", e.saved.top)) != "" {
			e.nb, e.fabric, e.hidden, e.cables = e.saved.nb, e.saved.fabric, e.saved.hidden, e.saved.cables
			e.saved = nil
		}
	}
}

// editor edits a world at random.
type editor struct {
	*world
	*rand.Rand
	fabric
	hidden map[string]bool // rows of the changelog that never show
	late   map[string]bool // rows that show in the next round
	made   int
	sights []int64 // the permissions that look changes
	saved  *backup
	cables int64 // the newest of plug, 0 for none
	spared bool  // a mirror of some sites held less than one of everything
}

// hides tells which rows a sync does not see.
func (e *editor) hides(path string, row map[string]any) bool {
	key := fmt.Sprint(path, " ", row["id"])
	return e.hidden[key] || e.late[key]
}

func (e *editor) name() string { e.made++; return fmt.Sprint("x", e.made) }

func (e *editor) one(ids []int64) int64 { return ids[e.IntN(len(ids))] }

// edit makes one edit; some of them are not in the changelog, or not yet.
func (e *editor) edit() {
	newest := e.newestChange()
	edits := []func(){
		func() { e.update("device", e.one(e.devices), map[string]any{"serial": e.name()}) },
		func() { e.update("device", e.one(e.devices), map[string]any{"name": e.name(), "tags": []any{e.tag}}) },
		func() { e.update("device", e.one(e.devices), map[string]any{"tags": []any{}}) },
		func() { e.update("rack", e.racks[1], map[string]any{"site": e.one(e.sites)}) },
		func() { // an update that changes nothing is in no changelog
			slices.Reverse(e.sites)
			e.update("location", e.location, map[string]any{"site": e.sites[0]})
		},
		func() { e.update("tag", e.tag, map[string]any{"slug": e.name()}) },
		func() { e.update("interface", e.one(e.ports), map[string]any{"label": e.name()}) },
		func() { e.update("cable", e.cable, map[string]any{"b_terminations": end(e.ports[2+e.IntN(3)])}) },
		func() { e.create("tag", map[string]any{"name": e.name(), "slug": e.name()}) },
		func() {
			e.create("interface", map[string]any{"device": e.one(e.devices), "name": e.name(), "type": "virtual"})
		},
		func() {
			e.delete("rack", e.create("rack", map[string]any{"name": e.name(), "site": e.one(e.sites)})...)
		},
		func() {
			e.racks = append(e.racks, e.create("rack", map[string]any{"name": e.name(), "site": e.one(e.sites)})...)
		},
		func() { e.dropRack() },
		func() { e.moveDevice() },
		func() { e.addDevice(e.one(e.sites)) },
		func() { e.mark("device", e.one(e.devices[1:])) },
		func() { e.mark("rack", e.one(e.racks)) },
		func() { e.mark("interface", e.one(e.ports)) },
		func() { e.mark("cable", e.cable) },
		func() { e.plug() },
	}
	edits[e.IntN(len(edits))]()
	e.veilChanges(newest)
}

// addDevice makes a device in a site.
func (e *editor) addDevice(site int64) {
	made := e.create("device", map[string]any{"name": e.name(), "site": site, "device_type": e.model, "role": e.role})
	e.devices = append(e.devices, made...)
	for _, row := range e.nb.Objects("interfaces") {
		if idIn(row["device"]) == float64(made[0]) {
			e.ports = append(e.ports, int64(row["id"].(float64)))
		}
	}
}

// moveDevice takes a device into another site, or into a rack.
func (e *editor) moveDevice() {
	device := e.one(e.devices[1:])
	if e.IntN(2) == 0 {
		e.update("device", device, map[string]any{"rack": nil, "location": nil, "site": e.one(e.sites)})
		return
	}
	rack := e.one(e.racks)
	for _, row := range e.nb.Objects("racks") {
		if row["id"] == float64(rack) {
			e.update("device", device, map[string]any{"rack": rack, "location": idIn(row["location"]), "site": idIn(row["site"])})
		}
	}
}

func idIn(nested any) any {
	if dict, ok := nested.(map[string]any); ok {
		return dict["id"]
	}
	return nil
}

// mark gives an object marks of diet's, or takes them from it.
func (e *editor) mark(kind string, id int64) {
	object, plan := any(nil), any(nil)
	if e.IntN(3) > 0 {
		object = e.name()
	}
	if e.IntN(3) > 0 {
		plan = "q"
	}
	e.update(kind, id, map[string]any{"custom_fields": map[string]any{"diet_object_id": object, "diet_plan_id": plan}})
}

// plug connects two ports, or takes out the newest such cable.
func (e *editor) plug() {
	if e.cables > 0 && e.IntN(2) == 0 {
		e.delete("cable", e.cables)
		e.cables = 0
		return
	}
	free := []int64{}
	for _, row := range e.nb.Objects("interfaces")[6:] { // those of build have a cable of their own
		if row["cable"] == nil && row["type"].(map[string]any)["value"] != "virtual" {
			free = append(free, int64(row["id"].(float64)))
		}
	}
	if len(free) < 2 || e.cables > 0 {
		return
	}
	e.Shuffle(len(free), func(i, j int) { free[i], free[j] = free[j], free[i] })
	e.cables = e.create("cable", map[string]any{"a_terminations": end(free[0]), "b_terminations": end(free[1])})[0]
}

// inside holds that a mirror of some sites has all that one of everything has in them, and all
// that bears marks.
func (e *editor) inside(step string) {
	e.t.Helper()
	if e.slugs == nil {
		return
	}
	wide := mirrortest.OpenConfig(e.t, mirror.Config{Now: e.now})
	syncer, err := mirror.NewSyncer(mirror.SyncerConfig{DB: wide, Client: e.reader})
	if err != nil {
		e.t.Fatal(err)
	}
	if _, err := syncer.Sync(e.t.Context(), mirror.Options{}); err != nil {
		e.t.Fatal(err)
	}
	const marked, within = `shown_object IS NOT NULL OR o.shown_plan IS NOT NULL`, `(SELECT id FROM site WHERE slug = 'a')`
	for _, query := range []string{
		`SELECT id, hash FROM rack AS o WHERE site_id IN ` + within + ` OR o.` + marked,
		`SELECT id, hash FROM device AS o WHERE site_id IN ` + within + ` OR o.` + marked,
		`SELECT id, hash FROM interface AS o WHERE (SELECT site_id FROM device WHERE id = o.device_id) IN ` + within + ` OR o.` + marked,
		`SELECT id, hash FROM cable AS o WHERE o.` + marked,
		`SELECT DISTINCT o.id, o.hash
		 FROM interface AS i
		 JOIN cable_termination AS t ON t.termination_id = i.id
		 JOIN cable AS o ON o.id = t.cable_id
		 JOIN device AS d ON d.id = i.device_id
		 WHERE d.site_id IN ` + within,
	} {
		if got, want := mirrortest.Dump(e.t, e.db, query+` ORDER BY 1`), mirrortest.Dump(e.t, wide, query+` ORDER BY 1`); got != want {
			e.t.Errorf("%s: %s differs from a mirror of everything:\n%s", step, query, lineDiff(got, want))
		}
	}
	few := func(db *mirror.DB) string {
		return strings.TrimSpace(mirrortest.Dump(e.t, db, `SELECT (SELECT count(*) FROM device) + (SELECT count(*) FROM interface)`))
	}
	e.spared = e.spared || few(e.db) != few(wide)
}

// dropRack deletes the newest rack that holds nothing.
func (e *editor) dropRack() {
	last := len(e.racks) - 1
	full := slices.ContainsFunc(e.nb.Objects("devices"), func(row map[string]any) bool { return idIn(row["rack"]) == float64(e.racks[last]) })
	if last > 1 && !full {
		e.delete("rack", e.racks[last])
		e.racks = e.racks[:last]
	}
}

func (e *editor) newestChange() float64 {
	var newest float64
	for _, row := range e.nb.Objects("object-changes") {
		newest = max(newest, row["id"].(float64))
	}
	return newest
}

// veilChanges hides what the changelog has beyond newest, if those are updates of what is
// asked for edits in every sync: for good, or until the next round, as what commits late.
func (e *editor) veilChanges(newest float64) {
	veiled := map[string]bool{}
	for _, row := range e.nb.Objects("object-changes") {
		if row["id"].(float64) <= newest {
			continue
		}
		kind, _ := e.db.Kinds().Of(row["changed_object_type"].(string))
		if row["action"].(map[string]any)["value"] != "update" || !kind.Watched || !e.sees(kind, int64(row["changed_object_id"].(float64))) {
			return // nothing else would tell of it
		}
		veiled[fmt.Sprint("/api/core/object-changes/ ", row["id"])] = true
	}
	switch e.IntN(6) {
	case 0:
		maps.Copy(e.hidden, veiled)
	case 1:
		maps.Copy(e.late, veiled)
	}
}

// killed is a sync that ends at a random request.
func (e *editor) killed(spill int) {
	ctx, cancel := context.WithCancel(e.t.Context())
	defer cancel()
	var asked atomic.Int64
	last := int64(e.IntN(60))
	e.mu.Lock()
	e.ask = func() {
		if asked.Add(1) > last {
			cancel()
		}
	}
	e.mu.Unlock()
	syncer, err := mirror.NewSyncer(mirror.SyncerConfig{DB: e.db, Client: e.reader, Spill: spill, Sites: e.slugs})
	if err != nil {
		e.t.Fatal(err)
	}
	before := content(e.t, e.db)
	_, err = syncer.Sync(ctx, mirror.Options{Full: e.IntN(4) == 0})
	e.mu.Lock()
	e.ask = nil
	e.mu.Unlock()
	_, age := e.db.Age(e.t.Context())
	if err != nil && age == nil && content(e.t, e.db) != before {
		e.t.Error("a sync that was killed changed a mirror that counts as synced")
	}
}

var tagged = regexp.MustCompile(`tag\.[^"]*`)

// sameChanges compares the changelog with that of a first sync.
func (e *editor) sameChanges(step string) {
	e.t.Helper()
	fresh := mirrortest.OpenConfig(e.t, mirror.Config{Now: e.now})
	if _, err := e.newSyncer(fresh, e.reader).Sync(e.t.Context(), mirror.Options{}); err != nil {
		e.t.Fatal(err)
	}
	const rows = `SELECT id, action, object_type, object_id, diet_id, fields, wrote FROM object_change ORDER BY id`
	// A tag is named as it was when the change was read.
	dump := func(db *mirror.DB) string { return tagged.ReplaceAllString(mirrortest.Dump(e.t, db, rows), "tag") }
	if got, want := dump(e.db), dump(fresh); got != want {
		e.t.Errorf("%s: the changelog differs from a fresh one:\n%s", step, lineDiff(got, want))
	}
}
