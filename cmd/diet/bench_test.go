package main

import (
	"os/exec"
	"testing"
)

// BenchmarkStart is the start-up of the whole program, beside that of one that
// does nothing.
func BenchmarkStart(b *testing.B) {
	for name, argv := range map[string][]string{"diet-version": {"diet", "version"}, "true": {"true"}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := exec.Command(argv[0], argv[1:]...).Run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
