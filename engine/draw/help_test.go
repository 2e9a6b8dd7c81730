package draw_test

import (
	"bytes"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diet-project/diet/generate"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// plans are the files of every plan that tests draw.
func plans(tb testing.TB) []string {
	tb.Helper()
	list, err := filepath.Glob("../../testdata/plan/*.yaml")
	if err != nil || len(list) < 5 {
		tb.Fatalf("%d plans, %v", len(list), err)
	}
	return append(list, "testdata/odd.yaml")
}

// shuffled is the same topology in another order, which nothing may depend on.
func shuffled(t *generate.Topology) *generate.Topology {
	s := *t
	s.Racks, s.Devices = shuffle(t.Racks), shuffle(t.Devices)
	s.Interfaces, s.Cables = shuffle(t.Interfaces), shuffle(t.Cables)
	return &s
}

func shuffle[T any](list []T) []T {
	out := append([]T{}, list...)
	rand.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// written is what a function writes.
func written(tb testing.TB, write func(io.Writer) error) string {
	tb.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// golden compares a text with a file of testdata, or rewrites that.
func golden(tb testing.TB, file, got string) {
	tb.Helper()
	file = filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			tb.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	if got == string(want) {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			tb.Fatalf("%s:%d: got %q; look at what changed, and run make golden", file, i+1, g[i])
		}
	}
	tb.Fatalf("%s has %d lines more than what is written", file, len(w)-len(g))
}
