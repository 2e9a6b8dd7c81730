package generate_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/diet-project/diet/generate"
)

// bundled is a plan of a pair of leaves and a single one, with links of every lag.
const bundled = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: p}
spec:
  site: s
  interfaces: {lags: true, parents: true}
  catalog:
    deviceTypes:
      leaf: {manufacturer: m, model: Leaf, ports: {"E1/{1-64}": 800gbase-x-osfp}}
  fabrics:
    f:
      switches:
        leaf: {role: leaf, type: leaf, group: 2, zones: {a: {ports: 1-16, breakout: LANES}, b: {ports: 17-40, breakout: 1x800}}}
  nodes:
    web:
      count: COUNT
      type: server
      nics: {x: {ports: [p0, p1, p2, p3]}, y: {ports: [p0, p1]}}
      links:
        data: {from: x, to: f.leaf/a, spread: alternate, lag: LAG}
        store: {from: y, to: f.leaf/b, spread: SPREAD, lag: bundle}
`

// TestLags holds for all kinds of LAGs: each port of a link with one is a member, on both
// ends, of a LAG of its own device; no two interfaces of a device have one name; the LAGs of a
// link have one number in a domain, and no others have it.
func TestLags(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 1))
		pick := func(list ...string) string { return list[r.IntN(len(list))] }
		lag := pick("bundle", "mclag", "eslag")
		lanes := pick("1x800", "2x400", "4x200")
		values := strings.NewReplacer("COUNT", fmt.Sprint(1+r.IntN(7)), "LANES", lanes, "LAG", lag, "SPREAD", pick("pack", "alternate"))
		text := values.Replace(bundled)
		topo, err := generate.Generate(load(t, text), nil)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		of, named := map[string]generate.Interface{}, map[string]string{}
		for _, i := range topo.Interfaces {
			if other := named[i.Device+" "+i.Name]; other != "" {
				t.Errorf("seed %d: %s and %s are both %s", seed, other, i.ID, i.Name)
			}
			of[i.ID], named[i.Device+" "+i.Name] = i, i.ID
		}
		members, numbers := map[string]int{}, map[string]string{}
		for _, c := range topo.Cables {
			a, b := of[c.A], of[c.B]
			for _, i := range []generate.Interface{a, b} {
				if l := of[i.Bundle]; l.Type != "lag" || l.Device != i.Device {
					t.Errorf("seed %d: %s is a member of %q, %+v", seed, i.ID, i.Bundle, l)
				}
				members[i.Bundle]++
			}
			if lag == "bundle" || !strings.HasSuffix(a.Bundle, "lag:data") {
				continue
			}
			domain := a.Bundle + " " + pairOf(b.Device)
			if n := numbers[domain]; n != "" && n != of[b.Bundle].Name {
				t.Errorf("seed %d: %s is %s and %s in one domain", seed, a.Bundle, n, of[b.Bundle].Name)
			}
			numbers[domain] = of[b.Bundle].Name
		}
		once := map[string]string{}
		for domain, n := range numbers {
			at := domain[strings.Index(domain, " "):] + n
			if other := once[at]; other != "" {
				t.Errorf("seed %d: %s and %s are both %s", seed, other, domain, n)
			}
			once[at] = domain
		}
		for _, i := range topo.Interfaces {
			if i.Type == "lag" && members[i.ID] == 0 {
				t.Errorf("seed %d: %s has no members", seed, i.ID)
			}
		}
		checkCages(t, topo, of, lanes)
	}
}

// checkCages holds that lanes have the form of their cage and its name as their label, and
// that the ports that are broken out, and they alone, are disabled.
func checkCages(t *testing.T, topo *generate.Topology, of map[string]generate.Interface, lanes string) {
	t.Helper()
	whole := map[string]bool{}
	for _, c := range topo.Cables {
		b := of[c.B]
		port, _, lane := strings.Cut(strings.TrimPrefix(b.ID, b.Device+"/"), ":")
		if !lane {
			if b.Label != "" || b.Disabled {
				t.Errorf("%+v is a whole port", b)
			}
			continue
		}
		_, speed, _ := strings.Cut(lanes, "x")
		if want := speed + "gbase-x-osfp"; b.Type != want && b.Type != speed+"gbase-x-qsfp56" || b.Label != "E1/"+port {
			t.Errorf("%s is %s, labelled %q, want %s", b.ID, b.Type, b.Label, want)
		}
		whole[b.Device+"/"+port] = true
	}
	for _, i := range topo.Interfaces {
		if i.Disabled != whole[i.ID] || i.Disabled && i.Type != "800gbase-x-osfp" {
			t.Errorf("%s: disabled %v, broken out %v", i.ID, i.Disabled, whole[i.ID])
		}
	}
}

// pairOf is the pair that a leaf is one of.
func pairOf(device string) string {
	n := 0
	_, _ = fmt.Sscanf(device[strings.Index(device, "["):], "[%d]", &n)
	return fmt.Sprint((n - 1) / 2)
}

// TestLagNames reports names that would be given twice.
func TestLagNames(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer("COUNT", "1", "LANES", "1x800", "LAG", "mclag", "SPREAD", "pack").Replace(bundled)
	long := strings.Repeat("x", 64)
	for naming, want := range map[string]string{
		"nodeLag: bond":                `the LAG of the link store would be named "bond", as that of the link data`,
		"nodeLag: 'x-p{n-1}'":          `the LAG of the link data would be named "x-p0", as the port x.p0`,
		"switchLag: po":                "the LAGs of a switch would have one name",
		"switchLag: 'po{link}'":        "has no meaning here",
		"nodeLag: 'bond-{link}'":       "",
		"switchLag: 'ae{n}', node: s":  "",
		"switchLag: 'E1/{n}'":          `a LAG of f.leaf would be named "E1/1", as a port of the zone f.leaf/a`,
		"switchLag: 'E1/{n+40}'":       `a LAG of f.leaf would be named "E1/41", as a port of leaf`,
		"switchLag: 'E2/{n}'":          "",
		"switchLag: '" + long + "{n}'": "the name of a LAG has 65 characters",
		"nodeLag: '" + long + "{n}'":   "the name of a LAG has 65 characters",
	} {
		_, err := generate.Generate(load(t, strings.Replace(text, "  site: s\n", "  site: s\n  naming: {"+naming+"}\n", 1)), nil)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", naming, err, want)
		}
	}
}

// TestPortsOfOneName finds a port that is named as a lane of another, or shares its object id.
func TestPortsOfOneName(t *testing.T) {
	t.Parallel()
	const plan = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: p}
spec:
  site: s
  catalog:
    deviceTypes:
      leaf: {manufacturer: m, model: Leaf, breakout: PATTERN, ports: {Foo: 100gbase-x-qsfp28, PORT: 25gbase-x-sfp28}}
  fabrics:
    f: {switches: {leaf: {role: leaf, type: leaf, count: 1, zones: {a: {ports: Foo, breakout: 4x25}, b: {ports: PORT}}}}}
`
	for _, tt := range []struct{ port, pattern, want string }{
		{"Bar", "'{name}:{lane}'", ""},
		{"'Foo:2'", "'{name}/{lane}'", "ports of Foo and of Foo:2 would both have the id f.leaf/Foo:2"},
		{"'Foo/2'", "'{name}/{lane}'", `ports of Foo and of Foo/2 would both be named "Foo/2"`},
		{"Bar", "'" + strings.Repeat("x", 62) + "{name}'", "the name of a port has 65 characters"},
	} {
		text := strings.NewReplacer("PORT", tt.port, "PATTERN", tt.pattern).Replace(plan)
		_, err := generate.Generate(load(t, text), nil)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s, %s: %v, want %q", tt.port, tt.pattern, err, tt.want)
		}
	}
}

// TestPortNamedAsALane makes no interface twice where a vendor calls the first lane of a port, and the
// port itself, by one name.
func TestPortNamedAsALane(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer(
		`manufacturer: m, model: Leaf, ports: {"E1/{1-64}"`, `manufacturer: Arista, model: Leaf, ports: {"Ethernet{1-64}/1"`,
		"ports: 1-16", `ports: "Ethernet{1-16}/1"`, "ports: 17-40", `ports: "Ethernet{17-40}/1"`,
		"COUNT", "6", "LANES", "4x200", "LAG", "mclag", "SPREAD", "alternate",
	).Replace(bundled)
	named := map[string]string{}
	for _, i := range MustGenerate(t, MustLoad(t, text), nil).Interfaces {
		if other := named[i.Device+" "+i.Name]; other != "" {
			t.Errorf("%s and %s are both %s", other, i.ID, i.Name)
		}
		named[i.Device+" "+i.Name] = i.ID
	}
	if named["p/f.leaf[1] Ethernet1/1"] == "" || named["p/f.leaf[1] Ethernet1/2"] == "" {
		t.Errorf("the first lanes are missing: %v", named)
	}
}
