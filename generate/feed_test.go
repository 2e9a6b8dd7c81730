package generate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/generate"
)

// fedPower is the plan of own_test.go whose PDUs are on feeds of their racks.
func fedPower(tb testing.TB, edits ...string) string {
	tb.Helper()
	all := append([]string{
		"row: {count: 2, units: 42}", `row:
      count: 2
      units: 42
      feeds:
        a: {panel: PP-A, supply: ac, phase: three-phase, voltage: 400, amperage: 32, maxUtilization: 70}
        b: {panel: PP-B, type: redundant, name: "feed {rack}/{feed}"}`,
		"pdu: {manufacturer: acme, model: PDU, u: 0,", `pdu: {manufacturer: acme, model: PDU, u: 0, powerPorts: {Inlet: iec-60309-3p-n-e-6h},`,
		"zones: {outlets: {ports: 1-24, carries: power}}", `zones: {outlets: {ports: 1-24, carries: power}}
          nics: {in: {ports: [main], name: Inlet}}
          links: {feed: {from: in, to: "rack:row/a,b"}}`,
	}, edits...)
	text := rackPower
	for i := 0; i+1 < len(all); i += 2 {
		if !strings.Contains(text, all[i]) {
			tb.Fatalf("the plan does not hold %q", all[i])
		}
		text = strings.Replace(text, all[i], all[i+1], 1)
	}
	return text
}

// TestFeeds holds that each rack has the feeds of its pool, and that its devices take them in turn.
func TestFeeds(t *testing.T) {
	t.Parallel()
	topo := MustGenerate(t, MustLoad(t, fedPower(t)), nil)
	objects := map[string]generate.Object{}
	for i, o := range topo.Objects() {
		objects[o.ID] = o
		if kind, id := topo.IDAt(i); kind != o.Kind || id != o.ID {
			t.Errorf("object %d is %s %s, not %s %s", i, o.Kind, o.ID, kind, id)
		}
	}
	feed := objects["own/rack:row[2]/feed:b"]
	if feed.Kind != "power_feed" || feed.Name != "feed row-02/b" || feed.Source != "rack:row" ||
		feed.Fields["rack"] != (generate.Ref{Kind: "rack", Object: "own/rack:row[2]"}) ||
		feed.Fields["power_panel"] != (generate.Ref{Kind: "power_panel", Object: "PP-B"}) || feed.Fields["type"] != "redundant" {
		t.Errorf("a feed is %+v", feed)
	}
	if a := objects["own/rack:row[1]/feed:a"]; a.Name != "row-01-a" || a.Fields["voltage"] != 400 || a.Fields["max_utilization"] != 70 {
		t.Errorf("a feed is %+v", a)
	}
	for pdu, want := range map[string]string{
		"1": "rack:row[1]/feed:a", "2": "rack:row[1]/feed:b", "3": "rack:row[2]/feed:a", "4": "rack:row[2]/feed:b",
	} {
		cable := objects["own/power.pdu["+pdu+"]/in.main~"]
		if cable.Fields["power_feed"] != (generate.Ref{Kind: "power_feed", Object: "own/" + want}) || cable.Fields["power_outlet"] != nil {
			t.Errorf("PDU %s is on %v", pdu, cable.Fields)
		}
	}
	var panels []string
	for _, s := range topo.Shared() {
		if s.Kind == "power_panel" {
			panels = append(panels, s.Slug)
		}
	}
	if !slices.Equal(panels, []string{"PP-A", "PP-B"}) || len(topo.Devices) != 12 {
		t.Errorf("the panels are %v, the devices %d", panels, len(topo.Devices))
	}
}

// TestFeedsStay holds that a rack more, and another order of the feeds, move no cable.
func TestFeedsStay(t *testing.T) {
	t.Parallel()
	prior := priorOf(MustGenerate(t, MustLoad(t, fedPower(t)), nil))
	for _, edits := range [][]string{
		{"count: 2\n      units", "count: 3\n      units"}, {"rack:row/a,b", "rack:row/{b,a}"}, {"rack:row/a,b", "rack:row"},
	} {
		if n := moved(prior, MustGenerate(t, MustLoad(t, fedPower(t, edits...)), prior)); n > 0 {
			t.Errorf("%q moves %d cables", edits[1], n)
		}
	}
}

// TestFeedFindings holds what is wrong with feeds in a plan.
func TestFeedFindings(t *testing.T) {
	t.Parallel()
	for want, edits := range map[string][]string{
		`the racks of row have no feed "c"`:           {"rack:row/a,b", "rack:row/a,c"},
		`there is no rack pool "rows" with feeds`:     {"rack:row/a,b", "rack:rows/a,b"},
		`the feed "a" is given twice`:                 {"rack:row/a,b", "rack:row/a,a"},
		`no room in rack:row/a for power.pdu[2]`:      {"rack:row/a,b", "rack:row/a"},
		`feeds of racks have no spread: alternate`:    {`to: "rack:row/a,b"`, `to: "rack:row/a,b", spread: alternate`},
		`"panel" is missing`:                          {"{panel: PP-B, ", "{"},
		`"mono" is not valid here`:                    {"phase: three-phase", "phase: mono"},
		`are both named "x"`:                          {"{panel: PP-B, ", "{panel: PP-A, ", `name: "feed {rack}/{feed}"`, "name: x"},
		`the placeholder {class} has no meaning here`: {"feed {rack}/{feed}", "{class}"},
		`carries cables of the zones b and a,b`: {
			"{from: psu, to: power.pdu/outlets, spread: alternate}\n", `{from: "psu:1", to: rack:row/b}` + "\n", "count: 5", "count: 1",
		},
		`the device type pdu has no power port "Inlet"`: {"powerPorts: {Inlet:", "powerPorts: {Intake:"},
		"server has no rack": {
			"      rack: {pool: row, per: 4, fromU: 1}\n", "", "psu, to: power.pdu/outlets, spread: alternate}\n", "psu, to: rack:row}\n",
		},
	} {
		text := fedPower(t)
		for i := 0; i+1 < len(edits); i += 2 {
			at := strings.LastIndex(text, edits[i])
			if at < 0 {
				t.Fatalf("the plan does not hold %q", edits[i])
			}
			text = text[:at] + edits[i+1] + text[at+len(edits[i]):]
		}
		var said []string
		if plan, err := generate.Load("plan.yaml", []byte(text)); err != nil {
			said = append(said, err.Error())
		} else {
			for _, f := range generate.Check(plan).Findings {
				said = append(said, f.Message)
			}
		}
		if !strings.Contains(strings.Join(said, "\n"), want) {
			t.Errorf("no finding %q, but %q", want, said)
		}
	}
}
