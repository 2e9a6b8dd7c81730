package web

import (
	"strings"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/generate"
)

// row is one difference of a preview: of an object as a whole, or of one of its fields.
type row struct {
	*change.Change
	F *change.Field // nil where it is about the object

	table *table
	said  *said // of one that is read by itself
}

// table is what differs between a plan and NetBox, to be looked through.
type table struct {
	preview *engine.Preview
	set     *change.Set
	rows    []row
	columns *columns
	racks   map[string]string // of devices: the name of the rack
	site    string
	netbox  string // its address
	rule    func(id string) *policy.Rule
}

func newTable(p *engine.Preview, topo *generate.Topology, netbox string, rule func(string) *policy.Rule) *table {
	t := &table{preview: p, set: p.Set(), racks: map[string]string{}, netbox: netbox, rule: rule}
	if topo != nil {
		t.place(topo)
	}
	for i := range p.Changes {
		t.add(&p.Changes[i])
	}
	t.columns = columnsOf(t)
	return t
}

// place notes where the plan has everything.
func (t *table) place(topo *generate.Topology) {
	t.site = topo.Site.Name
	names := map[string]string{}
	for i := range topo.Racks {
		r := &topo.Racks[i]
		names[r.ID], t.racks[r.ID] = r.Name, r.Name
	}
	for i := range topo.Devices {
		t.racks[topo.Devices[i].ID] = names[topo.Devices[i].Rack]
	}
}

// add adds a change: a row for each field that is decided by itself, and one for the object
// where there is something to say of it.
func (t *table) add(c *change.Change) {
	before := len(t.rows)
	if c.PerField() {
		for i := range c.Fields {
			if f := &c.Fields[i]; c.Bundle(f)[0] == f && !silent[f.Class] {
				t.rows = append(t.rows, row{c, f, t, nil})
			}
		}
	}
	if c.Class != change.Changed || len(t.rows) == before || c.Verdict.Waits() {
		t.rows = append(t.rows, row{c, nil, t, nil})
	}
}

// silent are the classes of fields of which nobody has to know: both sides agree.
var silent = map[change.Class]bool{change.Agreed: true, change.Converged: true, change.Relinquished: true, change.InSync: true}

// On is the verdict that decides a row.
func (r row) On() change.Verdict {
	if r.F != nil {
		return r.F.Verdict
	}
	return r.Verdict
}

// Why is the class of a row.
func (r row) Why() change.Class {
	if r.F != nil {
		return r.F.Class
	}
	return r.Class
}

// Meaning says why a row is there.
func (r row) Meaning() string {
	if r.F != nil {
		return report.FieldMeaning(r.Kind, r.F.Name, r.F.Class, r.F.Base, r.F.Have)
	}
	return report.Meaning(r.Class)
}

// Field is the name of the field, "" for the object; of fields that go together, of all.
func (r row) Field() string {
	if r.F == nil {
		return ""
	}
	return strings.Join(r.each(func(f *change.Field) string { return f.Name }), ", ")
}

// each says something of the fields that are decided together with that of the row.
func (r row) each(say func(*change.Field) string) []string {
	var out []string
	for _, f := range r.Bundle(r.F) {
		if s := say(f); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// Base, Want and Have are the values of the three sides, what they refer to by its name.
func (r row) Base() string {
	if r.said != nil {
		return r.said.base
	}
	return r.side(func(f *change.Field) any { return f.Base })
}

// Want is what the plan says.
func (r row) Want() string {
	if r.said != nil {
		return r.said.want
	}
	return r.side(func(f *change.Field) any { return f.Want })
}

// Have is what NetBox says.
func (r row) Have() string {
	if r.said != nil {
		return r.said.have
	}
	return r.side(func(f *change.Field) any { return f.Have })
}

func (r row) side(of func(*change.Field) any) string {
	if r.F == nil {
		return ""
	}
	return strings.Join(r.each(func(f *change.Field) string {
		if name, ok := r.table.set.Called(r.Kind, f.Name, of(f)); ok {
			return text(name)
		}
		return value(of(f))
	}), ", ")
}

// By is who made the difference, nil if nobody is known.
func (r row) By() *change.Blame {
	if r.F != nil {
		return r.F.Blame
	}
	return r.Blame
}

// Person is who made the difference, as the filter has it.
func (r row) Person() string {
	switch b := r.By(); {
	case b == nil:
		return ""
	case b.User != "":
		return b.User
	default:
		return b.Actor
	}
}

// When is the time of it, "" if unknown.
func (r row) When() string {
	if b := r.By(); b != nil {
		return b.Time
	}
	return ""
}

// Flapping says how often diet and others wrote over each other, nil if they did not.
func (r row) Flapping() *change.Flap {
	if r.F != nil {
		return r.F.Flap
	}
	return nil
}

// Rack is the rack in which the plan has the object, or the device that it is a part of.
func (r row) Rack() string {
	if r.said != nil {
		return r.said.rack
	}
	return r.table.racks[deviceOf(r.Object)]
}

// Site is the site of the plan.
func (r row) Site() string {
	if r.said != nil {
		return r.said.site
	}
	return r.table.site
}

// deviceOf is the id of the device that an object is, or is a part of: plan/class[n]/port.
func deviceOf(object string) string {
	parts := strings.SplitN(object, "/", 3)
	return strings.Join(parts[:min(2, len(parts))], "/")
}

// Rule is the title of the rule that decided, "" if the policies have it no more.
func (r row) Rule() string {
	if rule := r.table.rule(r.On().Rule); rule != nil {
		return rule.Title
	}
	return ""
}

// Page is NetBox's page of the object.
func (r row) Page() string { return engine.Page(r.table.netbox, r.Kind, r.NetBoxID) }

// Does is what an apply would do, "" for nothing.
func (r row) Does() change.Action {
	switch {
	case !r.Acts() || r.F != nil && !r.F.Verdict.Acts():
		return ""
	case r.F != nil && r.F.GivesUp():
		return change.Own
	}
	return r.Outcome()
}

// drifted reports whether a row is drift: NetBox was edited. What a preview is to remove, or to undo, is
// none.
func (r row) drifted() bool {
	p := r.table.preview
	wanted := r.Why() == change.Orphaned && p != nil && (p.Destroys != nil || p.RollsBack != "")
	if r.With != "" || r.On().Accepted() || r.Accepted() || wanted {
		return false
	}
	switch r.Why() {
	case change.Drift, change.Conflict, change.Missing, change.Orphaned:
		return true
	}
	return false
}

// show is a part of a table that people ask for.
type show struct {
	Name, Title string
	keep        func(row) bool
}

// shows are all of them.
var shows = []show{
	{"drift", "Drift", row.drifted},
	{"waiting", "Waiting for a person", func(r row) bool { return r.On().Waits() && r.With == "" }},
	{"changes", "To be written", func(r row) bool { return r.Does() != "" }},
	{"accepted", "Accepted", func(r row) bool { return r.On().Accepted() && r.With == "" }},
	{"all", "Everything", func(row) bool { return true }},
}

// facet is a property by which rows are filtered and grouped.
type facet struct {
	Name, Title string
	of          func(row) string
}

var facets = []facet{
	{"kind", "Kind", func(r row) string { return r.Kind }},
	{"site", "Site", row.Site},
	{"rack", "Rack", row.Rack},
	{"class", "Class", func(r row) string { return r.Source }},
	{"why", "Difference", func(r row) string { return string(r.Why()) }},
	{"verdict", "Verdict", func(r row) string { return string(r.On().Decision) }},
	{"person", "Person", row.Person},
}

// sortable are the properties by which the columns of a table are sorted.
var sortable = map[string]bool{"field": true, "person": true, "rack": true, "verdict": true, "why": true}

// standing is where the object of a row is.
func (c *columns) standing(i uint32) (rack, site string) {
	return c.value(property("rack"), i), c.value(property("site"), i)
}

// value is what a row has of a property.
func (c *columns) value(prop int, i uint32) string { return c.values[prop][c.props[prop][i]] }
