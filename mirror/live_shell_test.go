package mirror_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
)

// server runs a command of .ci/netbox/netbox on the server that the test runs on, and
// skips the test where that is not ours.
func server(t *testing.T, command, input string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "-c", os.Getenv("NETBOX_SERVER")+" "+command)
	cmd.Stdin = strings.NewReader(input)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
}

// ours skips a test that needs a shell on the server.
func ours(t *testing.T) {
	t.Helper()
	if os.Getenv("NETBOX_SERVER") == "" {
		t.Skip("needs a shell on the server, as that of make netbox has one")
	}
}

// objects is the whole mirror, in a form that two mirrors can be compared by.
func objects(t *testing.T, db *mirror.DB) string {
	t.Helper()
	return mirrortest.Dump(t, db, `SELECT kind, id, last_updated FROM object ORDER BY kind, id`) + signed(t, db)
}

// TestLiveUnlogged writes to the database past the API. A save() leaves no row in the
// changelog but a new last_updated: the next sync has it. QuerySet.update and SQL leave
// neither: a full sync has it. Of what is deleted and whose rows are pruned only the
// number is left: a sync that counts has it.
func TestLiveUnlogged(t *testing.T) {
	s, db, c := live(t)
	ours(t)
	mark := fmt.Sprintf("diet-shell-%d", time.Now().UnixNano())
	named := func(n int, more map[string]any) map[string]any {
		item := map[string]any{"name": fmt.Sprint(mark, "-", n)}
		maps.Copy(item, more)
		return item
	}
	sites := mustCreate(t, c, "site", named(0, map[string]any{"slug": mark}))
	in := map[string]any{"site": sites[0]}
	racks := mustCreate(t, c, "rack", named(0, in), named(1, in), named(2, in))
	mustSync(t, s, mirror.Options{})
	serials := func(step, want string) {
		t.Helper()
		if got := mirrortest.Dump(t, db, `SELECT id, serial FROM rack WHERE site_id = ? ORDER BY id`, sites[0]); got != want {
			t.Errorf("%s: the racks are\n%swant\n%s", step, got, want)
		}
	}
	sameAsFull := func() {
		t.Helper()
		incremental := objects(t, db)
		mustSync(t, s, mirror.Options{Full: true})
		if objects(t, db) != incremental {
			t.Error("a full sync gives another mirror than the incremental one")
		}
	}

	server(t, "shell", fmt.Sprintf("from dcim.models import Rack\nr = Rack.objects.get(pk=%d)\nr.serial = 'saved'\nr.save()\n", racks[0]))
	mustSync(t, s, mirror.Options{})
	serials("save()", fmt.Sprintf("%d|saved\n%d|\n%d|\n", racks[0], racks[1], racks[2]))
	sameAsFull()

	server(t, "shell", fmt.Sprintf(`from django.db import connection
from dcim.models import Rack
Rack.objects.filter(pk=%d).update(serial='updated')
connection.cursor().execute("UPDATE dcim_rack SET serial = 'sql' WHERE id = %%s", [%d])
`, racks[1], racks[2]))
	mustSync(t, s, mirror.Options{})
	serials("update, not full", fmt.Sprintf("%d|saved\n%d|\n%d|\n", racks[0], racks[1], racks[2]))
	mustSync(t, s, mirror.Options{Full: true})
	serials("update, full", fmt.Sprintf("%d|saved\n%d|updated\n%d|sql\n", racks[0], racks[1], racks[2]))

	server(t, "shell", fmt.Sprintf(`from core.models import ObjectChange
from dcim.models import Rack
Rack.objects.get(pk=%d).delete()
ObjectChange.objects.all().delete()
`, racks[2]))
	mustSync(t, s, mirror.Options{Verify: true})
	serials("deleted, and the rows pruned", fmt.Sprintf("%d|saved\n%d|updated\n", racks[0], racks[1]))
	sameAsFull()
}

// TestLiveRestored restores the database to what it was before a sync: the next one
// notices, and reads everything.
func TestLiveRestored(t *testing.T) {
	s, db, c := live(t)
	ours(t)
	mark := fmt.Sprintf("diet-restore-%d", time.Now().UnixNano())
	mustSync(t, s, mirror.Options{})
	server(t, "save", "")
	mustCreate(t, c, "site", map[string]any{"name": mark, "slug": mark})
	mustSync(t, s, mirror.Options{})
	server(t, "restore", "")
	if res := mustSync(t, s, mirror.Options{}); !res.Full {
		t.Error("the sync after a restore was not full")
	}
	if got := mirrortest.Dump(t, db, `SELECT count(*) FROM site WHERE slug = ?`, mark); got != "0\n" {
		t.Errorf("%s of the sites that the backup lacks are left", got)
	}
}

// TestLivePlugged gives a cable a second end by a bare INSERT, which bumps nothing: the
// read ahead of a write of that cable has it.
func TestLivePlugged(t *testing.T) {
	s, db, c := live(t)
	ours(t)
	mark := fmt.Sprintf("diet-plug-%d", time.Now().UnixNano())
	named := map[string]any{"name": mark, "slug": mark}
	site := mustCreate(t, c, "site", named)[0]
	maker := mustCreate(t, c, "manufacturer", named)[0]
	role := mustCreate(t, c, "device_role", named)[0]
	model := mustCreate(t, c, "device_type", map[string]any{"manufacturer": maker, "model": mark, "slug": mark})[0]
	device := mustCreate(t, c, "device", map[string]any{"name": mark, "site": site, "role": role, "device_type": model})[0]
	ports := make([]int64, 3)
	for i := range ports {
		ports[i] = mustCreate(t, c, "interface", map[string]any{"device": device, "name": fmt.Sprint("e", i), "type": "1000base-t"})[0]
	}
	cable := mustCreate(t, c, "cable", map[string]any{"a_terminations": end(ports[0]), "b_terminations": end(ports[1])})[0]
	mustSync(t, s, mirror.Options{})
	server(t, "shell", fmt.Sprintf(`from django.contrib.contenttypes.models import ContentType
from dcim.models import CableTermination, Interface
kind = ContentType.objects.get_for_model(Interface)
CableTermination.objects.bulk_create([CableTermination(cable_id=%[1]d, cable_end="B", termination_type=kind, termination_id=%[2]d)])
CableTermination.objects.filter(cable_id=%[1]d, termination_id=%[2]d).update(last_updated=None)
`, cable, ports[2]))
	plugs := func(step, want string) {
		t.Helper()
		if got := mirrortest.Dump(t, db, `SELECT count(*) FROM cable_termination WHERE cable_id = ?`, cable); got != want+"\n" {
			t.Errorf("%s: %s plugs, want %s", step, strings.TrimSpace(got), want)
		}
	}
	mustSync(t, s, mirror.Options{})
	plugs("a sync", "2")
	if _, err := s.Reread(t.Context(), "cable", []int64{cable}); err != nil {
		t.Fatal(err)
	}
	plugs("read again", "3")
}
