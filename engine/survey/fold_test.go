package survey_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/survey"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/generatetest"
)

// hurt pulls a share of the cables of a site, and gives some of the devices names that tell nothing.
func hurt(site *survey.Site, random *rand.Rand, cables, names float64) {
	site.Cables = slices.DeleteFunc(site.Cables, func(survey.Cable) bool { return random.Float64() < cables })
	for i := range site.Devices {
		if random.Float64() < names {
			site.Devices[i].Name = fmt.Sprintf("odd-%d-x", site.Devices[i].ID)
		}
	}
}

// TestSketchDamaged has fabrics that lost cables and names. What is called otherwise is of the class that it was
// of, and the number that it was, or by itself; the fabric is one, and nearly all that is there is in the plan.
func TestSketchDamaged(t *testing.T) {
	t.Parallel()
	text := func(name string) string {
		out, err := os.ReadFile(filepath.Join("../../testdata", name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	for _, tt := range []struct {
		name, plan    string
		cables, names float64
		seeds         uint64
	}{
		{"clos", text("site/clos"), 0, 0.1, 4},
		{"clos", text("site/clos"), 0.3, 0.1, 4},
		{"clos", text("site/clos"), 0.4, 0.15, 4},
		{"mesh", text("plan/training-xoc64-1xopg64-mesh-conv-ro"), 0, 0.1, 2},
		{"rails", text("plan/training-opg128-clos-ro"), 0, 0.1, 2},
	} {
		topo := generatetest.FromText(t, tt.plan)
		for seed := range tt.seeds {
			t.Run(fmt.Sprintf("%s, %g of the cables, %g of the names, %d", tt.name, tt.cables, tt.names, seed), func(t *testing.T) {
				t.Parallel()
				site, is := built(topo, styles["as planned"], func() bool { return true })
				hurt(site, rand.New(rand.NewPCG(seed, 3)), tt.cables, tt.names)
				drawn, plan := sketched(t, site)
				sameAs(t, drawn.Entries, is)
				if got := kept(t, plan, site, drawn.Entries); 10*got < 9*len(site.Cables) {
					t.Errorf("%d of %d cables are in the plan: %q\n%s", got, len(site.Cables), drawn.Notes, drawn.Plan)
				}
			})
		}
	}
}

// sameAs holds that the devices of a class that have its name, or are folded into it, were of one class, and that
// the latter are the number that they were.
func sameAs(t *testing.T, entries []survey.Entry, is truth) {
	t.Helper()
	was := map[string]string{}
	for _, x := range entries {
		folded := strings.Contains(x.Why, ": it")
		if x.Kind != "device" || strings.HasPrefix(x.Called, "odd-") && !folded {
			continue
		}
		class, object := generate.ClassOf(x.Object), is[fmt.Sprint(x.Kind, x.ID)]
		if was[class] == "" {
			was[class] = generate.ClassOf(object)
		}
		if was[class] != generate.ClassOf(object) || folded && ordinal(x.Object) != ordinal(object) {
			t.Errorf("%s was %s, and is %s, as %s are: %s", x.Called, object, x.Object, was[class], x.Why)
		}
		if folded && x.Name != "netbox" {
			t.Errorf("%s does not keep its name", x.Called)
		}
	}
}

// ordinal is the number in an object id.
func ordinal(id string) string { return id[strings.LastIndex(id, "["):] }
