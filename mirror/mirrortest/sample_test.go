package mirrortest_test

import (
	"fmt"
	"testing"

	"github.com/diet-project/diet/mirror/mirrortest"
)

// TestEachCaseIsInOneSample plays the samples of a soak: each case is in one of them, and a case with its parts.
func TestEachCaseIsInOneSample(t *testing.T) {
	if t.Setenv("DIET_SAMPLE", ""); !mirrortest.InSample("TestX/a") {
		t.Error("without a sample a case is left out")
	}
	played := map[string]int{}
	for n := range 4 {
		t.Setenv("DIET_SAMPLE", fmt.Sprintf("%d/4", n+1))
		for c := range 100 {
			if name := fmt.Sprintf("TestX/case %d", c); mirrortest.InSample(name) {
				played[name]++
			}
		}
	}
	if len(played) != 100 {
		t.Errorf("%d of 100 cases are played", len(played))
	}
	for name, n := range played {
		if n != 1 {
			t.Errorf("%s is played %d times", name, n)
		}
	}
}

// TestSampledSkipsCases skips a case with all its parts or none of it, and never a test.
func TestSampledSkipsCases(t *testing.T) {
	t.Setenv("DIET_SAMPLE", "1/2")
	mirrortest.Sampled(t)
	ran, parts := 0, 0
	for c := range 32 {
		t.Run(fmt.Sprint("case ", c), func(t *testing.T) {
			mirrortest.Sampled(t)
			ran++
			for range 2 {
				t.Run("part", func(t *testing.T) {
					mirrortest.Sampled(t)
					parts++
				})
			}
		})
	}
	if ran == 0 || ran == 32 || parts != 2*ran {
		t.Errorf("%d cases of 32 ran, with %d parts", ran, parts)
	}
}
