package diff_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
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
