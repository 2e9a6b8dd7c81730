package engine_test

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
)

// rows is a plan of some 100,000 objects: servers of two ports in racks with a pair of
// switches each.
const rows = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: rows}
spec:
  site: ams2
  catalog:
    deviceTypes:
      leaf: {manufacturer: acme, model: Leaf, u: 1, ports: {"E1/{1-48}": 25gbase-x-sfp28}}
      server: {manufacturer: acme, model: Server, u: 1, ports: {"lom-eth{0-1}": 25gbase-x-sfp28}}
  racks:
    row: {count: 450, units: 48}
  fabrics:
    dc:
      switches:
        leaf:
          {role: leaf, type: leaf, group: 2, attach: rack, perRack: 2, rack: {pool: row, per: 2, fromU: 43}, zones: {server: {ports: 1-48}}}
  nodes:
    web:
      count: 14400
      type: server
      rack: {pool: row, per: 32, fromU: 1}
      nics: {lom: {ports: [eth0, eth1], type: 25gbase-x-sfp28}}
      links: {data: {from: lom, to: dc.leaf/server, spread: alternate}}
`

// BenchmarkNoOp is an apply with nothing to do, on the sandbox: of 110 devices and 338 cables,
// and of 100,000 objects. The baseline is the diff alone.
func BenchmarkNoOp(b *testing.B) {
	b.Run("web-96", func(b *testing.B) { benchmarkNoOp(b, planFile(b, "plan/web-96")) })
	b.Run("100000", func(b *testing.B) { benchmarkNoOp(b, planText(b, "rows", rows)) })
}

// planFile is a plan of testdata.
func planFile(b *testing.B, path string) *generate.Plan {
	b.Helper()
	data, err := os.ReadFile("../testdata/" + path + ".yaml")
	if err != nil {
		b.Fatal(err)
	}
	return planText(b, path, string(data))
}

func planText(b *testing.B, name, text string) *generate.Plan {
	b.Helper()
	plan, err := generate.Load(name, []byte(text))
	if err != nil {
		b.Fatal(err)
	}
	return plan
}

func benchmarkNoOp(b *testing.B, plan *generate.Plan) {
	server := emptySandbox(b)
	eng, _ := recorder(b, server)
	if _, err := eng.Init(b.Context()); err != nil {
		b.Fatal(err)
	}
	first, _, err := eng.Apply(b.Context(), plan, engine.ApplyOptions{})
	if err != nil || len(first.Failed) > 0 {
		b.Fatalf("apply: %v, failed %+v", err, first.Failed)
	}
	if _, _, err := eng.Apply(b.Context(), plan, engine.ApplyOptions{}); err != nil {
		b.Fatal(err) // takes in what the first one wrote
	}
	var alone float64
	b.Run("diff-alone", func(b *testing.B) {
		for b.Loop() {
			if _, err := eng.Diff(b.Context(), plan); err != nil {
				b.Fatal(err)
			}
		}
		alone = float64(b.Elapsed()) / float64(b.N)
	})
	b.Run("apply", func(b *testing.B) {
		requests := 0
		for b.Loop() {
			server.ResetRequests()
			result, _, err := eng.Apply(b.Context(), plan, engine.ApplyOptions{})
			if err != nil || result.Requests > 0 {
				b.Fatalf("%d writes, %v", result.Requests, err)
			}
			for _, r := range server.Requests() {
				if r.Method == http.MethodGet {
					requests++
				}
			}
		}
		b.ReportMetric(float64(len(first.Created)+len(first.Owned)), "objects")
		b.ReportMetric(float64(requests)/float64(b.N), "requests/op")
		if alone > 0 {
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/alone, "x-diff-alone")
		}
	})
}

// BenchmarkRename renames the 1,024 servers of a plan by another pattern. The baseline sends
// the same requests to a copy of the sandbox as it was before.
func BenchmarkRename(b *testing.B) {
	plan := planFile(b, "scale/web-1024")
	server := emptySandbox(b)
	eng, sent := recorder(b, server)
	if _, err := eng.Init(b.Context()); err != nil {
		b.Fatal(err)
	}
	if _, _, err := eng.Apply(b.Context(), plan, engine.ApplyOptions{}); err != nil {
		b.Fatal(err)
	}
	data, err := os.ReadFile("../testdata/scale/web-1024.yaml")
	if err != nil {
		b.Fatal(err)
	}
	names := []string{"{site}-srv-{n:04}", "{site}-{class}-{n:04}"}
	var diet, bare float64
	var reads, writes, renamed int
	for turn := 0; b.Loop(); turn++ {
		to := planText(b, "web-1024", strings.Replace(string(data), names[1], names[turn%2], 1))
		if _, _, err := eng.Apply(b.Context(), plan, engine.ApplyOptions{}); err != nil {
			b.Fatal(err) // takes in what the last one wrote
		}
		was := server.Fork(token, time.Now)
		sent.reset()
		server.ResetRequests()
		diet += seconds(func() {
			result, _, err := eng.Apply(b.Context(), to, engine.ApplyOptions{})
			if err != nil || len(result.Failed) > 0 {
				b.Fatalf("apply: %v, failed %+v", err, result.Failed)
			}
			renamed += len(result.Updated)
		})
		plan = to
		reads, writes = reads+len(server.Requests())-len(sent.list), writes+len(sent.list)
		bare += bareWrites(b, was, sent.list)
	}
	n := float64(b.N)
	b.ReportMetric(float64(renamed)/n, "renamed/op")
	b.ReportMetric(float64(writes)/n, "writes/op")
	b.ReportMetric(float64(reads)/n, "reads/op")
	b.ReportMetric(diet/bare, "x-bare-writer")
}
