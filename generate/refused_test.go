package generate_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/generate"
)

// TestTypesOfReleases compares the lists of interface and cable types with what the
// recorded releases answer.
func TestTypesOfReleases(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../mirror/sandbox/release/data/4.*.json")
	if err != nil || len(files) < 5 {
		t.Fatalf("releases %v, %v", files, err)
	}
	for list, endpoints := range map[string][]string{
		"interface_types.txt": {"dcim/interfaces"}, "cable_types.txt": {"dcim/cables"},
		"panel_types.txt": {"dcim/front-ports", "dcim/rear-ports"},
	} {
		var all []string
		for _, file := range files {
			for _, endpoint := range endpoints {
				all = append(all, typesOf(t, file, endpoint)...)
			}
		}
		slices.Sort(all)
		text, err := os.ReadFile(list)
		if want := slices.Compact(all); err != nil || !slices.Equal(strings.Fields(string(text)), want) {
			t.Errorf("%s is to hold, one a line:\n%s\n%v", list, strings.Join(want, "\n"), err)
		}
	}
}

func typesOf(t *testing.T, file, endpoint string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var release struct {
		Endpoints map[string]struct {
			Fields []struct {
				Name    string  `json:"name"`
				Choices [][]any `json:"choices"`
			} `json:"fields"`
		} `json:"endpoints"`
	}
	if err := json.Unmarshal(text, &release); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range release.Endpoints[endpoint].Fields {
		for _, c := range f.Choices {
			if value, _ := c[0].(string); f.Name == "type" && value != "" {
				out = append(out, value)
			}
		}
	}
	return out
}

const sized = "  catalog: {deviceTypes: {sw: {manufacturer: m, model: S, ports: {'E1/{1-64}': 800gbase-x-osfp}}}}\n  fabrics:"

func TestRefusedValues(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		edits      []string
		path, text string
	}{
		"breakout that does not fit": {
			[]string{"  fabrics:", sized, "4x200", "8x200"},
			"server.breakout", "8x200 needs 1600 Gb/s, and the port E1/1 of sw has 800 Gb/s (800gbase-x-osfp)",
		},
		"uplink faster than its lane": {
			[]string{
				"4x200}", "4x200}\n            up: {ports: '9', breakout: 1x800, uplinkTo: spine/down}\n" +
					"        spine: {role: spine, type: sw, zones: {down: {ports: 1-8, breakout: 2x400}}}",
			},
			"zones.up.uplinkTo", "the uplinks have 800 Gb/s, and the lanes of fe.spine/down have 400 Gb/s",
		},
		"long manufacturer": {
			[]string{"  fabrics:", strings.Replace(sized, "manufacturer: m", "manufacturer: "+strings.Repeat("m", 101), 1)},
			"sw.manufacturer", "the slug has 101 characters",
		},
		"long port of a NIC": {
			[]string{"[p0, p1]", "[p0, " + strings.Repeat("p", 62) + "]"}, "nics.fe", "has 65 characters, and NetBox takes at most 64",
		},
		"diet's own custom field": {
			[]string{"  fabrics:", "  defaults: {customFields: {team: net, diet_plan_id: other}}\n  fabrics:"},
			"spec.defaults.customFields.diet_plan_id", "diet_plan_id is diet's own, which says whose an object is: no plan states it",
		},
		"moved twice": {
			[]string{"  nodes:", "  moved: [{from: a, to: gpu}, {from: a, to: fe.leaf}]\n  nodes:"},
			"moved[1].from", `"a" is renamed by spec.moved[0] too`,
		},
		"moved to one": {
			[]string{"  nodes:", "  moved: [{from: a, to: gpu}, {from: b, to: gpu}]\n  nodes:"},
			"moved[1].to", `"gpu" is the new key in spec.moved[0] too`,
		},
		"moved in a circle": {
			[]string{"  nodes:", "  moved: [{from: a, to: b}, {from: b, to: c}, {from: c, to: a}]\n  nodes:"},
			"moved[0]", `the renaming of "a" leads back to it`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantFinding(t, findingsOf(t, edit(t, small, tc.edits...)), tc.path, tc.text)
		})
	}
}

// TestWarnings finds what is probably a mistake; the plan is generated all the same.
func TestWarnings(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		edits      []string
		path, text string
	}{
		"interface type of a port": {
			[]string{"  fabrics:", strings.Replace(sized, "800gbase-x-osfp", "800gbase-x-ospf", 1)},
			"ports.E1/{1-64}", `the interface type "800gbase-x-ospf" (did you mean 800gbase-x-osfp?)`,
		},
		"interface type of a NIC": {
			[]string{"[p0, p1]", "[p0, p1], type: 200gbase-x-qsfp112"}, "nics.fe.type", `"200gbase-x-qsfp112" (did you mean 400gbase-x-qsfp112?)`,
		},
		"type of a cable": {link("{type: smff}"), "links.fe.cable.type", `the cable type "smff" (did you mean smf?)`},
		"device type": {
			[]string{"  fabrics:", "  catalog: {deviceTypes: {server: }}\n  fabrics:", "type: srv", "type: sever"},
			"gpu.type", `no device type "sever" (did you mean server? If not, list sever in the catalog)`,
		},
		"field to remediate": {
			[]string{"  nodes:", "  reconcile: {remediation: {fields: {cf.owner: alert, tag.pci: auto, naem: auto}}}\n  nodes:"},
			"remediation.fields.naem", `"naem" is not a field of anything that a plan makes (did you mean name?)`,
		},
		"field set at creation": {
			[]string{"  nodes:", "  reconcile: {initial: [status, seriel]}\n  nodes:"},
			"initial[1]", `"seriel" is not a field of anything that a plan makes (did you mean serial?)`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := generate.Check(MustLoad(t, edit(t, small, tc.edits...)))
			if len(r.Findings) != 0 || len(r.Warnings) != 1 {
				t.Fatalf("the report is %+v", r)
			}
			wantFinding(t, r.Warnings, tc.path, tc.text)
		})
	}
	models := edit(t, small, "  fabrics:", "  catalog: {deviceTypes: {ds5000: }}\n  fabrics:", "type: srv", "type: ds5001")
	if r := generate.Check(MustLoad(t, models)); len(r.Warnings) != 0 {
		t.Errorf("another model of a series is taken for misspelt: %v", r.Warnings)
	}
}

func TestCheckTogether(t *testing.T) {
	t.Parallel()
	racks := edit(t, small, "  fabrics:", "  racks: {r: {count: 2, units: 40}}\n  fabrics:")
	one, two := MustLoad(t, racks), MustLoad(t, edit(t, racks, "name: small", "name: other", "site: lab", "site: LAB"))
	list := generate.CheckTogether([]*generate.Plan{one, two})
	wantFinding(t, list, "spec.nodes.gpu", `the device "gpu-001" of other/gpu[1] is small/gpu[1] of plan.yaml too`)
	wantFinding(t, list, "spec.racks.r", `the rack "r-01" of other/rack:r[1] is small/rack:r[1] of plan.yaml too`)
	if len(list) != 3 {
		t.Errorf("the findings are %v", list)
	}
	elsewhere := MustLoad(t, edit(t, racks, "name: small", "name: other", "site: lab", "site: fra"))
	if list := generate.CheckTogether([]*generate.Plan{one, elsewhere, one}); len(list) != 0 {
		t.Errorf("the findings are %v", list)
	}
}

// TestCheckTogetherShared finds what two plans say of shared objects and NetBox cannot have.
func TestCheckTogetherShared(t *testing.T) {
	t.Parallel()
	of := func(key, site, types string, edits ...string) *generate.Plan {
		return MustLoad(t, edit(t, "apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: "+key+"}\nspec:\n  site: "+site+"\n"+
			"  catalog:\n    deviceTypes:\n      "+types+"\n  nodes:\n    "+key+": {count: 1, role: server, type: x}\n", edits...))
	}
	const x = "x: {manufacturer: acme, model: X}"
	first := of("one", "{slug: ams2, name: Amsterdam}", x)
	for name, tt := range map[string]struct {
		other *generate.Plan
		want  string
	}{
		"the same":         {of("two", "{slug: ams2, name: Amsterdam}", x), ""},
		"another height":   {of("two", "fra", "x: {manufacturer: acme, model: X, u: 0.5}"), `the device type "x" is 0.5U, and 1U in plan.yaml`},
		"another maker's":  {of("two", "fra", "x: {manufacturer: apex, model: X, u: 2}"), ""},
		"one that must be": {of("two", "fra", "x:"), ""},
		"another depth":    {of("two", "fra", "x: {manufacturer: acme, model: X, fullDepth: false}"), `"x" is 1U of one face, and 1U in`},
		"a model twice": {
			of("two", "fra", "y: {manufacturer: acme, model: X}", "type: x", "type: y"),
			`the device type named "X" has the slug "y", and "x" in`,
		},
		"a site's name": {of("two", "{slug: ams3, name: Amsterdam}", x), `the site named "Amsterdam" has the slug "ams3", and "ams2" in`},
		"a role's name": {
			of("two", "fra", x, "role: server", "role: srv", "  catalog:", "  catalog:\n    roles: {srv: {name: Server}}"),
			`the role named "Server"`,
		},
		"a maker's name": {
			of("two", "fra", "z: {manufacturer: acme2, model: X}\n    manufacturers: {acme2: {name: Acme}}"),
			`the manufacturer named "Acme"`,
		},
		"a role that exists": {of("two", "fra", x, "role: server", "role: srv", "  catalog:", "  catalog:\n    roles: {srv: }"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list := generate.CheckTogether([]*generate.Plan{first, tt.other})
			if tt.want == "" && len(list) > 0 || tt.want != "" && (len(list) != 1 || !strings.Contains(list[0].Message, tt.want)) {
				t.Errorf("the findings are %v, want %q", list, tt.want)
			}
		})
	}
}

// TestCheckTogetherFeeds finds one power feed of a panel in two plans.
func TestCheckTogetherFeeds(t *testing.T) {
	t.Parallel()
	of := func(key, name string) *generate.Plan {
		return MustLoad(t, "apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: "+key+"}\nspec:\n  site: ams2\n"+
			"  racks: {"+key+": {count: 2, units: 42, feeds: {a: {panel: PP-A, name: '"+name+"'}}}}\n")
	}
	list := generate.CheckTogether([]*generate.Plan{of("one", "breaker {n}"), of("two", "breaker {n+1}")})
	want := `the power feed "breaker 2" of two/rack:two[1]/feed:a is one/rack:one[2]/feed:a of`
	if len(list) != 1 || !strings.Contains(list[0].Message, want) {
		t.Errorf("got %+v", list)
	}
	if list := generate.CheckTogether([]*generate.Plan{of("one", "{rack}"), of("two", "{rack}")}); len(list) > 0 {
		t.Errorf("got %+v", list)
	}
}
