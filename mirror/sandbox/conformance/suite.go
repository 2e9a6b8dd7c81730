package conformance

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// suite is one check at work: a client, and names of its own.
type suite struct {
	*testing.T
	*client
	target  Target
	release int
	prefix  string
	taken   int
}

const (
	sites      = "/api/dcim/sites/"
	locations  = "/api/dcim/locations/"
	racks      = "/api/dcim/racks/"
	makers     = "/api/dcim/manufacturers/"
	types      = "/api/dcim/device-types/"
	templates  = "/api/dcim/interface-templates/"
	roles      = "/api/dcim/device-roles/"
	devices    = "/api/dcim/devices/"
	interfaces = "/api/dcim/interfaces/"
	cables     = "/api/dcim/cables/"
	ends       = "/api/dcim/cable-terminations/"
	addresses  = "/api/ipam/ip-addresses/"
	prefixes   = "/api/ipam/prefixes/"
	tags       = "/api/extras/tags/"
	customs    = "/api/extras/custom-fields/"
	changes    = "/api/core/object-changes/"
)

// name makes a name that nobody else has.
func (s *suite) name() string {
	s.taken++
	return fmt.Sprintf("%s-%d", s.prefix, s.taken)
}

// send makes a request as the tester.
func (s *suite) send(method, path string, body any, header ...string) reply {
	s.Helper()
	return s.do(s.T, method, path, body, header...)
}

// want makes a request that must have a status.
func (s *suite) want(status int, method, path string, body any, header ...string) reply {
	s.Helper()
	r := s.send(method, path, body, header...)
	if r.status != status {
		s.Fatalf("%s %s %s: status %d, want %d: %.600s", method, path, text(body), r.status, status, r.raw)
	}
	return r
}

// create makes objects, which are removed when the check ends.
func (s *suite) create(path string, body any) reply {
	s.Helper()
	r := s.want(201, "POST", path, body)
	if r.object() != nil {
		s.discard(path, r.id())
	}
	for _, o := range r.list() {
		s.discard(path, o.id())
	}
	return r
}

// discard removes an object when the check ends, if it is still there.
func (s *suite) discard(path string, id int) {
	s.Cleanup(func() {
		r := s.send("DELETE", one(path, id), nil)
		if r.status != 204 && r.status != 404 {
			s.Logf("remove %s: %d %.200s", one(path, id), r.status, r.raw)
		}
	})
}

func one(path string, id int) string { return fmt.Sprintf("%s%d/", path, id) }

func (s *suite) get(path string, id int) object {
	s.Helper()
	return s.want(200, "GET", one(path, id), nil).object()
}

// find lists what a query yields.
func (s *suite) find(path, query string) []object {
	s.Helper()
	return s.want(200, "GET", path+"?"+query, nil).list()
}

// equal compares as JSON.
func (s *suite) equal(what string, got, want any) {
	s.Helper()
	if text(got) != text(want) {
		s.Errorf("%s:\n got %s\nwant %s", what, text(got), text(want))
	}
}

// fault expects a status and a body.
func (s *suite) fault(r reply, status int, want string) {
	s.Helper()
	if r.status != status {
		s.Errorf("status %d, want %d: %.600s", r.status, status, r.raw)
		return
	}
	var w any
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		s.Fatalf("unreadable expectation %s: %v", want, err)
	}
	if !reflect.DeepEqual(r.body, w) {
		s.Errorf("body:\n got %.800s\nwant %s", r.raw, want)
	}
}

// mention expects a status and words in the body.
func (s *suite) mention(r reply, status int, words ...string) {
	s.Helper()
	if r.status != status {
		s.Errorf("status %d, want %d: %.600s", r.status, status, r.raw)
	}
	for _, w := range words {
		if !strings.Contains(string(r.raw), w) {
			s.Errorf("body lacks %q: %.600s", w, r.raw)
		}
	}
}

// choose is one value up to 4.6 and another from 4.7 on.
func (s *suite) choose(classic, structured string) string {
	if s.release >= 7 {
		return structured
	}
	return classic
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// moment reads a timestamp of the API.
func (s *suite) moment(v any) time.Time {
	s.Helper()
	str, _ := v.(string)
	at, err := time.Parse(time.RFC3339Nano, str)
	if err != nil {
		s.Fatalf("timestamp %v: %v", v, err)
	}
	return at
}

// hall is what devices need.
type hall struct{ site, maker, kind, role int }

// ports is how many interfaces a device of a hall's type gets.
const ports = 3

// hall makes a site, a role and a device type with eth0 to eth2.
func (s *suite) hall() hall {
	s.Helper()
	n := s.name()
	h := hall{
		site:  s.create(sites, object{"name": n, "slug": n}).id(),
		role:  s.create(roles, object{"name": n, "slug": n, "color": "9e9e9e"}).id(),
		maker: s.create(makers, object{"name": n, "slug": n}).id(),
	}
	h.kind = s.create(types, object{"manufacturer": h.maker, "model": n, "slug": n, "u_height": 1}).id()
	var list []object
	for i := range ports {
		list = append(list, object{"device_type": h.kind, "name": fmt.Sprintf("eth%d", i), "type": "10gbase-t"})
	}
	s.want(201, "POST", templates, list)
	return h
}

// device is the body of a device in a hall.
func (h hall) device(name string, more ...any) object {
	o := object{"name": name, "site": h.site, "role": h.role, "device_type": h.kind}
	for i := 0; i+1 < len(more); i += 2 {
		o[more[i].(string)] = more[i+1]
	}
	return o
}

// pair makes two devices and returns them with their ports.
func (s *suite) pair(h hall) (a, b int, pa, pb []int) {
	s.Helper()
	a = s.create(devices, h.device(s.name())).id()
	b = s.create(devices, h.device(s.name())).id()
	return a, b, s.portsOf(a), s.portsOf(b)
}

func (s *suite) portsOf(device int) []int {
	s.Helper()
	var ids []int
	for _, o := range s.find(interfaces, fmt.Sprintf("ordering=id&device_id=%d", device)) {
		ids = append(ids, o.id())
	}
	return ids
}

// end is one side of a cable.
func end(ports ...int) []object {
	list := []object{}
	for _, p := range ports {
		list = append(list, object{"object_type": "dcim.interface", "object_id": p})
	}
	return list
}

// cable connects two ports.
func (s *suite) cable(a, b int) reply {
	s.Helper()
	return s.create(cables, object{"a_terminations": end(a), "b_terminations": end(b)})
}

// rows lists the changes of a request as "action type id".
func (s *suite) rows(request string) []string {
	s.Helper()
	list := []string{}
	for _, o := range s.rowsOf(request) {
		list = append(list, fmt.Sprintf("%v %v %v", o.at("action", "value"), o["changed_object_type"], o["changed_object_id"]))
	}
	return list
}

func (s *suite) rowsOf(request string) []object {
	s.Helper()
	return s.find(changes, "limit=1000&ordering=id&request_id="+request)
}

// row names a change.
func row(action, objectType string, id int) string {
	return fmt.Sprintf("%s %s %d", action, objectType, id)
}

// contains expects a row among others.
func (s *suite) contains(what string, list []string, want string) {
	s.Helper()
	if !slices.Contains(list, want) {
		s.Errorf("%s lack %q: %q", what, want, list)
	}
}

// lacks expects a row to be absent.
func (s *suite) lacks(what string, list []string, unwanted string) {
	s.Helper()
	if slices.Contains(list, unwanted) {
		s.Errorf("%s have %q: %q", what, unwanted, list)
	}
}
