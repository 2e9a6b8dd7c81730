// Package generatetest makes topologies for tests.
package generatetest

import (
	"os"
	"testing"

	"github.com/diet-project/diet/generate"
)

// FromFile generates a plan from a file.
func FromFile(tb testing.TB, file string) *generate.Topology {
	tb.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	return FromText(tb, string(text))
}

// FromText generates a plan from a text.
func FromText(tb testing.TB, text string) *generate.Topology {
	tb.Helper()
	plan, err := generate.Load("plan.yaml", []byte(text))
	if err != nil {
		tb.Fatalf("load:\n%v\n%s", err, text)
	}
	topo, err := generate.Generate(plan, nil)
	if err != nil {
		tb.Fatalf("generate:\n%v\n%s", err, text)
	}
	return topo
}
