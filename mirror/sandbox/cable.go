package sandbox

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

func cableModel() *model {
	return &model{
		kind: "cables", app: "dcim", name: "cable", label: "cable", plural: "cables",
		brief: []string{"id", "url", "display", "label", "description"}, title: cableTitle,
		prepare: prepareCable, clean: cleanCable, created: createdCable, updated: updatedCable,
		logExtra: cableEnds, extra: cableFilters(), fields: cableFields(),
	}
}

func cableFields() []*field {
	return together(head(true), typed("type", plainChoice, nullable, blankable, withChoices(cableTypes)),
		typed("a_terminations", terminations), typed("b_terminations", terminations),
		choiceField("status", linkStatuses, defaults("connected")),
		choiceField("profile", cableProfiles, blankable, nullable, defaults(""), since(5)),
		refField("tenant", "tenants", deleting(protect)), absent("bundle", since(6)),
		textField("label", maxLen(100)), typed("color", color, blankable, defaults("")),
		typed("length", decimal, nullable, digits(8, 2)), choiceField("length_unit", cableLengthUnits, nullable, blankable),
		description(), owner(), comments(), marks(), dates())
}

func cableTitle(_ *state, r *record) string {
	if l := r.text("label"); l != "" {
		return l
	}
	return "#" + plain(r.id)
}

func terminationModel() *model {
	return &model{
		kind: "cable-terminations", app: "dcim", name: "cabletermination", label: "cable termination",
		plural: "cable terminations", noBrowse: true, frozen: true,
		brief: []string{"id", "url", "display", "cable", "cable_end", "connector", "positions", "termination_type", "termination_id"},
		order: byEnd, title: terminationTitle, removed: removedTermination,
		keys: []keyIndex{{"termination", func(r *record) string {
			return assignedKey(r.text("termination_type"), r.ref("termination_id"))
		}}},
		unique: []constraint{uniqueTogether("dcim_cabletermination_unique_termination", "termination_type", "termination_id")},
		extra:  map[string]filterFunc{"cable": byCable, "cable_id": byCable},
		fields: together(head(false), bare("cable"), typed("cable_end", plainChoice, withEnds),
			typed("termination_type", typeName), typed("termination_id", integer), computedField("termination", showTermination),
			typed("connector", integer, nullable, since(5)), typed("positions", jsonValue, nullable, since(5)), dates()),
	}
}

// byCable filters terminations by their cable's id.
func byCable(s *state, lookup string, values []string) (*match, string) {
	m := s.byKind["cable-terminations"]
	return s.referenceFilter(m, m.byName["cable"], true, lookup, values)
}

// bare is a reference that is shown as its number.
func bare(name string) *field {
	f := refField(name, "cables", deleting(cascade))
	f.write = func(e *encoder, r *record) { e.value(r.id) }
	return f
}

func byEnd(a, b *record) int {
	if n := int(a.ref("cable") - b.ref("cable")); n != 0 {
		return n
	}
	if a.text("cable_end") < b.text("cable_end") {
		return -1
	}
	if a.text("cable_end") > b.text("cable_end") {
		return 1
	}
	return 0
}

func terminationTitle(s *state, r *record) string {
	to := "None"
	if i := s.terminated(r); i != nil {
		to = s.titleOf(i)
	}
	cable := "None"
	if c := s.to(r, "cable"); c != nil {
		cable = s.titleOf(c)
	}
	return "Cable " + cable + " to " + to
}

// terminated is the object that a termination stands for.
func (s *state) terminated(ct *record) *record {
	if m := s.byType[ct.text("termination_type")]; m != nil {
		return s.find(m.kind, ct.ref("termination_id"))
	}
	return nil
}

func showTermination(e *encoder, r *record) {
	if i := e.s.terminated(r); i != nil {
		e.embed(i, nil)
		return
	}
	e.raw("null")
}

// terminal is an object that a cable shall end at.
type terminal struct {
	model *model
	id    int64
}

// acceptEnds reads a list of terminations; what does not exist fails as it
// does in NetBox, unhandled.
func (t *tx) acceptEnds(d *draft, f *field, v any) {
	list, ok := v.([]any)
	if !ok {
		d.faults.put(f.name, dict{{t.wholeKey(), []any{
			fmt.Sprintf("Expected a list of items but got type %q.", pythonType(v)),
		}}})
		return
	}
	ends := []terminal{}
	for _, x := range list {
		end, fault := t.readEnd(x)
		if fault != nil {
			d.faults.put(f.name, []any{fault})
			return
		}
		ends = append(ends, end)
	}
	d.ends[f.name] = ends
}

func (t *tx) readEnd(x any) (terminal, dict) {
	in, ok := x.(map[string]any)
	if !ok {
		return terminal{}, dict{{t.wholeKey(), []any{
			fmt.Sprintf("Invalid data. Expected a dictionary, but got %s.", pythonType(x)),
		}}}
	}
	missing := dict{}
	for _, name := range []string{"object_type", "object_id"} {
		if in[name] == nil {
			missing = append(missing, pair{name, []any{"This field is required."}})
		}
	}
	if len(missing) > 0 {
		return terminal{}, missing
	}
	kind, msg := t.readType(in["object_type"])
	if msg != "" {
		return terminal{}, dict{{"object_type", []any{msg}}}
	}
	id, ok := wholeNumber(in["object_id"])
	if !ok {
		return terminal{}, dict{{"object_id", []any{"A valid integer is required."}}}
	}
	m := t.byType[kind.(string)]
	switch {
	case m == nil:
		panic(crash("DoesNotExist", "%s matching query does not exist.", cmp.Or(otherEnds[kind.(string)], "Object")))
	case t.find(m.kind, id) == nil:
		panic(crash("DoesNotExist", "%s matching query does not exist.", className(m)))
	case m.kind != "interfaces":
		panic(crash("TypeError", "argument of type 'NoneType' is not iterable"))
	}
	return terminal{m, id}, nil
}

// otherEnds are the classes of what NetBox can cable, and the sandbox has none
// of.
var otherEnds = map[string]string{
	"dcim.consoleport": "ConsolePort", "dcim.consoleserverport": "ConsoleServerPort", "dcim.powerport": "PowerPort",
	"dcim.poweroutlet": "PowerOutlet", "dcim.powerfeed": "PowerFeed", "dcim.frontport": "FrontPort", "dcim.rearport": "RearPort",
	"circuits.circuittermination": "CircuitTermination",
}

func prepareCable(_ *tx, _ *record, d *draft) {
	if d.r.get("length") == nil {
		d.r.set("length_unit", nil)
	}
}

func cleanCable(t *tx, old *record, d *draft) {
	r := d.r
	switch {
	case r.get("length") != nil && r.text("length_unit") == "":
		d.faults.add(objectFault, "Must specify a unit when setting a cable length")
	case old == nil && (len(d.ends["a_terminations"]) == 0 || len(d.ends["b_terminations"]) == 0):
		d.faults.add(objectFault, "Must define A and B terminations when creating a new cable.")
	default:
		t.cleanEnds(d)
	}
}

// sides are the terminations that a draft will have, A and B.
func (t *tx) sides(d *draft) [2][]terminal {
	var sides [2][]terminal
	for i, name := range []string{"a_terminations", "b_terminations"} {
		if ends, said := d.ends[name]; said && (len(ends) > 0 || t.rel.minor <= 2) {
			sides[i] = ends
		} else {
			sides[i] = t.endsOf(d.r.id, string("AB"[i]))
		}
	}
	return sides
}

func (s *state) endsOf(cable int64, end string) []terminal {
	var ends []terminal
	for _, ct := range s.referring("cable-terminations", "cable", cable) {
		if m := s.byType[ct.text("termination_type")]; ct.text("cable_end") == end && m != nil {
			ends = append(ends, terminal{m, ct.ref("termination_id")})
		}
	}
	return ends
}

func (t *tx) cleanEnds(d *draft) {
	if len(d.ends) == 0 {
		return
	}
	sides := t.sides(d)
	for _, side := range sides {
		for _, e := range side {
			if e.model != side[0].model {
				d.faults.add(objectFault, "Cannot connect different termination types to same end of cable.")
				return
			}
		}
	}
	for _, a := range sides[0] {
		if slices.Contains(sides[1], a) {
			d.faults.add(objectFault, "A and B terminations cannot connect to the same object.")
			return
		}
	}
	for _, e := range append(slices.Clone(sides[0]), sides[1]...) {
		if t.cleanEnd(d, e); d.faults.any() {
			return
		}
	}
}

// cleanEnd sees that an object can take the cable.
func (t *tx) cleanEnd(d *draft, e terminal) {
	r := t.find(e.model.kind, e.id)
	if r == nil {
		return
	}
	for _, id := range t.tables["cable-terminations"].texts["termination"][assignedKey(e.model.objectType(), e.id)] {
		if other := t.find("cable-terminations", id).ref("cable"); other != d.r.id {
			d.faults.add(objectFault, "Duplicate termination found for %s %d: cable %d", e.model.objectType(), e.id, other)
			return
		}
	}
	kind := r.text("type")
	switch {
	case e.model.kind == "interfaces" && uncabled(kind):
		d.faults.add(objectFault, "Cables cannot be terminated to %s interfaces", e.model.byName["type"].labels[kind])
	case r.flag("mark_connected"):
		d.faults.add(objectFault, "Cannot connect a cable to %s > %s because it is marked as connected.",
			t.titleOf(t.to(r, "device")), t.titleOf(r))
	}
}

// createdCable makes the terminations: a row for each, an update of the
// interface, and from 4.4 on one more row for the cable.
func createdCable(t *tx, r *record, d *draft) {
	before := &image{r: r, more: nil}
	sides := t.sides(d)
	for i, side := range sides {
		for n, e := range side {
			t.attach(r, string("AB"[i]), e, n+1)
		}
	}
	t.finishCable(before, r, true)
}

// finishCable saves the cable once more, which dates and from 4.4 on logs it.
func (t *tx) finishCable(_ *image, r *record, fresh bool) {
	r = t.slip(r, func(c *record) { c.updated = t.tick() })
	if t.rel.minor <= 2 {
		return
	}
	if fresh {
		t.enter("update", r, nil, t.picture(r))
	}
}

// attach terminates a cable at an object.
func (t *tx) attach(cable *record, end string, e terminal, connector int) {
	ct := newRecord(t.byKind["cable-terminations"])
	ct.set("cable", cable.id)
	ct.set("cable_end", end)
	ct.set("termination_type", e.model.objectType())
	ct.set("termination_id", e.id)
	if cable.text("profile") != "" {
		ct.set("connector", int64(connector))
		ct.set("positions", []any{int64(1)})
	}
	t.insert(ct)
	if i := t.find(e.model.kind, e.id); i != nil {
		t.change(i, func(c *record) {
			c.set("cable", cable.id)
			c.set("cable_end", end)
		})
	}
}

// detach removes one termination, freeing the interface.
func (t *tx) detach(ct *record) {
	i := t.terminated(ct)
	if i != nil {
		i = t.change(i, func(c *record) {
			c.set("cable", nil)
			c.set("cable_end", t.noEnd())
		})
	}
	t.log("delete", ct, nil)
	t.put(ct.model, ct.id, nil)
	if i != nil && t.rel.minor <= 4 { // the path is cleaned up by saving
		dated := t.slip(i, func(c *record) { c.updated = t.tick() })
		t.enter("update", dated, t.picture(i), t.picture(dated))
	}
}

// noEnd is what an interface's cable_end is without a cable: null from 4.6
// on, and before where there was one.
func (s *state) noEnd() any {
	if s.rel.minor >= 6 {
		return nil
	}
	return ""
}

// updatedCable moves ends: what is no longer named is freed, what is new is
// attached.
func updatedCable(t *tx, old, r *record, d *draft) {
	fresh := old.text("profile") != r.text("profile")
	if len(d.ends) == 0 && !fresh {
		return
	}
	sides := t.sides(d)
	moved := false
	for _, ct := range t.referring("cable-terminations", "cable", r.id) {
		m := t.byType[ct.text("termination_type")]
		side := sides[0]
		if ct.text("cable_end") == "B" {
			side = sides[1]
		}
		if fresh || !slices.Contains(side, terminal{m, ct.ref("termination_id")}) {
			t.detach(ct)
			moved = true
		}
	}
	for i, side := range sides {
		present := t.endsOf(r.id, string("AB"[i]))
		for n, e := range side {
			if !slices.Contains(present, e) {
				t.attach(t.find("cables", r.id), string("AB"[i]), e, n+1)
				moved = true
			}
		}
	}
	if moved {
		t.finishCable(nil, t.find("cables", r.id), true)
	}
}

// removedTermination frees the interface of a termination that goes along
// with its cable or its device. Nothing is logged for it from 4.5 on; before,
// the paths were cleaned up by saving the interfaces afterwards.
func removedTermination(t *tx, ct *record) {
	i := t.terminated(ct)
	if i != nil {
		t.slip(i, func(c *record) {
			c.set("cable", nil)
			if t.rel.minor >= 5 {
				c.set("cable_end", t.noEnd())
			}
		})
	}
	if i != nil && t.rel.minor <= 4 {
		t.later = append(t.later, func() { t.cleanPath(i) })
	}
}

// cleanPath saves an interface that lost its cable. 4.4 saved, and logged,
// even one deleted before.
func (t *tx) cleanPath(i *record) {
	if now := t.find("interfaces", i.id); now != nil {
		t.change(now, func(c *record) { c.set("cable_end", "") })
	} else if t.rel.minor == 4 {
		ghost := i.copy()
		ghost.set("cable", nil)
		t.enter("update", ghost, t.picture(i), t.picture(ghost))
	}
}

// cableEnds shows a cable's terminations in the changelog.
func cableEnds(s *state, r *record) dict {
	if s.rel.minor <= 2 {
		return nil
	}
	ids := [2][]int64{{}, {}}
	for _, ct := range s.referring("cable-terminations", "cable", r.id) {
		at := 0
		if ct.text("cable_end") == "B" {
			at = 1
		}
		ids[at] = append(ids[at], ct.id)
	}
	return dict{{"a_terminations", ids[0]}, {"b_terminations", ids[1]}}
}

// ends writes one side of a cable. Up to 4.4 the answer to a creation shows
// the interfaces as they were before.
func (e *encoder) ends(r *record, f *field) {
	end := "A"
	if f.name == "b_terminations" {
		end = "B"
	}
	e.each(e.s.endRecords(r.id, end), func(i *record) {
		e.raw(`{"object_type":`)
		e.value(i.model.objectType())
		e.raw(`,"object_id":`)
		e.value(i.id)
		e.raw(`,"object":`)
		if e.stale {
			i = i.copy()
			i.set("cable", nil)
		}
		e.embed(i, nil)
		e.raw("}")
	})
}

func (s *state) endRecords(cable int64, end string) []*record {
	var found []*record
	for _, e := range s.endsOf(cable, end) {
		if r := s.find(e.model.kind, e.id); r != nil {
			found = append(found, r)
		}
	}
	return found
}

func cableFilters() map[string]filterFunc {
	filters := map[string]filterFunc{
		"interface_id": func(s *state, _ string, values []string) (*match, string) {
			return s.cablesOf(func(i *record) bool { return slices.Contains(values, plain(i.id)) }), ""
		},
		"unterminated": func(s *state, _ string, values []string) (*match, string) {
			want := truthy(values[0])
			return &match{test: func(r *record) bool {
				bare := len(s.endsOf(r.id, "A")) == 0 || len(s.endsOf(r.id, "B")) == 0
				return bare == want
			}}, ""
		},
		"device_id": deviceCables(true), "device": deviceCables(false),
	}
	for _, end := range []string{"A", "B"} {
		name := "termination_" + strings.ToLower(end)
		filters[name+"_type"] = byEndOf(end, func(e terminal) string { return e.model.objectType() })
		filters[name+"_id"] = byEndOf(end, func(e terminal) string { return plain(e.id) })
	}
	for _, step := range []string{"site", "rack", "location"} {
		filters[step+"_id"] = cablesAlong(true, step)
		filters[step] = cablesAlong(false, step)
	}
	return filters
}

// byEndOf filters by what a cable has at one end.
func byEndOf(end string, of func(terminal) string) filterFunc {
	return func(s *state, lookup string, values []string) (*match, string) {
		if lookup != "" {
			return nil, ""
		}
		return &match{test: func(r *record) bool {
			return slices.ContainsFunc(s.endsOf(r.id, end), func(e terminal) bool { return slices.Contains(values, of(e)) })
		}}, ""
	}
}

// cablesOf lists the cables at the interfaces that a test accepts.
func (s *state) cablesOf(accept func(i *record) bool) *match {
	found := &match{known: true}
	for _, ct := range s.tables["cable-terminations"].ids {
		r := s.find("cable-terminations", ct)
		if i := s.terminated(r); i != nil && accept(i) {
			found.ids = append(found.ids, r.ref("cable"))
		}
	}
	found.ids = sortedIDs(found.ids)
	return found
}

// deviceCables filters cables by device, by way of the indexes.
func deviceCables(byID bool) filterFunc {
	return func(s *state, lookup string, values []string) (*match, string) {
		if lookup != "" {
			return nil, ""
		}
		var ids []int64
		for _, v := range values {
			for _, dev := range s.named("devices", byID, v) {
				for _, i := range s.referring("interfaces", "device", dev) {
					if c := i.ref("cable"); c != 0 {
						ids = append(ids, c)
					}
				}
			}
		}
		return &match{ids: sortedIDs(ids), known: true}, ""
	}
}

func cablesAlong(byID bool, step string) filterFunc {
	return func(s *state, lookup string, values []string) (*match, string) {
		if lookup != "" {
			return nil, ""
		}
		inner, msg := along(byID, "device", step)(s, "", values)
		if msg != "" {
			return nil, msg
		}
		return s.cablesOf(inner.test), ""
	}
}

func sortedIDs(ids []int64) []int64 {
	slices.Sort(ids)
	return slices.Compact(ids)
}
