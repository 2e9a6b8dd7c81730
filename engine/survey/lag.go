package survey

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/natural"
	"github.com/diet-project/diet/generate/plain"
)

// Member is an interface that is a member of a LAG.
type Member struct {
	ID  int64
	LAG int64 `db:"lag"`
}

// lagType is NetBox's type of a LAG interface: nothing is plugged into one.
const lagType = "lag"

// lags are the LAG interfaces of a site.
type lags struct {
	of   map[int64]*Port            // by their members
	at   map[int64]map[string]*Port // by the device and the name of a member
	size map[*Port]int              // how many members each has
}

func (s *Site) lags() *lags {
	out, ports := &lags{map[int64]*Port{}, map[int64]map[string]*Port{}, map[*Port]int{}}, map[int64]*Port{}
	for i := range s.Ports {
		if p := &s.Ports[i]; p.Kind == data.near {
			ports[p.ID] = p
		}
	}
	for _, m := range s.Members {
		p, lag := ports[m.ID], ports[m.LAG]
		if p == nil || lag == nil || lag.Device != p.Device || lag.Type != lagType {
			continue // of a virtual chassis, it may be another device's
		}
		out.size[lag]++
		if out.of[p.ID] = lag; out.at[p.Device] == nil {
			out.at[p.Device] = map[string]*Port{}
		}
		out.at[p.Device][p.Name] = lag
	}
	return out
}

// bond is the LAG that ports of a class's nodes are members of: the same ports on most of them.
type bond struct {
	ports []string // names
	name  string   // of the LAG; the most common one
}

// bonds are the LAGs of a class of nodes, by the names of their members.
func (l *lags) bonds(c *class) map[string]*bond {
	counts, names := map[string]int{}, map[string][]string{}
	for _, d := range c.devices {
		members := map[*Port][]string{}
		for _, name := range sortedKeys(l.at[d.ID]) {
			lag := l.at[d.ID][name]
			members[lag] = append(members[lag], name)
		}
		for lag, list := range members {
			key := strings.Join(list, "\x00")
			counts[key]++
			names[key] = append(names[key], lag.Name)
		}
	}
	out := map[string]*bond{}
	for _, key := range sortedKeys(counts) {
		if 2*counts[key] <= len(c.devices) {
			continue
		}
		b := &bond{ports: strings.Split(key, "\x00"), name: most(names[key])}
		for _, p := range b.ports {
			out[p] = b
		}
	}
	return out
}

// bundle says of a link that its ports are members of a LAG on each node, where they are all of it:
// across the switches of a pair, or on one.
func (w *wiring) bundle(c *class, l *link, list []wire) {
	b := l.bond
	if b == nil || len(l.from) != len(b.ports) {
		l.bond = nil
		return
	}
	on := map[int64]map[int64]bool{}
	for _, x := range list {
		if !slices.Contains(b.ports, x.port) {
			continue
		}
		if on[x.mine.ID] == nil {
			on[x.mine.ID] = map[int64]bool{}
		}
		on[x.mine.ID][x.other.ID] = true
	}
	l.lag = "bundle"
	for _, switches := range on {
		if len(switches) > 1 {
			l.lag = "mclag"
		}
	}
	l.of = c
}

var keyForm = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// bundled are the links whose ports are members of LAGs.
func (k *sketch) bundled() []*link {
	var out []*link
	for _, c := range k.classes {
		for _, l := range c.links {
			if l.lag != "" {
				out = append(out, l)
			}
		}
	}
	return out
}

// nodeLag is the pattern of the names of LAGs on nodes: by the link, where links are called so.
func (k *sketch) nodeLag() string {
	for _, l := range k.bundled() {
		if l.key != l.bond.name {
			return ""
		}
	}
	return "{link}"
}

// lagEntries are the lines of LAG interfaces: each keeps the name that it has.
func (k *sketch) lagEntries(w *wiring) []Entry {
	var out []Entry
	seen := map[int64]bool{}
	at := w.lags.at
	for _, l := range k.bundled() {
		entry := func(lag *Port, object string) {
			if lag == nil || seen[lag.ID] {
				return
			}
			seen[lag.ID] = true
			d := w.device[lag.Device]
			out = append(out, Entry{
				Kind: lag.Kind, ID: lag.ID, Called: lag.Name, Place: d.Name, Type: lag.Type, Object: object, Name: ofNetBox,
				Why: "the LAG of the link " + l.key + " of " + l.of.id(),
			})
		}
		for _, d := range l.of.devices {
			var lag *Port
			whole := true
			for _, p := range l.bond.ports {
				whole = whole && at[d.ID][p] != nil && (lag == nil || at[d.ID][p] == lag)
				lag = at[d.ID][p]
			}
			if !whole {
				continue
			}
			entry(lag, l.of.object(k.key, d)+"/lag:"+l.key)
			id := fmt.Sprintf("/lag:%s[%d].%s", l.of.id(), l.of.ordinal[d.ID], l.key)
			for _, x := range w.wires[l.of][l.to] {
				if x.mine == d && slices.Contains(l.bond.ports, x.port) {
					entry(at[x.other.ID][x.far], l.to.object(k.key, x.other)+id)
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Entry) int { return natural.Compare(a.Object, b.Object) })
	return out
}

// countLags notes the LAGs that no link was made of.
func (k *sketch) countLags(w *wiring, entries []Entry) {
	taken, all := map[int64]bool{}, map[int64]bool{}
	for _, x := range entries {
		taken[x.ID] = true
	}
	for _, lag := range w.lags.of {
		if w.of[lag.Device] != nil && !taken[lag.ID] {
			all[lag.ID] = true
		}
	}
	if n := len(all); n > 0 {
		k.note("%s.", plain.Count(n, "LAG interface is of no link of the plan, as those between switches; it is left alone",
			"LAG interfaces are of no link of the plan, as those between switches; they are left alone"))
	}
}

// lagEntries are the lines of LAG interfaces that have other names than in the plan: on nodes by their
// members, and on switches by what those are cabled to.
func (m *matcher) lagEntries(l *lags) []Entry {
	var out []Entry
	names, members := map[string]string{}, map[string][]string{}
	for i := range m.topo.Interfaces {
		x := &m.topo.Interfaces[i]
		if x.Type == lagType {
			names[x.ID] = x.Name
		}
		if x.Bundle != "" {
			members[x.Bundle] = append(members[x.Bundle], x.ID)
		}
	}
	seen, told := map[int64]bool{}, map[string]bool{}
	entry := func(lag *Port, object string) {
		if lag == nil || seen[lag.ID] || told[object] || names[object] == "" {
			return
		}
		if seen[lag.ID], told[object] = true, true; names[object] == lag.Name {
			return
		}
		out = append(out, Entry{
			Kind: lag.Kind, ID: lag.ID, Called: lag.Name, Place: m.calls(lag.Device), Type: lag.Type, Object: object, Name: ofPlan,
			Why: fmt.Sprintf("the plan calls it %s", names[object]),
		})
	}
	for _, id := range sortedKeys(names) {
		object := generate.DeviceOf(id)
		link := strings.TrimPrefix(id, object+"/lag:")
		if m.is[object] == 0 || strings.ContainsAny(link, "[.") {
			continue // a switch's, which is found from its node
		}
		pairs := m.ports.pairs(m.is[object], object)
		for _, member := range members[id] {
			port := pairs[member]
			if port == nil {
				continue
			}
			entry(l.of[port.ID], id)
			far := m.ports.of[m.ports.far[port.ID]]
			if far == nil {
				continue
			}
			if to := m.taken[placeID{deviceKind, far.Device}]; to != "" {
				entry(l.of[far.ID], to+"/lag:"+strings.TrimPrefix(object, m.topo.Plan.Key+"/")+"."+link)
			}
		}
	}
	for _, id := range sortedKeys(names) {
		entry(m.unplugged(l, members[id]), id)
	}
	return out
}

// unplugged is the LAG whose members are the very ports that the plan has in one, where neither these nor
// what the plan plugs into them are cabled: whose cables were lost, or are yet to be laid.
func (m *matcher) unplugged(l *lags, members []string) *Port {
	var out *Port
	for _, id := range members {
		port, peer := m.there(id), m.there(m.ports.to[id])
		if port == nil || peer == nil || m.ports.far[port.ID] != 0 || m.ports.far[peer.ID] != 0 {
			return nil
		}
		if lag := l.of[port.ID]; lag == nil || out != nil && lag != out {
			return nil
		}
		out = l.of[port.ID]
	}
	if out == nil || l.size[out] != len(members) {
		return nil
	}
	return out
}

// there is the port that is an interface of the plan.
func (m *matcher) there(id string) *Port {
	object := generate.DeviceOf(id)
	if m.is[object] == 0 {
		return nil
	}
	return m.ports.pairs(m.is[object], object)[id]
}
