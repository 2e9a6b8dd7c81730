package export

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/natural"
)

// Data is what a template works on. Its fields are described in docs/export.md, which a test
// compares with them.
type Data struct {
	Plan    string            // the key of the plan
	Labels  map[string]string // metadata.labels of the plan
	Site    Site
	Racks   []*Rack
	Devices []*Device
	Cables  []Cable

	Supplies []Cable // those of power and consoles
}

// Site is where all of it is.
type Site struct{ Slug, Name, Region string }

// Rack is a rack with the devices in it.
type Rack struct {
	ID, Name, Location string
	Units              int
	Devices            []*Device // from the top down
}

// Device is a switch or a node.
type Device struct {
	ID, Name     string
	Class        string // with its fabric: gpu, backend.leaf
	Fabric       string // "" for nodes
	Role         string
	Tier         string // leaf, spine, border, oob of a switch; "" for nodes
	Type         string
	Status       string
	Ordinal      int
	Group        int    // of switches, from 1; 0 for none
	Redundancy   string // mclag, eslag, or ""
	Rack         string // its name
	Position     float64
	Face         string
	Tenant       string
	Platform     string
	Description  string
	Comments     string
	Tags         []string
	CustomFields map[string]any
	Ports        []*Port // those that are cabled
	Sockets      []*Port // those of power and consoles that are cabled
	Modules      []Module
}

// Module is a module in a bay of a device.
type Module struct{ Bay, Position, Type string }

// Port is a cabled interface, or a port for power or a console.
type Port struct {
	Kind       string // NetBox's: interface, power_port, power_outlet, power_feed, …
	Name, Type string
	Rack       string // the name of the rack of its device; of a power feed, of its own
	Bay        string // of the module that it is on; "" for none
	Speed      int    // in Gb/s, 0 where the plan does not say
	Lanes      int    // of the switch port that it is a lane of; 1 for a whole port
	LAG        string
	Link       string  // of a node
	Cable      string  // the id of the cable
	Device     *Device // nil of a power feed
	Peer       *Port   // the other end
}

// Cable joins two ports.
type Cable struct {
	Carries                        string // power, console, feed; "" is data
	ID, Status, Type, Color, Label string
	Length                         float64 // 0 where the plan does not say
	LengthUnit                     string
	A, B                           *Port
}

// Group are devices that have something in common.
type Group struct {
	Name    string
	Devices []*Device
}

// ByRole groups devices by their roles, in natural order.
func (d *Data) ByRole() []Group { return d.group(func(x *Device) string { return x.Role }) }

// ByClass groups devices by their classes, in natural order.
func (d *Data) ByClass() []Group { return d.group(func(x *Device) string { return x.Class }) }

// ByRack groups devices by their racks, in natural order; those in no rack are in none.
func (d *Data) ByRack() []Group { return d.group(func(x *Device) string { return x.Rack }) }

func (d *Data) group(by func(*Device) string) []Group {
	var out []Group
	for _, x := range d.Devices {
		name := by(x)
		if name == "" {
			continue
		}
		at := slices.IndexFunc(out, func(g Group) bool { return g.Name == name })
		if at < 0 {
			at = len(out)
			out = append(out, Group{Name: name})
		}
		out[at].Devices = append(out[at].Devices, x)
	}
	slices.SortFunc(out, func(a, b Group) int { return natural.Compare(a.Name, b.Name) })
	return out
}

// NewData joins a topology's parts: ports to their devices, cables to their ports.
func NewData(t *generate.Topology) *Data {
	d := &Data{Plan: t.Plan.Key, Labels: t.Plan.Labels, Site: Site{t.Site.Slug, t.Site.Name, t.Site.Region}}
	racks := map[string]*Rack{}
	for _, r := range t.Racks {
		rack := &Rack{ID: r.ID, Name: r.Name, Location: r.Location, Units: r.Units}
		racks[r.ID] = rack
		d.Racks = append(d.Racks, rack)
	}
	devices := d.addDevices(t, racks)
	bays := map[string]string{}
	for i := range t.Modules {
		m := &t.Modules[i]
		bays[m.ID] = m.Name
		devices[m.Device].Modules = append(devices[m.Device].Modules, Module{m.Name, m.Position, m.Type})
	}
	d.addCables(t, addPorts(t, devices, racks, bays))
	d.arrange()
	return d
}

func (d *Data) addDevices(t *generate.Topology, racks map[string]*Rack) map[string]*Device {
	devices := make(map[string]*Device, len(t.Devices))
	for i := range t.Devices {
		x := &t.Devices[i]
		device := &Device{
			ID: x.ID, Name: x.Name, Class: x.Source, Fabric: x.Fabric, Role: x.Role, Type: x.Type, Status: x.Status,
			Ordinal: x.Ordinal, Group: x.Group, Redundancy: x.Redundancy, Position: x.Position, Face: x.Face,
			Tenant: stated(x.Tenant), Platform: stated(x.Platform), Description: stated(x.Description), Comments: stated(x.Comments),
			Tags: x.Tags, CustomFields: x.CustomFields,
		}
		if x.Fabric != "" {
			device.Tier = cmp.Or(x.Tier, x.Role)
		}
		if r := racks[x.Rack]; r != nil {
			device.Rack = r.Name
			r.Devices = append(r.Devices, device)
		}
		devices[x.ID] = device
		d.Devices = append(d.Devices, device)
	}
	return devices
}

func addPorts(t *generate.Topology, devices map[string]*Device, racks map[string]*Rack, bays map[string]string) map[string]*Port {
	ports := make(map[string]*Port, len(t.Interfaces))
	cabled := t.Cabled()
	for _, i := range t.Interfaces {
		if !cabled[i.ID] {
			continue // a LAG, or a port whose lanes are cabled
		}
		p := &Port{
			Kind: i.OfKind(), Name: i.Name, Type: i.Type, Speed: i.Speed, Lanes: i.Lanes, LAG: i.LAG, Link: i.Link,
			Bay: bays[i.On], Device: devices[i.Device],
		}
		ports[i.ID] = p
		switch {
		case p.Device == nil:
			p.Rack = racks[i.Device].Name
			continue
		case i.Kind != "":
			p.Device.Sockets = append(p.Device.Sockets, p)
		default:
			p.Device.Ports = append(p.Device.Ports, p)
		}
		p.Rack = p.Device.Rack
	}
	return ports
}

func (d *Data) addCables(t *generate.Topology, ports map[string]*Port) {
	for _, c := range t.Cables {
		cable := Cable{
			Carries: c.Carries, ID: c.ID, Status: c.Status, Type: stated(c.Type), Color: stated(c.Color), Label: stated(c.Label),
			LengthUnit: stated(c.LengthUnit), A: ports[c.A], B: ports[c.B],
		}
		if c.Length != nil {
			cable.Length = *c.Length
		}
		cable.A.Peer, cable.B.Peer, cable.A.Cable, cable.B.Cable = cable.B, cable.A, c.ID, c.ID
		if c.Carries != "" {
			d.Supplies = append(d.Supplies, cable)
			continue
		}
		d.Cables = append(d.Cables, cable)
	}
}

// arrange sorts everything by name.
func (d *Data) arrange() {
	slices.SortFunc(d.Racks, func(a, b *Rack) int { return natural.Compare(a.Name, b.Name) })
	slices.SortFunc(d.Devices, byName)
	for _, r := range d.Racks {
		slices.SortFunc(r.Devices, func(a, b *Device) int { return cmp.Or(cmp.Compare(b.Position, a.Position), byName(a, b)) })
	}
	for _, x := range d.Devices {
		slices.SortFunc(x.Ports, func(a, b *Port) int { return natural.Compare(a.Name, b.Name) })
		slices.SortFunc(x.Sockets, func(a, b *Port) int { return cmp.Or(natural.Compare(a.Kind, b.Kind), natural.Compare(a.Name, b.Name)) })
		slices.SortFunc(x.Modules, func(a, b Module) int { return natural.Compare(a.Bay, b.Bay) })
	}
	for _, cables := range [][]Cable{d.Cables, d.Supplies} {
		slices.SortFunc(cables, func(a, b Cable) int {
			return cmp.Or(byName(a.A.Device, b.A.Device), natural.Compare(a.A.Name, b.A.Name), natural.Compare(a.ID, b.ID))
		})
	}
}

func byName(a, b *Device) int {
	return cmp.Or(natural.Compare(a.Name, b.Name), natural.Compare(a.ID, b.ID))
}

func stated(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// LeftOut says which cables of a topology an export has no place for: those that carry no data.
func LeftOut(t *generate.Topology) []string {
	count := map[string]int{}
	for i := range t.Cables {
		if what := t.Cables[i].Carries; what != "" {
			count[what]++
		}
	}
	var out []string
	for _, what := range slices.Sorted(maps.Keys(count)) {
		s := "s"
		if count[what] == 1 {
			s = ""
		}
		out = append(out, fmt.Sprintf("%d cable%s of %s", count[what], s, what))
	}
	return out
}
