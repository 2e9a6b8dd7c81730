package generate

import (
	"slices"
	"strings"
)

// Taking is another plan, of which objects are taken over.
type Taking struct {
	Plan string // its key

	// Named says that the plan is at hand, and no longer wants those objects; UID is its uid.
	Named bool
	UID   string
}

// Join lets the plans of one command see each other: what one takes over from another
// (spec.moved), the other must not want any more.
func Join(plans []*Plan) {
	for i, p := range plans {
		p.beside = slices.Concat(plans[:i], plans[i+1:])
	}
}

// Beside are the other plans of the command.
func (p *Plan) Beside() []*Plan { return p.beside }

// Takes are the plans of which spec.moved takes over objects, in order.
func (p *Plan) Takes() []Taking {
	var out []Taking
	for _, spec := range p.Spec.Moved {
		key, _ := spec.origin(p)
		if key == p.Metadata.Name || slices.ContainsFunc(out, func(t Taking) bool { return t.Plan == key }) {
			continue
		}
		t := Taking{Plan: key}
		for _, other := range p.beside {
			if other.Metadata.Name == key {
				t.Named, t.UID = true, other.Metadata.UID
			}
		}
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b Taking) int { return strings.Compare(a.Plan, b.Plan) })
	return out
}

// origin is the plan that a renaming takes from, and the rest of its path: that plan's key
// stands before a class or an object where the new path has no part. A NIC of a class of the
// plan's own is none of that.
func (s MovedSpec) origin(p *Plan) (plan, rest string) {
	key := p.Metadata.Name
	if rest, own := strings.CutPrefix(s.From, key+"/"); own {
		return key, rest
	}
	first, rest, parted := strings.Cut(s.From, "/")
	_, _, tail := strings.Cut(strings.TrimPrefix(s.To, key+"/"), "/")
	_, nic := p.Spec.Nodes[first].Nics[rest]
	if !parted || tail || nic || !planKey.MatchString(first) {
		return key, s.From
	}
	return first, rest
}

// contested reports what another plan of the command still wants, or takes over itself.
func (m *model) contested(path string, from movePath) bool {
	for _, other := range m.plan.beside {
		if other.Metadata.Name == from.plan && other.still(from) {
			m.fs.add(path, "take it out of one of them", "%q is still in plan %s (%s)", from.String(), from.plan, other.src.file)
			return true
		}
		for i, spec := range other.Spec.Moved {
			if plan, rest := spec.origin(other); plan == from.plan && rest == from.String() {
				m.fs.add(path, "one object cannot be of two plans: keep one of them", "%q is taken by %s of plan %s (%s) too",
					from.String(), indexPath("spec.moved", i), other.Metadata.Name, other.src.file)
				return true
			}
		}
	}
	return false
}

// still reports whether a plan makes any of what a path names.
func (p *Plan) still(path movePath) bool {
	alone := *p
	alone.Spec.Moved, alone.beside = nil, nil
	m := solve(&alone, nil, nil)
	if path.ord == 0 {
		return m.heads()[path.head]
	}
	id := p.Metadata.Name + "/" + indexed(path.head, path.ord)
	return slices.Contains(m.ids(), id)
}

// ids are the object ids of all racks and devices.
func (m *model) ids() []string {
	var out []string
	add := func(d *device, n int) {
		for i := range n {
			out = append(out, m.key+"/"+indexed(d.id, d.ord(i)))
		}
	}
	for _, c := range m.classes {
		add(&c.device, c.n)
	}
	for _, c := range m.nodes {
		add(&c.device, len(c.ords))
	}
	for _, p := range m.pools {
		for i := range p.count {
			out = append(out, m.rackID(p, i))
		}
	}
	return out
}
