package generate_test

import (
	"reflect"
	"strings"
	"testing"
)

// everyKind states a custom field of each kind that the plan fedPower has.
const everyKind = `  defaults:
    customFields: {team: devices}
    racks: {customFields: {team: "racks {rack} {n:03}", tier: 1}}
    powerFeeds: {customFields: {team: "feeds {rack} {feed}"}}
    interfaces: {customFields: {team: "ports {class}-{n}", tier: 2, list: ["{class}", 4]}}
    consolePorts: {customFields: {team: consoles}}
    consoleServerPorts: {customFields: {team: lines}}
    powerPorts: {customFields: {team: inlets}}
    powerOutlets: {customFields: {team: outlets}}
    cables: {customFields: {team: "cables {class}-{n}", tier: 3}}
  catalog:`

// customOf are the custom fields of a plan's objects, by id.
func customOf(t *testing.T, text string) (fields map[string]map[string]any, kinds map[string]string) {
	t.Helper()
	fields, kinds = map[string]map[string]any{}, map[string]string{}
	for _, o := range MustGenerate(t, MustLoad(t, text), nil).Objects() {
		kinds[o.ID], fields[o.ID] = o.Kind, map[string]any{}
		for name, v := range o.Fields {
			if cf, is := strings.CutPrefix(name, "cf."); is {
				fields[o.ID][cf] = v
			}
		}
	}
	return fields, kinds
}

// TestCustomFields holds that defaults reach every object of a kind, and that a class's set, and
// what the plan says of a thing, go over them one by one.
func TestCustomFields(t *testing.T) {
	t.Parallel()
	all, kinds := customOf(t, fedPower(t, "  catalog:", everyKind))
	seen := map[string]bool{}
	for id, custom := range all {
		if seen[kinds[id]] = true; custom["team"] == nil {
			t.Errorf("%s %s has no team", kinds[id], id)
		}
	}
	if len(seen) != 9 {
		t.Errorf("kinds: %v", seen)
	}
	for id, want := range map[string]map[string]any{
		"own/rack:row[2]":          {"team": "racks row-02 002", "tier": 1},
		"own/rack:row[2]/feed:a":   {"team": "feeds row-02 a"},
		"own/server[4]/nic.1":      {"team": "ports server-4", "tier": 2, "list": []any{"server", 4}},
		"own/net.leaf[1]/1":        {"team": "ports leaf-1", "tier": 2, "list": []any{"leaf", 4}},
		"own/server[3]/nic.1~":     {"team": "cables server-3", "tier": 3},
		"own/net.leaf[2]/ps.1~":    {"team": "cables leaf-2", "tier": 3},
		"own/power.pdu[1]/power:1": {"team": "outlets"},
	} {
		if !reflect.DeepEqual(all[id], want) {
			t.Errorf("%s has %v, not %v", id, all[id], want)
		}
	}
}

// TestCustomFieldsNearest holds that the nearest statement wins, field by field.
func TestCustomFieldsNearest(t *testing.T) {
	t.Parallel()
	all, _ := customOf(t, fedPower(t, "  catalog:", everyKind,
		"voltage: 400", "customFields: {team: feed a}, voltage: 400",
		"count: 2\n      units", "count: 2\n      customFields: {team: \"{pool}\"}\n      units",
		"servers: {ports: 1-4}", "servers: {ports: 1-4, customFields: {team: zone}}",
		"{nic: {ports: [\"1\"]}", "{nic: {ports: [\"1\"], customFields: {tier: 9}}",
		"to: net.leaf/servers}", "to: net.leaf/servers, cable: {customFields: {team: link}}}",
		"      type: server\n", "      type: server\n      set: {cables: {customFields: {tier: 7}}, interfaces: {customFields: {team: null}}}\n"))
	for id, want := range map[string]map[string]any{
		"own/rack:row[2]":        {"team": "row", "tier": 1},
		"own/rack:row[1]/feed:a": {"team": "feed a"},
		"own/rack:row[1]/feed:b": {"team": "feeds row-01 b"},
		"own/net.leaf[1]/1":      {"team": "zone", "tier": 2, "list": []any{"leaf", 4}},
		"own/server[4]/nic.1":    {"team": nil, "tier": 9, "list": []any{"server", 4}},
		"own/server[4]/nic.1~":   {"team": "link", "tier": 7},
		"own/server[4]/psu.1~":   {"team": "cables server-4", "tier": 7},
	} {
		if !reflect.DeepEqual(all[id], want) {
			t.Errorf("%s has %v, not %v", id, all[id], want)
		}
	}
}

// TestCustomFieldsOfMore holds that modules, their bays and ports, LAGs and broken-out ports have
// them too.
func TestCustomFieldsOfMore(t *testing.T) {
	t.Parallel()
	defaults := "  defaults: {interfaces: {customFields: {team: \"{n}\"}}, cables: {customFields: {team: x}}, " +
		"modules: {customFields: {team: \"{class}\"}}, moduleBays: {customFields: {team: \"bay {n}\"}}}\n"
	lags := strings.NewReplacer("COUNT", "3", "LANES", "4x200", "LAG", "mclag", "SPREAD", "pack").Replace(bundled)
	for name, text := range map[string]string{
		"lags":     lags,
		"profiles": strings.Replace(strings.Replace(lags, "lags: true", "profiles: true", 1), "4x200", "2x400", 1),
		"modules":  modular,
	} {
		all, kinds := customOf(t, strings.Replace(text, "  catalog:", defaults+"  catalog:", 1))
		seen := map[string]bool{}
		for id, custom := range all {
			if seen[kinds[id]] = true; custom["team"] == nil && kinds[id] != "device" && kinds[id] != "rack" {
				t.Errorf("%s: %s %s has no team", name, kinds[id], id)
			}
		}
		if name == "modules" && !(seen["module"] && seen["module_bay"]) {
			t.Errorf("kinds: %v", seen)
		}
	}
}

// TestCustomFieldsChecked holds that diet's own fields, and placeholders without a meaning, are
// found wherever a plan states custom fields.
func TestCustomFieldsChecked(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		edits []string
		path  string
	}{
		"rack":  {[]string{"count: 2\n", "count: 2\n      customFields: STATED\n"}, "spec.racks.row.customFields"},
		"feed":  {[]string{"voltage: 400", "customFields: STATED, voltage: 400"}, "spec.racks.row.feeds.a.customFields"},
		"zone":  {[]string{"{ports: 1-4}", "{ports: 1-4, customFields: STATED}"}, "net.switches.leaf.zones.servers.customFields"},
		"nic":   {[]string{"[\"1\"]}", "[\"1\"], customFields: STATED}"}, "spec.nodes.server.nics.nic.customFields"},
		"cable": {[]string{"leaf/servers", "leaf/servers, cable: {customFields: STATED}"}, "spec.nodes.server.links.data.cable.customFields"},
		"set": {
			[]string{"  type: server\n", "  type: server\n      set: {powerPorts: {customFields: STATED}}\n"},
			"server.set.powerPorts.customFields",
		},
		"all racks": {[]string{"  catalog:", "  defaults: {racks: {customFields: STATED}}\n  catalog:"}, "spec.defaults.racks.customFields"},
		"all ports": {[]string{"  catalog:", "  defaults: {powerOutlets: {customFields: STATED}}\n  catalog:"}, "powerOutlets.customFields"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := fedPower(t, tc.edits...)
			wantFinding(t, findingsOf(t, strings.Replace(text, "STATED", "{diet_object_id: x}", 1)), tc.path+".diet_object_id", "is diet's own")
			wantFinding(t, findingsOf(t, strings.Replace(text, "STATED", "{team: \"{nothing}\"}", 1)), tc.path, "{nothing} has no meaning here")
		})
	}
}

// TestCustomFieldsAreNew holds that a plan without them states nothing more than it did.
func TestCustomFieldsAreNew(t *testing.T) {
	t.Parallel()
	topo := MustGenerate(t, MustLoad(t, fedPower(t)), nil)
	bare := topo.StatedAt(nil, 0)
	topo.Racks[0].CustomFields = map[string]any{}
	if got := topo.StatedAt(nil, 0); string(got) != string(bare) {
		t.Errorf("no custom fields are stated as %q", got)
	}
}
