package diff_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
)

// ports is how many interfaces each device of the benchmark has.
const ports = 100

// copper is what the interfaces have in common.
var copper = &generate.PortTraits{Source: "web", Type: "1000base-t"}

// estate is a plan of devices with interfaces, and a mirror that has them all. Every
// thousandth interface has drifted.
type estate struct {
	*testing.B
	db   *mirror.DB
	topo *generate.Topology
	edit int
}

// benchRows is how many interfaces there are: 100,000, or DIET_ROWS.
func benchRows(b *testing.B) int {
	b.Helper()
	text := os.Getenv("DIET_ROWS")
	if text == "" {
		return 100_000
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1000 || n%1000 != 0 {
		b.Fatalf("DIET_ROWS: %q is no number of thousands", text)
	}
	return n
}

// newEstate makes an estate of n interfaces.
func newEstate(b *testing.B, n int) *estate {
	b.Helper()
	return newEstateAt(b, "", n)
}

// newEstateAt is newEstate with the path of the mirror.
func newEstateAt(b *testing.B, path string, n int) *estate {
	b.Helper()
	e := &estate{B: b, db: seedAt(b, path, nil, ""), topo: topology(nil)}
	e.topo.Devices = nil
	for first := 0; first < n; first += 10 * ports {
		var devices, interfaces []map[string]any
		for i := first / ports; i < first/ports+10; i++ {
			devices = append(devices, e.addDevice(i+1))
		}
		for i := first; i < first+10*ports; i++ {
			interfaces = append(interfaces, e.addInterface(i))
		}
		mirrortest.Seed(b, e.db, "device", devices...)
		mirrortest.Seed(b, e.db, "interface", interfaces...)
	}
	return e
}

func (e *estate) addDevice(n int) object {
	id, name := fmt.Sprintf("web/web[%d]", n), fmt.Sprint("web-", n)
	e.topo.Devices = append(e.topo.Devices,
		generate.Device{ID: id, Source: "web", Name: name, Type: "server", Role: "server", Status: "active"})
	return object{
		"id": n, "name": name, "site": object{"id": 1}, "device_type": object{"id": 1}, "role": object{"id": 1},
		"status": object{"value": "active"}, "tags": []any{},
		"custom_fields": owned(id, object{"name": name, "site": 1, "device_type": 1, "role": 1, "status": "active"}),
	}
}

func (e *estate) addInterface(i int) object {
	device, name := i/ports+1, fmt.Sprint("E1/", i%ports+1)
	id := fmt.Sprintf("web/web[%d]/%d", device, i%ports+1)
	e.topo.Interfaces = append(e.topo.Interfaces,
		generate.Interface{ID: id, Device: e.topo.Devices[device-1].ID, Name: name, PortTraits: copper})
	have := "1000base-t"
	if i%1000 == 0 {
		have = "virtual"
	}
	return object{
		"id": i + 1, "device": object{"id": device}, "name": name, "type": object{"value": have}, "tags": []any{},
		"custom_fields": owned(id, object{"name": name, "device": device, "type": "1000base-t"}),
	}
}

// diff compares a topology with the mirror, and finds as many changes.
func (e *estate) diff(topo *generate.Topology, changes int) {
	e.Helper()
	set, err := diff.Diff(e.Context(), e.db, topo, diff.Told{})
	if err != nil {
		e.Fatal(err)
	}
	if len(set.Changes) != changes {
		e.Fatalf("%d changes, want %d", len(set.Changes), changes)
	}
}

// edited has somebody change what nobody owns of one interface, as a sync would find it.
func (e *estate) edited() {
	e.Helper()
	e.edit++
	e.set("UPDATE interface SET description = ?, stale = 1 WHERE id = ?", fmt.Sprint("hers ", e.edit), 1+e.edit%1000)
}

// set changes the mirror, and signs what is stale.
func (e *estate) set(query string, args ...any) {
	e.Helper()
	if _, err := e.db.SQL().Exec(query, args...); err != nil {
		e.Fatal(err)
	}
	if err := e.db.Sign(e.Context(), e.db.SQL()); err != nil {
		e.Fatal(err)
	}
}

// bare is the SQL that opens the interfaces that differ, and nothing else: a scan of all
// signatures and a join.
const bare = `
SELECT s.object, o.base, o.initial, o.keys, o.released, o.tmp, o.doc, o.last_updated
FROM signature AS s NOT INDEXED
JOIN owned_interface AS o ON o.id = s.id
WHERE s.kind = 'interface' AND s.want IS NOT NULL AND s.have IS NOT NULL AND (s.want IS NOT s.base OR s.base IS NOT s.have)
ORDER BY s.object`

// BenchmarkDiff compares 100,000 interfaces, or DIET_ROWS, of which 0.1 % have drifted.
// bare-sql is the join alone; x-bare-sql is CPU time beside its CPU time in the same run,
// and us/object what each further difference takes beyond an unchanged plan.
func BenchmarkDiff(b *testing.B) {
	n := benchRows(b)
	e := newEstate(b, n)
	drifted := n / 1000
	e.diff(e.topo, drifted)
	name := func(what string) string { return fmt.Sprint(what, "-", n) }
	var bareSQL, unchanged float64
	run := func(what string, more int, prepare, measured func(e *estate)) {
		b.Run(name(what), func(b *testing.B) {
			e := &estate{B: b, db: e.db, topo: e.topo, edit: e.edit}
			cpu := e.cpuPerOp(prepare, measured)
			switch {
			case what == "bare-sql":
				bareSQL = cpu
			case what == "unchanged":
				unchanged = cpu
			case more > 0 && unchanged > 0:
				b.ReportMetric((cpu-unchanged)/1e3/float64(more), "us/object")
			}
			if bareSQL > 0 {
				b.ReportMetric(cpu/bareSQL, "x-bare-sql")
			}
		})
		e.edit += 1000
	}
	nothing := func(*estate) {}
	run("bare-sql", 0, nothing, func(e *estate) { mirrortest.Dump(e, e.db, bare) })
	run("unchanged", 0, (*estate).edited, func(e *estate) { e.diff(e.topo, drifted) })

	other := e.retyped(n / 1000)
	run("changed", 0, func(e *estate) { e.topo, other = other, e.topo }, func(e *estate) { e.diff(e.topo, e.differing()) })
	e.diff(e.topo, drifted)

	tenth := n / 10
	more, less := e.grown(tenth), e.shrunk(tenth)
	restore := func(e *estate) { e.diff(e.topo, drifted) }
	run("created-10%", tenth, restore, func(e *estate) { e.diff(more, drifted+tenth) })
	run("orphaned-10%", tenth, restore, func(e *estate) { e.diff(less, drifted+tenth-tenth/1000) })
	e.diff(e.topo, drifted)
	e.B = b
	e.set("UPDATE interface SET type = 'virtual', stale = 1 WHERE id % 10 = 2")
	run("updated-10%", tenth, nothing, func(e *estate) { e.diff(e.topo, drifted+tenth) })
}

// cpuPerOp runs a benchmark, and returns the nanoseconds of CPU that measured takes.
func (e *estate) cpuPerOp(prepare, measured func(e *estate)) float64 {
	var cpu time.Duration
	n := 0
	for e.Loop() {
		e.StopTimer()
		prepare(e)
		began := cpuTime()
		e.StartTimer()
		measured(e)
		cpu += cpuTime() - began
		n++
	}
	perOp := float64(cpu) / float64(n)
	e.ReportMetric(perOp/1e6, "cpu-ms/op")
	return perOp
}

// cpuTime is what the process has taken so far, its garbage collector included: a busy
// machine does not change it.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// retyped is the plan with another type for n interfaces.
func (e *estate) retyped(n int) *generate.Topology {
	topo := *e.topo
	topo.Interfaces = slices.Clone(topo.Interfaces)
	for i := range n {
		topo.Interfaces[i*1000+1].PortTraits = &generate.PortTraits{Source: "web", Type: "10gbase-t"}
	}
	return &topo
}

// differing is how many interfaces differ between the estate's plan and its mirror.
func (e *estate) differing() int {
	n := len(e.topo.Interfaces) / 1000
	if e.topo.Interfaces[1].Type == "10gbase-t" {
		n *= 2
	}
	return n
}

// grown is the plan with n more interfaces.
func (e *estate) grown(n int) *generate.Topology {
	topo := *e.topo
	topo.Interfaces = slices.Clone(topo.Interfaces)
	for i := range n {
		device := i%len(topo.Devices) + 1
		topo.Interfaces = append(topo.Interfaces, generate.Interface{
			ID: fmt.Sprintf("web/web[%d]/x%d", device, i), Device: fmt.Sprintf("web/web[%d]", device),
			Name: fmt.Sprint("X1/", i), PortTraits: copper,
		})
	}
	return &topo
}

// shrunk is the plan without its last n interfaces.
func (e *estate) shrunk(n int) *generate.Topology {
	topo := *e.topo
	topo.Interfaces = topo.Interfaces[:len(topo.Interfaces)-n]
	return &topo
}
