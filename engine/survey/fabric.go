package survey

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/generate/natural"
)

// link is what ports of a class are cabled to: a zone of another one.
type link struct {
	key    string
	from   []plug
	port   string // of mgmt: the one port
	to     *class // nil where it goes to feeds of racks
	zone   string
	word   string // what it is of that is no data
	feeds  string // rack:<pool>/<feeds>
	spread string
	cables int

	bond *bond // what its ports are members of
	lag  string
	of   *class // whose it is, with a lag
}

// zone are lanes of a switch class that serve one purpose.
type zone struct {
	key    string
	ports  []string
	lanes  int // of a port
	speed  int
	typ    string
	upTo   string // <class>/<zone>
	kind   string // mesh, peer
	word   string // what it carries that is no data
	cables int
}

// lines says what a zone is in YAML.
func (z *zone) fields() []pair {
	all := "E1/"
	if z.word != "" {
		all = ""
	}
	out := []pair{{"ports", spec(z.ports, all)}}
	if z.word != "" {
		out = append(out, pair{"carries", z.word})
	}
	if z.lanes > 1 {
		out = append(out, pair{"breakout", fmt.Sprintf("%dx%d", z.lanes, z.speed)})
	}
	if z.typ != "" {
		out = append(out, pair{"type", z.typ})
	}
	if z.upTo != "" {
		out = append(out, pair{"uplinkTo", z.upTo})
	}
	if z.kind != "" {
		out = append(out, pair{z.kind, true})
	}
	return out
}

// zoneOf finds the zone of a class for ports of a shape, or makes it.
func (c *class) zoneOf(purpose string, x shape) *zone { return c.zoneFor("", purpose, x) }

// zoneFor is zoneOf for ports that carry something.
func (c *class) zoneFor(word, purpose string, x shape) *zone {
	key := purpose
	if n := len(slices.DeleteFunc(slices.Clone(c.zones), func(z *zone) bool { return base(z.key) != purpose })); n > 0 {
		key = fmt.Sprintf("%s-%d", purpose, n+1)
	}
	for _, z := range c.zones {
		if base(z.key) == purpose && z.word == word && z.typ == x.typ && z.lanes == max(1, x.lanes) {
			return z
		}
	}
	z := &zone{key: key, lanes: max(1, x.lanes), speed: speed(x.typ), typ: x.typ, word: word}
	c.zones = append(c.zones, z)
	return z
}

// base is the purpose in the key of a zone: uplinks-2 is for uplinks.
func base(key string) string {
	if head, tail, ok := strings.Cut(key, "-"); ok && strings.Trim(tail, "0123456789") == "" {
		return head
	}
	return key
}

// add puts a port into a zone.
func (z *zone) add(port string) {
	if !slices.Contains(z.ports, port) {
		z.ports = append(z.ports, port)
		slices.SortFunc(z.ports, natural.Compare)
	}
}

// cabling makes out links, uplinks and the rest, with the zones that they go to.
func (w *wiring) cabling(all []*class) {
	for _, c := range all {
		if c.tier == "" {
			w.plugs(c)
		}
	}
	for _, c := range all {
		for _, other := range all {
			if list := w.wires[c][other]; len(list) > 0 {
				w.join(c, other, list)
			}
		}
	}
	for _, c := range all {
		w.widen(c)
	}
}

// widen gives zones that others are plugged into the ports that are free and like theirs.
func (w *wiring) widen(c *class) {
	used := map[string]bool{}
	for _, z := range c.zones {
		for _, p := range z.ports {
			used[p] = used[p] || z.word == w.word
		}
	}
	shapes := w.shapes(c)
	for _, name := range sortedKeys(w.spare[c]) {
		if w.blocked[placed{c, name}] {
			continue
		}
		port := w.cuts[c][name].port
		for _, z := range c.zones {
			same := shape{z.typ, z.lanes} == shape{shapes[port].typ, max(1, shapes[port].lanes)}
			if !used[port] && z.word == w.word && z.open() && same && row(port) == row(z.ports[0]) {
				z.add(port)
				used[port] = true
			}
		}
	}
}

// open reports whether a zone is one that others are plugged into.
func (z *zone) open() bool { return z.upTo == "" && z.kind == "" && len(z.ports) > 0 }

// row is the name of a port without its numbers.
func row(port string) string { return digits.ReplaceAllString(port, "") }

// plugs makes out the NICs of a node class.
func (w *wiring) plugs(c *class) {
	types := map[string][]string{}
	for _, list := range w.wires[c] {
		for _, x := range list {
			types[x.port] = append(types[x.port], x.typ)
		}
	}
	of := map[string]string{}
	for name, list := range types {
		of[name] = most(list)
	}
	c.nicsOf(w.word, of)
}

// join makes out what the cables of a class to another one are.
func (w *wiring) join(c, other *class, list []wire) {
	switch {
	case c.tier == "" && other.tier != "":
		w.linked(c, other, list)
	case c.tier == "" || other.tier == "":
	case c == other:
		w.paired(c, list)
	case !c.below(other):
	case (other.tier == "oob" || c.carries != "") && c.mgmt == nil && lone(list):
		w.managed(c, other, list)
	default:
		w.risen(c, other, list)
	}
}

// lone reports whether each device has one of the cables, at the same port.
func lone(list []wire) bool {
	seen := map[int64]bool{}
	for _, x := range list {
		if seen[x.mine.ID] || x.port != list[0].port {
			return false
		}
		seen[x.mine.ID] = true
	}
	return true
}

// linked makes out the links of a node class to a switch class, one for each of its zones.
func (w *wiring) linked(c, other *class, list []wire) {
	shapes := w.shapes(other)
	byPort := map[string][]wire{}
	nodes := map[int64]bool{}
	for _, x := range list {
		byPort[x.port], nodes[x.mine.ID] = append(byPort[x.port], x), true
	}
	type goal struct {
		zone *zone
		bond *bond
	}
	links, bonds := map[goal]*link{}, map[string]*bond{}
	if w.word == "" {
		bonds = w.lags.bonds(c)
	}
	for _, port := range sortedKeys(byPort) {
		plug, ok := c.ports[w.at(port)]
		if wires := byPort[port]; !ok || 2*len(wires) < len(nodes) || !c.mainly(w, port, other, len(wires)) {
			w.strays(wires)
			continue
		}
		fars := make([]string, 0, len(byPort[port]))
		for _, x := range byPort[port] {
			k := shapes[w.cuts[other][x.far].port]
			fars = append(fars, fmt.Sprintf("%s %d", k.typ, k.lanes))
		}
		main := most(fars)
		var z *zone
		for i, x := range byPort[port] {
			if far := w.cuts[other][x.far].port; fars[i] == main {
				z = other.zoneFor(w.word, cmp.Or(w.word, "nodes"), shapes[far])
				z.add(far)
			} else {
				w.odd[x.mine.ID] = true
			}
		}
		to := goal{z, bonds[port]}
		if links[to] == nil {
			links[to] = &link{to: other, zone: z.key, bond: to.bond}
			c.links = append(c.links, links[to])
		}
		links[to].from = append(links[to].from, plug)
		links[to].cables += len(byPort[port])
	}
	for i, l := range c.links {
		if l.key == "" {
			w.bundle(c, l, list)
			key := other.key
			if l.bond != nil && keyForm.MatchString(l.bond.name) {
				key = l.bond.name
			}
			l.key = c.linkKey(key, i)
			l.spread = w.spread(c, other, l, list)
		}
	}
}

// strays notes whose cables are no link's of their class.
func (w *wiring) strays(list []wire) {
	for _, x := range list {
		w.odd[x.mine.ID] = true
		w.dropped[x.cable] = true
	}
}

// linkKey is a key for the i-th link of a class.
func (c *class) linkKey(key string, i int) string {
	if slices.ContainsFunc(c.links[:i], func(m *link) bool { return m.key == key }) {
		return fmt.Sprintf("%s-%d", key, i+1)
	}
	return key
}

// mainly reports whether a port of a class goes to no other class more often.
func (c *class) mainly(w *wiring, port string, to *class, n int) bool {
	for other, list := range w.wires[c] {
		here := 0
		for _, x := range list {
			if x.port == port {
				here++
			}
		}
		if other != to && (here > n || here == n && natural.Compare(other.key, to.key) < 0) {
			return false
		}
	}
	return true
}

// spread is how the ports of a link lie on the switches: all of a node's on one, on the two
// of a pair in turn, or each on its rail's.
func (w *wiring) spread(c, to *class, l *link, list []wire) string {
	index := map[plug]int{}
	for i, p := range l.from {
		index[p] = i
	}
	at, has := map[int64]map[int]bool{}, map[int64]int{}
	inTurn, cables := 0, 0
	for _, x := range list {
		k, ours := index[c.ports[w.at(x.port)]]
		if !ours {
			continue
		}
		ord := to.ordinal[x.other.ID]
		if at[x.mine.ID] == nil {
			at[x.mine.ID] = map[int]bool{}
		}
		at[x.mine.ID][ord] = true
		has[x.mine.ID]++
		if cables++; (ord-1)%2 == k%2 {
			inTurn++
		}
	}
	apart, pairs, told := 0, 0, 0
	for node, ords := range at {
		if has[node] == 1 {
			continue // one cable tells nothing
		}
		told++
		first := 0
		for ord := range ords {
			first = max(first, (ord-1)/2+1)
		}
		pair := len(ords) == 2
		for ord := range ords {
			pair = pair && (ord-1)/2+1 == first
		}
		apart, pairs = apart+min(1, len(ords)-1), pairs+len(ords)*boolean(pair)/2
	}
	switch {
	case 2*apart < told || told == 0 || len(l.from) == 1:
		return ""
	case 2*pairs > apart && 10*inTurn > 8*cables && len(to.devices)%2 == 0 && len(to.skip()) == 0:
		to.group = 2
		return "alternate"
	}
	return "rail"
}

// managed makes out the management ports of a switch class.
func (w *wiring) managed(c, other *class, list []wire) {
	shapes := w.shapes(other)
	fars := make([]string, len(list))
	for i, x := range list {
		fars[i] = w.cuts[other][x.far].port
	}
	z := other.zoneOf("nodes", shapes[most(fars)])
	for _, far := range fars {
		if shapes[far] == shapes[most(fars)] {
			z.add(far)
		}
	}
	c.mgmt = &link{port: list[0].port, to: other, zone: z.key, cables: len(list)}
}

// risen makes out the uplinks of a class to another one.
func (w *wiring) risen(c, other *class, list []wire) {
	own, far := w.shapes(c), w.shapes(other)
	type pairing struct{ a, b shape }
	by := map[string][]wire{}
	kinds := map[string]pairing{}
	for _, x := range list {
		p := pairing{own[w.cuts[c][x.port].port], far[w.cuts[other][x.far].port]}
		k := fmt.Sprint(p)
		by[k], kinds[k] = append(by[k], x), p
	}
	order := sortedKeys(by)
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(len(by[b]), len(by[a])) })
	for _, k := range order {
		to := other.zoneOf("down", kinds[k].b)
		z := &zone{
			key: c.upKey(other), lanes: max(1, kinds[k].a.lanes), speed: speed(kinds[k].a.typ), typ: kinds[k].a.typ,
			upTo: other.id() + "/" + to.key, cables: len(by[k]),
		}
		for _, x := range by[k] {
			z.add(w.cuts[c][x.port].port)
			to.add(w.cuts[other][x.far].port)
		}
		c.zones = append(c.zones, z)
	}
}

// upKey is a key for uplinks of a class to another one.
func (c *class) upKey(to *class) string {
	key := "to-" + to.key
	for n := 2; slices.ContainsFunc(c.zones, func(z *zone) bool { return z.key == key }); n++ {
		key = fmt.Sprintf("to-%s-x%d", to.key, n)
	}
	return key
}

// paired makes out the cables within a class: of pairs, or of a mesh.
func (w *wiring) paired(c *class, list []wire) {
	shapes := w.shapes(c)
	z, across := &zone{kind: "peer", key: "peer"}, 0
	for _, x := range list {
		if (c.ordinal[x.mine.ID]-1)/2 != (c.ordinal[x.other.ID]-1)/2 {
			across++
		}
		port := w.cuts[c][x.port].port
		z.typ, z.lanes, z.speed = shapes[port].typ, max(1, shapes[port].lanes), speed(shapes[port].typ)
		z.add(port)
	}
	z.cables = len(list) / 2
	if few*across > len(list) {
		z.kind, z.key = "mesh", "mesh"
	}
	if z.kind == "peer" {
		c.group = 2
	}
	c.zones = append(c.zones, z)
}
