package survey

import "slices"

// wire is a cable as one of its ends has it.
type wire struct {
	port  string
	typ   string
	mine  *Device
	other *Device
	far   string // the name of the port there
	cable int64
}

// wiring are the cables of a site that carry one thing, by the classes of their two ends. Those of
// data are there from both ends.
type wiring struct {
	medium
	of    map[int64]*class
	cuts  map[*class]map[string]cut
	wires map[*class]map[*class][]wire
	types map[*class]map[string][]string // of the ports that something is plugged into
	spare map[*class]map[string]string   // ports that nothing is plugged into, with their types

	device  map[int64]*Device
	lags    *lags
	odd     map[int64]bool               // nodes that are cabled otherwise than their like
	blocked map[placed]bool              // ports that what no plan has is plugged into, on some device
	dropped map[int64]bool               // cables that are otherwise than those of their like, and in no part of a plan
	alone   map[*class]map[string]string // first lanes without another one, with the types of lanes: see firstAlone
}

// placed is a port of the devices of a class.
type placed struct {
	class *class
	port  string
}

// at is a port of a node among those of all sorts.
func (w *wiring) at(port string) string { return w.word + ":" + port }

// wired reads the cables between the classes.
func wired(s *Site, all []*class, m medium) *wiring {
	w := &wiring{
		medium: m, of: map[int64]*class{}, cuts: map[*class]map[string]cut{}, wires: map[*class]map[*class][]wire{},
		types: map[*class]map[string][]string{}, spare: map[*class]map[string]string{},
		odd: map[int64]bool{}, blocked: map[placed]bool{}, dropped: map[int64]bool{}, alone: map[*class]map[string]string{},
	}
	device, types := map[int64]*Device{}, map[placeID]string{}
	for _, c := range all {
		w.wires[c], w.types[c], w.spare[c] = map[*class][]wire{}, map[string][]string{}, map[string]string{}
		for _, d := range c.devices {
			w.of[d.ID], device[d.ID] = c, d
		}
	}
	for _, p := range s.Ports {
		types[placeID{p.Kind, p.ID}] = p.Type
		if c := w.of[p.Device]; c != nil && p.Kind == m.far && p.Type != lagType {
			w.spare[c][p.Name] = p.Type
		}
	}
	for p := range s.beyond() {
		if c := w.of[p.Device]; c != nil && p.Kind == m.far {
			w.blocked[placed{c, p.Name}] = true
		}
	}
	w.device, w.lags = device, s.lags()
	for _, x := range s.byLane() {
		a, b := w.of[x.ADevice], w.of[x.BDevice]
		if x.AKind != m.near || x.BKind != m.far || a == nil || b == nil || x.ADevice == x.BDevice {
			continue
		}
		da, db, ta, tb := device[x.ADevice], device[x.BDevice], types[placeID{x.AKind, x.A}], types[placeID{x.BKind, x.B}]
		w.wires[a][b] = append(w.wires[a][b], wire{x.AName, ta, da, db, x.BName, x.ID})
		w.types[b][x.BName] = append(w.types[b][x.BName], tb)
		if m.word == "" {
			w.wires[b][a] = append(w.wires[b][a], wire{x.BName, tb, db, da, x.AName, x.ID})
			w.types[a][x.AName] = append(w.types[a][x.AName], ta)
		}
	}
	for _, c := range all {
		w.survey(s, c)
	}
	return w
}

// survey tells the lanes of a class, and counts what data it is cabled to.
func (w *wiring) survey(s *Site, c *class) {
	names := map[string]bool{}
	for name := range w.spare[c] {
		names[name] = true
	}
	for name := range w.types[c] {
		delete(w.spare[c], name)
	}
	if w.cuts[c] = map[string]cut{}; w.word != "" {
		for name := range names {
			w.cuts[c][name] = cut{port: name}
		}
		return
	}
	reach := map[[2]int64]bool{}
	for other, list := range w.wires[c] {
		c.neighbours[other] = len(list)
		for _, x := range list {
			reach[[2]int64{x.mine.ID, x.other.ID}] = true
		}
	}
	c.reach = float64(len(reach)) / float64(len(c.devices))
	list := sortedKeys(names)
	w.cuts[c] = cuts(list, s.maker(c.typ), s.portsAs(c.typ, list))
	w.uncut(c)
	w.firstAlone(c)
}

// firstAlone takes a port that is called by its first lane for that lane, where it has no other yet and
// what it is plugged into is as fast as the lanes of its like, and not as itself.
func (w *wiring) firstAlone(c *class) {
	lanes := map[int]string{}
	for _, name := range sortedKeys(w.cuts[c]) {
		if at := w.cuts[c][name]; at.port != name && w.cuts[c][at.port].lane == 1 {
			typ := most(w.types[c][name])
			lanes[speed(typ)] = typ
		}
	}
	delete(lanes, 0)
	w.alone[c] = map[string]string{}
	for other := range w.wires[c] {
		for _, x := range w.wires[other][c] {
			own, typ := speed(most(w.types[c][x.far])), lanes[speed(x.typ)]
			if w.cuts[c][x.far].lane == 0 && own != speed(x.typ) && typ != "" && firstLane.MatchString(x.far) {
				w.cuts[c][x.far], w.alone[c][x.far] = cut{x.far, 1}, typ
			}
		}
	}
}

// uncut takes what looks like the first lane of a port for the port, where no port of that type has a
// second one: Ethernet3/7/1.
func (w *wiring) uncut(c *class) {
	typ := func(name string) string {
		if list := w.types[c][name]; len(list) > 0 {
			return most(list)
		}
		return w.spare[c][name]
	}
	high := map[string]int{}
	for name, at := range w.cuts[c] {
		high[typ(name)] = max(high[typ(name)], at.lane)
	}
	for name, at := range w.cuts[c] {
		if at.lane == 1 && at.port != name && high[typ(name)] == 1 {
			w.cuts[c][name] = cut{port: name}
		}
	}
}

// shape is what the lanes of one zone have in common.
type shape struct {
	typ   string
	lanes int
}

// shapes are those of the ports of a switch class.
func (w *wiring) shapes(c *class) map[string]shape {
	types, lanes := map[string][]string{}, map[string]int{}
	add := func(name string, list ...string) {
		k := w.cuts[c][name]
		if lanes[k.port] = max(lanes[k.port], k.lane); k.lane != 1 || k.port != name { // that has the type of the port
			types[k.port] = append(types[k.port], list...)
		} else if typ := w.alone[c][name]; typ != "" {
			types[k.port] = append(types[k.port], typ)
		}
	}
	for name, list := range w.types[c] {
		add(name, list...)
	}
	for name, typ := range w.spare[c] {
		add(name, typ)
	}
	lanes = alike(types, lanes)
	out := map[string]shape{}
	for port, list := range types {
		out[port] = shape{most(list), lanes[port]}
	}
	return out
}

// alike gives ports that are broken out the lanes of those of their type that have most: nothing
// may be plugged into their last ones, and breakouts come in powers of two.
func alike(types map[string][]string, lanes map[string]int) map[string]int {
	out, high := map[string]int{}, map[string]int{}
	for port, n := range lanes {
		for n > 1 && n < 16 && n&(n-1) != 0 {
			n++
		}
		out[port] = n
		high[most(types[port])] = max(high[most(types[port])], n)
	}
	for port, n := range out {
		if n > 0 {
			out[port] = high[most(types[port])]
		}
	}
	return out
}

// byLane are the cables of a site: those that break a port out as one of each of its lanes, where
// these are interfaces.
func (s *Site) byLane() []Cable {
	if !s.trunks() {
		return s.Cables
	}
	names, types := map[int64][]string{}, map[int64]string{}
	for _, d := range s.Devices {
		types[d.ID] = d.Type
	}
	for _, p := range s.Ports {
		if p.Kind == data.near {
			names[p.Device] = append(names[p.Device], p.Name)
		}
	}
	lanes, ids := map[int64]map[cut]string{}, map[int64]map[string]int64{}
	for device, list := range names {
		lanes[device], ids[device] = map[cut]string{}, map[string]int64{}
		for name, at := range cuts(list, s.maker(types[device]), s.portsAs(types[device], list)) {
			lanes[device][at] = name
		}
	}
	for _, p := range s.Ports {
		if p.Kind == data.near {
			ids[p.Device][p.Name] = p.ID
		}
	}
	out := make([]Cable, 0, len(s.Cables))
	for _, x := range s.Cables {
		if x.Plug > 0 {
			lane := lanes[x.ADevice][cut{x.AName, x.Plug}]
			if lane == "" {
				continue
			}
			x.A, x.AName = ids[x.ADevice][lane], lane
		}
		out = append(out, x)
	}
	return out
}

// trunks reports whether some ports are broken out by one cable each.
func (s *Site) trunks() bool {
	return slices.ContainsFunc(s.Cables, func(x Cable) bool { return x.Plug > 0 })
}

// maker is the manufacturer of a device type.
func (s *Site) maker(typ string) string {
	for _, t := range s.Types {
		if t.Slug == typ {
			return t.Maker
		}
	}
	return ""
}
