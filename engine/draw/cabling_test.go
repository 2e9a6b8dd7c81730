package draw_test

import (
	"encoding/csv"
	"io"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/draw"
	"github.com/diet-project/diet/generate/generatetest"
)

func TestCSV(t *testing.T) {
	t.Parallel()
	topo := generatetest.FromFile(t, "testdata/odd.yaml")
	text := written(t, func(w io.Writer) error { return draw.CSV(w, draw.Cabling(topo)) })
	golden(t, "odd.csv", text)
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[0][:4], ","); got != "a_device,a_interface,b_device,b_interface" {
		t.Errorf("the first columns are %s: scripts of others read them", got)
	}
	if len(rows) != len(topo.Cables)+1 {
		t.Errorf("%d rows for %d cables", len(rows)-1, len(topo.Cables))
	}
	if again := written(t, func(w io.Writer) error { return draw.CSV(w, draw.Cabling(shuffled(topo))) }); again != text {
		t.Error("the rows depend on the order of the topology")
	}
}

func TestSheet(t *testing.T) {
	t.Parallel()
	for _, file := range plans(t) {
		topo := generatetest.FromFile(t, file)
		text := written(t, func(w io.Writer) error { return draw.Sheet(w, topo) })
		sections := map[string]bool{}
		for _, c := range draw.Cabling(topo) {
			sections[c.A.Rack], sections[c.B.Rack] = true, true
		}
		// A box for each end of every cable, and one for every rack.
		if got, want := strings.Count(text, `class="box"`), len(topo.Cables)+len(sections); got != want {
			t.Errorf("%s: %d boxes to tick, want %d", file, got, want)
		}
		if got, want := strings.Count(text, `class="box again"`), len(topo.Cables); got != want {
			t.Errorf("%s: %d boxes of second ends, want %d", file, got, want)
		}
		if got := strings.Count(text, "<section"); got != len(sections) {
			t.Errorf("%s: %d sections, want %d", file, got, len(sections))
		}
		if strings.Contains(text, "ZgotmplZ") || strings.Contains(text, "http") {
			t.Errorf("%s: something was refused by the template, or refers to elsewhere", file)
		}
	}
}

func TestSheetGolden(t *testing.T) {
	t.Parallel()
	topo := generatetest.FromFile(t, "testdata/odd.yaml")
	golden(t, "odd.html", written(t, func(w io.Writer) error { return draw.Sheet(w, shuffled(topo)) }))
}

// TestSheetOrder checks that racks come in natural order and what is in none last.
func TestSheetOrder(t *testing.T) {
	t.Parallel()
	text := written(t, func(w io.Writer) error { return draw.Sheet(w, generatetest.FromFile(t, "testdata/odd.yaml")) })
	last := -1
	for _, head := range []string{"Rack a-01<", "Rack a-02<", "Rack b-01<", "In no rack<"} {
		at := strings.Index(text, head)
		if at <= last {
			t.Errorf("%q is at %d, behind what precedes it at %d", head, at, last)
		}
		last = at
	}
	for _, want := range []string{"a &#34;b&#34; &lt;c&gt;", "1.5 m", `background:#2196f3"></span>blue`,
		"dac-passive", "Grenze &#34;1&#34; &lt;&amp;&gt; 東京"} {
		if !strings.Contains(text, want) {
			t.Errorf("the sheet does not say %s", want)
		}
	}
}

func TestSheetWithoutCables(t *testing.T) {
	t.Parallel()
	topo := generatetest.FromText(t, "apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: first}\nspec: {site: lab}\n")
	if text := written(t, func(w io.Writer) error { return draw.Sheet(w, topo) }); !strings.Contains(text, "The plan has no cables.") {
		t.Error(text)
	}
}

// TestSheetMaterials counts what is brought: a port of eight lanes takes one cable, also where
// some of its lanes are free; two ports broken out alike take a straight one.
func TestSheetMaterials(t *testing.T) {
	t.Parallel()
	text := written(t, func(w io.Writer) error {
		return draw.Sheet(w, generatetest.FromText(t, `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: lanes}
spec:
  site: lab
  fabrics:
    f:
      switches:
        leaf:
          role: leaf
          type: t800
          count: 1
          zones: {server: {ports: 1-4, breakout: 8x100}, uplink: {ports: 5-6, breakout: 2x400, uplinkTo: spine/down}}
        spine: {role: spine, type: t800, count: 1, zones: {down: {ports: 1-2, breakout: 2x400}}}
  nodes:
    web: {count: 19, type: server, nics: {n: {ports: [p]}}, links: {l: {from: n, to: f.leaf/server, cable: {type: dac-passive}}}}
`))
	})
	for _, want := range []string{
		"Cables to bring: 5<", `<td class="u">2</td><td class="whole">2 × 400G</td>`,
		`<td class="u">2</td><td class="whole">8 × 100G</td><td class="whole">dac-passive</td>`,
		`<td class="u">1</td><td class="whole">8 × 100G, 3 used</td>`,
		`<td class="u">3</td><td class="whole">8 × 100G</td><td class="whole">100gbase`,
		`<td class="u">19</td><td class="whole">100G</td>`, `<td class="u">4</td><td class="whole">2 × 400G</td>`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the sheet does not have %s in\n%s", want, text)
		}
	}
}

// poweredPlan has a PDU on a feed, and a console server.
const poweredPlan = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: power}
spec:
  site: lab
  racks: {row: {count: 1, units: 42, feeds: {a: {panel: PP-A}}}}
  fabrics:
    p:
      switches:
        pdu:
          role: oob
          type: pdu
          rack: {pool: row}
          zones: {outlets: {ports: 1-4, carries: power}}
          nics: {in: {ports: [main]}}
          links: {feed: {from: in, to: rack:row/a}}
        ts: {role: oob, type: ts, zones: {lines: {ports: 1-4, carries: console}}}
  nodes:
    web:
      count: 3
      type: server
      nics: {psu: {ports: [l]}, con: {ports: [s]}}
      links: {power: {from: psu, to: p.pdu/outlets}, console: {from: con, to: p.ts/lines}}
`

// TestGraphPanels: a cable to a power feed leads to the panel that feeds it, which is no device.
func TestGraphPanels(t *testing.T) {
	t.Parallel()
	topo := generatetest.FromText(t, poweredPlan)
	g, err := draw.NewGraph(topo, draw.GraphOptions{})
	if err != nil {
		t.Fatal(err)
	}
	cables := 0
	for i := range g.Edges {
		cables += g.Edges[i].Cables()
	}
	last := g.Boxes[len(g.Boxes)-1]
	if cables != len(topo.Cables) || last.Name() != "PP-A" || last.Class != "power panel" {
		t.Errorf("%d of %d cables are drawn; the last box is %+v", cables, len(topo.Cables), last)
	}
	text := written(t, func(w io.Writer) error { return g.SVG(w) })
	if !strings.Contains(text, "5 devices, 1 power panel, 7 cables") {
		t.Errorf("the picture does not count the panel apart:\n%s", text[:min(len(text), 2000)])
	}
}

// TestSheetPower holds that cables which carry no data say so, and that feeds are ends in their racks.
func TestSheetPower(t *testing.T) {
	t.Parallel()
	text := written(t, func(w io.Writer) error {
		return draw.Sheet(w, generatetest.FromText(t, poweredPlan))
	})
	for _, want := range []string{
		`<td class="u">4</td><td class="whole">power</td>`, `<td class="u">3</td><td class="whole">console</td>`,
		`<td class="name from">PP-A</td><td class="port">row-01-a</td><td class="b name here">row-01</td>`,
		"5 cable ends on 1 device", // the panel is none
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the sheet does not have %s in\n%s", want, text)
		}
	}
}
