package engine_test

import (
	"net/http"
	"os"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
)

// BenchmarkNoOp is a second apply on the sandbox: nothing is written. Of the demo's
// estate of 110 devices and 338 cables, and of one six times that, which tells how
// it grows. The baseline is the diff alone.
func BenchmarkNoOp(b *testing.B) {
	for _, name := range []string{"web-96"} {
		b.Run(name, func(b *testing.B) { benchmarkNoOp(b, name) })
	}
}

func benchmarkNoOp(b *testing.B, name string) {
	w := setup(b, "4.6")
	data, err := os.ReadFile("../testdata/plan/" + name + ".yaml")
	if err != nil {
		b.Fatal(err)
	}
	plan, err := generate.Load(name+".yaml", data)
	if err != nil {
		b.Fatal(err)
	}
	w.apply(plan)
	var alone float64
	b.Run("diff-alone", func(b *testing.B) {
		for b.Loop() {
			if _, err := w.eng.Diff(b.Context(), plan); err != nil {
				b.Fatal(err)
			}
		}
		alone = float64(b.Elapsed()) / float64(b.N)
	})
	b.Run("apply", func(b *testing.B) {
		requests := 0
		for b.Loop() {
			w.server.ResetRequests()
			result, _, err := w.eng.Apply(b.Context(), plan, engine.ApplyOptions{})
			if err != nil || result.Requests > 0 {
				b.Fatalf("%d writes, %v", result.Requests, err)
			}
			for _, r := range w.server.Requests() {
				if r.Method == http.MethodGet {
					requests++
				}
			}
		}
		b.ReportMetric(float64(requests)/float64(b.N), "requests/op")
		if alone > 0 {
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/alone, "x-diff-alone")
		}
	})
}
