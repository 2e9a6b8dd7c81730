package mirror_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
	"github.com/diet-project/diet/mirror/netbox"
	"github.com/diet-project/diet/mirror/sandbox/conformance"
)

// live returns a syncer for the real NetBox that the environment names, and
// skips the test where it names none. Such tests leave nothing behind.
func live(t *testing.T) (*mirror.Syncer, *mirror.DB, *netbox.Client) {
	t.Helper()
	target, ok := conformance.Live(t)
	if !ok {
		t.Skip("the environment names no NetBox for tests: see make test-netbox")
	}
	client, err := netbox.New(netbox.Config{URL: target.BaseURL, Token: target.Token})
	if err != nil {
		t.Fatal(err)
	}
	db := mirrortest.Open(t)
	s, err := mirror.NewSyncer(mirror.SyncerConfig{DB: db, Client: client})
	if err != nil {
		t.Fatal(err)
	}
	return s, db, client
}

func mustSync(t *testing.T, s *mirror.Syncer, opt mirror.Options) mirror.Result {
	t.Helper()
	res, err := s.Sync(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("sync of %s: full=%v (%s), %d requests, %d changes, %v, took %v, %v", res.Server.FullVersion, res.Full,
		res.Reason, res.Requests, res.Changes, res.Kinds, res.Duration, res.Warnings)
	return res
}

func mustCreate(t *testing.T, c *netbox.Client, kind string, items ...map[string]any) []int64 {
	t.Helper()
	res, err := c.Create(t.Context(), kind, items, netbox.Write{Message: "diet live test"})
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, o := range res.Objects {
		ids = append(ids, o.ID)
	}
	t.Cleanup(func() {
		_, _ = c.Delete(context.WithoutCancel(t.Context()), kind, ids, netbox.Write{})
	})
	return ids
}

func TestLive(t *testing.T) {
	s, db, c := live(t)
	if err := c.CanWrite(t.Context()); err != nil {
		t.Fatal(err)
	}
	mustSync(t, s, mirror.Options{})
	if res := mustSync(t, s, mirror.Options{}); res.Full {
		t.Error("the second sync was full")
	}

	mark := fmt.Sprintf("diet-live-%d", time.Now().UnixNano())
	site := mustCreate(t, c, "site", map[string]any{"name": mark, "slug": mark}, map[string]any{"name": mark + "-b", "slug": mark + "-b"})
	maker := mustCreate(t, c, "manufacturer", map[string]any{"name": mark, "slug": mark})[0]
	role := mustCreate(t, c, "device_role", map[string]any{"name": mark, "slug": mark})[0]
	model := mustCreate(t, c, "device_type", map[string]any{"manufacturer": maker, "model": mark, "slug": mark})[0]
	mustCreate(t, c, "interface_template", map[string]any{"device_type": model, "name": "e0", "type": "1000base-t"})
	rack := mustCreate(t, c, "rack", map[string]any{"name": mark, "site": site[0]})[0]
	var items []map[string]any
	for i := range 3 {
		items = append(items,
			map[string]any{"name": fmt.Sprintf("%s-%d", mark, i), "site": site[0], "rack": rack, "device_type": model, "role": role})
	}
	devices := mustCreate(t, c, "device", items...)
	mustSync(t, s, mirror.Options{})
	count := func(query string, want string, args ...any) {
		t.Helper()
		if got := mirrortest.Dump(t, db, query, args...); got != want+"\n" {
			t.Errorf("%s: got %swant %s", query, got, want)
		}
	}
	count(`SELECT count(*) FROM interface WHERE device_id IN (?, ?, ?)`, "3", devices[0], devices[1], devices[2])

	var ports []int64
	for _, d := range devices {
		var id int64
		if err := db.SQL().Get(&id, `SELECT id FROM interface WHERE device_id = ?`, d); err != nil {
			t.Fatal(err)
		}
		ports = append(ports, id)
	}
	end := func(port int64) []map[string]any {
		return []map[string]any{{"object_type": "dcim.interface", "object_id": port}}
	}
	cable := mustCreate(t, c, "cable", map[string]any{"a_terminations": end(ports[0]), "b_terminations": end(ports[1])})[0]
	mustSync(t, s, mirror.Options{})
	count(`SELECT a, b FROM cable_end WHERE id = ?`, fmt.Sprintf("%d|%d", ports[0], ports[1]), cable)

	update := func(kind string, item map[string]any) {
		t.Helper()
		if _, err := c.Update(t.Context(), kind, []map[string]any{item}, netbox.Write{}); err != nil {
			t.Fatal(err)
		}
	}
	update("cable", map[string]any{"id": cable, "b_terminations": end(ports[2])})
	update("rack", map[string]any{"id": rack, "site": site[1]})
	update("device", map[string]any{"id": devices[0], "serial": "S1", "name": mark + "-renamed"})
	mustSync(t, s, mirror.Options{})
	count(`SELECT b FROM cable_end WHERE id = ?`, fmt.Sprint(ports[2]), cable)
	count(`SELECT count(*) FROM device WHERE site_id = ?`, "3", site[1])
	count(`SELECT fields FROM object_change WHERE object_type = 'dcim.device' AND action = 'update' AND object_id = ?
		ORDER BY id DESC LIMIT 1`, `["name","serial"]`, devices[0])

	if _, err := c.Delete(t.Context(), "device", devices[2:], netbox.Write{}); err != nil {
		t.Fatal(err)
	}
	mustSync(t, s, mirror.Options{})
	count(`SELECT b FROM cable_end WHERE id = ?`, "<nil>", cable)
	count(`SELECT count(*) FROM interface WHERE device_id = ?`, "0", devices[2])
	count(`SELECT name FROM object_change WHERE object_type = 'dcim.device' AND action = 'delete' AND object_id = ?`, mark+"-2", devices[2])

	incremental := mirrortest.Dump(t, db, `SELECT kind, id, last_updated FROM object ORDER BY kind, id`) + signed(t, db)
	mustSync(t, s, mirror.Options{Full: true})
	if full := mirrortest.Dump(t, db, `SELECT kind, id, last_updated FROM object ORDER BY kind, id`) + signed(t, db); full != incremental {
		t.Errorf("a full sync gives another mirror than the incremental ones")
	}
}

func signed(t *testing.T, db *mirror.DB) string {
	return mirrortest.Dump(t, db, `SELECT kind, object, id, plan, base, have FROM signature ORDER BY kind, object`)
}
