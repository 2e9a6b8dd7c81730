package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestFlaps counts, of each field for itself, how often diet wrote over what a person wrote.
func TestFlaps(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	const remediated = "{remediation: {fields: {description: auto}}}"
	plan := w.planned(strings.Replace(fmt.Sprintf(small, "one", 3), "{deletionPolicy: delete}", remediated, 1))
	w.apply(plan)
	for round := range 3 {
		for n := 1; n <= 3-round; n++ { // each server is fought over once less than the one before
			w.edit("devices", fmt.Sprintf("web/web[%d]", n), `{"description": "hers"}`)
		}
		if round < 2 {
			w.apply(plan)
		}
	}
	w.edit("devices", "web/web[2]", `{"description": "hers"}`)
	w.edit("devices", "web/web[3]", `{"description": "hers"}`)
	p := w.preview(plan)
	for n, want := range map[int]int{1: 2, 2: 2, 3: 1} {
		c := p.Set().Find("device", fmt.Sprintf("web/web[%d]", n))
		if c == nil || len(c.Fields) != 1 || c.Fields[0].Flap == nil {
			t.Fatalf("web[%d]: %+v", n, c)
		}
		if f := c.Fields[0].Flap; f.Times != want || len(f.Writers) != 2 || !slices.Contains(f.Writers, "maria") {
			t.Errorf("web[%d]: %+v, want %d times", n, f, want)
		}
	}
}
