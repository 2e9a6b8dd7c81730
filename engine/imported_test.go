package engine_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
)

const importing = `
apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: web}
spec:
  site: fra1
  catalog: {import: [types]}
  nodes:
    panel: {count: 1, type: Panel 2}
    pdu: {count: 1, type: PDU-3}
    box: {count: 1, type: NL-8}
`

// imported is a plan of types from files.
func (w *world) imported() *generate.Plan {
	w.Helper()
	return w.importing(importing)
}

// importing loads a plan that imports the types of the tests.
func (w *world) importing(text string) *generate.Plan {
	w.Helper()
	plan, err := generate.LoadWith("plan.yaml", []byte(text), func(string) ([]generate.File, error) {
		paths, err := filepath.Glob("../testdata/types/*.yaml")
		var out []generate.File
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			out = append(out, generate.File{Name: path, Data: data})
		}
		return out, err
	})
	if err != nil {
		w.Fatal(err)
	}
	return plan
}

// importedParts is how many templates of each sort the types have.
var importedParts = map[string]int{
	"interface-templates": 9, "console-port-templates": 1, "console-server-port-templates": 1, "power-port-templates": 3,
	"power-outlet-templates": 2, "rear-port-templates": 1, "front-port-templates": 2, "module-bay-templates": 1, "inventory-item-templates": 1,
}

// TestImportedTypesAreWhole stops a run at each write by which it makes imported types: the
// next one, with the same mirror or another, finishes them, and nothing is there twice.
func TestImportedTypesAreWhole(t *testing.T) {
	t.Parallel()
	for n := range 24 {
		version := []string{"4.2", "4.4", "4.6", "4.7"}[n%4]
		committed := n/4%2 == 0
		t.Run(fmt.Sprintf("%s, write %d, committed %v", version, n, committed), func(t *testing.T) {
			t.Parallel()
			w := setup(t, version)
			plan := w.imported()
			w.stop(n, committed)
			_, _, _ = w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
			w.handler = w.server
			w.open([]string{"mirror.db", "another.db"}[n%2])
			w.apply(plan)
			w.asksNothing(plan)
			w.law(plan)
			if slugs := w.slugs("device-types"); strings.Contains(slugs, "diet-tmp-") || len(strings.Fields(slugs)) != 3 {
				t.Errorf("the types are %s", slugs)
			}
			for kind, want := range importedParts {
				if got := len(w.server.Objects(kind)); got != want {
					t.Errorf("%d %s, want %d", got, kind, want)
				}
			}
		})
	}
}

// TestImportedTypeThatDiffers: a type that others made is told, and stays as it is.
func TestImportedTypeThatDiffers(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	maker := w.make("manufacturers", `{"name": "Voltwerk", "slug": "voltwerk"}`)
	w.make("device-types", fmt.Sprintf(`{"manufacturer": %v, "model": "PDU-3", "slug": "voltwerk-pdu-3", "u_height": 0}`, maker))
	p := w.preview(w.imported())
	told := false
	for _, n := range p.Findings {
		told = told || strings.Contains(n.Message, "power outlet Outlet 1")
	}
	if !told {
		t.Errorf("nothing tells of the outlets: %+v", p.Findings)
	}
	w.apply(w.imported())
	w.law(w.imported())
	if n := len(w.server.Objects("power-outlet-templates")); n != 0 {
		t.Errorf("her type has %d outlets", n)
	}
}

// TestImportedChoices tells at preview of words in a type's file that NetBox does not know.
func TestImportedChoices(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.7")
	const text = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: web}
spec: {site: ams2, catalog: {import: [types]}, nodes: {box: {count: 1, type: t}}}
`
	for body, want := range map[string]string{
		"airflow: frontal": `device type airflow "frontal" (device_type:t)`,
		"interfaces: [{name: e, type: 1000base-t, poe_mode: pd, poe_type: type5}]": `interface template poe_type "type5"`,
		"power-ports: [{name: p, type: iec-60320-c15}]":                            `power port template type "iec-60320-c15"`,
	} {
		plan, err := generate.LoadWith("plan.yaml", []byte(text), func(string) ([]generate.File, error) {
			return []generate.File{{Name: "t.yaml", Data: []byte("manufacturer: A\nmodel: T\nslug: t\nu_height: 1\n" + body + "\n")}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var refused *engine.ChoiceError
		if _, err := w.eng.Preview(t.Context(), plan); !errors.As(err, &refused) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", body, err)
		}
	}
}
