package apply_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/mirror/netbox"
)

// stored is one object of the fake NetBox.
type stored struct {
	id      int64
	object  string // its diet id, or kind:slug
	fields  map[string]any
	version int
	edited  bool // by a person

	lost string // the request of an unknown outcome that wrote it last
}

func (s *stored) lastUpdated() string { return fmt.Sprintf("2030-01-01T00:00:00.%06dZ", s.version) }

// call is one write that the fake has received.
type call struct {
	n            int // from 0
	method, kind string
	objects      []string
	batch        string
	open         []string // the objects of which the answer does not say what became
	committed    []string // the objects that it wrote
	requestID    string
	err          error
	unanswered   bool // its answer is lost
	reads        int  // how many reads there were before it
}

// fate is what becomes of a write. The zero value is success.
type fate struct {
	err    error // the answer
	commit bool  // the write is carried out in spite of err
	later  bool  // it is, once somebody has asked for what it makes
	tardy  bool  // it is, once it is sent again

	// skip has the objects for which it is true passed over, as NetBox does with
	// those that a token may not write.
	skip func(object string) bool

	// answer alters the objects that a create is answered with.
	answer func([]netbox.Object) []netbox.Object
}

// fake is a NetBox that keeps objects in memory. It refuses what NetBox refuses:
// references to nothing, a name or a port taken, and an If-Match that does not hold.
type fake struct {
	mu      sync.Mutex
	next    int64
	clock   int
	kinds   map[string]map[int64]*stored
	names   map[int64]string // of all that ever was
	calls   []*call
	busy    map[string]bool // parents that a write under way locks
	late    []func()
	tardy   map[string]func() // by kind
	faults  []string          // what the applier must never do
	destiny func(*call) fate

	reads    int
	readFate func(name string, n int) error
}

var (
	_ apply.Writer = (*fake)(nil)
	_ apply.Reader = (*fake)(nil)
)

func newFake() *fake {
	return &fake{
		kinds: map[string]map[int64]*stored{}, names: map[int64]string{}, busy: map[string]bool{}, tardy: map[string]func(){},
		destiny: func(*call) fate { return fate{} },
	}
}

// put stores an object as it stood before the run.
func (f *fake) put(kind, object string, fields map[string]any) *stored {
	f.next++
	f.clock++
	s := &stored{id: f.next, object: object, fields: fields, version: f.clock}
	if f.kinds[kind] == nil {
		f.kinds[kind] = map[int64]*stored{}
	}
	f.kinds[kind][s.id] = s
	f.names[s.id] = object
	return s
}

// find returns the object of a kind that has an id, or nil, and how many do.
func (f *fake) find(kind, object string) (found *stored, n int) {
	for _, s := range f.kinds[kind] {
		if s.object == object {
			found = s
			n++
		}
	}
	return found, n
}

func (f *fake) Create(_ context.Context, kind string, items []map[string]any, opt netbox.Write) (netbox.Result, error) {
	objects := make([]string, len(items))
	for i, item := range items {
		objects[i] = objectOf(item)
	}
	return f.write(http.MethodPost, kind, objects, items, opt)
}

func (f *fake) Update(_ context.Context, kind string, items []map[string]any, opt netbox.Write) (netbox.Result, error) {
	return f.write(http.MethodPatch, kind, f.borne(items), items, opt)
}

func (f *fake) Delete(_ context.Context, kind string, ids []int64, opt netbox.Write) (netbox.Result, error) {
	items := make([]map[string]any, len(ids))
	for i, id := range ids {
		items[i] = map[string]any{"id": id}
	}
	return f.write(http.MethodDelete, kind, f.borne(items), items, opt)
}

// borne are the diet ids of what items name by NetBox id.
func (f *fake) borne(items []map[string]any) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	objects := make([]string, len(items))
	for i, item := range items {
		id, _ := item["id"].(int64)
		objects[i] = cmp.Or(f.names[id], objectOf(item))
	}
	return objects
}

// objectOf is the id in the payload of a create.
func objectOf(item map[string]any) string {
	custom, _ := item["custom_fields"].(map[string]any)
	if id, ok := custom["diet_object_id"].(string); ok {
		return id
	}
	object, _ := item["object"].(string)
	return object
}

// write carries a request out as its fate wants.
func (f *fake) write(method, kind string, objects []string, items []map[string]any, opt netbox.Write) (netbox.Result, error) {
	c, doom := f.receive(method, kind, objects, items, opt)
	c.unanswered = isUnknown(doom.err) || doom.answer != nil
	defer f.release(c, items)
	f.mu.Lock()
	defer f.mu.Unlock()
	result := netbox.Result{RequestID: c.requestID}
	if commit := f.tardy[kind]; commit != nil {
		commit()
		delete(f.tardy, kind)
	}
	switch {
	case doom.tardy:
		f.tardy[kind] = func() { _, _ = f.commit(c, items, opt, doom) }
	case doom.later:
		f.late = append(f.late, func() { _, _ = f.commit(c, items, opt, doom) })
	case doom.err == nil || doom.commit:
		result.Objects, c.err = f.commit(c, items, opt, doom)
	}
	if doom.err != nil {
		result.Objects, c.err = nil, doom.err
	}
	if doom.answer != nil {
		result.Objects = doom.answer(result.Objects)
	}
	c.open = f.unanswered(c, result.Objects)
	for _, s := range f.kinds[kind] {
		if s.lost == c.batch && !slices.Contains(c.open, f.names[s.id]) {
			s.lost = "" // the answer tells of it
		}
	}
	return result, c.err
}

// receive notes a request and asks what is to become of it.
func (f *fake) receive(method, kind string, objects []string, items []map[string]any, opt netbox.Write) (*call, fate) {
	f.mu.Lock()
	c := &call{n: len(f.calls), method: method, kind: kind, objects: objects, batch: strings.TrimPrefix(opt.Message, "diet ")}
	c.requestID, c.reads = fmt.Sprint("request-", c.n), f.reads
	f.calls = append(f.calls, c)
	for _, parent := range parents(kind, items) {
		if f.busy[parent] {
			f.faults = append(f.faults, fmt.Sprintf("two requests at once on %s", parent))
		}
		f.busy[parent] = true
	}
	f.mu.Unlock()
	return c, f.destiny(c)
}

// unanswered are the objects of a request of which its answer leaves open what became.
func (f *fake) unanswered(c *call, answered []netbox.Object) []string {
	if isUnknown(c.err) {
		return c.objects
	}
	if c.err != nil || c.method == http.MethodDelete {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.objects), func(object string) bool {
		return slices.ContainsFunc(answered, func(o netbox.Object) bool { return f.names[o.ID] == object })
	})
}

func (f *fake) release(c *call, items []map[string]any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, parent := range parents(c.kind, items) {
		delete(f.busy, parent)
	}
}

// parents are the devices that a write of interfaces locks.
func parents(kind string, items []map[string]any) []string {
	seen := map[string]bool{}
	for _, item := range items {
		if device, ok := item["device"]; ok && kind == "interface" {
			seen[fmt.Sprint("device ", device)] = true
		}
	}
	return slices.Collect(maps.Keys(seen))
}

// commit is one transaction: all of it or nothing, but for what is passed over.
func (f *fake) commit(c *call, items []map[string]any, opt netbox.Write, doom fate) ([]netbox.Object, error) {
	if err := f.precondition(c, items, opt); err != nil {
		return nil, err
	}
	was := f.snapshot()
	var out []netbox.Object
	refused := &netbox.Error{Method: c.method, Path: c.kind, Status: http.StatusOK, Detail: "objects skipped"}
	for i, item := range items {
		if doom.skip != nil && doom.skip(c.objects[i]) {
			id, _ := item["id"].(int64)
			refused.Items = append(refused.Items, netbox.ItemError{Index: i, ID: id, Detail: "the token may not write it"})
			continue
		}
		s, err := f.one(c, item)
		if err != nil {
			f.kinds, c.committed = was, nil
			return nil, &netbox.Error{Method: c.method, Path: c.kind, Status: http.StatusBadRequest, Detail: c.objects[i] + ": " + err.Error()}
		}
		c.committed = append(c.committed, c.objects[i])
		if c.method != http.MethodDelete {
			out = append(out, netbox.Object{ID: s.id, Raw: s.raw(c.kind)})
		}
	}
	if len(refused.Items) > 0 {
		return out, refused
	}
	return out, nil
}

// raw is an object as NetBox answers it: what diet does not own has no marks.
func (s *stored) raw(kind string) json.RawMessage {
	body := map[string]any{"id": s.id}
	if slices.Contains(ownedKinds, kind) {
		body["custom_fields"] = map[string]any{"diet_object_id": s.object}
	}
	raw, _ := json.Marshal(body)
	return raw
}

// snapshot copies what is there, to go back to.
func (f *fake) snapshot() map[string]map[int64]*stored {
	out := map[string]map[int64]*stored{}
	for kind, objects := range f.kinds {
		out[kind] = map[int64]*stored{}
		for id, s := range objects {
			copied := *s
			copied.fields = maps.Clone(s.fields)
			out[kind][id] = &copied
		}
	}
	return out
}

func (f *fake) precondition(c *call, items []map[string]any, opt netbox.Write) error {
	for _, item := range items {
		id, _ := item["id"].(int64)
		s := f.kinds[c.kind][id]
		if s != nil && len(opt.IfMatch) > 0 && !slices.Contains(opt.IfMatch, netbox.ETag(s.lastUpdated())) {
			return &netbox.Error{Method: c.method, Path: c.kind, Status: http.StatusPreconditionFailed}
		}
	}
	return nil
}

// one writes one object of a request.
func (f *fake) one(c *call, item map[string]any) (*stored, error) {
	if err := f.check(c, item); err != nil {
		return nil, err
	}
	if c.method == http.MethodPost {
		s := f.put(c.kind, objectOf(item), maps.Clone(item))
		f.follow(c.kind, s)
		return s, nil
	}
	id, _ := item["id"].(int64)
	s := f.kinds[c.kind][id]
	switch {
	case s == nil:
		return nil, fmt.Errorf("%d is not there", id)
	case c.method == http.MethodDelete:
		f.remove(c.kind, s)
		return s, nil
	}
	f.clock++
	s.version = f.clock
	maps.Copy(s.fields, item)
	s.lost = ""
	if c.unanswered {
		s.lost = c.batch
	}
	if custom, ok := item["custom_fields"].(map[string]any); ok {
		s.object, _ = custom["diet_object_id"].(string)
		f.names[id] = cmp.Or(s.object, f.names[id])
	}
	return s, nil
}

// remove deletes an object with what is part of it.
func (f *fake) remove(kind string, s *stored) {
	delete(f.kinds[kind], s.id)
	for id, part := range f.kinds["interface"] {
		if kind == "device" && part.fields["device"] == s.id {
			delete(f.kinds["interface"], id)
		}
	}
}

// follow makes what NetBox makes along with an object.
func (f *fake) follow(kind string, s *stored) {
	if kind != "device" {
		return
	}
	for _, t := range f.kinds["interface_template"] {
		if t.fields["device_type"] == s.fields["device_type"] {
			f.put("interface", "", map[string]any{"device": s.id, "name": t.fields["name"]})
		}
	}
}

// refers are the fields by which objects refer to others, with their kind.
var refers = map[string]string{
	"manufacturer": "manufacturer", "device_type": "device_type", "role": "device_role", "site": "site", "location": "location",
	"rack": "rack", "device": "device", "a_terminations": "interface", "b_terminations": "interface",
}

// check refuses what NetBox refuses. A reference to nothing is the applier's fault:
// it knows what is there.
func (f *fake) check(c *call, item map[string]any) error {
	for name, kind := range refers {
		id, ok := item[name]
		if ends, is := id.([]any); is {
			id = ends[0].(map[string]any)["object_id"]
		}
		if n, _ := id.(int64); ok && f.kinds[kind][n] == nil {
			if _, was := f.names[n]; !was {
				f.faults = append(f.faults, fmt.Sprintf("%s %v is sent, and its %s %v never was there", c.kind, c.objects, name, id))
			}
			return fmt.Errorf("%s: %v does not exist", name, id)
		}
	}
	id, _ := item["id"].(int64)
	for _, field := range unique[c.kind] {
		if value, ok := item[field]; ok && f.taken(c.kind, field, value, id) {
			return fmt.Errorf("%s %v is taken", field, value)
		}
	}
	return nil
}

// unique are the fields of which no two objects of a kind have the same value.
var unique = map[string][]string{"rack": {"name"}, "device": {"name", "asset_tag"}, "cable": {"a_terminations", "b_terminations"}}

func (f *fake) taken(kind, field string, value any, but int64) bool {
	for id, s := range f.kinds[kind] {
		if id != but && value != nil && fmt.Sprint(s.fields[field]) == fmt.Sprint(value) {
			return true
		}
	}
	return false
}

var ownedKinds = []string{"rack", "device", "interface", "cable"}

func isUnknown(err error) bool {
	e, ok := err.(*netbox.Error) //nolint:errorlint // made by this test, never wrapped
	return ok && e.Unknown
}
