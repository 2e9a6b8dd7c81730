package generate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/generate"
)

// railPlan is a plain plan of servers with eight rails, a dual-homed frontend
// and an out-of-band network, 32 servers a rack.
func railPlan(servers int) string {
	return fmt.Sprintf(`
apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: bench}
spec:
  site: lab
  naming: {switch: "{fabric}-{class}-{n:02}"}
  catalog:
    deviceTypes:
      gpu: {manufacturer: generic, model: GPU, u: 1}
      sw: {manufacturer: generic, model: Switch, u: 1, ports: {"E1/{1-64}": 800gbase-x-osfp, M1: 1000base-t}}
  racks:
    row: {count: %[2]d, units: 48}
  fabrics:
    backend:
      switches:
        leaf:
          role: leaf
          type: sw
          railsPerLeaf: 1
          zones:
            server: {ports: 1-32, breakout: 2x400}
            uplink: {ports: 33-64, breakout: 1x800, uplinkTo: spine/down}
        spine:
          role: border
          type: sw
          zones: {down: {ports: 1-64, breakout: 1x800}}
    frontend:
      switches:
        leaf:
          role: leaf
          type: sw
          zones: {server: {ports: 1-64, breakout: 4x200}}
  nodes:
    gpu:
      count: %[1]d
      type: gpu
      rack: {pool: row, per: 32, fromU: 1}
      nics:
        "be{0-7}": {ports: [port0]}
        fe: {ports: [p0, p1]}
      links:
        rails: {from: "be{0-7}", to: backend.leaf/server, spread: rail}
        front: {from: fe, to: frontend.leaf/server, spread: alternate}
`, servers, (servers+31)/32)
}

// BenchmarkGenerate grows the plan; what a node costs, beside what one of 1,024
// costs, tells how far the growth is from linear.
func BenchmarkGenerate(b *testing.B) {
	var small float64
	for _, n := range []int{1024, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			plan := MustLoad(b, railPlan(n))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := generate.Generate(plan, nil); err != nil {
					b.Fatal(err)
				}
			}
			node := float64(b.Elapsed().Nanoseconds()) / float64(b.N) / float64(n)
			if small == 0 {
				small = node
			}
			b.ReportMetric(node, "ns/node")
			b.ReportMetric(node/small, "x-node-of-1024")
		})
	}
}

// BenchmarkBreakouts makes one cable of the lanes of each port; what a node costs, beside what one of
// 1,024 costs, tells how far the growth is from linear.
func BenchmarkBreakouts(b *testing.B) {
	var small float64
	for _, n := range []int{1024, 4096, 16_384} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			plan := MustLoad(b, strings.Replace(railPlan(n), "  site: lab", "  site: lab\n  interfaces: {parents: true, profiles: true}", 1))
			for b.Loop() {
				if topo, err := generate.Generate(plan, nil); err != nil || len(topo.Breakouts) == 0 {
					b.Fatal(err)
				}
			}
			node := float64(b.Elapsed().Nanoseconds()) / float64(b.N) / float64(n)
			if small == 0 {
				small = node
			}
			b.ReportMetric(node, "ns/node")
			b.ReportMetric(node/small, "x-node-of-1024")
		})
	}
}

// BenchmarkValidate reads and checks a plan of 1,024 servers, as diet validate does.
func BenchmarkValidate(b *testing.B) {
	text := railPlan(1024)
	for b.Loop() {
		if r := generate.Check(MustLoad(b, text)); len(r.Findings)+len(r.Warnings) != 0 {
			b.Fatal(r.Findings, r.Warnings)
		}
	}
}
