package survey_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/survey"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/generatetest"
)

// twins are two classes of one type and role, side by side in each rack.
const twins = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: twins}
spec:
  site: ams2
  catalog:
    deviceTypes:
      tor: {manufacturer: acme, model: Tor, u: 1}
      box: {manufacturer: acme, model: Box, u: 2}
  racks: {row: {count: 6, units: 42}}
  fabrics:
    dc:
      switches:
        leaf: {role: leaf, type: tor, count: 6, group: 2, rack: {pool: row, fromU: 41}, zones: {server: {ports: 1-30, breakout: 1x25}}}
        mgmt: {role: oob, type: tor, count: 6, attach: rack, rack: {pool: row, fromU: 40}, zones: {access: {ports: 1-40, breakout: 1x1}}}
  nodes:
    web:
      count: 24
      type: box
      rack: {pool: row, per: 4, fromU: 1}
      nics: {lom: {ports: [eth0, eth1], type: 25gbase-x-sfp28}, bmc: {ports: [p0]}}
      links: {data: {from: lom, to: dc.leaf/server, spread: alternate}, out: {from: bmc, to: dc.mgmt/access}}
    db:
      count: 12
      type: box
      rack: {pool: row, per: 2, fromU: 21}
      nics: {lom: {ports: [eth0, eth1], type: 25gbase-x-sfp28}, bmc: {ports: [p0]}}
      links: {data: {from: lom, to: dc.leaf/server, spread: alternate}, out: {from: bmc, to: dc.mgmt/access}}
`

// schemes are ways in which others name what the plan has as web, db, leaf and mgmt.
var schemes = map[string]style{
	"by asset": {rows("K%02d", 11), func(d *generate.Device, _ string) string {
		short := map[string]string{"web": "srv-w", "db": "srv-d", "dc.leaf": "nsw", "dc.mgmt": "msw"}[d.Source]
		return fmt.Sprintf("ams2%s%03d", short, d.Ordinal)
	}, renamed("E1/", "Ethernet1/", "/")},
	"by rack": {rows("AMS2-%s-%d", 1), func(d *generate.Device, rack string) string {
		return strings.ToLower(fmt.Sprintf("%s-%s-u%g", rack, strings.TrimPrefix(d.Source, "dc."), d.Position))
	}, plain},
	"from 0, full names": {rows("r%d", 0), func(d *generate.Device, _ string) string {
		word := map[string]string{"web": "webserver", "db": "database", "dc.leaf": "leaf-switch", "dc.mgmt": "mgmt-switch"}[d.Source]
		return fmt.Sprintf("%s%d.ams2.example.org", word, d.Ordinal-1)
	}, renamed("E1/", "swp", "_")},
}

// mess makes a site as they are: some devices stand elsewhere, or nowhere; two have changed
// places; some cables are missing, some plugged into another port, or another device; and there
// is more of each type than the plan knows.
func mess(site *survey.Site, random *rand.Rand) {
	free := map[int64]float64{} // a unit that nothing has, by rack
	for i := range site.Devices {
		d := &site.Devices[i]
		switch n := random.IntN(100); {
		case n < 4 && d.Rack != 0 && free[d.Rack] < 3:
			d.Position = 30 + 2*free[d.Rack]
			free[d.Rack]++
		case n < 7:
			d.Position = 0
		case n < 9:
			d.Rack, d.Position = 0, 0
		}
	}
	for range 2 {
		a, b := &site.Devices[random.IntN(len(site.Devices))], &site.Devices[random.IntN(len(site.Devices))]
		if a.Type == b.Type {
			a.Rack, b.Rack, a.Position, b.Position = b.Rack, a.Rack, b.Position, a.Position
		}
	}
	cables := site.Cables[:0:0]
	for _, c := range site.Cables {
		if random.IntN(100) >= 12 {
			cables = append(cables, c)
		}
	}
	for range len(cables) / 12 {
		a, b := random.IntN(len(cables)), random.IntN(len(cables))
		x, y := &cables[a], &cables[b]
		x.B, x.BName, x.BDevice, y.B, y.BName, y.BDevice = y.B, y.BName, y.BDevice, x.B, x.BName, x.BDevice
	}
	site.Cables = cables
	for i, typ := range []string{"box", "box", "tor", "box"} {
		spare := survey.Device{ID: int64(9000 + i), Name: fmt.Sprintf("spare-%d", i+1), Type: typ, Role: "server", Status: "inventory"}
		if i > 1 { // a sandbox of somebody's, named as all others are
			spare.Name = fmt.Sprintf("test%02d", i)
			spare.Rack, spare.Position = site.Racks[0].ID, float64(30+i)
		}
		site.Devices = append(site.Devices, spare)
	}
}

// TestMatchMess holds that sites which other scripts built, with names of their own, and on
// which people have worked since, are mapped: nine of ten devices at least, and none wrongly.
func TestMatchMess(t *testing.T) {
	t.Parallel()
	topo := generatetest.FromText(t, twins)
	for name, s := range schemes {
		for seed := range uint64(20) {
			t.Run(fmt.Sprintf("%s, %d", name, seed), func(t *testing.T) {
				t.Parallel()
				random := rand.New(rand.NewPCG(seed, 5))
				site, is := built(topo, s, func() bool { return true })
				mess(site, random)
				var left []string
				mapped := 0
				for _, x := range survey.Match(site, topo) {
					object := is[fmt.Sprint(x.Kind, x.ID)]
					if x.Object != "" && x.Object != object {
						t.Errorf("%s %s is %q, and was mapped to %s: %s", x.Kind, x.Called, object, x.Object, x.Why)
					}
					switch {
					case x.Kind != "device" || object == "":
					case x.Object != "":
						mapped++
					default:
						left = append(left, fmt.Sprintf("%s (%s): %s", x.Called, object, x.Why))
					}
				}
				if 10*mapped < 9*len(topo.Devices) {
					t.Errorf("%d of %d devices are mapped; not %s", mapped, len(topo.Devices), strings.Join(left, "\n"))
				}
			})
		}
	}
}

// TestNotByPlaceAlone stands strangers, whose names belong to another class or to none, where the
// plan wants devices of that type: they are not taken for those.
func TestNotByPlaceAlone(t *testing.T) {
	t.Parallel()
	topo := generatetest.FromText(t, twins)
	for name, called := range map[string]func(d *generate.Device) string{
		"another class": func(d *generate.Device) string { return fmt.Sprintf("db-%03d", d.Ordinal+40) },
		"other words":   func(*generate.Device) string { return "payroll-prod" },
		"a number that is elsewhere": func(d *generate.Device) string {
			return fmt.Sprintf("web-%03d", (d.Ordinal+7)%24+1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			own := style{rows("%s-%02d", 1), func(d *generate.Device, _ string) string { return d.Name }, plain}
			site, is := built(topo, own, func() bool { return true })
			site.Cables = nil
			strangers := map[int64]string{}
			for i := range site.Devices {
				d := &site.Devices[i]
				object := is[fmt.Sprint("device", d.ID)]
				at := slices.IndexFunc(topo.Devices, func(x generate.Device) bool { return x.ID == object })
				if want := &topo.Devices[at]; want.Source == "web" && want.Ordinal%6 == 0 {
					d.Name = called(want)
					strangers[d.ID] = object
				}
			}
			for _, x := range survey.Match(site, topo) {
				if was, is := strangers[x.ID]; is && x.Kind == "device" && x.Object == was {
					t.Errorf("%s is taken for %s: %s", x.Called, x.Object, x.Why)
				}
			}
		})
	}
}

// TestSketchInventsNothing has sites on which people have worked: a plan that is made of one has few cables
// where another one is, tells of these and of those that are not there, and has most of what is there.
func TestSketchInventsNothing(t *testing.T) {
	t.Parallel()
	topo := generatetest.FromText(t, twins)
	for name, s := range schemes {
		for seed := range uint64(4) {
			t.Run(fmt.Sprintf("%s, %d", name, seed), func(t *testing.T) {
				t.Parallel()
				site, _ := built(topo, s, func() bool { return true })
				mess(site, rand.New(rand.NewPCG(seed, 7)))
				drawn, plan := sketched(t, site)
				have, cables := stayed(t, plan, site, drawn.Entries)
				there, missing, otherwise := 0, 0, map[string]bool{}
				for _, c := range cables {
					_, a := have[c.A]
					_, b := have[c.B]
					switch {
					case have[c.A] == c.B:
						there++
					case a || b:
						for _, end := range []string{c.A, c.B} {
							if has := have[end]; has != "" {
								otherwise[min(end, has)] = true
							}
						}
					default:
						missing++
					}
				}
				told := fmt.Sprintf("%d cable", missing)
				tells := func(n string) bool { return strings.HasPrefix(n, told) && strings.Contains(n, "of the plan") }
				if missing > 0 && !slices.ContainsFunc(drawn.Notes, tells) {
					t.Errorf("%s: %q", told, drawn.Notes)
				}
				asked := 0
				for _, n := range drawn.Notes {
					if strings.Contains(n, "the preview asks about") {
						_, _ = fmt.Sscanf(n, "%d", &asked)
					}
				}
				if len(otherwise) > asked || 5*asked > len(site.Cables) {
					t.Errorf("the plan has %d of %d cables otherwise, and tells of %d", len(otherwise), len(site.Cables), asked)
				}
				if 4*there < 3*len(site.Cables) {
					t.Errorf("%d of %d cables are in the plan", there, len(site.Cables))
				}
				notes := strings.Join(drawn.Notes, "\n")
				if strings.Contains(notes, "a plan would have some otherwise") && !strings.Contains(notes, "diet import --for") {
					t.Errorf("cables are left out, and the way to have them is not told: %s", notes)
				}
				t.Logf("%d of %d cables are in the plan", there, len(site.Cables))
			})
		}
	}
}
