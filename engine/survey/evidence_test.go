package survey_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/survey"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/generatetest"
)

// webs are six servers under a pair of leaves.
const webs = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: lab}
spec:
  site: ams2
  catalog:
    deviceTypes:
      leaf-48: {manufacturer: acme, model: Leaf 48, ports: {"E1/{1-48}": 25gbase-x-sfp28}}
      server-1u: {manufacturer: acme, model: Server 1U}
  racks: {row: {count: 2, units: 42}}
  fabrics:
    net:
      switches: {leaf: {role: leaf, type: leaf-48, group: 2, rack: {pool: row, per: 1, fromU: 41}, zones: {server: {ports: 1-46}}}}
  nodes:
    web:
      count: 6
      type: server-1u
      rack: {pool: row, per: 20, fromU: 1}
      nics: {lom: {ports: [eth0, eth1], type: 25gbase-x-sfp28}}
      links: {data: {from: lom, to: net.leaf/server, spread: alternate}}
`

// TestMatchEvidence stands servers in the units of six of the plan's, under many names: what each is
// taken for, with cables as the plan has them, and without.
func TestMatchEvidence(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		names  [6]string // from the lowest unit up
		others string    // units with another role
		bare   string    // what each is without cables; "." for none
		cabled string    // and with them
	}{
		"as planned": {
			names: [6]string{"web-001", "web-002", "web-003", "web-004", "web-005", "web-006"},
			bare:  "123456", cabled: "123456",
		},
		"in other letters": {
			names: [6]string{"WEB-001", "Web-002", "web-003", "web-004", "web-005", "web-006"},
			bare:  "123456", cabled: "123456",
		},
		"in reverse": {
			names: [6]string{"web-006", "web-005", "web-004", "web-003", "web-002", "web-001"},
			bare:  "654321", cabled: "654321",
		},
		"one on": {
			names: [6]string{"web-002", "web-003", "web-004", "web-005", "web-006", "web-001"},
			bare:  "234561", cabled: "234561",
		},
		"two changed": {
			names: [6]string{"web-002", "web-001", "web-003", "web-004", "web-005", "web-006"},
			bare:  "213456", cabled: "213456",
		},
		"three one off": {
			names: [6]string{"web-003", "web-001", "web-002", "x", "y", "z"},
			bare:  "312...", cabled: "312...",
		},
		"a name of its own role": {
			names:  [6]string{"srv1", "srv2", "srv3", "srv4", "web-005", "srv6"},
			others: "5", bare: "1234 6", cabled: "1234 6",
		},
		"a number": {
			names: [6]string{"srv1", "srv2", "srv3", "srv4", "srv5", "srv6"},
			bare:  "123456", cabled: "123456",
		},
		"numbers from 17": {
			names: [6]string{"srv-17", "srv-18", "srv-19", "srv-20", "srv-21", "srv-22"},
			bare:  "123456", cabled: "123456",
		},
		"numbers in reverse": {
			names: [6]string{"srv6", "srv5", "srv4", "srv3", "srv2", "srv1"},
			bare:  "......", cabled: "......",
		},
		"numbers one on": {
			names: [6]string{"srv2", "srv3", "srv4", "srv5", "srv6", "srv1"},
			bare:  "......", cabled: "......",
		},
		"of assets": {
			names: [6]string{"k48213", "k48107", "k48930", "k47001", "k48555", "k48001"},
			bare:  "......", cabled: "123456",
		},
		"a stranger": {
			names: [6]string{"srv1", "srv2", "srv3", "srv4", "db-master", "srv6"}, others: "5", bare: "1234.6", cabled: "1234.6",
		},
		"a stranger of the role": {
			names: [6]string{"srv1", "srv2", "srv3", "srv4", "db-master", "srv6"},
			bare:  "1234.6", cabled: "1234.6",
		},
		"a stranger with the number": {
			names: [6]string{"ams2-web-1", "ams2-web-2", "ams2-web-3", "ams2-web-4", "ams2-dns-5", "ams2-web-6"},
			bare:  "1234.6", cabled: "1234.6",
		},
		"a number of another role": {
			names:  [6]string{"srv1", "srv2", "srv3", "srv4", "srv5", "srv6"},
			others: "5", bare: "1234.6", cabled: "1234.6",
		},
		"of another role": {
			names:  [6]string{"srv1", "srv2", "srv3", "srv4", "srv5", "srv6"},
			others: "123456", bare: "......", cabled: "......",
		},
		"letters": {
			names: [6]string{"web-a", "web-b", "web-c", "web-d", "oracle", "web-f"}, others: "5", bare: "......", cabled: "1234.6",
		},
		"words": {
			names: [6]string{"anna", "ben", "carl", "dora", "emil", "fritz"},
			bare:  "......", cabled: "123456",
		},
		"other zeros": {
			names: [6]string{"WEB-001", "Web-002", "web-003", "web-3", "web-03", "web-006"},
			bare:  "123..6", cabled: "123..6",
		},
		"one twice": {
			names: [6]string{"web-001", "web-001", "web-003", "web-004", "web-005", "web-006"},
			bare:  "1.3456", cabled: "1.3456",
		},
		"from 0": {
			names: [6]string{"web-000", "web-001", "web-002", "web-003", "web-004", "web-005"},
			bare:  "123456", cabled: "123456",
		},
		"a part from 0": {
			names: [6]string{"s", "web-001", "web-002", "web-003", "web-004", "t"}, bare: "......", cabled: ".2345.",
		},
	} {
		for _, cabled := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, cabled=%t", name, cabled), func(t *testing.T) {
				t.Parallel()
				topo := generatetest.FromText(t, webs)
				want := tt.bare
				if cabled {
					want = tt.cabled
				}
				site, _ := built(topo, style{rows("%s-%02d", 1), func(d *generate.Device, _ string) string {
					if d.Source != "web" {
						return fmt.Sprintf("sw-leaf-%02d", d.Ordinal-1)
					}
					return tt.names[d.Ordinal-1]
				}, plain}, func() bool { return true })
				if !cabled {
					site.Cables = nil
				}
				for i := range site.Devices {
					if d := &site.Devices[i]; d.Type == "server-1u" && strings.Contains(tt.others, fmt.Sprint(d.Position)) {
						d.Role = "storage"
					}
				}
				got, why := []byte("......"), ""
				for _, x := range survey.Match(site, topo) {
					at := slices.IndexFunc(site.Devices, func(d survey.Device) bool { return d.ID == x.ID })
					if x.Kind != "device" || !strings.HasPrefix(x.Type, "server") {
						continue
					}
					why += fmt.Sprintf("%s, %s: %s: %s\n", x.Called, x.Place, x.Object, x.Why)
					if _, number, is := strings.Cut(x.Object, "lab/web["); is {
						got[int(site.Devices[at].Position)-1] = number[0]
					}
				}
				if want = strings.ReplaceAll(want, " ", "5"); string(got) != want {
					t.Errorf("%s, want %s:\n%s", got, want, why)
				}
			})
		}
	}
}

// TestMatchRacksByDevices has racks whose names and numbers say nothing, with devices of the plan's names.
func TestMatchRacksByDevices(t *testing.T) {
	t.Parallel()
	topo := generatetest.FromText(t, twins)
	own := style{
		func(_ string, n int) string { return fmt.Sprintf("A%d", n*n) },
		func(d *generate.Device, _ string) string { return d.Name }, plain,
	}
	site, is := built(topo, own, func() bool { return true })
	for _, x := range survey.Match(site, topo) {
		if want := is[fmt.Sprint(x.Kind, x.ID)]; x.Object != want {
			t.Errorf("%s is %s, and was mapped to %q: %s", x.Called, want, x.Object, x.Why)
		}
	}
}

// TestMatchRackNames has racks with names of the plan's: they are those, whatever their numbers say else.
func TestMatchRackNames(t *testing.T) {
	t.Parallel()
	topo := generatetest.FromText(t, webs)
	for names, want := range map[string]string{
		"row-01 row-02": "row-01=1 row-02=2", "row-02 row-03": "row-02=2 row-03=", "ROW-02 row-01": "ROW-02=2 row-01=1",
		"row-00 row-01": "row-00=1 row-01=2", "R17 R18": "R17=1 R18=2", "row-02": "row-02=2",
	} {
		site := &survey.Site{Slug: "ams2"}
		for i, name := range strings.Fields(names) {
			site.Racks = append(site.Racks, survey.Rack{ID: int64(i + 1), Name: name, Units: 42})
		}
		var got []string
		for _, x := range survey.Match(site, topo) {
			got = append(got, x.Called+"="+strings.TrimSuffix(strings.TrimPrefix(x.Object, "lab/rack:row["), "]"))
		}
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %s", names, got, want)
		}
	}
}
