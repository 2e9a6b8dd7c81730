package engine_test

import (
	"net/http"
	"os"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
)

// BenchmarkNoOp is a second apply of the demo's estate of 110 devices and 338
// cables on the sandbox: nothing is written. The baseline is the diff alone.
func BenchmarkNoOp(b *testing.B) {
	w := setup(b, "4.6")
	data, err := os.ReadFile("../testdata/plan/web-96.yaml")
	if err != nil {
		b.Fatal(err)
	}
	plan, err := generate.Load("web-96.yaml", data)
	if err != nil {
		b.Fatal(err)
	}
	w.apply(plan)
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
	})
	b.Run("diff-alone", func(b *testing.B) {
		for b.Loop() {
			if _, err := w.eng.Diff(b.Context(), plan); err != nil {
				b.Fatal(err)
			}
		}
	})
}
