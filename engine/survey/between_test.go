package survey_test

import (
	"slices"
	"testing"

	"github.com/diet-project/diet/engine/survey"
)

// TestCablesBetweenNodes counts each cable between nodes of a class once.
func TestCablesBetweenNodes(t *testing.T) {
	t.Parallel()
	site := &survey.Site{Slug: "ams2", Name: "ams2", Types: []survey.Type{{Slug: "acme-s", Model: "S", Maker: "acme"}}}
	for i, name := range []string{"srv-1", "srv-2"} {
		n := int64(i + 1)
		site.Devices = append(site.Devices, survey.Device{ID: n, Name: name, Role: "server", Type: "acme-s"})
		site.Ports = append(site.Ports,
			survey.Port{Device: n, ID: 10 + n, Kind: "interface", Name: "p0"}, survey.Port{Device: n, ID: 20 + n, Kind: "interface", Name: "p1"})
	}
	cable := func(id, a, b int64, name string) survey.Cable {
		return survey.Cable{
			ID: id, AKind: "interface", A: a, AName: name, ADevice: 1, BKind: "interface", B: b, BName: name, BDevice: 2,
		}
	}
	for n, want := range []string{
		"srv and srv: 1 cable between nodes is no plan's; it is left alone.",
		"srv and srv: 2 cables between nodes are no plan's; they are left alone.",
	} {
		site.Cables = []survey.Cable{cable(1, 11, 12, "p0"), cable(2, 21, 22, "p1")}[:n+1]
		drawn, err := survey.Sketch(site, site.Slug)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(drawn.Notes, want) {
			t.Errorf("%q, want %q", drawn.Notes, want)
		}
	}
}
