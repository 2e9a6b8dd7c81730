package engine_test

import (
	"fmt"
	"testing"

	"github.com/diet-project/diet/engine/change"
)

// labelled has a person make two devices of a type whose templates give labels to their ports, and the plan take
// them over with a port that it cables. It returns the plan, and the one that no longer wants them.
func (w *world) labelled() (less, nodes []string) {
	w.Helper()
	w.apply(w.edited(halls))
	leaf := w.object("devices", "web/dc.leaf[1]")
	for _, o := range w.server.Objects("interface-templates") {
		if of, _ := o["device_type"].(map[string]any); of["id"] == nested(leaf["device_type"]) {
			w.byHandJSON("PATCH", fmt.Sprintf("dcim/interface-templates/%v", o["id"]), fmt.Sprintf(`{"label": "P %s"}`, o["name"]))
		}
	}
	for i := range 2 {
		w.make("devices", fmt.Sprintf(`{"name": "x-%d", "site": %v, "role": %v, "device_type": %v, "status": "planned"}`,
			i+1, nested(leaf["site"]), nested(leaf["role"]), nested(leaf["device_type"])))
	}
	const class = "    x: {count: 2, role: leaf, type: leaf-48, name: \"x-{n}\", nics: {up: {ports: [E1/1], name: \"{port}\"}},\n" +
		"      links: {up: {from: up, to: dc.leaf/server}}}\n"
	nodes = []string{"  nodes:\n", "  nodes:\n" + class}
	less = []string{"  reconcile:", "  removed: [{from: x, policy: delete}]\n  reconcile:"}
	return less, nodes
}

// TestLabelsOfTemplates deletes what was taken over with the labels that its type gives its ports: those are
// nobody's work. One that a person typed is, also where it is just what the template gives.
func TestLabelsOfTemplates(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		port, label string
		hers        bool
	}{
		"as the template gives it":          {},
		"a label of hers":                   {port: "E1/1", label: "hers", hers: true},
		"one of hers on a port of nobody's": {port: "E1/5", label: "hers", hers: true},
		"typed as the template gives it":    {port: "E1/1", label: "P E1/1", hers: true},
		"the same on a port of nobody's":    {port: "E1/5", label: "P E1/5", hers: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			less, nodes := w.labelled()
			plan := w.edited(halls, nodes...)
			for _, object := range []string{"web/x[1]", "web/x[2]"} {
				w.answers(plan, object, "", "adopt")
			}
			w.apply(plan)
			w.law(plan)
			if c := w.object("interfaces", "web/x[2]/up.E1/1"); c["label"] != "P E1/1" {
				t.Fatalf("the port is %v", c)
			}
			if tt.port != "" {
				at := fmt.Sprintf("dcim/interfaces/%v", w.portOf("x-2", tt.port)["id"])
				w.byHandJSON("PATCH", at, `{"label": "else"}`)
				w.byHandJSON("PATCH", at, fmt.Sprintf(`{"label": %q}`, tt.label))
			}
			gone := w.edited(halls, less...)
			p := w.preview(gone)
			for _, object := range []string{"web/x[1]", "web/x[2]"} {
				c := p.Set().Find("device", object)
				if c == nil || c.Class != change.Orphaned || c.Acts() == (tt.hers && object == "web/x[2]") {
					t.Errorf("%s: %+v", object, c)
				}
			}
			w.apply(gone)
			w.law(gone)
			if !tt.hers {
				return
			}
			if label := w.portOf("x-2", tt.port)["label"]; label != tt.label {
				t.Errorf("the label is %v", label)
			}
		})
	}
}
