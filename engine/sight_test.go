package engine_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/policies"
)

// TestSightSchema holds the schema of what rules see against the registry: a rule that reads
// another key is refused.
func TestSightSchema(t *testing.T) {
	t.Parallel()
	text, err := policies.FS.ReadFile("schema/input/v1.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Definitions struct {
			Object struct{ Properties map[string]any }
		}
	}
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"part_of": nil}
	for _, k := range kinds.Standard().Owned() {
		for _, f := range k.Stored() {
			want[f.Name] = nil
		}
	}
	if got, want := slices.Sorted(maps.Keys(schema.Definitions.Object.Properties)), slices.Sorted(maps.Keys(want)); !slices.Equal(got, want) {
		t.Errorf("the schema has  %v\nobjects have    %v", got, want)
	}
}

// TestRulesSeeTheObject lets guards look at tags, role, site and custom fields, of what is
// there and of what the plan would make, also where the plan itself set them.
func TestRulesSeeTheObject(t *testing.T) {
	t.Parallel()
	const base = `description: "one"`
	tagged := `description: "one", tags: [pci]`
	for name, tt := range map[string]struct {
		from, to string // of the plan
		servers  int
		guard    string
		kind     string
		object   string
		acts     bool
	}{
		"a tag of the plan's own": {
			from: tagged, to: tagged, servers: 1, kind: "device", object: "web/web[2]",
			guard: `input.class == "orphaned"; "pci" in input.before.tags`,
		},
		"another tag": {
			from: tagged, to: tagged, servers: 1, kind: "device", object: "web/web[2]", acts: true,
			guard: `input.class == "orphaned"; "dmz" in input.before.tags`,
		},
		"a tag that the plan adds": {
			from: base, to: tagged, servers: 2, kind: "device", object: "web/web[2]",
			guard: `input.class == "changed"; "pci" in input.after.tags; input.before.tags == []`,
		},
		"what is made": {
			from: base, to: base, servers: 3, kind: "device", object: "web/web[3]",
			guard: `input.class == "absent"; input.after.site == "ams2"; input.after.role == "server"; not input.before`,
		},
		"the device of what is made": {
			from: base, to: base, servers: 3, kind: "interface", object: "web/web[3]/lom.eth0",
			guard: `input.class == "absent"; input.after.part_of.role == "server"; input.after.name == "lom-eth0"`,
		},
		"a field by the object": {
			from: base, to: `description: "two"`, servers: 2, kind: "device", object: "web/web[2]",
			guard: `input.class == "planned"; input.before.status == "planned"; input.after.description == "two"`,
		},
		"a part of what is deleted": {
			from: base, to: base, servers: 1, kind: "device", object: "web/web[2]",
			guard: `input.class == "orphaned"; input.kind == "interface"; input.before.part_of.status == "planned"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.edited(small, `description: "%s"`, tt.from, "%d", "2"))
			w.team("guards", "deny", tt.guard)
			plan := w.edited(small, `description: "%s"`, tt.to, "%d", string(rune('0'+tt.servers)))
			c := w.preview(plan).Set().Find(tt.kind, tt.object)
			if c == nil || c.Acts() != tt.acts {
				t.Fatalf("%s: %+v", tt.object, c)
			}
			w.apply(plan)
			w.law(plan)
			if tt.acts {
				return
			}
			if c := w.preview(plan).Set().Find(tt.kind, tt.object); c.Deciding().Decision != change.DecisionDeny {
				t.Errorf("after the apply: %+v", c.Deciding())
			}
		})
	}
}
