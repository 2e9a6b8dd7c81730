package engine_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/sandbox"
)

// halls is a plan whose racks stand in a location.
const halls = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: web}
spec:
  site: ams2
  catalog:
    deviceTypes:
      leaf-48: {manufacturer: acme, model: Leaf 48, u: 1, ports: {"E1/{1-8}": 25gbase-x-sfp28}}
      server: {manufacturer: acme, model: Server, u: 1}
      tall: {manufacturer: acme, model: Tall, u: 2}
  racks:
    row: {count: 2, units: 48, location: hall-a}
  fabrics:
    dc:
      switches:
        leaf: {role: leaf, type: leaf-48, group: 2, rack: {pool: row, per: 2, fromU: 43}, zones: {server: {ports: 1-8}}}
  nodes:
    web:
      count: 4
      type: server
      rack: {pool: row, per: 8, fromU: 1}
      nics: {lom: {ports: [eth0], type: 25gbase-x-sfp28}}
      links: {data: {from: lom, to: dc.leaf/server, spread: alternate}}
  reconcile: {deletionPolicy: delete, approveDeletionsAbove: 100}
`

// edited is a plan with texts replaced.
func (w *world) edited(text string, oldnew ...string) *generate.Plan {
	w.Helper()
	for i := 0; i < len(oldnew); i += 2 {
		if !strings.Contains(text, oldnew[i]) {
			w.Fatalf("the plan does not hold %q", oldnew[i])
		}
		text = strings.ReplaceAll(text, oldnew[i], oldnew[i+1])
	}
	plan, err := generate.Load("plan.yaml", []byte(text))
	if err != nil {
		w.Fatal(err)
	}
	return plan
}

// places are the servers by name, with rack, location and unit.
func (w *world) places() map[string]string {
	out := map[string]string{}
	for _, o := range w.server.Objects("devices") {
		named := func(field, key string) any {
			v, _ := o[field].(map[string]any)
			return v[key]
		}
		if custom, _ := o["custom_fields"].(map[string]any); strings.HasPrefix(fmt.Sprint(custom["diet_object_id"]), "web/web") {
			out[fmt.Sprint(o["name"])] = fmt.Sprint(named("rack", "name"), " ", named("location", "slug"), " U", o["position"])
		}
	}
	return out
}

func (w *world) expectPlaces(want map[string]string) {
	w.Helper()
	if got := w.places(); !maps.Equal(got, want) {
		w.Errorf("the servers are %v, want %v", got, want)
	}
}

const (
	inRow  = "rack: {pool: row, per: 8, fromU: 1}"
	ofType = "      type: server\n"
)

// TestPlaces exchanges names and rack units among devices and racks: one apply does
// it, by whatever detour.
func TestPlaces(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		from, to []string // texts replaced in the plan
		ahead    func(w *world)
		want     map[string]string
	}{
		"up by one": {
			nil, []string{inRow, "rack: {pool: row, per: 8, fromU: 2}"}, nil,
			map[string]string{
				"web-001": "row-01 hall-a U2", "web-002": "row-01 hall-a U3",
				"web-003": "row-01 hall-a U4", "web-004": "row-01 hall-a U5",
			},
		},
		"tall ones up by one": {
			[]string{ofType, "      type: tall\n"}, []string{ofType, "      type: tall\n", inRow, "rack: {pool: row, per: 8, fromU: 2}"}, nil,
			map[string]string{
				"web-001": "row-01 hall-a U2", "web-002": "row-01 hall-a U4",
				"web-003": "row-01 hall-a U6", "web-004": "row-01 hall-a U8",
			},
		},
		"a taller type": {
			nil, []string{ofType, "      type: tall\n"}, nil,
			map[string]string{
				"web-001": "row-01 hall-a U1", "web-002": "row-01 hall-a U3",
				"web-003": "row-01 hall-a U5", "web-004": "row-01 hall-a U7",
			},
		},
		"a type that this apply makes": {
			nil, []string{ofType, "      type: huge\n", "      tall:", "      huge: {manufacturer: acme, model: Huge, u: 3}\n      tall:"}, nil,
			map[string]string{
				"web-001": "row-01 hall-a U1", "web-002": "row-01 hall-a U4",
				"web-003": "row-01 hall-a U7", "web-004": "row-01 hall-a U10",
			},
		},
		"a lower type": {
			[]string{ofType, "      type: tall\n"}, nil, nil,
			map[string]string{
				"web-001": "row-01 hall-a U1", "web-002": "row-01 hall-a U2",
				"web-003": "row-01 hall-a U3", "web-004": "row-01 hall-a U4",
			},
		},
		"lower racks": {
			[]string{inRow, "rack: {pool: row, per: 8, fromU: 45}"}, []string{"units: 48", "units: 44", "fromU: 43", "fromU: 40"}, nil,
			map[string]string{
				"web-001": "row-01 hall-a U1", "web-002": "row-01 hall-a U2",
				"web-003": "row-01 hall-a U3", "web-004": "row-01 hall-a U4",
			},
		},
		"higher racks": {
			[]string{"units: 48", "units: 44", "fromU: 43", "fromU: 40"}, []string{inRow, "rack: {pool: row, per: 8, fromU: 45}"}, nil,
			map[string]string{
				"web-001": "row-01 hall-a U45", "web-002": "row-01 hall-a U46",
				"web-003": "row-01 hall-a U47", "web-004": "row-01 hall-a U48",
			},
		},
		"racks in another location": {
			nil, []string{"  racks:\n", "  racks:\n    sto: {count: 1, units: 42, location: hall-b}\n",
				inRow, "rack: {pool: sto, per: 8, fromU: 1}"}, nil,
			map[string]string{
				"web-001": "sto-01 hall-b U1", "web-002": "sto-01 hall-b U2",
				"web-003": "sto-01 hall-b U3", "web-004": "sto-01 hall-b U4",
			},
		},
		"names move up by one": {
			[]string{ofType, ofType + "      name: \"web-{index}\"\n"}, []string{ofType, ofType + "      name: \"web-{n}\"\n"}, nil,
			map[string]string{"web-1": "row-01 hall-a U1", "web-2": "row-01 hall-a U2", "web-3": "row-01 hall-a U3", "web-4": "row-01 hall-a U4"},
		},
		"what a person exchanged, put back": {
			nil, nil,
			func(w *world) {
				w.answer("drift", "remediate")
				for _, names := range [][2]string{{"web/rack:row[1]", "x"}, {"web/rack:row[2]", "row-01"}, {"web/rack:row[1]", "row-02"}} {
					w.edit("racks", names[0], fmt.Sprintf(`{"name": %q}`, names[1]))
				}
				for _, d := range [][2]string{
					{"web/web[1]", `"x", "position": null`},
					{"web/web[2]", `"web-001", "position": 1`}, {"web/web[1]", `"web-002", "position": 2`},
				} {
					w.edit("devices", d[0], fmt.Sprintf(`{"name": %s}`, d[1]))
				}
			},
			map[string]string{
				"web-001": "row-01 hall-a U1", "web-002": "row-01 hall-a U2",
				"web-003": "row-01 hall-a U3", "web-004": "row-01 hall-a U4",
			},
		},
		"to where a person has put another one": {
			nil, []string{ofType, "      type: slim\n", "      tall:", "      slim: {manufacturer: acme, model: Slim, u: 1}\n      tall:",
				inRow, "rack: {pool: row, per: 8, fromU: 11}"},
			func(w *world) { w.edit("devices", "web/web[1]", `{"position": 13, "face": "rear"}`) },
			map[string]string{ // the first one is asked for, and the third waits for it
				"web-001": "row-01 hall-a U13", "web-002": "row-01 hall-a U12",
				"web-003": "row-01 hall-a U3", "web-004": "row-01 hall-a U14",
			},
		},
		"to where a person has put another one, which gets lower": {
			[]string{ofType, "      type: tall\n"}, []string{inRow, "rack: {pool: row, per: 8, fromU: 18}"},
			func(w *world) { w.edit("devices", "web/web[1]", `{"position": 20}`) },
			map[string]string{ // the fourth comes to where the first one no longer reaches
				"web-001": "row-01 hall-a U20", "web-002": "row-01 hall-a U19",
				"web-003": "row-01 hall-a U5", "web-004": "row-01 hall-a U21",
			},
		},
		"renamed, where a person has set the units right": {
			nil, []string{ofType, ofType + "      name: \"srv-{n:03}\"\n", inRow, "rack: {pool: row, per: 8, fromU: 20}"},
			func(w *world) {
				for n := 1; n <= 4; n++ {
					w.edit("devices", fmt.Sprintf("web/web[%d]", n), fmt.Sprintf(`{"position": %d}`, 19+n))
				}
				w.server.ResetRequests()
			},
			map[string]string{
				"srv-001": "row-01 hall-a U20", "srv-002": "row-01 hall-a U21",
				"srv-003": "row-01 hall-a U22", "srv-004": "row-01 hall-a U23",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.edited(halls, tt.from...))
			if tt.ahead != nil {
				tt.ahead(w)
			}
			plan := w.edited(halls, tt.to...)
			w.apply(plan)
			w.expectPlaces(tt.want)
			if strings.HasPrefix(name, "renamed") && slices.ContainsFunc(w.server.Requests(), func(r sandbox.Request) bool {
				return r.Method == http.MethodPatch && strings.Contains(string(r.Body), `"position":null`)
			}) {
				t.Error("a rack unit that was right is emptied")
			}
			w.law(plan)
		})
	}
}

// TestGivenBack has the second write of a device that gave up its unit fail: it stands
// in its unit at the end of the same run all the same, and the next run does the rest.
func TestGivenBack(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"refused":     {Status: http.StatusBadRequest, Body: `{"description": ["no"]}`, Times: 8},
		"no rights":   {Status: http.StatusForbidden, Body: `{"detail": "no"}`, Times: 8},
		"interrupted": {Status: http.StatusServiceUnavailable, Body: `{"detail": "no"}`, Times: 8},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.edited(halls))
			plan := w.edited(halls, inRow, "rack: {pool: row, per: 8, fromU: 2}", ofType, ofType+"      set: {description: new}\n")
			fault.Method, fault.PathPrefix, fault.BodyContains = http.MethodPatch, "/api/dcim/devices/", `"description":"new"`
			w.server.FailNext(fault)
			result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
			w.server.ResetFaults()
			if err == nil && len(result.Failed) == 0 {
				t.Fatal("nothing failed")
			}
			for server, place := range w.places() {
				if strings.HasSuffix(place, "<nil>") {
					t.Errorf("%s is left without its unit", server)
				}
			}
			w.apply(plan)
			w.law(plan)
		})
	}
}
