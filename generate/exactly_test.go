package generate_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/generate"
)

// exact is one sentence of the section Exactly of docs/plan-language.md, or a part
// of one: a plan, and what it must give.
type exact struct {
	fabrics, nodes string
	extra          string // further keys of spec
	// cables are expected ones: "a-device a-port > b-device b-port".
	cables string
	// switches are the counts by fabric.class.
	switches map[string]int
	// finding is "path: text" of a finding that must be there.
	finding string
}

// text is the plan.
func (x exact) text() string {
	return "apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: x}\nspec:\n  site: s\n" +
		indent(x.extra, "  ") + "  fabrics:\n" + indent(x.fabrics, "    ") + "  nodes:\n" + indent(x.nodes, "    ")
}

func indent(text, by string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.Trim(text, "\n") + "\n") {
		if strings.TrimSpace(line) != "" {
			b.WriteString(by + line)
		}
	}
	return b.String()
}

func (x exact) run(t *testing.T) {
	t.Helper()
	if x.finding != "" {
		path, text, _ := strings.Cut(x.finding, ": ")
		wantFinding(t, findingsOf(t, x.text()), path, text)
		return
	}
	topo := MustGenerate(t, MustLoad(t, x.text()), nil)
	checkSound(t, topo)
	have := cabling(topo)
	for line := range strings.Lines(x.cables) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		a, b, _ := strings.Cut(line, " > ")
		if have[a] != b {
			t.Errorf("%s goes to %q, want %q", a, have[a], b)
		}
	}
	got := switchCounts(topo)
	for _, class := range slices.Sorted(maps.Keys(x.switches)) {
		if got[class] != x.switches[class] {
			t.Errorf("%d switches of %s, want %d", got[class], class, x.switches[class])
		}
	}
}

// cabling gives the B end of each A end, as "device port".
func cabling(topo *generate.Topology) map[string]string {
	out := map[string]string{}
	for _, e := range ends(topo) {
		out[e[0][0]+" "+e[0][1]] = e[1][0] + " " + e[1][1]
	}
	return out
}

func switchCounts(topo *generate.Topology) map[string]int {
	out := map[string]int{}
	for _, d := range topo.Devices {
		if d.Fabric != "" {
			out[d.Source]++
		}
	}
	return out
}

// A leaf class with one zone of so many ports, and a node class of one-port nodes.
const (
	leaf4   = "f: {switches: {leaf: {role: leaf, type: t, zones: {in: {ports: 1-4, breakout: 1x100}}}}}"
	leaf2x4 = "f: {switches: {leaf: {role: leaf, type: t, count: 2, zones: {in: {ports: 1-4, breakout: 1x100}}}}}"
)

var exactly = map[string]exact{
	"a zone's lanes are its ports in order, and within a port its lanes ascending": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, zones: {in: {ports: '5,1-3:2', breakout: 2x100}}}}}",
		nodes:   "n: {count: 6, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in}}}",
		cables:  "n-001 e-p > leaf-01 E1/1/1\n n-002 e-p > leaf-01 E1/1/2\n n-003 e-p > leaf-01 E1/3/1\n n-006 e-p > leaf-01 E1/5/2",
	},
	"interleaved is the 1st, 3rd, 5th of the list, then the 2nd, 4th": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, zones: {in: {ports: 2-6, breakout: 1x100, alloc: interleaved}}}}}",
		nodes:   "n: {count: 5, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in}}}",
		cables: "n-001 e-p > leaf-01 E1/2\n n-002 e-p > leaf-01 E1/4\n n-003 e-p > leaf-01 E1/6\n" +
			" n-004 e-p > leaf-01 E1/3\n n-005 e-p > leaf-01 E1/5",
	},
	"spaced cuts the list into two halves, the first the longer, and takes from them in turn": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, zones: {in: {ports: 1-5, breakout: 1x100, alloc: spaced}}}}}",
		nodes:   "n: {count: 5, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in}}}",
		cables: "n-001 e-p > leaf-01 E1/1\n n-002 e-p > leaf-01 E1/4\n n-003 e-p > leaf-01 E1/2\n" +
			" n-004 e-p > leaf-01 E1/5\n n-005 e-p > leaf-01 E1/3",
	},
	"an explicit list is the order": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, zones: {in: {ports: 1-3, breakout: 1x100, alloc: [3, 1, 2]}}}}}",
		nodes:   "n: {count: 2, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in}}}",
		cables:  "n-001 e-p > leaf-01 E1/3\n n-002 e-p > leaf-01 E1/1",
	},
	"an explicit list must hold the zone's ports": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, zones: {in: {ports: 1-3, breakout: 1x100, alloc: [3, 1]}}}}}",
		nodes:   "n: {count: 1, type: t}",
		finding: "zones.in.alloc: must hold each of the zone's ports once",
	},
	"reserved takes no capacity and blocks nothing": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, zones: {in: {ports: 1-4, breakout: 1x100}, " +
			"later: {ports: 1-4, breakout: 2x400, reserved: true}}}}}",
		nodes:    "n: {count: 4, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in}}}",
		switches: map[string]int{"f.leaf": 1},
	},
	"a link into a reserved zone is a finding": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, zones: {in: {ports: 1-4, breakout: 1x100, reserved: true}}}}}",
		nodes:   "n: {count: 4, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in}}}",
		finding: "links.l.to: is reserved",
	},
	"an uplink into a reserved zone is a finding": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, zones: {up: {ports: 1-4, breakout: 1x100, uplinkTo: spine/down}}}, " +
			"spine: {role: spine, type: t, zones: {down: {ports: 1-4, breakout: 1x100, reserved: true}}}}}",
		nodes:   "n: {count: 0, type: t}",
		finding: "up.uplinkTo: is reserved",
	},
	"port lists of two zones may overlap": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, zones: {in: {ports: 1-4, breakout: 1x100}, out: {ports: 4-8, breakout: 2x100}}}}}",
		nodes:   "n: {count: 3, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in}}}",
		cables:  "n-003 e-p > leaf-01 E1/3",
	},
	"on one switch no physical port carries cables of two zones": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, zones: {in: {ports: 1-4, breakout: 1x100}, out: {ports: 4-8, breakout: 2x100}}}}}",
		nodes: "n: {count: 4, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in}}}\n" +
			"m: {count: 1, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/out}}}",
		finding: "zones.out.ports: port 4 of f.leaf carries cables of the zones in and out",
	},
	"two zones may cable one port on different switches": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, count: 2, zones: {in: {ports: 1-2, breakout: 1x100}, " +
			"out: {ports: 2-3, breakout: 1x100, alloc: [3, 2]}}}}}",
		nodes: "a: {count: 3, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in}}}\n" +
			"b: {count: 1, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/out}}}",
		cables: "a-002 e-p > leaf-01 E1/2\n b-001 e-p > leaf-01 E1/3",
	},
	"demands are node classes in natural order, links, nodes, ports of from": {
		fabrics: strings.Replace(leaf4, "1-4", "1-9", 1),
		nodes: "n10: {count: 1, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in}}}\n" +
			"n2: {count: 2, type: t, nics: {e: {ports: [a, b, c]}}, links: {z: {from: 'e:a', to: f.leaf/in}, b: {from: 'e:c,b', to: f.leaf/in}}}",
		cables: "n2-001 e-c > leaf-01 E1/1\n n2-001 e-b > leaf-01 E1/2\n n2-002 e-c > leaf-01 E1/3\n" +
			" n2-001 e-a > leaf-01 E1/5\n n10-001 e-p > leaf-01 E1/7",
	},
	"order comes before natural order": {
		fabrics: leaf4,
		nodes: "a: {count: 1, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in}}}\n" +
			"b: {order: 2, count: 1, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in}}}\n" +
			"c: {order: 1, count: 1, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in}}}",
		cables: "c-001 e-p > leaf-01 E1/1\n b-001 e-p > leaf-01 E1/2\n a-001 e-p > leaf-01 E1/3",
	},
	"then management ports, by fabric, class and ordinal, then uplinks that arrive": {
		fabrics: "b: {switches: {y: {role: oob, type: t, count: 1, mgmt: {port: M1, to: a.acc/in}, " +
			"zones: {up: {ports: 1-2, breakout: 1x1, uplinkTo: a.acc/in}}}}}\n" +
			"a: {switches: {x10: {role: oob, type: t, count: 1, mgmt: {port: M1, to: acc/in}}, " +
			"x9: {role: oob, type: t, count: 2, mgmt: {port: M1, to: acc/in}}, " +
			"acc: {role: oob, type: t, zones: {in: {ports: 1-9, breakout: 1x1}}}}}",
		nodes: "n: {count: 1, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: a.acc/in}}}",
		cables: "n-001 e-p > acc-01 E1/1\n x9-01 M1 > acc-01 E1/2\n x9-02 M1 > acc-01 E1/3\n x10-01 M1 > acc-01 E1/4\n" +
			" y-01 M1 > acc-01 E1/5\n y-01 E1/1 > acc-01 E1/6\n y-01 E1/2 > acc-01 E1/7",
	},
	"pack is first fit, earlier switches tried again": {
		fabrics: leaf4,
		nodes: "a: {count: 2, type: t, nics: {e: {ports: [p, q, r]}}, links: {l: {from: e, to: f.leaf/in}}}\n" +
			"b: {count: 2, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in}}}",
		cables: "a-002 e-p > leaf-02 E1/1\n b-001 e-p > leaf-01 E1/4\n b-002 e-p > leaf-02 E1/4",
	},
	"more ports than a switch has lanes is a finding": {
		fabrics: leaf4,
		nodes:   "a: {count: 2, type: t, nics: {e: {ports: ['p{0-4}']}}, links: {l: {from: e, to: f.leaf/in}}}",
		finding: "links.l.to: more ports in the link than a switch has lanes",
	},
	"balance gives the first S mod N switches one node more": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, count: 3, zones: {in: {ports: 1-4, breakout: 1x100}}}}}",
		nodes:   "a: {count: 7, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in, spread: balance}}}",
		cables: "a-003 e-p > leaf-01 E1/3\n a-004 e-p > leaf-02 E1/1\n a-005 e-p > leaf-02 E1/2\n" +
			" a-006 e-p > leaf-03 E1/1\n a-007 e-p > leaf-03 E1/2",
	},
	"balance takes each class by itself, from switch 1, over all instances": {
		fabrics: leaf2x4,
		nodes: "a: {count: 1, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in, spread: balance}}}\n" +
			"b: {count: 2, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in, spread: balance}}}",
		cables: "a-001 e-p > leaf-01 E1/1\n b-001 e-p > leaf-01 E1/2\n b-002 e-p > leaf-02 E1/1",
	},
	"balance puts all of a node's ports in the link on one switch": {
		fabrics: leaf2x4,
		nodes:   "a: {count: 2, type: t, nics: {e: {ports: [p, q]}}, links: {l: {from: e, to: f.leaf/in, spread: balance}}}",
		cables:  "a-001 e-q > leaf-01 E1/2\n a-002 e-p > leaf-02 E1/1",
	},
	"a balanced node whose switch is full goes to the next with room": {
		fabrics: leaf2x4,
		nodes: "a: {count: 3, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in}}}\n" +
			"b: {count: 4, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in, spread: balance}}}",
		cables: "b-001 e-p > leaf-01 E1/4\n b-002 e-p > leaf-02 E1/1\n b-004 e-p > leaf-02 E1/3",
	},
	"balance counts from demand over capacity": {
		fabrics:  leaf4,
		nodes:    "a: {count: 5, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in, spread: balance}}}",
		switches: map[string]int{"f.leaf": 2},
		cables:   "a-003 e-p > leaf-01 E1/3\n a-004 e-p > leaf-02 E1/1",
	},
	"alternate counts k from 0 in from, anew for each node": {
		fabrics: leaf4,
		nodes:   "a: {count: 2, type: t, nics: {e: {ports: [p, q, r]}}, links: {l: {from: 'e:r,p,q', to: f.leaf/in, spread: alternate}}}",
		cables:  "a-001 e-r > leaf-01 E1/1\n a-001 e-p > leaf-02 E1/1\n a-001 e-q > leaf-01 E1/2\n a-002 e-r > leaf-01 E1/3",
	},
	"a class without group that alternate points to has groups of 2": {
		fabrics:  leaf4,
		nodes:    "a: {count: 5, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in, spread: alternate}}}",
		switches: map[string]int{"f.leaf": 4},
		cables:   "a-004 e-p > leaf-01 E1/4\n a-005 e-p > leaf-03 E1/1",
	},
	"groups fill first-fit": {
		fabrics: leaf4,
		nodes: "a: {count: 2, type: t, nics: {e: {ports: ['p{0-5}']}}, links: {l: {from: e, to: f.leaf/in, spread: alternate}}}\n" +
			"b: {count: 1, type: t, nics: {e: {ports: [p, q]}}, links: {l: {from: e, to: f.leaf/in, spread: alternate}}}",
		cables: "a-002 e-p0 > leaf-03 E1/1\n b-001 e-p > leaf-01 E1/4\n b-001 e-q > leaf-02 E1/4",
	},
	"a count that is no multiple of an explicit group is a finding": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, count: 3, group: 2, zones: {in: {ports: 1-4, breakout: 1x100}}}}}",
		nodes:   "a: {count: 0, type: t}",
		finding: "leaf.count: not a multiple of group 2",
	},
	"of the implied group the odd switch stays unused": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, count: 3, zones: {in: {ports: 1-4, breakout: 1x100}}}}}",
		nodes:   "a: {count: 5, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in, spread: alternate}}}",
		finding: "links.l.to: no room in f.leaf/in for a[5]",
	},
	"with attach rack a node uses the group that has a member in its rack": {
		extra: "racks: {r: {count: 2, units: 40}}",
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, group: 2, attach: rack, perRack: 2, " +
			"rack: {pool: r, per: 2, fromU: 30}, zones: {in: {ports: 1-4, breakout: 1x100}}}}}",
		nodes: "a: {count: 2, type: t, rack: {pool: r, per: 1, fromU: 1}, nics: {e: {ports: [p, q]}}, " +
			"links: {l: {from: e, to: f.leaf/in, spread: alternate}}}",
		cables: "a-001 e-q > leaf-02 E1/1\n a-002 e-p > leaf-03 E1/1\n a-002 e-q > leaf-04 E1/1",
	},
	"rail counts the position among the nodes that exist": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, railsPerLeaf: 1, zones: {in: {ports: 1-2, breakout: 1x100}}}}}",
		nodes:   "a: {count: 3, skip: [2], type: t, nics: {e: {ports: [p, q]}}, links: {l: {from: e, to: f.leaf/in, spread: rail}}}",
		cables:  "a-001 e-q > leaf-02 E1/1\n a-003 e-p > leaf-01 E1/2\n a-004 e-p > leaf-03 E1/1",
	},
	"railsPerLeaf is an upper bound: 8 rails at 5 a leaf are 4 and 4": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, railsPerLeaf: 5, zones: {in: {ports: 1-8, breakout: 1x100}}}}}",
		nodes:   "a: {count: 2, type: t, nics: {'e{0-7}': {ports: [p]}}, links: {l: {from: 'e{0-7}', to: f.leaf/in, spread: rail}}}",
		cables:  "a-001 e3-p > leaf-01 E1/4\n a-001 e4-p > leaf-02 E1/1\n a-002 e0-p > leaf-01 E1/5\n a-002 e7-p > leaf-02 E1/8",
	},
	"railsPerLeaf above the lanes is a finding": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, railsPerLeaf: 5, zones: {in: {ports: 1-4, breakout: 1x100}}}}}",
		nodes:   "a: {count: 2, type: t, nics: {'e{0-7}': {ports: [p]}}, links: {l: {from: 'e{0-7}', to: f.leaf/in, spread: rail}}}",
		finding: "leaf.railsPerLeaf: lower railsPerLeaf",
	},
	"rails a leaf are clamp of cap over the larger of S and max": {
		fabrics:  "f: {switches: {leaf: {role: leaf, type: t, zones: {in: {ports: 1-8, breakout: 1x100}}}}}",
		nodes:    "a: {count: 2, max: 4, type: t, nics: {'e{0-7}': {ports: [p]}}, links: {l: {from: 'e{0-7}', to: f.leaf/in, spread: rail}}}",
		switches: map[string]int{"f.leaf": 4},
		cables:   "a-001 e2-p > leaf-02 E1/1\n a-002 e0-p > leaf-01 E1/3",
	},
	"the domains of several rail links in a zone follow one another": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, railsPerLeaf: 1, zones: {in: {ports: 1-2, breakout: 1x100}}}}}",
		nodes: "a: {count: 1, type: t, nics: {e: {ports: [p, q]}}, links: {l: {from: e, to: f.leaf/in, spread: rail}}}\n" +
			"b: {count: 1, type: t, nics: {e: {ports: [p, q]}}, links: {l: {from: e, to: f.leaf/in, spread: rail}}}",
		cables: "a-001 e-q > leaf-02 E1/1\n b-001 e-p > leaf-03 E1/1\n b-001 e-q > leaf-04 E1/1",
	},
	"on a rail leaf it is node by node, and rail by rail within a node": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, railsPerLeaf: 2, zones: {in: {ports: 1-4, breakout: 1x100}}}}}",
		nodes:   "a: {count: 2, type: t, nics: {e: {ports: [p, q]}}, links: {l: {from: e, to: f.leaf/in, spread: rail}}}",
		cables:  "a-001 e-p > leaf-01 E1/1\n a-001 e-q > leaf-01 E1/2\n a-002 e-p > leaf-01 E1/3",
	},
	"uplink i of n goes to instance floor of i*t/n where t divides n": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, count: 2, zones: {up: {ports: 1-4, breakout: 1x100, uplinkTo: spine/down}}}, " +
			"spine: {role: spine, type: t, count: 2, zones: {down: {ports: 1-8, breakout: 1x100}}}}}",
		nodes:  "n: {count: 0, type: t}",
		cables: "leaf-01 E1/2 > spine-01 E1/2\n leaf-01 E1/3 > spine-02 E1/1\n leaf-02 E1/1 > spine-01 E1/3\n leaf-02 E1/4 > spine-02 E1/4",
	},
	"where t does not divide n the extra uplinks rotate over all sources": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, count: 3, zones: {up: {ports: 1-4, breakout: 1x100, uplinkTo: spine/down}}}, " +
			"spine: {role: spine, type: t, count: 3, zones: {down: {ports: 1-4, breakout: 1x100}}}}}",
		nodes: "n: {count: 0, type: t}",
		cables: "leaf-01 E1/1 > spine-01 E1/1\n leaf-01 E1/2 > spine-01 E1/2\n leaf-01 E1/3 > spine-02 E1/1\n leaf-01 E1/4 > spine-03 E1/1\n" +
			"leaf-02 E1/1 > spine-01 E1/3\n leaf-02 E1/2 > spine-02 E1/2\n leaf-02 E1/3 > spine-02 E1/3\n" +
			" leaf-02 E1/4 > spine-03 E1/2\n leaf-03 E1/4 > spine-03 E1/4",
	},
	"an auto target is the smallest count that divides every source's lanes": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, count: 3, zones: {up: {ports: 1-4, breakout: 1x100, uplinkTo: spine/down}}}, " +
			"spine: {role: spine, type: t, zones: {down: {ports: 1-5, breakout: 1x100}}}}}",
		nodes:    "n: {count: 0, type: t}",
		switches: map[string]int{"f.spine": 4},
	},
	"if that is over twice the least, then that least": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, count: 2, zones: {up: {ports: 1-7, breakout: 1x100, uplinkTo: spine/down}}}, " +
			"spine: {role: spine, type: t, zones: {down: {ports: 1-5, breakout: 1x100}}}}}",
		nodes:    "n: {count: 0, type: t}",
		switches: map[string]int{"f.spine": 3},
	},
	"an auto target meets its own nodes and its group too": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, count: 2, zones: {up: {ports: 1-4, breakout: 1x100, uplinkTo: spine/down}}}, " +
			"spine: {role: spine, type: t, group: 2, zones: {down: {ports: 1-8, breakout: 1x100}, own: {ports: 9-10, breakout: 1x100}}}}}",
		nodes:    "n: {count: 5, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.spine/own}}}",
		switches: map[string]int{"f.spine": 4},
	},
	"circular needs are iterated to a fixed point": {
		fabrics: "f: {managed: false, switches: {acc: {role: oob, type: t, mgmt: {port: M1, to: acc/in}, " +
			"zones: {in: {ports: 1-4, breakout: 1x1}}}}}",
		nodes:    "n: {count: 4, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.acc/in}}}",
		switches: map[string]int{"f.acc": 2},
	},
	"circular needs that do not settle are a finding": {
		fabrics: "f: {managed: false, switches: {acc: {role: oob, type: t, mgmt: {port: M1, to: acc/in}, " +
			"zones: {in: {ports: '1', breakout: 1x1}}}}}",
		nodes:   "n: {count: 1, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.acc/in}}}",
		finding: "acc.count: depends on itself",
	},
	"a mesh joins all pairs in order, each a consecutive run on both ends": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, count: 3, zones: {m: {ports: 1-4, breakout: 1x100, mesh: true}}}}}",
		nodes:   "n: {count: 0, type: t}",
		cables: "leaf-01 E1/1 > leaf-02 E1/1\n leaf-01 E1/2 > leaf-02 E1/2\n leaf-01 E1/3 > leaf-03 E1/1\n" +
			" leaf-01 E1/4 > leaf-03 E1/2\n leaf-02 E1/3 > leaf-03 E1/3\n leaf-02 E1/4 > leaf-03 E1/4",
	},
	"a mesh must divide": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, count: 3, zones: {m: {ports: 1-3, breakout: 1x100, mesh: true}}}}}",
		nodes:   "n: {count: 0, type: t}",
		finding: "zones.m.ports: 3 lanes cannot be divided evenly over 2",
	},
	"a mesh of one switch has no cables": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, count: 1, zones: {m: {ports: 1-3, breakout: 1x100, mesh: true}}}}}",
		nodes:   "n: {count: 0, type: t}",
		extra:   "expect: {cables: 0, devices: 1}",
	},
	"peer joins lane j to lane j, in groups of 2 without group": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, count: 5, zones: {p: {ports: 1-2, breakout: 1x100, peer: true}}}}}",
		nodes:   "n: {count: 0, type: t}",
		extra:   "expect: {cables: 4}",
		cables:  "leaf-01 E1/2 > leaf-02 E1/2\n leaf-03 E1/1 > leaf-04 E1/1",
	},
	"in larger groups peer is like a mesh inside the group": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, count: 6, group: 3, zones: {p: {ports: 1-2, breakout: 1x100, peer: true}}}}}",
		nodes:   "n: {count: 0, type: t}",
		extra:   "expect: {cables: 6}",
		cables:  "leaf-01 E1/2 > leaf-03 E1/1\n leaf-05 E1/2 > leaf-06 E1/2",
	},
	"a node that attaches by rack to a switch that is full is a finding": {
		extra: "racks: {r: {count: 2, units: 40}}",
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, attach: rack, perRack: 1, " +
			"rack: {pool: r, fromU: 30}, zones: {in: {ports: 1-2, breakout: 1x100}}}}}",
		nodes:   "a: {count: 3, type: t, rack: {pool: r, per: 3, fromU: 1}, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in}}}",
		finding: "links.l.to: no room in f.leaf/in for a[3]",
	},
	"a node whose rack has no such switch is a finding": {
		extra: "racks: {r: {count: 2, units: 40}}",
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, attach: rack, count: 1, rack: {pool: r, fromU: 30}, " +
			"zones: {in: {ports: 1-9, breakout: 1x100}}}}}",
		nodes:   "a: {count: 2, type: t, rack: {pool: r, per: 1, fromU: 1}, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in}}}",
		finding: "links.l.to: no room in f.leaf/in for a[2]",
	},
	"a placeholder that means nothing there is a finding": {
		fabrics: leaf4,
		nodes:   "a: {count: 1, type: t, name: '{fabric}-{n}'}",
		finding: "nodes.a.name: {fabric} has no meaning here",
	},
	"a further bare word is a port of the NIC unless it is a NIC's key": {
		fabrics: leaf4,
		nodes:   "a: {count: 1, type: t, nics: {e: {ports: [p, q, b]}, b: {ports: [z]}}, links: {l: {from: 'e:q,p,b', to: f.leaf/in}}}",
		cables:  "a-001 e-q > leaf-01 E1/1\n a-001 e-p > leaf-01 E1/2\n a-001 b-z > leaf-01 E1/3",
	},
	"a NIC without ports has its module's in catalog order": {
		extra:   "catalog: {moduleTypes: {m: {manufacturer: x, model: M, ports: {p10: 100gbase-x-qsfp28, p2: 100gbase-x-qsfp28}}}}",
		fabrics: leaf4,
		nodes:   "a: {count: 1, type: t, nics: {e: {module: m}}, links: {l: {from: e, to: f.leaf/in}}}",
		cables:  "a-001 e-p2 > leaf-01 E1/1\n a-001 e-p10 > leaf-01 E1/2",
	},
	"leaves of an unmanaged fabric need not reach every spine": {
		fabrics: "f: {managed: false, switches: {leaf: {role: leaf, type: t, count: 1, " +
			"zones: {up: {ports: '1', breakout: 1x100, uplinkTo: spine/down}}}, " +
			"spine: {role: spine, type: t, count: 2, zones: {down: {ports: 1-8, breakout: 1x100}}}}}",
		nodes: "n: {count: 0, type: t}",
		extra: "expect: {cables: 1}",
	},
	"a leaf that does not reach every spine is a finding": {
		fabrics: "f: {switches: {leaf: {role: leaf, type: t, count: 1, zones: {up: {ports: '1', breakout: 1x100, uplinkTo: spine/down}}}, " +
			"spine: {role: spine, type: t, count: 2, zones: {down: {ports: 1-8, breakout: 1x100}}}}}",
		nodes:   "n: {count: 0, type: t}",
		finding: "up.uplinkTo: 1 leaf does not reach every spine",
	},
	"what expect states and the topology is not is an error": {
		fabrics: leaf4,
		nodes:   "a: {count: 1, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in}}}",
		extra:   "expect: {interfaces: 3}",
		finding: "expect.interfaces: expects 3 interfaces and generates 2",
	},
	"an auto class that nothing needs has 0 switches": {
		fabrics:  leaf4,
		nodes:    "a: {count: 0, type: t, nics: {e: {ports: [p]}}, links: {l: {from: e, to: f.leaf/in}}}",
		switches: map[string]int{"f.leaf": 0},
	},
	"an auto target grows until its uplinks, turned on, leave room beside a management port": {
		fabrics: `
n:
  switches:
    top:
      role: border
      type: t
      zones: {in: {ports: 1-2, breakout: 1x100}}
    leaf:
      role: leaf
      type: t
      count: 4
      zones: {up: {ports: 1-2, breakout: 1x100, uplinkTo: top/in}}
    other:
      role: leaf
      type: t
      count: 1
      mgmt: {port: M1, to: n.top/in}
      zones: {none: {ports: 1-2}}
`,
		switches: map[string]int{"n.top": 8},
		cables: `
other-01 M1 > top-01 E1/1
leaf-01 E1/1 > top-01 E1/2
leaf-04 E1/2 > top-08 E1/1
`,
	},
	"an auto class grows until a balanced class leaves room for the rails of another": {
		fabrics: `
n:
  switches:
    leaf:
      role: leaf
      type: t
      zones: {in: {ports: 1-2, breakout: 1x100}}
`,
		nodes: `
a: {count: 4, type: s, nics: {x: {ports: [p0]}}, links: {l: {from: x, to: n.leaf/in, spread: balance}}}
g: {count: 1, type: s, nics: {x: {ports: [p0]}}, links: {l: {from: x, to: n.leaf/in, spread: rail}}}
`,
		switches: map[string]int{"n.leaf": 4},
		cables: `
a-001 x-p0 > leaf-01 E1/1
a-004 x-p0 > leaf-04 E1/1
g-001 x-p0 > leaf-01 E1/2
`,
	},
}

func TestExactly(t *testing.T) {
	t.Parallel()
	for name, x := range exactly {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x.run(t)
		})
	}
}

func TestRacks(t *testing.T) {
	t.Parallel()
	x := exact{
		extra: "racks: {r: {count: 3, units: 42}}\ncatalog: {deviceTypes: {two: {manufacturer: m, model: T, u: 2}, " +
			"zero: {manufacturer: m, model: Z, u: 0}}}",
		fabrics: leaf4,
		nodes: "a: {count: 4, skip: [2], type: two, rack: {pool: r, per: 2, fromU: 3}}\n" +
			"b: {count: 1, type: zero, rack: {pool: r, per: 2, fromU: 3}}\n" +
			"c: {count: 1, type: any, rack: {pool: r}}",
	}
	topo := MustGenerate(t, MustLoad(t, x.text()), nil)
	want := map[string]generate.Device{
		"x/a[1]": {Rack: "x/rack:r[1]", Position: 3, Face: "front"},
		"x/a[3]": {Rack: "x/rack:r[2]", Position: 3, Face: "front"},
		"x/a[4]": {Rack: "x/rack:r[2]", Position: 5, Face: "front"},
		"x/a[5]": {Rack: "x/rack:r[3]", Position: 3, Face: "front"},
		"x/b[1]": {Rack: "x/rack:r[1]"},
		"x/c[1]": {Rack: "x/rack:r[1]"},
	}
	for _, d := range topo.Devices {
		w := want[d.ID]
		if d.Rack != w.Rack || d.Position != w.Position || d.Face != w.Face {
			t.Errorf("%s is in %s at %g %s, want %s at %g %s", d.ID, d.Rack, d.Position, d.Face, w.Rack, w.Position, w.Face)
		}
	}
	if len(topo.Devices) != len(want) {
		t.Errorf("%d devices, want %d", len(topo.Devices), len(want))
	}
}
