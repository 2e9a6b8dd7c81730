package survey_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/survey"
	"github.com/diet-project/diet/generate"
)

// TestSketchOfDamagedPlans has the fabrics of our plans, rails and meshes among them, lose a third of their cables and
// an eighth of their names: nine of ten cables that are left are in the plan that is made of them, over all seeds, and
// few are told to be otherwise.
func TestSketchOfDamagedPlans(t *testing.T) {
	t.Parallel()
	for plan, topo := range plans(t) {
		t.Run(plan, func(t *testing.T) {
			t.Parallel()
			there, in := 0, 0
			for seed := range uint64(2) {
				random := rand.New(rand.NewPCG(seed, 11))
				site, _ := built(topo, styles["as planned"], func() bool { return true })
				left := site.Cables[:0:0]
				for _, x := range site.Cables {
					if random.IntN(100) >= 35 {
						left = append(left, x)
					}
				}
				site.Cables = left
				for i := range site.Devices {
					if random.IntN(100) < 12 {
						site.Devices[i].Name = fmt.Sprintf("odd-%d-x", i)
					}
				}
				drawn, err := survey.Sketch(site, site.Slug)
				if err != nil {
					t.Fatal(err)
				}
				made, err := generate.Load("plan.yaml", []byte(drawn.Plan))
				if err != nil {
					t.Fatal(err)
				}
				got := kept(t, made, site, drawn.Entries)
				there, in = there+len(left), in+got
				t.Logf("%d of %d cables\n%s", got, len(left), strings.Join(drawn.Notes, "\n"))
			}
			if 10*in < 9*there {
				t.Errorf("%d of %d cables are in the plans", in, there)
			}
		})
	}
}
