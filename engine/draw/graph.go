package draw

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/natural"
)

// boxesOfClass is the default limit of boxes per class.
const boxesOfClass = 8

// Graph is a topology to be drawn: boxes, and the cables between them. Every
// device is in exactly one box, and every cable in exactly one edge.
type Graph struct {
	Plan    string   `json:"plan"`
	Site    string   `json:"site"`
	Fabrics []string `json:"fabrics"` // those with boxes, in natural order
	Boxes   []Box    `json:"boxes"`   // by tier, and then in natural order
	Edges   []Edge   `json:"edges"`   // by their boxes
}

// Box is a device, or several of one class that are cabled alike.
type Box struct {
	// ID is the device's object id, or what the ids of several have in common
	// with their ordinals: web96/web[1-24].
	ID     string `json:"id"`
	Fabric string `json:"fabric,omitempty"` // "" for nodes
	Class  string `json:"class"`
	Role   string `json:"role"`
	Type   string `json:"device_type"`
	// Tier is the row, from 0 at the top: border, spine, leaf, nodes, and the
	// tiers of out-of-band switches.
	Tier    int      `json:"tier"`
	Devices []string `json:"devices"` // names, by ordinal

	// Mark is what becomes of all of its devices, and Link where the box leads.
	Mark Mark   `json:"mark,omitempty"`
	Link string `json:"-"`
}

// Edge are all cables between two boxes; A is the upper one, and B is A for
// cables within a box.
type Edge struct {
	A       int      `json:"a"` // index of a box
	B       int      `json:"b"`
	Strands []Strand `json:"cables"` // the fastest first

	carries []string // what goes through them: "" is data
}

// Strand is how many cables of an edge have a speed.
type Strand struct {
	Count int `json:"count"`
	Speed int `json:"speed_gbps,omitempty"` // 0 where the plan does not say
}

// The tiers. Out-of-band switches are below the nodes: access switches at tierOOB,
// what they connect to below that.
const (
	tierBorder = iota
	tierSpine
	tierLeaf
	tierNode
	tierOOB
)

var switchTiers = map[string]int{"border": tierBorder, "spine": tierSpine, "leaf": tierLeaf, "oob": tierOOB}

// GraphOptions choose how much of a topology is drawn.
type GraphOptions struct {
	// Devices draws every device by itself. The default folds nodes of a class
	// that are cabled alike, and switches where a class has more than Boxes.
	Devices bool

	// Boxes is the most boxes that a class is drawn as: beyond, those that are
	// cabled alike are one, and where that does not do, the class is. Defaults to 8, or to
	// as many domains as there are, up to 32: the servers that share leaves, and those leaves.
	Boxes int

	// Marks are what becomes of devices: one box is of one mark. Link leads from boxes.
	Marks Marks
	Link  Link

	// Fabrics limits the graph to these and the nodes cabled to them, Classes and Racks to
	// their devices and what is cabled to those. Empty is all.
	Fabrics, Classes, Racks []string
}

// NewGraph folds a topology to what is drawn. It returns an error for a fabric
// that the topology does not have.
func NewGraph(topo *generate.Topology, opts GraphOptions) (*Graph, error) {
	v := newView(topo)
	v.most, v.domains = cmp.Or(opts.Boxes, boxesOfClass), opts.Boxes == 0
	v.marks, v.link = opts.Marks, opts.Link
	if opts.Devices {
		v.most = 0
	}
	if err := v.only(opts.Fabrics); err != nil {
		return nil, err
	}
	if err := v.focus(topo, opts); err != nil {
		return nil, err
	}
	v.fold()
	g := &Graph{Plan: topo.Plan.Key, Site: topo.Site.Name, Fabrics: v.fabrics(), Boxes: v.boxes, Edges: v.edges()}
	return g, nil
}

// Name is what a box is called: its device's name, or its class with ordinals.
func (b *Box) Name() string {
	if len(b.Devices) == 1 {
		return b.Devices[0]
	}
	_, path, _ := strings.Cut(b.ID, "/")
	return path
}

// Label is the number and speed of an edge's cables: 4 × 800G.
func (e *Edge) Label() string {
	parts := make([]string, len(e.Strands))
	for i, l := range e.Strands {
		if parts[i] = strconv.Itoa(l.Count); l.Speed > 0 {
			parts[i] += " × " + speedName(l.Speed)
		}
	}
	return strings.Join(parts, " + ")
}

// Cables is the number of an edge's cables.
func (e *Edge) Cables() int {
	n := 0
	for _, l := range e.Strands {
		n += l.Count
	}
	return n
}

// link is a cable between two devices, by index.
type link struct {
	a, b, speed int
	carries     string // where that is no data: power, console
}

// view is a topology by index: devices, links, and then the boxes they are in.
type view struct {
	plan    string
	most    int // boxes of a class; 0 is every device
	domains bool
	devices []generate.Device
	links   []link
	near    []map[int]int // by device: its neighbours, and how many cables lead there
	tiers   map[string]int
	boxes   []Box
	box     []int // by device
	marks   Marks
	link    Link
}

func newView(topo *generate.Topology) *view {
	v := &view{plan: topo.Plan.Key, devices: append(slices.Clone(topo.Devices), panels(topo)...)}
	slices.SortFunc(v.devices, func(x, y generate.Device) int { return natural.Compare(x.ID, y.ID) })
	at := make(map[string]int, len(v.devices))
	for i := range v.devices {
		if at[v.devices[i].ID] = i; v.devices[i].Source == panelClass {
			at[panelClass+v.devices[i].Name] = i
		}
	}
	ports := make(map[string]generate.Interface, len(topo.Interfaces))
	for _, p := range topo.Interfaces {
		ports[p.ID] = p
	}
	for _, c := range topo.Cables {
		a, b, carries := ports[c.A], ports[c.B], c.Carries
		if b.Feed != nil {
			b.Device, carries = panelClass+b.Feed.Panel, power
		}
		v.links = append(v.links, link{at[a.Device], at[b.Device], slower(a.Speed, b.Speed), carries})
	}
	v.index()
	return v
}

// power is what cables carry that come from outlets and feeds.
const power = "power"

// panelClass is what the panels that power feeds come from are drawn as.
const panelClass = "power panel"

// panels are the power panels at which cables end, as devices.
func panels(topo *generate.Topology) []generate.Device {
	fed := map[string]string{}
	for i := range topo.Interfaces {
		if f := topo.Interfaces[i].Feed; f != nil {
			fed[topo.Interfaces[i].ID] = f.Panel
		}
	}
	used := map[string]bool{}
	for i := range topo.Cables {
		if panel := fed[topo.Cables[i].B]; panel != "" {
			used[panel] = true
		}
	}
	var out []generate.Device
	for i, name := range sorted(maps.Keys(used)) {
		out = append(out, generate.Device{
			ID: topo.Plan.Key + "/" + panelClass + "[" + strconv.Itoa(i+1) + "]", Source: panelClass, Class: panelClass, Ordinal: i + 1, Name: name,
			Role: panelClass,
		})
	}
	return out
}

// index finds the neighbours of every device, and the tier of every class.
func (v *view) index() {
	v.near = make([]map[int]int, len(v.devices))
	for i := range v.near {
		v.near[i] = map[int]int{}
	}
	for _, l := range v.links {
		v.near[l.a][l.b]++
		if l.a != l.b {
			v.near[l.b][l.a]++
		}
	}
	v.tiers = v.classTiers()
}

// only drops the switches of other fabrics, and the nodes that then have no cable.
func (v *view) only(fabrics []string) error {
	if len(fabrics) == 0 {
		return nil
	}
	for _, f := range fabrics {
		if !slices.ContainsFunc(v.devices, func(d generate.Device) bool { return d.Fabric == f }) {
			return fmt.Errorf("find fabric %q in plan %s%s: there are %s",
				f, v.plan, generate.Meant(f, v.allFabrics()), listOr(v.allFabrics(), "none"))
		}
	}
	keep := func(i int) bool {
		if f := v.devices[i].Fabric; f != "" {
			return slices.Contains(fabrics, f)
		}
		for j := range v.near[i] {
			if slices.Contains(fabrics, v.devices[j].Fabric) {
				return true
			}
		}
		return false
	}
	v.filter(keep)
	return nil
}

func (v *view) filter(keep func(int) bool) {
	to := make([]int, len(v.devices))
	var devices []generate.Device
	for i, d := range v.devices {
		if to[i] = -1; keep(i) {
			to[i] = len(devices)
			devices = append(devices, d)
		}
	}
	var links []link
	for _, l := range v.links {
		if to[l.a] >= 0 && to[l.b] >= 0 {
			links = append(links, link{to[l.a], to[l.b], l.speed, l.carries})
		}
	}
	v.devices, v.links = devices, links
	v.index()
}

// allFabrics are the fabrics that have switches, in natural order.
func (v *view) allFabrics() []string {
	seen := map[string]bool{}
	for _, d := range v.devices {
		if d.Fabric != "" {
			seen[d.Fabric] = true
		}
	}
	return slices.SortedFunc(maps.Keys(seen), natural.Compare)
}

func (v *view) fabrics() []string { return append([]string{}, v.allFabrics()...) }

// classTiers places the classes by role, and out-of-band ones by how far they
// are from what they manage.
func (v *view) classTiers() map[string]int {
	tiers := map[string]int{}
	for i := range v.devices {
		tiers[v.devices[i].Source] = v.tierByRole(i)
	}
	next := map[string][]string{}
	var queue []string
	for i := range v.devices {
		for j := range v.near[i] {
			x, y := v.devices[i].Source, v.devices[j].Source
			switch {
			case tiers[x] != tierOOB || x == y:
			case tiers[y] == tierOOB:
				next[x] = append(next[x], y)
			case !slices.Contains(queue, x):
				queue = append(queue, x)
			}
		}
	}
	slices.SortFunc(queue, natural.Compare)
	deepen(tiers, queue, next)
	return tiers
}

func (v *view) tierByRole(i int) int {
	if v.devices[i].Source == panelClass {
		return tierOOB
	}
	if v.devices[i].Fabric == "" {
		return tierNode
	}
	if t, ok := switchTiers[cmp.Or(v.devices[i].Tier, v.devices[i].Role)]; ok {
		return t
	}
	return tierLeaf
}

// deepen walks from the out-of-band classes that manage something to those
// behind them, each a tier lower.
func deepen(tiers map[string]int, queue []string, next map[string][]string) {
	reached := map[string]bool{}
	for _, c := range queue {
		reached[c] = true
	}
	for len(queue) > 0 {
		c := queue[0]
		queue = queue[1:]
		for _, d := range slices.SortedFunc(slices.Values(next[c]), natural.Compare) {
			if !reached[d] {
				reached[d] = true
				tiers[d] = tiers[c] + 1
				queue = append(queue, d)
			}
		}
	}
}

// fold puts every device into a box: switches first, since nodes are folded by
// the boxes that they are cabled to.
func (v *view) fold() {
	v.box = make([]int, len(v.devices))
	classes := map[string][]int{}
	for i, d := range v.devices {
		v.box[i] = -1
		key := d.Source + string(v.marks[d.ID])
		classes[key] = append(classes[key], i)
	}
	sources := slices.SortedFunc(maps.Keys(classes), func(x, y string) int {
		return cmp.Or(cmp.Compare(v.row(classes[x][0]), v.row(classes[y][0])), natural.Compare(x, y))
	})
	for _, nodes := range []bool{false, true} {
		for _, s := range sources {
			if members := classes[s]; nodes == (v.devices[members[0]].Fabric == "") {
				v.addBoxes(v.groups(members))
			}
		}
	}
	v.sortBoxes()
}

// row is the tier that a device is drawn in.
func (v *view) row(i int) int { return v.tiers[v.devices[i].Source] }

// groups splits a class into what is drawn as one box.
func (v *view) groups(members []int) [][]int {
	isSwitch := v.devices[members[0]].Fabric != ""
	if v.most == 0 || isSwitch && len(members) <= v.most {
		return each(members)
	}
	keys := []func(int) string{v.nodeKey, v.servedKey, v.mainKey}
	if isSwitch {
		keys = []func(int) string{v.switchKey}
	}
	for _, key := range keys {
		if groups := groupBy(members, key); len(groups) <= v.most || v.domains && len(groups) <= domainsOfClass && 4*len(groups) <= len(members) {
			return groups
		}
	}
	return [][]int{members}
}

// domainsOfClass is how many domains of a class are drawn before the class is one box.
const domainsOfClass = 32

func each(members []int) [][]int {
	groups := make([][]int, len(members))
	for i, m := range members {
		groups[i] = []int{m}
	}
	return groups
}

func (v *view) addBoxes(groups [][]int) {
	for _, members := range groups {
		first := v.devices[members[0]]
		b := Box{
			Fabric: first.Fabric, Class: first.Source, Role: first.Role, Type: first.Type, Tier: v.row(members[0]), ID: first.ID,
			Mark: v.marks[first.ID], Link: v.link.to(first.ID),
		}
		if b.Class == panelClass {
			b.Link = ""
		}
		ordinals := make([]int, len(members))
		for k, m := range members {
			v.box[m] = len(v.boxes)
			ordinals[k] = v.devices[m].Ordinal
			b.Devices = append(b.Devices, v.devices[m].Name)
		}
		if len(members) > 1 {
			b.ID = v.plan + "/" + first.Source + "[" + ranges(ordinals) + "]"
		}
		v.boxes = append(v.boxes, b)
	}
}

// sortBoxes puts the boxes into the order of Graph.Boxes.
func (v *view) sortBoxes() {
	order := make([]int, len(v.boxes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int {
		return cmp.Or(cmp.Compare(v.boxes[x].Tier, v.boxes[y].Tier), natural.Compare(v.boxes[x].ID, v.boxes[y].ID))
	})
	to, sorted := make([]int, len(order)), make([]Box, len(order))
	for i, o := range order {
		to[o], sorted[i] = i, v.boxes[o]
	}
	for i, b := range v.box {
		v.box[i] = to[b]
	}
	v.boxes = sorted
}

// ranges prints sorted ordinals as a plan's port lists are written: 1-3,5,7-15:2.
func ranges(list []int) string {
	var parts []string
	for len(list) > 0 {
		n, step := run(list)
		part := strconv.Itoa(list[0])
		if n > 1 {
			part += "-" + strconv.Itoa(list[n-1])
		}
		if step > 1 {
			part += ":" + strconv.Itoa(step)
		}
		parts = append(parts, part)
		list = list[n:]
	}
	return strings.Join(parts, ",")
}

// run is how many of the first numbers are evenly apart, and by how much; two
// that do not follow each other are no run.
func run(list []int) (n, step int) {
	if len(list) < 2 {
		return 1, 0
	}
	step = list[1] - list[0]
	for n = 2; n < len(list) && list[n]-list[n-1] == step; {
		n++
	}
	if step > 1 && n == 2 {
		return 1, 0
	}
	return n, step
}

// listOr joins names, or returns what to say where there are none.
func listOr(names []string, none string) string {
	if len(names) == 0 {
		return none
	}
	return strings.Join(names, ", ")
}
