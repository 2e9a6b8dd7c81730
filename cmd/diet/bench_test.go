package main

import (
	"os/exec"
	"strings"
	"testing"
)

// BenchmarkStart is the start-up of the whole program, beside that of one that
// does nothing.
func BenchmarkStart(b *testing.B) {
	var nothing float64
	for _, argv := range [][]string{{"true"}, {"diet", "version"}} {
		b.Run(strings.Join(argv, "-"), func(b *testing.B) {
			for b.Loop() {
				if err := exec.Command(argv[0], argv[1:]...).Run(); err != nil {
					b.Fatal(err)
				}
			}
			perOp := float64(b.Elapsed()) / float64(b.N)
			if nothing == 0 {
				nothing = perOp
				return
			}
			b.ReportMetric(perOp/nothing, "x-true")
		})
	}
}
