package generate_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/generate"
)

// small is a plan without a finding.
const small = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: small}
spec:
  site: lab
  fabrics:
    fe:
      switches:
        leaf:
          role: leaf
          type: sw
          zones:
            server: {ports: 1-8, breakout: 4x200}
  nodes:
    gpu:
      count: 4
      type: srv
      nics: {fe: {ports: [p0, p1]}}
      links: {fe: {from: fe, to: fe.leaf/server}}
`

// link edits what the link of small states of its cables.
func link(cable string) []string {
	return []string{"to: fe.leaf/server}", "to: fe.leaf/server, cable: " + cable + "}"}
}

func TestFindings(t *testing.T) {
	t.Parallel()
	type want struct{ path, text string }
	for name, tc := range map[string]struct {
		edits []string
		want  []want
	}{
		"unknown key, nearest":   {[]string{"breakout:", "brakeout:"}, []want{{"zones.server.brakeout", "did you mean breakout?"}}},
		"unknown key at the top": {[]string{"kind: Plan", "kind: Plan\nspecs: {}"}, []want{{"specs", "did you mean spec?"}}},
		"length without a unit":  {link("{length: 2}"), []want{{"links.fe.cable.length", "the length has no unit"}}},
		"unit without a length":  {link("{lengthUnit: m}"), []want{{"links.fe.cable.lengthUnit", "the unit has no length"}}},
		"three decimals":         {link("{length: 1.255, lengthUnit: m}"), []want{{"links.fe.cable.length", "1.255 is not a multiple of 0.01"}}},
		"a long cable":           {link("{length: 1000000, lengthUnit: m}"), []want{{"links.fe.cable.length", "1000000 is above 999999.99"}}},
		"a long label": {
			link("{label: " + strings.Repeat("é", 101) + "}"),
			[]want{{"links.fe.cable.label", "it has 101 characters, and NetBox takes at most 100"}},
		},
		"a long description": {
			[]string{"count: 4", "count: 4\n      set: {description: '" + strings.Repeat("x", 198) + "{n:03}'}"},
			[]want{{"nodes.gpu.set.description", "the description has 201 characters, and NetBox takes at most 200"}},
		},
		"a long default description": {
			[]string{"site: lab", "site: lab\n  defaults: {description: '" + strings.Repeat("x", 201) + "'}"},
			[]want{{"spec.defaults.description", "the description has 201 characters"}},
		},
		"NUL": {[]string{"count: 4", `count: 4
      name: "gpu\0{n}"`}, []want{{"", "NUL character"}}},
		"a long slug": {[]string{"site: lab", "site: " + strings.Repeat("s", 101)}, []want{{"spec.site", "101"}}},
		"several at once": {[]string{"breakout:", "brakeout:", "count: 4", "count: four", "role: leaf", "role: leave"},
			[]want{{"brakeout", "unknown"}, {"gpu.count", "where a number is needed"}, {"leaf.role", "did you mean leaf?"}}},
		"shape and sense at once": {[]string{"breakout:", "brakeout:", "fe.leaf/server", "fe.leaf/serve"},
			[]want{{"brakeout", "unknown"}, {"links.fe.to", "did you mean server?"}}},
		"key given twice": {[]string{"count: 4\n", "count: 4\n      count: 5\n"}, []want{{"gpu.count", "given twice"}}},
		"missing": {[]string{"      type: srv\n", "", "  site: lab\n", ""},
			[]want{{"gpu.type", "missing"}, {"spec.site", "missing"}}},
		"second document": {[]string{"kind: Plan", "kind: Plan\n---\nkind: Plan"}, []want{{"", "second document"}}},
		"alias":           {[]string{"count: 4", "count: &n 4\n      max: *n"}, []want{{"", "aliases are not supported"}}},
		"merge key":       {[]string{"count: 4", "<<: {count: 4}"}, []want{{"<<", "unknown key"}}},
		"custom tag":      {[]string{"count: 4", "count: !foo 4"}, []want{{"", "the YAML tag !foo"}}},
		"a tag of YAML's": {[]string{"count: 4", "count: !!int 4"}, []want{{"", "the YAML tag !!int"}}},
		"octal":           {[]string{"count: 4", "count: 010"}, []want{{"gpu.count", "YAML reads 010 as 8"}}},
		"octal, signed":   {[]string{"count: 4", "count: -010"}, []want{{"gpu.count", "YAML reads -010 as -8"}}},
		"octal count":     {[]string{"role: leaf", "role: leaf\n          count: 010"}, []want{{"leaf.count", "YAML reads 010 as 8"}}},
		"octal value": {[]string{"site: lab", "site: lab\n  defaults: {customFields: {room: [012]}}"},
			[]want{{"defaults.customFields.room[0]", "YAML reads 012 as 10"}}},
		"no pattern": {[]string{"site: lab", "site: lab\n  reconcile: {protect: ['[', 'web/gpu[*]', '{a', 'a]', '']}"},
			[]want{{"reconcile.protect[0]", "matches nothing"}, {"reconcile.protect[2]", "matches nothing"},
				{"reconcile.protect[3]", "matches nothing"}, {"reconcile.protect[4]", "matches nothing"}}},
		"syntax": {[]string{"spec:\n", "spec: [\n"}, []want{{"", "yaml"}}},
		"list for a mapping": {[]string{"nics: {fe: {ports: [p0, p1]}}", "nics: [fe]"},
			[]want{{"gpu.nics", "a list where a mapping is needed"}}},
		"text for a list": {[]string{"[p0, p1]", "p0"}, []want{{"fe.ports", "where a list is needed"}}},
		"huge range":      {[]string{"1-8", "1-999999999"}, []want{{"server.ports", "is neither a port nor a range"}}},
		"huge count":      {[]string{"count: 4", "count: 999999999"}, []want{{"gpu.count", "1000000"}}},
		"huge number":     {[]string{"count: 4", "count: 99999999999999999999"}, []want{{"gpu.count", "where a number is needed"}}},
		"huge braces": {[]string{"nics: {fe:", "nics: {'x{0-999999999}': {ports: [p]}, fe:"},
			[]want{{"nics.x{0-999999999}", "longer than"}}},
		"huge product of braces": {[]string{"[p0, p1]", "['p{0-999}{0-999}{0-999}']"}, []want{{"fe.ports[0]", "more than 4096 words"}}},
		"huge switch count": {[]string{"role: leaf", "role: leaf\n          count: 2000000000"},
			[]want{{"leaf.count", "more than 100000"}}},
		"huge breakout":    {[]string{"4x200", "999999x200"}, []want{{"breakout", "out of range"}}},
		"negative count":   {[]string{"count: 4", "count: -4"}, []want{{"gpu.count", "below 0"}}},
		"bad breakout":     {[]string{"4x200", "4*200"}, []want{{"server.breakout", "not valid"}}},
		"descending range": {[]string{"1-8", "8-1"}, []want{{"server.ports", "descends"}}},
		"no such class":    {[]string{"fe.leaf/server", "fe.leef/server"}, []want{{"links.fe.to", "did you mean fe.leaf?"}}},
		"no such NIC":      {[]string{"from: fe", "from: f"}, []want{{"links.fe.from", `no NIC "f" (did you mean fe?)`}}},
		"no such port":     {[]string{"from: fe", "from: 'fe:p2'"}, []want{{"links.fe.from", `no port "p2"`}}},
		"port twice":       {[]string{"from: fe", "from: 'fe:p0,p0'"}, []want{{"links.fe.from", "given twice"}}},
		"two links, one port": {[]string{"links: {", "links: {x: {from: 'fe:p0', to: fe.leaf/server}, "},
			[]want{{"from", "cabled by the link"}}},
		"no such pool": {[]string{"type: srv", "type: srv\n      rack: {pool: r}"}, []want{{"gpu.rack.pool", "no rack pool"}}},
		"two purposes": {[]string{"4x200}", "4x200, mesh: true, reserved: true}"}, []want{{"zones.server", "at most one of"}}},
		"over capacity": {[]string{"role: leaf", "role: leaf\n          count: 1", "count: 4", "count: 40"},
			[]want{{"links.fe.to", "demand 80, capacity 32"}, {"links.fe.to", "raise the count of fe.leaf"}}},
		"names twice": {[]string{"type: srv", "type: srv\n      name: gpu"}, []want{{"gpu.name", `are both named "gpu"`}}},
		"names in two classes": {[]string{"  site: lab", "  site: lab\n  naming: {switch: 'x-{n}', node: 'X-{n}'}"},
			[]want{{"spec.naming.node", "both named"}}},
		"name too long": {[]string{"type: srv", "type: srv\n      name: '" + strings.Repeat("x", 80) + "{n}'"},
			[]want{{"gpu.name", "longer than 64"}}},
		"bad plan key": {[]string{"name: small", "name: Small"}, []want{{"metadata.name", "not valid"}}},
		"bad placeholder": {[]string{"type: srv", "type: srv\n      name: '{rack}-{n}'"},
			[]want{{"gpu.name", "{rack} has no meaning here"}}},
		"bad class key": {[]string{"    gpu:", "    g.pu:"}, []want{{"g.pu", "is not a valid key"}}},
		"no such expected class": {[]string{"  nodes:", "  expect: {switches: {fe.leav: 1}}\n  nodes:"},
			[]want{{"expect.switches.fe.leav", "did you mean fe.leaf?"}}},
		"remediation": {[]string{"  nodes:", "  reconcile: {remediation: {fields: {name: autos}}}\n  nodes:"},
			[]want{{"remediation.fields.name", "did you mean auto?"}}},
		"attach without rack": {[]string{"role: leaf", "role: leaf\n          attach: rack"}, []want{{"leaf.attach", "needs a rack"}}},
		"perRack contradicts": {
			[]string{
				"role: leaf", "role: leaf\n          perRack: 2\n          count: 3\n          rack: {pool: r}",
				"  nodes:", "  racks: {r: {count: 2, units: 40}}\n  nodes:",
			},
			[]want{{"leaf.count", "contradicts perRack"}}},
		"moved to nowhere": {[]string{"  nodes:", "  moved: [{from: a, to: gpus}]\n  nodes:"},
			[]want{{"moved[0].to", "did you mean gpu?"}}},
		"moved from what is there": {[]string{"  nodes:", "  moved: [{from: gpu, to: fe.leaf}]\n  nodes:"},
			[]want{{"moved[0].from", "still in the plan"}}},
		"slow NIC": {[]string{"{ports: [p0, p1]}", "{ports: [p0, p1], type: 25gbase-x-sfp28}"},
			[]want{{"links.fe", "slower than the lanes"}}},
		"max": {[]string{"count: 4", "count: 4\n      max: 3"}, []want{{"gpu.count", "more than max 3"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list := findingsOf(t, edit(t, small, tc.edits...))
			for _, w := range tc.want {
				wantFinding(t, list, w.path, w.text)
			}
			for _, f := range list {
				if f.Line < 1 || f.Column < 1 || f.File != "plan.yaml" {
					t.Errorf("the finding has no position: %+v", f)
				}
			}
		})
	}
}

func TestFindingsInDeviceTypes(t *testing.T) {
	t.Parallel()
	text := edit(t, small, "  fabrics:", "  racks: {r: {count: 1, units: 10}}\n"+
		"  catalog: {deviceTypes: {sw: {manufacturer: m, model: S, u: 2, ports: {'E1/{1-6}': 800gbase-x-osfp}}}}\n  fabrics:",
		"role: leaf", "role: leaf\n          rack: {pool: r, fromU: 1}\n          mgmt: {port: M1, to: fe.leaf/server}",
		"count: 4", "rack: {pool: r, per: 12, fromU: 2}\n      count: 12")
	list := findingsOf(t, text)
	wantFinding(t, list, "server.ports", "the device type sw has no E1/7, E1/8")
	for _, f := range list {
		if strings.Contains(f.Message, " has no E1") && !strings.HasPrefix(f.Hint, "there are E1/1, E1/2, ") {
			t.Errorf("no hint tells which ports there are: %v", f)
		}
	}
	wantFinding(t, list, "leaf.mgmt.port", `no port "M1"`)
	wantFinding(t, list, "gpu.rack", "ends above unit 10")
	wantFinding(t, list, "gpu.rack", "overlap at unit 2 of rack r-01")
	list = findingsOf(t, edit(t, text, "per: 12", "per: 4"))
	wantFinding(t, list, "gpu.rack", "the rack pool r is full: gpu[12] needs rack 3 of 1 (raise spec.racks.r.count to 3")
}

func TestFindingFormat(t *testing.T) {
	t.Parallel()
	_, err := generate.Load("site/plan.yaml", []byte(edit(t, small, "breakout", "brakeout", "kind: Plan", "kind: Plans")))
	var fe *generate.FindingsError
	if !errors.As(err, &fe) {
		t.Fatalf("the error is %v", err)
	}
	lines := strings.Split(err.Error(), "\n")
	want := []string{
		`site/plan.yaml:2:7: kind: "Plans" is not valid here (did you mean Plan?)`,
		`site/plan.yaml:13:34: spec.fabrics.fe.switches.leaf.zones.server.brakeout: unknown key "brakeout" (did you mean breakout?)`,
	}
	for i, w := range want {
		if i >= len(lines) || lines[i] != w {
			t.Errorf("line %d of\n%v\nis not\n%s", i+1, err, w)
		}
	}
	if !slices.IsSortedFunc(fe.Findings, func(a, b generate.Finding) int { return a.Line - b.Line }) {
		t.Error("the findings are not sorted by line")
	}
}

func TestLoadIsBounded(t *testing.T) {
	t.Parallel()
	var bomb strings.Builder
	bomb.WriteString("a: &a [x,x,x,x,x,x,x,x,x]\n")
	for c := 'b'; c < 'k'; c++ {
		p := string(c - 1)
		bomb.WriteString(string(c) + ": &" + string(c) + " [*" + strings.Repeat(p+",*", 8) + p + "]\n")
	}
	wide := edit(t, small, "nics: {", "nics: {"+strings.Repeat("'a", 0))
	var many strings.Builder
	for i := range 400 {
		many.WriteString("z" + strings.Repeat("y", i) + ": {ports: 1-1024, breakout: 16x1}, ")
	}
	zones := strings.ReplaceAll(strings.TrimSuffix(many.String(), ", "), ", z", "\n            z")
	for name, text := range map[string]string{
		"bomb":     bomb.String(),
		"large":    strings.Repeat("# padding\n", 200_000),
		"deep":     strings.Repeat("[", 20_000),
		"deep map": strings.Repeat("{a: ", 5_000) + "1" + strings.Repeat("}", 5_000),
		"many lanes": edit(t, wide, "zones:\n            server:",
			"zones:\n            server0: {ports: 1-8, breakout: 4x200}\n            "+zones+"\n            server:"),
		"many wires": edit(t, small, "count: 4", "count: 1000000", "[p0, p1]", "['p{0-99}']"),
		"many racks": edit(t, small, "  fabrics:", "  racks: {r: {count: 2000000000, units: 1}}\n  fabrics:"),
		"many spines": edit(t, small, "4x200}", "4x200}\n            up: {ports: 100-1000, breakout: 16x1, uplinkTo: spine/down}\n"+
			"        spine: {role: border, type: sw, count: 50000, zones: {down: {ports: 1-1000, breakout: 16x1}}}",
			"role: leaf", "role: leaf\n          count: 50000"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			if list := findingsOf(t, text); len(list) == 0 || len(list) > 2000 {
				t.Errorf("%d findings", len(list))
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

func TestLoadKeepsSilentOnSound(t *testing.T) {
	t.Parallel()
	if list := findingsOf(t, small); len(list) != 0 {
		t.Errorf("findings: %v", list)
	}
	if list := findingsOf(t, edit(t, small, "count: 4", "count: 0")); len(list) != 0 {
		t.Errorf("count 0 gives findings: %v", list)
	}
}

func TestInfo(t *testing.T) {
	t.Parallel()
	plan, err := generate.Load("a/b.yaml", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	info := plan.Info()
	if info.Key != "small" || info.File != "a/b.yaml" || len(info.Digest) != 64 {
		t.Errorf("the info is %+v", info)
	}
	r := info.Reconcile
	if r.DeletionPolicy != "warn" || r.ApproveDeletionsAbove != 10 || r.Remediation.Default != "preserve" ||
		!slices.Equal(r.Initial, []string{"status", "serial", "asset_tag", "comments"}) {
		t.Errorf("the defaults are %+v", r)
	}
	r = MustLoad(t, everything).Info().Reconcile
	if r.ApproveDeletionsAbove != 0 || r.Remediation.Default != "alert" || r.Remediation.Fields["name"] != "auto" ||
		!slices.Equal(r.Initial, []string{"status"}) {
		t.Errorf("the stated ones are %+v", r)
	}
}

// FuzzLoadGenerate: any text either is refused with findings, or gives a
// topology that is sound and that stays as it is.
func FuzzLoadGenerate(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(planDir, "*.yaml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(small))
	f.Add([]byte(everything))
	f.Fuzz(func(t *testing.T, data []byte) {
		plan, err := generate.Load("fuzz.yaml", data)
		if err != nil {
			var fe *generate.FindingsError
			if plan != nil || !errors.As(err, &fe) || len(fe.Findings) == 0 {
				t.Fatalf("load gives %v and %v", plan, err)
			}
			return
		}
		report := generate.Check(plan)
		if report.Counts.Cables > 50_000 || report.Counts.Devices > 20_000 {
			return
		}
		topo, err := generate.Generate(plan, nil)
		if err != nil {
			return
		}
		checkSound(t, topo)
		if c := report.Counts; c.Cables != len(topo.Cables) || c.Devices != len(topo.Devices) || c.Racks != len(topo.Racks) {
			t.Errorf("the report counts %+v, the topology has %d cables, %d devices", c, len(topo.Cables), len(topo.Devices))
		}
		again, err := generate.Generate(plan, priorOf(topo))
		if err != nil {
			t.Fatalf("the second generation: %v", err)
		}
		if moved(priorOf(topo), again) != 0 || len(again.Cables) != len(topo.Cables) {
			t.Error("the second generation moves cables")
		}
	})
}

// NetBox compares the names of devices regardless of case, and those of racks not.
func TestRackNamesKeepCase(t *testing.T) {
	t.Parallel()
	racks := strings.Replace(small, "  site: lab\n", "  site: lab\n  naming: {rack: '{pool}'}\n"+
		"  racks: {r: {count: 1, units: 40}, R: {count: 1, units: 40}}\n", 1)
	if _, err := generate.Load("web.yaml", []byte(racks)); err != nil {
		t.Error(err)
	}
}

// NetBox trims what it stores, so a plan that kept the spaces would differ for ever.
func TestLoadTrimsTexts(t *testing.T) {
	t.Parallel()
	spaced := strings.Replace(small, "  site: lab\n",
		"  site: ' lab '\n  defaults: {description: '  spare \t', comments: ' x '}\n  reconcile: {remediation: ' alert '}\n", 1)
	plan, err := generate.Load("web.yaml", []byte(spaced))
	if err != nil {
		t.Fatal(err)
	}
	topo, err := generate.Generate(plan, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := topo.Devices[0]; d.Description == nil || *d.Description != "spare" || *d.Comments != "x" {
		t.Errorf("description %q, comments %q", *d.Description, *d.Comments)
	}
	if got := plan.Spec.Site.Slug; got != "lab" {
		t.Errorf("site %q", got)
	}
	if got := plan.Spec.Reconcile.Remediation.Default; got != "alert" {
		t.Errorf("remediation %q", got)
	}
}
