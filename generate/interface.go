package generate

import (
	"cmp"
	"strconv"
	"strings"
)

// speedTypes gives NetBox's interface type of a lane by its speed in Gb/s.
var speedTypes = map[int]string{
	1: "1000base-t", 10: "10gbase-x-sfpp", 25: "25gbase-x-sfp28", 40: "40gbase-x-qsfpp",
	100: "100gbase-x-qsfp28", 200: "200gbase-x-qsfp56", 400: "400gbase-x-qsfpdd", 800: "800gbase-x-qsfpdd",
}

// otherType is the interface type where neither the plan nor the other end says one.
const otherType = "other"

// typeSpeed reads the speed of a NetBox interface type in Mb/s; 0 where it says none.
func typeSpeed(t string) int {
	number, rest, ok := strings.Cut(t, "base-")
	if !ok || rest == "" {
		return 0
	}
	unit := 1.0
	switch {
	case strings.HasSuffix(number, "g"):
		number, unit = strings.TrimSuffix(number, "g"), 1000
	case strings.HasSuffix(number, "t"):
		number, unit = strings.TrimSuffix(number, "t"), 1_000_000
	}
	x, err := strconv.ParseFloat(number, 64)
	if err != nil || x < 0 || x > 1e6 {
		return 0
	}
	return int(x * unit)
}

// portName is E1/<port>, or E1/<port>/<lane> for a lane of a port that is broken out.
func portName(l lane) string {
	if l.lane == 0 {
		return "E1/" + strconv.Itoa(l.port)
	}
	return "E1/" + strconv.Itoa(l.port) + "/" + strconv.Itoa(l.lane)
}

// portID is the port in an object id: 21, or 21:2 for its lane 2.
func portID(l lane) string {
	if l.lane == 0 {
		return strconv.Itoa(l.port)
	}
	return strconv.Itoa(l.port) + ":" + strconv.Itoa(l.lane)
}

// laneSpeed is the speed of a zone's slowest lane in Mb/s: the breakout's, or
// the ports' own by the catalog; 0 where neither says one.
func (m *model) laneSpeed(z *zone) int {
	if z.brk.speed > 0 {
		return z.brk.speed * 1000
	}
	slowest := 0
	for i, l := range z.lanes {
		if s := typeSpeed(m.laneType(z, l)); i == 0 || s < slowest {
			slowest = s
		}
	}
	return slowest
}

// laneType is the interface type of a switch's lane: the catalog's for that
// very name, else the zone's, else the breakout's; "" where none says one.
func (m *model) laneType(z *zone, l lane) string {
	if z.carries != nil {
		return cmp.Or(m.typeOf(&z.class.device).socketType(z.carries.far, m.lanePort(z, l)), z.spec().Type)
	}
	if t := m.typeOf(&z.class.device); t != nil {
		if own := t.ports[m.portName(z.class, l)]; own != "" {
			return own
		}
	}
	if own := z.spec().Type; own != "" {
		return own
	}
	if z.brk.speed > 0 {
		if t := speedTypes[z.brk.speed]; t != "" {
			return t
		}
		return otherType
	}
	return ""
}

// nicType is the interface type of a node's port: the NIC's, else its
// module's, else the device type's; "" where none says one. The kind is that of a port that
// carries no data.
func (m *model) nicType(c *nodeClass, p nicPort, kind string) string {
	if t := p.nic.types[p.port]; t != "" {
		return t
	}
	if kind != "" {
		return m.typeOf(&c.device).socketType(kind, p.name())
	}
	if t := m.typeOf(&c.device); t != nil {
		return t.ports[p.name()]
	}
	return ""
}
