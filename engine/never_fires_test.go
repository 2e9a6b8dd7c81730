package engine_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/policy"
	"github.com/diet-project/diet/policies"
)

// foresight is what rules are held against, by the folders of policies.
var foresight sync.Map

// foreseen holds what the policies saw of a preview against what a rule is refused for that cannot fire.
func (w *world) foreseen(p *engine.Preview) {
	w.Helper()
	key := fmt.Sprint(w.policies)
	of, known := foresight.Load(key)
	if !known {
		made, err := policy.Foresee(engine.Config{Policies: w.policies}.PolicyConfig())
		if err != nil {
			w.Fatal(err)
		}
		of, _ = foresight.LoadOrStore(key, made)
	}
	for _, in := range p.Seen() {
		never, err := of.(*policy.Foresight).Unforeseen(&in)
		if err != nil {
			w.Fatal(err)
		}
		if len(never) > 0 {
			w.Errorf("a rule about %s %s %s %s is refused: it says %s", in.Class, in.Kind, in.Object, in.Field, strings.Join(never, "; "))
		}
	}
}

// ruleOf is a folder of a team with a guard that denies, or what METADATA says instead, and a data file.
func ruleOf(t *testing.T, body, beside, data string) policy.Config {
	t.Helper()
	dir := t.TempDir()
	text := "package team.t\n\n# METADATA\n# title: R\n# custom:\n#   id: T001\n#   severity: high\n#   decision: deny\n#   message: no\n" +
		"guards contains rego.metadata.rule().custom if {\n\t" + strings.ReplaceAll(body, "\n", "\n\t") + "\n}\n" + beside
	files := map[string]string{"t.rego": text}
	if data != "" {
		files["data.yaml"] = "team:\n  t:\n    " + strings.ReplaceAll(data, "\n", "\n    ") + "\n"
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return engine.Config{Policies: []string{dir}}.PolicyConfig()
}

// helpers are rules that those of the tests may name.
const helpers = `
_device if input.kind == "device"

_node if input.kind in {"device", "rack"}

_deletion if input.action == "delete"

_known if input.kind

_named if _known

_pci if "pci" in input.before.tags

_on := true

_closed if {
	input.kind == "device"
	input.plan.labels.frozen
}

default _late := false

_late if input.now > "2027"
`

// TestDeadRulesAreRefused refuses rules that no change of any kind can make fire, with their line.
func TestDeadRulesAreRefused(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`input.class == "orphaned"; input.kind == "ip_address"`:                              `input.kind is`,
		`input.class == "orphaned"; input.kind == "site"`:                                    `input.kind is`,
		`input.class == "planned"; input.kind == "site"`:                                     `input.kind is`,
		`input.class == "changed"; input.kind in {"tag", "vlan"}`:                            `"vlan" is not a value of input.kind`,
		`input.class == "shared"; input.kind == "device"`:                                    `input.kind is`,
		`input.class == "native"; input.kind == "rack"`:                                      `input.kind is`,
		`input.class == "orphaned"; input.kind == "cable"; input.before.site == "x"`:         `in the class orphaned, of the kind cable`,
		`input.kind == "rack"; input.before.asset_tag == "1"; input.before.face == "front"`:  `input.before.face is never there`,
		`input.kind == "device"; input.before.part_of.name == "x"`:                           `input.before.part_of.name is never there`,
		`input.kind == "interface"; input.after.part_of.mtu == 1`:                            `no key "mtu"`,
		`input.kind == "interface"; input.after.part_of.length == 1`:                         `input.after.part_of.length is never there`,
		`input.kind == "interface"; input.after.position > 3`:                                `input.after.position is never there`,
		`input.class == "missing"; input.undoes == "create"`:                                 `input.undoes is`,
		`input.class == "missing"; some r in input.references; r.kind == "tag"`:              `is never there`,
		`input.class == "orphaned"; input.taken == "name"`:                                   `input.taken is never there`,
		`input.class == "exists"; input.taken == "copy"`:                                     `input.taken is`,
		`input.class == "absent"; input.flap.times > 2`:                                      `never there`,
		`input.class == "drift"; input.replaced_by`:                                          `never there`,
		`input.class == "orphaned"; "PCI scope" in input.before.tags`:                        `such as the slug pci`,
		`input.class == "orphaned"; some t in input.before.tags; t == "PCI scope"`:           `such as the slug pci`,
		`input.before.tags[_] == "PCI: scope"`:                                               `such as the slug pci`,
		`some x in input.run.counts; x > 3`:                                                  `an object, with 3, a number`,
		`input.run.counts.device > 3`:                                                        `an object, with 3, a number`,
		`input.run.counts.ip_address.delete > 3`:                                             `no key "ip_address"`,
		`input.run.owned.site > 3`:                                                           `no key "site"`,
		`input.class == "run"; input.question == "RUN201"`:                                   `input.question is text such as RUN101`,
		`input.source == "web[1]"`:                                                           `such as gpu or backend.leaf`,
		`startswith(input.source, "web[")`:                                                   `such as gpu or backend.leaf`,
		`startswith(input.object, "web[")`:                                                   `such as shop/web[1]`,
		`input.class == "orphaned"; contains(input.before.site, " ")`:                        `such as the slug ams-1`,
		`input.class == "orphaned"; input.kind == "device"; input.before.role == "GPU node"`: `such as the slug ams-1`,
		`input.before.status == "Active"`:                                                    `such as the value active`,
		`input.kind == "interface"; input.before.part_of.status in {"Active", "Planned"}`:    `such as the value active`,
		`input.plan.site == "Amsterdam 2"`:                                                   `such as the slug ams-1`,
		`input.plan.key == "Shop"`:                                                           `such as shop`,
		`input.class == "exists"; "naem" in input.differs`:                                   `did you mean name?`,
		`input.now < "31.12.2026"`:                                                           `a time such as`,
		`input.blame.time > "12/24/2026"`:                                                    `a time such as`,
		`input.now == "2026-12-24"`:                                                          `never holds here`,
		`input.field == "role"; input.want == "leaf"`:                                        `input.names has what that is called`,
		`input.kind == "device"; input.field == "device_type"; input.have == "dgx"`:          `never holds here`,
		`input.kind == "cable"; input.field == "position"`:                                   `no cable has such a field`,
		`input.before.custom_fields["Support level"] == "gold"`:                              `is never there`,
		`input.source in data.team.t.core`:                                                   ``,
		`input.kind == "device"; not _device`:                                                `what is negated always holds`,
		`input.kind == "device"; not _node`:                                                  `what is negated always holds`,
		`input.class == "orphaned"; not _deletion`:                                           `what is negated always holds`,
		`not _known`:      `what is negated always holds`,
		`not _named`:      `what is negated always holds`,
		`not input.field`: `what is negated always holds`,
		`not input.now`:   `what is negated always holds`,
		`input.class == "orphaned"; not input.kind`:            ``,
		`input.run.deletions > data.team.t.limits[input.kind]`: ``,
		`input.kind in data.team.t.kinds`:                      `did you mean device?`,
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			body = strings.ReplaceAll(body, "; ", "\n")
			_, err := policy.New(t.Context(), ruleOf(t, body, helpers, "limits: {devcie: 3}\nkinds: [devcie]\nsites: {ams1: {freeze: true}}"))
			var refused *policy.Error
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), want) || refused.Line < 10 || refused.Advice == "" {
				t.Errorf("got %v, want %q with its line and a hint", err, want)
			}
		})
	}
}

// TestLiveRulesAreTaken takes what teams write.
func TestLiveRulesAreTaken(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`input.class == "orphaned"; input.kind == "device"; "pci" in input.before.tags`,
		`input.class == "orphaned"; some t in input.before.tags; startswith(t, "pci-")`,
		`input.class == "orphaned"; "größe-2" in input.before.tags`,
		`input.class in {"orphaned", "changed"}; input.kind == "interface"; input.before.part_of.site == "ams1"`,
		`input.class == "absent"; input.kind == "device_type"`,
		`input.class == "absent"; input.kind == "site"; input.after.name == "Amsterdam 2"`,
		`input.class == "finding"; input.kind == "site"`,
		`input.class == "shared"; input.kind == "device_role"; input.other.name == "leaf"`,
		`input.class == "native"; input.kind == "interface"; input.taken == "name"`,
		`input.class == "orphaned"; input.kind == "power_feed"; input.before.voltage > 400`,
		`input.class == "orphaned"; input.kind == "module"; input.before.part_of.role == "gpu"`,
		`input.class == "orphaned"; some r in input.references; r.kind == "ip_address"`,
		`input.class == "orphaned"; input.references[_].kind == "netbox_dns.record"`,
		`input.class == "orphaned"; input.undoes == "create"`,
		`input.class == "missing"; input.undoes == "update"`,
		`input.class == "missing"; input.instead_of`,
		`input.class == "blocked"; input.kind == "cable"; input.taken == "port"`,
		`input.class == "identity"; input.taken == "copy"; count(input.references) == 1`,
		`input.class == "identity"; "diet_object_id" in input.differs`,
		`input.class == "exists"; "tag.pci" in input.differs`,
		`input.class == "exists"; "cf.owner" in input.differs; "serial" in input.differs`,
		`some kind, by in input.run.counts; by.delete > 3; kind != "cable"`,
		`some x in input.run.counts; x.delete > 3`,
		`some n in input.run.owned; n > 3`,
		`input.run.counts.tag.create > 3`,
		`input.run.counts.device.orphan + input.run.counts.device["delete"] > 3`,
		`input.class == "run"; input.question == "RUN102 delete device"`,
		`input.class == "run"; input.question == "T001"`,
		`input.class == "run"; input.object == "shop"`,
		`input.source == "backend.leaf"`,
		`startswith(input.source, "backend.")`,
		`input.source == "rack:row"`,
		`startswith(input.object, "shop/web[")`,
		`startswith(input.object, "shop")`,
		`contains(input.object, "[1]")`,
		`endswith(input.object, "/web[1]")`,
		`endswith(input.before.site, "-lab")`,
		`input.before.role == "gpu-node"; input.after.role != input.before.role`,
		`input.before.tenant == null`,
		`input.before.status in {"active", "In quarantine"}`,
		`input.plan.reconcile.protect == null`,
		`input.before.location == "hall-2"; input.before.rack == "row 02"`,
		`input.plan.site in {"ams1", "Fra_2"}`,
		`input.now >= "2026-12-20"; input.now < "2027-01-04T00:00:00Z"`,
		`startswith(input.now, "2026-12-2")`,
		`endswith(input.now, "Z")`,
		`input.blame.actor == "person"; input.blame.time > "2026-12"`,
		`input.field == "role"; input.want == 4`,
		`input.field == "role"; input.names.want == "leaf"`,
		`input.field == "tenant"; input.want == null`,
		`input.field in {"site", "name"}; input.want == "x"`,
		`input.kind == "cable"; input.field == "length"; input.want > 30`,
		`input.field == "a"; input.kind == "cable"`,
		`startswith(input.field, "cf."); input.class == "drift"`,
		`input.kind == "rack"; input.before.role == 3`,
		`input.kind == "cable"; input.before.custom_fields.patch_id == "17"`,
		`input.before.custom_fields["support_level"] == "gold"`,
		`input.source in data.team.t.core`,
		`input.run.counts[input.kind]["delete"] > data.team.t.limits[input.kind]`,
		`data.team.t.sites[input.plan.site].frozen`,
		`object.get(data.team.t.sites, [input.plan.site, "frozen"], false)`,
		`data.team.t.sites[_].closed; input.plan.site == "ams1"`,
		`input.kind in data.team.t.kinds`,
		`not _device`,
		`input.kind == "rack"; not _device`,
		`input.kind == "interface"; not _node`,
		`input.class == "drift"; not _deletion`,
		`input.class == "orphaned"; not _pci`,
		`input.kind == "device"; not _on`,
		`input.kind == "device"; not _closed`,
		`input.kind == "device"; not _listed`,
		`input.kind == "device"; not _late`,
		`input.class == "orphaned"; not input.protected`,
		`input.class == "orphaned"; not input.source`,
		`input.kind == "device"; not input.before`,
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			body = strings.ReplaceAll(body, "; ", "\n")
			data := "core: [backend.spine]\nlimits: {device: 3, default: 9}\nkinds: [device]\nsites: {ams1: {frozen: true}}"
			if _, err := policy.New(t.Context(), ruleOf(t, body, helpers+"\n_listed if input.kind in data.team.t.kinds\n", data)); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestShippedRulesMayFire takes a copy of the shipped policies, and the example of a team, as it takes what
// teams write.
func TestShippedRulesMayFire(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(dir, policies.FS); err != nil {
		t.Fatal(err)
	}
	edited := filepath.Join(dir, "diet", "main", "main.rego")
	text, err := os.ReadFile(edited)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(edited, append(text, "\n# edited\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{dir, "../testdata/policy/example-team"} {
		if _, err := policy.New(t.Context(), engine.Config{Policies: []string{folder}}.PolicyConfig()); err != nil {
			t.Errorf("%s: %v", folder, err)
		}
	}
}
