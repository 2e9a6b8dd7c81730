package generate

import "strings"

// compileRemoved checks spec.removed: what was removed must be gone, and is named once.
func (m *model) compileRemoved() {
	heads := m.heads()
	seen := map[string]bool{}
	for i, spec := range m.plan.Spec.Removed {
		path := indexPath("spec.removed", i) + ".from"
		class := m.plan.removedClass(spec)
		switch {
		case class == "" || strings.ContainsAny(class, "[]/~"):
			m.fs.add(path, "such as gpu, backend.leaf, rack:compute, or a fabric", "%q is no class", spec.From)
		case heads[class]:
			m.fs.add(path, "name what the plan no longer has", "%q is still in the plan", class)
		case seen[class]:
			m.fs.add(path, "state one policy", "%q is there twice", class)
		}
		seen[class] = true
	}
}

// removed is spec.removed by class.
func (p *Plan) removed() map[string]string {
	out := map[string]string{}
	for _, spec := range p.Spec.Removed {
		out[p.removedClass(spec)] = spec.Policy
	}
	return out
}

func (p *Plan) removedClass(spec RemovedSpec) string {
	return strings.TrimPrefix(spec.From, p.Metadata.Name+"/")
}

// RemovalOf is what the plan says becomes of the objects of a class that it no longer
// has; "" where it says nothing.
func (p *PlanInfo) RemovalOf(class string) string {
	if policy := p.Removed[class]; policy != "" {
		return policy
	}
	fabric, _, _ := strings.Cut(class, ".")
	return p.Removed[fabric]
}
