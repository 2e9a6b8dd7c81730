package sandbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// sample is a recorded answer of a real server.
type sample struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`
}

// TestReplay does on the sandbox what was done on real servers and compares
// the shape of the answers: status, members in their order, forms of values.
func TestReplay(t *testing.T) {
	files, err := filepath.Glob("../../testdata/netbox/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("find recorded answers: %v", err)
	}
	for _, file := range files {
		version, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(file), "v4."), ".")
		version = "4." + version
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var samples map[string]sample
			if err := json.Unmarshal(raw, &samples); err != nil {
				t.Fatal(err)
			}
			for name, got := range replay(newWorld(t, version)) {
				want, found := samples[name]
				if !found {
					t.Errorf("no recorded answer %q", name)
					continue
				}
				compareReply(t, name, want, got)
			}
		})
	}
}

// replay makes the recorded requests on a sandbox.
func replay(w *world) map[string]reply {
	got := map[string]reply{}
	site, role, kind := w.room(5)
	tag := w.must(201, "POST", "/api/extras/tags/", obj{"name": "t1", "slug": "t1"}).id()
	w.must(201, "POST", "/api/extras/tags/", []obj{{"name": "t2", "slug": "t2"}, {"name": "t3", "slug": "t3"}})
	both := []string{"dcim.device", "dcim.interface", "dcim.cable", "dcim.site"}
	w.must(201, "POST", "/api/extras/custom-fields/", []obj{
		{"name": "cf2", "type": "integer", "object_types": []string{"dcim.device"}, "default": 7},
		{"name": "cfj", "type": "json", "object_types": []string{"dcim.device"}},
		{"name": "diet_key", "type": "text", "object_types": both},
	})
	device := obj{"name": "A", "site": site, "role": role, "device_type": kind, "tags": []int{tag}, "custom_fields": obj{"cfj": obj{"a": 1}}}
	got["POST device 201"] = w.do("POST", "/api/dcim/devices/", device)
	a := got["POST device 201"].id()
	b := w.must(201, "POST", "/api/dcim/devices/", obj{"name": "B", "site": site, "role": role, "device_type": kind}).id()
	ports := w.list("/api/dcim/interfaces/?ordering=id")
	p1, p2, p3 := ports[0], ports[5], ports[1]
	end := func(id int) []obj { return []obj{{"object_type": "dcim.interface", "object_id": id}} }
	got["POST cable 201"] = w.do("POST", "/api/dcim/cables/", obj{
		"a_terminations": end(p1), "b_terminations": end(p2),
		"type": "cat6", "label": "L", "color": "ff0000", "length": 3.5, "length_unit": "m",
	})
	cable := got["POST cable 201"].id()
	got["POST ip 201"] = w.do("POST", "/api/ipam/ip-addresses/", obj{
		"address":              "192.0.2.1/24",
		"assigned_object_type": "dcim.interface", "assigned_object_id": p1,
	})
	ip := got["POST ip 201"].id()
	dev := fmt.Sprintf("/api/dcim/devices/%d/", a)
	got["PATCH device primary_ip4 200"] = w.do("PATCH", dev, obj{"primary_ip4": ip})
	rack := w.must(201, "POST", "/api/dcim/racks/", obj{"name": "R1", "site": site}).id()
	w.must(201, "POST", "/api/dcim/devices/", []obj{
		{"name": "d1", "site": site, "role": role, "device_type": kind, "rack": rack},
		{"name": "n0", "site": site, "role": role, "device_type": kind, "rack": rack, "position": 10, "face": "front", "tags": []int{tag}},
	})
	replayReads(w, got, a, p1, p3, cable)
	replayFailures(w, got, a, b, site, role, kind, p1, rack)
	gone := w.do("DELETE", fmt.Sprintf("/api/dcim/cables/%d/", cable), nil)
	got["DELETE cable 204"] = gone
	got["GET object_changes of cable delete"] = w.do("GET",
		"/api/core/object-changes/?ordering=id&request_id="+gone.header.Get("X-Request-ID"), nil)
	gone = w.do("DELETE", dev, nil)
	got["GET object_changes of device delete"] = w.do("GET",
		"/api/core/object-changes/?ordering=id&request_id="+gone.header.Get("X-Request-ID"), nil)
	return got
}

func (w *world) list(path string) []int {
	var ids []int
	for _, x := range w.must(200, "GET", path, nil).body.(obj)["results"].([]any) {
		ids = append(ids, int(x.(obj)["id"].(float64)))
	}
	return ids
}

func replayReads(w *world, got map[string]reply, dev, cabled, free, cable int) {
	for name, path := range map[string]string{
		"GET status":       "/api/status/",
		"GET site":         "/api/dcim/sites/1/",
		"GET rack":         "/api/dcim/racks/1/",
		"GET device_type":  "/api/dcim/device-types/1/",
		"GET device_role":  "/api/dcim/device-roles/1/",
		"GET manufacturer": "/api/dcim/manufacturers/1/",
		"GET device":       fmt.Sprintf("/api/dcim/devices/%d/", dev), "GET interface_cabled": fmt.Sprintf("/api/dcim/interfaces/%d/", cabled),
		"GET interface_free": fmt.Sprintf("/api/dcim/interfaces/%d/", free), "GET cable": fmt.Sprintf("/api/dcim/cables/%d/", cable),
		"GET cable_terminations":  fmt.Sprintf("/api/dcim/cable-terminations/?cable=%d", cable),
		"GET tags":                "/api/extras/tags/?limit=2",
		"GET custom_fields":       "/api/extras/custom-fields/?limit=2",
		"GET interface_templates": "/api/dcim/interface-templates/?limit=2",
		"GET devices_page":        "/api/dcim/devices/?limit=1&ordering=-id",
		"GET devices_brief":       "/api/dcim/devices/?limit=1&brief=1",
		"GET devices_start":       "/api/dcim/devices/?limit=1&start=1&fields=id",
		"GET object_types":        "/api/core/object-types/?model=device",
		"GET object_changes":      "/api/core/object-changes/?changed_object_type=dcim.cable&limit=2",
		"GET ip":                  "/api/ipam/ip-addresses/1/",
		"GET nf":                  "/api/dcim/devices/99999999/",
		"GET badfilter":           "/api/dcim/devices/?site=nope",
	} {
		got[name] = w.do("GET", path, nil)
	}
}

func replayFailures(w *world, got map[string]reply, a, b, site, role, kind, port, rack int) {
	devs, racks := "/api/dcim/devices/", "/api/dcim/racks/"
	got["bulk PATCH unknown id"] = w.do("PATCH", devs, []obj{{"id": a, "serial": "1"}, {"id": 99999999, "serial": "2"}})
	got["bulk PATCH invalid"] = w.do("PATCH", devs, []obj{{"id": a, "status": "x"}, {"id": b, "role": 9999999}})
	got["bulk POST interfaces invalid"] = w.do("POST", "/api/dcim/interfaces/", []obj{
		{"device": a, "name": "x1"},
		{"device": a, "name": "eth00", "type": "virtual"},
		{"device": a, "name": "x2", "type": "zz"},
	})
	got["bulk POST devices invalid"] = w.do("POST", devs, []obj{
		{"name": "new", "site": site, "role": role, "device_type": kind}, {"name": "a", "site": site, "role": role, "device_type": kind},
	})
	got["bulk POST in-batch duplicate"] = w.do("POST", "/api/dcim/sites/", []obj{{"name": "q", "slug": "q"}, {"name": "q", "slug": "q"}})
	got["DELETE rack 409"] = w.do("DELETE", fmt.Sprintf("%s%d/", racks, rack), nil)
	got["bulk DELETE rack 409"] = w.do("DELETE", racks, []obj{{"id": rack}})
	got["bulk PATCH non-list"] = w.do("PATCH", devs, obj{"id": a, "serial": "1"})
	got["bulk PATCH missing id"] = w.do("PATCH", devs, []obj{{"serial": "1"}})
	got["POST device duplicate name"] = w.do("POST", devs, obj{"name": "a", "site": site, "role": role, "device_type": kind})
	end := func(id int) []obj { return []obj{{"object_type": "dcim.interface", "object_id": id}} }
	got["POST cable occupied"] = w.do("POST", "/api/dcim/cables/", obj{"a_terminations": end(port), "b_terminations": end(port + 1)})
	got["POST cable missing interface 500"] = w.do("POST", "/api/dcim/cables/",
		obj{"a_terminations": end(port + 1), "b_terminations": end(99999999)})
}

func compareReply(t *testing.T, name string, want sample, got reply) {
	t.Helper()
	if got.status != want.Status {
		t.Errorf("%s: status %d, want %d: %.300s", name, got.status, want.Status, got.raw)
		return
	}
	for _, h := range []string{"ETag", "Location", "X-Request-ID", "API-Version"} {
		if (got.header.Get(h) == "") != (want.Headers[h] == "") {
			t.Errorf("%s: header %s is %q, want one like %q", name, h, got.header.Get(h), want.Headers[h])
		}
	}
	if bytes.HasPrefix(bytes.TrimSpace(want.Body), []byte(`"`)) || want.Status == 204 {
		return // a page of HTML, or nothing
	}
	compareShape(t, name, shapeOf(t, want.Body), shapeOf(t, got.raw))
}

// member is a member of a JSON object; a shape is a list of them, a list of
// shapes, or the name of a scalar's type.
type member struct {
	name  string
	value any
}

func shapeOf(t *testing.T, raw []byte) any {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	s, err := readShape(dec)
	if err != nil {
		t.Fatalf("read %.200s: %v", raw, err)
	}
	return s
}

func readShape(dec *json.Decoder) (any, error) {
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch tok {
	case json.Delim('{'):
		members := []member{}
		for dec.More() {
			key, err := dec.Token()
			if err != nil {
				return nil, err
			}
			v, err := readShape(dec)
			if err != nil {
				return nil, err
			}
			members = append(members, member{key.(string), v})
		}
		_, err := dec.Token()
		return members, err
	case json.Delim('['):
		items := []any{}
		for dec.More() {
			v, err := readShape(dec)
			if err != nil {
				return nil, err
			}
			items = append(items, v)
		}
		_, err := dec.Token()
		return items, err
	}
	if n, ok := tok.(json.Number); ok {
		if strings.ContainsAny(string(n), ".e") {
			return "decimal", nil
		}
		return "integer", nil
	}
	if tok == nil {
		return "null", nil
	}
	return reflect.TypeOf(tok).String(), nil
}

// vague are members whose content depends on what else a server holds.
var vague = []string{
	"custom_fields", "installed_apps", "installed-apps", "features", "hostname", "plugins", "description",
	"detail", "next", "changed_object", "default",
}

func compareShape(t *testing.T, at string, want, got any) {
	t.Helper()
	switch w := want.(type) {
	case []member:
		g, ok := got.([]member)
		if !ok {
			t.Errorf("%s: %v, want an object", at, got)
			return
		}
		if strings.HasSuffix(at, ".role") && len(g) == len(w)+2 {
			return // 4.4 embeds the role's counters, but not after a PATCH
		}
		if x, y := names(w), names(g); !slices.Equal(x, y) {
			t.Errorf("%s: members\n got %v\nwant %v", at, y, x)
			return
		}
		for i := range w {
			if !slices.Contains(vague, w[i].name) {
				compareShape(t, at+"."+w[i].name, w[i].value, g[i].value)
			}
		}
	case []any:
		g, ok := got.([]any)
		if !ok || (len(g) == 0) != (len(w) == 0) {
			t.Errorf("%s: %v, want a list like %v", at, got, want)
			return
		}
		for i := range min(len(w), len(g)) {
			compareShape(t, fmt.Sprintf("%s[%d]", at, i), w[i], g[i])
		}
	default:
		if want != got {
			t.Errorf("%s: %v, want %v", at, got, want)
		}
	}
}

func names(members []member) []string {
	var list []string
	for _, m := range members {
		list = append(list, m.name)
	}
	return list
}
