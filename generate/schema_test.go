package generate_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/diet-project/diet/generate"
)

var update = flag.Bool("update", false, "rewrite plan.schema.json")

const schemaFile = "plan.schema.json"

func TestSchemaIsCurrent(t *testing.T) {
	t.Parallel()
	want, err := generate.Schema()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(schemaFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is stale: run go generate ./generate", schemaFile)
	}
}

// planSchema compiles the schema of the language.
func planSchema(tb testing.TB) *jsonschema.Schema {
	tb.Helper()
	data, err := generate.Schema()
	if err != nil {
		tb.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		tb.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(generate.SchemaID, doc); err != nil {
		tb.Fatal(err)
	}
	s, err := c.Compile(generate.SchemaID)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// validateText holds a YAML text against the schema.
func validateText(tb testing.TB, s *jsonschema.Schema, text []byte) error {
	tb.Helper()
	var doc any
	if err := yaml.Unmarshal(text, &doc); err != nil {
		tb.Fatal(err)
	}
	return s.Validate(doc)
}

func TestSchemaTakesPlans(t *testing.T) {
	t.Parallel()
	s := planSchema(t)
	files, err := filepath.Glob(filepath.Join(planDir, "*.yaml"))
	if err != nil || len(files) < 8 {
		t.Fatalf("%d plans: %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := validateText(t, s, data); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	if err := validateText(t, s, []byte(everything)); err != nil {
		t.Errorf("the plan with every key: %v", err)
	}
	if _, err := generate.Load("everything.yaml", []byte(everything)); err != nil {
		t.Errorf("the plan with every key:\n%v", err)
	}
}

func TestSchemaRefuses(t *testing.T) {
	t.Parallel()
	s := planSchema(t)
	for name, text := range map[string]string{
		"unknown key":     "apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: a}\nspec: {site: a, sites: b}",
		"missing site":    "apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: a}\nspec: {}",
		"bad plan key":    "apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: A b}\nspec: {site: a}",
		"unknown version": "apiVersion: diet/v9\nkind: Plan\nmetadata: {name: a}\nspec: {site: a}",
		"bad count": "apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: a}\n" +
			"spec: {site: a, fabrics: {f: {switches: {l: {role: leaf, type: t, count: few}}}}}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := validateText(t, s, []byte(text)); err == nil {
				t.Error("the schema takes it")
			}
			if _, err := generate.Load("plan.yaml", []byte(text)); err == nil {
				t.Error("Load takes it")
			}
		})
	}
}

// everything holds every key of the language.
const everything = `
apiVersion: diet/v1alpha1
kind: Plan
metadata:
  name: all
  labels: {environment: production, owner: net}
spec:
  site: {slug: lab, name: The lab, region: eu}
  status: active
  naming: {switch: "{site}-{fabric}-{class}-{n:02}", node: "{class}-{n:03d}", rack: "{pool}-{index}"}
  defaults:
    {description: "{class} {n}", tenant: ops, platform: "", tags: [diet, "{role}"], comments: made,
     customFields: {team: "{class}", cost: 3, list: [a, 1], deep: {x: "{n}"}, none: null}}
  catalog:
    deviceTypes:
      sw: {manufacturer: acme, model: S, u: 1, fullDepth: false, order: 1, ports: {"E1/{1-64}": 800gbase-x-osfp, M1: 1000base-t}}
      srv:
    moduleTypes:
      nic: {manufacturer: acme, model: N, order: 1, ports: {"p{0-1}": 200gbase-x-qsfp112}}
    roles: {leaf: {name: Leaf, color: "112233", order: 1}, oob: }
    manufacturers: {acme: {name: Acme Inc, order: 1}}
    tags: {x: {name: X}}
  racks:
    row: {count: 4, units: 48, location: hall, order: 1}
  fabrics:
    fe:
      managed: true
      order: 1
      switches:
        leaf:
          role: leaf
          type: sw
          count: 2
          group: 2
          redundancy: mclag
          railsPerLeaf: 4
          attach: fill
          rack: {pool: row, per: 1, fromU: 40, face: front}
          mgmt: {port: M1, to: oob.sw/mgmt}
          skip: [2]
          name: "{class}-{n}"
          set: {tags: [x]}
          deletionPolicy: orphan
          order: 1
          zones:
            server: {ports: "1-8", breakout: 4x200, alloc: interleaved, order: 1}
            rail: {ports: "9-16", breakout: 1x400, alloc: ["12-16", 11, 10, 9]}
            peer: {ports: "20-21", breakout: 1x800, peer: true}
            mesh: {ports: "22", breakout: 1x800, mesh: true}
            up: {ports: "31-34", breakout: 1x800, alloc: spaced, uplinkTo: spine/down}
            later: {ports: "40-50", reserved: true}
        spine: {role: spine, type: sw, count: auto, rack: {pool: row, per: 1, fromU: 42}, zones: {down: {ports: 1-64, breakout: 1x800}}}
    oob:
      managed: false
      switches:
        sw: {role: oob, type: oob-sw, attach: rack, perRack: 1, rack: {pool: row}, zones: {mgmt: {ports: 1-48, breakout: 1x1}}}
  nodes:
    gpu:
      count: 4
      skip: [3]
      max: 8
      type: srv
      role: server
      name: "{class}-{n:03}"
      set: {description: one, customFields: {team: other}}
      deletionPolicy: delete
      order: 1
      rack: {pool: row, per: 2, fromU: 1, face: front}
      nics:
        fe: {module: nic, order: 1}
        "be{0-3}": {module: CX7, ports: [port0], type: 400gbase-x-osfp}
        bmc: {ports: [0], type: 1000base-t}
      links:
        fe: {from: fe, to: fe.leaf/server, spread: alternate, lag: mclag, order: 1,
             cable: {type: aoc, color: "00ff00", label: x, length: 3.5, lengthUnit: m}}
        be: {from: "be{0-3}", to: fe.leaf/rail, spread: rail}
        bmc: {from: "bmc:0", to: oob.sw/mgmt, spread: pack}
  reconcile:
    deletionPolicy: warn
    approveDeletionsAbove: 0
    remediation: {default: alert, fields: {name: auto}}
    protect: ["all/gpu*"]
    initial: [status]
  moved: [{from: old, to: gpu}]
  expect: {racks: 4, devices: 11, interfaces: 82, cables: 41, switches: {fe.leaf: 2}}
`
