package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror"
)

// TestHiddenPart hides from a new mirror what only parts or cables tell of: a port that somebody
// renamed, and cables, along with their ends and without. Nothing is made a second time, no cable is
// moved off what is hidden, and the finding says which permission lacks.
func TestHiddenPart(t *testing.T) {
	t.Parallel()
	const one, all = true, false
	for name, c := range map[string]struct {
		hidden map[string]bool // one of the objects, or all
		right  string
	}{
		"a port":          {map[string]bool{"interfaces": one}, "dcim.interface"},
		"ports":           {map[string]bool{"interfaces": all}, "dcim.interface"},
		"a cable":         {map[string]bool{"cables": one}, "dcim.cable"},
		"cables":          {map[string]bool{"cables": all}, "dcim.cable"},
		"cables and ends": {map[string]bool{"cables": all, "cable-terminations": all}, "dcim.cable"},
		"ends":            {map[string]bool{"cable-terminations": all}, "dcim.cabletermination"},
	} {
		for _, file := range []string{"mirror.db", "another.db"} {
			t.Run(name+" "+file, func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.6")
				plan := w.plan("a", 2)
				w.apply(plan)
				const port = "web/web[1]/lom.eth0"
				w.edit("interfaces", port, `{"name": "ens1"}`)
				w.apply(plan)
				first := map[string]any{"interfaces": w.object("interfaces", port)["id"], "cables": w.object("cables", port+"~")["id"]}
				ports, cables, ends := len(w.server.Objects("interfaces")), len(w.server.Objects("cables")), w.plugged()
				var undo []func()
				for endpoint, single := range c.hidden {
					undo = append(undo, w.hide("/api/dcim/"+endpoint+"/", func(row map[string]any) bool {
						return !single || fmt.Sprint(row["id"]) == fmt.Sprint(first[endpoint])
					}))
				}
				w.open(file)
				if _, err := w.eng.Sync(t.Context(), mirror.Options{Full: true, Force: true}); err != nil {
					t.Fatal(err)
				}
				p, err := w.eng.Preview(t.Context(), plan)
				if err != nil {
					t.Fatal(err)
				}
				if !p.Waits() || !slices.ContainsFunc(p.Findings, func(f change.Notice) bool {
					return f.ID == engine.HiddenFinding && strings.Contains(f.Message, c.right)
				}) {
					t.Errorf("findings %+v", p.Findings)
				}
				w.server.ResetRequests()
				w.apply(plan)
				for _, r := range w.written() {
					t.Errorf("written: %s", r)
				}
				for i := len(undo) - 1; i >= 0; i-- {
					undo[i]()
				}
				w.apply(plan)
				w.law(plan)
				if n, m := len(w.server.Objects("interfaces")), len(w.server.Objects("cables")); n != ports || m != cables || w.plugged() != ends {
					t.Errorf("%d interfaces and %d cables, were %d and %d; ends\n%s, were\n%s", n, m, ports, cables, w.plugged(), ends)
				}
			})
		}
	}
}

// plugged is what the cables in NetBox are plugged into.
func (w *world) plugged() string {
	var out []string
	for _, t := range w.server.Objects("cable-terminations") {
		out = append(out, fmt.Sprint(t["cable"], t["cable_end"], t["termination_type"], t["termination_id"]))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}
