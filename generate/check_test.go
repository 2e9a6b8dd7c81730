package generate_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/natural"
)

func TestCheckReports(t *testing.T) {
	t.Parallel()
	r := generate.Check(MustLoad(t, readPlan(t, web)))
	if len(r.Findings) != 0 {
		t.Fatalf("findings: %v", r.Findings)
	}
	if want := (generate.Counts{Racks: 4, Devices: 110, Interfaces: 676, Cables: 338}); r.Counts != want {
		t.Errorf("the counts are %+v, want %+v", r.Counts, want)
	}
	switches := []generate.ClassUse{{Class: "dc.leaf", Count: 8}, {Class: "dc.spine", Count: 2}, {Class: "oob.tor", Count: 4}}
	if !reflect.DeepEqual(r.Switches, switches) {
		t.Errorf("the switches are %+v", r.Switches)
	}
	for _, want := range []generate.ZoneUse{
		{Zone: "dc.leaf/server", Kind: "access", Switches: 8, PerEach: 48, Demand: 192, Capacity: 384},
		{Zone: "dc.leaf/uplink", Kind: "uplink", Switches: 8, PerEach: 4, Demand: 32, Capacity: 32},
		{Zone: "dc.leaf/peer", Kind: "peer", Switches: 8, PerEach: 2, Demand: 16, Capacity: 16},
		{Zone: "oob.tor/copper", Kind: "access", Switches: 4, PerEach: 48, Demand: 106, Capacity: 192},
	} {
		if !slices.Contains(r.Zones, want) {
			t.Errorf("no %+v in %+v", want, r.Zones)
		}
	}
	// 192 lanes of 25 Gb/s against 32 of 100.
	if f := r.Fabrics[0]; f.Fabric != "dc" || f.Down != 4800 || f.Up != 3200 || f.Ratio != 1.5 || !f.Managed {
		t.Errorf("the fabric is %+v", f)
	}
	if f := r.Fabrics[1]; f.Fabric != "oob" || f.Managed || f.Ratio != 0 {
		t.Errorf("the fabric is %+v", f)
	}
}

func TestCheckReportsDeficits(t *testing.T) {
	t.Parallel()
	r := generate.Check(MustLoad(t, edit(t, small, "role: leaf", "role: leaf\n          count: 1", "count: 4", "count: 40")))
	if len(r.Findings) != 1 || len(r.Zones) != 1 {
		t.Fatalf("the report is %+v", r)
	}
	want := generate.ZoneUse{Zone: "fe.leaf/server", Kind: "access", Switches: 1, PerEach: 32, Demand: 80, Capacity: 32, Deficit: 48}
	if r.Zones[0] != want {
		t.Errorf("the zone is %+v, want %+v", r.Zones[0], want)
	}
}

// TestCatalog checks what is ensured, what must exist, and the interface types.
func TestCatalog(t *testing.T) {
	t.Parallel()
	topo := MustGenerate(t, MustLoad(t, everything), nil)
	checkSound(t, topo)
	types := map[string]generate.DeviceType{}
	for _, d := range topo.DeviceTypes {
		types[d.Slug] = d
	}
	if sw := types["sw"]; !sw.Ensure || sw.FullDepth || sw.Model != "S" || sw.Manufacturer != "acme" ||
		len(sw.Ports) != 65 || sw.Ports[0].Name != "E1/1" || sw.Ports[1].Name != "E1/2" {
		t.Errorf("the type is %+v", sw)
	}
	if srv, oob := types["srv"], types["oob-sw"]; srv.Ensure || oob.Ensure || oob.Slug != "oob-sw" {
		t.Errorf("the types that must exist are %+v and %+v", srv, oob)
	}
	roles := map[string]generate.Role{}
	for _, r := range topo.Roles {
		roles[r.Slug] = r
	}
	if r := roles["leaf"]; !r.Ensure || r.Name != "Leaf" || r.Color != "112233" {
		t.Errorf("the role is %+v", r)
	}
	if r := roles["server"]; !r.Ensure || r.Name != "Server" || r.Color == "" {
		t.Errorf("the role is %+v", r)
	}
	if roles["oob"].Ensure {
		t.Error("the role without a body is ensured")
	}
	if want := []generate.Manufacturer{{Slug: "acme", Name: "Acme Inc", Ensure: true}}; !slices.Equal(topo.Manufacturers, want) {
		t.Errorf("the manufacturers are %+v", topo.Manufacturers)
	}
	if want := (generate.Site{Slug: "lab", Name: "The lab", Region: "eu"}); topo.Site != want {
		t.Errorf("the site is %+v", topo.Site)
	}
	ports := map[string]generate.Interface{}
	for _, i := range topo.Interfaces {
		ports[i.ID] = i
	}
	for id, want := range map[string][2]any{
		"all/fe.leaf[1]/1:1":   {"200gbase-x-qsfp56", 200},  // broken out: by the speed
		"all/fe.leaf[1]/31":    {"800gbase-x-osfp", 800},    // by the catalog
		"all/fe.leaf[1]/M1":    {"1000base-t", 1},           // by the catalog
		"all/gpu[1]/fe.p0":     {"200gbase-x-qsfp112", 200}, // by the module
		"all/gpu[1]/be0.port0": {"400gbase-x-osfp", 400},    // by the NIC
		"all/oob.sw[1]/1":      {"1000base-t", 1},           // by the speed
	} {
		if p := ports[id]; p.Type != want[0] || p.Speed != want[1] {
			t.Errorf("%s is %s at %d, want %v", id, p.Type, p.Speed, want)
		}
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	topo := MustGenerate(t, MustLoad(t, everything), nil)
	for _, d := range topo.Devices {
		switch d.ID {
		case "all/gpu[1]":
			if *d.Description != "one" || *d.Tenant != "ops" || *d.Platform != "" || !slices.Equal(d.Tags, []string{"diet", "server"}) {
				t.Errorf("the node is %+v", d)
			}
			want := map[string]any{"team": "other", "cost": 3, "list": []any{"a", 1}, "deep": map[string]any{"x": "1"}, "none": nil}
			if !reflect.DeepEqual(d.CustomFields, want) {
				t.Errorf("the custom fields are %#v", d.CustomFields)
			}
			if d.DeletionPolicy != "delete" || d.Status != "active" {
				t.Errorf("the node is %+v", d)
			}
		case "all/fe.leaf[3]":
			if *d.Description != "leaf 3" || !slices.Equal(d.Tags, []string{"x"}) || d.Name != "leaf-3" || d.Redundancy != "mclag" || d.Group != 1 {
				t.Errorf("the switch is %+v", d)
			}
		}
	}
	plain := MustGenerate(t, MustLoad(t, small), nil).Devices[0]
	if plain.Description != nil || plain.Tenant != nil || plain.Tags != nil || plain.CustomFields != nil || plain.Status != "planned" {
		t.Errorf("what is not stated is %+v", plain)
	}
	for _, c := range topo.Cables {
		if c.ID == "all/gpu[1]/fe.p0~" &&
			(*c.Type != "aoc" || *c.Color != "00ff00" || *c.Length != 3.5 || *c.LengthUnit != "m" || c.Status != "connected") {
			t.Errorf("the cable is %+v", c)
		}
	}
}

func TestNaturalOrder(t *testing.T) {
	t.Parallel()
	got := []string{"é", "b_", "be-10", "be-2", "be2", "be1x", "ab", "a-1", "a10", "a02", "a2", "a1", "a", "2", "1"}
	slices.SortFunc(got, natural.Compare)
	want := []string{"1", "2", "a", "a1", "a02", "a2", "a10", "a-1", "ab", "b_", "be1x", "be2", "be-2", "be-10", "é"}
	if !slices.Equal(got, want) {
		t.Errorf("the order is %q, want %q", got, want)
	}
}

func TestBraces(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"be":           {"be"},
		"be{0-2}":      {"be0", "be1", "be2"},
		"p{a,c}":       {"pa", "pc"},
		"{08-10}x":     {"08x", "09x", "10x"},
		"{0-1}{a,b}":   {"0a", "0b", "1a", "1b"},
		"n{1,3-4}:{x}": {"n1:x", "n3:x", "n4:x"},
		"{2-1}":        nil,
		"{":            nil,
		"}":            nil,
		"{}":           nil,
		"{{1}}":        nil,
	} {
		got, err := generate.ExpandBraces(text)
		if !slices.Equal(got, want) || (err == nil) != (want != nil) {
			t.Errorf("%q expands to %q, %v", text, got, err)
		}
	}
}

func TestPorts(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string][]int{
		"1":              {1},
		"1-3":            {1, 2, 3},
		"1-7:3":          {1, 4, 7},
		"1-8:3":          {1, 4, 7},
		"5, 1-3:2 ,3":    {1, 3, 5},
		"26,28,30,38-40": {26, 28, 30, 38, 39, 40},
		"":               nil,
		"1-":             nil,
		"3-1":            nil,
		"1-3:0":          nil,
		"1:2":            nil,
		"a":              nil,
		"-1":             nil,
		"1,,2":           nil,
	} {
		got, err := generate.ParsePorts(spec)
		if !slices.Equal(got, want) || (err == nil) != (want != nil) {
			t.Errorf("%q is %v, %v", spec, got, err)
		}
	}
}

func TestCheckKeys(t *testing.T) {
	t.Parallel()
	text := readPlan(t, web)
	plan, other := MustLoad(t, text), MustLoad(t, strings.Replace(text, "name: web96", "name: other", 1))
	if got := generate.CheckKeys([]*generate.Plan{plan, other}); got != nil {
		t.Errorf("two names: %v", got)
	}
	if got := generate.CheckKeys([]*generate.Plan{plan, other, plan}); len(got) != 1 || got[0].Path != "metadata.name" {
		t.Errorf("one name twice: %v", got)
	}
}
