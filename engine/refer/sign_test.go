package refer_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/refer"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/mirrortest"
)

// TestSigns has NetBox show more of each kind than the token sees of it.
func TestSigns(t *testing.T) {
	t.Parallel()
	roots := map[string]refer.Object{"device": device, "interface": device, "rack": rack}
	registry, tried := kinds.Standard(), 0
	for _, kind := range registry.Owned() {
		for field, referring := range kind.Signs {
			tried++
			shown := map[string]any{
				"parent_device": ref(9), "l2vpn_termination": ref(9), "wireless_link": ref(9), "mac_addresses": []any{ref(9)},
			}[field]
			if shown == nil {
				shown = 1
			}
			nb := &fake{lists: map[string][]object{"dcim/devices": {}, "dcim/interfaces": {}, "dcim/racks": {}}}
			nb.lists[kind.Endpoint] = []object{{"id": 1, "display": "x", field: shown}}
			want := "NetBox counts " + registry.Must(referring).Words() + " 1 on x, the token sees 0"
			if got := judge(t, open(t), nb, roots[kind.Name]).Unknown; !slices.Equal(got, []string{want}) {
				t.Errorf("%s.%s: %q", kind.Name, field, got)
			}
		}
	}
	if tried < 8 {
		t.Errorf("only %d signs were tried", tried)
	}
}

// TestSignsAgree: what is seen is no sign.
func TestSignsAgree(t *testing.T) {
	t.Parallel()
	db := open(t)
	mirrortest.Seed(t, db, "ip_address", object{"id": 5, "address": "10.0.0.1/24",
		"assigned_object_type": "dcim.interface", "assigned_object_id": 1})
	nb := &fake{lists: map[string][]object{
		"dcim/devices":       {},
		"dcim/interfaces":    {{"id": 1, "display": "x", "count_ipaddresses": 1, "count_fhrp_groups": 0, "mac_addresses": []any{ref(3)}}},
		"dcim/mac-addresses": {{"id": 3, "display": "02:00", "assigned_object_type": "dcim.interface", "assigned_object_id": 1}},
	}}
	j := judge(t, db, nb, device)
	if got := strings.Join(named(j), ","); got != "ip_address 10.0.0.1/24,mac_address 02:00" || j.Unknown != nil {
		t.Errorf("%q, unknown %q", got, j.Unknown)
	}
}

// TestBridge: NetBox would take an interface out of the bridge that is deleted.
func TestBridge(t *testing.T) {
	t.Parallel()
	db := open(t, object{"id": 3, "device": ref(1), "name": "br-member", "type": object{"value": "other"}, "bridge": ref(1),
		"tags": []any{}, "custom_fields": object{}})
	j := judge(t, db, &fake{lists: map[string][]object{"dcim/interfaces": {}}}, refer.Object{Kind: "interface", ID: 1})
	if got := named(j); !slices.Equal(got, []string{"interface br-member"}) {
		t.Errorf("%q", got)
	}
}

// TestProtectedAddress: somebody gave addresses the field that protects, and it counts
// though the mirror does not hold their fields.
func TestProtectedAddress(t *testing.T) {
	t.Parallel()
	for assigned, want := range map[string]bool{"ipam.ipaddress": true, "dcim.device": false} {
		db := open(t)
		mirrortest.Seed(t, db, "custom_field", object{"id": 1, "name": "diet_deletion_protected", "type": object{"value": "boolean"},
			"object_types": []any{assigned}, "required": false})
		mirrortest.Seed(t, db, "ip_address", object{"id": 5, "address": "10.0.0.1/24",
			"assigned_object_type": "dcim.interface", "assigned_object_id": 1})
		nb := &fake{lists: map[string][]object{"dcim/devices": {}, "dcim/interfaces": {},
			"ipam/ip-addresses": {{"id": 5, "custom_fields": object{"diet_deletion_protected": true}}}}}
		if got := judge(t, db, nb, device).Protected; got != want {
			t.Errorf("assigned to %s: protected is %v", assigned, got)
		}
	}
}

// TestUntoldPlugins: what a NetBox does not tell of its plugins is unknown, where it has any.
func TestUntoldPlugins(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		plugins string
		status  int
		want    string
	}{
		"none": {`{}`, 403, ""},
		"forbidden": {`{"dns": "1.0"}`, 403, "what the plugins dns refer to is not known: " +
			"the token may not view object type (core/object-types)"},
		"old": {`{"dns": "1.0"}`, 0, "what the plugins dns refer to is not known: NetBox before 4.4 does not tell"},
	} {
		db := open(t)
		if _, err := db.SQL().Exec(`INSERT INTO sync_state VALUES ('plugins', ?)`, tc.plugins); err != nil {
			t.Fatal(err)
		}
		nb := &fake{lists: map[string][]object{"dcim/devices": {}, "dcim/interfaces": {}}, status: map[string]int{"core/object-types": tc.status}}
		if got := strings.Join(judge(t, db, nb, device).Unknown, ";"); got != tc.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestUnlistedPlugins: of a plugin that the list of types has nothing of, what the API's roots show counts; what
// they show and do not tell is unknown. One without a model, and without a list, refers to nothing.
func TestUnlistedPlugins(t *testing.T) {
	t.Parallel()
	site := object{"id": 1, "display": "a", "site": object{"id": 1, "url": "http://nb/api/dcim/sites/1/"}}
	ours := object{"id": 2, "display": "b", "device": object{"id": 1, "url": "http://nb/api/dcim/devices/1/"}}
	const dark = "what a plugin refers to is not known: NetBox's API has plugins/x/, which does not answer"
	for name, tc := range map[string]struct {
		plugins string
		roots   map[string][]string
		rows    []object
		refused int // what the list of things answers
		listed  bool
		found   string
		unknown string
	}{
		"no root at all":      {plugins: `{"netbox_x": "1"}`},
		"no root of its":      {plugins: `{"netbox_x": "1"}`, roots: map[string][]string{"plugins": {"installed-plugins"}}},
		"nothing at its root": {plugins: `{"netbox_x": "1"}`, roots: map[string][]string{"plugins": {"x"}, "plugins/x": {}}},
		"nothing of ours": {plugins: `{"netbox_x": "1"}`,
			roots: map[string][]string{"plugins": {"installed-plugins", "x"}, "plugins/x": {"things"}},
			rows:  []object{site}},
		"something of ours": {plugins: `{"netbox_x": "1"}`, roots: map[string][]string{"plugins": {"x"}, "plugins/x": {"things"}},
			rows: []object{site, ours}, found: "x.things b"},
		"another name": {plugins: `{"netbox_x": "1"}`, roots: map[string][]string{"plugins": {"y"}, "plugins/y": {"things"}},
			rows: []object{ours}, found: "y.things b"},
		"a root that does not answer": {plugins: `{"netbox_x": "1"}`, roots: map[string][]string{"plugins": {"x"}},
			unknown: dark},
		"a list that is none": {plugins: `{"netbox_x": "1"}`, roots: map[string][]string{"plugins": {"x"}, "plugins/x": {"things"}},
			refused: 405, unknown: "x.things of a plugin cannot be read: get plugins/x/things: 405"},
		"one of two": {plugins: `{"netbox_x": "1", "netbox_z": "1"}`, roots: map[string][]string{"plugins": {"x"}, "plugins/x": {"things"}},
			rows: []object{ours}, found: "x.things b"},
		"listed":    {plugins: `{"netbox_x": "1"}`, listed: true, rows: []object{ours}, found: "netbox_x.thing b"},
		"branching": {plugins: `{"netbox_branching": "1"}`, roots: map[string][]string{"plugins": {"branching"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			if _, err := db.SQL().Exec(`INSERT INTO sync_state VALUES ('plugins', ?)`, tc.plugins); err != nil {
				t.Fatal(err)
			}
			types := []object{{"id": 1, "app_label": "dcim", "model": "device", "rest_api_endpoint": "/api/dcim/devices/"}}
			if tc.listed {
				types = append(types, object{"id": 2, "app_label": "netbox_x", "model": "thing",
					"rest_api_endpoint": "/api/plugins/x/things/", "is_plugin_model": true})
			}
			nb := &fake{roots: tc.roots, status: map[string]int{"plugins/x/things": tc.refused}, lists: map[string][]object{
				"core/object-types": types, "dcim/devices": {}, "dcim/interfaces": {},
				"plugins/x/things": tc.rows, "plugins/y/things": tc.rows,
			}}
			j := judge(t, db, nb, device)
			if got := strings.Join(named(j), ", "); got != tc.found {
				t.Errorf("found %q, want %q", got, tc.found)
			}
			if got := strings.Join(j.Unknown, "; "); !strings.HasPrefix(got, tc.unknown) || tc.unknown == "" && got != "" {
				t.Errorf("unknown %q, want %q", got, tc.unknown)
			}
		})
	}
}
