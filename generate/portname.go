package generate

import "strings"

// PortName is a port of a device: an interface, or one that carries no data, by the name of its kind.
type PortName struct{ Kind, Name string }

// PortIDs lists the ports that a plan may cable, and those whose lanes it may, by class and by the
// name of the port: each as it stands in object ids, behind the device's.
func PortIDs(plan *Plan) map[string]map[PortName]string {
	m := compile(plan, newFindings(&plan.src), nil)
	out := map[string]map[PortName]string{}
	for _, c := range m.classes {
		ids := map[PortName]string{}
		for _, z := range c.zones {
			for _, l := range z.lanes {
				ids[PortName{z.carries.farKind(), m.lanePort(z, l)}] = z.portID(l)
				whole := lane{port: l.port}
				name := PortName{interfaceKind, m.portName(c, whole)}
				if l.lane > 0 && name.Name != m.portName(c, lane{l.port, 1}) { // else it is its first lane
					ids[name] = c.portID(whole)
				}
			}
		}
		if c.mgmt != nil {
			ids[PortName{interfaceKind, c.mgmt.port}] = c.mgmt.port
		}
		c.own.portIDs(ids)
		out[c.id] = ids
	}
	for _, c := range m.nodes {
		out[c.id] = map[PortName]string{}
		c.portIDs(out[c.id])
	}
	return out
}

// portIDs adds the ports of the links of a class.
func (c *nodeClass) portIDs(ids map[PortName]string) {
	if c == nil {
		return
	}
	for _, l := range c.links {
		for _, p := range l.ports {
			if l.to != nil {
				ids[PortName{l.to.carries.nearKind(), p.name()}] = p.id()
			}
		}
	}
}

// interfaceKind is NetBox's kind of ports that carry data.
const interfaceKind = "interface"

func (x *medium) nearKind() string {
	if x == nil {
		return interfaceKind
	}
	return x.near
}

func (x *medium) farKind() string {
	if x == nil {
		return interfaceKind
	}
	return x.far
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
