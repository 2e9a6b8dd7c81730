package mirror_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/mirrortest"
	"github.com/diet-project/diet/mirror/sandbox"
)

// itemKind is a kind that diet does not need, and so all that it takes to mirror one.
var itemKind = kinds.Kind{
	Name: "inventory_item", Endpoint: "dcim/inventory-items", ObjectType: "dcim.inventoryitem", Role: kinds.Mirrored, Label: "name",
	Doc: "a part that a device is made of",
	Fields: []kinds.Field{
		{Name: "device", Type: kinds.Reference, To: "device", Required: true, OnDelete: kinds.Cascade},
		{Name: "name", Type: kinds.Text, Required: true},
		{Name: "serial", Type: kinds.Text},
		{Name: "discovered", Type: kinds.Bool},
	},
}

// TestOneEntryMirrorsAKind adds a kind by one entry and finds it documented, synced,
// followed and queryable. That it counts as a reference, engine/refer tests.
func TestOneEntryMirrorsAKind(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	w.db = mirrortest.OpenConfig(t, mirror.Config{Now: w.now, Kinds: kinds.Standard().With(itemKind)})
	w.syncer = w.newSyncer(w.db, w.client)
	page := tablesPage(t, w.db)
	for _, want := range []string{"### `inventory_item`\n\nA part that a device is made of", "| `device_id` | INTEGER NOT NULL | `device` |"} {
		if !strings.Contains(page, want) {
			t.Errorf("docs/sql.md would lack %s", want)
		}
	}
	device := w.build().devices[0]
	w.send(http.MethodPost, "/api/dcim/inventory-items/", fmt.Sprintf(`{"device": %d, "name": "psu 1", "serial": "s1"}`, device))
	w.sync(mirror.Options{})

	const query = `SELECT i.name, i.serial, i.discovered, d.name FROM inventory_item AS i JOIN device AS d ON d.id = i.device_id`
	if got := mirrortest.Dump(t, w.db, query); got != "psu 1|s1|0|d0\n" {
		t.Errorf("synced: %q", got)
	}
	if got := mirrortest.Dump(t, w.db, `SELECT kind, name FROM object WHERE kind = 'inventory_item'`); got != "inventory_item|psu 1\n" {
		t.Errorf("queried: %q", got)
	}
	w.send(http.MethodPatch, "/api/dcim/inventory-items/1/", `{"serial": "s2"}`)
	if res := w.sync(mirror.Options{}); res.Full {
		t.Errorf("a sync was full: %s", res.Reason)
	}
	if got := mirrortest.Dump(t, w.db, query); got != "psu 1|s2|0|d0\n" {
		t.Errorf("followed: %q", got)
	}
	w.send(http.MethodDelete, "/api/dcim/inventory-items/1/", "")
	w.sync(mirror.Options{})
	if got := mirrortest.Dump(t, w.db, query); got != "" {
		t.Errorf("deleted: %q", got)
	}
}

// send makes a request of NetBox.
func (w *world) send(method, path, body string) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Token "+sandbox.DefaultToken)
	req.Header.Set("Content-Type", "application/json")
	res, err := mirrortest.Client.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode >= http.StatusBadRequest {
		w.t.Fatalf("%s %s: %s", method, path, res.Status)
	}
}
