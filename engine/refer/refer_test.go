package refer_test

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/refer"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/mirrortest"
	"github.com/diet-project/diet/mirror/netbox"
)

type object = map[string]any

// fake is a NetBox that holds lists by endpoint. It knows no filters, as NetBox knows some
// of them not, but those by id, and those that start with only.
type fake struct {
	lists  map[string][]object
	status map[string]int // refused endpoints
	only   string
	counts map[string]int // instead of what the lists hold
	named  []string       // endpoints that the roots of their apps name
	roots  map[string][]string
	asked  []string
}

func (f *fake) refused(kind kinds.Kind) error {
	status := f.status[kind.Endpoint]
	if _, there := f.lists[kind.Endpoint]; !there && status == 0 {
		status = http.StatusNotFound
	}
	if status == 0 {
		return nil
	}
	return &netbox.Error{Method: http.MethodGet, Path: kind.Endpoint, Status: status}
}

func (f *fake) Count(_ context.Context, kind kinds.Kind, _ url.Values) (int, error) {
	if n, ok := f.counts[kind.Endpoint]; ok {
		return n, nil
	}
	return len(f.lists[kind.Endpoint]), f.refused(kind)
}

func (f *fake) Lists(_ context.Context, kind kinds.Kind) (bool, error) {
	return slices.Contains(f.named, kind.Endpoint), nil
}

// Root implements [refer.NetBox]: an app whose root is not there answers 404, or as status says.
func (f *fake) Root(_ context.Context, app string) ([]string, error) {
	f.asked = append(f.asked, app+"/")
	if f.status[app] == 0 && f.roots[app] != nil {
		return f.roots[app], nil
	}
	return nil, &netbox.Error{Method: http.MethodGet, Path: app, Status: cmp.Or(f.status[app], http.StatusNotFound)}
}

func (f *fake) Pages(_ context.Context, kind kinds.Kind, query url.Values) iter.Seq2[netbox.Page, error] {
	return func(yield func(netbox.Page, error) bool) {
		query.Del("fields")
		f.asked = append(f.asked, kind.Endpoint+"?"+query.Encode())
		if err := f.refused(kind); err != nil {
			yield(netbox.Page{}, err)
			return
		}
		var rows []object
		for _, row := range f.lists[kind.Endpoint] {
			if f.matches(row, query) {
				rows = append(rows, row)
			}
		}
		body, _ := json.Marshal(object{"results": rows})
		yield(netbox.Page{Body: body, Len: len(rows)}, nil)
	}
}

func (f *fake) matches(row object, query url.Values) bool {
	for key, values := range query {
		field := strings.TrimSuffix(key, "_id")
		if key == "id" || field == f.only {
			text, _ := json.Marshal(row[field])
			if nested, ok := row[field].(object); ok {
				text, _ = json.Marshal(nested["id"])
			}
			if !slices.Contains(values, string(text)) {
				return false
			}
		}
	}
	return true
}

func ref(id int) object { return object{"id": id} }

func marks(id string) object {
	return object{
		"diet_managed": true, "diet_plan_id": "web", "diet_object_id": id,
		"diet_managed_fields": object{"v": 1, "base": object{}},
	}
}

func protectedMarks(id string) object {
	out := marks(id)
	out["diet_deletion_protected"] = true
	return out
}

// open is a mirror with a device of plan web, an interface of the plan's and one that
// NetBox made from the type's template, and a rack.
func open(t *testing.T, interfaces ...object) *mirror.DB {
	t.Helper()
	db := mirrortest.Open(t)
	seed(t, db, interfaces...)
	return db
}

func seed(t *testing.T, db *mirror.DB, interfaces ...object) {
	t.Helper()
	mirrortest.Seed(t, db, "interface_template", object{"id": 1, "device_type": ref(1), "name": "eth0", "type": object{"value": "other"}})
	mirrortest.Seed(t, db, "rack", object{"id": 1, "name": "R1", "site": ref(1), "tags": []any{}, "custom_fields": marks("web/r[1]")})
	mirrortest.Seed(t, db, "device", object{
		"id": 1, "name": "web-009", "site": ref(1), "device_type": ref(1), "role": ref(1), "tags": []any{}, "custom_fields": marks("web/web[9]"),
	})
	mirrortest.Seed(t, db, "interface", append(interfaces,
		object{"id": 1, "device": ref(1), "name": "swp1", "type": object{"value": "other"},
			"tags": []any{}, "custom_fields": marks("web/web[9]/swp1")},
		object{"id": 2, "device": ref(1), "name": "eth0", "type": object{"value": "other"}, "tags": []any{}, "custom_fields": object{}})...)
}

func judge(t *testing.T, db *mirror.DB, nb refer.NetBox, o refer.Object) *refer.Judgement {
	t.Helper()
	out, err := refer.Judge(t.Context(), refer.Config{DB: db, NetBox: nb, Plan: "web"}, []refer.Object{o})
	if err != nil {
		t.Fatal(err)
	}
	return out[o]
}

func named(j *refer.Judgement) []string {
	var out []string
	for _, r := range j.References {
		out = append(out, r.Kind+" "+r.Name)
	}
	for _, r := range j.Edited {
		out = append(out, "on it: "+r.Kind+" "+r.Name)
	}
	return out
}

var (
	device = refer.Object{Kind: "device", ID: 1}
	rack   = refer.Object{Kind: "rack", ID: 1}
)

// TestLazyKinds has one object of every lazy kind refer to the device, to its interface or
// to the rack, by each of its fields: each counts, and nothing of others does.
func TestLazyKinds(t *testing.T) {
	t.Parallel()
	registry := kinds.Standard()
	targets := map[string]refer.Object{"device": device, "interface": {Kind: "interface", ID: 2}, "rack": rack}
	tried, db := 0, open(t)
	for _, name := range []string{"device", "interface", "rack"} {
		target := registry.Must(name)
		for _, r := range registry.LazyReferrers(target) {
			tried++
			row := object{"id": 5, "display": "mine", "name": "mine"}
			other := object{"id": 6, "display": "theirs", "name": "theirs"}
			if r.Field.Type == kinds.Generic {
				row[r.Field.TypeField], row[r.Field.Name] = target.ObjectType, targets[name].ID
				other[r.Field.TypeField], other[r.Field.Name] = "ipam.prefix", targets[name].ID
			} else {
				row[r.Field.Name], other[r.Field.Name] = ref(int(targets[name].ID)), ref(99)
			}
			root := device
			if name == "rack" {
				root = rack
			}
			nb := &fake{lists: map[string][]object{r.Kind.Endpoint: {row, other}, "dcim/devices": {}, "dcim/interfaces": {}, "dcim/racks": {}}}
			if got := named(judge(t, db, nb, root)); !slices.Equal(got, []string{r.Kind.Name + " mine"}) {
				t.Errorf("%s by %s on a %s: %q", r.Kind.Name, r.Field.Name, name, got)
			}
		}
	}
	if tried < 40 {
		t.Errorf("only %d references were tried", tried)
	}
}

// TestParts tells what NetBox made of a device's parts from what people made or wrote on.
func TestParts(t *testing.T) {
	t.Parallel()
	mine := func(more object) object {
		out := object{"id": 3, "device": ref(1), "name": "bond0", "type": object{"value": "lag"}, "tags": []any{}, "custom_fields": object{}}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	for name, tc := range map[string]struct {
		made      object
		want      string
		protected bool
	}{
		"by hand":   {mine(nil), "interface bond0", false},
		"protected": {mine(object{"custom_fields": object{"diet_deletion_protected": true}}), "interface bond0", true},
		"of another": {mine(object{"custom_fields": object{"diet_plan_id": "db", "diet_object_id": "db/x", "diet_managed": true}}),
			"interface bond0", false},
		"of a template": {mine(object{"name": "eth0"}), "", false},
		"written on":    {mine(object{"name": "eth0", "description": "uplink of the lab"}), "interface eth0", false},
		"with a field":  {mine(object{"name": "eth0", "custom_fields": object{"owner": "lab"}}), "interface eth0", false},
		"let go": {mine(object{"custom_fields": object{"diet_plan_id": "web", "diet_object_id": "web/y", "diet_managed": false}}),
			"interface bond0", false},
		"ours":           {mine(object{"custom_fields": marks("web/web[9]/bond0")}), "", false},
		"ours protected": {mine(object{"custom_fields": protectedMarks("web/y")}), "", true},
	} {
		db := open(t)
		mirrortest.Seed(t, db, "custom_field", object{"id": 1, "name": "owner", "type": object{"value": "text"},
			"object_types": []any{"dcim.interface"}, "required": false})
		mirrortest.Seed(t, db, "interface", tc.made)
		nb := &fake{lists: map[string][]object{"dcim/devices": {}, "dcim/interfaces": {}}}
		j := judge(t, db, nb, device)
		if got := strings.Join(named(j), ","); got != tc.want || j.Protected != tc.protected {
			t.Errorf("%s: %q, protected %v", name, got, j.Protected)
		}
	}
}

// TestChildInterface: NetBox refuses to delete an interface that another one stands on.
func TestChildInterface(t *testing.T) {
	t.Parallel()
	db := open(t, object{"id": 3, "device": ref(1), "name": "swp1.100", "type": object{"value": "virtual"}, "parent": ref(1),
		"tags": []any{}, "custom_fields": object{}})
	j := judge(t, db, &fake{lists: map[string][]object{"dcim/interfaces": {}}}, refer.Object{Kind: "interface", ID: 1})
	if got := named(j); !slices.Equal(got, []string{"interface swp1.100"}) {
		t.Errorf("%q", got)
	}
}

// TestOneEntryIsAReference adds a mirrored kind by one entry, which replaces the lazy one:
// what it has counts, by each of its fields that refers to what is deleted.
func TestOneEntryIsAReference(t *testing.T) {
	t.Parallel()
	entry := kinds.Kind{
		Name: "front_port", Endpoint: "dcim/front-ports", ObjectType: "dcim.frontport", Role: kinds.Mirrored, Label: "name",
		Doc: "a front port",
		Fields: []kinds.Field{
			{Name: "name", Type: kinds.Text, Required: true},
			{Name: "device", Type: kinds.Reference, To: "device", Required: true, OnDelete: kinds.Cascade},
		},
	}
	db := mirrortest.OpenConfig(t, mirror.Config{Kinds: kinds.Standard().With(entry)})
	seed(t, db)
	mirrortest.Seed(t, db, entry.Name, object{"id": 4, "name": "con0", "device": ref(1)})
	nb := &fake{lists: map[string][]object{"dcim/devices": {}, "dcim/interfaces": {}}}
	if got := named(judge(t, db, nb, device)); !slices.Equal(got, []string{"front_port con0"}) {
		t.Errorf("%q", got)
	}
	if slices.ContainsFunc(nb.asked, func(path string) bool { return strings.HasPrefix(path, entry.Endpoint) }) {
		t.Errorf("NetBox was asked for a kind that is mirrored: %q", nb.asked)
	}
}

// TestComponents is TestParts for the parts that the mirror does not hold.
func TestComponents(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		port object
		want string
	}{
		"of a template":    {object{"name": "psu1", "label": "A"}, ""},
		"by hand":          {object{"name": "psu9"}, "front_port psu"},
		"labelled":         {object{"name": "psu1", "label": "mine"}, "front_port psu"},
		"with a tag":       {object{"name": "psu1", "label": "A", "tags": []any{ref(1)}}, "front_port psu"},
		"with a field":     {object{"name": "psu1", "label": "A", "custom_fields": object{"feed": "B"}}, "front_port psu"},
		"empty fields":     {object{"name": "psu1", "label": "A", "custom_fields": object{"feed": nil, "x": false}}, ""},
		"came with module": {object{"name": "psu7", "module": ref(4)}, ""},
		"cabled":           {object{"name": "psu1", "label": "A"}, "cable feed 7"},
	} {
		db := open(t)
		tc.port["id"], tc.port["device"], tc.port["display"] = 8, ref(1), "psu"
		nb := &fake{lists: map[string][]object{
			"dcim/front-ports": {tc.port}, "dcim/devices": {{"id": 1, "front_port_count": 1}}, "dcim/interfaces": {},
			"dcim/front-port-templates": {{"id": 1, "device_type": ref(1), "name": "psu1", "label": "A"}},
		}}
		if name == "cabled" {
			mirrortest.Seed(t, db, "cable", object{"id": 7, "label": "feed 7", "color": "", "tags": []any{}, "custom_fields": object{}})
			mirrortest.Seed(t, db, "cable_termination",
				object{"id": 1, "cable": 7, "cable_end": "A", "termination_type": "dcim.frontport", "termination_id": 8})
		}
		j := judge(t, db, nb, device)
		if got := strings.Join(named(j), ","); got != tc.want || j.Unknown != nil {
			t.Errorf("%s: %q, unknown %q", name, got, j.Unknown)
		}
	}
}

// TestSockets is TestParts for parts that the mirror holds beside interfaces: a label of the template's
// is nobody's work.
func TestSockets(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		port object
		want string
	}{
		"of a template":    {object{"name": "psu1", "label": "A"}, ""},
		"by hand":          {object{"name": "psu9"}, "power_port psu9"},
		"labelled":         {object{"name": "psu1", "label": "mine"}, "power_port psu1"},
		"came with module": {object{"name": "psu7", "module": ref(4)}, ""},
		"described":        {object{"name": "psu7", "module": ref(4), "description": "hers"}, "power_port psu7"},
	} {
		db := open(t)
		tc.port["id"], tc.port["device"], tc.port["tags"], tc.port["custom_fields"] = 8, ref(1), []any{}, object{}
		mirrortest.Seed(t, db, "power_port_template", object{"id": 1, "device_type": ref(1), "name": "psu1", "label": "A"})
		mirrortest.Seed(t, db, "power_port", tc.port)
		nb := &fake{lists: map[string][]object{"dcim/devices": {{"id": 1, "power_port_count": 1}}, "dcim/interfaces": {}, "dcim/power-ports": {}}}
		j := judge(t, db, nb, device)
		if got := strings.Join(named(j), ","); got != tc.want || j.Unknown != nil {
			t.Errorf("%s: %q, unknown %q", name, got, j.Unknown)
		}
	}
}

// TestUnknown: what cannot be seen is unknown, never none; what is not there is none.
func TestUnknown(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		nb   *fake
		want string
	}{
		"nothing there": {&fake{}, ""},
		"forbidden":     {&fake{status: map[string]int{"ipam/services": 403}}, "the token may not view service (ipam/services)"},
		"hidden": {&fake{named: []string{"ipam/services"}},
			"NetBox lists service, but answers 404 for ipam/services: a gateway may hide it"},
		"broken": {&fake{status: map[string]int{"ipam/services": 500}}, "NetBox does not answer for service (ipam/services: 500)"},
		"counted": {&fake{lists: map[string][]object{"dcim/devices": {
			{"id": 1, "display": "web-009", "inventory_item_count": 2, "interface_count": 2},
		}}},
			"NetBox counts inventory item 2 on web-009, the token sees 0"},
	} {
		for _, endpoint := range []string{"dcim/devices", "dcim/interfaces"} {
			if tc.nb.lists == nil {
				tc.nb.lists = map[string][]object{}
			}
			if tc.nb.lists[endpoint] == nil {
				tc.nb.lists[endpoint] = []object{}
			}
		}
		if got := strings.Join(judge(t, open(t), tc.nb, device).Unknown, ";"); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
	if got := judge(t, open(t), nil, device).Unknown; !slices.Equal(got, []string{refer.Unasked}) {
		t.Errorf("without a NetBox: %q", got)
	}
}

// TestLargeKinds are read by the ids of what is doomed, and whole only where NetBox does
// not know the filter.
func TestLargeKinds(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ only, last string }{
		"known filter":   {"device", "dcim/virtual-device-contexts?device_id=1"},
		"unknown filter": {"", "dcim/virtual-device-contexts?"},
	} {
		nb := &fake{only: tc.only, counts: map[string]int{"dcim/virtual-device-contexts": 5000}, lists: map[string][]object{
			"dcim/virtual-device-contexts": {{"id": 1, "device": ref(1), "display": "mine"}, {"id": 2, "device": ref(2), "display": "theirs"}},
			"dcim/devices":                 {}, "dcim/interfaces": {},
		}}
		if got := named(judge(t, open(t), nb, device)); !slices.Equal(got, []string{"virtual_device_context mine"}) {
			t.Errorf("%s: %q", name, got)
		}
		asked := slices.DeleteFunc(nb.asked, func(s string) bool { return !strings.HasPrefix(s, "dcim/virtual-device-contexts") })
		if asked[len(asked)-1] != tc.last {
			t.Errorf("%s: asked %q", name, asked)
		}
	}
}

// TestObjectFields are custom fields that refer to a device, borne by kinds that diet knows
// and by one that it does not.
func TestObjectFields(t *testing.T) {
	t.Parallel()
	db := open(t)
	field := func(id int, name, kind, bearer string) object {
		return object{"id": id, "name": name, "type": object{"value": kind}, "object_types": []any{bearer},
			"related_object_type": "dcim.device", "required": false}
	}
	mirrortest.Seed(t, db, "custom_field", field(1, "monitors", "object", "ipam.service"),
		field(2, "hosts", "multiobject", "circuits.circuit"), field(3, "x", "object", "a.hidden"))
	nb := &fake{lists: map[string][]object{
		"ipam/services": {{"id": 1, "display": "probe", "custom_fields": object{"monitors": ref(1)}},
			{"id": 2, "display": "other", "custom_fields": object{"monitors": ref(2)}}},
		"circuits/circuits": {{"id": 3, "display": "wan", "custom_fields": object{"hosts": []any{ref(7), ref(1)}}}},
		"core/object-types": {{"id": 1, "app_label": "circuits", "model": "circuit", "rest_api_endpoint": "/api/circuits/circuits/"}},
		"dcim/devices":      {}, "dcim/interfaces": {},
	}}
	j := judge(t, db, nb, device)
	if got := named(j); !slices.Equal(got, []string{"circuits.circuit wan (hosts)", "service probe (monitors)"}) {
		t.Errorf("references %q", got)
	}
	if len(j.Unknown) != 1 || !strings.Contains(j.Unknown[0], "a.hidden") {
		t.Errorf("unknown %q", j.Unknown)
	}
}

// TestPlugins are models of which nothing is known: nested objects and generic references
// in what the API shows tell.
func TestPlugins(t *testing.T) {
	t.Parallel()
	types := []object{{
		"id": 1, "app_label": "dns", "model": "record",
		"rest_api_endpoint": "/api/plugins/dns/records/", "is_plugin_model": true,
	}}
	lists := func(rows ...object) map[string][]object {
		return map[string][]object{"core/object-types": types, "plugins/dns/records": rows, "dcim/devices": {}, "dcim/interfaces": {}}
	}
	nb := &fake{lists: lists(
		object{"id": 1, "display": "web-009.example", "host": object{"id": 1, "url": "http://nb/api/dcim/devices/1/"}},
		object{"id": 2, "display": "group", "hosts": []any{object{"id": 1, "url": "http://nb/api/dcim/devices/1/"}}},
		object{"id": 3, "display": "generic", "assigned_type": "dcim.device", "assigned_id": 1},
		object{"id": 4, "display": "other", "host": object{"id": 1, "url": "http://nb/api/dcim/sites/1/"},
			"assigned_type": "dcim.device", "assigned_id": 2})}
	want := []string{"dns.record web-009.example", "dns.record group", "dns.record generic"}
	if got := named(judge(t, open(t), nb, device)); !slices.Equal(got, want) {
		t.Errorf("references %q", got)
	}
	nb = &fake{lists: lists(), counts: map[string]int{"plugins/dns/records": 1e6}}
	if got := judge(t, open(t), nb, device).Unknown; len(got) != 1 || !strings.Contains(got[0], "too many") {
		t.Errorf("a large model: %q", got)
	}
	nb = &fake{lists: map[string][]object{"core/object-types": types, "dcim/devices": {}, "dcim/interfaces": {}}}
	if got := judge(t, open(t), nb, device).Unknown; len(got) != 1 || !strings.Contains(got[0], "404 for plugins/dns/records") {
		t.Errorf("a list that NetBox tells of and does not have: %q", got)
	}
	types[0]["rest_api_endpoint"] = nil
	nb = &fake{lists: lists()}
	if got := judge(t, open(t), nb, device).Unknown; len(got) != 1 || !strings.Contains(got[0], "dns.record") {
		t.Errorf("a model that the API does not show: %q", got)
	}
	types[0]["public"] = false
	if got := judge(t, open(t), nb, device).Unknown; len(got) != 0 {
		t.Errorf("a private model: %q", got)
	}
	delete(types[0], "public")
	types[0]["rest_api_endpoint"] = "/api/plugins/dns/records/"
	types[0]["app_label"] = "netbox_branching" // whose objects tell what branches change
	nb = &fake{lists: lists(object{"id": 3, "display": "Changed device", "object_type": "dcim.device", "object_id": 1})}
	if j := judge(t, open(t), nb, device); len(j.References)+len(j.Unknown) > 0 {
		t.Errorf("what a branch changes: %+v", j)
	}
}

// TestContent is what people wrote in fields that the mirror does not hold.
func TestContent(t *testing.T) {
	t.Parallel()
	nb := &fake{lists: map[string][]object{
		"dcim/devices": {{"id": 1, "virtual_chassis": object{"id": 3, "display": "stack 1"}, "local_context_data": nil, "cluster": nil}},
		"dcim/interfaces": {{"id": 2, "display": "eth0", "tagged_vlans": []any{object{"id": 1, "display": "VLAN 7"}}},
			{"id": 1, "display": "swp1", "vrf": nil}},
	}}
	if got := named(judge(t, open(t), nb, device)); !slices.Equal(got, []string{"interface eth0", "on it: virtual_chassis stack 1"}) {
		t.Errorf("references %q", got)
	}
}
