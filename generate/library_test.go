package generate_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/generate"
)

// typesFolder reads the types in testdata.
func typesFolder(more ...generate.File) generate.Files {
	return func(string) ([]generate.File, error) {
		paths, err := filepath.Glob("../testdata/types/*.yaml")
		out := more
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			out = append(out, generate.File{Name: path, Data: data})
		}
		return out, err
	}
}

// importing is a plan of two leaves of a type, of which some ports are broken out.
func importing(model, ports, breakout string) []byte {
	return fmt.Appendf(nil, `
apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: p}
spec:
  site: s
  catalog: {import: [types]}
  fabrics:
    f:
      switches:
        leaf: {role: leaf, type: %q, zones: {down: {ports: %q, breakout: %q}}}
  nodes:
    n: {count: 4, type: voltwerk-sled, nics: {a: {module: Twin 25}}, links: {l: {from: "a:p0", to: f.leaf/down}}}
`, model, ports, breakout)
}

func loadImporting(t *testing.T, data []byte, more ...generate.File) *generate.Plan {
	t.Helper()
	plan, err := generate.LoadWith("plan.yaml", data, typesFolder(more...))
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func TestImportedNames(t *testing.T) {
	t.Parallel()
	for model, want := range map[string]string{
		"NL-8":                 "Ethernet1/1 Ethernet1/2 Ethernet1/3 Ethernet1/4",
		"Made-up E-4":          "Ethernet1/1 Ethernet1/2 Ethernet1/3 Ethernet1/4",
		"Made-up N-4":          "Ethernet1/1/1 Ethernet1/1/2 Ethernet1/1/3 Ethernet1/1/4",
		"Made-up J-4":          "et-0/0/1:0 et-0/0/1:1 et-0/0/1:2 et-0/0/1:3",
		"Made-up D-4":          "ethernet1/1/1:1 ethernet1/1/1:2 ethernet1/1/1:3 ethernet1/1/1:4",
		"made-up-cumulus-like": "swp1s0 swp1s1 swp1s2 swp1s3",
	} {
		topo, err := generate.Generate(loadImporting(t, importing(model, "1", "4x25")), nil)
		if err != nil {
			t.Errorf("%s: %v", model, err)
			continue
		}
		var got []string
		for _, i := range topo.Interfaces {
			if strings.HasPrefix(i.Device, "p/f.leaf") {
				got = append(got, i.Name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", model, got, want)
		}
	}
}

func TestImportedPortThatIsNotThere(t *testing.T) {
	t.Parallel()
	report := generate.Check(loadImporting(t, importing("NL-8", "1-9", "1x25")))
	if len(report.Findings) != 1 || !strings.Contains(report.Findings[0].String(), "has no port 9") ||
		!strings.Contains(report.Findings[0].Hint, "there are 9: Ethernet1, Ethernet2") {
		t.Errorf("%v", report.Findings)
	}
}

// TestImportedPartsAreOrdered: what others refer to comes first.
func TestImportedPartsAreOrdered(t *testing.T) {
	t.Parallel()
	for _, typ := range []string{"NL-8", "Panel 2", "Panel 1", "PDU-3", "Sled Box"} {
		plan := []byte(fmt.Sprintf("apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: p}\n"+
			"spec: {site: s, catalog: {import: [types]}, nodes: {n: {count: 1, type: %q}}}\n", typ))
		topo, err := generate.Generate(loadImporting(t, plan), nil)
		if err != nil {
			t.Fatal(err)
		}
		made := map[generate.Ref]bool{}
		for _, x := range topo.Manufacturers {
			made[generate.Ref{Kind: "manufacturer", Object: x.Slug}] = true
		}
		for _, p := range topo.DeviceTypes[0].Parts {
			for field, v := range p.Fields {
				if ref, ok := v.(generate.Ref); ok && !made[ref] {
					t.Errorf("%s: %s %s refers in %s to %v, which is not there yet", typ, p.Kind, p.Name, field, ref)
				}
			}
			made[generate.Ref{Kind: p.Kind, Object: topo.DeviceTypes[0].Slug + "/" + p.Name}] = true
		}
	}
}

func TestBadImports(t *testing.T) {
	t.Parallel()
	bad := []generate.File{
		{Name: "a.yaml", Data: []byte("manufacturer: A\nmodel: B\nslug: c\nu_height: x\ninterfaces: [{type: other}]\n")},
		{Name: "b.yaml", Data: []byte("manufacturer: A\nmodel: B\nslug: d\ninterfces: []\n")},
		{Name: "c.yaml", Data: []byte("- 1\n")},
		{Name: "d.yaml", Data: []byte("manufacturer: A\nmodel: B\nslug: voltwerk-sled\n")},
		{Name: "e.yaml", Data: []byte("manufacturer: A\nmodel: B\nslug: e\nfront-ports: [{name: F, type: lc, rear_port: R}]\n")},
	}
	plan := loadImporting(t, importing("NL-8", "1-9", "1x25"), bad...)
	if _, err := generate.Generate(plan, nil); strings.Contains(fmt.Sprint(err), "e.yaml") {
		t.Errorf("a file that the plan does not need is in its way: %v", err)
	}
	plan.CheckImports()
	_, err := generate.Generate(plan, nil)
	var found *generate.FindingsError
	if !errors.As(err, &found) {
		t.Fatalf("%v", err)
	}
	seen := map[string]int{}
	for _, f := range found.Findings {
		if seen[f.File]++; f.Line == 0 || f.Hint == "" {
			t.Errorf("no line or no way out: %v", f)
		}
	}
	// The plan's own finding is told too, and d.yaml comes first: its twin is told.
	if len(seen) != len(bad)+1 || seen["plan.yaml"] != 1 || len(found.Findings) != len(bad)+1 {
		t.Errorf("%v", found)
	}
	none := func(string) ([]generate.File, error) { return nil, nil }
	if _, err := generate.LoadWith("p", importing("NL-8", "1", "1x25"), none); err == nil {
		t.Error("an entry that names nothing is taken")
	}
	if plan, err := generate.Load("p", importing("NL-8", "1", "1x25")); err != nil || len(generate.Check(plan).Findings) == 0 {
		t.Error("imports that are not read are taken")
	}
}

// TestImportedTypeIsInTheDigest: a preview is stale where a type that it uses changes.
func TestImportedTypeIsInTheDigest(t *testing.T) {
	t.Parallel()
	digest := func(f ...generate.File) string {
		return loadImporting(t, importing("NL-8", "1", "1x25"), f...).Info().Digest
	}
	other := generate.File{Name: "z.yaml", Data: []byte("manufacturer: A\nmodel: Z\nslug: z\n")}
	nic := generate.File{Name: "z.yaml", Data: []byte("manufacturer: A\nmodel: Twin 50\n")}
	if digest() != digest(other) || digest() == digest(nic) {
		t.Error("the digest is over other types than those that the plan may use")
	}
}

// BenchmarkImport reads 5,000 types of 50 ports each, as every command does and as validate
// does.
func BenchmarkImport(b *testing.B) {
	files := make([]generate.File, 5000)
	for i := range files {
		var s strings.Builder
		fmt.Fprintf(&s, "manufacturer: M\nmodel: T %d\nslug: t-%d\nu_height: 1\nis_full_depth: true\ninterfaces:\n", i, i)
		for p := range 50 {
			fmt.Fprintf(&s, "  - name: Ethernet%d\n    type: 100gbase-x-qsfp28\n", p+1)
		}
		files[i] = generate.File{Name: fmt.Sprint(i, ".yaml"), Data: []byte(s.String())}
	}
	all := func(string) ([]generate.File, error) { return files, nil }
	for name, whole := range map[string]bool{"named": false, "whole": true} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				plan, err := generate.LoadWith("p", importing("T 7", "1", "1x25"), all)
				if err != nil {
					b.Fatal(err)
				}
				if whole {
					plan.CheckImports()
				}
			}
		})
	}
}

// listing is importing with an entry of the catalog for the type's slug.
func listing(model, entry string) []byte {
	text := string(importing(model, "1", "4x25"))
	return []byte(strings.Replace(text, "catalog: {import: [types]}", "catalog: {import: [types], deviceTypes: {"+entry+"}}", 1))
}

func leafPorts(topo *generate.Topology) string {
	var got []string
	for _, i := range topo.Interfaces {
		if strings.HasPrefix(i.Device, "p/f.leaf") {
			got = append(got, i.Name)
		}
	}
	return strings.Join(got, " ")
}

// TestListedOverImported: an entry of the catalog takes from the file what it does not say.
func TestListedOverImported(t *testing.T) {
	t.Parallel()
	for entry, want := range map[string]struct {
		ports  string
		ensure bool
		model  string
	}{
		"null": {"Ethernet1/1/1 Ethernet1/1/2 Ethernet1/1/3 Ethernet1/1/4", false, ""},
		`{breakout: "{name}:{lane-1}"}`: {
			"Ethernet1/1:0 Ethernet1/1:1 Ethernet1/1:2 Ethernet1/1:3", true, "Made-up N-4",
		},
		`{u: 2, breakout: "{name}p{lane:02}"}`: {
			"Ethernet1/1p01 Ethernet1/1p02 Ethernet1/1p03 Ethernet1/1p04", true, "Made-up N-4",
		},
		`{manufacturer: m, model: own}`:                            {"E1/1/1 E1/1/2 E1/1/3 E1/1/4", true, "own"},
		`{manufacturer: m, model: own, breakout: "{name}.{lane}"}`: {"E1/1.1 E1/1.2 E1/1.3 E1/1.4", true, "own"},
	} {
		topo, err := generate.Generate(loadImporting(t, listing("made-up-nxos-like", "made-up-nxos-like: "+entry)), nil)
		if err != nil {
			t.Errorf("%s: %v", entry, err)
			continue
		}
		typ := topo.DeviceTypes[0]
		if got := leafPorts(topo); got != want.ports || typ.Ensure != want.ensure || typ.Model != want.model {
			t.Errorf("%s: %q, type %v %q, want %v", entry, got, typ.Ensure, typ.Model, want)
		}
		if strings.Contains(entry, "u: 2") && typ.UHeight != 2 {
			t.Errorf("the height is %v", typ.UHeight)
		}
	}
}

func TestBadEntriesOverImported(t *testing.T) {
	t.Parallel()
	for entry, want := range map[string]string{
		`made-up-nxos-like: {breakout: "{name}"}`:          "names of lanes hold {name} and {lane}",
		`made-up-nxos-like: {breakout: "{lane}"}`:          "names of lanes hold {name} and {lane}",
		`made-up-nxos-like: {breakout: "{port}/{lane}"}`:   "the placeholder {port} has no meaning here",
		`made-up-nxos-like: {ports: {x: other}}`:           "the ports of an imported type are those of its file",
		`other: {u: 1}`:                                    `"manufacturer" is missing`,
		`other: {manufacturer: m, breakout: "{name}s{n}"}`: `"model" is missing`,
	} {
		report := generate.Check(loadImporting(t, listing("made-up-nxos-like", entry)))
		if !slices.ContainsFunc(report.Findings, func(f generate.Finding) bool { return strings.Contains(f.Message, want) }) {
			t.Errorf("%s: %v, want %s", entry, report.Findings, want)
		}
	}
}

// TestMakersNameLanes: the table of makers.
func TestMakersNameLanes(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ maker, port, first, last string }{
		{"Arista", "Ethernet3", "Ethernet3/1", "Ethernet3/4"},
		{"Cisco", "Ethernet1/3", "Ethernet1/3/1", "Ethernet1/3/4"},
		{"Nokia", "ethernet-1/3", "ethernet-1/3/1", "ethernet-1/3/4"},
		{"Edgecore", "Eth3", "Eth3/1", "Eth3/4"},
		{"NVIDIA", "swp3", "swp3s0", "swp3s3"},
		{"Juniper", "et-0/0/3", "et-0/0/3:0", "et-0/0/3:3"},
		{"Dell", "ethernet1/1/3", "ethernet1/1/3:1", "ethernet1/1/3:4"},
		{"Huawei", "40GE1/0/3", "40GE1/0/3:1", "40GE1/0/3:4"},
		{"H3C", "FortyGigE1/0/3", "FortyGigE1/0/3:1", "FortyGigE1/0/3:4"},
		{"HPE", "FortyGigE1/0/3", "FortyGigE1/0/3:1", "FortyGigE1/0/3:4"},
		{"Aruba", "1/1/3", "1/1/3:1", "1/1/3:4"},
	} {
		file := fmt.Appendf(nil, "manufacturer: %s\nmodel: M\nslug: of-maker\n"+
			"interfaces: [{name: %q, type: 100gbase-x-qsfp28}]\n", x.maker, x.port)
		plan := loadImporting(t, importing("of-maker", "3", "4x25"), generate.File{Name: "m.yaml", Data: file})
		topo, err := generate.Generate(plan, nil)
		if err != nil {
			t.Errorf("%s: %v", x.maker, err)
			continue
		}
		got := strings.Fields(leafPorts(topo))
		if got[0] != x.first || got[len(got)-1] != x.last {
			t.Errorf("%s: %v", x.maker, got)
		}
	}
}

// TestHeadsOfTypes: however a file is written, it is known by the names that it has.
func TestHeadsOfTypes(t *testing.T) {
	t.Parallel()
	for _, file := range []string{
		"manufacturer: A\nmodel: X 1\nslug: x-1\n",
		"---\n# a comment\nslug: 'x-1' # its slug\nmodel: \"X 1\"\r\nmanufacturer: A\n",
		"manufacturer: A\nmodel: >-\n  X\n  1\nslug: x-1\n",
		"manufacturer: A\nmodel: X\n  1\nslug: x-1\n",
		"{manufacturer: A, model: X 1, slug: x-1}\n",
		"? manufacturer\n: A\n? model\n: X 1\n? slug\n: x-1\n",
		"comments: |\n  slug: other\n  model: other\nmanufacturer: A\nmodel: X 1\nslug: x-1\n",
		"\"manufacturer\": A\n\"model\": \"X\\u00201\"\n\"slug\": x-1\n",
	} {
		for _, word := range []string{"x-1", "X 1"} {
			head, ports := file, "interfaces: [{name: Ethernet1, type: 100gbase-x-qsfp28}]\n"
			if strings.HasPrefix(head, "{") {
				head, ports = strings.TrimSuffix(head, "}\n")+", "+strings.TrimSpace(ports)+"}", ""
			}
			plan := loadImporting(t, importing(word, "1", "4x25"), generate.File{Name: "x.yaml", Data: []byte(head + ports)})
			if topo, err := generate.Generate(plan, nil); err != nil || leafPorts(topo) != "Ethernet1/1 Ethernet1/2 Ethernet1/3 Ethernet1/4" {
				t.Errorf("%q as %q: %v", head, word, err)
			}
		}
	}
}

// TestListedModule: an entry of the catalog without a body does not hide an imported module type.
func TestListedModule(t *testing.T) {
	t.Parallel()
	text := strings.Replace(string(importing("NL-8", "1", "1x25")), "{import: [types]}", "{import: [types], moduleTypes: {Twin 25: null}}", 1)
	if _, err := generate.Generate(loadImporting(t, []byte(text)), nil); err != nil {
		t.Error(err)
	}
}
