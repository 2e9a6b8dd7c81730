package generate

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/diet-project/diet/generate/natural"
)

// CheckTogether finds devices, racks and power feeds that several plans put into one site: each would
// be made once, and the other plan's stay away. A rack unit can be taken twice only in a
// rack that two plans have. It also finds what they say of shared objects and NetBox cannot have:
// a type of two heights, and one name of two sites, types, manufacturers or roles.
func CheckTogether(plans []*Plan) []Finding {
	if len(plans) < 2 {
		return nil
	}
	t := &together{first: map[string]member{}, seen: map[[2]member]bool{}, shared: map[string]sharedMember{}}
	for _, p := range plans {
		m := solve(p, nil, nil)
		if len(m.fs.list) > 0 {
			continue // what is wrong with it alone comes first
		}
		t.plan, t.fs, t.site = p, newFindings(&p.src), natural.Fold(p.Spec.Site.Slug)
		for _, c := range m.classes {
			t.devices(m, &c.device, c.n, "spec.naming.switch")
		}
		for _, c := range m.nodes {
			t.devices(m, &c.device, len(c.ords), "spec.naming.node")
		}
		t.racks(m)
		t.feeds(m)
		t.sites(m)
		t.types(m)
		t.found = append(t.found, t.fs.sorted()...)
	}
	return t.found
}

// together gathers the names of several plans.
type together struct {
	plan  *Plan     // the one at hand
	fs    *findings // of that
	site  string
	first map[string]member
	seen  map[[2]member]bool
	found []Finding

	shared map[string]sharedMember // what the plans say of shared objects
}

// member is an object of one of the plans.
type member struct {
	plan      *Plan
	class, id string
}

func (t *together) devices(m *model, d *device, n int, path string) {
	path = m.namedAt(d, path)
	s := m.scope(d)
	for i := range n {
		m.inScope(s, d, d.ord(i))
		name := d.name.expand(s)
		t.enter(path, "device", name, natural.Fold(name), member{m.plan, d.path, m.key + "/" + indexed(d.id, d.ord(i))})
	}
}

func (t *together) racks(m *model) {
	for _, p := range m.pools {
		for i := range p.count {
			name := m.rackName(p, i)
			t.enter(p.path, "rack", name, p.location+"/"+name, member{m.plan, p.path, m.rackID(p, i)})
		}
	}
}

func (t *together) feeds(m *model) {
	for _, f := range m.feeds {
		for _, key := range f.keys {
			path, panel := f.pool.path+".feeds."+key, f.specs[key].Panel
			for i := range f.pool.count {
				name := m.feedName(f, i, key)
				id := m.rackID(f.pool, i) + "/" + media["feed"].word + ":" + key
				t.enter(path, "power feed", name, panel+"/"+name, member{m.plan, path, id})
			}
		}
	}
}

// enter notes an object; the first of two classes with one name is a finding.
func (t *together) enter(path, kind, name, key string, who member) {
	at := kind + "\x00" + t.site + "\x00" + key
	other, twice := t.first[at]
	pair := [2]member{{other.plan, other.class, ""}, {who.plan, who.class, ""}}
	switch {
	case !twice:
		t.first[at] = who
	case other.plan == who.plan || t.seen[pair]:
	default:
		t.seen[pair] = true
		t.fs.add(path, "give one of the plans other names, or another site",
			"the %s %q of %s is %s of %s too", kind, name, who.id, other.id, other.plan.src.file)
	}
}

// sharedMember is what a plan says of a shared object.
type sharedMember struct {
	plan *Plan
	says string
}

// sites gathers what the site, the roles and the manufacturers of a plan are called.
func (t *together) sites(m *model) {
	site := m.plan.Spec.Site
	t.call("spec.site", "site", cmp.Or(site.Name, site.Slug), site.Slug)
	roles, makers := map[string]bool{}, map[string]bool{}
	for _, c := range m.classes {
		roles[cmp.Or(c.netboxRole, c.role)] = true
	}
	for _, c := range m.nodes {
		roles[cmp.Or(c.netboxRole, c.role)] = true
	}
	for _, slug := range sortedKeys(roles) {
		if r := m.role(slug); r.Ensure {
			t.call("spec.catalog.roles."+slug, "role", r.Name, slug)
		}
	}
	for _, dt := range m.types {
		if dt.known() && !dt.must {
			makers[dt.body.Manufacturer] = true
		}
	}
	for _, slug := range sortedKeys(makers) {
		if x := m.manufacturer(slug); x.Ensure {
			t.call("spec.catalog.manufacturers."+slug, "manufacturer", x.Name, slug)
		}
	}
}

// types gathers what a plan says of device types, or reckons with.
func (t *together) types(m *model) {
	for _, slug := range sortedKeys(m.types) {
		dt := m.types[slug]
		if !dt.known() {
			continue
		}
		path := cmp.Or(dt.path, "spec.catalog.deviceTypes."+slug)
		size := fmt.Sprintf("%gU", dt.units())
		if !dt.fullDepth() {
			size += " of one face"
		}
		if !dt.must {
			t.call(path, "device type", dt.body.Model, slug, dt.body.Manufacturer)
		}
		t.say(path, "let the plans say the same of it", fmt.Sprintf("device type %q", slug), dt.body.Manufacturer, "is", size)
	}
}

// call notes the slug of what has a name; the first of two slugs of one name is a finding.
func (t *together) call(path, kind, name, slug string, within ...string) {
	t.say(path, "NetBox takes a name once: give one another name, or both one slug",
		fmt.Sprintf("%s named %q", kind, name), strings.Join(within, " "), "has the slug", strconv.Quote(slug))
}

// say notes what a plan says of a shared object; the first that another one says otherwise is a finding.
func (t *together) say(path, hint, what, within, verb, says string) {
	key := what + "\x00" + within + "\x00" + verb
	other, said := t.shared[key]
	switch {
	case !said:
		t.shared[key] = sharedMember{t.plan, says}
	case other.plan != t.plan && other.says != says:
		t.fs.add(path, hint, "the %s %s %s, and %s in %s", what, verb, says, other.says, other.plan.src.file)
	}
}
