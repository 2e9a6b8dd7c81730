package survey_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/survey"
	"github.com/diet-project/diet/generate"
)

// hall is a fabric of rails with spines, another one of pairs, and one out of band.
const hall = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: hall}
spec:
  site: ams2
  status: active
  naming: {switch: "{fabric}-{class}-{n:02}"}
  catalog:
    deviceTypes:
      big: {manufacturer: acme, model: Big, u: 2}
      small: {manufacturer: acme, model: Small, u: 1}
      box: {manufacturer: acme, model: Box, u: 4}
      store: {manufacturer: acme, model: Store, u: 2}
  racks:
    row: {count: 6, units: 48}
    net: {count: 1, units: 48}
  fabrics:
    be:
      switches:
        leaf:
          role: leaf
          type: big
          railsPerLeaf: 2
          rack: {pool: net, per: 8, fromU: 1}
          mgmt: {port: mgmt0, to: oob.sw/access}
          zones:
            server: {ports: 1-12, breakout: 2x400}
            up: {ports: 21-24, breakout: 1x800, uplinkTo: spine/down}
        spine: {role: spine, type: big, count: 2, rack: {pool: net, per: 8, fromU: 31}, zones: {down: {ports: 1-32, breakout: 1x800}}}
    fe:
      switches:
        leaf:
          role: leaf
          type: small
          group: 2
          rack: {pool: net, per: 4, fromU: 40}
          zones: {server: {ports: 1-40, breakout: 1x100}, peer: {ports: 47-48, breakout: 1x100, peer: true}}
    oob:
      switches:
        sw: {role: oob, type: small, count: 1, zones: {access: {ports: 1-48, breakout: 1x1}}}
  nodes:
    gpu:
      count: 11
      type: box
      rack: {pool: row, per: 2, fromU: 10}
      nics: {"be{0-7}": {ports: [p0], type: 400gbase-x-osfp}, fe: {ports: [p0, p1], type: 100gbase-x-qsfp28}}
      links:
        rails: {from: "be{0-7}", to: be.leaf/server, spread: rail}
        data: {from: fe, to: fe.leaf/server, spread: alternate}
    disk:
      count: 5
      type: store
      role: storage
      rack: {pool: row, per: 1, fromU: 30}
      nics: {fe: {ports: [p0, p1], type: 100gbase-x-qsfp28}}
      links: {data: {from: fe, to: fe.leaf/server, spread: alternate}}
`

// style is how somebody calls things.
type style struct {
	rack   func(class string, n int) string
	device func(d *generate.Device, rack string) string
	port   func(ofSwitch bool, name string) string
}

func counting(format string, from int) func(*generate.Device, string) string {
	return func(d *generate.Device, _ string) string {
		return fmt.Sprintf(format, strings.ReplaceAll(d.Source, ".", "-"), d.Ordinal-1+from)
	}
}

func rows(format string, from int) func(string, int) string {
	return func(pool string, n int) string { return fmt.Sprintf(format, pool, n-1+from) }
}

func plain(_ bool, name string) string { return name }

func renamed(from, to, dash string) func(bool, string) string {
	return func(ofSwitch bool, name string) string {
		if ofSwitch {
			return strings.Replace(name, from, to, 1)
		}
		return strings.Replace(name, "-", dash, 1)
	}
}

// styles are by name.
var styles = map[string]style{
	"as planned":     {rows("%s-%02d", 1), counting("%s-%03d", 1), plain},
	"from 0":         {rows("%s-%02d", 0), counting("%s-%02d", 0), plain},
	"shouted":        {rows("AMS2.%s.%d", 1), counting("AMS2-%s%02d", 1), renamed("E1/", "Ethernet1/", "_")},
	"from 1001":      {rows("%s%d", 1), counting("%s-%d", 1001), renamed("E1/", "swp", ".")},
	"number first":   {rows("%[2]d-%[1]s", 1), counting("%[2]d.%[1]s.example.org", 1), renamed("E1/", "Eth", " ")},
	"several digits": {rows("%s-r%d", 1), counting("dc1-%s-%03d-v2", 1), plain},
	"by place": {rows("%s%02d", 1), func(d *generate.Device, rack string) string {
		if d.Position == 0 {
			return fmt.Sprintf("%s-%d", d.Source, d.Ordinal)
		}
		return fmt.Sprintf("%s-u%g", rack, d.Position)
	}, plain},
	"words": {rows("%s%02d", 1), func(d *generate.Device, _ string) string {
		n := uint64(len(d.Source)*131 + d.Ordinal*7919)
		const letters = "bcdfghklmnprstvw"
		return fmt.Sprintf("%c%co%c%ca%c", letters[n%16], letters[n/3%16], letters[n/7%16], letters[n/11%16], letters[(n+uint64(d.Ordinal))%16])
	}, plain},
}

// truth is what each object of a site is, by kind and id.
type truth map[string]string

// built is a site that somebody built by a plan, in a style of their own; of some only a part.
func built(topo *generate.Topology, s style, some func() bool) (*survey.Site, truth) {
	is := truth{}
	id := int64(100)
	next := func(kind, object string) int64 {
		id++
		is[fmt.Sprint(kind, id)] = object
		return id
	}
	site := &survey.Site{Slug: topo.Site.Slug, Name: topo.Site.Name}
	ids, called := map[string]int64{}, map[string]string{}
	for _, r := range topo.Racks {
		pool, n := r.ID[strings.Index(r.ID, ":")+1:strings.Index(r.ID, "[")], 0
		_, _ = fmt.Sscanf(r.ID[strings.Index(r.ID, "["):], "[%d]", &n)
		ids[r.ID], called[r.ID] = next("rack", r.ID), s.rack(pool, n)
		site.Racks = append(site.Racks, survey.Rack{ID: ids[r.ID], Name: called[r.ID], Location: r.Location, Units: r.Units})
	}
	for i := range topo.Devices {
		d := &topo.Devices[i]
		if !some() {
			continue
		}
		ids[d.ID], called[d.ID] = next("device", d.ID), s.device(d, called[d.Rack])
		site.Devices = append(site.Devices, survey.Device{
			ID: ids[d.ID], Name: called[d.ID], Type: d.Type, Role: d.Role, Status: d.Status,
			Rack: ids[d.Rack], Position: d.Position, Face: d.Face,
		})
	}
	ports := map[string]survey.Port{}
	for _, p := range topo.Interfaces {
		if ids[p.Device] != 0 {
			name := s.port(strings.Contains(generate.ClassOf(p.ID), "."), p.Name)
			kind := cmp.Or(p.Kind, "interface")
			ports[p.ID] = survey.Port{Kind: kind, ID: next(kind, p.ID), Device: ids[p.Device], Name: name, Type: p.Type}
			site.Ports = append(site.Ports, ports[p.ID])
		}
	}
	for _, c := range topo.Cables {
		if a, b := ports[c.A], ports[c.B]; a.ID != 0 && b.ID != 0 && some() {
			id++
			if id%2 == 0 && a.Kind == b.Kind {
				a, b = b, a
			}
			site.Cables = append(site.Cables, survey.Cable{
				ID: id, AKind: a.Kind, A: a.ID, AName: a.Name, ADevice: a.Device, BKind: b.Kind, B: b.ID, BName: b.Name, BDevice: b.Device,
			})
		}
	}
	for _, t := range topo.DeviceTypes {
		site.Types = append(site.Types, survey.Type{
			Slug: t.Slug, Model: cmp.Or(t.Model, t.Slug), Maker: cmp.Or(t.Manufacturer, "acme"), Units: t.UHeight, FullDepth: t.FullDepth,
		})
	}
	return site, is
}

// plans are what others build by: the hall, and the plans of the tests.
func plans(t *testing.T) map[string]*generate.Topology {
	t.Helper()
	texts := map[string][]byte{"hall": []byte(hall)}
	files, err := filepath.Glob("../../testdata/plan/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no plans: %v", err)
	}
	for _, file := range files {
		if texts[filepath.Base(file)], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	out := map[string]*generate.Topology{}
	for name, text := range texts {
		plan, err := generate.Load(name, text)
		if err != nil {
			t.Fatal(err)
		}
		if out[name], err = generate.Generate(plan, nil); err != nil {
			t.Fatal(err)
		}
		if len(out[name].Cables) > 1000 {
			delete(out, name) // nothing that the others have not
		}
	}
	return out
}

// each runs a test of each plan, in each style, of all and of a part. told says that the names
// tell what is of one class, and which is which.
func each(t *testing.T, test func(t *testing.T, topo *generate.Topology, site *survey.Site, is truth, told bool)) {
	t.Helper()
	for plan, topo := range plans(t) {
		for name, s := range styles {
			for seed, share := range []float64{1, 0.85, 0.6} {
				t.Run(fmt.Sprintf("%s, %s, %g of it", plan, name, share), func(t *testing.T) {
					t.Parallel()
					random := rand.New(rand.NewPCG(uint64(seed), 3))
					site, is := built(topo, s, func() bool { return random.Float64() < share })
					test(t, topo, site, is, name != "words" && name != "by place")
				})
			}
		}
	}
}

// TestMatch holds that a site is mapped to the plan that it was built by, nearly all of it,
// and nothing wrongly.
func TestMatch(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, topo *generate.Topology, site *survey.Site, is truth, told bool) {
		devices, mapped := 0, 0
		for _, x := range survey.Match(site, topo) {
			object := is[fmt.Sprint(x.Kind, x.ID)]
			if x.Object != "" && x.Object != object {
				t.Errorf("%s %s is %s, and was mapped to %s: %s", x.Kind, x.Called, object, x.Object, x.Why)
			}
			if x.Kind != "device" {
				continue
			}
			if devices++; x.Object != "" {
				mapped++
			} else {
				t.Logf("%s, %s, is not mapped: %s", x.Called, object, x.Why)
			}
		}
		if told && devices > 4 && 10*mapped < 9*devices {
			t.Errorf("%d of %d devices are mapped", mapped, devices)
		}
	})
}

// sketched draws a site, and loads the plan that comes out.
func sketched(t *testing.T, site *survey.Site) (*survey.Drawn, *generate.Plan) {
	t.Helper()
	out, err := survey.Sketch(site, "ams2")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := generate.Load("plan.yaml", []byte(out.Plan))
	if err != nil {
		t.Fatal(err)
	}
	return out, plan
}

// TestSketch holds that a plan is made of a site that is sound, puts nothing together that is
// not alike, and has the names as they are, and most of the cables where all are there: a
// part of a fabric may be too small for what its plan would cable.
func TestSketch(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, built *generate.Topology, site *survey.Site, is truth, told bool) {
		drawn, err := survey.Sketch(site, site.Slug)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := generate.Load("plan.yaml", []byte(drawn.Plan))
		if err != nil {
			t.Fatalf("%v\n%s", err, drawn.Plan)
		}
		topo, err := generate.Generate(plan, nil)
		if err != nil {
			t.Fatalf("%v\n%s", err, drawn.Plan)
		}
		called := map[string]string{}
		for _, r := range topo.Racks {
			called[r.ID] = r.Name
		}
		for _, d := range topo.Devices {
			called[d.ID] = d.Name
		}
		of := map[string]string{}
		for _, x := range drawn.Entries {
			now, was := generate.ClassOf(x.Object), generate.ClassOf(is[fmt.Sprint(x.Kind, x.ID)])
			if told && of[now] != "" && of[now] != was {
				t.Errorf("%s and %s are both %s", of[now], was, now)
			}
			if of[now] = was; x.Name == "plan" && called[x.Object] != x.Called {
				t.Errorf("%s is called %s, and the plan has %q", x.Object, x.Called, called[x.Object])
			}
		}
		whole := len(site.Devices) == len(built.Devices) && len(site.Cables) == len(built.Cables)
		if n := len(drawn.Entries); n != len(site.Racks)+len(site.Devices) {
			t.Errorf("%d entries", n)
		}
		if got := kept(t, plan, site, drawn.Entries); told && whole && 10*got < 9*len(site.Cables) {
			t.Errorf("%d of %d cables are in the plan: %q\n%s", got, len(site.Cables), drawn.Notes, drawn.Plan)
		}
	})
}

// kept counts the cables of a site that a plan has as they are, where its own may stay.
func kept(t *testing.T, plan *generate.Plan, site *survey.Site, entries []survey.Entry) int {
	t.Helper()
	have, cables := stayed(t, plan, site, entries)
	return len(slices.DeleteFunc(cables, func(c generate.Cable) bool { return have[c.A] != c.B }))
}

// stayed are the cables of a plan where those of a site stay, and what the ports of the site that it
// knows are plugged into.
func stayed(t *testing.T, plan *generate.Plan, site *survey.Site, entries []survey.Entry) (map[string]string, []generate.Cable) {
	t.Helper()
	object := map[int64]string{}
	for _, x := range entries {
		if x.Kind == "device" {
			object[x.ID] = x.Object
		}
	}
	ids := generate.PortIDs(plan)
	port := func(kind string, on int64, name string) string {
		at := ids[generate.ClassOf(object[on])][generate.PortName{Kind: kind, Name: name}]
		if at == "" {
			return ""
		}
		return object[on] + "/" + at
	}
	have := map[string]string{}
	for _, c := range site.Cables {
		x, y := port(c.AKind, c.ADevice, c.AName), port(c.BKind, c.BDevice, c.BName)
		have[x], have[y] = y, x
	}
	delete(have, "")
	topo, err := generate.Generate(plan, nil)
	if err != nil {
		t.Fatal(err)
	}
	prior := generate.Prior{}
	for _, c := range topo.Cables {
		if b := have[c.A]; b != "" {
			prior[c.ID] = generate.Ends{A: c.A, B: b}
		}
	}
	if topo, err = generate.Generate(plan, prior); err != nil {
		t.Fatal(err)
	}
	return have, topo.Cables
}

// TestSketchFirstLanes has a site whose ports are called by their first lanes, whole or broken out, and
// ones with slots: all cables are in the plan that is made of it.
func TestSketchFirstLanes(t *testing.T) {
	t.Parallel()
	whole := regexp.MustCompile(`^E1/([0-9]+)$`)
	for name, port := range map[string]func(string) string{
		"Ethernet5/1": func(name string) string {
			return strings.Replace(whole.ReplaceAllString(name, "Ethernet$1/1"), "E1/", "Ethernet", 1)
		},
		"Ethernet3/5/1": func(name string) string {
			return strings.Replace(whole.ReplaceAllString(name, "Ethernet3/$1/1"), "E1/", "Ethernet3/", 1)
		},
		"GigabitEthernet1/0/5": func(name string) string {
			return strings.Replace(whole.ReplaceAllString(name, "GigabitEthernet1/0/$1"), "E1/", "Ethernet1/", 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan, err := generate.Load("hall.yaml", []byte(strings.ReplaceAll(hall, "acme", "arista")))
			if err != nil {
				t.Fatal(err)
			}
			topo, err := generate.Generate(plan, nil)
			if err != nil {
				t.Fatal(err)
			}
			s := styles["as planned"]
			s.port = func(ofSwitch bool, name string) string {
				if ofSwitch {
					return port(name)
				}
				return name
			}
			site, _ := built(topo, s, func() bool { return true })
			drawn, plan := sketched(t, site)
			if got := kept(t, plan, site, drawn.Entries); got != len(site.Cables) {
				t.Errorf("%d of %d cables are in the plan: %q\n%s", got, len(site.Cables), drawn.Notes, drawn.Plan)
			}
		})
	}
}
