package generate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/generate"
)

// TestMovedLags has the LAGs of switches known by all ids that they had, whichever key was renamed first:
// those of the node, its link, the switch and both their plans.
func TestMovedLags(t *testing.T) {
	t.Parallel()
	values := strings.NewReplacer("COUNT", "2", "LANES", "2x400", "LAG", "mclag", "SPREAD", "pack")
	for name, tc := range map[string]struct{ moved, to, from string }{
		"a class":           {"{from: old, to: web}", "p/f.leaf[1]/lag:web[2].data", "p/f.leaf[1]/lag:old[2].data"},
		"a fabric":          {"{from: dc, to: f}", "p/f.leaf[1]/lag:web[2].data", "p/dc.leaf[1]/lag:web[2].data"},
		"a node":            {"{from: 'old[7]', to: 'web[2]'}", "p/f.leaf[1]/lag:web[2].data", "p/f.leaf[1]/lag:old[7].data"},
		"another node":      {"{from: 'old[7]', to: 'web[1]'}", "p/f.leaf[1]/lag:web[2].data", ""},
		"a switch":          {"{from: 'dc.leaf[9]', to: 'f.leaf[1]'}", "p/f.leaf[1]/lag:web[2].data", "p/dc.leaf[9]/lag:web[2].data"},
		"a link":            {"{from: web/lag:front, to: web/lag:data}", "p/f.leaf[1]/lag:web[2].data", "p/f.leaf[1]/lag:web[2].front"},
		"a NIC called lag":  {"{from: web/lag, to: web/x}", "p/web[2]/lag:data", ""},
		"a class once more": {"{from: older, to: old}, {from: old, to: web}", "p/f.leaf[1]/lag:web[2].data", "p/f.leaf[1]/lag:older[2].data"},
		"both":              {"{from: old, to: web}, {from: dc, to: f}", "p/f.leaf[1]/lag:web[2].data", "p/dc.leaf[1]/lag:old[2].data"},
		"both, one done":    {"{from: old, to: web}, {from: dc, to: f}", "p/f.leaf[1]/lag:web[2].data", "p/f.leaf[1]/lag:old[2].data"},
		"both, another":     {"{from: old, to: web}, {from: dc, to: f}", "p/f.leaf[1]/lag:web[2].data", "p/dc.leaf[1]/lag:web[2].data"},
		"a plan":            {"{from: lab/old, to: web}, {from: lab/dc, to: f}", "p/f.leaf[1]/lag:web[2].data", "lab/dc.leaf[1]/lag:old[2].data"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(values.Replace(bundled), "  fabrics:", "  moved: ["+tc.moved+"]\n  fabrics:", 1)
			topo, err := generate.Generate(load(t, text), nil)
			if err != nil {
				t.Fatal(err)
			}
			var from []string
			for _, m := range topo.Moved {
				if m.To == tc.to {
					from = append(from, m.From)
				}
			}
			if tc.from == "" && len(from) > 0 || tc.from != "" && !slices.Contains(from, tc.from) {
				t.Errorf("%s was %q, want %q", tc.to, from, tc.from)
			}
			if slices.Contains(from, tc.to) || len(slices.Compact(slices.Sorted(slices.Values(from)))) != len(from) {
				t.Errorf("%s was %q", tc.to, from)
			}
		})
	}
}
