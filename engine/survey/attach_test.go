package survey_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/survey"
	"github.com/diet-project/diet/generate/generatetest"
)

// TestSketchAttaches has a site with a switch in each rack, of whose cables one is missing: the plan binds nodes
// to the switch of their own rack. One node that is cabled to the next rack keeps that from being said.
func TestSketchAttaches(t *testing.T) {
	t.Parallel()
	for _, across := range []bool{false, true} {
		name := map[bool]string{false: "own rack", true: "one across"}[across]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			topo := generatetest.FromText(t, twins)
			site, is := built(topo, schemes["from 0, full names"], func() bool { return true })
			var mgmt []*survey.Cable
			for i := range site.Cables {
				x := &site.Cables[i]
				if x.BName == "" || !strings.HasPrefix(is[fmt.Sprint("interface", x.A)], "twins/dc.mgmt") &&
					!strings.HasPrefix(is[fmt.Sprint("interface", x.B)], "twins/dc.mgmt") {
					continue
				}
				if strings.HasPrefix(is[fmt.Sprint("interface", x.A)], "twins/dc.mgmt") {
					x.A, x.AName, x.ADevice, x.B, x.BName, x.BDevice = x.B, x.BName, x.BDevice, x.A, x.AName, x.ADevice
				}
				mgmt = append(mgmt, x)
			}
			first, last := mgmt[0], mgmt[len(mgmt)-1]
			if across {
				a, b := *first, *last
				first.B, first.BName, first.BDevice = b.B, b.BName, b.BDevice
				last.B, last.BName, last.BDevice = a.B, a.BName, a.BDevice
			}
			pulled := mgmt[len(mgmt)/2].ID
			site.Cables = slices.DeleteFunc(site.Cables, func(x survey.Cable) bool { return x.ID == pulled })
			drawn, err := survey.Sketch(site, "ams2")
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Count(drawn.Plan, "attach: rack"); got != map[bool]int{false: 1, true: 0}[across] {
				t.Errorf("%d classes attach by rack\n%s", got, drawn.Plan)
			}
		})
	}
}
