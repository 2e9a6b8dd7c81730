package diff_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
	"github.com/diet-project/diet/mirror/value"
)

// TestDesiredFollowsPlan makes diffs of a plan that changes between them, and of another
// one, and finds after each what a diff on a fresh mirror would have loaded.
func TestDesiredFollowsPlan(t *testing.T) {
	t.Parallel()
	base := object{"name": "web-001", "site": 1, "rack": 1, "device_type": 1, "role": 1, "status": "active"}
	kept := seed(t, base, "")
	seedRand := rand.Uint64()
	random := rand.New(rand.NewPCG(seedRand, 0))
	for range 8 {
		topo := someTopology(random)
		if got, want := desired(t, kept, topo), desired(t, seed(t, base, ""), topo); got != want {
			t.Fatalf("seed %d, plan %s, %d devices: the desired side is\n%s\nwant\n%s", seedRand, topo.Plan.Key, len(topo.Devices), got, want)
		}
	}
}

// someTopology is a plan of a few devices, with descriptions or without, some initial.
func someTopology(random *rand.Rand) *generate.Topology {
	topo := topology(nil)
	topo.Plan.Key = []string{"web", "web", "web", "db"}[random.IntN(4)]
	topo.Devices = nil
	topo.DeviceTypes[0].UHeight = float64(random.IntN(2))
	if random.IntN(3) == 0 {
		topo.Plan.Reconcile.Initial = []string{"description"}
	}
	for i := range random.IntN(5) {
		n := i + 1 + random.IntN(2)*5
		d := generate.Device{
			ID: fmt.Sprintf("web/web[%d]", n), Source: "web", Name: fmt.Sprintf("web-%03d", n),
			Type: "server", Role: "server", Status: "active",
		}
		if random.IntN(2) == 0 {
			d.Rack = "web/rack:row[1]"
		}
		if random.IntN(2) == 0 {
			text := fmt.Sprint("text ", random.IntN(2))
			d.Description = &text
		}
		topo.Devices = append(topo.Devices, d)
	}
	return topo
}

// desired is what a diff leaves of its desired side.
func desired(t *testing.T, db *mirror.DB, topo *generate.Topology) string {
	t.Helper()
	if _, err := diff.Diff(t.Context(), db, topo, diff.Told{}); err != nil {
		t.Fatal(err)
	}
	return mirrortest.Dump(t, db, "SELECT * FROM desired ORDER BY kind, object") +
		mirrortest.Dump(t, db, "SELECT kind, object, want FROM signature ORDER BY kind, object")
}

// TestKeptIsAfresh lets NetBox and the plan change at random, and compares each time with
// what the last diff kept, and once more with nothing kept: both find the same.
func TestKeptIsAfresh(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{11386563149396875837, rand.Uint64()} {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			keptIsAfresh(t, seed)
		})
	}
}

func keptIsAfresh(t *testing.T, seedRand uint64) {
	t.Helper()
	base := object{"name": "web-001", "site": 1, "rack": 1, "device_type": 1, "role": 1, "status": "active"}
	random := rand.New(rand.NewPCG(seedRand, 0))
	db := seed(t, base, "")
	topo, kept, renewed := topology(nil), 0, 0
	for n := range 300 {
		if random.IntN(3) > 0 {
			topo = someTopology(random)
			topo.Plan.Key = "web"
			topo.Plan.UID = []string{"", "", "u1"}[random.IntN(3)]
		}
		write := changeMirror
		if n%50 > 20 { // for a while, only diet itself is at work
			write, topo.Plan.UID = dietWrites, ""
		}
		for range random.IntN(3) {
			write(t, db, random)
			sweep(t, db)
		}
		if _, err := db.SQL().Exec("INSERT INTO hand (user) VALUES ('left as it was') ON CONFLICT DO NOTHING"); err != nil {
			t.Fatal(err)
		}
		moved := mirrortest.Dump(t, db, "SELECT 1 FROM moved LIMIT 1") != ""
		got := found(t, db, topo)
		if mirrortest.Dump(t, db, "SELECT 1 FROM hand WHERE user = 'left as it was'") != "" {
			kept++
			if moved {
				renewed++
			}
		}
		forget(t, db)
		if want := found(t, db, topo); got != want {
			t.Fatalf("seed %d, step %d: with what was kept the diff is\n%s\nand without\n%s", seedRand, n, got, want)
		}
	}
	if kept < 50 || renewed < 10 {
		t.Errorf("only %d of 300 diffs could keep anything, %d of them although marks had moved", kept, renewed)
	}
}

// found is all that a diff finds, and leaves behind.
func found(t *testing.T, db *mirror.DB, topo *generate.Topology) string {
	t.Helper()
	set, err := diff.Diff(t.Context(), db, topo, diff.Told{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(set, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	loaded := "SELECT kind, object, plan, source, id, owner, fields, initial, pending, want FROM desired ORDER BY kind, object"
	return string(text) + mirrortest.Dump(t, db, loaded) +
		mirrortest.Dump(t, db, "SELECT * FROM signature ORDER BY kind, object") +
		mirrortest.Dump(t, db, "SELECT * FROM difference ORDER BY kind, object, field")
}

// forget drops what a diff keeps for the next one.
func forget(t *testing.T, db *mirror.DB) {
	t.Helper()
	for _, table := range []string{"loaded", "desired", "doubt", "remembered", "hand", "moved", "difference"} {
		if _, err := db.SQL().Exec("DELETE FROM " + table); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.SQL().Exec("UPDATE signature SET want = NULL"); err != nil {
		t.Fatal(err)
	}
	sweep(t, db)
}

// sweep signs what is stale, as a sync does.
func sweep(t *testing.T, db *mirror.DB) {
	t.Helper()
	for _, kind := range db.Kinds().Owned() {
		for _, name := range []string{"query/sign_lost", "query/sign_again"} {
			if _, err := db.SQL().Exec(db.Statements().For(name, kind).Text); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := db.Sign(t.Context(), db.SQL()); err != nil {
		t.Fatal(err)
	}
	if _, err := db.SQL().Exec(db.Statements().Get("query/signature_sweep").Text); err != nil {
		t.Fatal(err)
	}
}

// changeMirror changes one thing of NetBox at random.
func changeMirror(t *testing.T, db *mirror.DB, random *rand.Rand) {
	t.Helper()
	pick := func(of ...any) any { return of[random.IntN(len(of))] }
	id, some := 1+random.IntN(6), fmt.Sprintf("web/web[%d]", 1+random.IntN(6))
	exec := func(query string, args ...any) {
		if _, err := db.SQL().Exec(query, args...); err != nil {
			t.Fatal(err)
		}
	}
	switch random.IntN(10) {
	case 0:
		exec("DELETE FROM device WHERE id = ?", id)
	case 1:
		exec("INSERT INTO object_change (time, user_name, request_id, action, object_type, object_id, message, diet_id, fields, wrote) "+
			"VALUES ('2026-11-27', ?, ?, ?, 'dcim.device', ?, 'diet run-00000000/1', ?, ?, '{}')",
			pick("diet", "maria"), pick("r1", "r2"), pick("create", "update", "delete"), id, pick(nil, some),
			pick(nil, `["description"]`, `["cf.diet_managed_fields.base"]`, `["cf.diet_object_id"]`))
	case 2:
		exec("INSERT INTO own_request (request_id, journaled) VALUES ('r1', 1) ON CONFLICT DO NOTHING")
	case 3:
		exec("DELETE FROM own_request")
	case 4:
		mirrortest.Seed(t, db, "device_role", object{"id": 1, "slug": pick("server", "server", "renamed"), "name": "Server", "color": "aaaaaa"})
	case 5, 6:
		exec("UPDATE device SET description = ?, stale = 1 WHERE id = ?", pick("", "hers", "text 0", "text 1"), id)
	default:
		base := object{"name": fmt.Sprintf("web-%03d", id), "site": 1, "device_type": 1, "role": pick(1, object{"id": 1, "key": "server"}),
			"status": "active", "rack": pick(nil, "web/rack:row[1]")}
		if random.IntN(2) == 0 {
			base["description"] = pick("text 0", "text 1")
		}
		marks := owned(some, base)
		record := marks["diet_managed_fields"].(object)
		record["plan"], record["object"], record["uid"] = "web", some, pick(nil, nil, "u1", "u2")
		record["ids"] = object{"rack": 1}
		record["released"] = pick(object{}, object{}, object{"description": object{"by": "maria"}})
		marks["diet_managed"] = pick(true, true, true, false)
		marks["diet_object_id"] = pick(some, some, some, nil, "web/web[9]")
		mirrortest.Seed(t, db, "device", object{
			"id": id, "name": pick(fmt.Sprintf("web-%03d", id), "hers"), "site": object{"id": 1}, "device_type": object{"id": 1},
			"role": object{"id": 1}, "rack": pick(nil, object{"id": 1}), "status": object{"value": "active"},
			"description": pick("", "text 0", "text 1", "hers"), "tags": []any{},
			"custom_fields": pick(marks, marks, marks, object{}),
		})
	}
}

// dietWrites has an object of the plan there as an apply leaves it, with its change, or none.
func dietWrites(t *testing.T, db *mirror.DB, random *rand.Rand) {
	t.Helper()
	id := 1 + random.IntN(6)
	some, name := fmt.Sprintf("web/web[%d]", id), fmt.Sprintf("web-%03d", id)
	if random.IntN(6) == 0 {
		if _, err := db.SQL().Exec("DELETE FROM device WHERE id = ?", id); err != nil {
			t.Fatal(err)
		}
		return
	}
	marks := owned(some, object{"name": name, "site": 1, "device_type": 1, "role": object{"id": 1, "key": "server"}, "status": "active"})
	record := marks["diet_managed_fields"].(object)
	record["plan"], record["object"] = "web", some
	marks["diet_managed"], marks["diet_object_id"] = true, some
	mirrortest.Seed(t, db, "device", object{
		"id": id, "name": name, "site": object{"id": 1}, "device_type": object{"id": 1}, "role": object{"id": 1},
		"status": object{"value": "active"}, "description": "", "tags": []any{}, "custom_fields": marks,
	})
	if random.IntN(2) == 0 {
		return
	}
	_, err := db.SQL().Exec("INSERT INTO object_change "+
		"(time, user_name, request_id, action, object_type, object_id, message, fields, wrote) VALUES "+
		`('2026-11-27', 'diet', 'r1', 'update', 'dcim.device', ?, 'diet run-00000000/1', '["cf.diet_managed_fields.base"]', '{}')`, id)
	if err != nil {
		t.Fatal(err)
	}
}

// TestStatedVersion notices where the same plan comes to want something else of its objects:
// raise statedVersion then, so that mirrors do not keep what an older program wanted, and
// record what is wanted now.
func TestStatedVersion(t *testing.T) {
	t.Parallel()
	text, length := "text", 1.5
	topo := topology(&text)
	d := &topo.Devices[0]
	d.Comments, d.Tenant, d.Platform, d.Tags = &text, &text, new(string), []string{"blue"}
	d.CustomFields, d.Position, d.Face = map[string]any{"owner": "net"}, 3, "front"
	topo.Interfaces = []generate.Interface{
		{ID: "web/web[1]/1", Device: "web/web[1]", Name: "E1", PortTraits: copper},
		{ID: "web/web[1]/2", Device: "web/web[1]", Name: "E2", PortTraits: copper},
	}
	topo.Cables = []generate.Cable{{
		ID: "web/web[1]/1~", A: "web/web[1]/1", B: "web/web[1]/2", CableTraits: &generate.CableTraits{
			Source: "web", Status: "connected", Type: &text, Color: &text, Label: &text, Length: &length, LengthUnit: &text,
		},
	}}
	db := seed(t, nil, "")
	if _, err := diff.Diff(t.Context(), db, topo, diff.Told{}); err != nil {
		t.Fatal(err)
	}
	const version1 = 8699621195225562050
	rows := mirrortest.Dump(t, db, "SELECT kind, object, source, owner, fields, initial FROM desired ORDER BY kind, object")
	if got := value.Hash(rows); got != version1 {
		t.Errorf("the desired side has the hash %d, not %d:\n%s", got, version1, rows)
	}
}
