package draw_test

import (
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/draw"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/generatetest"
)

// MustElevation sorts a topology into its racks.
func MustElevation(tb testing.TB, topo *generate.Topology, opts draw.ElevationOptions) *draw.Elevation {
	tb.Helper()
	e, err := draw.NewElevation(topo, opts)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

func TestElevationGolden(t *testing.T) {
	t.Parallel()
	topo := shuffled(generatetest.FromFile(t, "testdata/odd.yaml"))
	golden(t, "odd.racks.svg", written(t, MustElevation(t, topo, draw.ElevationOptions{}).SVG))
}

// TestElevationWhole checks that each device of a rack is there once: in a slot at
// its position, or among those without one.
func TestElevationWhole(t *testing.T) {
	t.Parallel()
	for _, file := range plans(t) {
		topo := generatetest.FromFile(t, file)
		seen := map[string]float64{} // by rack and device: the position
		note := func(rack, name string, position float64) {
			if _, twice := seen[rack+" "+name]; twice {
				t.Errorf("%s: %s is twice in %s", file, name, rack)
			}
			seen[rack+" "+name] = position
		}
		for _, r := range MustElevation(t, topo, draw.ElevationOptions{}).Racks {
			for _, s := range r.Slots {
				note(r.ID, s.Name, s.Position)
				if top := s.Position - 1 + s.Height; s.Height <= 0 || top > float64(r.Units) {
					t.Errorf("%s: %s ends at %g of %d units", file, s.Name, top, r.Units)
				}
			}
			for _, p := range r.Unplaced {
				note(r.ID, p.Name, 0)
			}
		}
		for _, d := range topo.Devices {
			if d.Rack == "" {
				continue
			}
			if position, ok := seen[d.Rack+" "+d.Name]; !ok || position != d.Position {
				t.Errorf("%s: %s is at %g in %s, want %g", file, d.Name, position, d.Rack, d.Position)
			}
			delete(seen, d.Rack+" "+d.Name)
		}
		if len(seen) > 0 {
			t.Errorf("%s: nobody put %v there", file, seen)
		}
	}
}

func TestElevationChoice(t *testing.T) {
	t.Parallel()
	topo := generatetest.FromFile(t, "testdata/odd.yaml")
	for _, test := range []struct {
		opts draw.ElevationOptions
		want string // names, or the error
	}{
		{draw.ElevationOptions{}, "a-01 a-02 b-01"},
		{draw.ElevationOptions{Racks: []string{"a-02"}}, "a-02"},
		{draw.ElevationOptions{Pools: []string{"a"}}, "a-01 a-02"},
		{draw.ElevationOptions{Racks: []string{"a-01"}, Pools: []string{"b"}}, "a-01 b-01"},
		{draw.ElevationOptions{Racks: []string{"a"}}, `find rack "a": there are a-01, a-02, b-01`},
		{draw.ElevationOptions{Pools: []string{"c"}}, `find pool "c": there are a, b`},
	} {
		var names []string
		e, err := draw.NewElevation(topo, test.opts)
		if err != nil {
			names = append(names, err.Error())
		} else {
			for _, r := range e.Racks {
				names = append(names, r.Name)
			}
		}
		if got := strings.Join(names, " "); got != test.want {
			t.Errorf("%+v chooses %s, want %s", test.opts, got, test.want)
		}
	}
}

// TestElevationPages draws one row of racks after the other.
func TestElevationPages(t *testing.T) {
	t.Parallel()
	topo := generatetest.FromFile(t, "../../testdata/plan/gpu-128-rail.yaml")
	var names []string
	for page := 1; page <= 3; page++ {
		e := MustElevation(t, topo, draw.ElevationOptions{PerPage: 8, Page: page})
		for _, r := range e.Racks {
			names = append(names, r.Name)
		}
		if want := []int{8, 8, 4}[page-1]; len(e.Racks) != want {
			t.Errorf("page %d has %d racks", page, len(e.Racks))
		}
	}
	if len(names) != 20 || names[0] != "sjc1-compute-01" || names[19] != "sjc1-network-04" {
		t.Errorf("racks %v", names)
	}
	_, err := draw.NewElevation(topo, draw.ElevationOptions{PerPage: 8, Page: 4})
	if err == nil || err.Error() != "find page 4 of the racks: there are 3" {
		t.Error(err)
	}
}

// TestRears draws the rear of a rack only where it shows what the front does not.
func TestRears(t *testing.T) {
	t.Parallel()
	svg := written(t, MustElevation(t, generatetest.FromFile(t, "../../testdata/plan/gpu-128-rail.yaml"), draw.ElevationOptions{}).SVG)
	if strings.Contains(svg, ">rear<") {
		t.Error("a rear is drawn where all is of full depth")
	}
	odd := MustElevation(t, generatetest.FromFile(t, "testdata/odd.yaml"), draw.ElevationOptions{})
	want := 0
	for i := range odd.Racks {
		if odd.Racks[i].RearDiffers() {
			want++
		}
	}
	if got := strings.Count(written(t, odd.SVG), ">rear<"); got != want || want == 0 {
		t.Errorf("%d rears are drawn, want %d", got, want)
	}
}

// TestElevationUsed counts a unit with devices on both faces once.
func TestElevationUsed(t *testing.T) {
	t.Parallel()
	r := draw.RackElevation{Units: 10, Slots: []draw.Slot{
		{Position: 1, Height: 2, Face: "front"}, {Position: 2, Height: 1, Face: "rear"}, {Position: 4.5, Height: 0.5, Face: "front"},
	}}
	if got := r.Used(); got != 2.5 {
		t.Errorf("%g units are used, want 2.5", got)
	}
}

func TestElevationWithoutRacks(t *testing.T) {
	t.Parallel()
	topo := generatetest.FromFile(t, "../../testdata/plan/ux-case-small-mclag.yaml")
	if svg := written(t, MustElevation(t, topo, draw.ElevationOptions{}).SVG); !strings.Contains(svg, "The plan has no racks.") {
		t.Error(svg)
	}
	_, err := draw.NewElevation(topo, draw.ElevationOptions{Racks: []string{"r"}})
	if err == nil || err.Error() != `find rack "r": there are none` {
		t.Error(err)
	}
}
