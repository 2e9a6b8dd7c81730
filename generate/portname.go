package generate

import "strings"

// PortIDs lists the interfaces that a plan may cable, by class and by the name of the interface:
// each as it stands in object ids, behind the device's.
func PortIDs(plan *Plan) map[string]map[string]string {
	m := compile(plan, newFindings(&plan.src), nil)
	out := map[string]map[string]string{}
	for _, c := range m.classes {
		out[c.id] = map[string]string{}
		for _, z := range c.zones {
			if z.carries != nil {
				continue
			}
			for _, l := range z.lanes {
				out[c.id][m.portName(c, l)] = c.portID(l)
			}
		}
		if c.mgmt != nil {
			out[c.id][c.mgmt.port] = c.mgmt.port
		}
	}
	for _, c := range m.nodes {
		out[c.id] = map[string]string{}
		for _, l := range c.links {
			if l.to != nil && l.to.carries != nil {
				continue
			}
			for _, p := range l.ports {
				out[c.id][p.name()] = p.id()
			}
		}
	}
	return out
}

// DeviceOf is the object id of the device of a port, or of a device itself; "" for what is
// neither.
func DeviceOf(object string) string {
	i := strings.IndexByte(object, ']')
	if i < 0 {
		return ""
	}
	return object[:i+1]
}

// ClassOf is the class of a device or of a port, by the object id: backend.leaf.
func ClassOf(object string) string {
	_, rest, _ := strings.Cut(object, "/")
	class, _, _ := strings.Cut(rest, "[")
	return class
}
