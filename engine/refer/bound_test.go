package refer_test

import (
	"fmt"
	"testing"

	"github.com/diet-project/diet/engine/refer"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/mirrortest"
)

// estate is a mirror with devices, each with two ports on which somebody wrote, and a NetBox
// with a console port on each that came from a template.
func estate(tb testing.TB, n int) (*mirror.DB, *fake, []refer.Object) {
	tb.Helper()
	db := mirrortest.Open(tb)
	mirrortest.Seed(tb, db, "manufacturer", object{"id": 1, "name": "M", "slug": "m"})
	mirrortest.Seed(tb, db, "device_type", object{
		"id": 1, "model": "T", "slug": "t", "manufacturer": object{"id": 1}, "u_height": 1, "is_full_depth": true,
	})
	var devices, ports, consoles []object
	var doomed []refer.Object
	for id := 1; id <= n; id++ {
		devices = append(devices, object{
			"id": id, "name": fmt.Sprint("d", id), "site": object{"id": 1}, "role": object{"id": 1}, "device_type": object{"id": 1},
		})
		for port := range 2 {
			ports = append(ports, object{
				"id": 2*id + port, "device": object{"id": id}, "name": fmt.Sprint("e", port), "type": object{"value": "other"},
				"label": "hers", "description": "hers",
			})
		}
		consoles = append(consoles, object{"id": id, "device": object{"id": id}, "name": "con", "display": "con"})
		doomed = append(doomed, refer.Object{Kind: "device", ID: int64(id)})
	}
	mirrortest.Seed(tb, db, "device", devices...)
	mirrortest.Seed(tb, db, "interface", ports...)
	lists := map[string][]object{}
	for _, k := range kinds.Standard().Known() {
		lists[k.Endpoint] = nil
	}
	lists["dcim/console-ports"] = consoles
	lists["dcim/console-port-templates"] = []object{{"id": 1, "name": "con", "device_type": object{"id": 1}}}
	return db, &fake{lists: lists}, doomed
}

// TestRequestsAreBounded asks for objects in hundreds, and for templates once a type, however
// many objects are to be deleted.
func TestRequestsAreBounded(t *testing.T) {
	t.Parallel()
	asked := map[int]int{}
	for _, n := range []int{100, 1000} {
		db, nb, doomed := estate(t, n)
		judged, err := refer.Judge(t.Context(), refer.Config{DB: db, NetBox: nb, Plan: "p"}, doomed)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range doomed {
			if got := len(judged[o].References); got != 2 {
				t.Fatalf("%v has %d references, want the two ports on which somebody wrote: %+v", o, got, judged[o])
			}
		}
		asked[n] = len(nb.asked)
	}
	if asked[1000] > 10*asked[100] || asked[1000] > 1000/100*6 {
		t.Errorf("100 objects took %d requests, 1,000 objects %d", asked[100], asked[1000])
	}
}

// BenchmarkJudge judges what depends on 1,000 devices with 2,000 ports that people wrote on.
func BenchmarkJudge(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			db, nb, doomed := estate(b, n)
			for b.Loop() {
				if _, err := refer.Judge(b.Context(), refer.Config{DB: db, NetBox: nb, Plan: "p"}, doomed); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/object")
		})
	}
}
