package generate

import (
	"cmp"
	"slices"

	"github.com/diet-project/diet/generate/natural"
	"github.com/diet-project/diet/generate/plain"
)

// The largest plans that are generated, so that a slip of the pen is a finding
// and not a machine out of memory.
const (
	maxNodes  = 1_000_000
	maxCables = 4_000_000
)

// nic is a network card, with its ports in catalog order.
type nic struct {
	key   string
	path  string
	spec  Nic
	ports []string
	name  *pattern // of its interfaces; nil: <nic>-<port>

	custom *customs // of its ports

	on    map[string]string // see [device]
	types map[string]string // by port, where the NIC or its module says
	has   map[string]bool   // the ports
}

// nicPort is one port of a link's from.
type nicPort struct {
	nic  *nic
	port string
}

// key is the port in the id of its cable, and id that in its own, where it may be on a module.
func (p nicPort) key() string { return p.nic.key + "." + p.port }
func (p nicPort) id() string  { return p.key() + p.nic.on[p.name()] }
func (p nicPort) name() string {
	if p.nic.name != nil {
		return p.nic.name.expand(&scope{words: map[string]string{"nic": p.nic.key, "port": p.port}})
	}
	return p.nic.key + "-" + p.port
}

// link is one link of a node class: its ports, in order, and where they go.
type link struct {
	node   *nodeClass
	key    string
	path   string
	spec   Link
	ports  []nicPort
	to     *zone
	spread string
	custom *customs // of its cables
}

func (m *model) compileNodes() {
	total := 0
	for _, e := range entries(m.fs, "spec.nodes", m.plan.Spec.Nodes, func(n Node) *int { return n.Order }) {
		if !m.checkKey(e.path, e.key) {
			continue
		}
		count := 0
		if e.body.Count != nil {
			count = *e.body.Count
		}
		if total += max(0, count); count < 0 || count > maxNodes || total > maxNodes {
			m.fs.add(e.path+".count", "", "the count %d is negative, or there are more than %d nodes in all", count, maxNodes)
			count, total = 0, 0
		}
		m.addNode(e, count)
	}
	m.boundCables()
}

func (m *model) addNode(e entry[Node], count int) {
	s := e.body
	c := &nodeClass{
		device: device{
			path: e.path, id: e.key, key: e.key,
			role: cmp.Or(s.Role, "server"), typ: s.Type, policy: s.DeletionPolicy,
		},
		spec: s, nics: map[string]*nic{},
	}
	naming := patternAt{"spec.naming.node", cmp.Or(m.plan.Spec.Naming.Node, "{class}-{n:03}")}
	m.compileDevice(&c.device, s.Rack, s.Set, s.Skip, patternAt{e.path + ".name", s.Name}, naming)
	if s.Max > 0 && count > s.Max {
		m.fs.add(e.path+".count", "raise max", "%s more than max %d", plain.Count(count, "node is", "nodes are"), s.Max)
	}
	m.compileModules(&c.device, s.Modules)
	c.exist(count)
	m.compileLinks(c, s.Nics, s.Links)
	m.nodes = append(m.nodes, c)
}

// exist says how many nodes of a class there are.
func (c *nodeClass) exist(count int) {
	c.ords = make([]int, count)
	for i := range c.ords {
		c.ords[i] = c.ord(i)
	}
}

func (m *model) compileLinks(c *nodeClass, nics map[string]Nic, links map[string]Link) {
	for _, n := range entries(m.fs, c.path+".nics", nics, func(n Nic) *int { return n.Order }) {
		if m.checkKey(n.path, n.key) {
			c.nics[n.key] = m.compileNic(n)
			c.nics[n.key].on = c.on
			c.nics[n.key].custom = m.compileCustoms(n.path, n.body.CustomFields, c.words())
		}
	}
	for _, l := range entries(m.fs, c.path+".links", links, func(l Link) *int { return l.Order }) {
		if m.checkKey(l.path, l.key) {
			c.links = append(c.links, m.compileLink(c, l))
		}
	}
	m.checkPortsOnce(c)
}

// compileDevice fills what switches and nodes have in common. The first
// pattern that is not empty names the devices.
func (m *model) compileDevice(d *device, place *Place, set Fields, skip []int, names ...patternAt) {
	d.place = m.compilePlace(place, d.path+".rack")
	for i, s := range skip {
		if s < 1 {
			m.fs.add(indexPath(d.path+".skip", i), "ordinals start at 1", "%d is not a valid ordinal", s)
			continue
		}
		d.skip = append(d.skip, s)
	}
	slices.Sort(d.skip)
	if compact := slices.Compact(slices.Clone(d.skip)); len(compact) != len(d.skip) {
		m.fs.add(d.path+".skip", "", "an ordinal is given twice")
		d.skip = compact
	}
	if d.typ == "" {
		m.fs.add(d.path+".type", "", "%q is missing", "type")
	}
	m.useType(d)
	for _, n := range names {
		if n.text != "" {
			d.name = m.compilePattern(n.path, n.text, d.words())
			break
		}
	}
	d.set = m.compileFields(d, set)
}

func (m *model) compileNic(e entry[Nic]) *nic {
	n := &nic{key: e.key, path: e.path, spec: e.body, types: map[string]string{}, has: map[string]bool{}}
	if mod := m.modules[e.body.Module]; mod != nil {
		for _, raw := range sortedKeys(mod.Ports) {
			names, err := expandBraces(raw)
			if err != nil || !m.fs.spend(e.path, len(names)) {
				continue // the catalog reports it
			}
			for _, p := range names {
				n.types[p] = mod.Ports[raw]
				n.ports = append(n.ports, p)
			}
		}
		slices.SortFunc(n.ports, natural.Compare)
	}
	if e.body.Name != "" {
		n.name = m.compilePattern(e.path+".name", e.body.Name, []string{"nic", "port"})
	}
	if e.body.Ports != nil {
		m.statePorts(n, m.modules[e.body.Module])
	}
	for _, p := range n.ports {
		if n.has[p] = true; e.body.Type != "" {
			n.types[p] = e.body.Type
		}
	}
	return n
}

// statePorts replaces the module's ports by those that the NIC states.
func (m *model) statePorts(n *nic, mod *ModuleTypeSpec) {
	has, known := n.ports, map[string]bool{}
	for _, p := range has {
		known[p] = true
	}
	n.ports = nil
	for i, raw := range n.spec.Ports {
		path := indexPath(n.path+".ports", i)
		names, err := expandBraces(raw)
		if err != nil {
			m.fs.add(path, "", "%v", err)
			continue
		}
		if !m.fs.spend(path, len(names)) {
			return
		}
		for _, p := range names {
			switch {
			case !portSyntax.MatchString(p):
				m.fs.add(path, "", "%q is not a valid port name", p)
			case n.has[p]:
				m.fs.add(path, "", "the port %q is given twice", p)
			case mod != nil && len(has) > 0 && !known[p]:
				m.fs.add(path, m.fs.near(p, has), "the module %q has no port %q", n.spec.Module, p)
			default:
				n.ports, n.has[p] = append(n.ports, p), true
			}
		}
	}
}

// checkPortsOnce reports ports that two links of a class cable, and two ports of one name.
func (m *model) checkPortsOnce(c *nodeClass) {
	by, named := map[nicPort]*link{}, map[string]nicPort{}
	for _, l := range c.links {
		for _, p := range l.ports {
			name := p.name()
			if other := by[p]; other != nil {
				m.fs.add(l.path+".from", "", "the port %s is already cabled by the link %s", name, other.key)
			}
			if other, twice := named[name]; twice && other != p {
				m.fs.add(p.nic.path+".name", "", "the ports %s and %s would both be named %q", other.id(), p.id(), name)
			}
			by[p], named[name] = l, p
		}
	}
}

// boundCables refuses plans with more cables than maxCables before any is made.
func (m *model) boundCables() {
	total := 0
	for _, c := range m.nodes {
		for _, l := range c.links {
			total += len(l.ports) * len(c.ords)
		}
	}
	if total <= maxCables {
		return
	}
	m.fs.add("spec.nodes", "", "the nodes have %d ports to cable, more than %d", total, maxCables)
	for _, c := range m.nodes {
		c.ords = nil
	}
}
