package survey

import (
	"cmp"
	"slices"
	"strings"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/plain"
)

// oddity is a part of a plan that would have something otherwise than it stands.
type oddity struct {
	class *class
	link  *link // of nodes; nil for a zone of switches, or their management ports
	lag   bool  // of the link, its LAG alone
	zone  *zone

	devices map[int64]bool // whose cables, or LAGs, they are
	cables  int
	first   string
	all     int             // cables of the part
	ends    []string        // of what it would have otherwise
	taken   map[string]bool // what is plugged in there, by one of its ends
}

// oddities are those of a plan, once all that is there stays where it may; it notes the cables that
// are not there.
func (k *sketch) oddities(plan *generate.Plan) []*oddity {
	var out []*oddity
	all := map[part]int{}
	have, devices := k.plugged(plan)
	find := func(o oddity, device int64, first string, ends ...string) {
		i := slices.IndexFunc(out, func(x *oddity) bool { return x.part() == o.part() })
		if i < 0 {
			o.devices, o.taken, o.first, i = map[int64]bool{}, map[string]bool{}, first, len(out)
			out = append(out, &o)
		}
		out[i].devices[device] = true
		out[i].cables++
		out[i].ends = append(out[i].ends, ends...)
		for _, end := range ends {
			if far, plugged := have[end]; plugged {
				out[i].taken[cmp.Or(min(end, far), end)] = true
			}
		}
	}
	k.missing, k.kept = nil, 0
	for _, c := range stayed(plan, have) {
		o, known := k.partOf(c.ID)
		all[o.part()]++
		if have[c.A] == c.B {
			k.kept++
		}
		if have[c.A] == c.B || strings.HasPrefix(generate.ClassOf(c.B), "rack:") {
			continue
		}
		_, a := have[c.A]
		if _, b := have[c.B]; !a && !b {
			k.missing = append(k.missing, c.ID)
			continue
		}
		if known {
			find(o, devices[generate.DeviceOf(c.A)], c.ID, c.A, c.B)
		}
	}
	for _, l := range k.bundled() {
		for _, d := range l.of.devices {
			if !k.wiring.bonded(l, d) {
				find(oddity{class: l.of, link: l, lag: true}, d.ID, d.Name)
			}
		}
	}
	for _, o := range out {
		o.all = all[o.part()]
	}
	return out
}

// part is what an oddity is of.
type part struct {
	class *class
	link  *link
	zone  *zone
	lag   bool
}

func (o *oddity) part() part { return part{o.class, o.link, o.zone, o.lag} }

// plugged are the ports that a plan knows, with what they are plugged into: "" for what it does not
// know; and the devices of a plan.
func (k *sketch) plugged(plan *generate.Plan) (have map[string]string, devices map[string]int64) {
	port, devices := k.portIDs(plan)
	have = map[string]string{}
	for p := range k.site.beyond() {
		have[port(p.Kind, p.Device, p.Name)] = ""
	}
	for _, x := range k.site.Cables { // of a cable of lanes, some may be told by nothing
		have[port(x.AKind, x.ADevice, x.AName)], have[port(x.BKind, x.BDevice, x.BName)] = "", ""
	}
	for _, x := range k.site.byLane() {
		a, b := port(x.AKind, x.ADevice, x.AName), port(x.BKind, x.BDevice, x.BName)
		have[a], have[b] = b, a
	}
	delete(have, "")
	return have, devices
}

// portIDs gives the ids of ports in a plan, "" for what it does not know; and the devices of a plan.
func (k *sketch) portIDs(plan *generate.Plan) (port func(kind string, on int64, name string) string, devices map[string]int64) {
	ids, object := generate.PortIDs(plan), map[int64]string{}
	devices = map[string]int64{}
	for _, c := range k.classes {
		for _, d := range c.devices {
			object[d.ID] = c.object(k.key, d)
			devices[object[d.ID]] = d.ID
		}
	}
	return func(kind string, on int64, name string) string {
		at := ids[generate.ClassOf(object[on])][generate.PortName{Kind: kind, Name: name}]
		if at == "" {
			return ""
		}
		return object[on] + "/" + at
	}, devices
}

// stayed are the cables of a plan where those that are there stay.
func stayed(plan *generate.Plan, have map[string]string) []generate.Cable {
	topo, err := generate.Generate(plan, nil)
	if err != nil {
		return nil // of a plan that is sound: does not fail
	}
	prior := generate.Prior{}
	for _, c := range topo.Cables {
		if b := have[c.A]; b != "" {
			prior[c.ID] = generate.Ends{A: c.A, B: b}
		}
	}
	if topo, err = generate.Generate(plan, prior); err != nil {
		return nil
	}
	return topo.Cables
}

// partOf is the part of the plan that a cable is of, by its id.
func (k *sketch) partOf(cable string) (oddity, bool) {
	id := generate.ClassOf(cable)
	at := slices.IndexFunc(k.classes, func(c *class) bool { return c.id() == id })
	if at < 0 {
		return oddity{}, false
	}
	c := k.classes[at]
	port := strings.TrimSuffix(cable[strings.LastIndex(cable, "]/")+2:], "~")
	if key, _, numbered := strings.Cut(port, "#"); numbered {
		for _, z := range c.zones {
			if z.key == key {
				return oddity{class: c, zone: z}, true
			}
		}
	}
	for _, l := range c.links {
		if slices.ContainsFunc(l.from, func(p plug) bool { return p.nic.key+"."+p.port == port }) {
			return oddity{class: c, link: l}, true
		}
	}
	return oddity{class: c}, c.mgmt != nil && c.mgmt.port == port
}

// bonded reports whether the ports of a link on a node are the members of one LAG, and what they are
// plugged into those of one on each switch.
func (w *wiring) bonded(l *link, d *Device) bool {
	at, size := w.lags.at, w.lags.size
	lag, far := at[d.ID][l.bond.ports[0]], map[*Port]int{}
	for _, p := range l.bond.ports {
		if lag == nil || at[d.ID][p] != lag {
			return false
		}
	}
	on := map[int64]*Port{}
	for _, x := range w.wires[l.of][l.to] {
		if x.mine != d || !slices.Contains(l.bond.ports, x.port) {
			continue
		}
		there := at[x.other.ID][x.far]
		if there == nil || on[x.other.ID] != nil && on[x.other.ID] != there {
			return false
		}
		on[x.other.ID] = there
		far[there]++
	}
	for there, n := range far {
		if size[there] != n {
			return false
		}
	}
	return size[lag] == len(l.bond.ports)
}

// setApart has nodes that are cabled otherwise than most of their class stand by themselves, and
// reports whether there are such.
func (k *sketch) setApart(found []*oddity) bool {
	more := false
	for _, w := range append([]*wiring{k.wiring}, k.beside...) {
		for _, c := range k.classes {
			odd := slices.DeleteFunc(slices.Clone(c.devices), func(d *Device) bool { return !w.odd[d.ID] })
			if c.tier != "" || 2*len(odd) > len(c.devices) {
				continue
			}
			for _, d := range odd {
				more = more || !k.apart[d.ID]
				k.apart[d.ID] = true
			}
		}
	}
	for _, o := range found {
		if o.link == nil || o.class.tier != "" || 2*len(o.devices) > len(o.class.devices) {
			continue
		}
		for id := range o.devices {
			more = more || !k.apart[id]
			k.apart[id] = true
		}
	}
	return more
}

// leaveOut takes what a plan would have otherwise out of it, and notes it.
func (k *sketch) leaveOut(found []*oddity) {
	for _, o := range found {
		c, n, what, fabric := o.class, o.cables, o.class.id(), o.class.fabric
		switch {
		case o.lag:
			o.link.bond, o.link.lag = nil, ""
			k.note("%s: %s: the LAGs of %s are as no plan has them (the first %s); they are left alone.",
				what, o.link.key, plain.Count(len(o.devices), deviceKind, deviceKind+"s"), o.first)
			continue
		case o.link != nil:
			c.links = slices.DeleteFunc(c.links, func(l *link) bool { return l == o.link })
			what, n, fabric = what+": "+o.link.key, max(n, o.link.cables), c.fabricOf(o.link)
		case o.zone != nil:
			c.zones = slices.DeleteFunc(c.zones, func(z *zone) bool { return z == o.zone })
			what, n = what+"/"+o.zone.key, max(n, o.zone.cables)
		default:
			what, n, fabric = what+": mgmt", max(n, c.mgmt.cables), c.fabricOf(c.mgmt)
			c.mgmt = nil
		}
		k.lost[fabric] += n
		k.note("%s: %s left alone: a plan would have some otherwise (the first %s).", what, plain.Count(n, "cable is", "cables are"), o.first)
	}
}

// fabricOf is the fabric that the cables of a link are of.
func (c *class) fabricOf(l *link) string {
	if l.to != nil && l.to.fabric != "" {
		return l.to.fabric
	}
	return c.fabric
}

// tellFabrics says how much of each fabric is left out, and how to have it in a plan all the same.
func (k *sketch) tellFabrics() {
	there := map[string]int{}
	for _, w := range append([]*wiring{k.wiring}, k.beside...) {
		for _, c := range k.classes {
			for _, other := range k.classes {
				n := len(w.wires[c][other])
				switch {
				case c == other:
					there[c.fabric] += n / 2
				case c.key < other.key || c.key == other.key && c.fabric < other.fabric:
					there[cmp.Or(c.fabric, other.fabric)] += n
				}
			}
		}
	}
	for _, fabric := range sortedKeys(k.lost) {
		if fabric != "" && k.lost[fabric] > 0 {
			k.note("fabric %s: %d of its %s left alone, for the reasons above, and %s. Where a fabric is damaged (cables "+
				"pulled, devices renamed), write the links and zones as they are to be into the plan, map it with "+
				"diet import --for PLAN --map MAP --force, and fill in what the map leaves open: an apply then makes what is missing, and asks "+
				"about what is otherwise.", fabric, min(k.lost[fabric], there[fabric]), plain.Count(there[fabric], "cable is", "cables are"),
				pick(there[fabric], "stays as it is", "stay as they are"))
		}
	}
}
