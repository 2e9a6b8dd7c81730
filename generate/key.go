package generate

import "github.com/diet-project/diet/generate/natural"

// CheckKeys finds plans that have one key: each would take the other's objects for its
// own.
func CheckKeys(plans []*Plan) []Finding {
	var out []Finding
	first := map[string]PlanInfo{}
	for _, p := range plans {
		info := p.Info()
		other, twice := first[info.Key]
		if !twice {
			first[info.Key] = info
			continue
		}
		out = append(out, Finding{
			File: info.File, Path: "metadata.name", Message: "\"" + info.Key + "\" is the name of the plan in " + other.File + " too",
			Hint: "a plan's name is what its objects are found by: give each plan its own",
		})
	}
	return out
}

// CheckTogether finds devices, racks and power feeds that several plans put into one site: each would
// be made once, and the other plan's stay away. A rack unit can be taken twice only in a
// rack that two plans have.
func CheckTogether(plans []*Plan) []Finding {
	if len(plans) < 2 {
		return nil
	}
	t := &together{first: map[string]member{}, seen: map[[2]member]bool{}}
	for _, p := range plans {
		m := solve(p, nil, nil)
		if len(m.fs.list) > 0 {
			continue // what is wrong with it alone comes first
		}
		t.fs, t.site = newFindings(&p.src), natural.Fold(p.Spec.Site.Slug)
		for _, c := range m.classes {
			t.devices(m, &c.device, c.n, "spec.naming.switch")
		}
		for _, c := range m.nodes {
			t.devices(m, &c.device, len(c.ords), "spec.naming.node")
		}
		t.racks(m)
		t.feeds(m)
		t.found = append(t.found, t.fs.sorted()...)
	}
	return t.found
}

// together gathers the names of several plans.
type together struct {
	fs    *findings // of the plan at hand
	site  string
	first map[string]member
	seen  map[[2]member]bool
	found []Finding
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
