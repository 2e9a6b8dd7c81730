package generate

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// model is a plan with its references resolved, its keys expanded and its
// classes in plan order: what placement works on.
type model struct {
	plan    *Plan
	states  bool // custom fields of what devices and racks have
	fs      *findings
	key     string
	pools   []*pool
	classes []*switchClass
	nodes   []*nodeClass
	feeds   []*feeds // of the rack pools that have some
	types   map[string]*deviceType
	modules map[string]*ModuleTypeSpec
	inBays  map[string]*moduleType // those that stand in bays, by what the plan calls them
	makers  map[string]string      // names of the makers of imported types, by slug
	prior   *prior
	moves   moves
	tags    tagSet
	lags    *lags
	pinned  int // switches in all
	work    int // demands placed in search of counts

	// The switch classes by fabric.class, filled before references are read.
	byID map[string]*switchClass
}

// device is what switch classes and node classes have in common.
type device struct {
	path   string // in the plan
	id     string // in object ids: backend.leaf, gpu
	fabric string
	key    string
	role   string
	typ    string

	netboxRole string // slug of the role in NetBox, "" where it is role
	place      *place
	name       *pattern
	set        *fieldSet
	skip       []int // sorted
	policy     string

	fits     []*fitting          // the modules in its bays, by bay
	fitted   *deviceType         // its type with the ports of those; nil without any
	on       map[string]string   // by the name of a port on a module: what its object id ends on
	fittedIn map[string]*fitting // by the name of a port on a module

	parts map[string]*customs // custom fields of what its devices have, by kind
}

// switchClass is a class of switches.
type switchClass struct {
	device
	spec    Switch
	managed bool
	pinned  int // how many, or -1 for auto
	group   int // explicit or implied; 1 without any
	implied bool
	attach  bool
	mgmt    *mgmt
	zones   []*zone
	n       int        // how many, once settled
	named   []string   // ports that have a name and no number
	own     *nodeClass // the switches as nodes of the links that they have; nil without any

	placement *placement
}

// nodeClass is a class of nodes.
type nodeClass struct {
	device
	spec  Node
	sw    *switchClass // that these nodes are, where they are switches
	ords  []int        // ordinals that exist
	nics  map[string]*nic
	links []*link
}

type mgmt struct {
	port string
	to   *zone
	path string
}

type zoneKind int

const (
	zoneAccess zoneKind = iota
	zoneUplink
	zoneMesh
	zonePeer
	zoneReserved
)

// zone is a set of lanes on each switch of a class.
type zone struct {
	class   *switchClass
	key     string
	path    string
	index   int // in class.zones
	kind    zoneKind
	brk     breakout
	carries *medium // nil: data
	ports   []int   // sorted
	lanes   []lane
	at      map[lane]int // index in lanes
	target  *zone        // of uplinks
	sources []*zone      // uplink zones that arrive, in plan order
	links   []*link      // in plan order
	mgmts   []*switchClass
	cables  []pairCable   // of a mesh or peer zone, once cabled
	paired  map[slot]bool // their lanes
	slowest *int          // the slowest lane in Mb/s, once asked for
	custom  *customs      // of its ports
}

// lane is one lane of a physical port; the lane is from 1, or 0 for the whole port.
type lane struct{ port, lane int }

func (z *zone) id() string { return z.class.id + "/" + z.key }

var keySyntax = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// compile resolves a plan. What is wrong is in the findings; the model then
// holds what could be resolved.
func compile(plan *Plan, fs *findings, p Prior) *model {
	m := &model{
		plan: plan, fs: fs, key: plan.Metadata.Name,
		types: map[string]*deviceType{}, modules: map[string]*ModuleTypeSpec{}, inBays: map[string]*moduleType{}, makers: map[string]string{},
		byID: map[string]*switchClass{},
	}
	m.checkHeader()
	m.importTypes()
	m.compileCatalog()
	m.compileTags()
	m.compilePools()
	m.compileSwitches()
	m.compileNodes()
	m.connect()
	m.compileLags()
	m.compileMoved()
	m.compileRemoved()
	m.prior = newPrior(m, p)
	return m
}

var planKey = regexp.MustCompile(`^[a-z0-9-]+$`)

// checkHeader checks what a plan that was not read by Load may lack.
func (m *model) checkHeader() {
	p := m.plan
	if p.APIVersion != "diet/v1alpha1" {
		m.fs.add("apiVersion", "write apiVersion: diet/v1alpha1", "the apiVersion is not diet/v1alpha1")
	}
	if p.Kind != "Plan" {
		m.fs.add("kind", "write kind: Plan", "the kind is not Plan")
	}
	if !planKey.MatchString(m.key) {
		m.fs.add("metadata.name", "use a-z, 0-9 and -", "%q is not a valid plan key", m.key)
	}
	if p.Spec.Site.Slug == "" {
		m.fs.add("spec.site", "", "%q is missing", "site")
	}
	for i, f := range p.Spec.Reconcile.Initial {
		m.checkField(fmt.Sprintf("spec.reconcile.initial[%d]", i), f)
	}
	for i, pattern := range p.Spec.Reconcile.Protect {
		if !mayMatch(pattern) {
			m.fs.add(fmt.Sprintf("spec.reconcile.protect[%d]", i), "close its brackets, or write an object id", "%q matches nothing", pattern)
		}
	}
	if r := p.Spec.Reconcile.Remediation; r != nil {
		for _, f := range sortedKeys(r.Fields) {
			m.checkField("spec.reconcile.remediation.fields."+f, f)
			if !slices.Contains(remediations, r.Fields[f]) {
				m.fs.add("spec.reconcile.remediation.fields."+f, Suggest(r.Fields[f], remediations), "%q is not valid here", r.Fields[f])
			}
		}
	}
}

// mayMatch reports whether a pattern over object ids is one: its brackets and braces are closed, as
// are those of ids.
func mayMatch(pattern string) bool {
	var open []rune
	for _, c := range strings.NewReplacer(`\[`, "", `\]`, "", `\{`, "", `\}`, "").Replace(pattern) {
		switch c {
		case '[', '{':
			open = append(open, c)
		case ']', '}':
			if len(open) == 0 || open[len(open)-1] != c-2 { // [ and ], { and } are two apart
				return false
			}
			open = open[:len(open)-1]
		}
	}
	return pattern != "" && len(open) == 0
}

// checkKey reports a key that cannot be part of an object id.
func (m *model) checkKey(path, key string) bool {
	if keySyntax.MatchString(key) {
		return true
	}
	m.fs.add(path, "use letters, digits, _ and -", "%q is not a valid key", key)
	return false
}

// ord gives the ordinal of the i-th device that exists, from 0.
func (d *device) ord(i int) int {
	n := i + 1
	for _, s := range d.skip {
		if s > n {
			break
		}
		n++
	}
	return n
}

// index is the inverse of ord; -1 for an ordinal that was retired.
func (d *device) index(ord int) int {
	below, retired := slices.BinarySearch(d.skip, ord)
	if retired || ord < 1 {
		return -1
	}
	return ord - 1 - below
}
