package draw_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/draw"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/generatetest"
)

// MustGraph folds a topology to a graph.
func MustGraph(tb testing.TB, topo *generate.Topology, opts draw.GraphOptions) *draw.Graph {
	tb.Helper()
	g, err := draw.NewGraph(topo, opts)
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

// graphOptions are ways to fold that every plan must stand.
var graphOptions = map[string]draw.GraphOptions{
	"default": {}, "devices": {Devices: true}, "one box a class": {Boxes: 1}, "three": {Boxes: 3},
}

func TestGraphGolden(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"web-96", "gpu-128-rail", "odd"} {
		file := "../../testdata/plan/" + name + ".yaml"
		if name == "odd" {
			file = "testdata/odd.yaml"
		}
		g := MustGraph(t, shuffled(generatetest.FromFile(t, file)), draw.GraphOptions{})
		golden(t, name+".dot", written(t, g.DOT))
		golden(t, name+".mmd", written(t, g.Mermaid))
		golden(t, name+".svg", written(t, g.SVG))
	}
}

// TestGraphWhole checks that every device is in one box, and every cable counted
// in the one edge between the boxes of its ends.
func TestGraphWhole(t *testing.T) {
	t.Parallel()
	for _, file := range plans(t) {
		topo := generatetest.FromFile(t, file)
		for name, opts := range graphOptions {
			g := MustGraph(t, topo, opts)
			if err := whole(topo, g); err != nil {
				t.Errorf("%s, %s: %v", file, name, err)
			}
		}
	}
}

// whole counts a topology's cables once more, by the names of the devices.
func whole(topo *generate.Topology, g *draw.Graph) error {
	boxes := map[string]int{}
	for i, b := range g.Boxes {
		for _, name := range b.Devices {
			if _, twice := boxes[name]; twice {
				return fmt.Errorf("%s is in two boxes", name)
			}
			boxes[name] = i
		}
	}
	if len(boxes) != len(topo.Devices) {
		return fmt.Errorf("%d of %d devices are in boxes", len(boxes), len(topo.Devices))
	}
	type between struct{ a, b, speed int }
	want := map[between]int{}
	for _, c := range draw.Cabling(topo) {
		a, b := boxes[c.A.Device], boxes[c.B.Device]
		want[between{min(a, b), max(a, b), c.Speed}]++
	}
	for _, e := range g.Edges {
		for _, s := range e.Strands {
			key := between{e.A, e.B, s.Speed}
			if want[key] != s.Count {
				return fmt.Errorf("the edge %s – %s counts %d cables of %dG, want %d", g.Boxes[e.A].ID, g.Boxes[e.B].ID, s.Count, s.Speed, want[key])
			}
			delete(want, key)
		}
	}
	if len(want) > 0 {
		return fmt.Errorf("no edge counts %v", want)
	}
	return nil
}

// TestGraphFolds checks what is drawn of two plans and of parts of them.
func TestGraphFolds(t *testing.T) {
	t.Parallel()
	web, gpu := "../../testdata/plan/web-96.yaml", "../../testdata/plan/gpu-128-rail.yaml"
	for name, test := range map[string]struct {
		file string
		opts draw.GraphOptions
		want string // ids without the plan, by tier
	}{
		"racks": {web, draw.GraphOptions{},
			"dc.spine[1] dc.spine[2] | dc.leaf[1] dc.leaf[2] dc.leaf[3] dc.leaf[4] dc.leaf[5] dc.leaf[6] dc.leaf[7] dc.leaf[8]" +
				" | web[1-24] web[25-48] web[49-72] web[73-96] | oob.tor[1] oob.tor[2] oob.tor[3] oob.tor[4]"},
		"pairs": {web, draw.GraphOptions{Boxes: 4, Fabrics: []string{"dc"}},
			"dc.spine[1] dc.spine[2] | dc.leaf[1-2] dc.leaf[3-4] dc.leaf[5-6] dc.leaf[7-8]" +
				" | web[1-24] web[25-48] web[49-72] web[73-96]"},
		"classes": {web, draw.GraphOptions{Boxes: 1}, "dc.spine[1-2] | dc.leaf[1-8] | web[1-96] | oob.tor[1-4]"},
		"rail domains": {gpu, draw.GraphOptions{Boxes: 3, Fabrics: []string{"backend"}},
			"backend.spine[1-8] | backend.leaf[1-8] backend.leaf[9-16] | gpu[1-64] gpu[65-128]"},
		"out of band": {gpu, draw.GraphOptions{Boxes: 1, Fabrics: []string{"oob"}},
			"ctrl[1-2] gpu[1-128] pdu[1-64] storage[1-16] | oob.access[1-5] | oob.agg[1-2]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := outline(MustGraph(t, generatetest.FromFile(t, test.file), test.opts)); got != test.want {
				t.Errorf("drawn are\n%s, want\n%s", got, test.want)
			}
		})
	}
}

// TestGraphDomains draws 1,024 servers: a box for each rail domain, and one for its leaves.
func TestGraphDomains(t *testing.T) {
	t.Parallel()
	g := MustGraph(t, generatetest.FromFile(t, "testdata/rails-1024.yaml"), draw.GraphOptions{})
	count := map[string]int{}
	for i := range g.Boxes {
		count[g.Boxes[i].Class]++
	}
	if count["backend.leaf"] != 16 || count["gpu"] != 16 || count["backend.spine"] != 1 {
		t.Errorf("boxes by class: %v", count)
	}
	for _, e := range g.Edges {
		a, b := &g.Boxes[e.A], &g.Boxes[e.B]
		if a.Class == "backend.leaf" && b.Class == "gpu" && (len(a.Devices) != 8 || len(b.Devices) != 64 || e.Label() != "512 × 400G") {
			t.Errorf("%s – %s: %s", a.ID, b.ID, e.Label())
		}
	}
}

// TestGraphFocus draws parts of a plan: a class, what is in a rack, and both.
func TestGraphFocus(t *testing.T) {
	t.Parallel()
	topo := generatetest.FromFile(t, "../../testdata/plan/web-96.yaml")
	for want, opts := range map[string]draw.GraphOptions{
		"dc.spine[1] dc.spine[2] | dc.leaf[1] dc.leaf[2] dc.leaf[3] dc.leaf[4] dc.leaf[5] dc.leaf[6] dc.leaf[7] dc.leaf[8]" +
			" | oob.tor[1] oob.tor[2]": {Classes: []string{"dc.spine"}},
		"dc.leaf[3] dc.leaf[4] | web[25-48] | oob.tor[2]": {Classes: []string{"web"}, Racks: []string{"row-02"}},
		"dc.spine[1] dc.spine[2] | dc.leaf[1] dc.leaf[2] dc.leaf[3] dc.leaf[4] dc.leaf[5] dc.leaf[6] dc.leaf[7] dc.leaf[8]" +
			" | web[25-48] | oob.tor[2]": {Racks: []string{"row-02"}},
	} {
		if got := outline(MustGraph(t, topo, opts)); got != want {
			t.Errorf("%+v draws\n%s, want\n%s", opts, got, want)
		}
	}
	for want, opts := range map[string]draw.GraphOptions{
		`find class "nosuch" in plan web96: there are dc.leaf, dc.spine, oob.tor, web`:         {Classes: []string{"nosuch"}},
		`find rack "row-9" (did you mean "row-01"?): there are row-01, row-02, row-03, row-04`: {Racks: []string{"row-9"}},
	} {
		if _, err := draw.NewGraph(topo, opts); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// outline lists the boxes, tier by tier.
func outline(g *draw.Graph) string {
	var tiers []string
	for i, b := range g.Boxes {
		id := b.ID[strings.Index(b.ID, "/")+1:]
		if i == 0 || g.Boxes[i-1].Tier != b.Tier {
			tiers = append(tiers, id)
			continue
		}
		tiers[len(tiers)-1] += " " + id
	}
	return strings.Join(tiers, " | ")
}

// TestGraphReadable checks that no class is drawn as more boxes than asked for.
func TestGraphReadable(t *testing.T) {
	t.Parallel()
	for _, file := range plans(t) {
		for _, most := range []int{1, 2, 5, 8} {
			count := map[string]int{}
			for _, b := range MustGraph(t, generatetest.FromFile(t, file), draw.GraphOptions{Boxes: most}).Boxes {
				if count[b.Class]++; count[b.Class] > most {
					t.Errorf("%s: more than %d boxes of %s", file, most, b.Class)
				}
			}
		}
	}
}

func TestGraphUnknownFabric(t *testing.T) {
	t.Parallel()
	_, err := draw.NewGraph(generatetest.FromFile(t, "testdata/odd.yaml"), draw.GraphOptions{Fabrics: []string{"y"}})
	if err == nil || err.Error() != `find fabric "y" in plan odd: there are x` {
		t.Error(err)
	}
}

func TestGraphEmpty(t *testing.T) {
	t.Parallel()
	g := MustGraph(t, generatetest.FromText(t, "apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: first}\nspec: {site: lab}\n"),
		draw.GraphOptions{})
	if svg := written(t, g.SVG); !strings.Contains(svg, "The plan has no devices.") || wellFormed(svg) != nil {
		t.Error(svg)
	}
	if dot := written(t, g.DOT); !strings.HasPrefix(dot, `graph "first" {`) || !strings.HasSuffix(dot, "}\n") {
		t.Error(dot)
	}
}

// TestSVGWellFormed reads every drawing as XML.
func TestSVGWellFormed(t *testing.T) {
	t.Parallel()
	for _, file := range plans(t) {
		topo := generatetest.FromFile(t, file)
		for name, opts := range graphOptions {
			if err := wellFormed(written(t, MustGraph(t, topo, opts).SVG)); err != nil {
				t.Errorf("%s, %s: %v", file, name, err)
			}
		}
		if err := wellFormed(written(t, MustElevation(t, topo, draw.ElevationOptions{}).SVG)); err != nil {
			t.Errorf("%s, racks: %v", file, err)
		}
	}
}

// TestDark wants every colour of a drawing to have one for dark screens.
func TestDark(t *testing.T) {
	t.Parallel()
	for _, file := range plans(t) {
		topo := generatetest.FromFile(t, file)
		for _, svg := range []string{
			written(t, MustGraph(t, topo, draw.GraphOptions{}).SVG), written(t, MustElevation(t, topo, draw.ElevationOptions{}).SVG),
		} {
			style, drawing, _ := strings.Cut(svg, "</style>")
			for _, m := range regexp.MustCompile(`(?:fill|stroke)="(#[^"]*)"`).FindAllStringSubmatch(drawing, -1) {
				if !strings.Contains(style, `[fill=&quot;`+m[1]) && !strings.Contains(style, `[fill="`+m[1]) {
					t.Errorf("%s: %s has no dark colour", file, m[1])
				}
			}
		}
	}
}

func wellFormed(text string) error {
	dec := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// TestGraphNames checks that names which mean something to a format are escaped there.
func TestGraphNames(t *testing.T) {
	t.Parallel()
	topo := generatetest.FromFile(t, "testdata/odd.yaml")
	i := slices.IndexFunc(topo.Devices, func(d generate.Device) bool { return d.Role == "border" })
	topo.Devices[i].Name = "a\"]\n--> b\\n &lt; <i> `c` #35; é\x01\u202e"
	g := MustGraph(t, topo, draw.GraphOptions{})
	for format, test := range map[string]struct {
		got, want string
	}{
		"dot":     {written(t, g.DOT), `[label="a\"]\n--> b\\n &amp;lt; <i> ` + "`c` #35; é␁<U+202E>" + `\nshallow"`},
		"mermaid": {written(t, g.Mermaid), `n0["a#quot;] --#gt; b#92;n #amp;lt#59; #lt;i#gt; #96;c#96; #35;35#59; é␁#lt;U+202E#gt;<br>shallow"]`},
		"svg":     {written(t, g.SVG), "a&quot;]␊--&gt; b\\n &amp;lt; &lt;i&gt; `c` #35; é␁&lt;U+202E&gt;"},
	} {
		if !strings.Contains(test.got, test.want) {
			t.Errorf("%s does not say %s in\n%.900s", format, test.want, test.got)
		}
	}
	if err := wellFormed(written(t, g.SVG)); err != nil {
		t.Error(err)
	}
}

type refusing struct{}

func (refusing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

// TestWriteErrors checks that no format keeps a failed write to itself.
func TestWriteErrors(t *testing.T) {
	t.Parallel()
	topo := generatetest.FromFile(t, "testdata/odd.yaml")
	g := MustGraph(t, topo, draw.GraphOptions{})
	for name, write := range map[string]func(io.Writer) error{
		"svg": g.SVG, "dot": g.DOT, "mermaid": g.Mermaid, "racks": MustElevation(t, topo, draw.ElevationOptions{}).SVG,
		"sheet": func(w io.Writer) error { return draw.Sheet(w, topo) },
		"csv":   func(w io.Writer) error { return draw.CSV(w, draw.Cabling(topo)) },
	} {
		if err := write(refusing{}); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
