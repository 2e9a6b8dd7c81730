package generate_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/generate"
)

const modular = `
apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: m}
spec:
  site: lab
  catalog:
    deviceTypes:
      chassis:
        {manufacturer: acme, model: Chassis, ports: {Mgmt1: 1000base-t}, moduleBays: {"Slot {1-4}": "{1-4}", Fan: ""}}
      host: {manufacturer: acme, model: Host, ports: {nic-1: 25gbase-x-sfp28}}
    moduleTypes:
      card: {manufacturer: acme, model: LC 8, ports: {"Ethernet{module}/{1-8}": 100gbase-x-qsfp28}}
      other: {manufacturer: acme, model: LC 9, ports: {"Ethernet{module}/{1-8}": 100gbase-x-qsfp28}}
  fabrics:
    f:
      switches:
        leaf:
          role: leaf
          type: chassis
          count: 1
          modules: {"Slot {1-2}": card}
          zones: {hosts: {ports: "Ethernet{1-2}/{1-8}", breakout: 4x25}}
  nodes:
    host: {count: 40, type: host, nics: {nic: {ports: ["1"]}}, links: {data: {from: nic, to: f.leaf/hosts}}}
`

// editModular is the plan with texts replaced.
func editModular(tb testing.TB, edits ...string) string {
	tb.Helper()
	text := modular
	for i := 0; i+1 < len(edits); i += 2 {
		if !strings.Contains(text, edits[i]) {
			tb.Fatalf("the plan does not hold %q", edits[i])
		}
		text = strings.Replace(text, edits[i], edits[i+1], 1)
	}
	return text
}

// TestModules holds what the plan wants of modules: the types, the bays, and that their ports and lanes are on
// them.
func TestModules(t *testing.T) {
	t.Parallel()
	topo := MustGenerate(t, MustLoad(t, modular), nil)
	byID := map[string]generate.Object{}
	for _, o := range topo.Objects() {
		byID[o.Kind+" "+o.ID] = o
	}
	if len(byID) != topo.Len() {
		t.Errorf("%d objects have %d ids", topo.Len(), len(byID))
	}
	module := byID["module m/f.leaf[1]/bay:Slot 2@LC 8"]
	if module.Fields["module_type"] != (generate.Ref{Kind: "module_type", Object: "LC 8"}) ||
		module.Fields["module_bay"] != (generate.Ref{Kind: "module_bay", Object: "m/f.leaf[1]/bay:Slot 2"}) {
		t.Errorf("the module is %+v", module)
	}
	if bay := byID["module_bay m/f.leaf[1]/bay:Slot 2"]; bay.Fields["position"] != "2" || bay.Fields["name"] != "Slot 2" {
		t.Errorf("its bay is %+v", bay)
	}
	lane := byID["interface m/f.leaf[1]/Ethernet2/1@LC 8:3"]
	if lane.Fields["module"] != (generate.Ref{Kind: "module", Object: module.ID}) || lane.Fields["name"] != "Ethernet2/1/3" {
		t.Errorf("a lane of its port is %+v", lane)
	}
	for _, s := range topo.Shared() {
		if s.Kind == "module_type" && (s.Slug != "LC 8" || !s.Ensure) {
			t.Errorf("a module type that stands nowhere, or is half: %+v", s)
		}
	}
}

// TestModuleSwapped: with another card of the same ports, every cable stays on its port.
func TestModuleSwapped(t *testing.T) {
	t.Parallel()
	before := MustGenerate(t, MustLoad(t, modular), nil)
	prior := generate.Prior{}
	for i := range before.Cables {
		prior[before.Cables[i].ID] = generate.Ends{A: before.Cables[i].A, B: before.Cables[i].B}
	}
	swapped := editModular(t, `{"Slot {1-2}": card}`, `{Slot 1: other, Slot 2: card}`, "count: 40", "count: 39",
		"type: host, nics", "skip: [1], type: host, nics")
	after := MustGenerate(t, MustLoad(t, swapped), prior)
	for i := range after.Cables {
		c := &after.Cables[i]
		is, was := strings.Replace(c.B, "@LC 9", "@LC 8", 1), prior[c.ID].B
		if is != was {
			t.Errorf("%s moves from %s to %s", c.ID, was, c.B)
		}
	}
	if !slices.ContainsFunc(after.Interfaces, func(i generate.Interface) bool { return strings.HasSuffix(i.ID, "/Ethernet1/1@LC 9:2") }) {
		t.Error("no port is on the new card")
	}
}

// TestModuleFindings names what NetBox would refuse, and what the plan cannot mean.
func TestModuleFindings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edits []string
		want  string
	}{
		"no such bay":  {[]string{`"Slot {1-2}": card`, `Slot 9: card`}, `the device type chassis has no bay "Slot 9"`},
		"no such type": {[]string{`"Slot {1-2}": card`, `Slot 1: cart`}, `there is no module type "cart"`},
		"bay twice":    {[]string{`"Slot {1-2}": card`, `"Slot {1-2}": card, "Slot {2-3}": card`}, `the bay "Slot 2" is given twice`},
		"no position":  {[]string{`"Slot {1-2}": card`, `"Slot {1-2}": card, Fan: other`}, `in the bay "Fan", which has no position`},
		"name twice": {[]string{`ports: {Mgmt1:`, `ports: {Ethernet2/3: other, Mgmt1:`},
			`brings the interface "Ethernet2/3", which the device has already`},
		"two bays in name": {[]string{`"Ethernet{module}/{1-8}"`, `"E{module}/{module}/{1-8}"`}, "which names two bays"},
		"half a type":      {[]string{"model: LC 8, ", ""}, "needs a manufacturer and a model"},
		"bays unknown":     {[]string{`, moduleBays: {"Slot {1-4}": "{1-4}", Fan: ""}`, ""}, "does not say which bays"},
		"no such port":     {[]string{`"Slot {1-2}": card`, `Slot 1: card`}, `no port "Ethernet2/1"`},
		"one model twice": {[]string{"model: LC 9", "model: LC 8", `"Slot {1-2}": card`, "Slot 1: card, Slot 2: other"},
			`both of the model "LC 8"`},
		"positions missing": {[]string{`"Slot {1-4}": "{1-4}"`, `"Slot {1-4}": "{1-3}"`}, "4 bays have 3 positions"},
		"by number": {[]string{`"Ethernet{module}/{1-8}": 100gbase-x-qsfp28}}
      other`, `"E1/{1-8}": 100gbase-x-qsfp28}}
      other`, `"Slot {1-2}": card`, "Slot 1: card", `"Ethernet{1-2}/{1-8}"`, "1-8"}, "those are called by their names"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := generate.Generate(MustLoad(t, editModular(t, c.edits...)), nil)
			var findings *generate.FindingsError
			if !errors.As(err, &findings) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// TestBayOfModule names the rule where a plan puts a module into a module, however it writes the bay.
func TestBayOfModule(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, bay string
		rule      bool
	}{
		{"Optic {module}", "Optic 1", true},
		{"Optic {module}", "Slot 1/Optic 1", true},
		{"Sub {module}/1", "Sub 1/1", true},
		{"Sub {module}/1", "Slot 1/Sub 1/1", true},
		{"Sub {module}/1", "Slot 1:Sub 1/1", true},
		{"Sub {module}/1", "Sub {module}/1", true},
		{"MIC 0", "Slot 1.MIC 0", true},
		{"MIC 0", "Slot 1/MIC 1", false},
		{"{module}/1", "Slot 9/1", false},
	} {
		t.Run(c.name+" as "+c.bay, func(t *testing.T) {
			t.Parallel()
			card := "manufacturer: acme\nmodel: LC 7\nmodule-bays:\n  - {name: '" + c.name + "', position: '{module}a'}\n"
			text := editModular(t, `"Slot {1-2}": card`, `Slot 1: LC 7, "`+c.bay+`": card`, "  catalog:\n", "  catalog:\n    import: [lc7.yaml]\n")
			plan, err := generate.LoadWith("plan.yaml", []byte(text), func(string) ([]generate.File, error) {
				return []generate.File{{Name: "lc7.yaml", Data: []byte(card)}}, nil
			})
			if err == nil {
				_, err = generate.Generate(plan, nil)
			}
			rule := `modules of the type LC 7 have such bays, and a plan puts modules into bays of devices alone`
			if err == nil || !strings.Contains(err.Error(), "has no bay") || strings.Contains(err.Error(), rule) != c.rule {
				t.Errorf("the rule is to be told: %t; got %v", c.rule, err)
			}
		})
	}
}

// TestModuleFaultsAreToldOnce has one fault each, of which all that the modules bring is unknown: nothing more is told.
func TestModuleFaultsAreToldOnce(t *testing.T) {
	t.Parallel()
	const chassis = "manufacturer: acme\nmodel: Shelf\nslug: shelf\nu_height: 2\n" +
		"module-bays: [{name: Slot 1, position: '1'}, {name: Slot 2, position: '2'}]\n" +
		"interfaces: [{name: mgmt0, type: 1000base-t}]\n"
	const card = "manufacturer: acme\nmodel: LC 7\ninterfaces: [{name: 'Ethernet{module}/1', type: 100gbase-x-qsfp28}]\n"
	const plan = `
apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: m}
spec:
  site: lab
  catalog: {import: [more], deviceTypes: {host: {manufacturer: acme, model: Host, ports: {nic-1: 100gbase-x-qsfp28}}}}
  racks: {row: {count: 1, units: 42}}
  fabrics:
    f:
      switches:
        leaf: {role: leaf, type: shelf, count: 1, modules: {"Slot {1-2}": LC 7}, zones: {hosts: {ports: "Ethernet{1-2}/1"}}}
  nodes:
    host: {count: 2, type: host, nics: {nic: {ports: ["1"]}}, links: {data: {from: nic, to: f.leaf/hosts}}}
`
	for name, c := range map[string]struct{ shelf, card, plan, want string }{
		"none":                 {chassis, card, plan, ""},
		"a value of the plan":  {chassis, card, strings.Replace(plan, "units: 42", "units: 101", 1), "101 is above 100"},
		"the type of the bays": {strings.Replace(chassis, "u_height: 2", "u_height: 1.3", 1), card, plan, "1.3 is not a multiple of 0.5"},
		"the type of a module": {
			chassis, strings.Replace(card, "qsfp28}", "qsfp28, enabled: perhaps}", 1), plan,
			`"perhaps" where true or false is needed`,
		},
		"a misspelt module":      {chassis, card, strings.Replace(plan, "LC 7}", "LC 8}", 1), `there is no module type "LC 8"`},
		"a bay that is no bay's": {chassis, card, strings.Replace(plan, "Slot {1-2}", "Slit {1-2}", 1), `has no bay "Slit 1"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			loaded, err := generate.LoadWith("plan.yaml", []byte(c.plan), func(string) ([]generate.File, error) {
				return []generate.File{{Name: "shelf.yaml", Data: []byte(c.shelf)}, {Name: "card.yaml", Data: []byte(c.card)}}, nil
			})
			var said []string
			var findings *generate.FindingsError
			if errors.As(err, &findings) {
				said = messagesOf(findings.Findings)
			} else if err == nil {
				loaded.CheckImports()
				said = messagesOf(generate.Check(loaded).Findings)
			}
			if got := strings.Join(said, "; "); len(said) > 1 || !strings.Contains(got, c.want) || c.want == "" && got != "" {
				t.Errorf("the findings are %q, want one: %q", got, c.want)
			}
		})
	}
}

func messagesOf(list []generate.Finding) (out []string) {
	for _, f := range list {
		out = append(out, f.Message)
	}
	return out
}
